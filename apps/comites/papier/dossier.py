"""The dossier de séance: its cover, its agenda and a sheet for each point, frozen for the audience that is named."""

from typing import Any

from apps.actions.selecteurs import GroupeActions, LigneAction, suivi
from apps.core.affichage import date_courte, date_longue
from apps.core.audience import Audience, GenreAudience
from apps.fiches.audience import abreger, feuilles

from ..besoins import Besoins, besoins_de
from ..enums import GenreDecision, ModePoint, NaturePoint, TraitementPoint
from ..models import Presence, Seance
from ..selecteurs_ordre import LignePoint, ordre_du_jour_pour
from .entetes import entete, exemplaire, membres, mention

SUIVI = "Suivi des actions"
GABARITS = {
    NaturePoint.FICHE: "comites/papier/fiche.html",
    NaturePoint.SUJET: "comites/papier/sujet.html",
    NaturePoint.COMPTE_RENDU: "comites/papier/sujet.html",
    NaturePoint.ACTIONS: "comites/papier/actions.html",
    NaturePoint.BESOINS: "comites/papier/besoins.html",
}
DECISIONS = [g.label.split()[0] if g != GenreDecision.SANS_SUITE else g.label for g in GenreDecision][:-1]
APPROBATION = ["Approuvé", "Approuvé avec modifications", "Reporté"]


def composer(seance: Seance, audience: Audience, presences: list[Presence], *, pour: str = "") -> dict[str, Any]:
    """All that the dossier says, as plain data. `presences`: whose copies; none makes the one of `pour`."""
    lignes = ordre_du_jour_pour(audience, seance).lignes
    lues = feuilles([p.point.fiche_id for p in lignes if p.point.fiche_id and p.est_nomme], audience)
    siegent, invites = membres(seance)
    feuilles_ = _feuilles(seance, audience, lignes, lues)
    groupes = [g for f in feuilles_ for g in f["contexte"].get("groupes", ())]
    return {
        "seance": entete(seance),
        "membres": siegent,
        "invites": invites,
        "feuilles": feuilles_,
        "fiches": sorted({*lues, *fiches_des_actions(groupes)}),
        "versions": {str(p.point.fiche_id): p.resume for p in lignes if p.anonyme is not None and p.anonyme.est_relue},
        "exemplaires": [exemplaire(audience, p) for p in presences],
        "mention": mention(audience, pour),
    }


def au_sommaire(ligne: LignePoint) -> dict[str, Any]:
    """One line of the agenda, on the cover and in the convocation."""
    point = ligne.point
    return {
        "rang": str(ligne.rang or "–"),
        "titre": ligne.titre,
        "detail": ligne.sous_titre,
        "traitement": _traitement(ligne),
        "minutes": ligne.minutes,
        "ajoute": point.ajoute_apres_gel,
    }


def _traitement(ligne: LignePoint) -> str:
    """How a fiche is to be dealt with; a topic and a standing point say it themselves."""
    if ligne.point.nature != NaturePoint.FICHE:
        return ""
    return TraitementPoint(ligne.point.traitement).label.lower()


