"""Who is expected at a séance: its members, those of the other committee, and the guests."""

from dataclasses import dataclass

from django.db.models import Max

from apps.comptes.models import Utilisateur
from apps.partenaires.models import Organisme

from ..models import InvitePermanent, Membre, Presence, Seance


@dataclass(frozen=True)
class Attendu:
    """An organisme, a person of the pilotage, or a guest by name."""

    organisme: Organisme | None = None
    utilisateur: Utilisateur | None = None
    nom: str = ""
    fonction: str = ""
    courriel: str = ""

    @property
    def est_invite(self) -> bool:
        return self.organisme is None and self.utilisateur is None

    @property
    def cle(self) -> tuple[str, object]:
        """What makes the same one of two rows, when two committees meet together."""
        if self.organisme is not None:
            return "organisme", self.organisme.pk
        if self.utilisateur is not None:
            return "utilisateur", self.utilisateur.pk
        return "invite", (self.nom, self.courriel)

    def __str__(self) -> str:
        return str(self.organisme or self.nom)


def _instances(seance: Seance) -> list[int]:
    return [pk for pk in (seance.instance_id, seance.conjointe_id) if pk]


def _membres(seance: Seance) -> list[Attendu]:
    membres = Membre.objects.filter(instance__in=_instances(seance), retire_le__isnull=True).select_related(
        "organisme", "utilisateur"
    )
    attendus = []
    for membre in membres:
        if membre.organisme is not None and membre.organisme.est_actif:
            attendus.append(Attendu(organisme=membre.organisme))
        elif membre.utilisateur is not None and membre.utilisateur.is_active:
            personne = membre.utilisateur
            attendus.append(Attendu(utilisateur=personne, nom=str(personne), fonction=personne.fonction))
    return attendus


def fonction_dite(fonction: str, organisme: str) -> str:
    """« Directrice, Lycée agricole »."""
    return ", ".join(mot for mot in (fonction, organisme) if mot)[:120]


def attendus(seance: Seance) -> list[Attendu]:
    """Everybody once: organismes by name, then persons, then the guests of every séance. Two queries."""
    invites = InvitePermanent.objects.filter(instance__in=_instances(seance))
    trouves = [
        *sorted(_membres(seance), key=lambda a: (a.organisme is None, str(a).lower())),
        *(
            Attendu(nom=i.nom, fonction=fonction_dite(i.fonction, i.organisme_dit), courriel=i.courriel)
            for i in invites
        ),
    ]
    return list({a.cle: a for a in reversed(trouves)}.values())[::-1]


def _cle_de(presence: Presence) -> tuple[str, object]:
    if presence.organisme_id:
        return "organisme", presence.organisme_id
    if presence.utilisateur_id:
        return "utilisateur", presence.utilisateur_id
    return "invite", (presence.nom, presence.courriel)


def manquants(seance: Seance) -> list[Attendu]:
    """Those expected who are not on the list of the séance yet: all before it is convened, then the newcomers."""
    inscrites = {_cle_de(p) for p in seance.presences.all()}
    return [a for a in attendus(seance) if a.cle not in inscrites]


def inscrire_attendus(seance: Seance) -> list[Presence]:
    """Put on the list whoever is expected and is not there yet; gives the new rows. Whoever reads fiches has a copy.

    Copies are numbered in the order of the list; a number given is never given to somebody else.
    """
    dernier = seance.presences.aggregate(n=Max("exemplaire"))["n"] or 0
    nouvelles = []
    for attendu in manquants(seance):
        if not attendu.est_invite:
            dernier += 1
        nouvelles.append(
            Presence(
                territoire_id=seance.territoire_id,
                seance=seance,
                organisme=attendu.organisme,
                organisme_nom=str(attendu.organisme or ""),
                utilisateur=attendu.utilisateur,
                est_invite=attendu.est_invite,
                nom=attendu.nom,
                fonction=attendu.fonction,
                courriel=attendu.courriel,
                exemplaire=None if attendu.est_invite else dernier,
            )
        )
    return Presence.objects.bulk_create(nouvelles)
