"""The state of a fiche: computed by one precedence, and said as a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, date_courte, depuis, jour_de

from .enums import EtatFiche, EtatOrientation, GenreOrientation, MotifCloture, StatutFiche
from .models import FicheNavette, Orientation


class EtatEtGenre(Protocol):
    """What the precedence reads of an orientation."""

    etat: str
    genre: str


def calculer(statut: str, orientations: Iterable[EtatEtGenre], suivie_seule: bool = False) -> EtatFiche:
    """The one precedence, first rule that holds; informations and annulled orientations never count.

    1. annulée, clôturée, en attente du demandeur: what is stored;
    2. an answer is owed by a partner: sans réponse;
    3. a partner has it in charge: prise en charge;
    4. the coordination said that it follows it alone: suivie;
    5. an accompagnement has ended: à clore;
    6. somebody declined and nobody accompanied: à réorienter;
    7. else (nobody asked yet, or only avis given): à orienter.
    """
    if statut == StatutFiche.ANNULEE:
        return EtatFiche.ANNULEE
    if statut == StatutFiche.CLOTUREE:
        return EtatFiche.CLOTUREE
    if statut == StatutFiche.EN_ATTENTE:
        return EtatFiche.ATTENTE_DEMANDEUR
    etats = {
        o.etat for o in orientations if o.genre != GenreOrientation.INFORMATION and o.etat != EtatOrientation.ANNULEE
    }
    if EtatOrientation.ENVOYEE in etats:
        return EtatFiche.SANS_REPONSE
    if EtatOrientation.PRISE_EN_CHARGE in etats:
        return EtatFiche.PRISE_EN_CHARGE
    if suivie_seule:
        return EtatFiche.SUIVIE
    if EtatOrientation.TERMINEE in etats:
        return EtatFiche.A_CLORE
    if EtatOrientation.DECLINEE in etats:
        return EtatFiche.A_REORIENTER
    return EtatFiche.A_ORIENTER


@dataclass(frozen=True)
class Phrase:
    """The badge (tone, words, icon) and what follows it on the line."""

    ton: str
    texte: str
    icone: str
    suite: str = ""


def avec_article(nom: str) -> str:
    """« la CCI », « l’ADEFPAT », « le Département », else the bare name: « chez France Travail »."""
    premier = nom.split()[0] if nom.split() else ""
    if premier in ("CCI", "CMA", "Chambre", "Région", "MCEF", "Mission", "Maison", "DDETSPP", "DIRECCTE", "Mairie"):
        return f"la {nom}"
    if premier in ("Département", "Pays", "Conseil", "Syndicat", "CFPPA"):
        return f"le {nom}"
    if premier[:1] in "AEIOUÉÈ" and (premier.isupper() or premier in ("Agence", "Association", "Adefpat", "Union")):
        return f"l’{nom}"
    return nom


def chez(noms: list[str]) -> str:
    """« la CCI et la CMA »; three or more are counted."""
    dits = [avec_article(n) for n in noms]
    if len(dits) <= 2:
        return " et ".join(dits)
    return f"{len(dits)} partenaires"


def _duree(jour: date, aujourd_hui: date) -> str:
    mots = depuis(jour, aujourdhui=aujourd_hui)
    return f"depuis {mots}"


def phrase(
    fiche: FicheNavette,
    orientations: Iterable[Orientation],
    aujourd_hui: date,
    lecteur: Acces | None = None,
) -> Phrase:
    """The state as a sentence, « Chez la CCI depuis 4 jours, sans réponse », for this reader.

    A partner who owes the answer is told so: « Votre réponse est attendue le 24 nov. ». Makes no query when
    orientations come with their organisme.
    """
    vivantes = [o for o in orientations if o.etat != EtatOrientation.ANNULEE]
    actives = [o for o in vivantes if o.genre != GenreOrientation.INFORMATION]
    attendues = sorted((o for o in actives if o.etat == EtatOrientation.ENVOYEE), key=lambda o: o.envoyee_le)
    prises = [o for o in actives if o.etat == EtatOrientation.PRISE_EN_CHARGE]
    suite = f"prise en charge par {chez([o.nom_du_jour for o in prises])}" if prises else ""
    etat = calculer(fiche.statut, vivantes, fiche.suivie_seule)
    match etat:
        case EtatFiche.ANNULEE:
            return Phrase("neutre", "Annulée", "x-circle")
        case EtatFiche.CLOTUREE:
            quand = f" le {date_courte(fiche.cloturee_le, aujourdhui=aujourd_hui)}" if fiche.cloturee_le else ""
            motif = MotifCloture(fiche.motif_cloture).label.lower() if fiche.motif_cloture else ""
            ton = "succes" if fiche.motif_cloture == MotifCloture.ABOUTIE else "neutre"
            return Phrase(ton, f"Clôturée{quand}" + (f"{INSECABLE}: {motif}" if motif else ""), "check2-all")
        case EtatFiche.ATTENTE_DEMANDEUR:
            quand = (
                f" jusqu’au {date_courte(fiche.attente_jusquau, aujourdhui=aujourd_hui)}"
                if fiche.attente_jusquau
                else ""
            )
            quoi = f"{INSECABLE}: {fiche.attente_quoi}" if fiche.attente_quoi else ""
            retard = fiche.attente_jusquau is not None and fiche.attente_jusquau < aujourd_hui
            ton, icone = ("danger", "exclamation-circle") if retard else ("attention", "hourglass-split")
            return Phrase(ton, f"En attente du demandeur{quand}{quoi}", icone, suite)
        case EtatFiche.SANS_REPONSE:
            return _sans_reponse(attendues, aujourd_hui, lecteur, suite)
        case EtatFiche.PRISE_EN_CHARGE:
            debut = min(jour_de(o.prise_en_charge_le or o.envoyee_le) for o in prises)
            noms = chez([o.nom_du_jour for o in prises])
            return Phrase("succes", f"Prise en charge par {noms} {_duree(debut, aujourd_hui)}", "check-lg")
        case EtatFiche.SUIVIE:
            return Phrase("info", "Suivie par la coordination seule", "person-check")
        case EtatFiche.A_CLORE:
            return Phrase("attention", "Tout est terminé : à clore".replace(" :", f"{INSECABLE}:"), "check-circle")
        case EtatFiche.A_REORIENTER:
            declins = [o for o in actives if o.etat == EtatOrientation.DECLINEE]
            qui = "Tous ont décliné" if len(declins) > 1 else f"{chez([declins[0].nom_du_jour])} a décliné"
            return Phrase("danger", f"{qui[0].upper()}{qui[1:]}{INSECABLE}: à réorienter", "signpost-split")
        case _:
            rendus = [o.nom_du_jour for o in actives if o.etat == EtatOrientation.AVIS_RENDU]
            if rendus:
                return Phrase("attention", f"Avis rendu par {chez(rendus)}{INSECABLE}: à orienter", "signpost-split")
            return Phrase(
                "attention", f"À orienter, ouverte {_duree(jour_de(fiche.ouverte_le), aujourd_hui)}", "signpost-split"
            )


def _sans_reponse(attendues: list[Orientation], aujourd_hui: date, lecteur: Acces | None, suite: str) -> Phrase:
    """The partner who owes it reads what is expected of them; anybody else, where the fiche is and since when."""
    if lecteur is not None and lecteur.est_partenaire:
        siennes = [o for o in attendues if o.organisme_id == lecteur.organisme_id]
        if siennes:
            echeance = siennes[0].reponse_attendue_le
            if echeance is None:
                return Phrase("attention", "Votre réponse est attendue", "clock", suite)
            retard = echeance < aujourd_hui
            mot = "était attendue le" if retard else "est attendue le"
            texte = f"Votre réponse {mot} {date_courte(echeance, aujourdhui=aujourd_hui)}"
            return Phrase(
                "danger" if retard else "attention", texte, "exclamation-circle" if retard else "clock", suite
            )
    noms = chez([o.nom_du_jour for o in attendues])
    debut = jour_de(attendues[0].envoyee_le)
    retard = any(o.reponse_attendue_le and o.reponse_attendue_le < aujourd_hui for o in attendues)
    texte = f"Chez {noms} {_duree(debut, aujourd_hui)}, sans réponse"
    return _attendue(texte, suite, en_retard=retard)


def _attendue(texte: str, suite: str, *, en_retard: bool) -> Phrase:
    if en_retard:
        return Phrase("danger", texte, "exclamation-circle", suite)
    return Phrase("attention", texte, "clock", suite)
