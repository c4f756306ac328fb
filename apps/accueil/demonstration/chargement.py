"""Load the whole set, or erase it to start again."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction

from apps.acces.models import Affectation
from apps.core.portee import portee
from apps.core.rls import liens_cloisonnes, modeles_cloisonnes
from apps.courriels.models import Courriel, EtatCourriel
from apps.documents.models import Fichier
from apps.listes.models import VueEnregistree
from apps.territoires.models import Territoire

from . import actions, comites, demandes, scenarios
from .donnees import GRAINE, lire
from .dossier import Dossier
from .entreprises import creer_entreprises
from .horloge import Horloge
from .territoire import Monde, creer_administrateur, creer_territoire, mots_de_passe, peupler

ENTREPRISES = {"figeac": 2800, "langres": 60}
ENTREPRISES_LEGER = {"figeac": 90, "langres": 20}
DEMANDES_LEGER = 6


def territoires_presents() -> list[Territoire]:
    """Those of the set that are already there."""
    return list(Territoire.objects.filter(slug__in=[d["slug"] for d in lire("territoires")]))


@transaction.atomic
def charger(*, leger: bool = False) -> dict[str, int]:
    """Write both Pays. `leger`: a few enterprises and cases, for tests. Gives the counts of what was written.

    Mails of the past have left: none is sent, nothing wakes a worker.
    """
    hashes = mots_de_passe()
    creer_administrateur(hashes["paul.navarre@example.org"])
    bilan: dict[str, int] = {}
    with _sans_reveil(), Horloge() as horloge:
        for rang, d in enumerate(lire("territoires")):
            hasard = Random(GRAINE + rang)
            with portee(None):
                monde = creer_territoire(d, horloge, hasard, rang)
            with portee(monde.territoire.pk):
                _remplir(monde, d, hashes, leger=leger, premier=rang == 0)
                _expedier(monde.territoire)
            bilan[f"{d['nom']} : entreprises"] = len(monde.entreprises)
            bilan[f"{d['nom']} : fiches"] = monde.fiches
    return bilan


@contextmanager
def _sans_reveil() -> Iterator[None]:
    """What services would have said to the workers after the commit is forgotten: there is nothing left to do."""
    gardes = list(connection.run_on_commit)
    yield
    connection.run_on_commit = gardes


def _remplir(monde: Monde, d: dict[str, Any], hashes: dict[str, str], *, leger: bool, premier: bool) -> None:
    peupler(monde, d, hashes)
    creer_entreprises(monde, (ENTREPRISES_LEGER if leger else ENTREPRISES)[d["slug"]])
    if not premier:
        _raconter(monde, scenarios.LANGRES, scenarios.BESOINS_LANGRES)
        return
    comites.ouvrir_les_comites(monde, leger=leger)
    _raconter(monde, scenarios.LEGER if leger else scenarios.FIGEAC)
    actions.noter_les_generales(monde)
    comites.tenir_les_passees(monde)
    if not leger:
        demandes.raconter_les_passees(monde)
    actions.preparer_les_listes(monde)
    comites.preparer_la_suite(monde)
    demandes.deposer_a_trier(monde, DEMANDES_LEGER if leger else None)
    _enregistrer_vues(monde)


def _raconter(monde: Monde, histoires: list[Any], cles: list[str] | None = None) -> None:
    """Each story on a need of its own, all needs used before one comes back."""
    besoins = [b for b in lire("besoins") if cles is None or b["cle"] in cles]
    pioche: list[dict[str, Any]] = []
    for age, histoire in scenarios.programme(histoires, monde.hasard):
        if not pioche:
            pioche = monde.hasard.sample(besoins, len(besoins))
        besoin = next((b for b in pioche if _convient(b, histoire)), None)
        if besoin is None:
            besoin = next(b for b in monde.hasard.sample(besoins, len(besoins)) if _convient(b, histoire))
        else:
            pioche.remove(besoin)
        histoire(Dossier(monde, besoin), age)
        monde.fiches += 1


def _convient(besoin: dict[str, Any], histoire: scenarios.Histoire) -> bool:
    return histoire not in scenarios.DEMANDENT_ARTISAN or "artisanale" in besoin.get("natures", ["artisanale"])


def _enregistrer_vues(monde: Monde) -> None:
    """A shared view of the coordination, and one of its own."""
    proprietaire = monde.coordination
    for nom, requete, partagee in (
        ("Réponses en retard", "etat=sans_reponse&tri=reponse", True),
        ("À clore", "etat=a_clore", False),
    ):
        VueEnregistree.objects.create(
            territoire=monde.territoire, proprietaire=proprietaire.utilisateur, role=proprietaire.role, liste="fiches",
            nom=nom, requete=requete, est_partagee=partagee,
        )  # fmt: skip


def _expedier(territoire: Territoire) -> None:
    """The outbox of the past: every mail has left at its hour."""
    for courriel in Courriel.objects.filter(territoire=territoire, etat=EtatCourriel.A_ENVOYER).iterator():
        courriel.etat, courriel.envoye_le, courriel.tentatives = EtatCourriel.ENVOYE, courriel.pas_avant, 1
        courriel.save(update_fields=["etat", "envoye_le", "tentatives"])


@transaction.atomic
def effacer() -> None:
    """Remove both Pays with all that is theirs; accounts stay. Keys are checked at the end of the transaction."""
    for territoire in territoires_presents():
        with portee(territoire.pk), _proprietaire():
            chemins = list(Fichier.objects.filter(territoire=territoire).values_list("contenu", flat=True))
            for through, cle in liens_cloisonnes():
                _vider(through._default_manager.filter(**{f"{cle.name}__territoire": territoire}))
            for modele in modeles_cloisonnes():
                _vider(modele._base_manager.filter(territoire=territoire))
            _vider(Affectation.objects.filter(territoire=territoire))
            _vider(Territoire.communes.through.objects.filter(territoire=territoire))
            _vider(Territoire.objects.filter(pk=territoire.pk))
        for chemin in filter(None, chemins):
            transaction.on_commit(lambda nom=chemin: default_storage.delete(nom))


def _vider(lignes: Any) -> None:
    """Without Django's own cascade, which would refuse protected keys one table at a time."""
    lignes._raw_delete(lignes.db)


@contextmanager
def _proprietaire() -> Iterator[None]:
    """On PostgreSQL the application role may not erase the log of accesses: starting again is the owner's right."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user")
        role = curseur.fetchone()[0]
        curseur.execute("SET LOCAL ROLE NONE")
        yield
        curseur.execute(f'SET LOCAL ROLE "{role}"')
