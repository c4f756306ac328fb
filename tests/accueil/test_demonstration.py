"""The demonstration set is complete, believable, apart from any real person, and says what the rules would say."""

import json
from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from apps.acces.models import CHOIX_ROLES, Absence, Affectation
from apps.accueil.demonstration.horloge import Horloge
from apps.accueil.demonstration.scenarios import FIGEAC
from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action
from apps.comites.enums import (
    EtatPoint,
    EtatPresence,
    GenreDecision,
    GenreInstance,
    ModePoint,
    NaturePoint,
    StatutCompteRendu,
    StatutSeance,
)
from apps.comites.models import CompteRendu, Decision, PointOrdreDuJour, Presence, Seance, VersionAnonyme
from apps.comites.services import ordre
from apps.comptes.models import Utilisateur
from apps.core.acces import Role
from apps.core.dates import nom_ferie
from apps.courriels.models import Courriel, EtatCourriel
from apps.demandes.models import Demande
from apps.entreprises.models import Entreprise
from apps.entreprises.siret import siret_est_juste
from apps.fiches import etat as etats
from apps.fiches.enums import (
    ActionJournal,
    EtatFiche,
    EtatOrientation,
    GenreOrientation,
    MotifCloture,
    MotifPartage,
    StatutFiche,
    Visibilite,
)
from apps.fiches.models import Echange, EntreeJournal, FicheNavette, Orientation, Partage, PieceFiche, Suivi
from apps.fiches.services import accorder_partages
from apps.listes.models import VueEnregistree
from apps.partenaires.models import Convention, Organisme
from apps.personnes.enums import Portee
from apps.personnes.models import Accord, Personne
from apps.referentiels.models import Naf
from apps.territoires.models import Territoire, Theme
from tests.e2e.referentiels import charger_reduits
from tests.outils import entrer

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demonstration")]


def empreinte() -> list[object]:
    """What two loads must agree on."""
    lignes: list[object] = []
    for t in Territoire.objects.order_by("slug"):
        entrer(t.pk)
        lignes += (
            Entreprise.objects.filter(territoire=t).order_by("siret", "nom").values_list("nom", "siret", "commune")
        )
        lignes += FicheNavette.objects.filter(territoire=t).order_by("numero").values_list("numero", "titre", "etat")
        lignes += Orientation.objects.filter(territoire=t).order_by("pk").values_list("organisme__nom", "etat")
        lignes += Seance.objects.filter(territoire=t).order_by("numero").values_list("numero", "jour", "statut")
        lignes += Action.objects.filter(territoire=t).order_by("pk").values_list("libelle", "echeance", "etat")
        lignes += Decision.objects.filter(territoire=t).order_by("pk").values_list("genre", "precision", "revoir_le")
        lignes += Demande.objects.filter(territoire=t).order_by("reference").values_list("reference", "nom", "etat")
        lignes += Personne.objects.filter(territoire=t).order_by("pk").values_list("nom", "prenom", "telephone")
    entrer(None)
    return lignes


# First: the whole set, which the others read, stays until the end of the module.
def test_same_seed_same_data_and_starting_again_leaves_nothing_behind(tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path):
        charger_reduits(tmp_path)
        call_command("charger_demonstration", leger=True, verbosity=0)
        premiere = empreinte()
        call_command("charger_demonstration", leger=True, recommencer=True, verbosity=0)

        assert empreinte() == premiere
    assert len(premiere) > 100


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory):
    """The whole set, loaded once, read by every test of the module, then rolled back."""
    fichiers = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("fichiers"))
    with django_db_blocker.unblock(), fichiers, transaction.atomic():
        charger_reduits(tmp_path_factory.mktemp("referentiels"))
        call_command("charger_demonstration", verbosity=0)
        figeac, langres = Territoire.objects.get(slug="figeac"), Territoire.objects.get(slug="langres")
        entrer(figeac.pk)
        yield SimpleNamespace(figeac=figeac, langres=langres, jour=timezone.localdate())
        transaction.set_rollback(True)


