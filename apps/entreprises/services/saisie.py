"""Entreprises created, changed, recognised, and the people who speak for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, VersionPerimee
from apps.core.texte import chiffres, normaliser
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.entreprises.siret import valider_siren, valider_siret
from apps.personnes.models import Personne
from apps.personnes.services import CHIFFRES_MIN
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire

CALCULES = (
    "siret", "siren", "etat_siret", "courriel", "nom_normalise", "enseigne_normalisee", "recherche",
    "recherche_publique",
)  # fmt: skip
DEJA_CE_SIRET = "Une entreprise de ce territoire porte déjà ce SIRET : ouvrez-la plutôt que d’en créer une seconde."


@dataclass(frozen=True)
class Doublon:
    """An entreprise already known, and why it may be the same."""

    entreprise: Entreprise
    raison: str


def _verifier_numeros(champs: dict[str, Any]) -> None:
    if champs.get("siret"):
        champs["siret"] = valider_siret(champs["siret"])
    elif champs.get("siren"):
        champs["siren"] = valider_siren(champs["siren"])


def _siret_libre(territoire_id: int | None, siret: str | None, sauf: int | None = None) -> None:
    """Raises ErreurMetier when another entreprise of the territoire holds the SIRET."""
    tenues = Entreprise.objects.filter(territoire=territoire_id, siret=siret).actives()
    if siret and tenues.exclude(pk=sauf).exists():
        raise ErreurMetier(DEJA_CE_SIRET)


@transaction.atomic
def creer(*, acces: Acces, **champs: Any) -> Entreprise:
    """A new entreprise of the territoire of `acces`. Raises ErreurMetier for a wrong SIRET or one already held."""
    _verifier_numeros(champs)
    _siret_libre(acces.territoire_id, champs.get("siret"))
    entreprise = Entreprise(territoire_id=acces.territoire_id, **champs)
    entreprise.preparer()
    try:
        with transaction.atomic():
            entreprise.save()
    except IntegrityError as erreur:
        if "siret" not in str(erreur):
            raise
        raise ErreurMetier(DEJA_CE_SIRET) from None
    return entreprise


@transaction.atomic
def modifier(*, acces: Acces, entreprise: Entreprise, version: int | None, **champs: Any) -> Entreprise:
    """Write `champs` if `version` is still the stored one.

    Raises VersionPerimee (with the stored one), ErreurMetier for a wrong or held SIRET, or once merged into another.
    """
    actuelle = Entreprise.objects.filter(territoire=acces.territoire_id).select_related("commune").get(pk=entreprise.pk)
    if actuelle.fusionnee_dans_id:
        raise ErreurMetier("Cette entreprise a été fusionnée avec une autre : modifiez celle qui a été conservée.")
    if actuelle.version != version:
        raise VersionPerimee(actuel=actuelle)
    if champs.get("siret") != actuelle.siret or champs.get("siren", "") != actuelle.siren:
        _verifier_numeros(champs)
    for nom, valeur in champs.items():
        setattr(actuelle, nom, valeur)
    actuelle.preparer()
    _siret_libre(acces.territoire_id, actuelle.siret, sauf=actuelle.pk)
    calcules = {nom: getattr(actuelle, nom) for nom in CALCULES}
    return actuelle.enregistrer_version(version, {**champs, **calcules})


def doublons(
    *,
    acces: Acces,
    siret: str = "",
    nom: str = "",
    commune: Commune | None = None,
    courriel: str = "",
    telephone: str = "",
    sauf: int | None = None,
) -> list[Doublon]:
    """Entreprises of the territoire that may be the one described; never on an empty key.

    Same SIRET; same name or enseigne in the same commune; same e-mail or telephone, the entreprise's own or that of
    somebody who speaks for it. At most ten, those with most in common first.
    """
    siret, courriel, cle = chiffres(siret), courriel.strip().lower(), normaliser(nom)[:160]
    numero = chiffres(telephone)[-CHIFFRES_MIN:]
    numero = numero if len(numero) == CHIFFRES_MIN else ""
    condition, contacts = Q(), Q()
    if len(siret) == 14:
        condition |= Q(siret=siret)
    if cle and commune is not None:
        condition |= Q(nom_normalise=cle, commune=commune) | Q(enseigne_normalisee=cle, commune=commune)
    if courriel:
        condition |= Q(courriel=courriel)
        contacts |= Q(personne__courriel=courriel)
    if numero:
        condition |= Q(recherche__contains=numero)
        contacts |= Q(personne__telephone_chiffres=numero) | Q(personne__recherche__contains=numero)
    if not condition:
        return []
    connues = Entreprise.objects.filter(territoire=acces.territoire_id).actives().exclude(pk=sauf)
    raisons: dict[Entreprise, list[str]] = {}
    for e in connues.filter(condition).select_related("commune")[:30]:
        motifs = []
        if len(siret) == 14 and e.siret == siret:
            motifs.append("même SIRET")
        if (
            cle
            and commune is not None
            and e.commune_id == commune.pk
            and cle in (e.nom_normalise, e.enseigne_normalisee)
        ):
            motifs.append("même nom, même commune")
        if courriel and e.courriel == courriel:
            motifs.append("même adresse électronique")
        if numero and chiffres(e.telephone)[-CHIFFRES_MIN:] == numero:
            motifs.append("même téléphone")
        if motifs:
            raisons[e] = motifs
    if contacts:
        liens = Interlocuteur.objects.filter(entreprise__in=connues).filter(contacts)
        for lien in liens.select_related("entreprise__commune", "personne")[:30]:
            numeros = {chiffres(t)[-CHIFFRES_MIN:] for t in (lien.personne.telephone, lien.personne.telephone_2)}
            if courriel and lien.personne.courriel == courriel:
                raisons.setdefault(lien.entreprise, []).append(f"adresse électronique de {lien.personne}")
            if numero and numero in numeros:
                raisons.setdefault(lien.entreprise, []).append(f"téléphone de {lien.personne}")
    classees = sorted(raisons.items(), key=lambda r: ("même SIRET" not in r[1], -len(r[1])))
    return [Doublon(e, ", ".join(motifs)) for e, motifs in classees[:10]]


@transaction.atomic
def lier(
    *,
    acces: Acces,
    entreprise: Entreprise,
    personne: Personne,
    fonction: str = "",
    est_dirigeant: bool = True,
    est_principal: bool = False,
) -> Interlocuteur:
    """A person heads the entreprise or speaks for it; linked again, the former link is brought up to date.

    There is one contact principal: the new one takes the place of the former.
    """
    if entreprise.territoire_id != acces.territoire_id or personne.territoire_id != acces.territoire_id:
        raise ErreurMetier("L’entreprise et la personne doivent être du même territoire.")
    Entreprise.objects.select_for_update(of=("self",)).get(pk=entreprise.pk)
    liens = Interlocuteur.objects.filter(entreprise=entreprise)
    if est_principal:
        liens.exclude(personne=personne).filter(est_principal=True).update(est_principal=False)
    lien, _ = liens.update_or_create(
        entreprise=entreprise,
        personne=personne,
        defaults={
            "territoire_id": acces.territoire_id,
            "fonction": fonction,
            "est_dirigeant": est_dirigeant,
            "est_principal": est_principal,
            "jusquau": None,
        },
    )
    recalculer_transmission(acces=acces, entreprises=[entreprise.pk])
    return lien


@transaction.atomic
def delier(*, acces: Acces, lien: Interlocuteur, jusquau: date | None = None) -> Interlocuteur:
    """The person no longer speaks for the entreprise from that day (today by default); the link stays as history."""
    lien = Interlocuteur.objects.filter(territoire=acces.territoire_id).get(pk=lien.pk)
    lien.jusquau, lien.est_principal = jusquau or timezone.localdate(), False
    lien.save(update_fields=["jusquau", "est_principal", "modifie_le"])
    recalculer_transmission(acces=acces, entreprises=[lien.entreprise_id])
    return lien


@transaction.atomic
def recalculer_transmission(*, acces: Acces, entreprises: list[int] | None = None) -> int:
    """Bring `dirigeant_age_transmission` up to date, for these entreprises or all of them; how many changed."""
    age = Territoire.objects.values_list("age_transmission", flat=True).get(pk=acces.territoire_id)
    jour = timezone.localdate()
    ages = Interlocuteur.objects.filter(
        Q(jusquau__isnull=True) | Q(jusquau__gt=jour),
        entreprise=OuterRef("pk"),
        est_dirigeant=True,
        personne__annee_naissance__lt=jour.year - age,
    )
    concernees = Entreprise.objects.filter(territoire=acces.territoire_id)
    if entreprises is not None:
        concernees = concernees.filter(pk__in=entreprises)
    marquees = concernees.filter(Exists(ages), dirigeant_age_transmission=False).update(dirigeant_age_transmission=True)
    oubliees = concernees.filter(~Exists(ages), dirigeant_age_transmission=True)
    return marquees + oubliees.update(dirigeant_age_transmission=False)
