"""Committees, their séances, what is said, decided and written down."""

from .compte_rendu import AdditionCompteRendu, CompteRendu, RemarqueCompteRendu, SectionCompteRendu
from .instance import Instance, InvitePermanent, Membre, Serie
from .ordre import ActionDePoint, Decision, PointOrdreDuJour, VersionAnonyme
from .seance import AbonnementAgenda, Presence, Seance

__all__ = [
    "AbonnementAgenda",
    "ActionDePoint",
    "AdditionCompteRendu",
    "CompteRendu",
    "Decision",
    "Instance",
    "InvitePermanent",
    "Membre",
    "PointOrdreDuJour",
    "Presence",
    "RemarqueCompteRendu",
    "Seance",
    "SectionCompteRendu",
    "Serie",
    "VersionAnonyme",
]
