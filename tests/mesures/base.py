"""What the child process of the measures does: builds a base, or answers the pages of one."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F
from django.db.models.functions import Abs
from django.test import Client
from django.urls import reverse

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Role
from apps.core.portee import portee
from apps.fiches.models import FicheNavette, Orientation
from apps.territoires.models import Territoire

from . import clonage, temoin

HOTE = "127.0.0.1"
POINTS_DE_SAUVEGARDE = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


@contextmanager
def proprietaire() -> Iterator[None]:
    """As the owner of the tables, who sees every territoire."""
    role = connection.settings_dict["OPTIONS"].pop("assume_role", None)
    connection.close()
    yield
    connection.close()
    connection.settings_dict["OPTIONS"]["assume_role"] = role


def construire(nombre: int) -> None:
    call_command("migrate", verbosity=0)
    with proprietaire():
        call_command("charger_referentiels", verbosity=0)
        temoin.construire(nombre=nombre)
        clonage.ranger()


def cloner(nombre: int) -> None:
    with proprietaire():
        clonage.cloner_territoires(Territoire.objects.get(slug="temoin"), nombre)
        clonage.ranger()


def agrandir(fois: int, slug: str) -> None:
    with proprietaire():
        clonage.agrandir(Territoire.objects.get(slug=slug), fois)
        clonage.ranger()


class Visiteur:
    """Somebody of a territoire, logged in, who opens pages through the whole stack."""

    slug: str
    numero: str
    nom: str

    def __init__(self, slug: str, role: str) -> None:
        self.slug, self.role = slug, role
        territoire = Territoire.objects.get(slug=slug)
        with portee(territoire.pk):
            affectations = Affectation.objects.filter(territoire=territoire, role=role).order_by("pk")
            fiche, organisme_id = _fiche_ordinaire(territoire)
            self.numero = fiche.numero
            # Searched: the first and last name of its applicant.
            self.nom = str(fiche.demandeurs.select_related("personne")[0].personne)
            if role == Role.REFERENT:
                affectations = affectations.filter(organisme=organisme_id)
            personne = Utilisateur.objects.get(pk=affectations[0].utilisateur_id)
        self.client = Client(SERVER_NAME=HOTE)
        self.client.force_login(personne)

    def ouvrir(self, page: str) -> tuple[float, int, list[tuple[str, Any]]]:
        """Milliseconds, bytes, and the SQL of one visit."""
        adresse = PAGES[page][1](self)
        requetes: list[tuple[str, Any]] = []

        def noter(executer: Callable[..., Any], sql: str, params: Any, many: bool, contexte: Any) -> Any:
            if not sql.startswith(POINTS_DE_SAUVEGARDE):
                requetes.append((sql, params))
            return executer(sql, params, many, contexte)

        with connection.execute_wrapper(noter):
            debut = time.perf_counter()
            reponse = self.client.get(adresse)
            duree = (time.perf_counter() - debut) * 1000
        if reponse.status_code != 200:
            raise RuntimeError(f"{page} ({self.slug}) : {reponse.status_code}")
        return duree, len(reponse.content), requetes


# What a page is, whom it is shown to, its address.
PAGES: dict[str, tuple[str, Callable[[Visiteur], str]]] = {
    "accueil": (Role.COORDINATION, lambda v: reverse("accueil:accueil", args=[v.slug])),
    "demandes": (Role.COORDINATION, lambda v: reverse("demandes:liste", args=[v.slug])),
    "fiches": (Role.COORDINATION, lambda v: reverse("fiches:liste", args=[v.slug])),
    "fiches, recherche": (
        Role.COORDINATION,
        lambda v: f"{reverse('fiches:liste', args=[v.slug])}?{urlencode({'q': v.nom})}",
    ),
    "recherche": (
        Role.COORDINATION,
        lambda v: f"{reverse('accueil:recherche', args=[v.slug])}?{urlencode({'q': v.nom})}",
    ),
    "fiche": (Role.COORDINATION, lambda v: reverse("fiches:detail", args=[v.slug, v.numero])),
    "accueil du référent": (Role.REFERENT, lambda v: reverse("accueil:accueil", args=[v.slug])),
    "fiches du référent": (Role.REFERENT, lambda v: reverse("fiches:liste", args=[v.slug])),
    "fiche du référent": (Role.REFERENT, lambda v: reverse("fiches:detail", args=[v.slug, v.numero])),
}


def _fiche_ordinaire(territoire: Territoire) -> tuple[FicheNavette, int]:
    """An open fiche as most are: two partners, three échanges; and one of the partners."""
    fiche = (
        FicheNavette.objects.filter(territoire=territoire, statut="ouverte")
        .annotate(partenaires=Count("orientations", distinct=True), notes=Count("echanges", distinct=True))
        .order_by(Abs(F("partenaires") - 2) * 2 + Abs(F("notes") - 3), "pk")[0]
    )
    orientation = Orientation.objects.filter(fiche=fiche).exclude(etat__in=["declinee", "annulee"]).order_by("pk")[0]
    return fiche, orientation.organisme_id


def plans(visiteur: Visiteur, page: str, seuil: float) -> list[str]:
    """The plans, under row-level security, of the page's queries that take longer than `seuil` ms."""
    _, _, requetes = visiteur.ouvrir(page)
    trouves = []
    with portee(Territoire.objects.get(slug=visiteur.slug).pk), connection.cursor() as curseur:
        for sql, params in requetes:
            if not sql.startswith("SELECT") or "set_config" in sql:
                continue
            curseur.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            plan = json.loads(json.dumps(curseur.fetchone()[0]))[0]
            if plan["Execution Time"] >= seuil:
                curseur.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
                lignes = "\n".join(ligne for (ligne,) in curseur.fetchall())
                trouves.append(f"{plan['Execution Time']:.1f} ms · {sql}\n{params}\n{lignes}")
    return trouves


def servir() -> None:
    """Read one request a line (JSON) and answer it by a line, until the end."""
    visiteurs: dict[tuple[str, str], Visiteur] = {}
    for ligne in sys.stdin:
        demande = json.loads(ligne)
        cle = (demande["territoire"], PAGES[demande["page"]][0])
        visiteur = visiteurs.get(cle) or visiteurs.setdefault(cle, Visiteur(*cle))
        if "seuil" in demande:
            reponse: dict[str, Any] = {"plans": plans(visiteur, demande["page"], demande["seuil"])}
        else:
            visites = [visiteur.ouvrir(demande["page"]) for _ in range(demande["fois"])]
            reponse = {
                "ms": [ms for ms, _, _ in visites],
                "octets": visites[-1][1],
                "sql": [len(requetes) for _, _, requetes in visites],
            }
        print(json.dumps(reponse), flush=True)


def main(ordre: str, *arguments: str) -> None:
    """`construire 667`, `cloner 14`, `agrandir 14 temoin`, or `servir`."""
    if ordre == "construire":
        construire(int(arguments[0]))
    elif ordre == "cloner":
        cloner(int(arguments[0]))
    elif ordre == "agrandir":
        agrandir(int(arguments[0]), arguments[1])
    else:
        servir()