def _feuilles(
    seance: Seance, audience: Audience, lignes: list[LignePoint], lues: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The sheets in the order of the agenda; the open actions come with it even where it does not call for them."""
    resultat = []
    for ligne in lignes:
        feuille: dict[str, Any] = {"gabarit": GABARITS[NaturePoint(ligne.point.nature)], "ligne": au_sommaire(ligne)}
        contexte = {"point": _point(ligne), **_propre(seance, audience, ligne, lues)}
        feuille["ligne"]["detail"] = ligne.sous_titre or compter(contexte.get("groupes", []))
        resultat.append({**feuille, "cle": f"point-{ligne.point.pk}", "contexte": contexte})
    if all(ligne.point.nature != NaturePoint.ACTIONS for ligne in lignes):
        annexe = {"cle": "actions", "ligne": {"titre": SUIVI}, "gabarit": GABARITS[NaturePoint.ACTIONS]}
        groupes = actions_en_cours(seance, audience)
        if groupes:
            resultat.append({**annexe, "contexte": {"point": None, "groupes": groupes}})
    return resultat


def _point(ligne: LignePoint) -> dict[str, Any]:
    """What the head of a sheet says of the point."""
    return {
        "rang": str(ligne.rang or "réservé"),
        "titre": ligne.titre,
        "detail": ligne.sous_titre,
        "traitement": _traitement(ligne),
        "rapporteur": ligne.rapporteur,
        "minutes": ligne.minutes,
        "question": ligne.question,
        "reserve": ligne.est_reserve,
        "ajoute": ligne.point.ajoute_apres_gel,
    }


def _propre(seance: Seance, audience: Audience, ligne: LignePoint, lues: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """What the sheet of this kind of point holds beside its head."""
    nature = NaturePoint(ligne.point.nature)
    if nature == NaturePoint.ACTIONS:
        return {"groupes": actions_en_cours(seance, audience)}
    if nature == NaturePoint.BESOINS:
        anonyme = audience.genre == GenreAudience.ANONYME
        return {"besoins": besoins_dits(besoins_de(seance, anonyme=anonyme or seance.est_anonyme))}
    if nature != NaturePoint.FICHE:
        return {"decisions": APPROBATION if nature == NaturePoint.COMPTE_RENDU else []}
    return {
        "feuille": lues.get(ligne.point.fiche_id or 0) if ligne.est_nomme else None,
        "sans_nom": ligne.point.mode == ModePoint.SANS_NOM or audience.est_anonyme,
        "resume": ligne.resume,
        "nomme": ligne.est_nomme,
        "decisions": DECISIONS if ligne.point.traitement != TraitementPoint.INFORMATION else [],
    }


def derniere_tenue(seance: Seance) -> Seance | None:
    """The séance of the same instance before this one."""
    return Seance.objects.tenues().filter(instance=seance.instance_id, jour__lt=seance.jour).first()


def actions_en_cours(seance: Seance, audience: Audience) -> list[dict[str, Any]]:
    """Open actions by holder as the audience may read them, and what was done since the last séance."""
    derniere = derniere_tenue(seance)
    groupes = suivi(
        territoire_id=seance.territoire_id, audience=audience, seances_depuis=derniere.jour if derniere else None
    )
    return [_groupe(g, audience) for g in groupes]


def fiches_des_actions(groupes: list[dict[str, Any]]) -> set[int]:
    """Those that the lines of the open actions name."""
    return {a["fiche_id"] for g in groupes for a in (*g["lignes"], *g["terminees"]) if a["fiche_id"]}


def compter(groupes: list[dict[str, Any]]) -> str:
    """« 12 actions, dont 3 en retard »; nothing where figures are not shown."""
    if any(g["anonyme"] for g in groupes):
        return ""
    ouvertes = sum(len(g["lignes"]) + g["reservees"] for g in groupes)
    retards = sum(g["retards"] for g in groupes)
    dites = f"{ouvertes} action{'s' if ouvertes > 1 else ''}" if ouvertes else ""
    return f"{dites}, dont {retards} en retard" if retards else dites


def _groupe(groupe: GroupeActions, audience: Audience) -> dict[str, Any]:
    return {
        "nom": groupe.nom,
        "anonyme": audience.est_anonyme,
        "nombre": groupe.nombre_dit,
        "en_retard": groupe.en_retard_dit,
        "retards": groupe.en_retard or 0,
        "lignes": [_action(x) for x in groupe.lignes],
        "terminees": [_action(x) for x in groupe.terminees],
        "reservees": groupe.reservees,
    }


def _action(ligne: LigneAction) -> dict[str, Any]:
    return {
        "quoi": ligne.libelle,
        "fiche_id": ligne.fiche_id,
        "fiche": " · ".join(x for x in (ligne.fiche_numero, ligne.fiche_titre) if x),
        "qui": ligne.responsable,
        "pour_le": date_courte(ligne.echeance),
        "premiere": date_courte(ligne.echeance_initiale) if ligne.reportee else "",
        "retard": ligne.retard > 0,
        "origine": ligne.origine_dite,
        "resultat": abreger(ligne.resultat, 300),
        "terminee_le": date_courte(ligne.terminee_le) if ligne.terminee_le else "",
    }


def besoins_dits(besoins: Besoins) -> dict[str, Any]:
    """The table on paper: sections in words beside each theme, as a page is too narrow for twenty columns."""
    lignes = []
    for ligne in besoins.lignes:
        parts = [
            f"{section} ({case})"
            for section, case in zip(besoins.sections, ligne.cases, strict=True)
            if case.nombre != 0
        ]
        lignes.append(
            {
                "theme": ligne.theme,
                "sans_reponse": str(ligne.sans_reponse),
                "total": str(ligne.total),
                "secteurs": ", ".join(parts),
            }
        )
    depuis = date_longue(besoins.depuis.date(), avec_jour=False) if besoins.depuis else ""
    return {"lignes": lignes, "total": str(besoins.total), "depuis": depuis, "cachees": besoins.a_des_cases_cachees}
