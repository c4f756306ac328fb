"""What the fiche page shows, in a constant number of queries: the fiche, one union, its people, its orientations."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField, Exists, F, IntegerField, OuterRef, TextField, UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, date_courte, jour_de
from apps.personnes.enums import Portee
from apps.personnes.models import Accord

from .enums import (
    ActionJournal,
    ActionOrientation,
    EtatOrientation,
    GenreEchange,
    GenreOrientation,
    MotifDeclin,
    MotifPartage,
    ResultatOrientation,
    Visibilite,
)
from .etat import Phrase, phrase
from .models import (
    AideObtenue,
    Besoin,
    Demandeur,
    Echange,
    EntreeJournal,
    FicheNavette,
    Orientation,
    Partage,
    PieceFiche,
    Suivi,
)
from .permissions import Droits, peut_confier, peut_ecrire_section, peut_repondre, tient
from .services import nommer_adressee
from .workflow import EN_COURS, actions_possibles

TONS_VISIBILITE = {Visibilite.COORDINATION: "neutre", Visibilite.PARTENAIRES: "info", Visibilite.COMITE: "succes"}
JOURNAL_AU_PLUS = 80


@dataclass
class LigneJournal:
    """One entry of the timeline (see composants/chronologie.html)."""

    date: datetime
    titre: str
    pk: int = 0
    texte: str = ""
    auteur: str = ""
    systeme: bool = True
    visibilite: str = ""
    ton: str = "info"
    saisi_le: datetime | None = None
    prevu: bool = False
    modifiable: bool = False
    pieces: list["LignePiece"] = field(default_factory=list)
    gabarit: str = "fiches/_entree.html"


@dataclass
class LignePiece:
    cle: UUID
    nom: str
    taille: int
    type_mime: str
    visibilite: str
    mention: str
    retirable: bool
    echange: int | None


@dataclass
class LigneBesoin:
    theme: str
    paroles: str
    analyse: str


@dataclass
class Section:
    """One partner on the page: its state, its words, what can be done."""

    orientation: Orientation
    nom: str
    adressee: str
    telephone: str
    ton: str
    etat: str
    icone: str
    recit: str
    actions: list[ActionOrientation]
    tenue: bool
    ecrit: bool
    confie: bool
    relance: bool
    annulable: bool
    defaisable: bool
    precision: str = ""

    def permet(self) -> dict[str, bool]:
        return {a.value: True for a in self.actions}


@dataclass
class PersonneFiche:
    """One applicant with what they agreed to."""

    demandeur: Demandeur
    accord: Accord | None
    organismes: list[str]

    @property
    def accord_dit(self) -> str:
        """« Tous les partenaires et le comité, 14 nov. (formulaire en ligne) »."""
        if self.accord is None:
            return "Aucun accord de partage"
        portee = {
            Portee.TOUS: "Tous les partenaires",
            Portee.NOMMES: ", ".join(self.organismes) or "Certains partenaires",
            Portee.AUCUNE: "Aucun partenaire",
        }[Portee(self.accord.portee)]
        comite = " et le comité" if self.accord.comite else ""
        return f"{portee}{comite}, {date_courte(self.accord.donne_le)} ({self.accord.get_canal_display().lower()})"


def fiche_complete(acces: Acces) -> Any:
    """The queryset of the page: everything to-one joined, and whether a partner may write, in one query."""
    siens = Partage.objects.en_cours().pour(acces).exclude(motif=MotifPartage.COMITE)
    return (
        FicheNavette.objects.visibles_par(acces)
        .select_related(
            "territoire", "entreprise__commune", "projet__commune", "responsable", "cloture_proposee_par", "resultat",
            "resultat__preuve_fichier",
        )
        .annotate(partage_ecrit=Exists(siens.filter(fiche=OuterRef("pk"), peut_ecrire=True)))
    )  # fmt: skip


def droits_de(acces: Acces, fiche: FicheNavette) -> Droits:
    """As permissions.droits, from what the page's query already brought."""
    ecrit = acces.est_coordination or bool(getattr(fiche, "partage_ecrit", False))
    return Droits(acces.est_coordination, ecrit, acces.est_referent, fiche.est_ouverte)


