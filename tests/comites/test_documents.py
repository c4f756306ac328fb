"""The documents of a séance: composed for the audience that is named, numbered, opened to whom they are for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites.enums import ModePoint, NaturePoint, StatutSeance
from apps.comites.models import Seance
from apps.comites.papier import dossier, entetes, pieces
from apps.comites.services import versions
from apps.comites.services.documents import demander_document
from apps.core.audience import Audience, GenreAudience
from apps.core.erreurs import ErreurMetier, Refus
from apps.documents.models import Document
from apps.documents.permissions import peut_voir
from apps.fiches import services as fiches
from apps.fiches.enums import Confidentialite, Visibilite
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Convention
from apps.personnes import services as personnes
from tests.documents.lecture import lire
from tests.documents.test_documents import produire
from tests.factories import AffectationFactory
from tests.fiches.factories import AccordFactory

from .factories import (
    ActionDePointFactory,
    ActionFactory,
    CompteRenduFactory,
    DecisionFactory,
    MembreFactory,
    PointFactory,
    PresenceFactory,
    SeanceFactory,
    SectionCompteRenduFactory,
    VersionAnonymeFactory,
)

NOM = "Delpech-Montaigu"
SECRET = "Dit à la coordination seule"
PARTAGE = "Dit aux partenaires seulement"
COMMUN = "Dit au comité aussi"


@pytest.fixture
def seance(coordination: Affectation, referent: Affectation) -> Seance:
    """Convened: the référent's organisme sits and holds the copy 3; another one sits without a convention."""
    seance = SeanceFactory(instance__territoire=coordination.territoire, convoquee=True, numero="CT-2026-0007")
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    PresenceFactory(seance=seance, organisme=referent.organisme, exemplaire=3)
    return seance


def une_fiche(coordination: Affectation, nom: str = NOM) -> FicheNavette:
    """One that the committee may read, with one note for each reach."""
    acces = coordination.acces()
    personne = personnes.creer(acces=acces, prenom="Odette", nom=nom, telephone="0565000002")
    AccordFactory(personne=personne, comite=True)
    fiche = fiches.ouvrir(acces=acces, titre="Reprise d’une épicerie", personnes=[personne])
    fiches.suivre_accord(acces=acces, personne=personne)
    FicheNavette.objects.filter(pk=fiche.pk).update(
        confidentialite=Confidentialite.COMITE, resume_sans_nom="Un commerce rural."
    )
    for texte, visibilite in (
        (SECRET, Visibilite.COORDINATION),
        (PARTAGE, Visibilite.PARTENAIRES),
        (COMMUN, Visibilite.COMITE),
    ):
        fiches.noter_echange(acces=acces, fiche=fiche, genre="note", texte=texte, visibilite=visibilite)
    fiche.refresh_from_db()
    return fiche


@pytest.fixture
def fiche(coordination: Affectation, seance: Seance) -> FicheNavette:
    """On the agenda, after the actions and before the needs."""
    fiche = une_fiche(coordination)
    PointFactory(seance=seance, ordre=1, sujet=True, nature=NaturePoint.ACTIONS, titre="Suivi des actions")
    PointFactory(seance=seance, ordre=2, fiche=fiche, question="Qui finance les vitrines ?")
    PointFactory(seance=seance, ordre=3, sujet=True, nature=NaturePoint.BESOINS, titre="Besoins recensés")
    fiches.ouvrir_au_comite(fiche, [p.organisme_id for p in seance.presences.all() if p.organisme_id])
    return fiche


def pdf(document: Document) -> Any:
    fini = produire(document)
    assert fini.fichier is not None
    with fini.fichier.contenu.open("rb") as contenu:
        return lire(contenu.read())


def dit(document: Document) -> str:
    return str(document.donnees)


def demander(affectation: Affectation, seance: Seance, genre: str = "dossier", **options: Any) -> Document:
    return demander_document(acces=affectation.acces(), seance=seance, genre=genre, **options)


def test_the_dossier_is_what_the_committee_reads_and_not_who_prints_it(
    coordination: Affectation, seance: Seance, fiche: FicheNavette
) -> None:
    donnees = dit(demander(coordination, seance))
    assert COMMUN in donnees and NOM in donnees and "Qui finance les vitrines" in donnees
    assert PARTAGE not in donnees and SECRET not in donnees


def test_the_coordination_may_name_itself_as_the_audience(
    coordination: Affectation, seance: Seance, fiche: FicheNavette
) -> None:
    document = demander(coordination, seance, pour="coordination")
    assert document.audience == "coordination" and SECRET in dit(document)


