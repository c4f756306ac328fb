"""The request arrives: typed in the public form, or by somebody of the territoire for the person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.acces.services import coordination_de
from apps.core.acces import Acces
from apps.core.dates import ajouter_jours_ouvres
from apps.core.erreurs import ErreurMetier
from apps.courriels import services as courriels
from apps.documents.models import Fichier
from apps.fiches import services as fiches
from apps.fiches.enums import Origine
from apps.partenaires.models import Organisme
from apps.personnes import services as personnes
from apps.personnes.enums import Portee
from apps.territoires.models import Territoire, Theme

from . import textes
from .enums import Canal, EtatDemande
from .liens import adresse, adresse_interne, creer_lien
from .models import Demande, PieceDemande

SERIE = "D"
# What the applicant says; the rest of a Demande is decided here.
CHAMPS = frozenset({
    "civilite", "prenom", "nom", "courriel", "telephone", "preference_contact", "genre", "siret", "entreprise_nom",
    "effectif", "projet", "natures", "emplois_prevus", "commune", "commune_libre", "message", "prescripteur",
})  # fmt: skip


@transaction.atomic
def deposer(
    *,
    acces: Acces,
    cle_unicite: UUID,
    champs: Mapping[str, Any],
    themes: Iterable[Theme] = (),
    fichiers: Iterable[Fichier] = (),
    canal: str = Canal.WEB,
    origine: str = Origine.DIRECTE,
    accord_portee: str = Portee.AUCUNE,
    accord_organismes: Iterable[Organisme] = (),
    accord_comite: bool = False,
    accord_canal: str = "",
    notice_lue: bool = False,
    recue_le: datetime | None = None,
) -> Demande:
    """Record a request, with its number, its files and the mails that follow. The same `cle_unicite` makes one request.

    `champs`: see CHAMPS; a name and one means of contact suffice. When `acces` is a person of the territoire, the
    request is marked as typed by them: the applicant gets the notice by mail and confirms before anything is shared,
    unless the coordination itself heard or received the accord (`accord_canal`). Raises ErreurMetier when nothing joins
    the person, or when a theme or an organisme is another territoire's.
    """
    assert acces.territoire_id is not None
    inconnus = set(champs) - CHAMPS
    if inconnus:
        raise TypeError(f"Champs inconnus : {', '.join(sorted(inconnus))}")
    deja = Demande.objects.filter(territoire=acces.territoire_id, cle_unicite=cle_unicite).first()
    if deja is not None:
        return deja
    demande = Demande(
        territoire_id=acces.territoire_id, cle_unicite=cle_unicite, canal=canal, origine=origine, **champs
    )
    _verifier(demande)
    _saisie(demande, acces)
    _accord(demande, acces, portee=accord_portee, comite=accord_comite, canal=accord_canal)
    _dates(demande, recue_le or timezone.now(), notice_lue=notice_lue)
    themes, organismes = list(themes), list(accord_organismes) if accord_portee == Portee.NOMMES else []
    if any(x.territoire_id != acces.territoire_id for x in (*themes, *organismes)):
        raise ErreurMetier("Un des choix n’est pas de ce territoire : rechargez la page.")
    try:
        with transaction.atomic():
            return _enregistrer(demande, acces, themes=themes, organismes=organismes, fichiers=list(fichiers))
    except IntegrityError:
        # The same form, sent twice at the same time: the first one counts, and takes no second number.
        deja = Demande.objects.filter(territoire=acces.territoire_id, cle_unicite=cle_unicite).first()
        if deja is None:
            raise
        return deja


@transaction.atomic
def saisir(*, acces: Acces, donnees: Mapping[str, Any], accord: Mapping[str, Any]) -> Demande:
    """The same request typed for somebody by the coordination, an accueil or a référent: `donnees` of SaisieForm."""
    champs = {nom: donnees[nom] for nom in CHAMPS if donnees.get(nom) not in (None, "")}
    return deposer(
        acces=acces,
        cle_unicite=donnees["cle"],
        champs=champs,
        themes=donnees.get("themes") or (),
        canal=donnees["canal"],
        origine=donnees["origine"],
        **accord,
    )


def _verifier(demande: Demande) -> None:
    if not demande.nom.strip():
        raise ErreurMetier("Indiquez au moins un nom.")
    if not demande.courriel.strip() and not demande.telephone.strip():
        raise ErreurMetier("Indiquez un courriel ou un téléphone : l’un des deux suffit.")


def _saisie(demande: Demande, acces: Acces) -> None:
    """Who typed it, when it is not the applicant."""
    if acces.utilisateur_id is None:
        return
    demande.saisie_par_id = acces.utilisateur_id
    demande.saisie_role = acces.role
    demande.saisie_organisme_id = acces.organisme_id


def _accord(demande: Demande, acces: Acces, *, portee: str, comite: bool, canal: str) -> None:
    """The accord, with its date and words. Somebody outside the coordination cannot record it for the person."""
    if portee == Portee.AUCUNE and not comite:
        return
    par_un_tiers = bool(demande.saisie_role) and not acces.est_coordination
    demande.accord_portee = portee
    demande.accord_comite = comite
    demande.accord_canal = "" if par_un_tiers else canal
    demande.accord_version = personnes.texte_accord_courant(demande.territoire_id).version
    demande.accord_donne_le = None if par_un_tiers else timezone.now()
    if demande.saisie_role and not par_un_tiers and canal:
        demande.confirmee_le = timezone.now()


def _dates(demande: Demande, recue_le: datetime, *, notice_lue: bool) -> None:
    territoire = Territoire.objects.get(pk=demande.territoire_id)
    demande.recue_le = recue_le
    demande.rappel_avant = ajouter_jours_ouvres(timezone.localdate(recue_le), territoire.delai_premier_contact)
    demande.annee = timezone.localdate(recue_le).year
    if notice_lue:
        demande.notice_version, demande.notice_lue_le = territoire.notice_version, timezone.now()
    if demande.commune is not None:
        demande.hors_territoire = not territoire.communes.filter(pk=demande.commune.pk).exists()
    attend = demande.saisie_role and demande.courriel and demande.confirmee_le is None
    demande.etat = EtatDemande.A_CONFIRMER if attend else EtatDemande.A_QUALIFIER


def _enregistrer(
    demande: Demande, acces: Acces, *, themes: list[Theme], organismes: list[Organisme], fichiers: list[Fichier]
) -> Demande:
    demande.annee, demande.rang, demande.reference = fiches.numeroter(
        territoire_id=demande.territoire_id, serie=SERIE, annee=demande.annee
    )
    demande.preparer()
    demande.save()
    demande.themes.set(themes)
    demande.accord_organismes.set(organismes)
    PieceDemande.objects.bulk_create(
        PieceDemande(territoire_id=demande.territoire_id, demande=demande, fichier=f) for f in fichiers
    )
    _accuser_reception(demande, acces)
    _prevenir_la_coordination(demande)
    return demande


def _accuser_reception(demande: Demande, acces: Acces) -> None:
    """The reference and the tracking link at once; typed by somebody else: the notice, and a page to confirm."""
    if not demande.courriel:
        return
    _, jeton = creer_lien(acces=acces, demande=demande)
    territoire = demande.territoire
    courriels.ecrire(
        gabarit="demande_a_confirmer" if demande.etat == EtatDemande.A_CONFIRMER else "demande_recue",
        destinataire=demande.courriel,
        donnees={
            "demandeur": demande.demandeur,
            "reference": demande.reference,
            "recue_le": demande.recue_le,
            "rappel_avant": demande.rappel_avant,
            "lien": adresse(demande, jeton),
            "lien_confirmation": adresse(demande, jeton, "confirmer"),
            "jours": territoire.jours_lien_suivi,
            "notice": textes.notice(territoire),
            "base_legale": textes.base_legale(territoire),
            "responsable": textes.responsable(territoire),
            "contact": textes.contact(territoire),
            "saisie": bool(demande.saisie_role),
        },
        cle=f"demande_recue:{demande.pk}",
        territoire_id=territoire.pk,
        repondre_a=territoire.courriel,
        objet="demande",
        objet_id=demande.reference,
    )


def _prevenir_la_coordination(demande: Demande) -> None:
    """One line to each coordinator, without a name in it; not to the one who has just typed the request."""
    for utilisateur in coordination_de(demande.territoire_id):
        if utilisateur.pk == demande.saisie_par_id:
            continue
        courriels.ecrire(
            gabarit="demande_nouvelle",
            destinataire=utilisateur.courriel,
            donnees={
                "prenom": utilisateur.prenom,
                "reference": demande.reference,
                "canal": demande.get_canal_display().lower(),
                "rappel_avant": demande.rappel_avant,
                "lien": adresse_interne(demande),
            },
            cle=f"demande_nouvelle:{demande.pk}:{utilisateur.pk}",
            territoire_id=demande.territoire_id,
            objet="demande",
            objet_id=demande.reference,
        )