def _vide(sortie: Any, valeur: Any = None) -> Any:
    return Cast(Value(valeur), sortie)


COLONNES = (
    "sorte", "ligne", "quand", "note_le", "code", "titre", "texte", "auteur_dit", "organisme_dit", "visible",
    "auteur_pk", "rang", "autre", "cle",
)  # fmt: skip


def _en_ligne(queryset: Any, sorte: str, **colonnes: Any) -> Any:
    """A queryset cut to the common columns of the union; missing ones are typed nulls, for both databases."""
    types: dict[str, Any] = {
        "ligne": IntegerField(), "quand": DateTimeField(), "note_le": DateTimeField(), "code": CharField(),
        "titre": TextField(), "texte": TextField(), "auteur_dit": CharField(), "organisme_dit": CharField(),
        "visible": CharField(), "auteur_pk": IntegerField(), "rang": IntegerField(), "autre": TextField(),
        "cle": UUIDField(),
    }  # fmt: skip
    valeurs: dict[str, Any] = {"sorte": Value(sorte, output_field=CharField())}
    for nom, sortie in types.items():
        source = colonnes.get(nom)
        valeurs[nom] = (
            _vide(sortie) if source is None else Cast(F(source) if isinstance(source, str) else source, sortie)
        )
    # Prefixed while inside: an annotation may not bear the name of a field.
    return queryset.order_by().annotate(**{f"u_{n}": v for n, v in valeurs.items()}).values_list(
        *(f"u_{n}" for n in COLONNES)
    )  # fmt: skip


def _tout(acces: Acces, fiche: FicheNavette) -> list[dict[str, Any]]:
    """Needs, échanges, journal and pièces that `acces` reads, by one union; with closing, helps and follow-ups too."""
    parts = [
        _en_ligne(
            EntreeJournal.objects.visibles_par(acces).filter(fiche=fiche), "journal",
            ligne="pk", quand="quand", code="action", titre="texte", texte="motif", auteur_dit="auteur_nom",
            organisme_dit="organisme_nom", visible="visibilite", auteur_pk="auteur",
        ),
        _en_ligne(
            Echange.objects.visibles_par(acces).filter(fiche=fiche, supprime_le=None), "echange",
            ligne="pk", quand="survenu_le", note_le="cree_le", code="genre", texte="texte", auteur_dit="auteur_nom",
            organisme_dit="organisme_nom", visible="visibilite", auteur_pk="auteur", autre="participants_dits",
            rang=_cas_heure(),
        ),
        _en_ligne(
            PieceFiche.objects.visibles_par(acces).filter(fiche=fiche, retiree_le=None), "piece",
            ligne="pk", quand="cree_le", code="fichier__type_mime", titre="titre", texte="fichier__nom",
            auteur_pk="depose_par", visible="visibilite", rang="fichier__taille", autre="echange", cle="fichier__cle",
        ),
        _en_ligne(
            Besoin.objects.filter(fiche=fiche), "besoin",
            ligne="pk", quand="cree_le", titre="theme__nom", texte="paroles", autre="analyse", rang="ordre",
        ),
    ]  # fmt: skip
    lignes = parts[0].union(*parts[1:], all=True)
    return [dict(zip(COLONNES, ligne, strict=True)) for ligne in lignes]


def _cas_heure() -> Any:
    return Cast("a_une_heure", IntegerField())


