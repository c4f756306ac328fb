"""Merge two rows that are one and the same, and undo it exactly. Each owner says which of its fields are chosen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import date_longue, siret
from apps.core.erreurs import ErreurMetier
from apps.core.registres import rattachements

from .models import Fusion


@dataclass(frozen=True)
class Choix:
    """One field of which the two rows may differ."""

    nom: str
    libelle: str
    conservee: Any
    absorbee: Any
    textes: tuple[str, str]
    propose: str  # « conservee » or « absorbee »


@dataclass
class Apercu:
    """What a merge would do: the fields that differ, and how many rows of each kind would move."""

    choix: list[Choix]
    deplacements: list[tuple[str, int]] = field(default_factory=list)


def _liens(modele: type[models.Model]) -> list[tuple[str, type[models.Model], models.ForeignKey]]:
    """The inscribed foreign keys that point to the model."""
    trouves = []
    for cle, (etiquette, nom) in rattachements:
        porteur = apps.get_model(etiquette)
        champ = porteur._meta.get_field(nom)
        if isinstance(champ, models.ForeignKey) and champ.related_model is modele:
            trouves.append((cle, porteur, champ))
    return trouves


def _brut(objet: models.Model, champs: Iterable[str]) -> dict[str, Any]:
    """The stored values of the fields, as JSON keeps them."""
    valeurs = {}
    for nom in champs:
        champ = objet._meta.get_field(nom)
        valeur = getattr(objet, champ.attname)
        valeurs[nom] = valeur if isinstance(valeur, (list, dict)) else champ.get_prep_value(valeur)
    return _json(valeurs)


def _json(valeurs: dict[str, Any]) -> dict[str, Any]:
    encodeur = DjangoJSONEncoder()
    return {
        k: v if isinstance(v, (str, int, bool, list, dict, type(None))) else encodeur.default(v)
        for k, v in valeurs.items()
    }


def texte_de(objet: models.Model, nom: str) -> str:
    """A field of an object as the screen says it."""
    champ = objet._meta.get_field(nom)
    valeur = getattr(objet, nom)
    if hasattr(champ, "libelles"):
        return ", ".join(champ.libelles(valeur))
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    if valeur in (None, ""):
        return ""
    if getattr(champ, "choices", None):
        return str(getattr(objet, f"get_{nom}_display")())
    if isinstance(valeur, date):
        return date_longue(valeur, avec_jour=False)
    return siret(valeur) if nom in ("siret", "siren") else str(valeur)


def apercu(*, conservee: models.Model, absorbee: models.Model, champs: Iterable[str]) -> Apercu:
    """What would differ and move. The kept one's value is proposed unless it is empty."""
    choix = []
    for nom in champs:
        champ = conservee._meta.get_field(nom)
        a, b = getattr(conservee, champ.attname), getattr(absorbee, champ.attname)
        if a == b:
            continue
        propose = "absorbee" if a in (None, "", []) else "conservee"
        choix.append(
            Choix(nom, str(champ.verbose_name), a, b, (texte_de(conservee, nom), texte_de(absorbee, nom)), propose)
        )
    bouge = []
    for _cle, modele, champ in _liens(type(conservee)):
        nombre = modele._base_manager.filter(**{champ.name: absorbee.pk}).count()
        if nombre:
            bouge.append((str(modele._meta.verbose_name if nombre < 2 else modele._meta.verbose_name_plural), nombre))
    return Apercu(choix, bouge)


def _verrouiller(modele: type[models.Model], acces: Acces, *pks: int) -> list[Any]:
    """Both rows, always locked in the same order, so that two merges never wait for each other."""
    lignes = modele._base_manager.select_for_update(of=("self",)).filter(territoire=acces.territoire_id, pk__in=pks)
    trouvees = {ligne.pk: ligne for ligne in lignes.order_by("pk")}
    if set(trouvees) != set(pks):
        raise ErreurMetier("L’une des deux n’existe plus.")
    return [trouvees[pk] for pk in pks]