@pytest.fixture
def langres(demonstration):
    """Inside the second territoire."""
    entrer(demonstration.langres.pk)
    yield demonstration.langres
    entrer(demonstration.figeac.pk)


def test_sizes(demonstration):
    t = demonstration.figeac

    assert t.communes.count() == 92
    assert Entreprise.objects.filter(territoire=t, siret__isnull=False).count() == 2800
    assert FicheNavette.objects.filter(territoire=t).count() == 120 == sum(nombre for _, nombre, _ in FIGEAC)
    assert Demande.objects.filter(territoire=t).a_qualifier().count() == 12


def test_enterprises_are_plausible_and_their_numbers_right(demonstration):
    entreprises = list(Entreprise.objects.filter(territoire=demonstration.figeac, siret__isnull=False))
    par_commune = Counter(e.commune_id for e in entreprises)

    assert all(siret_est_juste(e.siret) and e.siret.startswith("99") for e in entreprises)
    assert {e.naf_rev2 for e in entreprises} <= set(Naf.objects.values_list("code", flat=True))
    assert par_commune.most_common(1)[0][0] == "46102"
    assert 500 < par_commune["46102"] < 900
    assert sum(not e.est_active for e in entreprises) > 50
    assert sum(not e.est_diffusible for e in entreprises) > 50
    assert sum(e.dirigeant_age_transmission for e in entreprises) > 100
    assert sum(e.depasse_seuil(20) for e in entreprises) > 5


def test_every_state_is_what_the_precedence_computes(demonstration):
    fiches = FicheNavette.objects.filter(territoire=demonstration.figeac).prefetch_related("orientations__organisme")
    for fiche in fiches:
        assert fiche.etat == etats.calculer(fiche.statut, fiche.orientations.all(), fiche.suivie_seule), fiche.numero
        assert etats.phrase(fiche, fiche.orientations.all(), demonstration.jour).texte

    assert {f.etat for f in fiches} == set(EtatFiche.values)
    assert {f.motif_cloture for f in fiches} == {"", *MotifCloture.values}
    assert fiches.exclude(motif_reouverture="").exists()


def test_every_path_of_orientation_is_shown(demonstration):
    vus = set(Orientation.objects.filter(territoire=demonstration.figeac).values_list("genre", "etat"))

    assert {
        (GenreOrientation.ACCOMPAGNEMENT, EtatOrientation.ENVOYEE),
        (GenreOrientation.ACCOMPAGNEMENT, EtatOrientation.PRISE_EN_CHARGE),
        (GenreOrientation.ACCOMPAGNEMENT, EtatOrientation.TERMINEE),
        (GenreOrientation.ACCOMPAGNEMENT, EtatOrientation.DECLINEE),
        (GenreOrientation.ACCOMPAGNEMENT, EtatOrientation.ANNULEE),
        (GenreOrientation.AVIS, EtatOrientation.ENVOYEE),
        (GenreOrientation.AVIS, EtatOrientation.AVIS_RENDU),
        (GenreOrientation.INFORMATION, EtatOrientation.ENVOYEE),
        (GenreOrientation.INFORMATION, EtatOrientation.LUE),
    } <= vus


def test_numbers_have_neither_gap_nor_double(demonstration):
    rangs: dict[int, list[int]] = {}
    for annee, rang in FicheNavette.objects.filter(territoire=demonstration.figeac).values_list("annee", "rang"):
        rangs.setdefault(annee, []).append(rang)

    assert all(sorted(r) == list(range(1, len(r) + 1)) for r in rangs.values())


def test_shares_are_what_orientations_and_accords_allow(demonstration):
    for fiche in FicheNavette.objects.filter(territoire=demonstration.figeac):
        avant = Partage.objects.en_cours().filter(fiche=fiche).count()
        assert accorder_partages(fiche) == []
        assert Partage.objects.en_cours().filter(fiche=fiche).count() == avant
    assert Partage.objects.en_cours().filter(territoire=demonstration.figeac).exists()


