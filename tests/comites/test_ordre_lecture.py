"""Who is told which names on an agenda: the mode, the accord, the confidentiality, the seat and the audience."""

from typing import Any

import pytest
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites.enums import ModePoint, StatutSeance
from apps.comites.models import PointOrdreDuJour, Seance
from apps.comites.selecteurs_ordre import EN_PREPARATION, lignes, ordre_du_jour_pour, titres
from apps.comites.services import ordre
from apps.comites.services.versions import ecrire_version, relire_version
from apps.core.acces import Acces, Role
from apps.core.audience import Audience, GenreAudience
from apps.core.erreurs import ErreurMetier, VersionPerimee
from apps.entreprises.models import Entreprise
from apps.fiches import services as fiches
from apps.fiches.enums import Confidentialite, GenreOrientation
from apps.fiches.models import FicheNavette
from apps.personnes.models import Accord
from apps.referentiels.models import Epci, Naf
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, CommuneFactory, OrganismeFactory
from tests.fiches.factories import ouvrir

from .factories import (
    ActionFactory,
    InstanceFactory,
    MembreFactory,
    PointFactory,
    SeanceFactory,
    VersionAnonymeFactory,
    fiches_en_nombre,
)

QUESTION = "Le prix demandé est-il tenable ?"


@pytest.fixture
def acces(coordination: Affectation) -> Acces:
    return coordination.acces()


@pytest.fixture
def seance(territoire: Territoire, referent: Affectation) -> Seance:
    """A convened one, on which the référent's organisme sits."""
    seance = SeanceFactory(instance=InstanceFactory(territoire=territoire), convoquee=True)
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    return seance


@pytest.fixture
def anonyme(territoire: Territoire, referent: Affectation) -> Seance:
    """A convened commission without names, on which the same organisme sits."""
    seance = SeanceFactory(instance=InstanceFactory(territoire=territoire, anonyme=True), convoquee=True)
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    return seance


@pytest.fixture
def fiche(territoire: Territoire) -> FicheNavette:
    return ouvrir(territoire, confidentialite=Confidentialite.COMITE)


def dit(acces: Acces, seance: Seance) -> str:
    """All that this reader is shown of the agenda, in one text."""
    return "\n".join(
        f"{x.titre}|{x.sous_titre}|{x.question}|{x.resume}|{x.url_fiche}|{x.intitule.alerte}"
        for x in lignes(acces, seance)
    )


def nom_de(fiche: FicheNavette) -> str:
    return fiche.demandeurs.get().personne.nom


def tait(texte: str, fiche: FicheNavette) -> bool:
    """Neither the name, nor the title, nor a link."""
    return nom_de(fiche) not in texte and fiche.titre not in texte and f"/fiches/{fiche.numero}" not in texte


def test_a_member_reads_the_name_that_the_frozen_agenda_opened(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, question=QUESTION)

    ligne = lignes(referent.acces(), seance)[0]

    assert (ligne.titre, ligne.est_nomme, ligne.question) == (fiche.titre, True, QUESTION)
    assert nom_de(fiche) in ligne.sous_titre
    assert ligne.url_fiche.endswith(f"/fiches/{fiche.numero}/")
    assert ligne.intitule.alerte == ""