def _deplacer(conservee: models.Model, absorbee: models.Model) -> dict[str, Any]:
    """Move every inscribed row. One that the kept row already has is put aside, to be put back by undoing.

    When other rows depend on it, it stays with the merged one.
    """
    deplacements: dict[str, Any] = {"lignes": {}, "retirees": []}
    for cle, modele, champ in _liens(type(conservee)):
        deplacees = []
        for ligne in modele._base_manager.filter(**{champ.name: absorbee.pk}).order_by("pk"):
            try:
                with transaction.atomic():
                    modele._base_manager.filter(pk=ligne.pk).update(**{champ.name: conservee.pk})
                deplacees.append(ligne.pk)
            except IntegrityError:
                _retirer(ligne, deplacements["retirees"])
        if deplacees:
            deplacements["lignes"][cle] = deplacees
    return deplacements


def _exact(ligne: models.Model) -> dict[str, Any]:
    """Every stored value of a row, to the microsecond (Django's own serializer keeps milliseconds)."""
    valeurs = {f.attname: getattr(ligne, f.attname) for f in ligne._meta.concrete_fields}
    simples = (str, int, float, bool, list, dict, type(None))
    return {
        nom: v if isinstance(v, simples) else v.isoformat() if hasattr(v, "isoformat") else str(v)
        for nom, v in valeurs.items()
    }


def _remettre(copie: dict[str, Any]) -> None:
    """Write a row put aside as it was, its dates of creation included."""
    modele = apps.get_model(copie["modele"])
    ligne = modele(**{f.attname: f.to_python(copie["champs"][f.attname]) for f in modele._meta.concrete_fields})
    ligne.save_base(raw=True, force_insert=True)


def _retirer(ligne: models.Model, retirees: list[dict[str, Any]]) -> None:
    dependances = [
        lien
        for lien in ligne._meta.related_objects
        if lien.related_model._base_manager.filter(**{lien.field.name: ligne.pk}).exists()
    ]
    if dependances:
        return
    copie = {"modele": ligne._meta.label, "champs": _exact(ligne)}
    try:
        with transaction.atomic():
            type(ligne)._base_manager.filter(pk=ligne.pk).delete()
    except (ProtectedError, RestrictedError):
        return
    retirees.append(copie)


def fusionner(
    *,
    acces: Acces,
    genre: str,
    conservee: Any,
    absorbee: Any,
    champs: Iterable[str],
    choix: dict[str, str],
) -> tuple[Fusion, Any]:
    """Merge `absorbee` into `conservee`: each field of `choix` said « absorbee » takes its value.

    Inside a transaction. Raises ErreurMetier when either is already merged. Gives the journal row and the kept object.
    """
    if conservee.pk == absorbee.pk:
        raise ErreurMetier("Choisissez deux lignes différentes.")
    modele, champs = type(conservee), list(champs)
    conservee, absorbee = _verrouiller(modele, acces, conservee.pk, absorbee.pk)
    if conservee.fusionnee_dans_id or absorbee.fusionnee_dans_id:
        raise ErreurMetier("L’une des deux a déjà été fusionnée.")
    avant = _brut(conservee, champs)
    modele._base_manager.filter(pk=absorbee.pk).update(fusionnee_dans=conservee, version=absorbee.version + 1)
    deplacements = _deplacer(conservee, absorbee)
    for nom in champs:
        if choix.get(nom) == "absorbee":
            attname = conservee._meta.get_field(nom).attname
            setattr(conservee, attname, getattr(absorbee, attname))
    conservee.preparer()
    conservee.version += 1
    conservee.save()
    fusion = Fusion.objects.create(
        territoire_id=acces.territoire_id,
        genre=genre,
        conservee_id=conservee.pk,
        absorbee_id=absorbee.pk,
        libelle=str(absorbee)[:200],
        avant=avant,
        apres=_brut(conservee, champs),
        deplacements=deplacements,
        faite_par_id=acces.utilisateur_id,
    )
    return fusion, conservee


