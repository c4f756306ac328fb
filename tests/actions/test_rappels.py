"""Reminders: the day before, a week after, once each, to who may read it; the applicant by their own link."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions import services
from apps.actions.enums import Porteur
from apps.actions.models import Action
from apps.actions.tasks import rappeler_actions
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.core.registres import adresses_demandeurs
from apps.courriels.models import Courriel
from apps.demandes.models import Demande, LienSuivi
from apps.fiches import services as fiches
from apps.fiches.models import FicheNavette
from apps.personnes.models import Personne
from apps.territoires.models import Territoire
from tests.comites.factories import ActionFactory
from tests.factories import AffectationFactory, TerritoireFactory
from tests.fiches.factories import PersonneFactory, ouvrir

PARIS = ZoneInfo("Europe/Paris")
# A Thursday, no holiday near.
JEUDI = datetime(2027, 3, 11, 9, 0, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def jeudi() -> Iterator[Any]:
    with time_machine.travel(JEUDI, tick=False) as horloge:
        yield horloge


@pytest.fixture
def fiche(territoire: Territoire, coordination: Affectation, referent: Affectation) -> FicheNavette:
    fiche = ouvrir(territoire)
    fiches.orienter(
        acces=coordination.acces(),
        fiche=fiche,
        organismes=[referent.organisme],  # type: ignore[list-item]
        genre="accompagnement",
    )
    return fiche


def prevue(fiche: FicheNavette | None, jour: date, **champs: object) -> Action:
    """An action made last week."""
    champs.setdefault("territoire", fiche.territoire if fiche else champs.get("territoire"))
    action = ActionFactory(fiche=fiche, echeance=jour, **champs)
    Action.objects.filter(pk=action.pk).update(cree_le=timezone.now() - timedelta(days=20))
    return action


def partis(gabarit: str = "") -> list[str]:
    """Who was reminded, in order."""
    rappels = Courriel.objects.filter(gabarit__in=[gabarit] if gabarit else ["action_veille", "action_retard"])
    return list(rappels.order_by("pk").values_list("destinataire", flat=True))


def jour(ecart: int) -> date:
    return timezone.localdate() + timedelta(days=ecart)


def test_what_was_reminded_by_hand_before_is_still_reminded_in_its_time(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, jeudi: Any
) -> None:
    action = prevue(fiche, jour(6), organisme=referent.organisme)
    services.rappeler(acces=coordination.acces(), action=action)
    jeudi.move_to(JEUDI + timedelta(days=5))
    assert [rappeler_actions() for _ in range(2)] == [1, 0]
    jeudi.move_to(JEUDI + timedelta(days=8))  # late by two days
    services.rappeler(acces=coordination.acces(), action=action)
    assert rappeler_actions() == 0
    jeudi.move_to(JEUDI + timedelta(days=13))
    assert [rappeler_actions() for _ in range(2)] == [1, 0]


def test_the_day_before_then_a_week_after_and_never_twice(
    fiche: FicheNavette, referent: Affectation, jeudi: Any
) -> None:
    prevue(fiche, jour(1), organisme=referent.organisme)
    assert [rappeler_actions() for _ in range(2)] == [1, 0]
    assert partis() == [referent.utilisateur.courriel]
    jeudi.move_to(JEUDI + timedelta(days=7))  # late by six days
    assert rappeler_actions() == 0
    jeudi.move_to(JEUDI + timedelta(days=8))
    assert [rappeler_actions() for _ in range(2)] == [1, 0]
    jeudi.move_to(JEUDI + timedelta(days=29))
    assert rappeler_actions() == 0
    assert partis("action_retard") == [referent.utilisateur.courriel]


def test_on_a_friday_what_is_due_by_monday_and_nothing_at_the_weekend(
    fiche: FicheNavette, referent: Affectation, jeudi: Any
) -> None:
    for ecart in (3, 4, 5):  # Sunday, Monday, Tuesday
        prevue(fiche, jour(ecart), organisme=referent.organisme)
    jeudi.move_to(JEUDI + timedelta(days=2))
    assert rappeler_actions() == 0
    jeudi.move_to(JEUDI + timedelta(days=1))
    assert rappeler_actions() == 2


def test_what_was_created_today_was_announced_today(coordination: Affectation) -> None:
    ActionFactory(territoire=coordination.territoire, coordination=True, generale=True, echeance=jour(1))
    assert rappeler_actions() == 0


def test_postponed_it_is_reminded_of_its_new_day(fiche: FicheNavette, referent: Affectation, jeudi: Any) -> None:
    action = prevue(fiche, jour(1), organisme=referent.organisme)
    rappeler_actions()
    services.reporter(acces=referent.acces(), action=action, vers=jour(6))
    jeudi.move_to(JEUDI + timedelta(days=5))
    assert rappeler_actions() == 1
    assert len(partis("action_veille")) == 2


@pytest.mark.parametrize("fin", ["faire", "abandonner"])
def test_what_is_finished_is_not_reminded(fiche: FicheNavette, referent: Affectation, fin: str) -> None:
    action = prevue(fiche, jour(1), organisme=referent.organisme)
    getattr(services, fin)(acces=referent.acces(), action=action, texte="Dit.")
    assert rappeler_actions() == 0


def test_reminders_rest_while_the_applicant_is_awaited_and_once_the_fiche_has_closed(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    prevue(fiche, jour(-9), organisme=referent.organisme)
    generale = prevue(None, jour(-9), territoire=fiche.territoire, organisme=referent.organisme)
    fiches.mettre_en_attente(acces=coordination.acces(), fiche=fiche, attente_quoi="Les bilans")
    assert rappeler_actions() == 1  # the general one
    assert Action.objects.get(pk=generale.pk).retard_rappele_le is not None
    fiches.reprendre(acces=coordination.acces(), fiche=fiche)
    fiches.cloturer(acces=coordination.acces(), fiche=fiche, motif="sans_nouvelles")
    assert rappeler_actions() == 0


def test_nobody_is_reminded_of_a_fiche_that_they_do_not_read_until_they_do(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire)
    action = prevue(fiche, jour(1), organisme=referent.organisme)
    assert rappeler_actions() == 0
    services.orienter_porteur(acces=coordination.acces(), action=action)
    assert rappeler_actions() == 1


def test_it_goes_to_the_one_it_was_given_to_else_to_who_is_addressed(
    fiche: FicheNavette, referent: Affectation
) -> None:
    suppleant = AffectationFactory(
        territoire=fiche.territoire, role="referent", organisme=referent.organisme, qualite="suppleant"
    )
    action = prevue(fiche, jour(1), organisme=referent.organisme, responsable=suppleant.utilisateur)
    rappeler_actions()
    assert partis() == [suppleant.utilisateur.courriel]
    Affectation.objects.filter(pk=suppleant.pk).update(terminee_le=timezone.now())
    Action.objects.filter(pk=action.pk).update(veille_rappelee_le=None, reports=1)
    rappeler_actions()
    assert partis()[-1] == referent.utilisateur.courriel


def test_the_coordination_reminds_itself_by_who_follows_the_fiche(
    fiche: FicheNavette, coordination: Affectation
) -> None:
    autre = AffectationFactory(territoire=fiche.territoire)
    fiches.changer_responsable(acces=coordination.acces(), fiches=[fiche], responsable=autre.utilisateur)
    prevue(fiche, jour(1), coordination=True)
    prevue(None, jour(1), territoire=fiche.territoire, coordination=True)
    rappeler_actions()
    assert sorted(partis()) == sorted([autre.utilisateur.courriel] * 2 + [coordination.utilisateur.courriel])


def test_another_territoire_is_swept_within_its_own_scope(coordination: Affectation) -> None:
    ailleurs = TerritoireFactory(slug="langres", nom="Pays de Langres", est_actif=False)
    assert rappeler_actions() == 0
    assert not Courriel.objects.filter(territoire=ailleurs).exists()


def test_no_mail_names_a_person_an_enterprise_or_what_is_to_do(
    fiche: FicheNavette, referent: Affectation, jeudi: Any
) -> None:
    prevue(fiche, jour(1), organisme=referent.organisme, libelle="Rappeler Madame Bessières")
    rappeler_actions()
    jeudi.move_to(JEUDI + timedelta(days=8))
    rappeler_actions()
    mails = list(Courriel.objects.filter(gabarit__startswith="action_"))
    assert {m.gabarit for m in mails} == {"action_veille", "action_retard"}
    for mail in mails:
        texte = mail.sujet + mail.corps
        assert "Bessières" not in texte and fiche.titre not in texte
        assert str(fiche.demandeurs.get().personne) not in texte
        assert fiche.numero in mail.sujet


# --- the applicant --------------------------------------------------------------------------------------------------


def demande_de(fiche: FicheNavette, personne: Personne, **champs: object) -> Demande:
    champs.setdefault("etat", "fiche_ouverte")
    rang = Demande.objects.count() + 1
    return Demande.objects.create(
        territoire=fiche.territoire, reference=f"D-2027-{rang:04}", annee=2027, rang=rang, nom=personne.nom,
        courriel=personne.courriel, cle_unicite=f"00000000-0000-4000-8000-{rang:012}", fiche=fiche, personne=personne,
        **champs,
    )  # fmt: skip


def test_the_applicant_is_reminded_with_a_link_of_their_own(fiche: FicheNavette) -> None:
    personne = fiche.demandeurs.get().personne
    demande = demande_de(fiche, personne)
    prevue(fiche, jour(1), demandeur=True, libelle="Envoyer les bilans")
    assert rappeler_actions() == 1
    mail = Courriel.objects.get(gabarit="action_veille")
    assert mail.destinataire == personne.courriel
    assert re.search(r"/figeac/suivi/[\w-]{40,}/", mail.corps)
    assert "bilans" not in mail.sujet + mail.corps
    assert LienSuivi.objects.get().demande == demande


def test_without_a_request_the_mail_says_what_is_awaited(fiche: FicheNavette) -> None:
    prevue(fiche, jour(1), demandeur=True, libelle="Envoyer les bilans")
    rappeler_actions()
    mail = Courriel.objects.get(gabarit="action_veille")
    assert "Envoyer les bilans" in mail.corps and "bilans" not in mail.sujet
    assert "/suivi/" not in mail.corps


def test_who_has_said_it_done_is_left_alone(fiche: FicheNavette) -> None:
    action = prevue(fiche, jour(1), demandeur=True)
    services.dire_faite(acces=Acces.demandeur(fiche.territoire_id), action=action)
    assert rappeler_actions() == 0


def test_links_are_made_only_where_the_fiche_is_already_open_to_the_person(territoire: Territoire) -> None:
    fiche = ouvrir(territoire, personnes=3)
    premiere, seconde, troisieme = [d.personne for d in fiche.demandeurs.all()]
    demande = demande_de(fiche, premiere)
    LienSuivi.objects.create(
        territoire=territoire, demande=demande, personne=seconde, empreinte="x", expire_le=timezone.now()
    )
    (fournir,) = [f for _, f in adresses_demandeurs]
    liens = {a.personne_id: bool(a.lien) for a in fournir(fiche)}
    assert liens == {premiere.pk: True, seconde.pk: True, troisieme.pk: False}


@pytest.mark.parametrize("champs", [{"etat": "jointe"}, {"etat": "retiree"}, {"retiree_le": timezone.now()}])
def test_a_joined_or_withdrawn_request_opens_nothing(fiche: FicheNavette, champs: dict) -> None:
    demande_de(fiche, fiche.demandeurs.get().personne, **champs)
    (fournir,) = [f for _, f in adresses_demandeurs]
    assert [a.lien for a in fournir(fiche)] == [""]
    assert not LienSuivi.objects.exists()


def test_an_applicant_without_e_mail_is_not_written_to(territoire: Territoire, coordination: Affectation) -> None:
    fiche = ouvrir(territoire)
    Personne.objects.filter(pk=fiche.demandeurs.get().personne_id).update(courriel="")
    PersonneFactory(territoire=territoire)
    action = prevue(fiche, jour(1), demandeur=True)
    assert rappeler_actions() == 0
    with pytest.raises(ErreurMetier, match="Personne à qui écrire"):
        services.rappeler(acces=coordination.acces(), action=action)


def test_the_coordination_does_not_remind_of_what_is_done(coordination: Affectation) -> None:
    action = services.creer(
        acces=coordination.acces(), libelle="Appeler", echeance=jour(3), porteur=Porteur.COORDINATION
    )
    services.faire(acces=coordination.acces(), action=action)
    with pytest.raises(TransitionInterdite):
        services.rappeler(acces=coordination.acces(), action=action)