def test_every_copy_is_numbered_and_named(coordination: Affectation, seance: Seance, fiche: FicheNavette) -> None:
    donnees = demander(coordination, seance, pour="tous").donnees
    assert [(e["numero"], e["destinataire"]) for e in donnees["exemplaires"]] == [
        (3, str(seance.presences.get().organisme))
    ]
    assert donnees["exemplaires"][0]["mention"].endswith("à restituer")


def test_no_copy_of_named_fiches_for_a_member_without_a_convention(
    coordination: Affectation, referent: Affectation, seance: Seance, fiche: FicheNavette
) -> None:
    Convention.objects.filter(organisme=referent.organisme).update(valable_jusquau="2021-01-01")
    with pytest.raises(ErreurMetier, match="exemplaire numéroté"):
        demander(coordination, seance, pour="tous")
    with pytest.raises(ErreurMetier, match="n’a pas d’exemplaire"):
        demander(referent, seance)


def test_a_member_gets_its_own_copy_as_it_reads_and_no_other(
    coordination: Affectation, referent: Affectation, seance: Seance, fiche: FicheNavette,
    connecter: Callable[[Affectation], Client],
) -> None:  # fmt: skip
    collegue = AffectationFactory(territoire=seance.territoire, referent=True)
    MembreFactory(instance=seance.instance, organisme=collegue.organisme)
    PresenceFactory(seance=seance, organisme=collegue.organisme, exemplaire=4)
    document = demander(referent, seance, pour="tous")
    assert [e["numero"] for e in document.donnees["exemplaires"]] == [3]
    assert COMMUN in dit(document) and PARTAGE not in dit(document) and SECRET not in dit(document)

    url = f"/figeac/espace/documents/{document.jeton}/"
    assert connecter(referent).get(url).status_code == 200
    assert connecter(collegue).get(url).status_code == 404
    assert (
        connecter(referent).get(f"/figeac/espace/documents/{demander(coordination, seance).jeton}/").status_code == 404
    )


def test_a_copy_closes_with_the_accord_and_with_the_seance(
    coordination: Affectation, referent: Affectation, seance: Seance, fiche: FicheNavette,
    connecter: Callable[[Affectation], Client],
) -> None:  # fmt: skip
    url = f"/figeac/espace/documents/{demander(referent, seance).jeton}/"
    client = connecter(referent)
    assert client.get(url).status_code == 200
    fiches.fermer_au_comite(fiche)
    assert client.get(url).status_code == 404
    fiches.ouvrir_au_comite(fiche, [referent.organisme_id])
    assert client.get(url).status_code == 200
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.ANNULEE)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("mode", [ModePoint.SANS_NOM, ModePoint.RESERVE])
def test_a_point_without_names_or_reserved_prints_none(
    coordination: Affectation, seance: Seance, fiche: FicheNavette, mode: str
) -> None:
    seance.points.filter(fiche=fiche).update(mode=mode)
    donnees = dit(demander(coordination, seance))
    assert NOM not in donnees and "épicerie" not in donnees and COMMUN not in donnees
    assert ("Un commerce rural." in donnees) == (mode == ModePoint.SANS_NOM)


def test_an_accord_taken_back_leaves_the_number_alone(
    coordination: Affectation, seance: Seance, fiche: FicheNavette
) -> None:
    for demandeur in fiche.demandeurs.all():
        assert demandeur.accord is not None
        demandeur.accord.retire_le = timezone.now()
        demandeur.accord.save()
    donnees = dit(demander(coordination, seance))
    assert fiche.numero in donnees
    assert NOM not in donnees and "épicerie" not in donnees and COMMUN not in donnees


def test_elus_hold_a_dossier_without_any_name(coordination: Affectation, fiche: FicheNavette) -> None:
    seance = SeanceFactory(anonyme=True, instance__territoire=coordination.territoire, numero="CP-2026-0002")
    PointFactory(seance=seance, fiche=fiche, question=f"Que faire pour {NOM} ?")
    VersionAnonymeFactory(fiche=fiche, texte="Une épicerie change de mains.", relue_le=timezone.now())
    for pour in ("", "travail", "coordination"):
        document = demander(coordination, seance, pour=pour)
        assert document.audience == "anonyme"
        assert "change de mains" in dit(document)
        assert NOM not in dit(document) and fiche.numero not in dit(document) and COMMUN not in dit(document)