def test_history_reads_in_order_and_never_in_the_future(demonstration):
    maintenant = timezone.now()
    for fiche in FicheNavette.objects.filter(territoire=demonstration.figeac):
        moments = list(fiche.journal.order_by("pk").values_list("quand", flat=True))
        assert moments == sorted(moments), fiche.numero
        assert fiche.ouverte_le <= moments[0] <= moments[-1] <= maintenant
        assert fiche.cloturee_le is None or fiche.cloturee_le >= fiche.ouverte_le
    assert not EntreeJournal.objects.filter(territoire=demonstration.figeac, quand__gt=maintenant).exists()
    assert not Echange.objects.filter(territoire=demonstration.figeac, survenu_le__gt=maintenant).exists()


def test_there_is_something_of_each_kind_to_deal_with(demonstration):
    t, jour = demonstration.figeac, demonstration.jour
    attendues = Orientation.objects.filter(territoire=t, fiche__statut=StatutFiche.OUVERTE).en_attente()
    dus = Suivi.objects.filter(territoire=t, prevu_le__lte=jour, fait_le=None, annule_le=None)

    assert attendues.filter(reponse_attendue_le__lt=jour).count() >= 4
    assert attendues.filter(reponse_attendue_le__gte=jour).count() >= 4
    assert {6, 12} <= set(dus.values_list("mois", flat=True))
    assert FicheNavette.objects.filter(
        territoire=t, etat=EtatFiche.PRISE_EN_CHARGE, derniere_activite_le__lt=timezone.now() - timedelta(days=30)
    ).exists()
    assert set(Accord.objects.filter(territoire=t).values_list("portee", flat=True)) == {Portee.TOUS, Portee.NOMMES}
    assert Accord.objects.filter(territoire=t, retire_le__isnull=False).exists()
    assert {*Visibilite.values} == set(Echange.objects.filter(territoire=t).values_list("visibilite", flat=True))
    assert PieceFiche.objects.filter(territoire=t).count() > 5
    assert VueEnregistree.objects.filter(territoire=t, est_partagee=True).exists()


def test_partners_their_conventions_and_their_former_names(demonstration):
    t, jour = demonstration.figeac, demonstration.jour
    actifs = Organisme.objects.filter(territoire=t, est_actif=True).avec_convention(jour)
    finissent = Convention.objects.filter(
        territoire=t, valable_jusquau__gte=jour, valable_jusquau__lte=jour + timedelta(days=60)
    )
    france_travail = Organisme.objects.get(territoire=t, nom_court="France Travail")
    nommes = {a: france_travail.nom_le(date(a, 6, 1)) for a in (2008, 2015, 2025)}

    assert [o.nom_court for o in actifs if not o.a_convention] == ["MIDACT"]
    assert [c.organisme.nom_court for c in finissent] == ["Chambre d’agriculture du Lot"]
    assert nommes == {2008: "ANPE", 2015: "Pôle emploi", 2025: "France Travail"}
    assert [th.nom for th in Theme.objects.filter(territoire=t, organismes=None)] == ["Qualité"]


def test_the_suppleante_is_addressed_while_the_titulaire_is_away(demonstration):
    absence = Absence.objects.filter(territoire=demonstration.figeac).le(demonstration.jour).get()
    recentes = Orientation.objects.filter(
        territoire=demonstration.figeac, organisme__nom_court="CMA du Lot", etat=EtatOrientation.ENVOYEE,
        envoyee_le__gte=timezone.now() - timedelta(days=3),
    )  # fmt: skip

    assert absence.affectation.utilisateur.nom == "Delpech"
    assert recentes
    assert {(o.referent.nom, o.referent_remplace.nom) for o in recentes} == {("Roques", "Delpech")}


def test_no_mail_is_left_to_send(demonstration):
    etats_courriels = set(Courriel.objects.values_list("etat", flat=True))

    assert etats_courriels <= {EtatCourriel.ENVOYE, EtatCourriel.ANNULE}
    assert Courriel.objects.filter(territoire=demonstration.figeac).count() > 100


