"""One fiche on paper: what its asker may read, tagged, kept a week, its download logged."""

import io
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from apps.acces.models import Affectation
from apps.core.erreurs import ErreurMetier
from apps.documents import pdf
from apps.documents.models import Fichier
from apps.fiches import impression, services
from apps.fiches.enums import Visibilite
from apps.fiches.models import FicheNavette
from apps.personnes import services as personnes
from apps.tracabilite.models import GenreAcces, Trace
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from tests.factories import AffectationFactory, ThemeFactory

from .factories import AccordFactory

SECRET = "Note pour la coordination seule"


@pytest.fixture
def fiche(coordination: Affectation) -> FicheNavette:
    acces = coordination.acces()
    julien = personnes.creer(acces=acces, prenom="Julien", nom="Lacoste", courriel="julien@example.org")
    theme = ThemeFactory(territoire=coordination.territoire)
    fiche = services.ouvrir(
        acces=acces,
        titre="Reprise d’une boulangerie",
        personnes=[julien],
        besoins=[{"theme": theme, "paroles": "Où ?"}],
    )
    services.noter_echange(acces=acces, fiche=fiche, genre="note", texte=SECRET, visibilite=Visibilite.COORDINATION)
    return fiche


def demande(fiche: FicheNavette, affectation: Affectation) -> Travail:
    """A job as `demander` writes it."""
    return Travail.objects.create(
        territoire=fiche.territoire,
        jeton=uuid.uuid4(),
        genre=impression.GENRE,
        cle=str(uuid.uuid4()),
        parametres={"fiche": fiche.pk},
        demande_par=affectation.utilisateur,
        role=affectation.role,
        organisme_id=affectation.organisme_id,
    )


def produire(travail: Travail) -> Travail:
    """Run the executor as the worker does."""
    travail.resultat = impression.imprimer(travail, lambda *_, **__: None)
    travail.etat, travail.fini_le = EtatTravail.REUSSI, timezone.now()
    travail.save()
    return travail


def texte(fichier: Fichier) -> str:
    with fichier.contenu.open("rb") as contenu:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(contenu.read())).pages)


def test_the_paper_says_what_the_page_says_and_is_tagged(fiche: FicheNavette, coordination: Affectation) -> None:
    fichier = impression.fichier_de(produire(demande(fiche, coordination)))
    assert fichier is not None
    lu = texte(fichier)
    assert "Reprise d’une boulangerie" in lu
    assert SECRET in lu
    assert "Confidentiel" in lu
    with fichier.contenu.open("rb") as contenu:
        racine = PdfReader(io.BytesIO(contenu.read())).trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/Lang"] == "fr"


def test_whoever_may_no_longer_read_gets_a_reason(fiche: FicheNavette, referent: Affectation) -> None:
    with pytest.raises(ErreurMetier, match="ne vous est plus ouverte"):
        produire(demande(fiche, referent))


def test_only_the_asker_takes_it_and_the_download_is_logged(
    fiche: FicheNavette, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    travail = produire(demande(fiche, coordination))
    url = f"/figeac/espace/fiches/{fiche.numero}/pdf/{travail.jeton}/"
    reponse = connecter(coordination).get(url)
    assert reponse.status_code == 200
    assert b"".join(reponse)[:5] == b"%PDF-"
    assert Trace.objects.filter(genre=GenreAcces.IMPRESSION, libelle=fiche.numero).count() == 1
    collegue = AffectationFactory(territoire=fiche.territoire)
    assert connecter(collegue).get(url).status_code == 404


def test_the_same_fiche_unchanged_is_one_job(
    fiche: FicheNavette, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    client = connecter(coordination)
    for _ in range(2):
        assert client.post(f"/figeac/espace/fiches/{fiche.numero}/imprimer/").status_code == 302
    assert Travail.objects.filter(genre=impression.GENRE).count() == 1


def test_an_old_print_is_erased(fiche: FicheNavette, coordination: Affectation) -> None:
    travail = produire(demande(fiche, coordination))
    assert impression.purger_impressions() == 0
    Travail.objects.filter(pk=travail.pk).update(fini_le=timezone.now() - timedelta(days=8))
    assert impression.purger_impressions() == 1
    travail.refresh_from_db()
    assert impression.fichier_de(travail) is None


def test_a_pdf_reads_nothing_but_our_static_files() -> None:
    weasyprint = pdf._fabrique()
    chercheur = pdf._chercheur(weasyprint)
    for adresse in ("file:///etc/passwd", "http://127.0.0.1/", "statique:../manage.py"):
        with pytest.raises((ValueError, SuspiciousFileOperation)):
            chercheur.fetch(adresse)


def test_a_missing_pango_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def absente(nom: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "import_module", absente)
    with pytest.raises(ErreurMetier, match="apt install"):
        pdf.rendre(gabarit="fiches/papier.html", contexte={})


def test_a_print_asked_after_a_late_note_has_it(fiche: FicheNavette, coordination: Affectation) -> None:
    avant = impression.cle_de(fiche, coordination.acces())
    services.noter_echange(
        acces=coordination.acces(), fiche=fiche, genre="appel", texte="En mars déjà.",
        survenu_le=timezone.now() - timedelta(days=200), avec_demandeur=False,
    )  # fmt: skip
    fiche.refresh_from_db()
    assert impression.cle_de(fiche, coordination.acces()) != avant


def test_a_print_made_as_the_coordination_is_not_taken_as_a_referent(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    for demandeur in fiche.demandeurs.all():
        AccordFactory(personne=demandeur.personne)
        services.suivre_accord(acces=coordination.acces(), personne=demandeur.personne)
    services.orienter(acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="accompagnement")
    travail = produire(demande(fiche, coordination))
    url = f"/figeac/espace/fiches/{fiche.numero}/pdf/{travail.jeton}/"
    assert connecter(coordination).get(url).status_code == 200

    Affectation.objects.filter(pk=coordination.pk).update(terminee_le=timezone.now())
    Affectation.objects.filter(pk=referent.pk).update(utilisateur=coordination.utilisateur)

    client = connecter(coordination)
    assert client.get(f"/figeac/espace/fiches/{fiche.numero}/").status_code == 200
    assert client.get(url).status_code == 404
