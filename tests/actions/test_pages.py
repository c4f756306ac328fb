"""The pages in a browser's place: one click, scope, rights, what is told, and a constant number of queries."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions import services
from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action, ListeType
from apps.core.acces import Role
from apps.core.registres import travaux_en_cours
from apps.fiches import services as fiches
from apps.fiches.models import FicheNavette, Orientation
from apps.territoires.models import Territoire
from tests.comites.factories import ActionFactory, EtapeTypeFactory, ListeTypeFactory
from tests.factories import AffectationFactory, OrganismeFactory, ThemeFactory
from tests.fiches.factories import ouvrir

Connecter = Callable[[Affectation], Client]


def dans(jours: int) -> date:
    return timezone.localdate() + timedelta(days=jours)


def adresse(nom: str, *args: object) -> str:
    return reverse(f"actions:{nom}", args=["figeac", *args])


@pytest.fixture
def fiche(territoire: Territoire, coordination: Affectation, referent: Affectation) -> FicheNavette:
    """Open to the référent's organisme."""
    fiche = ouvrir(territoire, responsable=coordination.utilisateur)
    fiches.orienter(
        acces=coordination.acces(),
        fiche=fiche,
        organismes=[referent.organisme],  # type: ignore[list-item]
        genre="accompagnement",
    )
    return fiche


@pytest.fixture
def action(fiche: FicheNavette, coordination: Affectation, referent: Affectation) -> Action:
    return services.creer(
        acces=coordination.acces(), libelle="Évaluer le fonds", echeance=dans(10), porteur=Porteur.ORGANISME,
        organisme=referent.organisme, fiche=fiche, origine="seance:12",
        origine_dite="Comité technique du 5 mars 2026",
    )  # fmt: skip


def lire(client: Client, url: str) -> str:
    reponse = client.get(url)
    assert reponse.status_code == 200, url
    return reponse.content.decode()


# --- one click ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suite", ["/figeac/espace/actions/?chez=nous", "/figeac/espace/", ""])
def test_done_in_one_click_from_where_one_was(
    action: Action, referent: Affectation, connecter: Connecter, suite: str
) -> None:
    reponse = connecter(referent).post(adresse("faire", action.jeton), {"suite": suite})
    assert reponse.status_code == 302
    assert reponse.url == (suite or action.get_absolute_url())
    action.refresh_from_db()
    assert (action.etat, action.terminee_par_id) == (EtatAction.FAITE, referent.utilisateur_id)


@pytest.mark.parametrize("ailleurs", ["https://exemple.fr/", "//exemple.fr/", "javascript:alert(1)"])
def test_never_sent_to_another_site(action: Action, referent: Affectation, connecter: Connecter, ailleurs: str) -> None:
    reponse = connecter(referent).post(adresse("faire", action.jeton), {"suite": ailleurs})
    assert reponse.url == action.get_absolute_url()


def test_the_link_of_the_mail_shows_the_button_and_reading_changes_nothing(
    action: Action, referent: Affectation, connecter: Connecter
) -> None:
    page = lire(connecter(referent), adresse("detail", action.jeton))
    assert f'action="{adresse("faire", action.jeton)}"' in page
    assert "Comité technique du 5 mars 2026" in page
    action.refresh_from_db()
    assert action.etat == EtatAction.A_FAIRE


