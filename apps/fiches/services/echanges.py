"""What happened: échanges and pièces, each with who reads it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import jour_de
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.documents.models import Fichier
from apps.documents.services import recevoir
from apps.partenaires.models import Organisme

from ..enums import ActionJournal, EtatOrientation, GenreEchange, GenreOrientation, Visibilite
from ..journal import journaliser, signature
from ..models import Echange, FicheNavette, Orientation, Participant, PieceFiche
from ..workflow import verrouiller


def _ouverte(fiche: FicheNavette) -> FicheNavette:
    fiche = verrouiller(fiche)
    if not fiche.est_ouverte:
        raise TransitionInterdite(f"La fiche {fiche.numero} n’est plus ouverte : rouvrez-la d’abord.")
    return fiche


@transaction.atomic
def noter_echange(
    *,
    acces: Acces,
    fiche: FicheNavette,
    genre: str,
    texte: str = "",
    survenu_le: datetime | None = None,
    a_une_heure: bool | None = None,
    avec_demandeur: bool = True,
    participants: Iterable[Organisme | str] = (),
    visibilite: str = Visibilite.PARTENAIRES,
    fichiers: Iterable[UploadedFile] = (),
) -> Echange:
    """Note a call, a visit, a meeting… A date to come is what is planned. Files take the échange's visibility.

    `participants`: organismes, or names of others. Raises TransitionInterdite on a fiche that is not open.
    """
    fiche = _ouverte(fiche)
    maintenant = timezone.now()
    moment = survenu_le or maintenant
    echange = Echange.objects.create(
        territoire_id=fiche.territoire_id,
        fiche=fiche,
        genre=genre,
        survenu_le=moment,
        a_une_heure=survenu_le is None if a_une_heure is None else a_une_heure,
        avec_demandeur=avec_demandeur and genre != GenreEchange.NOTE,
        texte=texte,
        visibilite=visibilite,
        **signature(acces),
    )
    _poser_participants(echange, participants)
    for fichier in fichiers:
        _ranger(acces, fiche, recevoir(fichier=fichier, acces=acces), "", visibilite, echange, False)
    _mettre_a_jour(acces, fiche, echange, maintenant)
    return echange


def _poser_participants(echange: Echange, participants: Iterable[Organisme | str]) -> None:
    lignes = [
        Participant(territoire_id=echange.territoire_id, echange=echange, organisme=p)
        if isinstance(p, Organisme)
        else Participant(territoire_id=echange.territoire_id, echange=echange, nom=str(p).strip()[:120])
        for p in participants
        if isinstance(p, Organisme) or str(p).strip()
    ]
    Participant.objects.bulk_create(lignes)
    echange.participants_dits = ", ".join(
        ligne.organisme.nom_le(jour_de(echange.survenu_le)) if ligne.organisme else ligne.nom for ligne in lignes
    )[:500]
    Echange.objects.filter(pk=echange.pk).update(participants_dits=echange.participants_dits)


def _mettre_a_jour(acces: Acces, fiche: FicheNavette, echange: Echange, maintenant: datetime) -> None:
    """Last activity, and who first met the applicant and when: the coordination's, and the partner's section."""
    fiche.derniere_activite_le = max(fiche.derniere_activite_le, min(echange.survenu_le, maintenant))
    ecrits = ["derniere_activite_le", "modifie_le"]
    jour = jour_de(echange.survenu_le)
    contact = echange.avec_demandeur and echange.survenu_le <= maintenant
    if contact and (fiche.premier_contact_le is None or jour < fiche.premier_contact_le):
        fiche.premier_contact_le = jour
        ecrits.append("premier_contact_le")
    fiche.save(update_fields=ecrits)
    if contact and acces.organisme_id:
        for o in Orientation.objects.filter(
            fiche=fiche, organisme=acces.organisme_id, genre=GenreOrientation.ACCOMPAGNEMENT
        ).exclude(etat__in=(EtatOrientation.ANNULEE, EtatOrientation.DECLINEE)):
            if o.premier_contact_le is None or jour < o.premier_contact_le:
                o.premier_contact_le = jour
                o.save(update_fields=["premier_contact_le", "modifie_le"])


@transaction.atomic
def modifier_echange(*, acces: Acces, echange: Echange, version: int | None, **champs: Any) -> Echange:
    """Correct one's own échange; the journal keeps that it was. Raises VersionPerimee when somebody else did before."""
    fiche = _ouverte(echange.fiche)
    participants = champs.pop("participants", None)
    actuel = Echange.objects.get(pk=echange.pk)
    if actuel.version != version:
        raise VersionPerimee(actuel=actuel)
    if actuel.supprime_le is not None:
        raise TransitionInterdite("Cet échange a été retiré.")
    if champs.get("survenu_le") is None:
        champs.pop("survenu_le", None)
        champs.pop("a_une_heure", None)
    if champs.get("genre", actuel.genre) == GenreEchange.NOTE:
        champs["avec_demandeur"] = False
    nouveau = actuel.enregistrer_version(version, champs)
    if participants is not None:
        nouveau.participants.all().delete()
        _poser_participants(nouveau, participants)
    PieceFiche.objects.filter(echange=nouveau).update(visibilite=nouveau.visibilite)
    _mettre_a_jour(acces, fiche, nouveau, timezone.now())
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.ECHANGE, visibilite=nouveau.visibilite,
        texte=f"{nouveau.get_genre_display()} du {jour_de(nouveau.survenu_le):%d/%m/%Y} corrigé",
    )  # fmt: skip
    return nouveau


