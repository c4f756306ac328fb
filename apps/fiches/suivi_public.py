"""What the applicant may know of a fiche, and nothing else: no partner's note, no reason for declining, no debate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.affichage import INSECABLE, date_courte, jour_de

from .enums import EtatOrientation, GenreOrientation, MotifCloture, StatutFiche
from .etat import avec_article
from .models import FicheNavette, Orientation

# Announced in these words; a silent closing only says that the follow-up has ended.
FIN = {
    MotifCloture.ABOUTIE: "Votre projet a abouti.",
    MotifCloture.REORIENTEE: "Vous avez été orienté vers un autre service.",
    MotifCloture.ABANDONNEE: "À votre demande.",
    MotifCloture.SANS_NOUVELLES: "Sans nouvelles de votre part. Vous pouvez nous réécrire.",
    MotifCloture.HORS_PERIMETRE: "Votre besoin relève d’un autre service.",
    MotifCloture.DOUBLON: "Votre demande est suivie avec une autre.",
}
_CHEZ = (EtatOrientation.ENVOYEE, EtatOrientation.PRISE_EN_CHARGE, EtatOrientation.TERMINEE)


def _accompagne_par(accompagnements: Iterable[Orientation]) -> str:
    """« Vous êtes accompagné par la CMA du Lot, l’ADEFPAT. » Partners that took it in charge, each once."""
    suivent = (str(o.organisme) for o in accompagnements if o.etat == EtatOrientation.PRISE_EN_CHARGE)
    return f"Vous êtes accompagné par {', '.join(avec_article(nom) for nom in dict.fromkeys(suivent))}."


@dataclass(frozen=True)
class Attente:
    """What the applicant must send, and by when."""

    quoi: str
    jusquau: date | None


def _accompagnements(fiche: FicheNavette) -> list[Orientation]:
    return [
        o
        for o in fiche.orientations.select_related("organisme", "technicien", "referent")
        if o.genre == GenreOrientation.ACCOMPAGNEMENT and o.etat in _CHEZ and not o.sur_resume
    ]


def etapes(fiche: FicheNavette) -> list[dict[str, Any]]:
    """The four steps, for composants/parcours.html: [{libelle, date, detail, etat: faite | courante | a_venir}].

    Reçue, Prise en charge par la coordination, Chez un partenaire, Terminée. One query.
    """
    accompagnements = _accompagnements(fiche)
    finie = fiche.statut in (StatutFiche.CLOTUREE, StatutFiche.ANNULEE)
    prise_le = fiche.premier_contact_le or jour_de(fiche.ouverte_le)
    envoyees = [o.envoyee_le for o in accompagnements]
    noms = list(dict.fromkeys(str(o.organisme) for o in accompagnements))
    if not noms:
        chez = ""
    elif any(o.etat == EtatOrientation.PRISE_EN_CHARGE for o in accompagnements):
        chez = _accompagne_par(accompagnements)
    else:
        chez = f"Transmise à {', '.join(noms)}."
    fin = ""
    if finie and fiche.cloture_annoncee and fiche.motif_cloture:
        fin = FIN[MotifCloture(fiche.motif_cloture)]
    lignes = [
        ("Reçue", jour_de(fiche.ouverte_le), "", True),
        ("Prise en charge par la coordination", prise_le, "", True),
        ("Chez un partenaire", jour_de(min(envoyees)) if envoyees else None, chez, bool(envoyees)),
        ("Terminée", jour_de(fiche.cloturee_le) if fiche.cloturee_le else None, fin, finie),
    ]
    atteinte = max(i for i, (_, _, _, faite) in enumerate(lignes) if faite)
    resultat = []
    for rang, (libelle, jour, detail, faite) in enumerate(lignes):
        if rang == atteinte:
            etat = "faite" if rang == len(lignes) - 1 else "courante"
        else:
            etat = "faite" if faite else "a_venir"
        resultat.append({"libelle": libelle, "date": jour, "detail": detail, "etat": etat})
    return resultat


def interlocuteurs(fiche: FicheNavette) -> list[dict[str, str]]:
    """Who follows the applicant: the coordination, then the partners in charge; [{nom, telephone, organisme}]."""
    territoire, responsable = fiche.territoire, fiche.responsable
    nom = responsable.get_full_name() if responsable else ""
    suivent = [
        {
            "nom": nom or f"La coordination du {territoire.nom}",
            "telephone": (responsable.telephone if responsable else "") or territoire.telephone,
            "organisme": territoire.nom if nom else "",
        }
    ]
    for o in _accompagnements(fiche):
        if o.etat == EtatOrientation.PRISE_EN_CHARGE:
            qui = o.technicien or o.referent
            suivent.append(
                {
                    "nom": qui.get_full_name() if qui else str(o.organisme),
                    "telephone": (qui.telephone if qui else "") or o.organisme.telephone,
                    "organisme": str(o.organisme),
                }
            )
    return suivent


def phrase(fiche: FicheNavette) -> str:
    """Where it is, in one sentence for the applicant."""
    if fiche.statut == StatutFiche.CLOTUREE:
        fin = FIN[MotifCloture(fiche.motif_cloture)] if fiche.cloture_annoncee and fiche.motif_cloture else ""
        return f"Le suivi de votre demande est terminé. {fin}".strip()
    if fiche.statut == StatutFiche.ANNULEE:
        return "La coordination étudie votre demande."
    if fiche.statut == StatutFiche.EN_ATTENTE:
        return "Nous attendons un élément de votre part pour continuer."
    accompagnements = _accompagnements(fiche)
    if any(o.etat == EtatOrientation.PRISE_EN_CHARGE for o in accompagnements):
        return _accompagne_par(accompagnements)
    noms = list(dict.fromkeys(str(o.organisme) for o in accompagnements if o.etat == EtatOrientation.ENVOYEE))
    if noms:
        return f"Votre demande a été transmise à {', '.join(noms)}."
    return "La coordination suit votre demande."


def attendu(fiche: FicheNavette) -> Attente | None:
    """What is awaited from the applicant, if anything."""
    if fiche.statut != StatutFiche.EN_ATTENTE or not fiche.attente_quoi:
        return None
    return Attente(fiche.attente_quoi, fiche.attente_jusquau)


def rappel(fiche: FicheNavette) -> str:
    """« On vous appelle avant le 24 nov. », until the first contact is made."""
    if fiche.premier_contact_le or not fiche.premier_contact_avant or not fiche.est_ouverte:
        return ""
    return f"On vous appelle avant le{INSECABLE}{date_courte(fiche.premier_contact_avant)}"