def test_the_other_papers_name_fiches_by_number_alone(
    coordination: Affectation, seance: Seance, fiche: FicheNavette
) -> None:
    point = seance.points.get(fiche=fiche)
    DecisionFactory(point=point, motif=f"M. {NOM} fournira les bilans.")
    action = ActionFactory(territoire=seance.territoire, fiche=fiche, libelle=f"Recevoir Odette {NOM}")
    ActionDePointFactory(point=point, action=action)
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.TENUE, ouverte_le=timezone.now())
    seance.refresh_from_db()
    redige = CompteRenduFactory(seance=seance)
    SectionCompteRenduFactory(compte_rendu=redige, point=point, texte=f"{fiche.numero} présente ses comptes.")
    for genre in ("convocation", "releve", "compte_rendu"):
        donnees = dit(demander(coordination, seance, genre))
        assert fiche.numero in donnees
        assert NOM not in donnees and "épicerie" not in donnees
    assert NOM not in dit(demander(coordination, seance, "emargement"))


def test_a_member_prints_neither_the_attendance_sheet_nor_a_draft(
    coordination: Affectation, referent: Affectation, seance: Seance, fiche: FicheNavette,
    connecter: Callable[[Affectation], Client],
) -> None:  # fmt: skip
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.TENUE)
    seance.refresh_from_db()
    CompteRenduFactory(seance=seance)
    for genre in ("emargement", "convocation", "actions", "releve", "compte_rendu"):
        with pytest.raises(Refus):
            demander(referent, seance, genre)
    brouillon = demander(coordination, seance, "compte_rendu")
    assert connecter(referent).get(f"/figeac/espace/documents/{brouillon.jeton}/").status_code == 404


def test_once_sent_the_minutes_and_the_decisions_open_to_the_members(
    coordination: Affectation, referent: Affectation, seance: Seance, connecter: Callable[[Affectation], Client]
) -> None:
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.TENUE, releve_envoye_le=timezone.now())
    seance.refresh_from_db()
    CompteRenduFactory(seance=seance, projet=True)
    for genre in ("releve", "compte_rendu"):
        document = demander(coordination, seance, genre)
        assert demander(referent, seance, genre).pk == document.pk
        assert connecter(referent).get(f"/figeac/espace/documents/{document.jeton}/").status_code == 200


def test_a_cancelled_seance_has_no_document(coordination: Affectation, seance: Seance) -> None:
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.ANNULEE)
    seance.refresh_from_db()
    with pytest.raises(Refus):
        demander(coordination, seance)


def test_as_many_queries_for_six_fiches_as_for_two(coordination: Affectation, seance: Seance) -> None:
    audience = entetes.audience_des_membres(seance)
    comptes = []
    for nombre in (2, 4):
        for n in range(nombre):
            PointFactory(seance=seance, fiche=une_fiche(coordination, f"{NOM}{nombre}{n}"))
        with CaptureQueriesContext(connection) as requetes:
            dossier.composer(seance, audience, [])
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1]


def test_one_click_prints_the_dossier_and_twice_is_once(
    coordination: Affectation, seance: Seance, fiche: FicheNavette, connecter: Callable[[Affectation], Client]
) -> None:
    client, url = connecter(coordination), "/figeac/espace/comites/CT-2026-0007/documents/"
    premier, second = client.post(f"{url}dossier/"), client.post(f"{url}dossier/")
    assert premier.status_code == 302 and premier["Location"] == second["Location"]
    page = client.get(url).content.decode()
    assert "Dossier de séance · CT-2026-0007" in page and "Exemplaire 3" in page.replace("\u00a0", " ")


def test_an_unknown_kind_is_not_found(
    coordination: Affectation, seance: Seance, connecter: Callable[[Affectation], Client]
) -> None:
    url = "/figeac/espace/comites/CT-2026-0007/documents/testament/"
    assert connecter(coordination).post(url).status_code == 404


def test_the_pages_of_the_agenda_are_those_of_the_points_and_everything_is_tagged(
    coordination: Affectation, seance: Seance, fiche: FicheNavette
) -> None:
    lu = pdf(demander(coordination, seance, pour="tous"))
    page = next(n for n in range(2, lu.pages + 1) if "Qui finance les vitrines" in lu.texte(n))
    assert f"p. {page}" in lu.texte(1)
    assert page in [lien.vers for lien in lu.liens if lien.page == 1]
    assert "exemplaire 3" in lu.texte(page).replace("\u00a0", " ")
    assert "Comité technique" in lu.texte(page)
    assert lu.fautes() == []
    assert lu.langue == "fr"
    assert ["Point", "Sujet", "Durée", "Page"] in lu.tables()
    assert {niveau for niveau, _ in lu.titres()} <= {"H1", "H2", "H3"}


@pytest.mark.parametrize("genre", ["convocation", "emargement", "actions"])
def test_each_paper_is_laid_out_and_tagged(
    coordination: Affectation, seance: Seance, fiche: FicheNavette, genre: str
) -> None:
    lu = pdf(demander(coordination, seance, genre))
    assert lu.fautes() == [] and lu.titres()[0][0] == "H1"


