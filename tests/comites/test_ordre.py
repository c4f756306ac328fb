"""The agenda: what is added, accepted, put in order and frozen, and what it opens to whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites.enums import ChoixRestreint, EtatPoint, ModePoint, NaturePoint, StatutSeance
from apps.comites.models import Membre, PointOrdreDuJour, Seance
from apps.comites.services import ordre, partages
from apps.comites.services.modes import FicheRestreinte
from apps.core import registres
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.fiches import services as fiches
from apps.fiches.enums import Confidentialite, GenreOrientation, MotifDeclin, MotifPartage, Visibilite
from apps.fiches.models import EntreeJournal, FicheNavette, Partage
from apps.partenaires.models import Convention, Organisme
from apps.personnes.models import Accord
from apps.territoires.models import Territoire
from tests.factories import OrganismeFactory
from tests.fiches.factories import ouvrir

from .factories import (
    ActionFactory,
    CompteRenduFactory,
    DecisionFactory,
    InstanceFactory,
    MembreFactory,
    PointFactory,
    SeanceFactory,
    fiches_en_nombre,
)


def ouverte_au_comite(territoire: Territoire, **champs: Any) -> FicheNavette:
    """A fiche that the committee may read."""
    return ouvrir(territoire, confidentialite=Confidentialite.COMITE, **champs)


@pytest.fixture
def seance(territoire: Territoire) -> Seance:
    return SeanceFactory(instance=InstanceFactory(territoire=territoire))


@pytest.fixture
def acces(coordination: Affectation) -> Acces:
    return coordination.acces()


@pytest.fixture
def membre(seance: Seance, referent: Affectation) -> Affectation:
    """A référent whose organisme sits, bound by a convention."""
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    return referent


def figer(acces: Acces, seance: Seance) -> Seance:
    """As convening does: the date, then the freeze."""
    ordre.figer(acces=acces, seance=seance)
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.CONVOQUEE, convoquee_le=timezone.now())
    return Seance.objects.get(pk=seance.pk)


def lisent(fiche: FicheNavette) -> set[int]:
    """The organismes that read the fiche by the committee."""
    ouverts = Partage.objects.en_cours().filter(fiche=fiche, motif=MotifPartage.COMITE)
    return set(ouverts.values_list("organisme", flat=True))


def ordre_de(seance: Seance) -> list[str]:
    return [p.nature if p.nature != NaturePoint.SUJET else p.titre for p in seance.points.inscrits()]


def test_the_standing_points_come_once_and_frame_the_rest(acces: Acces, seance: Seance) -> None:
    precedente = SeanceFactory(instance=seance.instance, tenue=True)
    projet = CompteRenduFactory(seance=precedente, projet=True)

    ordre.ajouter_points_permanents(acces=acces, seance=seance)
    ordre.ajouter_sujet(acces=acces, seance=seance, titre="Locaux vacants")
    ordre.ajouter_points_permanents(acces=acces, seance=seance)

    assert ordre_de(seance) == ["compte_rendu", "actions", "Locaux vacants", "besoins"]
    assert list(seance.points.inscrits().values_list("ordre", flat=True)) == [1, 2, 3, 4]
    assert seance.points.get(nature=NaturePoint.COMPTE_RENDU).origine == f"compte_rendu:{projet.pk}"


def test_minutes_to_approve_wait_on_one_agenda_only(acces: Acces, seance: Seance) -> None:
    CompteRenduFactory(seance=SeanceFactory(instance=seance.instance, tenue=True), projet=True)
    suivante = SeanceFactory(instance=seance.instance, jour=seance.jour + timedelta(days=14))

    ordre.ajouter_points_permanents(acces=acces, seance=seance)
    ordre.ajouter_points_permanents(acces=acces, seance=suivante)

    assert seance.points.filter(nature=NaturePoint.COMPTE_RENDU).count() == 1
    assert suivante.points.filter(nature=NaturePoint.COMPTE_RENDU).count() == 0


def test_what_freezing_adds_is_not_a_later_addition(acces: Acces, seance: Seance) -> None:
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.CONVOQUEE, convoquee_le=timezone.now())

    ordre.figer(acces=acces, seance=seance)

    assert set(seance.points.values_list("nature", "ajoute_apres_gel")) == {("actions", False), ("besoins", False)}


def test_a_standing_point_put_aside_stays_aside(acces: Acces, seance: Seance) -> None:
    ordre.ajouter_points_permanents(acces=acces, seance=seance)
    ordre.retirer(acces=acces, point=seance.points.get(nature=NaturePoint.BESOINS))

    ordre.ajouter_points_permanents(acces=acces, seance=seance)

    assert ordre_de(seance) == ["actions"]


def test_a_point_moves_by_its_number(acces: Acces, seance: Seance) -> None:
    a, b, c = (ordre.ajouter_sujet(acces=acces, seance=seance, titre=t) for t in "abc")

    ordre.ordonner(acces=acces, point=c, rang=1)
    assert ordre_de(seance) == ["c", "a", "b"]

    ordre.ordonner(acces=acces, point=c, rang=99)
    assert ordre_de(seance) == ["a", "b", "c"]
    assert list(seance.points.inscrits().values_list("ordre", flat=True)) == [1, 2, 3]
    assert {p.version for p in seance.points.all()} == {1}  # the synthèse's own guard is left alone
    assert {a.pk, b.pk, c.pk} == set(seance.points.values_list("pk", flat=True))


# --- a fiche that the committee does not read -------------------------------------------------------------------------


def test_a_restricted_fiche_asks_what_to_do(acces: Acces, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)

    with pytest.raises(FicheRestreinte) as refus:
        ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)

    assert refus.value.accord_couvre
    assert not seance.points.exists()
    fiche.refresh_from_db()
    assert fiche.confidentialite == Confidentialite.PARTENAIRES


def test_widening_opens_the_fiche_to_the_committee_and_tells_its_journal(acces: Acces, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)

    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, elargir=True)

    fiche.refresh_from_db()
    assert (point.mode, fiche.confidentialite) == (ModePoint.NOMINATIF, Confidentialite.COMITE)
    assert EntreeJournal.objects.filter(fiche=fiche, action="comite", visibilite=Visibilite.PARTENAIRES).exists()


def test_widening_is_refused_when_an_accord_leaves_the_committee_out(acces: Acces, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire, personnes=2)
    Accord.objects.filter(pk=fiche.demandeurs.last().accord_id).update(comite=False)

    with pytest.raises(ErreurMetier, match="ne couvre pas le comité"):
        ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, elargir=True)

    fiche.refresh_from_db()
    assert fiche.confidentialite == Confidentialite.PARTENAIRES


def test_treating_without_names_needs_a_summary_that_names_nobody(acces: Acces, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)
    nom = fiche.demandeurs.get().personne.nom
    args = {"acces": acces, "seance": seance, "fiche": fiche, "mode": ModePoint.SANS_NOM}

    with pytest.raises(ErreurMetier, match="Écrivez le résumé"):
        ordre.ajouter_fiche(**args)
    with pytest.raises(ErreurMetier, match="nomme la personne"):
        ordre.ajouter_fiche(**args, resume=f"Reprise par M. {nom.upper()}.")
    with pytest.raises(ErreurMetier, match="La question nomme"):
        ordre.ajouter_fiche(**args, resume="Une reprise.", question=f"Le prix de {nom} est-il tenable ?")
    point = ordre.ajouter_fiche(**args, resume="Une reprise dans l’alimentation.")

    fiche.refresh_from_db()
    assert (point.mode, fiche.resume_sans_nom) == (ModePoint.SANS_NOM, "Une reprise dans l’alimentation.")
    assert fiche.confidentialite == Confidentialite.PARTENAIRES


def test_a_fiche_comes_once_and_not_when_it_is_closed(acces: Acces, seance: Seance) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    close = ouverte_au_comite(seance.territoire)
    fiches.cloturer(acces=acces, fiche=close, motif="abandonnee")
    close.refresh_from_db()

    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)

    with pytest.raises(ErreurMetier, match="déjà à l’ordre du jour"):
        ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    with pytest.raises(TransitionInterdite, match="rouvrez-la"):
        ordre.ajouter_fiche(acces=acces, seance=seance, fiche=close)


@pytest.mark.parametrize("trait", ["tenue", "annulee"])
def test_nothing_changes_once_it_is_held_or_cancelled(acces: Acces, territoire: Territoire, trait: str) -> None:
    seance = SeanceFactory(instance=InstanceFactory(territoire=territoire), **{trait: True})
    point = PointFactory(seance=seance, sujet=True)

    for geste in (
        lambda: ordre.ajouter_sujet(acces=acces, seance=seance, titre="Autre"),
        lambda: ordre.retirer(acces=acces, point=point),
        lambda: ordre.ordonner(acces=acces, point=point, rang=1),
        lambda: ordre.modifier_point(acces=acces, point=point, version=1, minutes=5),
    ):
        with pytest.raises(TransitionInterdite):
            geste()


# --- what freezing opens ------------------------------------------------------------------------------------------------


def test_freezing_opens_to_those_that_sit_with_a_convention_only(
    acces: Acces, seance: Seance, membre: Affectation
) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    sans_convention = OrganismeFactory(territoire=seance.territoire, convention=False)
    echue = OrganismeFactory(territoire=seance.territoire)
    Convention.objects.filter(organisme=echue).update(valable_jusquau=timezone.localdate() - timedelta(days=1))
    parti = MembreFactory(instance=seance.instance, retire_le=timezone.now())
    for organisme in (sans_convention, echue):
        MembreFactory(instance=seance.instance, organisme=organisme)
    OrganismeFactory(territoire=seance.territoire)  # does not sit
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    assert lisent(fiche) == set()

    figer(acces, seance)

    assert lisent(fiche) == {membre.organisme_id}
    assert parti.organisme_id not in lisent(fiche)
    assert FicheNavette.objects.visibles_par(membre.acces()).filter(pk=fiche.pk).exists()


def test_reserved_and_unnamed_points_open_nothing(acces: Acces, seance: Seance, membre: Affectation) -> None:
    reservee, tue = ouverte_au_comite(seance.territoire), ouverte_au_comite(seance.territoire)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=reservee, mode=ModePoint.RESERVE)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=tue, mode=ModePoint.SANS_NOM, resume="Une reprise.")

    figer(acces, seance)

    assert lisent(reservee) == lisent(tue) == set()


def test_an_anonymous_seance_opens_nothing(acces: Acces, territoire: Territoire, referent: Affectation) -> None:
    seance = SeanceFactory(instance=InstanceFactory(territoire=territoire, anonyme=True))
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    fiche = ouverte_au_comite(territoire)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)

    figer(acces, seance)

    assert lisent(fiche) == set()


def test_an_accord_withdrawn_before_convening_makes_the_point_nameless(
    acces: Acces, seance: Seance, membre: Affectation
) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    fiches.retirer_accord(acces=acces, fiche=fiche, personne=fiche.demandeurs.get().personne, canal="telephone")

    tus = ordre.figer(acces=acces, seance=seance)

    point.refresh_from_db()
    assert [p.pk for p in tus] == [point.pk]
    assert point.mode == ModePoint.SANS_NOM
    assert lisent(fiche) == set()


def test_an_accord_withdrawn_after_freezing_closes_at_once_and_stays_closed(
    acces: Acces, seance: Seance, membre: Affectation
) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    figer(acces, seance)

    fiches.retirer_accord(acces=acces, fiche=fiche, personne=fiche.demandeurs.get().personne, canal="telephone")
    partages.accorder_territoire(seance.territoire_id)

    assert lisent(fiche) == set()


def test_a_later_addition_is_marked_and_opens_at_once(acces: Acces, seance: Seance, membre: Affectation) -> None:
    figee = figer(acces, seance)
    fiche = ouverte_au_comite(seance.territoire)

    point = ordre.ajouter_fiche(acces=acces, seance=figee, fiche=fiche)

    assert point.ajoute_apres_gel
    assert lisent(fiche) == {membre.organisme_id}


def test_taking_a_point_off_closes_unless_another_frozen_agenda_names_it(
    acces: Acces, seance: Seance, membre: Affectation
) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    autre = SeanceFactory(instance=seance.instance, jour=seance.jour + timedelta(days=14))
    points = [ordre.ajouter_fiche(acces=acces, seance=s, fiche=fiche) for s in (seance, autre)]
    for s in (seance, autre):
        figer(acces, s)

    ordre.retirer(acces=acces, point=points[0])
    assert lisent(fiche) == {membre.organisme_id}

    ordre.retirer(acces=acces, point=points[1])
    assert lisent(fiche) == set()


def test_making_a_point_nameless_or_reserved_closes(acces: Acces, seance: Seance, membre: Affectation) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    figer(acces, seance)

    point = ordre.modifier_point(acces=acces, point=point, version=1, mode=ModePoint.RESERVE)
    assert lisent(fiche) == set()

    ordre.modifier_point(acces=acces, point=point, version=2, mode=ModePoint.NOMINATIF)
    assert lisent(fiche) == {membre.organisme_id}


def test_liberer_closes_for_good(acces: Acces, seance: Seance, membre: Affectation) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    figee = figer(acces, seance)

    ordre.liberer(acces=acces, seance=figee)
    assert lisent(fiche) == set()

    CompteRenduFactory(seance=figee, approuve=True)
    partages.accorder_territoire(seance.territoire_id)
    assert lisent(fiche) == set()


def test_the_sweep_follows_the_members_and_their_conventions(acces: Acces, seance: Seance, membre: Affectation) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    figer(acces, seance)
    nouveau = MembreFactory(instance=seance.instance)

    partages.accorder_territoire(seance.territoire_id)
    assert lisent(fiche) == {membre.organisme_id, nouveau.organisme_id}

    Membre.objects.filter(organisme=membre.organisme).update(retire_le=timezone.now())
    Convention.objects.filter(organisme=nouveau.organisme).update(valable_jusquau=timezone.localdate() - timedelta(1))
    partages.accorder_territoire(seance.territoire_id)
    assert lisent(fiche) == set()


# --- proposals -----------------------------------------------------------------------------------------------------------


def _cles(acces: Acces, seance: Seance) -> dict[str, str]:
    return {p.cle: p.raison for p in ordre.propositions(acces=acces, seance=seance)}


def ancienne(fiche: FicheNavette) -> FicheNavette:
    """Opened long before the last séance: not proposed as new."""
    FicheNavette.objects.filter(pk=fiche.pk).update(ouverte_le=timezone.now() - timedelta(days=200))
    fiche.refresh_from_db()
    return fiche


def _orientee(acces: Acces, fiche: FicheNavette, organisme: Organisme) -> Any:
    return fiches.orienter(acces=acces, fiche=fiche, organismes=[organisme], genre=GenreOrientation.ACCOMPAGNEMENT)[0]


def test_each_proposal_says_its_reason(acces: Acces, seance: Seance, referent: Affectation) -> None:
    t = seance.territoire
    tenue = SeanceFactory(instance=seance.instance, tenue=True)
    muette, declinee, retard, revue, neuve, calme = (ancienne(ouvrir(t)) if i != 4 else ouvrir(t) for i in range(6))
    o = _orientee(acces, muette, OrganismeFactory(territoire=t, nom_court="CCI"))
    o.reponse_attendue_le = timezone.localdate() - timedelta(days=3)
    o.save()
    FicheNavette.objects.filter(pk=muette.pk).update(reponse_attendue_le=o.reponse_attendue_le)
    fiches.decliner(
        acces=referent.acces(), orientation=_orientee(acces, declinee, referent.organisme),
        motif=MotifDeclin.HORS_CHAMP,
    )  # fmt: skip
    ActionFactory(territoire=t, fiche=retard, en_retard=True)
    generale = ActionFactory(territoire=t, generale=True, en_retard=True)
    DecisionFactory(point=PointFactory(seance=tenue, fiche=revue), revoir_le=seance.jour)

    cles = _cles(acces, seance)

    assert "Sans réponse de CCI" in cles[f"fiche:{muette.pk}"]
    assert f"Déclinée par {referent.organisme}" in cles[f"fiche:{declinee.pk}"]
    assert "Action en retard" in cles[f"fiche:{retard.pk}"]
    assert "Action en retard" in cles[f"action:{generale.pk}"]
    assert "À revoir le" in cles[f"fiche:{revue.pk}"]
    assert "Nouvelle fiche" in cles[f"fiche:{neuve.pk}"]
    assert f"fiche:{calme.pk}" not in cles


def test_a_fiche_comes_once_with_all_its_reasons(acces: Acces, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)
    for _ in range(2):
        ActionFactory(territoire=seance.territoire, fiche=fiche, en_retard=True)

    trouvees = [p for p in ordre.propositions(acces=acces, seance=seance) if p.fiche == fiche]

    assert len(trouvees) == 1
    assert "Action en retard" in trouvees[0].raison and "Nouvelle fiche" in trouvees[0].raison


def test_only_the_coordination_is_proposed_anything(seance: Seance, membre: Affectation) -> None:
    ouvrir(seance.territoire)
    assert ordre.propositions(acces=membre.acces(), seance=seance) == []


def test_several_are_accepted_at_once_and_twice_is_once(acces: Acces, seance: Seance) -> None:
    for _ in range(4):
        ouverte_au_comite(seance.territoire)
    cles = list(_cles(acces, seance))

    premiere = ordre.accepter(acces=acces, seance=seance, cles=cles)
    seconde = ordre.accepter(acces=acces, seance=seance, cles=cles)

    assert (len(premiere), len(seconde)) == (4, 0)
    assert seance.points.inscrits().count() == 4
    assert {p.mode for p in premiere} == {ModePoint.NOMINATIF}
    assert all(p.raison.startswith("Nouvelle fiche") for p in premiere)


def test_accepted_restricted_fiches_never_widen_by_themselves(acces: Acces, seance: Seance) -> None:
    ouvrable, sans_accord = ouvrir(seance.territoire), ouvrir(seance.territoire, accord=False)
    cles = [f"fiche:{ouvrable.pk}", f"fiche:{sans_accord.pk}"]

    points = ordre.accepter(acces=acces, seance=seance, cles=cles)

    assert {p.mode for p in points} == {ModePoint.RESERVE}
    ouvrable.refresh_from_db()
    assert ouvrable.confidentialite == Confidentialite.PARTENAIRES


def test_accepting_with_widening_stays_within_the_accords(acces: Acces, seance: Seance) -> None:
    ouvrable, sans_accord = ouvrir(seance.territoire), ouvrir(seance.territoire, accord=False)
    resumee = ouvrir(seance.territoire, accord=False)
    FicheNavette.objects.filter(pk=resumee.pk).update(resume_sans_nom="Une reprise.")
    cles = [f"fiche:{f.pk}" for f in (ouvrable, sans_accord, resumee)]

    points = ordre.accepter(acces=acces, seance=seance, cles=cles, restreintes=ChoixRestreint.ELARGIR)

    modes = {p.fiche_id: p.mode for p in points}
    assert modes == {
        ouvrable.pk: ModePoint.NOMINATIF, sans_accord.pk: ModePoint.RESERVE, resumee.pk: ModePoint.SANS_NOM
    }  # fmt: skip


def test_what_is_put_aside_does_not_come_back(acces: Acces, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)

    assert ordre.ecarter(acces=acces, seance=seance, cles=[f"fiche:{fiche.pk}"]) == 1

    assert f"fiche:{fiche.pk}" not in _cles(acces, seance)
    ecarte = seance.points.get(fiche=fiche)
    assert ecarte.etat == EtatPoint.ECARTE
    ordre.remettre(acces=acces, point=ecarte)
    assert seance.points.inscrits().filter(fiche=fiche).exists()


def test_a_referent_puts_its_fiche_forward_and_the_coordination_accepts(
    acces: Acces, seance: Seance, membre: Affectation
) -> None:
    fiche = ancienne(ouverte_au_comite(seance.territoire))
    _orientee(acces, fiche, membre.organisme)

    point = ordre.proposer_fiche(acces=membre.acces(), seance=seance, fiche=fiche, question="Qui finance le four ?")

    proposee = ordre.propositions(acces=acces, seance=seance)[0]
    assert (proposee.cle, proposee.question) == (f"point:{point.pk}", "Qui finance le four ?")
    ordre.accepter(acces=acces, seance=seance, cles=[proposee.cle])
    point.refresh_from_db()
    assert (point.etat, point.mode) == (EtatPoint.INSCRIT, ModePoint.NOMINATIF)


def test_a_question_on_a_fiche_that_is_already_there_joins_its_point(
    acces: Acces, seance: Seance, membre: Affectation
) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    point = ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche, mode=ModePoint.RESERVE, question="Et après ?")

    ordre.proposer_fiche(acces=membre.acces(), seance=seance, fiche=fiche, question="Qui finance le four ?")

    point.refresh_from_db()
    assert point.question == f"Et après ?\n{membre.organisme}\u00a0: Qui finance le four ?"
    assert point.propose_par_organisme_id is None
    assert not PointOrdreDuJour.objects.visibles_par(membre.acces()).exists()


def test_a_stale_change_of_a_point_is_refused(acces: Acces, seance: Seance) -> None:
    point = ordre.ajouter_sujet(acces=acces, seance=seance, titre="Locaux vacants")
    ordre.modifier_point(acces=acces, point=point, version=1, minutes=20)

    with pytest.raises(VersionPerimee):
        ordre.modifier_point(acces=acces, point=point, version=1, minutes=5)


def test_a_point_written_on_stays(acces: Acces, seance: Seance) -> None:
    point = ordre.ajouter_sujet(acces=acces, seance=seance, titre="Locaux vacants")
    PointOrdreDuJour.objects.filter(pk=point.pk).update(synthese="Trois locaux.")

    with pytest.raises(ErreurMetier, match="déjà été traité"):
        ordre.retirer(acces=acces, point=point)


def test_proposals_cost_the_same_whatever_their_number(
    acces: Acces, seance: Seance, django_assert_max_num_queries: Any
) -> None:
    couts = []
    for nombre in (3, 30):
        for fiche in fiches_en_nombre(seance.territoire, nombre):
            ActionFactory(territoire=seance.territoire, fiche=fiche, en_retard=True)
        with django_assert_max_num_queries(25) as requetes:
            assert len(ordre.propositions(acces=acces, seance=seance)) >= nombre
        couts.append(len(requetes))

    assert couts[0] == couts[1]


def test_the_coordination_is_told_of_what_was_put_forward(acces: Acces, seance: Seance, membre: Affectation) -> None:
    fiche = ouvrir(seance.territoire)
    _orientee(acces, fiche, membre.organisme)
    ordre.proposer_fiche(acces=membre.acces(), seance=seance, fiche=fiche, question="Qui finance le four ?")
    lignes = registres.a_traiter["comites.ordre"]

    assert [x.detail for x in lignes(acces)] == ["1 fiche proposée par des partenaires"]
    assert lignes(membre.acces()) == []
    ordre.accepter(acces=acces, seance=seance, cles=list(_cles(acces, seance)))
    assert lignes(acces) == []


def test_the_hourly_sweep_visits_each_territoire(acces: Acces, seance: Seance, membre: Affectation) -> None:
    fiche = ouverte_au_comite(seance.territoire)
    ordre.ajouter_fiche(acces=acces, seance=seance, fiche=fiche)
    figer(acces, seance)
    Membre.objects.update(retire_le=timezone.now())

    balayage, _secondes = registres.balayages["comites.partages"]
    balayage()

    assert lisent(fiche) == set()
