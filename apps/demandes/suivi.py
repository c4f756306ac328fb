"""What the holder of a tracking link may read and do. Reading changes nothing: a mail scanner may open any link."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.acces.services import coordination_de
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.core.registres import gestes_suivi
from apps.courriels import services as courriels
from apps.courriels.models import Courriel
from apps.documents.models import Fichier
from apps.fiches import services as fiches
from apps.fiches import suivi_public
from apps.fiches.enums import ActionJournal, StatutFiche, Visibilite
from apps.fiches.models import FicheNavette
from apps.partenaires.models import Organisme
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Personne

from . import accords
from .enums import EtatDemande
from .liens import adresse, adresse_interne, creer_lien, lire_lien
from .models import Demande, LienSuivi, MessageDemandeur, PieceDemande

__all__ = [
    "Suivi",
    "agir",
    "ajouter_message",
    "changer_accord",
    "confirmer",
    "creer_lien",
    "fiche_ouverte",
    "inviter",
    "lire",
    "lire_lien",
    "renouveler",
    "retirer",
]

MESSAGES_PAR_JOUR = 20
PIECES_MAX = 50
TERMINEES = (EtatDemande.RENSEIGNEE, EtatDemande.TRANSMISE, EtatDemande.REFUSEE)


@dataclass(frozen=True)
class Suivi:
    """The tracking page of one link: nothing in it that an applicant may not know."""

    demande: Demande
    personne: Personne | None
    etapes: list[dict[str, Any]]
    suivie_par: list[dict[str, str]]
    attente_quoi: str = ""
    attente_jusquau: date | None = None
    rappel_avant: date | None = None
    phrase: str = ""
    messages: list[MessageDemandeur] = field(default_factory=list)
    pieces: list[PieceDemande] = field(default_factory=list)
    accord_portee: str = Portee.AUCUNE
    accord_organismes: list[Organisme] = field(default_factory=list)
    accord_comite: bool = False
    est_close: bool = False
    a_confirmer: bool = False
    principal: bool = True

    @property
    def a_un_accord(self) -> bool:
        return self.accord_portee != Portee.AUCUNE or self.accord_comite


def fiche_de(lien: LienSuivi) -> FicheNavette | None:
    """The fiche that this link opens, if any: a joined request opens nothing before the coordination has confirmed."""
    fiche = lien.demande.fiche
    if fiche is None or not lien.fiche_ouverte or fiche.statut == StatutFiche.ANNULEE:
        return None
    return fiche


def est_principal(lien: LienSuivi) -> bool:
    """The link of the person of the request, who alone may withdraw it; not that of another porteur."""
    return lien.personne_id is None or lien.personne_id == lien.demande.personne_id


def lire(lien: LienSuivi) -> Suivi:
    """Everything that the page shows, from what is stored; writes nothing."""
    demande, fiche = lien.demande, fiche_de(lien)
    portee, organismes, comite = accords.en_vigueur(demande, lien.de_la_personne)
    principal = est_principal(lien)
    en_attente = fiche is not None and fiche.statut == StatutFiche.EN_ATTENTE
    return Suivi(
        demande=demande,
        personne=lien.de_la_personne,
        etapes=_etapes(demande, fiche),
        suivie_par=_suivie_par(demande, fiche),
        attente_quoi=fiche.attente_quoi if fiche is not None and en_attente else "",
        attente_jusquau=fiche.attente_jusquau if fiche is not None and en_attente else None,
        rappel_avant=_rappel(demande, fiche),
        phrase=_phrase(demande, fiche),
        messages=list(demande.messages.all()) if principal else [],
        pieces=list(demande.pieces.select_related("fichier")) if principal else [],
        accord_portee=portee,
        accord_organismes=organismes,
        accord_comite=comite,
        est_close=demande.est_close,
        a_confirmer=principal and a_confirmer(demande),
        principal=principal,
    )


def a_confirmer(demande: Demande) -> bool:
    """Typed by somebody else, and the person has not yet said that it is theirs."""
    return bool(demande.saisie_role) and demande.confirmee_le is None and not demande.est_close


def etapes_sans_fiche(demande: Demande) -> list[dict[str, Any]]:
    """The line of four steps while nothing of a fiche may be shown; shorter once the request has ended at the door."""
    recue = {"libelle": "Reçue", "date": demande.recue_le, "etat": "faite"}
    if demande.retiree_le:
        return [recue, {"libelle": "Retirée", "date": demande.retiree_le, "etat": "faite"}]
    if demande.etat in TERMINEES:
        return [recue, {"libelle": "Réponse donnée", "date": demande.decidee_le, "etat": "faite"}]
    etudiee = demande.etat in (EtatDemande.FICHE_OUVERTE, EtatDemande.JOINTE)
    return [
        recue if etudiee else {**recue, "etat": "courante"},
        {
            "libelle": "Prise en charge par la coordination",
            "date": demande.decidee_le if etudiee else None,
            "etat": "courante" if etudiee else "a_venir",
        },
        {"libelle": "Chez un partenaire", "date": None, "etat": "a_venir"},
        {"libelle": "Terminée", "date": None, "etat": "a_venir"},
    ]


def _etapes(demande: Demande, fiche: FicheNavette | None) -> list[dict[str, Any]]:
    """The line of steps; for the applicant it begins on the day of the request, not of the fiche."""
    if fiche is None or demande.retiree_le:
        return etapes_sans_fiche(demande)
    premiere, *suite = suivi_public.etapes(fiche)
    return [{**premiere, "date": demande.recue_le}, *suite]


def _suivie_par(demande: Demande, fiche: FicheNavette | None) -> list[dict[str, str]]:
    """Names and telephones: those of the fiche, and at least the coordination's."""
    trouves = suivi_public.interlocuteurs(fiche) if fiche is not None and not demande.retiree_le else []
    if trouves:
        return trouves
    territoire = demande.territoire
    return [{"nom": f"La coordination du {territoire.nom}", "organisme": "", "telephone": territoire.telephone}]