def test_the_list_and_the_homes_offer_the_click(
    action: Action, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    faire = adresse("faire", action.jeton)
    assert f'formaction="{faire}"' in lire(connecter(referent), adresse("liste"))
    assert f'action="{faire}"' in lire(connecter(referent), reverse("accueil:accueil", args=["figeac"]))
    mienne = services.creer(
        acces=coordination.acces(), libelle="Rappeler la Région", echeance=dans(3), porteur=Porteur.COORDINATION
    )
    assert f'action="{adresse("faire", mienne.jeton)}"' in lire(
        connecter(coordination), reverse("accueil:accueil", args=["figeac"])
    )


def test_done_twice_is_said_and_what_came_of_it_follows(
    action: Action, referent: Affectation, connecter: Connecter
) -> None:
    client = connecter(referent)
    page = client.post(adresse("faire", action.jeton), follow=True).content.decode()
    assert f'<a href="{adresse("faire", action.jeton)}">Dire ce qui a été obtenu</a>' in page
    page = client.post(adresse("faire", action.jeton), follow=True).content.decode()
    assert "déjà faite" in page
    client.post(adresse("faire", action.jeton), {"texte": "Estimé à 80 000 €."})
    action.refresh_from_db()
    assert action.resultat == "Estimé à 80 000 €."


def test_a_collegue_who_reads_the_fiche_does_not_do_it_for_them(
    action: Action, fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    autre = AffectationFactory(territoire=fiche.territoire, referent=True)
    fiches.orienter(acces=coordination.acces(), fiche=fiche, organismes=[autre.organisme], genre="information")
    client = connecter(autre)
    assert "Évaluer le fonds" in lire(client, adresse("detail", action.jeton))
    assert adresse("faire", action.jeton) not in lire(client, adresse("liste"))
    for url in (adresse("faire", action.jeton), adresse("geste", action.jeton, "commencer")):
        assert client.post(url).status_code == 403
    action.refresh_from_db()
    assert action.etat == EtatAction.A_FAIRE


def test_whoever_does_not_read_the_fiche_finds_no_action(
    action: Action, fiche: FicheNavette, connecter: Connecter
) -> None:
    client = connecter(AffectationFactory(territoire=fiche.territoire, referent=True))
    for nom in ("detail", "faire", "reporter", "abandonner", "modifier", "confier"):
        assert client.get(adresse(nom, action.jeton)).status_code == 404, nom
    for url in (adresse("liste"), f"{adresse('liste')}?export=csv", reverse("accueil:accueil", args=["figeac"])):
        assert "Évaluer le fonds" not in client.get(url).content.decode()
    assert "Évaluer" not in lire(client, reverse("accueil:recherche", args=["figeac"]) + "?q=evaluer")


def test_a_technicien_has_of_the_general_ones_those_that_bear_their_name(
    territoire: Territoire, referent: Affectation, connecter: Connecter
) -> None:
    technicien = AffectationFactory(territoire=territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    ActionFactory(territoire=territoire, generale=True, organisme=referent.organisme, libelle="Celle de l’autre")
    ActionFactory(
        territoire=territoire, generale=True, organisme=referent.organisme, libelle="La sienne",
        responsable=technicien.utilisateur,
    )  # fmt: skip
    page = lire(connecter(technicien), adresse("liste"))
    assert "La sienne" in page and "Celle de l’autre" not in page


# --- dates and reasons ----------------------------------------------------------------------------------------------


def test_a_postponed_date_keeps_and_shows_the_first_one(
    action: Action, referent: Affectation, connecter: Connecter
) -> None:
    client = connecter(referent)
    reponse = client.post(adresse("reporter", action.jeton), {"vers": dans(30).isoformat(), "motif": "Congés"})
    assert reponse.status_code == 302
    for url in (adresse("detail", action.jeton), adresse("liste"), reverse("accueil:accueil", args=["figeac"])):
        assert "prévue d’abord le" in lire(client, url)
    assert "Congés" in lire(client, adresse("detail", action.jeton))


@pytest.mark.parametrize(
    ("nom", "envoi", "dit"),
    [
        ("reporter", {"vers": "2020-01-01"}, "date à venir"),
        ("reporter", {"vers": ""}, "obligatoire"),
        ("abandonner", {"texte": ""}, "obligatoire"),
    ],
)
def test_errors_stand_next_to_the_field(
    action: Action, referent: Affectation, connecter: Connecter, nom: str, envoi: dict, dit: str
) -> None:
    reponse = connecter(referent).post(adresse(nom, action.jeton), envoi)
    assert reponse.status_code == 422
    assert dit in reponse.content.decode()


def test_given_up_then_reopened(action: Action, referent: Affectation, connecter: Connecter) -> None:
    client = connecter(referent)
    client.post(adresse("abandonner", action.jeton), {"texte": "Le cédant renonce."})
    assert "Le cédant renonce." in lire(client, adresse("detail", action.jeton))
    assert client.get(adresse("faire", action.jeton)).status_code == 403
    assert client.post(adresse("geste", action.jeton, "rouvrir")).status_code == 302
    action.refresh_from_db()
    assert action.etat == EtatAction.A_FAIRE


# --- writing --------------------------------------------------------------------------------------------------------


def test_the_coordination_writes_one_for_a_partner_and_orients_in_the_same_step(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    fiche = ouvrir(territoire)
    envoi = {"libelle": "Chiffrer le four", "qui": str(referent.organisme_id), "echeance": dans(10).isoformat()}
    reponse = connecter(coordination).post(
        adresse("creer_sur_fiche", fiche.numero), {**envoi, "orienter": "on"}, follow=True
    )
    assert "qui lira l’action" in reponse.content.decode()
    assert Orientation.objects.get(fiche=fiche).organisme_id == referent.organisme_id
    assert Action.objects.visibles_par(referent.acces()).get().libelle == "Chiffrer le four"


@pytest.mark.parametrize(("accord", "dit"), [(True, "Orientez-la depuis"), (False, "demandez l’accord")])
def test_without_the_tick_or_beyond_the_accord_it_says_what_to_do(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter, accord: bool,
    dit: str,
) -> None:  # fmt: skip
    fiche, client = ouvrir(territoire, accord=accord), connecter(coordination)
    envoi = {"libelle": "Chiffrer le four", "qui": str(referent.organisme_id), "echeance": dans(10).isoformat()}
    if not accord:
        envoi["orienter"] = "on"
    page = client.post(adresse("creer_sur_fiche", fiche.numero), envoi, follow=True).content.decode()
    assert dit in page and not Orientation.objects.exists()
    action = Action.objects.get()
    assert ("Lui orienter la fiche" in lire(client, adresse("detail", action.jeton))) is accord
    page = client.post(adresse("geste", action.jeton, "orienter"), follow=True).content.decode()
    assert ("La fiche est orientée" in page) is accord
    assert Orientation.objects.exists() is accord


def test_a_referent_writes_for_its_own_organisme_only(
    fiche: FicheNavette, referent: Affectation, connecter: Connecter
) -> None:
    autre = OrganismeFactory(territoire=fiche.territoire)
    client, url = connecter(referent), adresse("creer_sur_fiche", fiche.numero)
    envoi = {"libelle": "Passer au fournil", "echeance": dans(5).isoformat()}
    assert client.post(url, {**envoi, "qui": str(autre.pk)}).status_code == 422
    assert client.post(url, {**envoi, "qui": "coordination"}).status_code == 422
    assert client.post(url, {**envoi, "qui": str(referent.organisme_id)}).status_code == 302
    action = Action.objects.get()
    assert (action.organisme_id, action.cree_par_id) == (referent.organisme_id, referent.utilisateur_id)
    assert client.get(adresse("modifier", action.jeton)).status_code == 200


def test_what_was_typed_is_kept_with_the_errors(coordination: Affectation, connecter: Connecter) -> None:
    reponse = connecter(coordination).post(adresse("creer"), {"libelle": "Préparer le forum", "qui": ""})
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert 'value="Préparer le forum"' in page and "Dites qui s’en charge." in page


def test_of_two_editors_the_second_sees_both_texts(
    action: Action, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    services.modifier(acces=coordination.acces(), action=action, version=action.version, libelle="Expertiser le four")
    envoi = {"libelle": "Estimer le fonds", "qui": str(referent.organisme_id), "version": action.version}
    reponse = connecter(coordination).post(adresse("modifier", action.jeton), envoi)
    assert reponse.status_code == 409
    page = reponse.content.decode()
    assert "Expertiser le four" in page and "Estimer le fonds" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    again = connecter(coordination).post(adresse("modifier", action.jeton), {**envoi, "version": version.group(1)})
    assert again.status_code == 302


def test_a_referent_gives_it_to_a_technicien(action: Action, referent: Affectation, connecter: Connecter) -> None:
    technicien = AffectationFactory(territoire=action.territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    envoi = {"responsable": technicien.utilisateur_id, "version": action.version}
    assert connecter(referent).post(adresse("confier", action.jeton), envoi).status_code == 302
    action.refresh_from_db()
    assert action.responsable == technicien.utilisateur


def test_the_coordination_reminds_once_in_twelve_hours(
    action: Action, coordination: Affectation, connecter: Connecter
) -> None:
    client, url = connecter(coordination), adresse("geste", action.jeton, "rappeler")
    assert "Le rappel est parti" in client.post(url, follow=True).content.decode()
    assert "moins de douze heures" in client.post(url, follow=True).content.decode()


def test_an_unknown_gesture_is_no_page(action: Action, coordination: Affectation, connecter: Connecter) -> None:
    assert connecter(coordination).post(adresse("geste", action.jeton, "effacer")).status_code == 404


# --- checklists -----------------------------------------------------------------------------------------------------


def test_a_checklist_is_written_line_by_line_then_taken(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    client = connecter(coordination)
    assert "Aucune liste" in lire(client, adresse("listes"))
    assert "Aucune liste à prendre" in lire(client, adresse("prendre_liste", fiche.numero))
    envoi = {"nom": "Reprise", "theme": fiche.besoins.get().theme_id, "est_active": "on"}
    for rang, (libelle, qui) in enumerate(
        [("Évaluer le fonds", str(referent.organisme_id)), ("Envoyer les bilans", "demandeur"), ("", "coordination")]
    ):
        envoi |= {f"etape{rang}-libelle": libelle, f"etape{rang}-qui": qui, f"etape{rang}-delai": 5}
    assert client.post(adresse("creer_liste"), envoi).status_code == 302
    liste = ListeType.objects.get()
    assert [(e.libelle, e.porteur) for e in liste.etapes.all()] == [
        ("Évaluer le fonds", Porteur.ORGANISME), ("Envoyer les bilans", Porteur.DEMANDEUR),
    ]  # fmt: skip

    page = client.post(adresse("prendre_liste", fiche.numero), {"liste": liste.pk}, follow=True).content.decode()
    assert "2 actions ajoutées." in page and "Envoyer les bilans" in page
    assert client.post(adresse("prendre_liste", fiche.numero), {"liste": liste.pk}).status_code == 422

    assert client.post(adresse("supprimer_liste", liste.pk)).status_code == 302
    assert Action.objects.filter(liste_dite="Reprise").count() == 2


@pytest.mark.parametrize("envoi", [{}, {"etape0-libelle": "Évaluer", "etape0-qui": "coordination", "etape0-delai": ""}])
def test_a_checklist_without_a_step_or_a_delay_is_refused_with_its_words(
    coordination: Affectation, connecter: Connecter, envoi: dict
) -> None:
    reponse = connecter(coordination).post(adresse("creer_liste"), {"nom": "Reprise", **envoi})
    assert reponse.status_code == 422
    assert 'value="Reprise"' in reponse.content.decode()
    assert not ListeType.objects.exists()


def test_the_list_of_the_need_is_proposed_first(
    fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    autre = ThemeFactory(territoire=fiche.territoire, nom="Immobilier")
    for nom, theme in (("A d’un autre thème", autre), ("Z du thème de la fiche", fiche.besoins.get().theme)):
        EtapeTypeFactory(liste=ListeTypeFactory(territoire=fiche.territoire, nom=nom, theme=theme))
    ListeTypeFactory(territoire=fiche.territoire, nom="Retirée", est_active=False)
    page = lire(connecter(coordination), adresse("prendre_liste", fiche.numero))
    assert page.index("Z du thème de la fiche") < page.index("A d’un autre thème")
    assert "Retirée" not in page


# --- the list -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requete", "attendues"),
    [
        ("", {"en retard", "générale", "faite", "de la coordination"}),
        ("retard=oui", {"en retard"}),
        ("chez=nous", {"de la coordination"}),
        ("chez=moi", {"de la coordination"}),
        ("etat=faite", {"faite"}),
        ("origine=seance", {"en retard"}),
        ("seance=seance:12", {"en retard"}),
        ("origine=liste", {"faite"}),
        ("porteur=coordination", {"de la coordination"}),
        ("q=RETARD", {"en retard"}),
        ("fiche=FN-9999", set()),
        ("du=2999-01-01", set()),
    ],
)
def test_filters(
    territoire: Territoire, coordination: Affectation, connecter: Connecter, requete: str, attendues: set[str]
) -> None:
    faire = {"territoire": territoire}
    ActionFactory(
        **faire, libelle="en retard", recherche="en retard", en_retard=True, origine="seance:12",
        origine_dite="Comité du 5 mars 2026",
    )  # fmt: skip
    ActionFactory(**faire, libelle="générale", generale=True)
    ActionFactory(**faire, libelle="faite", faite=True, liste_dite="Reprise")
    ActionFactory(
        **faire, libelle="de la coordination", coordination=True, generale=True, responsable=coordination.utilisateur
    )
    page = lire(connecter(coordination), f"{adresse('liste')}?{requete}")
    assert set(re.findall(r'<a class="principal"[^>]*>([^<]*)</a>', page)) == attendues


def test_the_list_leaves_as_a_file(action: Action, coordination: Affectation, connecter: Connecter) -> None:
    texte = connecter(coordination).get(f"{adresse('liste')}?export=csv").content.decode("utf-8-sig")
    assert "Évaluer le fonds" in texte and "Comité technique du 5 mars 2026" in texte
    assert connecter(coordination).get(f"{adresse('liste')}?export=xlsx").status_code == 200


@pytest.mark.parametrize("page", ["liste", "accueil", "fiche"])
@pytest.mark.parametrize("qui", ["coordination", "referent"])
def test_the_cost_is_the_same_with_one_three_and_thirty(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter, page: str, qui: str
) -> None:
    client = connecter({"coordination": coordination, "referent": referent}[qui])
    urls = {
        "liste": adresse("liste"),
        "accueil": reverse("accueil:accueil", args=["figeac"]),
        "fiche": fiche.get_absolute_url(),
    }
    comptes, total = [], 0
    for nombre in (1, 3, 30):
        for _ in range(nombre - total):
            ActionFactory(territoire=fiche.territoire, fiche=fiche, organisme=referent.organisme, en_retard=True)
            ActionFactory(territoire=fiche.territoire, fiche=fiche, coordination=True)
        total = nombre
        client.get(urls[page])
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(urls[page]).status_code == 200
        comptes.append(len([q for q in requetes if "current_setting" not in q["sql"]]))
    assert len(set(comptes)) == 1, comptes


# --- the fiche, the search, who leaves ----------------------------------------------------------------------------------


def test_the_fiche_says_what_is_to_do_and_its_journal_what_was_done(
    action: Action, fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    client = connecter(referent)
    page = lire(client, fiche.get_absolute_url())
    assert "À faire" in page and "Évaluer le fonds" in page and adresse("faire", action.jeton) in page
    assert adresse("creer_sur_fiche", fiche.numero) in page and adresse("prendre_liste", fiche.numero) not in page
    client.post(adresse("faire", action.jeton), {"texte": "Estimé à 80 000 €."})
    page = lire(connecter(coordination), fiche.get_absolute_url())
    assert "Action faite" in page and "Estimé à 80 000 €." in page
    assert adresse("faire", action.jeton) not in page
    assert adresse("prendre_liste", fiche.numero) in page


def test_the_search_finds_by_the_words_and_by_the_fiche(
    action: Action, fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    client = connecter(coordination)
    for mots in ("evaluer", fiche.numero):
        page = lire(client, reverse("accueil:recherche", args=["figeac"]) + f"?q={mots}")
        assert action.get_absolute_url() in page


def test_the_home_counts_what_is_late(territoire: Territoire, coordination: Affectation, connecter: Connecter) -> None:
    ActionFactory(territoire=territoire, en_retard=True)
    ActionFactory(territoire=territoire, en_retard=True, coordination=True, generale=True, libelle="Appeler la Région")
    ActionFactory(territoire=territoire)
    page = lire(connecter(coordination), reverse("accueil:accueil", args=["figeac"]))
    assert "actions en retard" in page and "dont 1 à la coordination" in page
    assert "Appeler la Région" in page


def test_the_home_proposes_the_orientation_that_an_action_needs(
    territoire: Territoire, coordination: Affectation, connecter: Connecter
) -> None:
    action = ActionFactory(territoire=territoire)
    page = lire(connecter(coordination), reverse("accueil:a_traiter", args=["figeac"]))
    assert "ne lit pas encore la fiche" in page and action.get_absolute_url() in page


def test_a_person_who_leaves_hands_their_actions_over(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    collegue = AffectationFactory(territoire=fiche.territoire, role=Role.REFERENT, organisme=referent.organisme)
    champs = {"territoire": fiche.territoire, "fiche": fiche, "organisme": referent.organisme}
    sienne = ActionFactory(**champs, responsable=referent.utilisateur)
    ActionFactory(**champs, responsable=referent.utilisateur, faite=True)
    acces = coordination.acces()
    travail = travaux_en_cours["actions.responsable"]
    assert travail.compter(acces, referent.utilisateur_id, referent.organisme_id) == 1
    assert travail.compter(acces, referent.utilisateur_id, None) == 0
    assert travail.deplacer(acces, referent.utilisateur_id, collegue.utilisateur_id, referent.organisme_id) == 1
    sienne.refresh_from_db()
    assert (sienne.responsable, sienne.responsable_nom) == (collegue.utilisateur, str(collegue.utilisateur))
