"""« Suivi des actions » for a declared audience, and what the applicant sees of theirs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions import selecteurs, services
from apps.actions.enums import EtatAction, Porteur
from apps.actions.models import Action
from apps.core.acces import Acces
from apps.core.audience import Audience, GenreAudience
from apps.demandes import abus
from apps.demandes.liens import creer_lien
from apps.demandes.models import LienSuivi
from apps.fiches import services as fiches
from apps.fiches.enums import Confidentialite
from apps.fiches.models import FicheNavette
from apps.personnes.models import Accord
from apps.territoires.models import Territoire
from tests.comites.factories import ActionFactory
from tests.factories import OrganismeFactory
from tests.fiches.factories import ouvrir

from .test_rappels import demande_de


def audience(territoire: Territoire, genre: str, organisme_id: int | None = None) -> Audience:
    return Audience(GenreAudience(genre), territoire.pk, organisme_id)


def mots(groupes: list[selecteurs.GroupeActions]) -> set[str]:
    return {ligne.libelle for g in groupes for ligne in (*g.lignes, *g.terminees)}


def suivi(territoire: Territoire, genre: str, **champs: object) -> list[selecteurs.GroupeActions]:
    organisme = champs.pop("organisme_id", None)
    return selecteurs.suivi(territoire_id=territoire.pk, audience=audience(territoire, genre, organisme), **champs)  # type: ignore[arg-type]


def au_comite(territoire: Territoire, **champs: object) -> FicheNavette:
    fiche = ouvrir(territoire, **champs)
    FicheNavette.objects.filter(pk=fiche.pk).update(confidentialite=Confidentialite.COMITE)
    fiche.refresh_from_db()
    return fiche


def test_by_holder_the_most_late_first_and_the_oldest_day_first(territoire: Territoire) -> None:
    tardif, prompt = (OrganismeFactory(territoire=territoire, nom_court=n) for n in ("Z tardif", "A prompt"))
    for ecart in (5, -9, -2):
        ActionFactory(
            territoire=territoire, generale=True, organisme=tardif, libelle=f"à {ecart}",
            echeance=timezone.localdate() + timedelta(days=ecart),
        )  # fmt: skip
    ActionFactory(territoire=territoire, generale=True, organisme=prompt)
    premier, second = suivi(territoire, "coordination")
    assert (premier.nom, premier.en_retard, premier.nombre) == ("Z tardif", 2, 3)
    assert [ligne.libelle for ligne in premier.lignes] == ["à -9", "à -2", "à 5"]
    assert premier.lignes[0].retard == 9
    assert (second.nom, second.en_retard) == ("A prompt", 0)


def test_the_committee_reads_of_a_fiche_only_what_is_open_to_it(territoire: Territoire) -> None:
    organisme = OrganismeFactory(territoire=territoire)
    ouverte = au_comite(territoire)
    sans_comite = au_comite(territoire)
    Accord.objects.filter(personne__demandes_fiches__fiche=sans_comite).update(comite=False)
    retire = au_comite(territoire)
    Accord.objects.filter(personne__demandes_fiches__fiche=retire).update(retire_le=timezone.now())
    a_deux = au_comite(territoire, personnes=2)
    Accord.objects.filter(personne=a_deux.demandeurs.last().personne).update(comite=False)
    close = au_comite(territoire)
    fiches.cloturer(acces=_systeme(territoire), fiche=close, motif="sans_nouvelles")
    restreinte = ouvrir(territoire)
    sans_accord = au_comite(territoire, accord=False)
    for nom, fiche in {
        "ouverte": ouverte, "sans comité": sans_comite, "retiré": retire, "à deux": a_deux, "close": close,
        "restreinte": restreinte, "sans accord": sans_accord,
    }.items():  # fmt: skip
        ActionFactory(territoire=territoire, fiche=fiche, organisme=organisme, libelle=nom, responsable_nom="M. Pons")
    ActionFactory(territoire=territoire, generale=True, organisme=organisme, libelle="générale")

    (groupe,) = suivi(territoire, "comite")

    assert mots([groupe]) == {"ouverte", "générale"}
    assert (groupe.reservees, groupe.nombre) == (6, 8)
    assert {ligne.responsable for ligne in groupe.lignes} == {""}
    assert mots(suivi(territoire, "coordination")) >= {"close", "restreinte"}


def _systeme(territoire: Territoire) -> object:
    return Acces.systeme(territoire.pk)


def test_an_organisme_reads_what_it_reads_elsewhere_and_is_told_of_nothing_else(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    lue, autre, reservee = ouvrir(territoire), ouvrir(territoire), ouvrir(territoire)
    for fiche in (lue, reservee):
        fiches.orienter(
            acces=coordination.acces(),
            fiche=fiche,
            organismes=[referent.organisme],
            genre="avis",  # type: ignore[list-item]
        )
    FicheNavette.objects.filter(pk=reservee.pk).update(confidentialite=Confidentialite.COORDINATION)
    tiers = OrganismeFactory(territoire=territoire)
    for nom, fiche, qui in (
        ("lue", lue, tiers), ("non lue", autre, tiers), ("réservée", reservee, referent.organisme),
        ("à nous", None, referent.organisme), ("aux autres", None, tiers),
    ):  # fmt: skip
        ActionFactory(territoire=territoire, fiche=fiche, organisme=qui, libelle=nom)

    groupes = suivi(territoire, "organisme", organisme_id=referent.organisme_id)

    assert mots(groupes) == {"lue", "à nous"}
    assert sum(g.reservees for g in groupes) == 0
    visibles = set(Action.objects.visibles_par(referent.acces()).values_list("libelle", flat=True))
    assert visibles == {"lue", "à nous"}  # the same rule twice


def test_anonymous_there_are_figures_only_and_none_under_five(territoire: Territoire) -> None:
    petit, grand, tous_tardifs = (OrganismeFactory(territoire=territoire, nom_court=n) for n in "ABC")
    ActionFactory(territoire=territoire, generale=True, organisme=petit, en_retard=True)
    ActionFactory.create_batch(6, territoire=territoire, generale=True, organisme=grand, libelle="Un secret")
    ActionFactory(territoire=territoire, generale=True, organisme=grand, en_retard=True)
    ActionFactory.create_batch(5, territoire=territoire, generale=True, organisme=tous_tardifs, en_retard=True)

    groupes = {g.nom: g for g in suivi(territoire, "anonyme")}

    assert mots(list(groupes.values())) == set()
    assert (groupes["A"].nombre, groupes["A"].nombre_dit) == (None, "moins de 5")
    assert (groupes["B"].nombre, groupes["B"].en_retard) == (7, None)
    assert (groupes["C"].nombre, groupes["C"].en_retard) == (5, 5)


def test_what_was_done_since_the_last_meeting_comes_along(territoire: Territoire) -> None:
    jour = timezone.localdate() - timedelta(days=14)
    recente = ActionFactory(territoire=territoire, generale=True, faite=True, libelle="récente")
    ancienne = ActionFactory(territoire=territoire, generale=True, faite=True, libelle="ancienne")
    Action.objects.filter(pk=ancienne.pk).update(terminee_le=timezone.now() - timedelta(days=40))
    assert mots(suivi(territoire, "comite")) == set()
    (groupe,) = suivi(territoire, "comite", seances_depuis=jour)
    assert [ligne.pk for ligne in groupe.terminees] == [recente.pk]
    assert groupe.nombre == 0 and groupe.terminees[0].resultat == "Rendez-vous pris."


@pytest.mark.parametrize("genre", ["coordination", "comite", "anonyme"])
def test_the_cost_does_not_depend_on_how_many(territoire: Territoire, genre: str) -> None:
    organisme, comptes = OrganismeFactory(territoire=territoire), []
    for nombre in (1, 2, 27):
        for _ in range(nombre):
            ActionFactory(territoire=territoire, fiche=au_comite(territoire), organisme=organisme)
        with CaptureQueriesContext(connection) as requetes:
            suivi(territoire, genre)
        comptes.append(len(requetes))
    assert len(set(comptes)) == 1 and comptes[0] <= 4


# --- the tracking page ----------------------------------------------------------------------------------------------


@pytest.fixture
def fiche(territoire: Territoire) -> FicheNavette:
    return ouvrir(territoire)


def page_de(fiche: FicheNavette, **champs: object) -> tuple[LienSuivi, str]:
    demande = demande_de(fiche, fiche.demandeurs.get().personne, **champs)
    return creer_lien(acces=_systeme(fiche.territoire), demande=demande)  # type: ignore[arg-type]


def envoyer(client: Client, lien: LienSuivi, jeton: str, **champs: str) -> str:
    """Post the block's form, signed as the page signs it."""
    signe = abus.nouveau_jeton(territoire_id=lien.territoire_id, etape=f"suivi-{lien.pk}")
    url = reverse("public:geste", args=["figeac", jeton])
    return client.post(url, {abus.JETON: signe, "geste": "actions", **champs}, follow=True).content.decode()