def _rappel(demande: Demande, fiche: FicheNavette | None) -> date | None:
    """By when somebody calls, as long as nobody has."""
    if demande.est_close or demande.etat in TERMINEES:
        return None
    if fiche is not None:
        return None if fiche.premier_contact_le or not fiche.est_ouverte else fiche.premier_contact_avant
    if demande.etat == EtatDemande.JOINTE:
        return None
    return demande.rappel_avant


def _phrase(demande: Demande, fiche: FicheNavette | None) -> str:
    """Where it is, in one sentence; never why a partner declined, nor what the committee said."""
    if demande.retiree_le:
        return "Vous avez retiré cette demande. Nous n’y donnons pas suite."
    if demande.etat == EtatDemande.INDESIRABLE:
        return "Votre demande est bien arrivée. Elle attend d’être étudiée."
    if demande.etat in TERMINEES:
        return "Une réponse vous a été donnée. Pour toute question, appelez-nous ou écrivez-nous."
    if fiche is not None:
        return suivi_public.phrase(fiche)
    if demande.etat in (EtatDemande.FICHE_OUVERTE, EtatDemande.JOINTE):
        return "La coordination a étudié votre demande et la suit."
    return "Votre demande est bien arrivée. La coordination va l’étudier."


def _verrouiller(lien: LienSuivi, acces: Acces) -> LienSuivi:
    """The link and its request as the database has them, locked. Raises TransitionInterdite once it has expired."""
    Demande.objects.select_for_update(of=("self",)).get(pk=lien.demande_id, territoire=acces.territoire_id)
    actuel = LienSuivi.objects.select_related(
        "territoire", "personne", "demande__territoire", "demande__personne", "demande__fiche"
    ).get(pk=lien.pk)
    if not actuel.est_valable:
        raise TransitionInterdite("Ce lien n’est plus valable : demandez-en un autre.")
    LienSuivi.objects.filter(pk=lien.pk).update(derniere_visite_le=timezone.now())
    return actuel


@transaction.atomic
def confirmer(
    *,
    acces: Acces,
    lien: LienSuivi,
    portee: str = Portee.AUCUNE,
    organismes: Iterable[Organisme] = (),
    comite: bool = False,
) -> Demande:
    """The person says that the request typed for them is theirs, has read the notice, and chooses what may be shared.

    Idempotent. Before this nothing is shared with a partner. Raises TransitionInterdite when it was withdrawn.
    """
    lien = _verrouiller(lien, acces)
    demande = lien.demande
    if demande.est_close:
        raise TransitionInterdite("Cette demande a été retirée : elle ne peut plus être confirmée.")
    if not est_principal(lien):
        raise ErreurMetier("Seule la personne de la demande peut la confirmer.")
    if demande.confirmee_le is None:
        demande.confirmee_le = timezone.now()
        demande.notice_version, demande.notice_lue_le = demande.territoire.notice_version, demande.confirmee_le
        if demande.etat == EtatDemande.A_CONFIRMER:
            demande.etat = EtatDemande.A_QUALIFIER
        demande.version += 1
        demande.save()
        if demande.fiche is not None:
            fiches.journaliser(
                fiche=demande.fiche,
                acces=acces,
                action=ActionJournal.DEMANDE,
                texte=f"Demande {demande.reference} confirmée par la personne",
                visibilite=Visibilite.COORDINATION,
            )
    # Whatever was noted for the person gives way to what they choose, nothing included.
    accords.donner(
        acces=acces, demande=demande, portee=portee, organismes=organismes, comite=comite, canal=CanalAccord.SUIVI
    )
    demande.refresh_from_db()
    return demande


