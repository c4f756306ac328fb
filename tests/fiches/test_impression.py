"""One fiche on paper: what a declared audience reads, whoever prints it; tagged, kept a week."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from apps.acces.models import Affectation
from apps.core.audience import Audience, GenreAudience
from apps.core.erreurs import ErreurMetier, Refus
from apps.documents import pdf
from apps.documents.models import Document
from apps.documents.services_documents import purger
from apps.fiches import impression, services
from apps.fiches.audience import abreger, feuille, feuilles, lisibles, regrouper
from apps.fiches.enums import Confidentialite, Visibilite
from apps.fiches.models import FicheNavette
from apps.personnes import services as personnes
from apps.tracabilite.models import GenreAcces, Trace
from tests.documents.test_documents import produire
from tests.factories import AffectationFactory, ThemeFactory

from .factories import AccordFactory

SECRET = "Note pour la coordination seule"
PARTAGE = "Dit aux partenaires seulement"
COMMUN = "Dit au comité aussi"


@pytest.fixture
def fiche(coordination: Affectation) -> FicheNavette:
    """Widened to the committee, its applicant agreeing to everything, with one note for each reach."""
    acces = coordination.acces()
    julien = personnes.creer(
        acces=acces, prenom="Julien", nom="Lacoste", courriel="julien@example.org", telephone="0565000001"
    )
    AccordFactory(personne=julien, comite=True)
    fiche = services.ouvrir(
        acces=acces,
        titre="Reprise d’une boulangerie",
        personnes=[julien],
        besoins=[{"theme": ThemeFactory(territoire=coordination.territoire), "paroles": "Où ?"}],
    )
    services.suivre_accord(acces=acces, personne=julien)
    FicheNavette.objects.filter(pk=fiche.pk).update(confidentialite=Confidentialite.COMITE)
    for texte, visibilite in (
        (SECRET, Visibilite.COORDINATION),
        (PARTAGE, Visibilite.PARTENAIRES),
        (COMMUN, Visibilite.COMITE),
    ):
        services.noter_echange(acces=acces, fiche=fiche, genre="note", texte=texte, visibilite=visibilite)
    fiche.refresh_from_db()
    return fiche


@pytest.fixture
def oriente(fiche: FicheNavette, coordination: Affectation, referent: Affectation) -> FicheNavette:
    services.orienter(acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="accompagnement")
    return fiche


def pour(genre: GenreAudience, affectation: Affectation, organisme: int | None = None) -> Audience:
    return Audience(genre, affectation.territoire_id, organisme)


def dite(fiche: FicheNavette, audience: Audience) -> str:
    return str(feuille(fiche, audience, complete=True))


def texte(document: Document) -> str:
    assert document.fichier is not None
    with document.fichier.contenu.open("rb") as contenu:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(contenu.read())).pages)


def test_the_coordination_reads_everything(oriente: FicheNavette, coordination: Affectation) -> None:
    lu = dite(oriente, pour(GenreAudience.COORDINATION, coordination))
    assert all(mots in lu for mots in (SECRET, PARTAGE, COMMUN, "julien@example.org"))


def test_the_committee_reads_what_was_marked_for_it_and_no_telephone(
    oriente: FicheNavette, coordination: Affectation
) -> None:
    lu = dite(oriente, pour(GenreAudience.COMITE, coordination))
    assert COMMUN in lu and "Julien Lacoste" in lu and "Orientation vers" in lu
    assert SECRET not in lu and PARTAGE not in lu
    assert "julien@example.org" not in lu and "05\u00a065\u00a000\u00a000\u00a001" not in lu


def test_an_organisme_reads_as_its_referent_does(
    oriente: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    lu = dite(oriente, pour(GenreAudience.ORGANISME, coordination, referent.organisme_id))
    assert PARTAGE in lu and COMMUN in lu
    assert SECRET not in lu


def test_an_organisme_that_reads_it_through_the_committee_reads_no_more_than_the_committee(
    oriente: FicheNavette, coordination: Affectation
) -> None:
    autre = AffectationFactory(territoire=oriente.territoire, referent=True)
    services.ouvrir_au_comite(oriente, [autre.organisme_id])
    lu = dite(oriente, pour(GenreAudience.ORGANISME, coordination, autre.organisme_id))
    assert COMMUN in lu and PARTAGE not in lu and SECRET not in lu


def test_what_was_handed_to_one_person_opens_nothing_to_another_organisme(
    oriente: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    """A share that names no person is an organisme's: it is not taken for one handed to nobody."""
    autre = AffectationFactory(territoire=oriente.territoire, referent=True)
    services.orienter(
        acces=coordination.acces(), fiche=oriente, organismes=[autre.organisme], genre="avis",
    )  # fmt: skip
    oriente.partages.filter(organisme=autre.organisme).delete()
    assert lisibles([oriente.pk], pour(GenreAudience.ORGANISME, coordination, autre.organisme_id)) == set()


