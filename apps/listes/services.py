"""Keep, rename, share and remove saved views."""

from django.db import IntegrityError, transaction

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, exiger

from .liste import canonique
from .models import VueEnregistree
from .permissions import peut_modifier, peut_partager

VUES_MAX = 30
DEJA = "Vous avez déjà une vue de ce nom pour cette liste."


@transaction.atomic
def enregistrer(*, acces: Acces, liste: str, nom: str, requete: str, partagee: bool = False) -> VueEnregistree:
    """Keep the filters and the sort of an address under a name. Raises ErreurMetier, Refus."""
    if partagee:
        exiger(peut_partager(acces), "Votre rôle ne permet pas de partager une vue.")
    requete = canonique(requete)
    if not requete:
        raise ErreurMetier("Choisissez d’abord des filtres : une vue sans filtre est la liste elle-même.")
    if len(requete) > 1000:
        raise ErreurMetier("Cette vue a trop de filtres pour être enregistrée.")
    miennes = VueEnregistree.objects.filter(territoire=acces.territoire_id, proprietaire=acces.utilisateur_id)
    rang = miennes.filter(liste=liste).count()
    if rang >= VUES_MAX:
        raise ErreurMetier(f"Vous avez déjà {VUES_MAX} vues pour cette liste : supprimez-en une.")
    vue = VueEnregistree(
        territoire_id=acces.territoire_id,
        proprietaire_id=acces.utilisateur_id,
        role=acces.role,
        liste=liste,
        nom=nom,
        requete=requete,
        est_partagee=partagee,
        ordre=rang,
    )
    return _ecrire(vue)


def _ecrire(vue: VueEnregistree) -> VueEnregistree:
    try:
        with transaction.atomic():
            vue.save()
    except IntegrityError:
        raise ErreurMetier(DEJA) from None
    return vue


@transaction.atomic
def renommer(*, acces: Acces, vue: VueEnregistree, nom: str) -> VueEnregistree:
    """Give another name. Raises Refus, ErreurMetier."""
    exiger(peut_modifier(acces, vue), "Seule la personne qui a créé cette vue peut la modifier.")
    vue.nom = nom
    return _ecrire(vue)


@transaction.atomic
def partager(*, acces: Acces, vue: VueEnregistree, partagee: bool) -> VueEnregistree:
    """Show it to those of one's role, or to oneself only. Raises Refus."""
    exiger(peut_modifier(acces, vue) and peut_partager(acces), "Votre rôle ne permet pas de partager une vue.")
    vue.est_partagee, vue.role = partagee, acces.role
    return _ecrire(vue)


@transaction.atomic
def supprimer(*, acces: Acces, vue: VueEnregistree) -> None:
    """Remove it, for everyone who saw it. Raises Refus."""
    exiger(peut_modifier(acces, vue), "Seule la personne qui a créé cette vue peut la supprimer.")
    vue.delete()