@transaction.atomic
def changer_accord(
    *, acces: Acces, lien: LienSuivi, portee: str, organismes: Iterable[Organisme] = (), comite: bool = False
) -> None:
    """Give, extend, narrow or withdraw one's own accord, at once. Nothing changes when it is already so."""
    lien = _verrouiller(lien, acces)
    organismes = list(organismes)
    voulu = (portee, {o.pk for o in organismes} if portee == Portee.NOMMES else set(), comite)
    portee_actuelle, actuels, comite_actuel = accords.en_vigueur(lien.demande, lien.de_la_personne)
    if voulu == (portee_actuelle, {o.pk for o in actuels}, comite_actuel):
        return
    accords.donner(
        acces=acces,
        demande=lien.demande,
        portee=portee,
        organismes=organismes,
        comite=comite,
        canal=CanalAccord.SUIVI,
        personne=lien.personne,
    )


@transaction.atomic
def ajouter_message(
    *, acces: Acces, lien: LienSuivi, texte: str = "", fichiers: Iterable[Fichier] = ()
) -> MessageDemandeur | None:
    """A message, files, or both, from the applicant. Read by the coordination, and by the partners who have the fiche.

    Raises ErreurMetier when there is nothing, or beyond MESSAGES_PAR_JOUR messages a day and PIECES_MAX files in all.
    """
    lien = _verrouiller(lien, acces)
    demande, fiche, fichiers, texte = lien.demande, fiche_de(lien), list(fichiers), texte.strip()
    if not texte and not fichiers:
        raise ErreurMetier("Écrivez un message ou choisissez un fichier.")
    depuis = timezone.now() - timedelta(days=1)
    if demande.messages.filter(quand__gte=depuis).count() >= MESSAGES_PAR_JOUR:
        raise ErreurMetier("Vous avez déjà envoyé beaucoup de messages aujourd’hui : appelez-nous, ou écrivez demain.")
    if fichiers and demande.pieces.count() + len(fichiers) > PIECES_MAX:
        raise ErreurMetier(f"Cette demande a déjà {PIECES_MAX} pièces : appelez-nous pour en transmettre d’autres.")
    visibilite = _visibilite(lien, fiche)
    message = MessageDemandeur.objects.create(territoire_id=demande.territoire_id, demande=demande, texte=texte)
    for fichier in fichiers:
        PieceDemande.objects.create(territoire_id=demande.territoire_id, demande=demande, fichier=fichier)
        if demande.fiche is not None:
            fiches.ajouter_piece(
                acces=acces,
                fiche=demande.fiche,
                fichier=fichier,
                titre=fichier.nom,
                visibilite=visibilite,
                du_demandeur=True,
            )
    if demande.fiche is not None and texte:
        fiches.journaliser(
            fiche=demande.fiche,
            acces=acces,
            action=ActionJournal.MESSAGE,
            texte="Message du demandeur",
            motif=texte,
            visibilite=visibilite,
        )
    _prevenir(
        demande,
        f"message:{message.pk}",
        "Message du demandeur",
        "Le demandeur a écrit ou ajouté une pièce depuis sa page de suivi.",
    )
    return message


def _visibilite(lien: LienSuivi, fiche: FicheNavette | None) -> Visibilite:
    """The partners of a fiche read what its applicants send, whose accords opened it to them; nobody else's words."""
    if fiche is not None and fiche.demandeurs.filter(personne=lien.de_la_personne).exists():
        return Visibilite.PARTENAIRES
    return Visibilite.COORDINATION


def fiche_ouverte(lien: LienSuivi) -> FicheNavette | None:
    """The fiche of which the applicant is shown what they have to do: followed still, opened by their link."""
    fiche = fiche_de(lien)
    return fiche if fiche is not None and fiche.est_ouverte and not lien.demande.est_close else None


@transaction.atomic
def agir(*, acces: Acces, lien: LienSuivi, geste: str, objet: str) -> str:
    """Do what a block of the page offers; the sentence to show. Raises ErreurMetier when it is no longer possible."""
    fiche = fiche_ouverte(_verrouiller(lien, acces))
    if fiche is None or geste not in gestes_suivi:
        raise TransitionInterdite("Ce n’est plus possible : rechargez la page, ou appelez-nous.")
    return gestes_suivi[geste](acces, fiche, objet)


