"""Persons: created, changed, recognised; and what they agree to share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.core.registres import personnes_modifiees
from apps.core.texte import chiffres, nettoyer, normaliser
from apps.documents.models import Fichier
from apps.partenaires.models import Organisme

from . import fusion as moteur
from .enums import GenreFusion, Portee
from .models import Accord, Fusion, Personne, TexteAccord

# Shorter numbers (« 18 », an extension) are not a key: many people would share them.
CHIFFRES_MIN = 9
CALCULES_PERSONNE = ("telephone_chiffres", "nom_normalise", "recherche")

TEXTE_PAR_DEFAUT = (
    "J’accepte que le guichet transmette ma demande et mes coordonnées aux partenaires que j’ai choisis, pour qu’ils "
    "puissent m’aider. Sans cet accord, ma demande est suivie par la coordination seule. Je peux retirer cet accord à "
    "tout moment : les partenaires n’y auront alors plus accès."
)


@dataclass(frozen=True)
class Doublon:
    """A person already known, and why they may be the same."""

    personne: Personne
    raison: str


@transaction.atomic
def creer(*, acces: Acces, **champs: Any) -> Personne:
    """A new person of the territoire of `acces`. Search and comparison columns are filled."""
    personne = Personne(territoire_id=acces.territoire_id, **champs)
    personne.preparer()
    personne.save()
    return personne


@transaction.atomic
def modifier(*, acces: Acces, personne: Personne, version: int | None, **champs: Any) -> Personne:
    """Write `champs` if `version` is still the stored one. Raises VersionPerimee, or ErreurMetier once merged."""
    actuelle = Personne.objects.filter(territoire=acces.territoire_id).select_related("commune").get(pk=personne.pk)
    if actuelle.fusionnee_dans_id:
        raise ErreurMetier("Cette personne a été fusionnée avec une autre : modifiez celle qui a été conservée.")
    if actuelle.version != version:
        raise VersionPerimee(actuel=actuelle)
    for nom, valeur in champs.items():
        setattr(actuelle, nom, valeur)
    actuelle.preparer()
    calcules = {nom: getattr(actuelle, nom) for nom in (*CALCULES_PERSONNE, "courriel")}
    fraiche = actuelle.enregistrer_version(version, {**champs, **calcules})
    for _cle, prevenir in personnes_modifiees:
        prevenir(acces, fraiche.pk)
    return fraiche


def doublons(
    *, acces: Acces, nom: str = "", prenom: str = "", courriel: str = "", telephone: str = "", sauf: int | None = None
) -> list[Doublon]:
    """Persons of the territoire with the same e-mail, telephone, or first and last name; never on an empty key.

    At most ten, those with most in common first. `sauf` leaves out the person at hand.
    """
    courriel, numero = courriel.strip().lower(), chiffres(telephone)[-CHIFFRES_MIN:]
    cle = normaliser(nom, prenom) if nettoyer(nom) and nettoyer(prenom) else ""
    condition = Q()
    if courriel:
        condition |= Q(courriel=courriel)
    if len(numero) >= CHIFFRES_MIN:
        # `recherche` also holds the digits of the second telephone.
        condition |= Q(telephone_chiffres=numero) | Q(recherche__contains=numero)
    if cle:
        condition |= Q(nom_normalise=cle)
    if not condition:
        return []
    candidates = Personne.objects.filter(territoire=acces.territoire_id).actives().exclude(pk=sauf)
    trouves = []
    for personne in candidates.filter(condition).select_related("commune")[:30]:
        raisons = []
        if courriel and personne.courriel == courriel:
            raisons.append("même adresse électronique")
        numeros = {chiffres(t)[-CHIFFRES_MIN:] for t in (personne.telephone, personne.telephone_2)}
        if len(numero) >= CHIFFRES_MIN and numero in numeros:
            raisons.append("même téléphone")
        if cle and personne.nom_normalise == cle:
            raisons.append("même nom et même prénom")
        if raisons:
            trouves.append((len(raisons), Doublon(personne, ", ".join(raisons))))
    trouves.sort(key=lambda t: -t[0])
    return [doublon for _, doublon in trouves[:10]]


def texte_accord_courant(territoire_id: int | None) -> TexteAccord:
    """The words that applicants agree to today; the first version is made when the territoire has none."""
    courant = TexteAccord.objects.filter(territoire=territoire_id).order_by("-version").first()
    if courant is None:
        courant, _ = TexteAccord.objects.get_or_create(
            territoire_id=territoire_id, version=1, defaults={"texte": TEXTE_PAR_DEFAUT}
        )
    return courant


@transaction.atomic
def publier_texte_accord(*, acces: Acces, texte: str) -> TexteAccord:
    """A new version of the words; former ones stay, because accords refer to them. Unchanged words make no version."""
    texte = nettoyer(texte)
    if not texte:
        raise ErreurMetier("Écrivez le texte de l’accord avant de le publier.")
    textes = TexteAccord.objects.filter(territoire=acces.territoire_id)
    courant = textes.order_by("-version").first()
    if courant is not None and courant.texte == texte:
        return courant
    derniere = textes.aggregate(v=Max("version"))["v"] or 0
    try:
        with transaction.atomic():
            return TexteAccord.objects.create(territoire_id=acces.territoire_id, version=derniere + 1, texte=texte)
    except IntegrityError:
        raise ErreurMetier(
            "Quelqu’un vient de publier une autre version : relisez-la avant de publier la vôtre."
        ) from None


@transaction.atomic
def donner_accord(
    *,
    acces: Acces,
    personne: Personne,
    portee: str,
    organismes: Iterable[Organisme] = (),
    comite: bool = False,
    canal: str,
    preuve: Fichier | None = None,
    donne_le: datetime | None = None,
) -> Accord:
    """Record what a person agrees to, on today's words. It replaces the accord in force, which stays as history.

    Raises ErreurMetier when named partners are announced without any, or dated after now.
    """
    choisis = list(organismes) if portee == Portee.NOMMES else []
    if portee == Portee.NOMMES and not choisis:
        raise ErreurMetier("Choisissez au moins un partenaire, ou indiquez que l’accord n’en concerne aucun.")
    if any(o.territoire_id != acces.territoire_id for o in choisis):
        raise ErreurMetier("Un des organismes choisis n’est pas de ce territoire.")
    maintenant = timezone.now()
    if donne_le is not None and donne_le > maintenant:
        raise ErreurMetier("La date de l’accord ne peut pas être dans le futur.")
    # Two accords given at once: the second waits, then replaces the first.
    Personne.objects.select_for_update(of=("self",)).get(pk=personne.pk, territoire=acces.territoire_id)
    Accord.objects.filter(personne=personne).en_vigueur().update(remplace_le=maintenant)
    accord = Accord.objects.create(
        territoire_id=acces.territoire_id,
        personne=personne,
        portee=portee,
        comite=comite,
        donne_le=donne_le or maintenant,
        canal=canal,
        texte=texte_accord_courant(acces.territoire_id),
        preuve=preuve,
        saisi_par_id=acces.utilisateur_id,
    )
    accord.organismes.set(choisis)
    _accord_change(acces, personne.pk)
    return accord


@transaction.atomic
def retirer_accord(*, acces: Acces, accord: Accord, canal: str) -> Accord:
    """The person takes the accord back. Raises TransitionInterdite when it is no longer in force."""
    touches = (
        Accord.objects.filter(pk=accord.pk, territoire=acces.territoire_id)
        .en_vigueur()
        .update(retire_le=timezone.now(), retire_canal=canal)
    )
    if not touches:
        raise TransitionInterdite("Cet accord n’est plus en vigueur : il a déjà été retiré ou remplacé.")
    accord.refresh_from_db()
    _accord_change(acces, accord.personne_id)
    return accord


def _accord_change(acces: Acces, personne_id: int) -> None:
    """What an accord opened must close at once, wherever it is withdrawn or replaced from."""
    for _cle, prevenir in personnes_modifiees:
        prevenir(acces, personne_id)


CHAMPS_FUSION = (
    "civilite", "prenom", "nom", "courriel", "telephone", "telephone_2", "adresse", "code_postal", "commune",
    "annee_naissance", "situation", "preference_contact", "note",
)  # fmt: skip


def apercu_fusion(*, conservee: Personne, absorbee: Personne) -> moteur.Apercu:
    """The fields that differ, with a proposal, and what would move."""
    return moteur.apercu(conservee=conservee, absorbee=absorbee, champs=CHAMPS_FUSION)


@transaction.atomic
def fusionner(*, acces: Acces, conservee: Personne, absorbee: Personne, choix: dict[str, str] | None = None) -> Fusion:
    """Merge `absorbee` into `conservee`; the accords of both stay, each with the fiche for which it was given.

    Without `choix` the empty fields of the kept one are filled. Raises ErreurMetier when either was merged already.
    """
    if choix is None:
        choix = {c.nom: c.propose for c in apercu_fusion(conservee=conservee, absorbee=absorbee).choix}
    fusion, _ = moteur.fusionner(
        acces=acces,
        genre=GenreFusion.PERSONNE,
        conservee=conservee,
        absorbee=absorbee,
        champs=CHAMPS_FUSION,
        choix=choix,
    )
    _prevenir(acces, fusion)
    return fusion


@transaction.atomic
def defaire_fusion(*, acces: Acces, fusion: Fusion) -> Personne:
    """Restore the merged person exactly. Raises ErreurMetier with what changed since."""
    _, absorbee = moteur.defaire(acces=acces, fusion=fusion, modele=Personne)
    _prevenir(acces, fusion)
    return absorbee


def _prevenir(acces: Acces, fusion: Fusion) -> None:
    for _cle, prevenir in personnes_modifiees:
        prevenir(acces, fusion.conservee_id)
        prevenir(acces, fusion.absorbee_id)