def test_nobody_is_real(demonstration):
    personnes = Personne.objects.filter(territoire=demonstration.figeac).exclude(demandes__isnull=False)

    assert not Utilisateur.objects.exclude(courriel__endswith="@example.org").exists()
    assert not Courriel.objects.exclude(destinataire__endswith="@example.org").exists()
    assert not personnes.exclude(courriel="").exclude(courriel__endswith="@example.org").exists()
    assert not personnes.exclude(telephone="").exclude(telephone__startswith="06 00").exists()
    assert not personnes.exclude(note__contains="inventée").exists()
    assert not Affectation.objects.exclude(utilisateur__fonction__contains="inventée").exists()


def test_accounts_of_the_file_log_in(demonstration):
    comptes = json.loads((settings.BASE_DIR / "fixtures/demonstration/comptes.json").read_text(encoding="utf-8"))
    roles = Affectation.objects.filter(utilisateur__courriel__in=[c["courriel"] for c in comptes])

    for compte in comptes:
        assert Utilisateur.objects.get(courriel=compte["courriel"]).check_password(compte["mot_de_passe"])
    assert {a.role for a in roles} == {role for role, _ in CHOIX_ROLES}
    assert Utilisateur.objects.get(est_administrateur=True).courriel in {c["courriel"] for c in comptes}


def test_second_territoire_is_apart_and_shares_one_person(demonstration, langres):
    coordination = Affectation.objects.get(territoire=langres, role=Role.COORDINATION)
    visibles = FicheNavette.objects.visibles_par(coordination.acces())

    assert langres.communes.count() == 20
    assert visibles.count() == 5
    assert not visibles.filter(titre__contains="Figeac").exists()
    assert set(Affectation.objects.filter(utilisateur__nom="Marre").values_list("territoire__slug", flat=True)) == {
        "figeac",
        "langres",
    }


def test_a_known_applicant_and_one_from_elsewhere_wait_for_triage(demonstration):
    a_trier = Demande.objects.filter(territoire=demonstration.figeac).a_qualifier()

    assert a_trier.filter(hors_territoire=True).count() == 1
    assert a_trier.filter(etat="a_confirmer", saisie_role=Role.ACCUEIL).exists()
    assert any(
        Personne.objects.filter(territoire=demonstration.figeac, courriel=d.courriel).exists()
        for d in a_trier.exclude(courriel="")
    )


def test_loading_again_changes_nothing(demonstration, capsys):
    avant = FicheNavette.objects.count()

    call_command("charger_demonstration")

    assert FicheNavette.objects.count() == avant
    assert "Rien n’a été changé" in capsys.readouterr().out


# --- the committees ---------------------------------------------------------------------------------------------------


def techniques(monde):
    return Seance.objects.filter(territoire=monde.figeac, instance__genre=GenreInstance.TECHNIQUE).order_by("jour")


