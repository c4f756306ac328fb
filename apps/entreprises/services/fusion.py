"""Two entreprises that are one."""

from django.db import transaction

from apps.core.acces import Acces
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.personnes import fusion as moteur
from apps.personnes.enums import GenreFusion
from apps.personnes.models import Fusion

from .saisie import recalculer_transmission

# What the coordination chooses field by field.
CHAMPS = (
    "nom", "enseigne", "etat_siret", "siret", "siren", "categorie_juridique", "natures", "naf_rev2", "naf_2025",
    "effectif", "effectif_annee", "tranche", "tranche_annee", "commune", "adresse", "code_postal", "telephone",
    "courriel", "site", "est_diffusible", "est_active", "creee_le", "cessee_le", "note",
)  # fmt: skip
# Those that mean nothing apart: the choice made for the first carries the others.
ENSEMBLE = {"siret": ("siret", "siren", "etat_siret"), "effectif": ("effectif", "effectif_annee"),
            "tranche": ("tranche", "tranche_annee")}  # fmt: skip
SUIVEURS = {suiveur: tete for tete, groupe in ENSEMBLE.items() for suiveur in groupe[1:]}


def apercu_fusion(*, conservee: Entreprise, absorbee: Entreprise) -> moteur.Apercu:
    """The fields that differ, with a proposal, and what would move."""
    return moteur.apercu(conservee=conservee, absorbee=absorbee, champs=[c for c in CHAMPS if c not in SUIVEURS])


@transaction.atomic
def fusionner(
    *, acces: Acces, conservee: Entreprise, absorbee: Entreprise, choix: dict[str, str] | None = None
) -> Fusion:
    """Merge `absorbee` into `conservee`. `choix`: field -> « absorbee » to take its value, else the kept one's stays.

    Without `choix` the empty fields of the kept one are filled. Everything inscribed in `rattachements` moves.
    Raises ErreurMetier when either was merged already.
    """
    if choix is None:
        choix = {c.nom: c.propose for c in apercu_fusion(conservee=conservee, absorbee=absorbee).choix}
    complet = {nom: choix.get(SUIVEURS.get(nom, nom), "conservee") for nom in CHAMPS}
    fusion, _ = moteur.fusionner(
        acces=acces, genre=GenreFusion.ENTREPRISE, conservee=conservee, absorbee=absorbee, champs=CHAMPS, choix=complet
    )
    _un_seul_principal(fusion)
    recalculer_transmission(acces=acces, entreprises=[fusion.conservee_id, fusion.absorbee_id])
    return fusion


def _un_seul_principal(fusion: Fusion) -> None:
    """The kept one's contact principal stays; the one that came with the merge steps back until it is undone."""
    principaux = Interlocuteur.objects.filter(entreprise=fusion.conservee_id, est_principal=True)
    venus = fusion.deplacements["lignes"].get("entreprises.interlocuteurs", [])
    if principaux.exclude(pk__in=venus).exists():
        descendus = list(principaux.filter(pk__in=venus).values_list("pk", flat=True))
        Interlocuteur.objects.filter(pk__in=descendus).update(est_principal=False)
        fusion.deplacements["principaux"] = descendus
        fusion.save(update_fields=["deplacements"])


@transaction.atomic
def defaire_fusion(*, acces: Acces, fusion: Fusion) -> Entreprise:
    """Restore the merged entreprise exactly. Raises ErreurMetier with what changed since."""
    _, absorbee = moteur.defaire(acces=acces, fusion=fusion, modele=Entreprise)
    Interlocuteur.objects.filter(pk__in=fusion.deplacements.get("principaux", [])).update(est_principal=True)
    recalculer_transmission(acces=acces, entreprises=[fusion.conservee_id, fusion.absorbee_id])
    return absorbee