def _journal(
    acces: Acces, fiche: FicheNavette, lignes: list[dict[str, Any]], pieces: list[LignePiece], maintenant: datetime
) -> list[LigneJournal]:
    """Échanges and journal merged, the most recent first; an échange's own line carries its files."""
    resultat = []
    for brute in lignes:
        if brute["sorte"] not in ("journal", "echange"):
            continue
        qui = " · ".join(x for x in (brute["organisme_dit"], brute["auteur_dit"]) if x)
        if brute["sorte"] == "echange":
            noms = brute["autre"]
            note = brute["note_le"] if abs(brute["note_le"] - brute["quand"]).total_seconds() > 86_400 else None
            visible = Visibilite(brute["visible"])
            resultat.append(
                LigneJournal(
                    date=brute["quand"] if brute["rang"] else jour_de(brute["quand"]),  # type: ignore[arg-type]
                    pk=brute["ligne"],
                    titre=GenreEchange(brute["code"]).label,
                    texte=brute["texte"] or "",
                    auteur=f"{qui} avec {noms}" if noms else qui,
                    systeme=False,
                    visibilite=visible.label,
                    ton=TONS_VISIBILITE[visible],
                    saisi_le=note,
                    prevu=brute["quand"] > maintenant,
                    modifiable=brute["auteur_pk"] is not None and brute["auteur_pk"] == acces.utilisateur_id,
                    pieces=[p for p in pieces if p.echange == brute["ligne"]],
                )
            )
            continue
        message = brute["code"] == ActionJournal.MESSAGE
        resultat.append(
            LigneJournal(
                date=brute["quand"],
                titre=brute["titre"],
                texte=brute["texte"] if message else "",
                auteur="" if message else (f"{brute['texte']}" if brute["texte"] else ""),
                systeme=not message,
                visibilite=Visibilite.COORDINATION.label if brute["visible"] == Visibilite.COORDINATION else "",
                ton="neutre",
            )
        )
    resultat.sort(key=lambda ligne: _instant(ligne.date), reverse=True)
    return resultat


def _instant(valeur: date | datetime) -> tuple[date, datetime | None]:
    return (jour_de(valeur), valeur) if isinstance(valeur, datetime) else (valeur, None)  # type: ignore[return-value]


def _pieces(acces: Acces, lignes: list[dict[str, Any]]) -> list[LignePiece]:
    pieces = []
    for brute in sorted((x for x in lignes if x["sorte"] == "piece"), key=lambda x: x["quand"], reverse=True):
        visible = Visibilite(brute["visible"])
        pieces.append(
            LignePiece(
                cle=brute["cle"],
                nom=brute["titre"] or brute["texte"],
                taille=brute["rang"],
                type_mime=brute["code"],
                visibilite=visible.label,
                mention="" if visible == Visibilite.PARTENAIRES else visible.label.lower(),
                retirable=acces.est_coordination
                or (brute["auteur_pk"] is not None and brute["auteur_pk"] == acces.utilisateur_id),
                echange=int(brute["autre"]) if brute["autre"] else None,
            )
        )
    return pieces


def personnes_de(fiche: FicheNavette) -> list[PersonneFiche]:
    """The applicants with the accord in force of each and the partners it names, in one query."""
    lignes = (
        Demandeur.objects.filter(fiche=fiche)
        .select_related("personne__commune", "accord")
        .annotate(organisme_nomme=F("accord__organismes__nom_court"))
        .order_by("-est_principal", "pk")
    )
    personnes: dict[int, PersonneFiche] = {}
    for d in lignes:
        accord = d.accord if d.accord is not None and d.accord.est_en_vigueur else None
        courante = personnes.setdefault(d.pk, PersonneFiche(d, accord, []))
        nom = d.organisme_nomme
        if nom and accord is not None:
            courante.organismes.append(nom)
    return list(personnes.values())


def badge_orientation(o: Orientation, aujourd_hui: date) -> tuple[str, str, str]:
    """(tone, words, icon) of an orientation: « Prise en charge le 19 nov. », « Réponse attendue le 24 nov. »."""
    match o.etat:
        case EtatOrientation.ENVOYEE:
            if o.genre == GenreOrientation.INFORMATION:
                return "neutre", f"Envoyée le {date_courte(o.envoyee_le)}", "send"
            if o.reponse_attendue_le and o.reponse_attendue_le < aujourd_hui:
                return (
                    "danger",
                    f"Réponse attendue depuis le {date_courte(o.reponse_attendue_le)}",
                    "exclamation-circle",
                )
            quand = f" le {date_courte(o.reponse_attendue_le)}" if o.reponse_attendue_le else ""
            return "attention", f"Réponse attendue{quand}", "clock"
        case EtatOrientation.PRISE_EN_CHARGE:
            return "succes", f"Prise en charge le {date_courte(o.prise_en_charge_le or o.envoyee_le)}", "check-lg"
        case EtatOrientation.TERMINEE:
            resultat = ResultatOrientation(o.resultat).label.lower()
            return "neutre", f"Terminé{INSECABLE}: {resultat}", "check2-all"
        case EtatOrientation.DECLINEE:
            motif = MotifDeclin(o.motif_declin).label
            return "neutre", f"Décliné{INSECABLE}: {motif[0].lower()}{motif[1:]}", "x-lg"
        case EtatOrientation.AVIS_RENDU:
            return "succes", f"Avis rendu le {date_courte(o.repondue_le or o.envoyee_le)}", "check-lg"
        case EtatOrientation.LUE:
            return "neutre", f"Lue le {date_courte(o.repondue_le or o.envoyee_le)}", "eye"
        case _:
            return "neutre", f"Annulée le {date_courte(o.annulee_le or o.envoyee_le)}", "x-circle"