def test_the_archive_is_another_file(coordination: Affectation, seance: Seance) -> None:
    lecture, archive = demander(coordination, seance), demander(coordination, seance, variante="archive")
    assert lecture.pk != archive.pk
    assert pdf(archive).fautes() == []


def test_an_empty_seance_still_has_a_dossier(coordination: Affectation) -> None:
    seance = SeanceFactory(instance__territoire=coordination.territoire, lieu="")
    assert "pas encore fixé" in pdf(demander(coordination, seance)).texte(1)


def test_needs_too_few_to_show_are_hidden_from_elus(coordination: Affectation, seance: Seance) -> None:
    audience = Audience(GenreAudience.ANONYME, seance.territoire_id)
    PointFactory(seance=seance, sujet=True, nature=NaturePoint.BESOINS, titre="Besoins recensés")
    contexte = dossier.composer(seance, audience, [])["feuilles"][0]["contexte"]
    assert set(contexte["besoins"]) == {"lignes", "total", "depuis", "cachees"}


def test_a_line_to_sign_for_each_expected_before_anybody_is_convened(coordination: Affectation) -> None:
    seance = SeanceFactory(instance__territoire=coordination.territoire)
    membre = MembreFactory(instance=seance.instance)
    assert [x["organisme"] for x in pieces.emargement(seance)["lignes"]] == [str(membre.organisme)]


def test_the_cover_counts_the_open_actions(coordination: Affectation, seance: Seance) -> None:
    PointFactory(seance=seance, sujet=True, nature=NaturePoint.ACTIONS, titre="Suivi des actions")
    ActionFactory(territoire=seance.territoire, generale=True)
    ActionFactory(territoire=seance.territoire, generale=True, en_retard=True)
    (feuille,) = demander(coordination, seance).donnees["feuilles"]
    assert feuille["ligne"]["detail"] == "2 actions, dont 1 en retard"


@pytest.mark.parametrize("genre", ["dossier", "actions"])
def test_once_an_accord_is_withdrawn_what_was_printed_before_is_given_no_longer(
    coordination: Affectation, seance: Seance, fiche: FicheNavette, connecter: Callable[[Affectation], Client],
    genre: str,
) -> None:  # fmt: skip
    ActionFactory(territoire=coordination.territoire, fiche=fiche, libelle="Chiffrer les vitrines")
    document = produire(demander(coordination, seance, genre))
    client, url = connecter(coordination), f"/figeac/espace/documents/{document.jeton}/"
    assert client.get(f"{url}voir/").status_code == 200

    fiches.cloturer(acces=coordination.acces(), fiche=fiche, motif="abandonnee")
    assert client.get(f"{url}voir/").status_code == 200  # closed, it was still rightly read
    for demandeur in fiche.demandeurs.all():
        assert demandeur.accord is not None
        personnes.retirer_accord(acces=coordination.acces(), accord=demandeur.accord, canal="telephone")

    for suite in ("voir/", "telecharger/"):
        reponse = client.get(url + suite)
        assert (reponse.status_code, reponse["Location"]) == (302, url)
    page = client.get(url).content.decode()
    assert "un accord de partage a été retiré" in page and f"{url}voir/" not in page


def test_a_copy_closes_with_a_fiche_that_only_its_actions_name(
    coordination: Affectation, referent: Affectation, seance: Seance, fiche: FicheNavette
) -> None:
    autre = une_fiche(coordination, nom="Cazals")
    fiches.ouvrir_au_comite(autre, [referent.organisme_id])
    ActionFactory(territoire=coordination.territoire, fiche=autre, libelle="Écrire à Mme Cazals")
    copie = demander(referent, seance)
    assert "Mme Cazals" in dit(copie) and peut_voir(referent.acces(), copie)
    fiches.fermer_au_comite(autre)
    assert not peut_voir(referent.acces(), copie)


def test_elus_are_given_no_version_that_was_taken_back(
    coordination: Affectation, fiche: FicheNavette, connecter: Callable[[Affectation], Client]
) -> None:
    seance = SeanceFactory(instance__territoire=coordination.territoire, anonyme=True, convoquee=True)
    PointFactory(seance=seance, fiche=fiche, mode=ModePoint.SANS_NOM)
    version = VersionAnonymeFactory(fiche=fiche, relue=True)
    document = produire(demander(coordination, seance))
    client, url = connecter(coordination), f"/figeac/espace/documents/{document.jeton}/voir/"
    assert client.get(url).status_code == 200
    versions.retirer_version(acces=coordination.acces(), version_anonyme=version, version=version.version)
    assert client.get(url).status_code == 302
