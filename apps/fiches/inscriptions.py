"""What this app inscribes in the registries of core."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.registres import (
    Entree,
    TravailEnCours,
    a_traiter,
    balayages,
    chiffres,
    compteurs,
    fabriques,
    navigation,
    panneaux_entreprise,
    panneaux_partenaire,
    panneaux_personne,
    personnes_modifiees,
    rattachements,
    recherches,
    travaux_en_cours,
)
from apps.personnes.models import Personne

from . import impression, selecteurs, services
from .etat import phrase
from .models import FicheNavette
from .reprises import COMPTES
from .tasks import relancer_en_retard

LECTEURS = (Role.COORDINATION, Role.REFERENT, Role.TECHNICIEN)


def _panneau_partenaire(acces: Acces) -> tuple[str, dict[str, Any]] | None:
    """« Ce qui attend votre réponse », answered on the spot."""
    if not acces.est_partenaire:
        return None
    return "fiches/_a_repondre.html", {"attendues": selecteurs.a_repondre(acces)}


def _panneau(acces: Acces, fiches: list[FicheNavette]) -> tuple[str, dict[str, Any]] | None:
    if not fiches:
        return None
    jour = timezone.localdate()
    lignes = [{"fiche": f, "phrase": phrase(f, list(f.orientations.all()), jour, acces)} for f in fiches]
    return "fiches/_panneau.html", {"lignes": lignes}


def _panneau_entreprise(acces: Acces, entreprise: Any) -> tuple[str, dict[str, Any]] | None:
    return _panneau(acces, selecteurs.fiches_liees(acces, entreprise=entreprise))


def _panneau_personne(acces: Acces, personne: Any) -> tuple[str, dict[str, Any]] | None:
    return _panneau(acces, selecteurs.fiches_liees(acces, demandeurs__personne=personne))


def _personne_modifiee(acces: Acces, personne_id: int) -> None:
    """Name, contact or accord changed: what the search compares, and what a withdrawn accord closes, follow."""
    for fiche in FicheNavette.objects.filter(territoire=acces.territoire_id, demandeurs__personne=personne_id):
        fiche.recherche = services.calculer_recherche(fiche)
        fiche.save(update_fields=["recherche"])
    services.rattraper_accords(acces=acces, personne=Personne.objects.get(pk=personne_id))


navigation.inscrire(
    "fiches",
    Entree(
        "", "Fiches navettes", "folder", 30, lambda slug: reverse("fiches:liste", args=[slug]),
        lambda acces: acces.role in LECTEURS,
    ),
)  # fmt: skip
recherches.inscrire("fiches", selecteurs.chercher)
a_traiter.inscrire("fiches", selecteurs.lignes_a_traiter)
compteurs.inscrire("fiches", selecteurs.compteurs)
chiffres.inscrire("fiches", selecteurs.chiffres)
panneaux_partenaire.inscrire("fiches", _panneau_partenaire)
panneaux_entreprise.inscrire("fiches", _panneau_entreprise)
panneaux_personne.inscrire("fiches", _panneau_personne)
personnes_modifiees.inscrire("fiches", _personne_modifiee)
rattachements.inscrire("fiches.entreprise", ("fiches.FicheNavette", "entreprise"))
rattachements.inscrire("fiches.personne", ("fiches.Demandeur", "personne"))
balayages.inscrire("relances", (relancer_en_retard, 3600))
fabriques.inscrire(impression.GENRE, impression.FABRIQUE)
for _cle, (_singulier, _pluriel, _compter, _deplacer) in COMPTES.items():
    travaux_en_cours.inscrire(_cle, TravailEnCours(_singulier, _pluriel, _compter, _deplacer))