def recit(o: Orientation, echanges: Iterable[LigneJournal], nom: str, maintenant: datetime) -> str:
    """What composes itself: the first contact, from the échanges; the next step, from what is planned."""
    phrases = []
    if o.premier_contact_le:
        phrases.append(f"Premier contact le {date_courte(o.premier_contact_le)}.")
    elif o.etat == EtatOrientation.PRISE_EN_CHARGE:
        phrases.append("Pas encore de contact noté.")
    prevus = [e for e in echanges if e.prevu and nom and e.auteur.startswith(nom)]
    if prevus and o.etat in EN_COURS:
        prochain = prevus[-1]
        phrases.append(f"{prochain.titre} prévu le {date_courte(prochain.date)}.")
    elif o.prochaine_etape and o.etat in EN_COURS:
        quand = f", le {date_courte(o.prochaine_etape_le)}" if o.prochaine_etape_le else ""
        phrases.append(f"Prochaine étape{INSECABLE}: {o.prochaine_etape}{quand}.")
    # A short date ends with its own full stop: « le 13 nov. ».
    return " ".join(f"{p.rstrip('.')}." for p in phrases)


def section(acces: Acces, o: Orientation, droits: Droits, journal: list[LigneJournal], maintenant: datetime) -> Section:
    """One partner's block, for this reader."""
    ton, dit, icone = badge_orientation(o, jour_de(maintenant))
    possibles = [a for a in actions_possibles(o) if peut_repondre(acces, o, a)] if droits.ouverte else []
    reponses = [a for a in possibles if a not in (ActionOrientation.ANNULER, ActionOrientation.DEFAIRE)]
    attendue = o.etat == EtatOrientation.ENVOYEE and o.genre != GenreOrientation.INFORMATION
    sien = acces.est_coordination or tient(acces, o)
    qui = o.technicien or o.referent
    adressee = nommer_adressee(o.referent, o.referent_remplace)
    if o.technicien:
        adressee = f"{o.technicien.nom_formel}, à qui {adressee} l’a confiée" if adressee else o.technicien.nom_formel
    return Section(
        orientation=o,
        nom=o.nom_du_jour,
        adressee=adressee,
        telephone=(qui.telephone if qui else "") or o.organisme.telephone,
        ton=ton,
        etat=dit,
        icone=icone,
        recit=recit(o, [j for j in journal if not j.systeme], o.nom_du_jour, maintenant),
        actions=reponses,
        tenue=tient(acces, o),
        ecrit=peut_ecrire_section(acces, o) and droits.ouverte,
        confie=peut_confier(acces, o) and droits.ouverte,
        relance=acces.est_coordination and attendue and droits.ouverte,
        annulable=ActionOrientation.ANNULER in possibles,
        defaisable=ActionOrientation.DEFAIRE in possibles,
        precision=o.precision_declin if sien else "",
    )


def orientations_de(acces: Acces, fiche: FicheNavette) -> list[Orientation]:
    """Those of the fiche; annulled ones are the coordination's only."""
    lignes = Orientation.objects.filter(fiche=fiche).select_related(
        "organisme", "referent", "referent_remplace", "technicien", "signee_par"
    )
    if not acces.est_coordination:
        lignes = lignes.exclude(etat=EtatOrientation.ANNULEE)
    liste = list(lignes)
    for o in liste:
        o.fiche = fiche
    return liste