def test_the_committee_meets_twice_a_month_and_never_on_a_holiday(demonstration):
    seances = list(techniques(demonstration))
    passees = [s for s in seances if s.jour < demonstration.jour]

    assert {s.jour.weekday() for s in seances} == {3}
    assert {(s.jour.day - 1) // 7 for s in seances} == {0, 2}
    assert not any(nom_ferie(s.jour) for s in seances)
    assert len(passees) > 15
    assert {s.statut for s in passees} == {StatutSeance.TENUE}
    assert {s.statut for s in seances if s not in passees} == {StatutSeance.PREPARATION}


def test_every_minutes_but_the_last_are_approved_and_numbered(demonstration):
    *anciens, dernier = CompteRendu.objects.filter(seance__in=techniques(demonstration)).order_by("seance__jour")

    assert {c.statut for c in anciens} == {StatutCompteRendu.APPROUVE}
    assert all(c.approuve_en.jour > c.seance.jour for c in anciens)
    assert dernier.statut == StatutCompteRendu.PROJET
    assert dernier.sections.exclude(texte="").exists()
    assert dernier.remarques.exists() or not dernier.remarques_ouvertes


def test_what_was_decided_acted_and_is_told_by_the_fiche(demonstration):
    decisions = Decision.objects.filter(territoire=demonstration.figeac, point__fiche__isnull=False)

    assert len(decisions) > 25
    assert {GenreDecision.VALIDER, GenreDecision.VISITE, GenreDecision.AJOURNER} <= {d.genre for d in decisions}
    for decision in decisions:
        assert decision.appliquee_le
        assert [e for e in decision.effets if not e["fait"]] == []
        assert decision.point.fiche.journal.filter(action=ActionJournal.COMITE, texte__startswith="Comité").exists()


def test_actions_are_done_late_postponed_or_given_up(demonstration):
    actions = Action.objects.filter(territoire=demonstration.figeac)

    assert {*EtatAction.values} - {EtatAction.EN_COURS} <= set(actions.values_list("etat", flat=True))
    assert actions.filter(reports__gt=0).exists()
    assert actions.en_retard().filter(fiche__isnull=True).exists()
    assert actions.filter(porteur=Porteur.DEMANDEUR).exists()
    assert actions.exclude(liste_dite="").exists()
    assert not actions.filter(terminee_le__gt=timezone.now()).exists()


def test_the_next_seance_is_begun_and_more_is_proposed(demonstration):
    prochaine = techniques(demonstration).a_venir().filter(jour__gte=demonstration.jour).first()
    coordination = Affectation.objects.get(utilisateur__courriel="claire.vidal@example.org").acces()
    genres = {p.cle.split(":")[0] for p in ordre.propositions(acces=coordination, seance=prochaine)}

    assert prochaine.points.inscrits().filter(fiche__isnull=False).count() == 2
    assert prochaine.points.inscrits().filter(nature=NaturePoint.COMPTE_RENDU).exists()
    assert prochaine.points.filter(etat=EtatPoint.PROPOSE).exists()
    assert {"fiche", "action", "point"} & genres >= {"fiche", "action"}
    assert len(ordre.propositions(acces=coordination, seance=prochaine)) >= 6


def test_the_members_read_the_fiches_of_the_agenda_that_still_holds_and_no_other(demonstration):
    derniere = techniques(demonstration).tenues().first()
    fiches = set(derniere.points.inscrits().filter(fiche__isnull=False).values_list("fiche", flat=True))
    ouvertes = Partage.objects.en_cours().filter(territoire=demonstration.figeac, motif=MotifPartage.COMITE)

    assert set(ouvertes.values_list("fiche", flat=True)) <= fiches


def test_the_elus_are_shown_no_name(demonstration):
    t = demonstration.figeac
    terrisse = Affectation.objects.get(utilisateur__courriel="alain.terrisse@example.org").acces()
    seances = Seance.objects.visibles_par(terrisse)

    assert {s.instance.genre for s in seances} == {GenreInstance.PILOTAGE, GenreInstance.COMMISSION}
    points = PointOrdreDuJour.objects.filter(seance__in=seances, fiche__isnull=False)
    assert {p.mode for p in points} == {ModePoint.SANS_NOM}
    relues = VersionAnonyme.objects.filter(territoire=t, relue_le__isnull=False)
    assert {p.fiche_id for p in points} <= set(relues.values_list("fiche", flat=True))
    assert VersionAnonyme.objects.filter(territoire=t, relue_le=None).count() == 1


def test_attendance_is_nearly_permanent(demonstration):
    presences = Presence.objects.filter(seance__in=techniques(demonstration).tenues(), organisme__isnull=False)
    etats_vus = Counter(presences.values_list("etat", flat=True))

    assert set(etats_vus) == {*EtatPresence.values} - {EtatPresence.ATTENDU}
    assert 0.75 < etats_vus[EtatPresence.PRESENT] / presences.count() < 0.99


def test_clock_goes_back_and_comes_home():
    hier = timezone.now() - timedelta(days=1)

    with Horloge() as horloge:
        horloge.regler(hier)
        assert timezone.now() == hier
        assert timezone.localdate() == timezone.localtime(hier).date()
        assert timezone.template_localtime(hier).tzinfo is not None
        assert horloge.regler(hier + timedelta(days=9)) == horloge.maintenant

    assert timezone.now() > horloge.maintenant