@pytest.fixture
def vite(settings: object) -> None:
    """Forms may be sent as soon as they are shown."""
    settings.FORMULAIRE_SECONDES_MIN = 0  # type: ignore[attr-defined]


def test_the_applicant_sees_theirs_only_and_says_it_done(
    fiche: FicheNavette, coordination: Affectation, vite: None
) -> None:
    sienne = ActionFactory(territoire=fiche.territoire, fiche=fiche, demandeur=True, libelle="Envoyer les bilans")
    ActionFactory(territoire=fiche.territoire, fiche=fiche, libelle="Juger le prix trop haut")
    ActionFactory(territoire=fiche.territoire, demandeur=True, libelle="D’une autre fiche")
    lien, jeton = page_de(fiche)
    client = Client()
    page = client.get(reverse("public:suivi", args=["figeac", jeton])).content.decode()
    assert "Envoyer les bilans" in page
    assert "Juger le prix" not in page and "D’une autre fiche" not in page

    assert "La coordination est prévenue" in envoyer(client, lien, jeton, objet=str(sienne.jeton))

    sienne.refresh_from_db()
    assert sienne.est_dite_faite and sienne.etat == EtatAction.A_FAIRE
    page = client.get(reverse("public:suivi", args=["figeac", jeton])).content.decode()
    assert "nous vérifions" in page and reverse("public:geste", args=["figeac", jeton]) not in page


