"""Mails of a séance: each to one address, with the entry for its calendar. Nobody is named in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.acces.models import Affectation
from apps.core.registres import Representant
from apps.courriels.services import annuler, ecrire
from apps.partenaires.couverture import representants_de

from .. import mots
from ..models import Presence, Seance
from . import ics


@dataclass(frozen=True)
class Destinataire:
    """One address; without an account there is no link, and one answers by mail."""

    adresse: str
    nom: str
    presence: Presence
    a_un_compte: bool


def _de_l_organisme(presence: Presence, representants: list[Representant]) -> list[Destinataire]:
    """Its référents, titulaire and suppléant alike; without any, the organisme's own address."""
    siens = [Destinataire(r.courriel, r.nom, presence, True) for r in representants if r.courriel]
    if siens or presence.organisme is None or not presence.organisme.courriel:
        return siens
    return [Destinataire(presence.organisme.courriel, "", presence, False)]


def _de_la_personne(presence: Presence, actifs: set[int]) -> list[Destinataire]:
    personne = presence.utilisateur
    if personne is None or personne.pk not in actifs:
        return []
    return [Destinataire(personne.courriel, str(personne), presence, True)]


def destinataires(presences: Iterable[Presence]) -> list[Destinataire]:
    """To whom one writes about a séance. A constant number of queries."""
    presences = list(presences)
    if not presences:
        return []
    territoire_id = presences[0].territoire_id
    par_organisme = representants_de(territoire_id)
    actifs = set(Affectation.objects.actives().filter(territoire=territoire_id).values_list("utilisateur", flat=True))
    trouves: list[Destinataire] = []
    for presence in presences:
        if presence.organisme_id:
            trouves += _de_l_organisme(presence, par_organisme.get(presence.organisme_id, []))
        elif presence.utilisateur_id:
            trouves += _de_la_personne(presence, actifs)
        elif presence.courriel:
            trouves.append(Destinataire(presence.courriel, presence.nom, presence, False))
    return trouves


def lien_reponse(seance: Seance) -> str:
    chemin = reverse("comites:repondre", args=[seance.territoire.slug, seance.numero])
    return settings.SITE_URL.rstrip("/") + chemin


def _donnees(seance: Seance, a: Destinataire, **autres: Any) -> dict[str, Any]:
    return {
        "comite": mots.nom_des_instances(seance),
        "seance": mots.titre(seance),
        "quand": mots.quand(seance),
        "lieu": seance.lieu,
        "visio": seance.visio,
        "numero": seance.numero,
        "personne": a.nom,
        "lien": ics.lien_de(seance, seance.territoire) if a.a_un_compte else "",
        "lien_reponse": lien_reponse(seance) if a.a_un_compte else "",
        "telephone": seance.territoire.telephone,
        **autres,
    }


def ecrire_a_tous(
    seance: Seance,
    presences: Iterable[Presence],
    gabarit: str,
    *,
    suffixe: str,
    methode: str = "",
    **donnees: Any,
) -> int:
    """One mail to each address, with its calendar entry when `methode` says so; how many. The same key is never two."""
    adresses = destinataires(presences)
    for a in adresses:
        ecrire(
            gabarit=gabarit,
            destinataire=a.adresse,
            donnees=_donnees(seance, a, **donnees),
            cle=f"seance:{seance.pk}:{suffixe}:{seance.calendrier_sequence}:{a.presence.pk}:{a.adresse}"[:200],
            territoire_id=seance.territoire_id,
            repondre_a=seance.territoire.courriel,
            objet="seance",
            objet_id=seance.numero,
            calendrier=ics.invitation(seance, methode=methode, adresse=a.adresse, avec_lien=a.a_un_compte)
            if methode
            else "",
        )
    return len(adresses)


def annoncer_retrait(seance: Seance, presence: Presence) -> None:
    """One that was convened is expected no more: a cancellation for its calendar alone, later than what it holds."""
    seance.calendrier_sequence += 1
    seance.save(update_fields=["calendrier_sequence", "modifie_le"])
    ecrire_a_tous(seance, [presence], "comite_retrait", suffixe="retrait", methode=ics.CANCEL)


def retenir(seance: Seance) -> int:
    """Cancel what was written about it and has not left yet: it is no longer true."""
    return annuler(cle_prefixe=f"seance:{seance.pk}:", territoire_id=seance.territoire_id)
