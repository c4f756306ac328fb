"""A séance made, moved, cancelled, and the series that makes many. Whoever was convened is told of every change."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.db import transaction

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee, exiger
from apps.fiches.services import numeroter

from ..enums import SERIES, GenreInstance, GesteSeance, PorteeInstance, Reponse, StatutSeance
from ..models import Instance, Membre, Presence, Seance, Serie
from ..permissions import peut_organiser
from ..workflow import appliquer, verrouiller
from . import ics, ordre, partages
from .avis import ecrire_a_tous, retenir

RESERVE = "La coordination tient le calendrier des comités."
MODIFIABLES = (StatutSeance.PREPARATION, StatutSeance.CONVOQUEE)


def _heures(heure_debut: time, heure_fin: time) -> None:
    if heure_fin <= heure_debut:
        raise ErreurMetier("L’heure de fin suit celle du début.")


def jours_pris(instance: Instance, du: date, au: date, *, sauf: int | None = None) -> dict[date, str]:
    """The days on which this committee already meets, with the number of the séance."""
    seances = Seance.objects.filter(instance=instance, jour__range=(du, au)).exclude(statut=StatutSeance.ANNULEE)
    return dict(seances.exclude(pk=sauf).values_list("jour", "numero"))


def _jour_libre(instance: Instance, jour: date, *, sauf: int | None = None) -> None:
    if numero := jours_pris(instance, jour, jour, sauf=sauf).get(jour):
        raise ErreurMetier(f"Ce comité se réunit déjà ce jour-là ({numero}) : choisissez une autre date.")


def _portee(instance: Instance, conjointe: Instance | None) -> str:
    """The narrower of the two: one that reads no names is never made to hear them."""
    anonyme = instance.est_anonyme or (conjointe is not None and conjointe.est_anonyme)
    return PorteeInstance.ANONYME if anonyme else PorteeInstance.NOMINATIVE


@transaction.atomic
def creer_seance(
    *,
    acces: Acces,
    instance: Instance,
    jour: date,
    heure_debut: time,
    heure_fin: time,
    lieu: str = "",
    visio: str = "",
    conjointe: Instance | None = None,
    serie: Serie | None = None,
) -> Seance:
    """A séance in preparation, with its number and its standing points. Raises Refus, ErreurMetier."""
    exiger(peut_organiser(acces), RESERVE)
    if conjointe == instance:
        raise ErreurMetier("Un comité ne se réunit pas avec lui-même.")
    _heures(heure_debut, heure_fin)
    if not lieu and not visio:
        lieu, visio = instance.lieu, instance.visio
    serie_numero = SERIES[GenreInstance(instance.genre)]
    _annee, _rang, numero = numeroter(territoire_id=instance.territoire_id, serie=serie_numero, annee=jour.year)
    _jour_libre(instance, jour)  # after the number, which makes two creations wait for one another
    seance = Seance.objects.create(
        territoire_id=instance.territoire_id,
        numero=numero,
        instance=instance,
        conjointe=conjointe,
        serie=serie,
        portee=_portee(instance, conjointe),
        jour=jour,
        heure_debut=heure_debut,
        heure_fin=heure_fin,
        lieu=lieu,
        visio=visio,
        quorum=instance.quorum,
    )
    ordre.ajouter_points_permanents(acces=acces, seance=seance)
    return seance


@transaction.atomic
def creer_serie(*, acces: Acces, instance: Instance, jours: Iterable[date], **champs: Any) -> list[Seance]:
    """The séances of a series, on the days kept after seeing them (see series.dates_de). Raises Refus, ErreurMetier."""
    exiger(peut_organiser(acces), RESERVE)
    retenus = sorted(set(jours))
    if not retenus:
        raise ErreurMetier("Aucune date n’est retenue : cochez-en une au moins.")
    _heures(champs["heure_debut"], champs["heure_fin"])
    serie = Serie.objects.create(territoire_id=instance.territoire_id, instance=instance, **champs)
    heures = {nom: champs[nom] for nom in ("heure_debut", "heure_fin")}
    lieux = {nom: champs.get(nom, "") for nom in ("lieu", "visio")}
    return [creer_seance(acces=acces, instance=instance, jour=jour, serie=serie, **heures, **lieux) for jour in retenus]


def _a_changer(seance: Seance, version: int | None) -> Seance:
    """The locked séance, if nobody changed it since the form was shown and it has not begun."""
    seance = verrouiller(seance)
    if seance.version != version:
        raise VersionPerimee(actuel=seance)
    if seance.statut not in MODIFIABLES:
        raise TransitionInterdite("Une séance commencée, tenue ou annulée ne se déplace plus.")
    return seance


@transaction.atomic
def deplacer(
    *,
    acces: Acces,
    seance: Seance,
    version: int | None,
    jour: date,
    heure_debut: time,
    heure_fin: time,
    lieu: str = "",
    visio: str = "",
    message: str = "",
) -> Seance:
    """Another day, hour or place. Once convened everybody is told, and answers again when the moment changed.

    Raises Refus, VersionPerimee, TransitionInterdite, ErreurMetier.
    """
    exiger(peut_organiser(acces), RESERVE)
    seance = _a_changer(seance, version)
    _heures(heure_debut, heure_fin)
    _jour_libre(seance.instance, jour, sauf=seance.pk)
    voulus = {"jour": jour, "heure_debut": heure_debut, "heure_fin": heure_fin, "lieu": lieu, "visio": visio}
    changes = {nom: valeur for nom, valeur in voulus.items() if getattr(seance, nom) != valeur}
    if not changes:
        return seance
    annoncee = seance.statut == StatutSeance.CONVOQUEE
    autre_moment = bool(changes.keys() & {"jour", "heure_debut", "heure_fin"})
    if annoncee:
        changes["calendrier_sequence"] = seance.calendrier_sequence + 1
    if autre_moment:
        changes["rappelee_le"] = None
    seance = seance.enregistrer_version(version, changes)
    if annoncee:
        _annoncer_changement(seance, autre_moment=autre_moment, message=message)
    return seance


def _annoncer_changement(seance: Seance, *, autre_moment: bool, message: str) -> None:
    retenir(seance)
    if autre_moment:
        seance.presences.update(reponse=Reponse.ATTENDUE, represente_par="", repondue_le=None, repondue_par=None)
    ecrire_a_tous(
        seance,
        presences_de(seance),
        "comite_deplacee",
        suffixe="changement",
        methode=ics.REQUEST,
        autre_moment=autre_moment,
        message=message,
    )


def presences_de(seance: Seance) -> list[Presence]:
    """The list of the séance, ready to be written to."""
    return list(seance.presences.select_related("organisme", "utilisateur"))


@transaction.atomic
def annuler(*, acces: Acces, seance: Seance, motif: str = "") -> Seance:
    """It will not take place: everybody convened is told, the fiches opened for it are closed again.

    Raises Refus, TransitionInterdite.
    """
    exiger(peut_organiser(acces), RESERVE)
    seance = appliquer(GesteSeance.ANNULER, seance=seance, acces=acces)
    seance.motif_annulation = motif
    seance.calendrier_sequence += 1
    seance.save(update_fields=["motif_annulation", "calendrier_sequence", "modifie_le"])
    partages.liberer(acces=acces, seance=seance)
    if seance.convoquee_le is not None:
        retenir(seance)
        ecrire_a_tous(
            seance, presences_de(seance), "comite_annulee", suffixe="annulation", methode=ics.CANCEL, motif=motif
        )
    return seance


def candidats_secretaire(seance: Seance) -> list[Affectation]:
    """The active référents of the organismes that sit: whoever else could not even open the séance."""
    instances = [pk for pk in (seance.instance_id, seance.conjointe_id) if pk]
    siegent = Membre.objects.filter(instance__in=instances, retire_le__isnull=True, organisme__isnull=False)
    return list(
        Affectation.objects.actives()
        .filter(territoire=seance.territoire_id, role=Role.REFERENT, organisme__in=siegent.values("organisme"))
        .select_related("utilisateur", "organisme")
        .order_by("organisme__nom", "-qualite", "utilisateur__nom")
    )


@transaction.atomic
def nommer_secretaire(*, acces: Acces, seance: Seance, utilisateur: Utilisateur | None) -> Seance:
    """Who writes in this séance beside the coordination, in this one only; None: nobody. Raises Refus, ErreurMetier."""
    exiger(peut_organiser(acces), RESERVE)
    seance = verrouiller(seance)
    if seance.statut == StatutSeance.ANNULEE:
        raise TransitionInterdite("Cette séance est annulée.")
    if utilisateur is not None and utilisateur.pk not in {a.utilisateur_id for a in candidats_secretaire(seance)}:
        raise ErreurMetier("Le secrétaire de séance est un référent d’un organisme qui siège.")
    seance.secretaire = utilisateur
    seance.version += 1
    seance.save(update_fields=["secretaire", "version", "modifie_le"])
    return seance