def test_before_convening_a_member_reads_nothing(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    Seance.objects.filter(pk=seance.pk).update(convoquee_le=None, statut=StatutSeance.PREPARATION)
    seance.refresh_from_db()

    assert lignes(referent.acces(), seance) == []
    assert lignes(acces, seance) != []


def test_a_withdrawn_accord_takes_the_name_away(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, question=f"Que dire à {nom_de(fiche)} ?")
    fiches.retirer_accord(acces=acces, fiche=fiche, personne=fiche.demandeurs.get().personne, canal="telephone")

    lu = dit(referent.acces(), seance)

    assert tait(lu, fiche)
    assert fiche.numero in lu
    assert nom_de(fiche) in dit(acces, seance)
    assert "l’accord de partage ne couvre pas le comité" in dit(acces, seance)


def test_an_accord_narrowed_in_the_base_alone_is_enough_to_hide(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    """Read at each time: even with a share that somebody would have left open."""
    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    Accord.objects.filter(pk=fiche.demandeurs.get().accord_id).update(comite=False)

    assert tait(dit(referent.acces(), seance), fiche)
    comite = Audience(GenreAudience.COMITE, seance.territoire_id)
    assert not titres(comite, [point])[point.pk].est_nomme


@pytest.mark.parametrize("confidentialite", [Confidentialite.PARTENAIRES, Confidentialite.COORDINATION])
def test_a_confidentiality_narrowed_after_freezing_hides(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette, confidentialite: str
) -> None:
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    fiche.refresh_from_db()
    fiches.modifier(acces=acces, fiche=fiche, version=fiche.version, confidentialite=confidentialite)

    assert tait(dit(referent.acces(), seance), fiche)


def test_without_names_shows_the_summary_and_never_who(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    ordre.ajouter_fiche(
        acces=acces, seance=seance, fiche=fiche, mode=ModePoint.SANS_NOM, resume="Une reprise d’un fonds.",
        question=QUESTION,
    )  # fmt: skip

    ligne = lignes(referent.acces(), seance)[0]

    assert tait(dit(referent.acces(), seance), fiche)
    assert ligne.resume == "Une reprise d’un fonds."
    assert ligne.question == QUESTION
    assert ligne.titre.startswith("Situation sans nom")


def test_a_summary_or_a_question_that_names_is_not_shown_without_names(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    """As when an accord is withdrawn before convening: the question was written for a named point."""
    nom = nom_de(fiche)
    FicheNavette.objects.filter(pk=fiche.pk).update(resume_sans_nom=f"La reprise de {nom}.")
    PointFactory(seance=seance, fiche=fiche, mode=ModePoint.SANS_NOM, question=f"Que dire à {nom.lower()} ?")

    assert tait(dit(referent.acces(), seance), fiche)
    assert nom.lower() not in dit(referent.acces(), seance).lower()


def test_a_reserved_point_is_the_coordinations_and_keeps_the_others_numbers(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, mode=ModePoint.RESERVE)
    ordre.ajouter_sujet(acces=acces, seance=seance, titre="Locaux vacants")

    assert [(x.rang, x.titre) for x in lignes(referent.acces(), seance)] == [(1, "Locaux vacants")]
    assert [x.rang for x in lignes(acces, seance)] == [1, None]


def test_a_member_without_convention_reads_numbers_only(acces: Acces, seance: Seance, fiche: FicheNavette) -> None:
    autre = AffectationFactory(territoire=seance.territoire, referent=True)
    autre.organisme.conventions.all().delete()
    MembreFactory(instance=seance.instance, organisme=autre.organisme)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)

    assert tait(dit(autre.acces(), seance), fiche)


def test_whoever_put_a_fiche_forward_knows_it_by_name(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    fiches.orienter(acces=acces, fiche=fiche, organismes=[referent.organisme], genre=GenreOrientation.ACCOMPAGNEMENT)
    FicheNavette.objects.filter(pk=fiche.pk).update(resume_sans_nom="Une reprise.")
    point = ordre.proposer_fiche(acces=referent.acces(), seance=seance, fiche=fiche, question=QUESTION)
    PointOrdreDuJour.objects.filter(pk=point.pk).update(etat="inscrit", mode=ModePoint.SANS_NOM)
    autre = AffectationFactory(territoire=seance.territoire, referent=True)
    MembreFactory(instance=seance.instance, organisme=autre.organisme)

    assert lignes(referent.acces(), seance)[0].titre == fiche.titre
    assert tait(dit(autre.acces(), seance), fiche)


# --- élus ------------------------------------------------------------------------------------------------------------


def situer(fiche: FicheNavette) -> FicheNavette:
    """At an enterprise of Cardaillac, a bakery."""
    epci = Epci.objects.create(siren="200067361", nom="Grand-Figeac", genre="CC", recherche="grand figeac")
    Naf.objects.create(
        nomenclature="NAFRev2", code="10.71C", libelle="Boulangerie", section="C",
        section_libelle="Industrie manufacturière", recherche="boulangerie",
    )  # fmt: skip
    commune = CommuneFactory(code_insee="46057", nom="Cardaillac", epci=epci)
    fiche.entreprise = Entreprise.objects.create(
        territoire=fiche.territoire, nom="Le Fournil Doré", naf_rev2="10.71C", commune=commune
    )
    fiche.save(update_fields=["entreprise"])
    return fiche


def anonymes(seance: Seance, referent: Affectation) -> list[Acces]:
    """Who sits where nobody is named: the pilotage, and the référents of a commission."""
    pilotage = AffectationFactory(territoire=seance.territoire, role=Role.PILOTAGE)
    return [pilotage.acces(), referent.acces()]


def test_elus_read_the_reviewed_version_and_nothing_typed_elsewhere(
    acces: Acces, anonyme: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    situer(fiche)
    ordre.ajouter_fiche(acces=acces, seance=anonyme, fiche=fiche, question=QUESTION)
    VersionAnonymeFactory(fiche=fiche, texte="Un artisan reprend un commerce.", relue=True)
    fiches.orienter(acces=acces, fiche=fiche, organismes=[referent.organisme], genre=GenreOrientation.ACCOMPAGNEMENT)

    for lecteur in anonymes(anonyme, referent):
        ligne = lignes(lecteur, anonyme)[0]
        lu = dit(lecteur, anonyme)
        assert ligne.resume == "Un artisan reprend un commerce."
        assert ligne.titre == "Création d’entreprise"
        assert ligne.sous_titre == "Grand-Figeac · Industrie manufacturière"
        assert tait(lu, fiche)
        for interdit in (fiche.numero, "Cardaillac", "Fournil", QUESTION, "10.71"):
            assert interdit not in lu


def test_elus_read_nothing_of_a_version_that_is_not_reviewed(
    acces: Acces, anonyme: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    situer(fiche)
    ordre.ajouter_fiche(acces=acces, seance=anonyme, fiche=fiche, question=QUESTION)
    VersionAnonymeFactory(fiche=fiche, texte="Un artisan reprend un commerce.")

    for lecteur in anonymes(anonyme, referent):
        ligne = lignes(lecteur, anonyme)[0]
        assert (ligne.titre, ligne.sous_titre, ligne.resume, ligne.question) == (EN_PREPARATION, "", "", "")
    assert "La version anonyme est à relire." in dit(acces, anonyme)


def test_elus_do_not_read_the_words_of_an_action(acces: Acces, anonyme: Seance, referent: Affectation) -> None:
    action = ActionFactory(territoire=anonyme.territoire, generale=True, en_retard=True, libelle="Appeler Mme Bastide")
    ordre.ajouter_sujet(acces=acces, seance=anonyme, titre="Action en retard", action=action)

    for lecteur in anonymes(anonyme, referent):
        assert "Bastide" not in dit(lecteur, anonyme)


def test_a_document_for_elus_never_names_even_from_a_nominative_seance(
    acces: Acces, seance: Seance, fiche: FicheNavette
) -> None:
    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, question=QUESTION)
    public = Audience(GenreAudience.ANONYME, seance.territoire_id)

    intitule = titres(public, [point])[point.pk]

    assert (intitule.titre, intitule.question, intitule.est_nomme) == (EN_PREPARATION, "", False)


def test_a_document_for_the_committee_never_names_in_an_anonymous_seance(
    acces: Acces, anonyme: Seance, fiche: FicheNavette
) -> None:
    ordre.ajouter_fiche(acces=acces, seance=anonyme, fiche=fiche)
    comite = Audience(GenreAudience.COMITE, anonyme.territoire_id)

    assert not ordre_du_jour_pour(comite, anonyme).lignes[0].est_nomme


def test_a_document_for_one_organisme_says_what_that_one_reads(
    acces: Acces, seance: Seance, referent: Affectation, fiche: FicheNavette
) -> None:
    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    ailleurs = OrganismeFactory(territoire=seance.territoire)

    def nomme(organisme_id: int) -> bool:
        audience = Audience(GenreAudience.ORGANISME, seance.territoire_id, organisme_id)
        return titres(audience, [point])[point.pk].est_nomme

    assert nomme(referent.organisme_id)
    assert not nomme(ailleurs.pk)


def test_documents_leave_reserved_points_out_except_for_the_coordination(
    acces: Acces, seance: Seance, fiche: FicheNavette
) -> None:
    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, mode=ModePoint.RESERVE)
    for genre, present in ((GenreAudience.COMITE, False), (GenreAudience.COORDINATION, True)):
        assert (point.pk in titres(Audience(genre, seance.territoire_id), [point])) is present


# --- anonymous versions -----------------------------------------------------------------------------------------------


def test_a_version_that_names_somebody_or_the_commune_is_refused(acces: Acces, fiche: FicheNavette) -> None:
    situer(fiche)
    for texte in (f"M. {nom_de(fiche)} reprend.", "Le fournil doré se vend.", "Une boulangerie à CARDAILLAC."):
        with pytest.raises(ErreurMetier, match="nomme la personne"):
            ecrire_version(acces=acces, fiche=fiche, texte=texte, version=None)


def test_a_change_takes_the_review_away(acces: Acces, fiche: FicheNavette) -> None:
    ecrite = ecrire_version(acces=acces, fiche=fiche, texte="Une reprise.", version=None)
    relue = relire_version(acces=acces, version_anonyme=ecrite, version=ecrite.version)
    assert relue.est_relue and relue.relue_par_id == acces.utilisateur_id

    changee = ecrire_version(acces=acces, fiche=fiche, texte="Une création.", version=relue.version)

    assert not changee.est_relue
    with pytest.raises(VersionPerimee):
        relire_version(acces=acces, version_anonyme=changee, version=relue.version)


# --- cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["coordination", "membre", "comite", "elus"])
def test_an_agenda_costs_the_same_from_3_to_300_points(
    acces: Acces, seance: Seance, anonyme: Seance, referent: Affectation, nom: str, django_assert_max_num_queries: Any
) -> None:
    comite = Audience(GenreAudience.COMITE, seance.territoire_id)
    lire = {
        "coordination": lambda: lignes(acces, seance),
        "membre": lambda: lignes(referent.acces(), seance),
        "comite": lambda: ordre_du_jour_pour(comite, seance).lignes,
        "elus": lambda: lignes(referent.acces(), anonyme),
    }[nom]
    cible = anonyme if nom == "elus" else seance
    couts = []
    for nombre in (3, 297):
        PointOrdreDuJour.objects.bulk_create(
            PointOrdreDuJour(territoire=cible.territoire, seance=cible, fiche=f, ordre=1)
            for f in fiches_en_nombre(cible.territoire, nombre, confidentialite=Confidentialite.COMITE)
        )
        with django_assert_max_num_queries(12) as requetes:
            total = len(lire())
        couts.append(len(requetes))

    assert total == 300
    assert couts[0] == couts[1]


def test_times_run_and_say_when_they_exceed(acces: Acces, seance: Seance) -> None:
    for minutes in (100, 60):
        ordre.ajouter_sujet(acces=acces, seance=seance, titre=f"Sujet de {minutes} minutes", minutes=minutes)

    premiere, seconde = lignes(acces, seance)

    assert (premiere.cumul, premiere.depasse) == (100, False)
    assert (seconde.cumul, seconde.depasse) == (160, True)  # the séance lasts 150 minutes
    assert timezone.localtime(seconde.debut).hour == 11
