"""To whom a link is sent after a séance: the members who have an account, since nothing of it leaves in a mail."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from apps.acces.models import Affectation
from apps.courriels.services import ecrire
from apps.partenaires.couverture import representants_de

from .. import mots
from ..models import Seance
from .attendus import attendus


@dataclass(frozen=True)
class Lecteur:
    """A person who may open the page behind the link."""

    utilisateur_id: int
    nom: str
    courriel: str
    organisme_id: int | None = None


def lecteurs(seance: Seance) -> list[Lecteur]:
    """The référents of the organismes that sit, and the persons of the pilotage; each once. Five queries at most."""
    par_organisme = representants_de(seance.territoire_id)
    actifs = dict(
        Affectation.objects.actives()
        .filter(territoire=seance.territoire_id)
        .values_list("utilisateur", "utilisateur__courriel")
    )
    trouves: dict[int, Lecteur] = {}
    for attendu in attendus(seance):
        if attendu.organisme is not None:
            for r in par_organisme.get(attendu.organisme.pk, []):
                trouves.setdefault(r.utilisateur_id, Lecteur(r.utilisateur_id, r.nom, r.courriel, attendu.organisme.pk))
        elif attendu.utilisateur is not None and attendu.utilisateur.pk in actifs:
            pk = attendu.utilisateur.pk
            trouves.setdefault(pk, Lecteur(pk, str(attendu.utilisateur), actifs[pk]))
    return [x for x in trouves.values() if x.courriel]


def ecrire_aux_lecteurs(seance: Seance, gabarit: str, *, route: str, suffixe: str, **donnees: object) -> int:
    """One mail each, with the link and no word of what was said; how many. The same `suffixe` writes once."""
    lien = settings.SITE_URL.rstrip("/") + reverse(route, args=[seance.territoire.slug, seance.numero])
    destinataires = lecteurs(seance)
    for lecteur in destinataires:
        ecrire(
            gabarit=gabarit,
            destinataire=lecteur.courriel,
            donnees={"titre": mots.titre(seance), "seance": mots.titre_court(seance), "lien": lien, **donnees},
            cle=f"seance:{seance.pk}:{suffixe}:{lecteur.utilisateur_id}",
            territoire_id=seance.territoire_id,
            repondre_a=seance.territoire.courriel,
            objet="seance",
            objet_id=seance.numero,
        )
    return len(destinataires)