def test_the_coordination_confirms_or_asks_again(
    fiche: FicheNavette, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    action = services.creer(
        acces=coordination.acces(), libelle="Envoyer les bilans", echeance=timezone.localdate(), fiche=fiche,
        porteur=Porteur.DEMANDEUR,
    )  # fmt: skip
    services.dire_faite(acces=Acces.demandeur(fiche.territoire_id), action=action)
    client = connecter(coordination)
    assert "Vérifier" in client.get(reverse("accueil:a_traiter", args=["figeac"])).content.decode()
    page = client.get(action.get_absolute_url()).content.decode()
    assert "Le demandeur dit que c’est fait" in page
    client.post(reverse("actions:geste", args=["figeac", action.jeton, "attendre"]))
    _, jeton = page_de(fiche)
    page = Client().get(reverse("public:suivi", args=["figeac", jeton])).content.decode()
    assert "nous vérifions" not in page and "Envoyer les bilans" in page


def test_what_is_awaited_is_not_said_twice(
    fiche: FicheNavette, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    """An action of the applicant says with its own button what the fiche awaits."""
    fiches.mettre_en_attente(acces=coordination.acces(), fiche=fiche, attente_quoi="l’acte de « vente »")
    _, jeton = page_de(fiche)
    urls = ((connecter(coordination), fiche.get_absolute_url(), "envoyer\u00a0: l’acte"), (
        Client(), reverse("public:suivi", args=["figeac", jeton]), "Ce que vous avez à nous envoyer",
    ))  # fmt: skip
    assert all(mots in client.get(url).content.decode() for client, url, mots in urls)
    ActionFactory(territoire=fiche.territoire, fiche=fiche, demandeur=True, libelle="Fournir l’acte de « vente »")
    for client, url, mots in urls:
        page = client.get(url).content.decode()
        assert mots not in page and "Fournir l’acte" in page


@pytest.mark.parametrize("cas", ["d’une autre fiche", "d’un partenaire", "déjà faite", "inconnue", "illisible"])
def test_nothing_else_is_said_done(fiche: FicheNavette, vite: None, cas: str) -> None:
    action = {
        "d’une autre fiche": lambda: ActionFactory(territoire=fiche.territoire, demandeur=True),
        "d’un partenaire": lambda: ActionFactory(territoire=fiche.territoire, fiche=fiche),
        "déjà faite": lambda: ActionFactory(territoire=fiche.territoire, fiche=fiche, demandeur=True, faite=True),
    }.get(cas, lambda: None)()
    objet = str(action.jeton) if action else {"inconnue": "0" * 32}.get(cas, "pas une clé")
    lien, jeton = page_de(fiche)
    assert "n’est plus attendu" in envoyer(Client(), lien, jeton, objet=objet)
    assert not Action.objects.filter(dite_faite_le__isnull=False).exists()


@pytest.mark.parametrize("cas", ["close", "jointe", "retirée"])
def test_a_link_that_does_not_open_the_fiche_shows_nothing_and_does_nothing(
    fiche: FicheNavette, vite: None, cas: str
) -> None:
    action = ActionFactory(territoire=fiche.territoire, fiche=fiche, demandeur=True, libelle="Envoyer les bilans")
    champs = {"jointe": {"etat": "jointe"}, "retirée": {"retiree_le": timezone.now()}}.get(cas, {})
    if cas == "close":
        fiches.cloturer(acces=_systeme(fiche.territoire), fiche=fiche, motif="sans_nouvelles")  # type: ignore[arg-type]
    lien, jeton = page_de(fiche, **champs)
    page = Client().get(reverse("public:suivi", args=["figeac", jeton])).content.decode()
    assert "Envoyer les bilans" not in page
    assert "plus possible" in envoyer(Client(), lien, jeton, objet=str(action.jeton))
    action.refresh_from_db()
    assert action.dite_faite_le is None


def test_an_unknown_gesture_does_nothing(fiche: FicheNavette, vite: None) -> None:
    lien, jeton = page_de(fiche)
    assert "plus possible" in envoyer(Client(), lien, jeton, geste="cloturer", objet="x")