def empechements(*, acces: Acces, fusion: Fusion, modele: type[models.Model]) -> list[str]:
    """Why the merge cannot be undone exactly, as sentences; empty when it can."""
    if fusion.defaite_le:
        return ["Cette fusion a déjà été défaite."]
    du_territoire = modele._base_manager.filter(territoire=acces.territoire_id)
    conservee: Any = du_territoire.filter(pk=fusion.conservee_id).first()
    absorbee: Any = du_territoire.filter(pk=fusion.absorbee_id, fusionnee_dans=fusion.conservee_id).first()
    if conservee is None or absorbee is None:
        return ["L’une des deux a été supprimée depuis."]
    if conservee.fusionnee_dans_id:
        return ["Celle qui avait été conservée a été fusionnée à son tour : défaites d’abord cette autre fusion."]
    plus_recentes = Fusion.objects.filter(
        territoire=acces.territoire_id, genre=fusion.genre, conservee_id=conservee.pk, pk__gt=fusion.pk
    )
    raisons = [
        f"« {autre.libelle} » y a été fusionnée ensuite : défaites d’abord cette fusion."
        for autre in plus_recentes.en_vigueur()
    ]
    actuel = _brut(conservee, fusion.apres)
    # In the order of the model: JSON comes back in another order.
    noms = [f.name for f in modele._meta.concrete_fields if f.name in fusion.apres]
    changes = [str(modele._meta.get_field(n).verbose_name) for n in noms if actuel[n] != fusion.apres[n]]
    if changes and not raisons:
        mots = changes[0] if len(changes) == 1 else f"{', '.join(changes[:-1])} et {changes[-1]}"
        raisons.append(f"Depuis la fusion, quelqu’un a modifié : {mots}.")
    return raisons + _rattachements_changes(fusion, modele, conservee)


def _rattachements_changes(fusion: Fusion, modele: type[models.Model], conservee: models.Model) -> list[str]:
    raisons = []
    for cle, porteur, champ in _liens(modele):
        pks = fusion.deplacements.get("lignes", {}).get(cle, [])
        restants = porteur._base_manager.filter(pk__in=pks, **{champ.name: conservee.pk}).count()
        if restants != len(pks):
            nom = porteur._meta.verbose_name_plural
            raisons.append(
                f"Depuis la fusion, des éléments déplacés ({nom} : {len(pks) - restants}) ont été supprimés ou "
                "rattachés ailleurs."
            )
    return raisons


def defaire(*, acces: Acces, fusion: Fusion, modele: type[models.Model]) -> tuple[Any, Any]:
    """Put everything back as it was, inside a transaction. Raises ErreurMetier with all that changed since.

    What was attached to the kept one after the merge stays with it. Gives the kept and the restored objects.
    """
    fusion = Fusion.objects.select_for_update(of=("self",)).get(pk=fusion.pk, territoire=acces.territoire_id)
    raisons = empechements(acces=acces, fusion=fusion, modele=modele)
    if raisons:
        raise ErreurMetier("La fusion ne peut pas être défaite. " + " ".join(raisons))
    conservee, absorbee = _verrouiller(modele, acces, fusion.conservee_id, fusion.absorbee_id)
    for nom, valeur in fusion.avant.items():
        champ = modele._meta.get_field(nom)
        setattr(conservee, champ.attname, champ.to_python(valeur) if not champ.is_relation else valeur)
    conservee.preparer()
    conservee.version += 1
    conservee.save()
    for cle, porteur, champ in _liens(modele):
        pks = fusion.deplacements.get("lignes", {}).get(cle, [])
        porteur._base_manager.filter(pk__in=pks).update(**{champ.name: absorbee.pk})
    absorbee.fusionnee_dans = None
    absorbee.version += 1
    try:
        with transaction.atomic():
            absorbee.save(update_fields=["fusionnee_dans", "version", "modifie_le"])
            for copie in fusion.deplacements.get("retirees", []):
                _remettre(copie)
    except IntegrityError:
        raise ErreurMetier(
            "La fusion ne peut pas être défaite : une autre ligne porte maintenant le même numéro que celle à rétablir."
        ) from None
    fusion.defaite_le, fusion.defaite_par_id = timezone.now(), acces.utilisateur_id
    fusion.save(update_fields=["defaite_le", "defaite_par", "modifie_le"])
    return conservee, absorbee
