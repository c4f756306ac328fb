"""Who is addressed: absences change it, never the rights."""

from datetime import date, timedelta

from django.utils import timezone

from apps.acces.models import Absence, Affectation, Qualite
from apps.acces.services import coordination_de, personne_adressee, referents
from apps.core.acces import Role
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, OrganismeFactory, TerritoireFactory

JOUR = date(2026, 11, 23)


def _absent(affectation: Affectation, remplacant: Affectation | None = None) -> Absence:
    return Absence.objects.create(
        territoire=affectation.territoire,
        affectation=affectation,
        remplacant=remplacant,
        du=JOUR - timedelta(days=1),
        au=JOUR + timedelta(days=1),
    )


def _suppleant(referent: Affectation) -> Affectation:
    return AffectationFactory(
        territoire=referent.territoire,
        role=Role.REFERENT,
        organisme=referent.organisme,
        qualite=Qualite.SUPPLEANT,
        accordee_le=timezone.now() - timedelta(days=400),
    )


def test_the_titulaire_comes_before_an_older_suppleant(referent: Affectation) -> None:
    suppleant = _suppleant(referent)
    assert personne_adressee(organisme_id=referent.organisme_id, jour=JOUR) == (referent.utilisateur, None)
    assert referents(referent.organisme_id) == [referent.utilisateur, suppleant.utilisateur]


def test_an_absence_addresses_the_suppleant_and_takes_no_right_away(referent: Affectation) -> None:
    suppleant = _suppleant(referent)
    _absent(referent)
    assert personne_adressee(organisme_id=referent.organisme_id, jour=JOUR) == (
        suppleant.utilisateur,
        referent.utilisateur,
    )
    assert Affectation.objects.actives().filter(pk=referent.pk).exists()
    assert referent.utilisateur in referents(referent.organisme_id)


def test_the_named_replacement_wins_unless_away_too(referent: Affectation) -> None:
    suppleant = _suppleant(referent)
    technicien = AffectationFactory(territoire=referent.territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    _absent(referent, technicien)
    assert personne_adressee(organisme_id=referent.organisme_id, jour=JOUR)[0] == technicien.utilisateur
    _absent(technicien)
    assert personne_adressee(organisme_id=referent.organisme_id, jour=JOUR)[0] == suppleant.utilisateur


def test_everybody_away_is_still_the_titulaire(referent: Affectation) -> None:
    _absent(referent)
    assert personne_adressee(organisme_id=referent.organisme_id, jour=JOUR) == (referent.utilisateur, None)
    assert personne_adressee(organisme_id=referent.organisme_id, jour=JOUR + timedelta(days=2))[1] is None


def test_nobody_is_addressed_where_nobody_is(territoire: Territoire, referent: Affectation) -> None:
    vide = OrganismeFactory(territoire=territoire)
    assert personne_adressee(organisme_id=vide.pk) == (None, None)
    Affectation.objects.filter(pk=referent.pk).update(accordee_le=None)
    assert personne_adressee(organisme_id=referent.organisme_id) == (None, None)


def test_the_coordination_of_one_territoire_only(coordination: Affectation) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    AffectationFactory(territoire=autre, role=Role.COORDINATION)
    parti = AffectationFactory(territoire=coordination.territoire, role=Role.COORDINATION)
    Affectation.objects.filter(pk=parti.pk).update(terminee_le=timezone.now())
    assert coordination_de(coordination.territoire_id) == [coordination.utilisateur]