@transaction.atomic
def retirer_echange(*, acces: Acces, echange: Echange) -> None:
    """Take back what one wrote: its text is no longer shown, the journal keeps that it existed."""
    fiche = _ouverte(echange.fiche)
    touches = Echange.objects.filter(pk=echange.pk, supprime_le=None).update(supprime_le=timezone.now())
    if not touches:
        raise TransitionInterdite("Cet échange a déjà été retiré.")
    PieceFiche.objects.filter(echange=echange, retiree_le=None).update(retiree_le=timezone.now())
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.ECHANGE, visibilite=echange.visibilite,
        texte=f"{echange.get_genre_display()} du {jour_de(echange.survenu_le):%d/%m/%Y} retiré par son auteur",
    )  # fmt: skip


def _ranger(
    acces: Acces,
    fiche: FicheNavette,
    fichier: Fichier,
    titre: str,
    visibilite: str,
    echange: Echange | None,
    du_demandeur: bool,
) -> PieceFiche:
    qui = signature(acces)
    return PieceFiche.objects.create(
        territoire_id=fiche.territoire_id,
        fiche=fiche,
        fichier=fichier,
        titre=titre,
        echange=echange,
        depose_par=qui["auteur"],
        depose_par_nom=qui["auteur_nom"],
        organisme=qui["organisme"],
        du_demandeur=du_demandeur,
        visibilite=visibilite,
    )


@transaction.atomic
def ajouter_piece(
    *,
    acces: Acces,
    fiche: FicheNavette,
    fichier: UploadedFile | Fichier,
    titre: str = "",
    visibilite: str = Visibilite.PARTENAIRES,
    echange: Echange | None = None,
    du_demandeur: bool = False,
) -> PieceFiche:
    """Add a file, just sent or already received with a demande. Raises ErreurMetier when it is refused.

    What the applicant sends is kept even after closing.
    """
    fiche = verrouiller(fiche) if du_demandeur else _ouverte(fiche)
    recu = fichier if isinstance(fichier, Fichier) else recevoir(fichier=fichier, acces=acces)
    if recu.territoire_id != fiche.territoire_id:
        raise ErreurMetier("Ce fichier n’est pas de ce territoire.")
    piece = _ranger(acces, fiche, recu, titre, visibilite, echange, du_demandeur)
    fiche.derniere_activite_le = timezone.now()
    fiche.save(update_fields=["derniere_activite_le", "modifie_le"])
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.PIECE, texte=f"Pièce ajoutée : {piece}", visibilite=visibilite
    )
    return piece


@transaction.atomic
def retirer_piece(*, acces: Acces, piece: PieceFiche) -> None:
    """A withdrawn file is served to nobody; the journal keeps its title."""
    touches = PieceFiche.objects.filter(pk=piece.pk, retiree_le=None).update(retiree_le=timezone.now())
    if not touches:
        raise TransitionInterdite("Cette pièce a déjà été retirée.")
    journaliser(
        fiche=piece.fiche, acces=acces, action=ActionJournal.PIECE, texte=f"Pièce retirée : {piece}",
        visibilite=piece.visibilite,
    )  # fmt: skip
