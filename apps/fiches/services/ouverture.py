"""Open a fiche, or take its opening back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import jour_de
from apps.core.dates import ajouter_jours_ouvres
from apps.core.erreurs import ErreurMetier
from apps.core.texte import chiffres, normaliser
from apps.entreprises.models import Entreprise
from apps.personnes.models import Accord, Personne
from apps.porteurs.models import Projet
from apps.territoires.models import Territoire

from ..enums import (
    ActionFiche,
    ActionJournal,
    ActionOrientation,
    Confidentialite,
    Origine,
    Priorite,
    Visibilite,
)
from ..journal import journaliser
from ..models import Besoin, Demandeur, FicheNavette, Orientation
from ..workflow import EN_COURS, appliquer_fiche, appliquer_orientation, verrouiller
from .avis import retenir
from .numeros import SERIE_FICHES, numeroter
from .partages import accorder_partages


def calculer_recherche(fiche: FicheNavette) -> str:
    """What the search compares: number, title, enterprise, projet, people, their commune and telephone."""
    morceaux: list[object] = [fiche.numero, fiche.titre, f"{fiche.rang}"]
    if fiche.entreprise_id and fiche.entreprise:
        e = fiche.entreprise
        morceaux += [e.nom, e.enseigne, e.siret or "", e.commune.nom if e.commune else ""]
    if fiche.projet_id and fiche.projet:
        morceaux += [fiche.projet.titre, fiche.projet.commune.nom if fiche.projet.commune else ""]
    for d in fiche.demandeurs.select_related("personne__commune"):
        p = d.personne
        morceaux += [p.prenom, p.nom, p.courriel, chiffres(p.telephone), p.commune.nom if p.commune else ""]
    return normaliser(*morceaux)[:800]


@transaction.atomic
def ouvrir(
    *,
    acces: Acces,
    titre: str,
    entreprise: Entreprise | None = None,
    projet: Projet | None = None,
    personnes: Iterable[Personne] = (),
    principal: Personne | None = None,
    besoins: Iterable[dict[str, Any]] = (),
    origine: str = Origine.DIRECTE,
    prescripteur: str = "",
    priorite: str = Priorite.NORMALE,
    responsable: Any = None,
    confidentialite: str | None = None,
    ouverte_le: datetime | None = None,
    premier_contact_avant: Any = None,
    texte: str = "Fiche ouverte",
) -> FicheNavette:
    """A new fiche with its number, its applicants (each with the accord in force) and its needs.

    `besoins`: dicts of theme, paroles, analyse. `texte` is the first line of the journal. Raises ErreurMetier without
    a person, or for an object of another territoire.
    """
    personnes = list(personnes)
    if principal is not None and principal not in personnes:
        personnes.insert(0, principal)
    if not personnes and entreprise is None:
        raise ErreurMetier("Une fiche a au moins une personne ou une entreprise.")
    if any(o is not None and o.territoire_id != acces.territoire_id for o in (entreprise, projet, *personnes)):
        raise ErreurMetier("Cette personne ou cette entreprise n’est pas de ce territoire.")
    territoire = Territoire.objects.get(pk=acces.territoire_id)
    moment = ouverte_le or timezone.now()
    annee, rang, numero = numeroter(
        territoire_id=territoire.pk, serie=SERIE_FICHES, annee=jour_de(moment).year, prefixe=territoire.prefixe_fiche
    )
    fiche = FicheNavette.objects.create(
        territoire=territoire,
        numero=numero,
        annee=annee,
        rang=rang,
        titre=titre,
        entreprise=entreprise,
        projet=projet,
        origine=origine,
        prescripteur=prescripteur,
        priorite=priorite,
        responsable=responsable,
        confidentialite=confidentialite or Confidentialite(territoire.confidentialite_defaut),
        ouverte_le=moment,
        etat_depuis=moment,
        derniere_activite_le=moment,
        premier_contact_avant=premier_contact_avant
        or ajouter_jours_ouvres(jour_de(moment), territoire.delai_premier_contact),
    )
    _poser_demandeurs(fiche, personnes, principal)
    Besoin.objects.bulk_create(
        Besoin(
            territoire=territoire,
            fiche=fiche,
            theme=b["theme"],
            paroles=b.get("paroles", ""),
            analyse=b.get("analyse", ""),
            ordre=rang_besoin,
        )
        for rang_besoin, b in enumerate(besoins)
    )
    fiche.recherche = calculer_recherche(fiche)
    fiche.save(update_fields=["recherche"])
    journaliser(
        fiche=fiche,
        acces=acces,
        action=ActionJournal.OUVERTURE,
        texte=texte,
        visibilite=Visibilite.COMITE,
        quand=moment,
    )
    return fiche


def _poser_demandeurs(fiche: FicheNavette, personnes: list[Personne], principal: Personne | None) -> None:
    accords = {
        a.personne_id: a for a in Accord.objects.filter(personne__in=personnes).en_vigueur().order_by("donne_le")
    }
    principal = principal or (personnes[0] if personnes else None)
    vues: set[int] = set()
    for personne in personnes:
        if personne.pk in vues:
            continue
        vues.add(personne.pk)
        Demandeur.objects.create(
            territoire_id=fiche.territoire_id,
            fiche=fiche,
            personne=personne,
            est_principal=personne == principal,
            accord=accords.get(personne.pk),
        )


def proches(fiche: FicheNavette) -> list[Personne]:
    """Who could ask beside the applicants: the porteurs of the projet, the people of the enterprise."""
    deja = fiche.demandeurs.values("personne")
    liens = Q(pk__in=[])
    if fiche.projet_id:
        liens |= Q(portages__projet=fiche.projet_id)
    if fiche.entreprise_id:
        liens |= Q(fonctions__entreprise=fiche.entreprise_id, fonctions__jusquau=None)
    personnes = Personne.objects.filter(liens, territoire=fiche.territoire_id, fusionnee_dans=None)
    return list(personnes.exclude(pk__in=deja).distinct())


@transaction.atomic
def ajouter_demandeur(*, acces: Acces, fiche: FicheNavette, personne: Personne) -> Demandeur:
    """One more person on whose behalf the fiche is open: the accord now needed is everybody's, so shares may close."""
    fiche = verrouiller(fiche)
    demandeur, nouveau = Demandeur.objects.get_or_create(
        fiche=fiche,
        personne=personne,
        defaults={
            "territoire_id": fiche.territoire_id,
            "accord": Accord.objects.filter(personne=personne).en_vigueur().first(),
            "est_principal": not fiche.demandeurs.filter(est_principal=True).exists(),
        },
    )
    if nouveau:
        fiche.recherche = calculer_recherche(fiche)
        fiche.save(update_fields=["recherche"])
        journaliser(
            fiche=fiche, acces=acces, action=ActionJournal.MODIFICATION, texte=f"{personne} ajouté aux demandeurs"
        )
        accorder_partages(fiche)
    return demandeur


@transaction.atomic
def annuler_ouverture(*, acces: Acces, fiche: FicheNavette, motif: str = "") -> FicheNavette:
    """Take the opening back: kept as annulée with its number; orientations are annulled, their mails held."""
    verrouiller(fiche)
    for orientation in Orientation.objects.filter(fiche=fiche, etat__in=EN_COURS).select_related("fiche"):
        appliquer_orientation(ActionOrientation.ANNULER, orientation=orientation, acces=acces)
        retenir(orientation)
    fiche = appliquer_fiche(
        ActionFiche.ANNULER, fiche=fiche, acces=acces, texte="Ouverture annulée", journal=ActionJournal.ANNULATION,
        motif=motif,
    )  # fmt: skip
    accorder_partages(fiche)
    return fiche