def test_the_committee_reads_nothing_that_was_not_widened_or_agreed(
    oriente: FicheNavette, coordination: Affectation
) -> None:
    audience = pour(GenreAudience.COMITE, coordination)
    assert lisibles([oriente.pk], audience) == {oriente.pk}
    FicheNavette.objects.filter(pk=oriente.pk).update(confidentialite=Confidentialite.PARTENAIRES)
    assert feuille(oriente, audience) is None
    FicheNavette.objects.filter(pk=oriente.pk).update(confidentialite=Confidentialite.COMITE)
    marie = personnes.creer(acces=coordination.acces(), prenom="Marie", nom="Lacoste")
    oriente.demandeurs.create(territoire=oriente.territoire, personne=marie)
    assert feuille(oriente, audience) is None


def test_nobody_reads_a_fiche_anonymously_nor_from_elsewhere(oriente: FicheNavette, coordination: Affectation) -> None:
    assert lisibles([oriente.pk], pour(GenreAudience.ANONYME, coordination)) == set()
    assert lisibles([oriente.pk], Audience(GenreAudience.COORDINATION, coordination.territoire_id + 1)) == set()


def test_three_hundred_sheets_cost_the_queries_of_one(oriente: FicheNavette, coordination: Affectation) -> None:
    acces = coordination.acces()
    audience = pour(GenreAudience.COORDINATION, coordination)
    autres = [
        services.ouvrir(acces=acces, titre=f"Fiche {n}", personnes=[d.personne for d in oriente.demandeurs.all()]).pk
        for n in range(3)
    ]
    with CaptureQueriesContext(connection) as une:
        feuilles([oriente.pk], audience)
    with CaptureQueriesContext(connection) as quatre:
        assert len(feuilles([oriente.pk, *autres], audience)) == 4
    assert len(quatre) == len(une)


def test_a_short_sheet_cuts_long_notes_and_says_what_it_leaves_out(
    oriente: FicheNavette, coordination: Affectation
) -> None:
    acces = coordination.acces()
    for n in range(20):
        services.noter_echange(
            acces=acces, fiche=oriente, genre="note", texte="mot " * 400, visibilite=Visibilite.COMITE,
            survenu_le=timezone.now() - timedelta(days=n + 1),
        )  # fmt: skip
    courte = feuille(oriente, pour(GenreAudience.COMITE, coordination))
    assert courte is not None
    assert len(courte["parcours"]) + courte["parcours_omis"] == 22
    assert courte["parcours_omis"] > 0
    assert max(len(e["texte"]) for e in courte["parcours"]) < 450
    entiere = feuille(oriente, pour(GenreAudience.COMITE, coordination), complete=True)
    assert entiere is not None and entiere["parcours_omis"] == 0


def test_partners_of_whom_the_same_is_said_make_one_line() -> None:
    vide = {"adressee": "", "demande": "Avis", "etat": "Réponse attendue", "recit": "", "precision": "", "aide": ""}
    lignes = regrouper([{**vide, "nom": n, "avis": "Oui." if n == "C" else ""} for n in "ABCD"])
    assert [x["nom"] for x in lignes] == ["A, B, D", "C"]


def test_a_text_is_cut_after_a_word() -> None:
    assert abreger("un deux trois", 9) == "un deux\u00a0[…]"
    assert abreger("un deux", 9) == "un deux"
    assert abreger("un deux", 0) == "un deux"