@transaction.atomic
def retirer(*, acces: Acces, lien: LienSuivi) -> Demande:
    """The applicant withdraws the request, and with it their accord. Before triage it is closed; a fiche is closed by
    the coordination, which is told. Idempotent.
    """
    lien = _verrouiller(lien, acces)
    demande = lien.demande
    if not est_principal(lien):
        raise ErreurMetier("Seule la personne de la demande peut la retirer.")
    if demande.retiree_le is not None:
        return demande
    demande.retiree_le = timezone.now()
    if demande.etat in (EtatDemande.A_QUALIFIER, EtatDemande.A_CONFIRMER):
        demande.etat, demande.decidee_le = EtatDemande.RETIREE, demande.retiree_le
    demande.version += 1
    demande.save()
    accords.retirer(acces=acces, demande=demande, canal=CanalAccord.SUIVI)
    if demande.fiche is not None:
        fiches.journaliser(
            fiche=demande.fiche,
            acces=acces,
            action=ActionJournal.DEMANDE,
            texte=f"Demande {demande.reference} retirée par le demandeur",
            visibilite=Visibilite.PARTENAIRES if lien.fiche_ouverte else Visibilite.COORDINATION,
        )
    _prevenir(demande, "retrait", "Demande retirée", "Le demandeur a retiré sa demande depuis sa page de suivi.")
    demande.refresh_from_db()
    return demande


def _prevenir(demande: Demande, cle: str, quoi: str, phrase: str) -> None:
    """Tell the person in charge of the fiche, else each coordinator. No name of the applicant in the mail."""
    responsable = demande.fiche.responsable if demande.fiche is not None else None
    destinataires: list[Utilisateur] = coordination_de(demande.territoire_id)
    if responsable is not None and responsable in destinataires:
        destinataires = [responsable]
    for utilisateur in destinataires:
        courriels.ecrire(
            gabarit="suivi_message",
            destinataire=utilisateur.courriel,
            donnees={
                "prenom": utilisateur.prenom,
                "quoi": quoi,
                "phrase": phrase,
                "reference": demande.reference,
                "lien": adresse_interne(demande),
            },
            cle=f"suivi:{demande.pk}:{cle}:{utilisateur.pk}",
            territoire_id=demande.territoire_id,
            objet="demande",
            objet_id=demande.reference,
        )


@transaction.atomic
def inviter(*, acces: Acces, demande: Demande, personne: Personne) -> LienSuivi | None:
    """Send their own link to another porteur; None when they have no e-mail."""
    if not personne.courriel:
        return None
    return _envoyer_lien(acces=acces, demande=demande, personne=personne, quand=timezone.now())


@transaction.atomic
def renouveler(*, acces: Acces, courriel: str, reference: str) -> None:
    """Send a new link to the address of the request or of one of its porteurs. Says nothing: known or not, same answer.

    At most one mail a quarter of an hour for a request and an address.
    """
    courriel = courriel.strip().lower()
    if not courriel or not reference.strip():
        return
    demande = (
        Demande.objects.filter(territoire=acces.territoire_id, reference__iexact=reference.strip())
        .filter(Q(courriel=courriel) | Q(personne__courriel=courriel) | Q(liens__personne__courriel=courriel))
        .exclude(etat=EtatDemande.INDESIRABLE)
        .select_related("territoire", "personne")
        .distinct()
        .first()
    )
    if demande is None:
        return
    du_demandeur = courriel == demande.courriel or (
        demande.personne is not None and courriel == demande.personne.courriel
    )
    personne = None
    if not du_demandeur:
        personne = next(
            (
                x.personne
                for x in demande.liens.select_related("personne")
                if x.personne and x.personne.courriel == courriel
            ),
            None,
        )
    _envoyer_lien(acces=acces, demande=demande, personne=personne, quand=timezone.now(), courriel=courriel)


def _envoyer_lien(
    *, acces: Acces, demande: Demande, personne: Personne | None, quand: datetime, courriel: str = ""
) -> LienSuivi | None:
    """The mail with a new link; none when one left less than a quarter of an hour ago (the key says which)."""
    qui = personne.pk if personne else 0
    cle = f"suivi_lien:{demande.pk}:{qui}:{int(quand.timestamp()) // 900}"
    if Courriel.objects.filter(territoire=demande.territoire_id, cle=cle).exists():
        return None
    lien, jeton = creer_lien(acces=acces, demande=demande, personne=personne)
    courriels.ecrire(
        gabarit="suivi_lien",
        destinataire=courriel or (personne.courriel if personne else demande.courriel),
        donnees={
            "demandeur": str(personne) if personne else demande.demandeur,
            "reference": demande.reference,
            "lien": adresse(demande, jeton),
            "jours": demande.territoire.jours_lien_suivi,
        },
        cle=cle,
        territoire_id=demande.territoire_id,
        repondre_a=demande.territoire.courriel,
        objet="demande",
        objet_id=demande.reference,
    )
    return lien
