"""How a fiche ends, and what is noted years after."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, jour_de
from apps.core.dates import ajouter_jours_ouvres, ajouter_mois
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.courriels.services import annuler, ecrire
from apps.documents.models import Fichier

from ..enums import (
    Aboutissement,
    ActionFiche,
    ActionJournal,
    EtatOrientation,
    GenreOrientation,
    MotifCloture,
    Visibilite,
)
from ..journal import journaliser
from ..models import AideObtenue, FicheNavette, Orientation, Resultat, Suivi
from ..workflow import EN_COURS, appliquer_fiche, recalculer, verrouiller
from .accords import appliquer_accords
from .avis import delai_annulation, ecrire_a_l_adressee, retenir
from .partages import accorder_partages

MOIS_DE_SUIVI = (6, 12, 24, 36)


@transaction.atomic
def proposer_cloture(*, acces: Acces, fiche: FicheNavette, motif: str, note: str = "") -> FicheNavette:
    """A référent proposes; the coordination decides."""
    fiche = verrouiller(fiche)
    if not fiche.est_ouverte:
        raise TransitionInterdite(f"La fiche {fiche.numero} n’est plus ouverte.")
    fiche.cloture_proposee_le = timezone.now()
    fiche.cloture_proposee_par_id = acces.utilisateur_id
    fiche.cloture_proposee_motif, fiche.cloture_proposee_note = motif, note
    fiche.save(
        update_fields=[
            "cloture_proposee_le",
            "cloture_proposee_par",
            "cloture_proposee_motif",
            "cloture_proposee_note",
            "modifie_le",
        ]
    )
    recalculer(fiche)
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.PROPOSITION, texte="Clôture proposée",
        motif=MotifCloture(motif).label,
    )  # fmt: skip
    return fiche


def _sans_proposition() -> dict[str, Any]:
    return {
        "cloture_proposee_le": None,
        "cloture_proposee_par": None,
        "cloture_proposee_motif": "",
        "cloture_proposee_note": "",
    }


@transaction.atomic
def cloturer(
    *,
    acces: Acces,
    fiche: FicheNavette,
    motif: str,
    aboutissements: Iterable[str] = (),
    note: str = "",
    annoncee: bool = False,
    emplois_crees: Decimal | None = None,
    emplois_maintenus: Decimal | None = None,
    investissement: Decimal | None = None,
    constate_le: date | None = None,
    preuve: str = "",
    preuve_fichier: Fichier | None = None,
    aides: Iterable[dict[str, Any]] = (),
    message: str = "",
    quand: datetime | None = None,
    version: int | None = None,
) -> FicheNavette:
    """Close with a reason and results; silent unless `annoncee`, when the applicant is written to and partners told.

    An « aboutie » says its kinds, and plans follow-ups at 6, 12, 24 and 36 months. No partner owes an answer.
    `aides`: dicts of financeur (Organisme or None), financeur_nom, nature, montant, obtenue_le.
    """
    genres = [a for a in Aboutissement.values if a in set(aboutissements)]
    if motif not in MotifCloture.values:
        raise ErreurMetier("Choisissez le motif de clôture.")
    if motif == MotifCloture.ABOUTIE and not genres:
        raise ErreurMetier("Dites ce qui a abouti : création, reprise, embauche…")
    if motif != MotifCloture.ABOUTIE:
        genres = []
    fiche = verrouiller(fiche)
    moment = quand or timezone.now()
    lecteurs = _partenaires(fiche)
    for o in Orientation.objects.filter(fiche=fiche, etat=EtatOrientation.ENVOYEE).select_related("fiche"):
        retenir(o)
    detail = f" ({', '.join(Aboutissement(g).label.lower() for g in genres)})" if genres else ""
    fiche = appliquer_fiche(
        ActionFiche.CLOTURER, fiche=fiche, acces=acces, texte="Fiche clôturée", journal=ActionJournal.CLOTURE,
        motif=f"{MotifCloture(motif).label}{detail}", visibilite=Visibilite.COMITE, quand=quand,
        version=version,
        champs={
            "motif_cloture": motif, "aboutissements": genres, "cloture_note": note, "cloture_annoncee": annoncee,
            "motif_reouverture": "", **_sans_proposition(),
        },
    )  # fmt: skip
    _enregistrer_resultat(
        fiche, jour=constate_le or jour_de(moment), emplois_crees=emplois_crees, emplois_maintenus=emplois_maintenus,
        investissement=investissement, preuve=preuve, preuve_fichier=preuve_fichier,
    )  # fmt: skip
    _enregistrer_aides(fiche, aides)
    accorder_partages(fiche, quand=quand)
    if motif == MotifCloture.ABOUTIE:
        planifier_suivis(fiche, jour_de(moment))
    if annoncee and quand is None:
        _annoncer(fiche, lecteurs, message)
    return fiche


def _partenaires(fiche: FicheNavette) -> list[Orientation]:
    """The orientations of partners who take part, to tell them."""
    return list(
        Orientation.objects.filter(fiche=fiche)
        .filter(etat__in=(*EN_COURS, EtatOrientation.TERMINEE, EtatOrientation.AVIS_RENDU))
        .select_related("organisme", "referent", "fiche__territoire")
    )


def _enregistrer_resultat(fiche: FicheNavette, *, jour: date, **valeurs: Any) -> None:
    """One row a fiche; kept from a first closing when nothing is typed at the second."""
    remplies = {n: v for n, v in valeurs.items() if v not in (None, "")}
    if not remplies:
        return
    Resultat.objects.update_or_create(
        fiche=fiche, defaults={"territoire_id": fiche.territoire_id, "constate_le": jour, **remplies}
    )


def _enregistrer_aides(fiche: FicheNavette, aides: Iterable[dict[str, Any]]) -> None:
    """Those given replace those of a former closing."""
    aides = list(aides)
    if aides:
        AideObtenue.objects.filter(fiche=fiche).delete()
    for aide in aides:
        financeur = aide.get("financeur")
        nom = (aide.get("financeur_nom") or "").strip() or (str(financeur) if financeur else "")
        if aide.get("montant") is None or not nom:
            raise ErreurMetier("Chaque aide a un financeur et un montant.")
        AideObtenue.objects.create(
            territoire_id=fiche.territoire_id, fiche=fiche, financeur=financeur, financeur_nom=nom,
            nature=aide.get("nature", ""), montant=aide["montant"], obtenue_le=aide.get("obtenue_le"),
        )  # fmt: skip


def planifier_suivis(fiche: FicheNavette, jour: date) -> None:
    """Follow-ups at 6, 12, 24 and 36 months from `jour`; those already done stay as they are."""
    for mois in MOIS_DE_SUIVI:
        suivi, nouveau = Suivi.objects.get_or_create(
            fiche=fiche, mois=mois,
            defaults={"territoire_id": fiche.territoire_id, "prevu_le": ajouter_mois(jour, mois)},
        )  # fmt: skip
        if not nouveau and suivi.fait_le is None:
            suivi.prevu_le, suivi.annule_le = ajouter_mois(jour, mois), None
            suivi.save(update_fields=["prevu_le", "annule_le", "modifie_le"])


def _annoncer(fiche: FicheNavette, orientations: list[Orientation], message: str) -> None:
    for demandeur in fiche.demandeurs.select_related("personne"):
        if demandeur.personne.courriel:
            ecrire(
                gabarit="cloture_annoncee",
                destinataire=demandeur.personne.courriel,
                donnees={"demandeur": str(demandeur.personne), "numero": fiche.numero, "message": message},
                cle=f"fiche:{fiche.pk}:cloture:{fiche.version}:{demandeur.personne_id}",
                territoire_id=fiche.territoire_id,
                pas_avant=delai_annulation(fiche),
                objet="fiche",
                objet_id=fiche.numero,
            )
    vus: set[int] = set()
    for o in orientations:
        if o.organisme_id not in vus:
            vus.add(o.organisme_id)
            ecrire_a_l_adressee(o, "cloture_partenaire", suffixe=f"cloture:{fiche.version}")


@transaction.atomic
def rouvrir(*, acces: Acces, fiche: FicheNavette, motif: str) -> FicheNavette:
    """Open again, dated and reasoned: shares come back to those who had not declined, follow-ups are cancelled.

    An answer that was owed is owed again, within the usual delay from today.
    """
    fiche = appliquer_fiche(
        ActionFiche.ROUVRIR, fiche=fiche, acces=acces, texte="Fiche rouverte", journal=ActionJournal.REOUVERTURE,
        motif=motif, visibilite=Visibilite.COMITE,
        champs={
            "motif_reouverture": motif, "motif_cloture": "", "aboutissements": [], "cloture_annoncee": False,
        },
    )  # fmt: skip
    Suivi.objects.filter(fiche=fiche, fait_le=None, annule_le=None).update(annule_le=timezone.now())
    annuler(cle_prefixe=f"fiche:{fiche.pk}:cloture:", territoire_id=fiche.territoire_id)
    aujourd_hui = timezone.localdate()
    Orientation.objects.filter(fiche=fiche, etat=EtatOrientation.ENVOYEE, reponse_attendue_le__lt=aujourd_hui).exclude(
        genre=GenreOrientation.INFORMATION
    ).update(reponse_attendue_le=ajouter_jours_ouvres(aujourd_hui, fiche.territoire.delai_reponse))
    recalculer(fiche)
    # Accords may have been withdrawn meanwhile: what they no longer cover is annulled, not left waiting.
    appliquer_accords(acces=acces, fiche=fiche)
    return verrouiller(fiche)


@transaction.atomic
def noter_suivi(
    *,
    acces: Acces,
    suivi: Suivi,
    fait_le: date,
    est_active: bool | None,
    injoignable: bool = False,
    emplois: Decimal | None = None,
    note: str = "",
) -> Suivi:
    """What became of the enterprise; noting it again replaces it. Raises TransitionInterdite when it was cancelled."""
    suivi = Suivi.objects.select_for_update(of=("self",)).select_related("fiche").get(pk=suivi.pk)
    if suivi.annule_le is not None:
        raise TransitionInterdite("Ce suivi a été annulé par la réouverture de la fiche.")
    suivi.fait_le, suivi.fait_par_id = fait_le, acces.utilisateur_id
    suivi.est_active, suivi.injoignable = (None if injoignable else est_active), injoignable
    suivi.emplois, suivi.note = emplois, note
    suivi.save()
    if injoignable:
        dit = "injoignable"
    else:
        dit = {True: "toujours en activité", False: "n’est plus en activité"}.get(est_active, "noté")  # type: ignore[arg-type]
    journaliser(
        fiche=suivi.fiche, acces=acces, action=ActionJournal.SUIVI,
        texte=f"Suivi à {suivi.mois} mois{INSECABLE}: {dit}",
    )  # fmt: skip
    return suivi
