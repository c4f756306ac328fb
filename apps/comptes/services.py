"""What changes an account itself, by its owner."""

from django.db import transaction

from .models import Utilisateur

COORDONNEES = ("civilite", "prenom", "nom", "telephone", "fonction")


@transaction.atomic
def modifier_coordonnees(
    *, utilisateur: Utilisateur, civilite: str, prenom: str, nom: str, telephone: str, fonction: str
) -> Utilisateur:
    """Write one's own details; the address that logs in is not among them."""
    for champ, valeur in zip(COORDONNEES, (civilite, prenom, nom, telephone, fonction), strict=True):
        setattr(utilisateur, champ, valeur)
    utilisateur.save(update_fields=COORDONNEES)
    return utilisateur
