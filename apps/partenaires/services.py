"""What changes the partners, and which of them a need calls for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, exiger
from apps.core.texte import normaliser
from apps.documents.services import recevoir
from apps.referentiels.enums import NatureActivite, Public
from apps.referentiels.models import Commune
from apps.territoires.models import Theme

from .models import AncienNom, Convention, Organisme
from .permissions import peut_modifier


@dataclass(frozen=True)
class Proposition:
    """An organisme to address, and the reason said to the person who decides."""

    organisme: Organisme
    raisons: str
    a_convention: bool


def _codes(valeurs: Iterable[object]) -> set[str]:
    return {str(v) for v in valeurs if v}


def _enumerer(mots: list[str]) -> str:
    return mots[0] if len(mots) == 1 else f"{', '.join(mots[:-1])} et {mots[-1]}"


def _citer(noms: list[str], singulier: str, pluriel: str) -> str:
    cites = _enumerer([f"«{INSECABLE}{n}{INSECABLE}»" for n in noms])
    return f"{singulier if len(noms) == 1 else pluriel} {cites}"


def _evaluer(
    organisme: Organisme, themes: set[int], commune: Commune | None, natures: set[str], publics: set[str]
) -> tuple[int, str] | None:
    """Its rank and its reason; None when it does not cover what is asked.

    An empty list on the organisme covers everything; an unknown commune, nature or public excludes nobody.
    """
    couverts = [t for t in organisme.themes.all() if t.pk in themes]
    communes = {c.pk for c in organisme.communes.all()}
    natures_communes = natures & set(organisme.natures)
    publics_communs = publics & set(organisme.publics)
    if themes and not couverts:
        return None
    if commune is not None and communes and commune.pk not in communes:
        return None
    if natures and organisme.natures and not natures_communes:
        return None
    if publics and organisme.publics and not publics_communs:
        return None
    raisons = [_citer([t.nom for t in couverts], "couvre le thème", "couvre les thèmes")] if couverts else []
    if commune is not None:
        lieu = f"sur la commune {commune.nom}"
        raisons.append(lieu if couverts else f"intervient {lieu}")
    raison = " ".join(raisons) or "partenaire du territoire"
    if natures_communes:
        libelles = [NatureActivite(n).label.lower() for n in NatureActivite.values if n in natures_communes]
        raison += f", activité {_enumerer(libelles)}"
    if publics_communs:
        libelles = [Public(p).label.lower() for p in Public.values if p in publics_communs]
        raison += f", accompagne les {_enumerer(libelles)}"
    rang = 10 * len(couverts) + 4 * bool(natures_communes) + 2 * bool(publics_communs) + bool(commune and communes)
    return rang, raison


def proposer(
    *,
    territoire_id: int,
    themes: Iterable[Theme],
    commune: Commune | None = None,
    natures: Iterable[str] = (),
    publics: Iterable[str] = (),
) -> list[Proposition]:
    """The active organismes that cover a need, best first, each with its reason and whether a convention is in force.

    A nature of activity decides between the chambers through each organisme's own `natures`. Without a convention an
    organisme is still named, after the others: nothing can be addressed to it, and the reader must know why.
    """
    voulus, nat, pub = {t.pk for t in themes}, _codes(natures), _codes(publics)
    organismes = (
        Organisme.objects.filter(territoire=territoire_id, est_actif=True)
        .avec_convention()
        .prefetch_related("themes", "communes")
    )
    trouves = [(o, _evaluer(o, voulus, commune, nat, pub)) for o in organismes]
    retenus = [(o, evaluation) for o, evaluation in trouves if evaluation is not None]
    retenus.sort(key=lambda r: (not r[0].a_convention, -r[1][0], r[0].nom))  # type: ignore[attr-defined]
    return [Proposition(o, raison, o.a_convention) for o, (_, raison) in retenus]  # type: ignore[attr-defined]


# --- what the coordination keeps up to date ---
def _indexer(organisme: Organisme) -> None:
    Organisme.objects.filter(pk=organisme.pk).update(recherche=organisme.calculer_recherche())


def _lier(organisme: Organisme, themes: Iterable[Theme], communes: Iterable[Commune]) -> None:
    organisme.themes.set(themes)
    organisme.communes.set(communes)
    _indexer(organisme)


@transaction.atomic
def creer(*, acces: Acces, themes: Iterable[Theme] = (), communes: Iterable[Commune] = (), **champs: Any) -> Organisme:
    """A new partner of the territoire. Raises Refus, ErreurMetier when one already bears the name."""
    exiger(peut_modifier(acces))
    _nom_libre(acces, champs["nom"], None)
    organisme = Organisme.objects.create(territoire_id=acces.territoire_id, **champs)
    _lier(organisme, themes, communes)
    return organisme


@transaction.atomic
def modifier(
    *,
    acces: Acces,
    organisme: Organisme,
    version: int | None,
    themes: Iterable[Theme],
    communes: Iterable[Commune],
    **champs: Any,
) -> Organisme:
    """Change a partner. Raises Refus, VersionPerimee when somebody changed it meanwhile, ErreurMetier."""
    exiger(peut_modifier(acces))
    if "nom" in champs:
        _nom_libre(acces, champs["nom"], organisme.pk)
    organisme = organisme.enregistrer_version(version, champs)
    _lier(organisme, themes, communes)
    return organisme


def _nom_libre(acces: Acces, nom: str, sauf: int | None) -> None:
    """Compared as people read: SQLite alone would take « É » and « é » for two letters."""
    noms = Organisme.objects.filter(territoire=acces.territoire_id).exclude(pk=sauf).values_list("nom", flat=True)
    if normaliser(nom) in {normaliser(n) for n in noms}:
        raise ErreurMetier("Un organisme porte déjà ce nom.")


@transaction.atomic
def renommer(
    *, acces: Acces, organisme: Organisme, version: int | None, nom: str, nom_court: str, le: date
) -> Organisme:
    """The body takes another name from that day on; before it, files go on showing the former one.

    Raises Refus, VersionPerimee, ErreurMetier when the day precedes the current name.
    """
    exiger(peut_modifier(acces))
    _nom_libre(acces, nom, organisme.pk)
    if organisme.nom_depuis and le <= organisme.nom_depuis:
        raise ErreurMetier(
            f"Le nom actuel est porté depuis le {organisme.nom_depuis:%d/%m/%Y} : choisissez une date après."
        )
    avant = (organisme.nom, organisme.nom_court, organisme.nom_depuis)
    organisme = organisme.enregistrer_version(version, {"nom": nom, "nom_court": nom_court, "nom_depuis": le})
    AncienNom.objects.create(
        territoire_id=organisme.territoire_id, organisme=organisme, nom=avant[0], nom_court=avant[1], du=avant[2], au=le
    )
    _indexer(organisme)
    return organisme


@transaction.atomic
def ajouter_ancien_nom(
    *, acces: Acces, organisme: Organisme, nom: str, nom_court: str, du: date | None, au: date
) -> AncienNom:
    """A name of the past, borne until the day before `au`. Raises Refus, ErreurMetier when dates cross another name."""
    exiger(peut_modifier(acces))
    if du is not None and du >= au:
        raise ErreurMetier("Ce nom doit finir après avoir commencé.")
    if organisme.nom_depuis and au > organisme.nom_depuis:
        raise ErreurMetier(f"Le nom actuel est porté depuis le {organisme.nom_depuis:%d/%m/%Y}.")
    for autre in organisme.anciens_noms.all():
        if (du is None or autre.au > du) and (autre.du is None or autre.du < au):
            raise ErreurMetier(f"Ces dates croisent celles de « {autre.nom} ».")
    ancien = AncienNom.objects.create(
        territoire_id=organisme.territoire_id, organisme=organisme, nom=nom, nom_court=nom_court, du=du, au=au
    )
    _indexer(organisme)
    return ancien


@transaction.atomic
def retirer_ancien_nom(*, acces: Acces, ancien: AncienNom) -> None:
    """A former name typed by mistake."""
    exiger(peut_modifier(acces))
    organisme = ancien.organisme
    ancien.delete()
    _indexer(organisme)


@transaction.atomic
def ajouter_convention(
    *,
    acces: Acces,
    organisme: Organisme,
    genre: str,
    signee_le: date,
    valable_jusquau: date | None,
    note: str = "",
    fichier: UploadedFile | None = None,
) -> Convention:
    """Record what an organisme signed; without one in force nothing is oriented to it. Raises Refus, ErreurMetier."""
    exiger(peut_modifier(acces))
    if valable_jusquau is not None and valable_jusquau < signee_le:
        raise ErreurMetier("La fin ne peut précéder la signature.")
    return Convention.objects.create(
        territoire_id=organisme.territoire_id,
        organisme=organisme,
        genre=genre,
        signee_le=signee_le,
        valable_jusquau=valable_jusquau,
        note=note,
        fichier=recevoir(fichier=fichier, acces=acces) if fichier else None,
    )


@transaction.atomic
def retirer_convention(*, acces: Acces, convention: Convention) -> None:
    """A convention typed by mistake; its file stays until the files that nobody links are swept."""
    exiger(peut_modifier(acces))
    convention.delete()