def a_faire(
    fiche: FicheNavette,
    orientations: list[Orientation],
    personnes: list[PersonneFiche],
    journal: list[LigneJournal],
    aujourd_hui: date,
) -> list[dict[str, Any]]:
    """Who must do what and by when: answers owed, what the applicant owes, what is planned."""  # fmt: skip
    lignes: list[dict[str, Any]] = []
    if not fiche.est_ouverte:
        return lignes
    for o in orientations:
        if o.etat == EtatOrientation.ENVOYEE and o.genre != GenreOrientation.INFORMATION:
            verbe = "donner son avis" if o.genre == GenreOrientation.AVIS else "répondre"
            lignes.append({"qui": o.nom_du_jour, "quoi": verbe, "quand": o.reponse_attendue_le})
        elif o.etat == EtatOrientation.PRISE_EN_CHARGE and o.prochaine_etape:
            lignes.append({"qui": o.nom_du_jour, "quoi": o.prochaine_etape, "quand": o.prochaine_etape_le})
    if fiche.attente_quoi:
        qui = str(personnes[0].demandeur.personne) if personnes else "Le demandeur"
        quoi = f"envoyer{INSECABLE}: {fiche.attente_quoi}"
        lignes.append({"qui": qui, "quoi": quoi, "quand": fiche.attente_jusquau, "attente": fiche.attente_quoi})
    if fiche.premier_contact_le is None and fiche.premier_contact_avant:
        lignes.append({"qui": "Coordination", "quoi": "premier contact", "quand": fiche.premier_contact_avant})
    for e in journal:
        if e.prevu:
            lignes.append({"qui": e.auteur, "quoi": e.titre.lower(), "quand": jour_de(e.date)})
    for ligne in lignes:
        quand = ligne["quand"]
        ligne["retard"] = (aujourd_hui - quand).days if quand and quand < aujourd_hui else 0
    lignes.sort(key=lambda x: x["quand"] or date.max)
    return lignes


@dataclass
class Page:
    fiche: FicheNavette
    droits: Droits
    phrase: Phrase
    besoins: list[LigneBesoin]
    sections: list[Section]
    journal: list[LigneJournal]
    journal_total: int
    pieces: list[LignePiece]
    personnes: list[PersonneFiche]
    a_faire: list[dict[str, Any]]
    suivis: list[Suivi]
    aides: list[AideObtenue]

    @property
    def ma_section(self) -> Section | None:
        """The reader's own, when an answer is owed: shown first."""
        return next((s for s in self.sections if s.tenue and s.actions), None)

    @property
    def themes(self) -> list[str]:
        return list(dict.fromkeys(b.theme for b in self.besoins))


def composer(acces: Acces, fiche: FicheNavette, *, tout: bool = False) -> Page:
    """Everything of the page, in three queries (the union, people, orientations); two more once closed."""
    maintenant = timezone.now()
    aujourd_hui = timezone.localdate()
    droits = droits_de(acces, fiche)
    lignes = _tout(acces, fiche)
    pieces = _pieces(acces, lignes)
    journal = _journal(acces, fiche, lignes, pieces, maintenant)
    orientations = orientations_de(acces, fiche)
    personnes = personnes_de(fiche)
    besoins = sorted((x for x in lignes if x["sorte"] == "besoin"), key=lambda x: (x["rang"], x["ligne"]))
    clos = not fiche.est_ouverte
    return Page(
        fiche=fiche,
        droits=droits,
        phrase=phrase(fiche, orientations, aujourd_hui, acces),
        besoins=[LigneBesoin(x["titre"], x["texte"] or "", x["autre"] or "") for x in besoins],
        sections=[section(acces, o, droits, journal, maintenant) for o in orientations],
        journal=journal if tout else journal[:JOURNAL_AU_PLUS],
        journal_total=len(journal),
        pieces=pieces,
        personnes=personnes,
        a_faire=a_faire(fiche, orientations, personnes, journal, aujourd_hui),
        suivis=list(Suivi.objects.filter(fiche=fiche, annule_le=None)) if clos else [],
        aides=list(AideObtenue.objects.filter(fiche=fiche).select_related("financeur")) if clos else [],
    )
