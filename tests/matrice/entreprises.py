"""Entreprises: the coordination in full, a référent the public register's fields, nobody else."""

from typing import Any

from apps.entreprises import services
from apps.entreprises.enums import EtatImport, GenreImport
from apps.entreprises.models import Entreprise, ImportEntreprises, Interlocuteur
from apps.personnes.enums import GenreFusion
from apps.personnes.models import Fusion
from tests.outils import acces_coordination

from . import roles as R

SIRET = "73282932000074"
REFERENTS = (R.REFERENT_SAISI, R.REFERENT_NON_SAISI, R.REFERENT_DECLINE, R.REFERENT_TERMINE, R.SUPPLEANT)
AUTRES = (R.TECHNICIEN_CONFIE, R.TECHNICIEN_NON_CONFIE, R.ACCUEIL, R.ACCUEIL_AUTRE, R.PILOTAGE, R.DPO)


def ligne(coordination: int, referents: int, autres: int, **reste: Any) -> dict[str, Any]:
    """Without an account: to the login. Of another territoire or platform administrator: not found."""
    return {
        R.ANONYME: 302, R.SUIVI: 302, R.COORDINATION: coordination, **dict.fromkeys(REFERENTS, referents),
        **dict.fromkeys(AUTRES, autres), R.ADMINISTRATEUR: 404, R.AUTRE_TERRITOIRE: 404, **reste,
    }  # fmt: skip


def du_registre(monde: Any) -> Entreprise:
    """One that a référent may see, with a contact and a note to leak."""
    connue = Entreprise.objects.filter(territoire=monde.territoire, siret=SIRET).first()
    if connue is None:
        acces = acces_coordination(monde.territoire.pk)
        connue = services.creer(acces=acces, nom="Menuiserie Lacoste", siret=SIRET, note="À rappeler")
        services.lier(acces=acces, entreprise=connue, personne=monde.objets["personne"])
    return connue


def _avec_lien(monde: Any) -> dict[str, Any]:
    entreprise = du_registre(monde)
    return {"pk": entreprise.pk, "lien": Interlocuteur.objects.filter(entreprise=entreprise).first().pk}


def _deux(monde: Any) -> dict[str, Any]:
    return {"pk": du_registre(monde).pk, "autre": monde.objets["entreprise"].pk}


def _fusion(monde: Any) -> dict[str, Any]:
    fusion, _ = Fusion.objects.get_or_create(
        territoire=monde.territoire, genre=GenreFusion.ENTREPRISE, conservee_id=du_registre(monde).pk,
        absorbee_id=monde.objets["entreprise"].pk,
    )  # fmt: skip
    return {"fusion": fusion.pk}


def _import(monde: Any) -> dict[str, Any]:
    un, _ = ImportEntreprises.objects.get_or_create(
        territoire=monde.territoire, genre=GenreImport.FICHIER, etat=EtatImport.APERCU, fichier=monde.objets["fichier"]
    )
    return {"pk": un.pk}


def _une(monde: Any) -> dict[str, Any]:
    return {"pk": du_registre(monde).pk}


MATRICE = {
    "entreprises:liste": ligne(200, 200, 403),
    "entreprises:detail": ligne(200, 200, 404, args=_une),
    "entreprises:creer": ligne(200, 403, 403),
    "entreprises:modifier": ligne(200, 403, 404, args=_une),
    "entreprises:ajouter_contact": ligne(200, 403, 404, args=_une),
    "entreprises:modifier_contact": ligne(200, 403, 404, args=_avec_lien),
    "entreprises:retirer_contact": ligne(200, 403, 404, args=_avec_lien),
    "entreprises:fusionner": ligne(200, 403, 404, args=_une),
    # The second entreprise of the world stands in no register: a référent does not see it.
    "entreprises:fusionner_avec": ligne(200, 404, 404, args=_deux),
    "entreprises:defaire_fusion": ligne(200, 404, 404, args=_fusion),
    "entreprises:imports": ligne(200, 403, 403),
    "entreprises:sirene": ligne(200, 403, 403),
    "entreprises:modele_import": ligne(200, 403, 403, args=lambda m: {"genre": "csv"}),
    "entreprises:import": ligne(200, 404, 404, args=_import),
    "entreprises:confirmer_import": ligne(302, 404, 404, args=_import, methode="post"),
    "entreprises:abandonner_import": ligne(302, 404, 404, args=_import, methode="post"),
}
