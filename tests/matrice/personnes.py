"""Persons and accords: the coordination alone; a partner meets a person through a fiche."""

from typing import Any

from django.utils import timezone

from apps.personnes import services
from apps.personnes.enums import CanalAccord, GenreFusion
from apps.personnes.models import Accord, Fusion, Personne
from tests.outils import acces_coordination

from .entreprises import ligne


def _autre(monde: Any) -> Personne:
    nom = "Lacoste-Double"
    connue = Personne.objects.filter(territoire=monde.territoire, nom=nom).first()
    return connue or services.creer(acces=acces_coordination(monde.territoire.pk), nom=nom, prenom="Julien")


def _accord(monde: Any) -> dict[str, Any]:
    """A former accord with its proof: the one in force belongs to the fiche of the world."""
    accord, _ = Accord.objects.get_or_create(
        territoire=monde.territoire, personne=monde.objets["personne"], canal=CanalAccord.PAPIER,
        preuve=monde.objets["fichier"], defaults={"donne_le": timezone.now(), "remplace_le": timezone.now()},
    )  # fmt: skip
    return {"accord": accord.pk}


def _fusion(monde: Any) -> dict[str, Any]:
    fusion, _ = Fusion.objects.get_or_create(
        territoire=monde.territoire, genre=GenreFusion.PERSONNE, conservee_id=monde.objets["personne"].pk,
        absorbee_id=_autre(monde).pk,
    )  # fmt: skip
    return {"fusion": fusion.pk}


MATRICE = {
    "personnes:detail": ligne(200, 404, 404),
    "personnes:modifier": ligne(200, 404, 404),
    "personnes:donner_accord": ligne(200, 404, 404),
    "personnes:formulaire_accord": ligne(200, 404, 404),
    "personnes:retirer_accord": ligne(200, 404, 404, args=_accord),
    "personnes:preuve_accord": ligne(200, 404, 404, args=_accord),
    "personnes:texte_accord": ligne(200, 403, 403),
    "personnes:fusionner": ligne(200, 404, 404),
    "personnes:fusionner_avec": ligne(200, 404, 404, args=lambda m: {"autre": _autre(m).pk}),
    "personnes:defaire_fusion": ligne(200, 404, 404, args=_fusion),
}