def test_a_referent_prints_for_its_own_organisme_whatever_it_sends(
    oriente: FicheNavette, referent: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    reponse = connecter(referent).post(
        f"/figeac/espace/fiches/{oriente.numero}/imprimer/", {"pour": GenreAudience.COORDINATION}
    )
    document = Document.objects.get()
    assert reponse["Location"] == f"/figeac/espace/documents/{document.jeton}/"
    assert document.audience == f"organisme:{referent.organisme_id}"
    assert SECRET not in str(document.donnees)


def test_the_pilotage_prints_nothing(fiche: FicheNavette) -> None:
    pilotage = AffectationFactory(territoire=fiche.territoire, role="pilotage")
    with pytest.raises(Refus):
        impression.audience_choisie(pilotage.acces(), "coordination")


def test_refused_for_the_committee_it_is_said_what_to_do(
    oriente: FicheNavette, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    FicheNavette.objects.filter(pk=oriente.pk).update(confidentialite=Confidentialite.PARTENAIRES)
    reponse = connecter(coordination).post(
        f"/figeac/espace/fiches/{oriente.numero}/imprimer/", {"pour": GenreAudience.COMITE}, follow=True
    )
    assert "doit lui être élargie" in reponse.content.decode()
    assert not Document.objects.exists()


def test_the_paper_says_it_is_tagged_and_the_viewing_is_logged(
    oriente: FicheNavette, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    client = connecter(coordination)
    client.post(f"/figeac/espace/fiches/{oriente.numero}/imprimer/", {"pour": "comite"})
    document = produire(Document.objects.get())
    lu = texte(document)
    assert "Reprise d’une boulangerie" in lu and COMMUN in lu and "Confidentiel" in lu
    assert SECRET not in lu and PARTAGE not in lu
    assert document.fichier is not None
    with document.fichier.contenu.open("rb") as contenu:
        racine = PdfReader(io.BytesIO(contenu.read())).trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/Lang"] == "fr"
    assert client.get(f"/figeac/espace/documents/{document.jeton}/voir/").status_code == 200
    assert Trace.objects.filter(genre=GenreAcces.IMPRESSION, objet="fiche", objet_id=oriente.pk).count() == 1


def test_the_same_fiche_unchanged_is_one_job_and_a_late_note_makes_another(
    oriente: FicheNavette, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    client, url = connecter(coordination), f"/figeac/espace/fiches/{oriente.numero}/imprimer/"
    for _ in range(2):
        assert client.post(url).status_code == 302
    assert Document.objects.count() == 1
    services.noter_echange(
        acces=coordination.acces(), fiche=oriente, genre="appel", texte="En mars déjà.",
        survenu_le=timezone.now() - timedelta(days=200), avec_demandeur=False,
    )  # fmt: skip
    client.post(url)
    assert Document.objects.count() == 2


def test_a_partner_takes_what_was_made_for_it_while_it_reads_the_fiche(
    oriente: FicheNavette, coordination: Affectation, referent: Affectation,
    connecter: Callable[[Affectation], Client],
) -> None:  # fmt: skip
    faits = {
        cle: produire(impression.demander_fiche(acces=coordination.acces(), fiche=oriente, audience=audience))
        for cle, audience in {
            "leur": pour(GenreAudience.ORGANISME, coordination, referent.organisme_id),
            "coordination": pour(GenreAudience.COORDINATION, coordination),
            "comite": pour(GenreAudience.COMITE, coordination),
        }.items()
    }
    client = connecter(referent)

    def lit(cle: str) -> int:
        return client.get(f"/figeac/espace/documents/{faits[cle].jeton}/voir/").status_code

    assert (lit("leur"), lit("coordination"), lit("comite")) == (200, 404, 404)
    oriente.partages.update(jusqua=timezone.now())
    assert lit("leur") == 404


def test_a_purged_print_opens_to_no_partner(
    oriente: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    audience = pour(GenreAudience.ORGANISME, coordination, referent.organisme_id)
    document = produire(impression.demander_fiche(acces=coordination.acces(), fiche=oriente, audience=audience))
    purger(document=document)
    document.refresh_from_db()
    assert "Lacoste" not in str(document.donnees) and document.fichier is None


def test_a_pdf_reads_nothing_but_our_static_files() -> None:
    weasyprint = pdf.fabrique()
    chercheur = pdf.chercheur(weasyprint)
    for adresse in ("file:///etc/passwd", "http://127.0.0.1/", "statique:../manage.py"):
        with pytest.raises((ValueError, SuspiciousFileOperation)):
            chercheur.fetch(adresse)


def test_a_missing_pango_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def absente(nom: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "import_module", absente)
    with pytest.raises(ErreurMetier, match="apt install"):
        pdf.rendre(gabarit="fiches/papier.html", contexte={})
