"""Create a territoire, and change what it is: its texts, delays, themes, communes, logo."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.core.acces import Acces
from apps.core.affichage import taille_fichier
from apps.core.erreurs import ErreurMetier, exiger
from apps.core.fichiers import FichierRefuse, TypeFichier, reconnaitre
from apps.core.portee import portee
from apps.referentiels.models import Commune, Epci

from .models import Territoire, Theme
from .permissions import peut_regler
from .textes import THEMES, textes_par_defaut

LOGO_TAILLE_MAX = 1_000_000
LOGO_TYPES = ("png", "jpg")


@transaction.atomic
def creer_territoire(*, nom: str, slug: str, communes: Iterable[Commune] = (), **champs: Any) -> Territoire:
    """A territoire ready to open: default texts (each may be given), the usual themes, its communes.

    Raises ValidationError when the slug is reserved or taken, or a value is not acceptable.
    """
    territoire = Territoire(nom=nom, slug=slug, **champs)
    defauts = textes_par_defaut(
        nom=nom,
        base_legale=territoire.base_legale,
        adresse=territoire.adresse,
        telephone=territoire.telephone,
        courriel=territoire.courriel,
        contact=territoire.contact_confidentialite,
        seuil=territoire.seuil_effectif,
        delai=territoire.delai_premier_contact,
    )
    for champ, texte in defauts.items():
        if not getattr(territoire, champ):
            setattr(territoire, champ, texte)
    territoire.responsable_traitement = territoire.responsable_traitement or nom
    territoire.contact_confidentialite = territoire.contact_confidentialite or territoire.courriel
    territoire.full_clean(exclude=["communes"])
    territoire.save()
    territoire.communes.add(*communes)
    with portee(territoire.pk):
        creer_themes(territoire)
    return territoire


def creer_themes(territoire: Territoire) -> None:
    """The usual themes, in their order, for a territoire that has none of that name."""
    Theme.objects.bulk_create(
        [
            Theme(territoire=territoire, nom=interne, libelle_public=public, ordre=rang)
            for rang, (interne, public) in enumerate(THEMES, 1)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def modifier(*, acces: Acces, territoire: Territoire, version: int | None, champs: dict[str, Any]) -> Territoire:
    """Change settings. A changed notice or legal basis is a new version of the notice. Raises Refus, VersionPerimee."""
    _exiger(acces, territoire)
    stocke = Territoire.objects.select_for_update().get(pk=territoire.pk)
    if any(cle in champs and champs[cle] != getattr(stocke, cle) for cle in ("notice_information", "base_legale")):
        champs = {**champs, "notice_version": stocke.notice_version + 1}
    return stocke.enregistrer_version(version, champs)


@transaction.atomic
def poser_logo(
    *, acces: Acces, territoire: Territoire, version: int | None, fichier: UploadedFile | None
) -> Territoire:
    """Put a logo (PNG or JPEG, checked by its content) or take it off. Raises ErreurMetier, Refus, VersionPerimee."""
    _exiger(acces, territoire)
    ancien = Territoire.objects.get(pk=territoire.pk).logo.name
    nom = _enregistrer_logo(territoire, fichier) if fichier else ""
    change = territoire.enregistrer_version(version, {"logo": nom})
    if ancien and ancien != nom:
        transaction.on_commit(lambda: default_storage.delete(ancien))
    return change


def verifier_logo(fichier: UploadedFile) -> TypeFichier:
    """PNG or JPEG, a megabyte at most. Raises ErreurMetier."""
    if (fichier.size or 0) > LOGO_TAILLE_MAX:
        raise ErreurMetier(
            f"Ce logo pèse {taille_fichier(fichier.size)} ; la limite est de {taille_fichier(LOGO_TAILLE_MAX)}."
        )
    try:
        genre = reconnaitre(fichier.file, fichier.name or "")  # type: ignore[arg-type]
    except FichierRefuse as refus:
        raise ErreurMetier(refus.message) from None
    if genre.extension not in LOGO_TYPES:
        raise ErreurMetier("Un logo est une image PNG ou JPEG.")
    return genre


def _enregistrer_logo(territoire: Territoire, fichier: UploadedFile) -> str:
    """Store under a name made of the content, so that its address may be kept for ever by browsers."""
    genre = verifier_logo(fichier)
    fichier.seek(0)
    contenu = fichier.read()
    nom = f"logos/{territoire.pk}-{hashlib.sha256(contenu).hexdigest()[:16]}.{genre.extension}"
    if not Path(default_storage.path(nom)).exists():
        default_storage.save(nom, ContentFile(contenu))
    return nom


@transaction.atomic
def ajouter_theme(*, acces: Acces, territoire: Territoire, nom: str, libelle_public: str) -> Theme:
    """A theme at the end of the list. Raises Refus, ErreurMetier when the name is taken."""
    _exiger(acces, territoire)
    dernier = Theme.objects.filter(territoire=territoire).aggregate(m=Max("ordre"))["m"] or 0
    theme = Theme(territoire=territoire, nom=nom, libelle_public=libelle_public or nom, ordre=dernier + 1)
    try:
        with transaction.atomic():
            theme.save()
    except IntegrityError:
        raise ErreurMetier("Un thème porte déjà ce nom.") from None
    return theme


@transaction.atomic
def modifier_theme(*, acces: Acces, theme: Theme, version: int | None, champs: dict[str, Any]) -> Theme:
    """Rename, or stop and start proposing it: fiches keep a retired one. Raises Refus, VersionPerimee, ErreurMetier."""
    _exiger(acces, theme.territoire)
    try:
        with transaction.atomic():
            return theme.enregistrer_version(version, champs)
    except IntegrityError:
        raise ErreurMetier("Un thème porte déjà ce nom.") from None


@transaction.atomic
def deplacer_theme(*, acces: Acces, theme: Theme, pas: int) -> None:
    """One place up (-1) or down (+1) in the order of the list; nothing at its ends. Raises Refus."""
    _exiger(acces, theme.territoire)
    themes = list(Theme.objects.select_for_update().filter(territoire=theme.territoire_id).order_by("ordre", "nom"))
    place = next(i for i, t in enumerate(themes) if t.pk == theme.pk)
    voisin = place + (1 if pas > 0 else -1)
    if 0 <= voisin < len(themes):
        themes[place], themes[voisin] = themes[voisin], themes[place]
    for rang, un in enumerate(themes, 1):
        un.ordre = rang
    Theme.objects.bulk_update(themes, ["ordre"])


@transaction.atomic
def ajouter_communes(
    *, acces: Acces, territoire: Territoire, epci: Epci | None = None, commune: Commune | None = None
) -> int:
    """Add one commune, or all those of an intercommunality; how many were not there yet. Raises Refus."""
    _exiger(acces, territoire)
    voulues = set(epci.communes.values_list("pk", flat=True)) if epci else set()
    if commune is not None:
        voulues.add(commune.pk)
    nouvelles = voulues - set(territoire.communes.values_list("pk", flat=True))
    territoire.communes.add(*nouvelles)  # type: ignore[arg-type]
    return len(nouvelles)


@transaction.atomic
def retirer_communes(*, acces: Acces, territoire: Territoire, codes: Iterable[str]) -> int:
    """Take communes out, at least one stays. What was asked from there is kept. Raises Refus, ErreurMetier."""
    _exiger(acces, territoire)
    presentes = set(territoire.communes.values_list("pk", flat=True))
    a_retirer = presentes & set(codes)
    if a_retirer == presentes and presentes:
        raise ErreurMetier("Un territoire garde au moins une commune.")
    territoire.communes.remove(*a_retirer)  # type: ignore[arg-type]
    return len(a_retirer)


def _exiger(acces: Acces, territoire: Territoire) -> None:
    exiger(peut_regler(acces) and acces.territoire_id == territoire.pk, "Seule la coordination règle son territoire.")
