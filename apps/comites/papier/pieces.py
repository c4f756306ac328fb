"""The other documents of a séance, frozen: convocation, attendance sheet, decisions, minutes, list of actions.

None of them names an applicant or an enterprise: fiches stand by their number, whoever holds the paper.
"""

from datetime import date
from typing import Any

from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import date_courte, date_longue, jour_de
from apps.core.audience import Audience
from apps.territoires.models import Territoire

from .. import releve
from ..enums import ModePoint, NaturePoint, Reponse, StatutCompteRendu
from ..models import CompteRendu, PointOrdreDuJour, Presence, Seance, SectionCompteRendu
from ..noms import masque_de
from ..presences import presences_en_mots
from ..services.attendus import Attendu, attendus
from ..services.brut import Brut, brut, points_traites
from .dossier import actions_en_cours, fiches_des_actions
from .entetes import entete, membres, minuscule

LIGNES_VIDES = 4
SANS_NOM = "Situation présentée sans nom"


def convocation(seance: Seance) -> dict[str, Any]:
    """The letter: when, where, what is on the agenda by number, who is convened."""
    siegent, invites = membres(seance)
    le = jour_de(seance.convoquee_le) if seance.convoquee_le else timezone.localdate()
    return {
        "seance": entete(seance),
        "expediteur": _expediteur(seance.territoire),
        "faite_le": date_longue(le, avec_jour=False),
        "ordre": _ordre_sans_nom(seance),
        "membres": siegent,
        "invites": invites,
    }


def _expediteur(territoire: Territoire) -> str:
    return "\n".join(x for x in (territoire.nom, territoire.adresse, territoire.telephone, territoire.courriel) if x)


def _ordre_sans_nom(seance: Seance) -> list[dict[str, Any]]:
    points = seance.points.inscrits().select_related("fiche").exclude(mode=ModePoint.RESERVE)
    masque = masque_de(seance)
    return [
        {
            "rang": str(rang),
            "titre": masque(_titre_sans_nom(point, anonyme=seance.est_anonyme)),
            "traitement": point.get_traitement_display().lower() if point.fiche_id else "",
            "minutes": point.minutes,
        }
        for rang, point in enumerate(points, start=1)
    ]


def _titre_sans_nom(point: PointOrdreDuJour, *, anonyme: bool) -> str:
    if point.fiche is not None:
        return SANS_NOM if anonyme or point.mode == ModePoint.SANS_NOM else f"Fiche {point.fiche.numero}"
    return point.titre or NaturePoint(point.nature).label


def emargement(seance: Seance) -> dict[str, Any]:
    """A line to sign for each that is expected, and a few empty ones."""
    presences = list(seance.presences.all())
    lignes = [_a_signer(p) for p in presences] if presences else [_attendu(a) for a in attendus(seance)]
    return {"seance": entete(seance), "lignes": lignes, "vides": [""] * LIGNES_VIDES}


def _a_signer(presence: Presence) -> dict[str, Any]:
    qui = presence.personnes or presence.nom
    reponses = {
        Reponse.ATTENDUE: "",
        Reponse.PRESENT: "annoncé présent",
        Reponse.EXCUSE: "excusé",
        Reponse.REPRESENTE: f"représenté par {presence.represente_par}" if presence.represente_par else "représenté",
    }
    nom = ", ".join(x for x in (qui, minuscule(presence.fonction)) if x)
    return {
        "organisme": presence.organisme_nom,
        "nom": nom,
        "invite": presence.est_invite,
        "reponse": reponses[Reponse(presence.reponse)],
    }


def _attendu(attendu: Attendu) -> dict[str, Any]:
    nom = ", ".join(x for x in (attendu.nom, minuscule(attendu.fonction)) if x)
    organisme = str(attendu.organisme or "")
    return {"organisme": organisme, "nom": nom, "invite": attendu.est_invite, "reponse": ""}


def releve_de_decisions(seance: Seance) -> dict[str, Any]:
    """What was decided, point by point; reserved points are left to the coordination's own page."""
    personne = Acces.demandeur(seance.territoire_id)
    lignes = [
        {
            "rang": rang,
            "titre": ligne.titre,
            "decision": ligne.decision,
            "motif": ligne.motif,
            "actions": [{"qui": a.qui, "quoi": a.quoi, "pour_le": _jour(a.pour_le)} for a in ligne.actions],
        }
        for rang, ligne in enumerate(releve.lignes(personne, seance), start=1)
    ]
    return {
        "seance": entete(seance),
        "brouillon": seance.releve_envoye_le is None,
        "presences": presences_en_mots(seance),
        "lignes": lignes,
    }


def _jour(jour: date | str | None) -> str:
    if not jour:
        return ""
    return date_courte(date.fromisoformat(jour) if isinstance(jour, str) else jour)


def compte_rendu(redige: CompteRendu) -> dict[str, Any]:
    """The minutes as they stand: frozen once approved, their decisions of today before."""
    seance = redige.seance
    masque = masque_de(seance)
    bruts = {} if redige.est_fige else {p.pk: brut(p, masque) for p in points_traites(seance)}
    sections = redige.sections.select_related("point__fiche").exclude(point__mode=ModePoint.RESERVE)
    return {
        "seance": entete(seance),
        "numero": redige.numero,
        "brouillon": redige.statut == StatutCompteRendu.BROUILLON,
        "statut": _statut(redige),
        "sections": [_section(s, bruts) for s in sections],
        "additions": [
            {"quand": date_longue(jour_de(a.quand), avec_jour=False), "texte": a.texte} for a in redige.additions.all()
        ],
    }


def _statut(redige: CompteRendu) -> str:
    if redige.est_fige and redige.approuve_le:
        return f"Approuvé le {date_longue(jour_de(redige.approuve_le), avec_jour=False)}"
    if redige.statut == StatutCompteRendu.PROJET and redige.remarques_jusquau:
        return f"Projet, ouvert aux remarques jusqu’au {date_longue(redige.remarques_jusquau, avec_jour=False)}"
    return StatutCompteRendu(redige.statut).label


def _section(section: SectionCompteRendu, bruts: dict[int, Brut]) -> dict[str, Any]:
    donnees: Brut = section.releve or bruts.get(section.point_id or 0, {})
    fiche = section.point.fiche if section.point else None
    return {
        "titre": section.titre or (fiche.numero if fiche else ""),
        "texte": section.texte,
        "decision": donnees.get("decision", ""),
        "motif": donnees.get("motif", ""),
        "actions": [{**a, "pour_le": _jour(a["pour_le"])} for a in donnees.get("actions", ())],
    }


def actions(seance: Seance, audience: Audience) -> dict[str, Any]:
    """The open actions by holder, as the audience may read them."""
    jour = date_longue(timezone.localdate(), avec_jour=False)
    groupes = actions_en_cours(seance, audience)
    return {
        "seance": entete(seance),
        "point": None,
        "titre": "Liste des actions",
        "sous_titre": f"{seance.territoire.nom} · au {jour}",
        "groupes": groupes,
        "fiches": sorted(fiches_des_actions(groupes)),
    }
