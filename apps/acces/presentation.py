"""What the pages of the team show, in a constant number of queries."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role

from .models import Absence, Affectation, Invitation, Qualite
from .permissions import peut_gerer_invitation, peut_noter_absence

TITRES = {
    Role.COORDINATION: "Coordination",
    Role.ACCUEIL: "Accueils",
    Role.PILOTAGE: "Pilotage",
    Role.DPO: "Protection des données",
}


@dataclass
class Groupe:
    """The people of one organisme, or of one role without organisme."""

    titre: str
    rang: tuple[int, str]
    organisme_id: int | None = None
    personnes: list[dict[str, Any]] = field(default_factory=list)
    invitations: list[dict[str, Any]] = field(default_factory=list)


def avec_second_facteur(utilisateurs: list[int]) -> set[int]:
    """Those who have activated it."""
    return set(
        Authenticator.objects.filter(user__in=utilisateurs, type=Authenticator.Type.TOTP).values_list(
            "user_id", flat=True
        )
    )


def role_dit(objet: Affectation | Invitation) -> str:
    """« Référent, suppléant », « Accueil, mairie de Cajarc »."""
    role = objet.get_role_display()
    if objet.role == Role.REFERENT:
        return f"{role}, {Qualite(objet.qualite).label.lower()}"
    return f"{role}, {objet.lieu}" if objet.lieu else role


def _groupe(groupes: dict[str, Groupe], objet: Affectation | Invitation) -> Groupe:
    if objet.organisme is not None:
        cle = f"organisme {objet.organisme_id}"
        neuf = Groupe(objet.organisme.nom, (1, objet.organisme.nom), objet.organisme_id)
    else:
        cle = objet.role
        neuf = Groupe(TITRES[Role(objet.role)], (0 if objet.role == Role.COORDINATION else 2, objet.role))
    return groupes.setdefault(cle, neuf)


def groupes(acces: Acces, *, anciens: bool = False) -> list[Groupe]:
    """Coordination first, then the organismes by name, then the others; with the invitations that wait."""
    affectations = Affectation.objects.visibles_par(acces).select_related("utilisateur", "organisme")
    affectations = affectations.filter(terminee_le__isnull=not anciens).order_by("utilisateur__nom", "pk")
    trouves: dict[str, Groupe] = {}
    lignes = list(affectations)
    proteges = avec_second_facteur([a.utilisateur_id for a in lignes])
    absents = dict(Absence.objects.visibles_par(acces).le().values_list("affectation_id", "au"))
    for a in lignes:
        personne = {
            "affectation": a,
            "role": role_dit(a),
            "second_facteur": a.utilisateur_id in proteges,
            "absent_jusquau": absents.get(a.pk),
        }
        _groupe(trouves, a).personnes.append(personne)
    if not anciens:
        attente = Invitation.objects.visibles_par(acces).en_attente().select_related("organisme")
        for i in attente.order_by("nom", "pk"):
            ligne = {
                "invitation": i,
                "role": role_dit(i),
                "expiree": i.expire_le <= timezone.now(),
                "gerable": peut_gerer_invitation(acces, i),
            }
            _groupe(trouves, i).invitations.append(ligne)
    return sorted(trouves.values(), key=lambda g: g.rang)


def absences(
    acces: Acces, utilisateur: Utilisateur | None = None, *, depuis: date | None = None
) -> list[dict[str, Any]]:
    """Absences not yet over, or over since `depuis`, with whether the reader may take them back."""
    aujourdhui = timezone.localdate()
    lignes = (
        Absence.objects.visibles_par(acces)
        .filter(au__gte=depuis or aujourdhui)
        .select_related("affectation__utilisateur", "affectation__organisme", "remplacant__utilisateur")
        .order_by("-au", "pk")
    )
    if utilisateur is not None:
        lignes = lignes.filter(affectation__utilisateur=utilisateur)
    return [
        {
            "absence": a,
            "en_cours": a.du <= aujourdhui <= a.au,
            "passee": a.au < aujourdhui,
            "retirable": peut_noter_absence(acces, a.affectation),
        }
        for a in lignes
    ]
