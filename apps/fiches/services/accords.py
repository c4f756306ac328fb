"""What the applicants agreed to bounds who reads: given, replaced or withdrawn, the shares follow at once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.core.acces import Acces
from apps.core.affichage import date_courte
from apps.core.erreurs import ErreurMetier
from apps.documents.models import Fichier
from apps.partenaires.models import Organisme
from apps.personnes import services as personnes
from apps.personnes.enums import Portee
from apps.personnes.models import Accord, Personne

from ..enums import ActionJournal, ActionOrientation, StatutFiche, Visibilite
from ..journal import journaliser
from ..models import Demandeur, FicheNavette, Orientation
from ..workflow import EN_COURS, appliquer_orientation, verrouiller
from .avis import ecrire_a_l_adressee, retenir
from .partages import accorder_partages, accords_de, couvre


def _dire(accord: Accord | None, personne: Personne) -> str:
    if accord is None or not accord.est_en_vigueur:
        return f"Accord de partage de {personne} retiré"
    portees = {
        Portee.TOUS: "tous les partenaires",
        Portee.NOMMES: ", ".join(str(o) for o in accord.organismes.all()),
        Portee.AUCUNE: "aucun partenaire",
    }
    comite = " et le comité" if accord.comite else ""
    return (
        f"Accord de partage de {personne}, {date_courte(accord.donne_le)} "
        f"({accord.get_canal_display().lower()}) : {portees[Portee(accord.portee)]}{comite}"
    )


def appliquer_accords(*, acces: Acces, fiche: FicheNavette) -> None:
    """Close what is no longer covered: shares, and the running orientations of partners that are left out."""
    fiche = verrouiller(fiche)
    if not fiche.est_ouverte:
        accorder_partages(fiche)
        return
    accords = accords_de(fiche)
    courantes = Orientation.objects.filter(fiche=fiche, etat__in=EN_COURS, sur_resume=False)
    for o in courantes.select_related("organisme", "referent", "fiche__territoire"):
        if couvre(accords, o.organisme_id):
            continue
        parti = not retenir(o, "envoi")
        retenir(o)
        o = appliquer_orientation(
            ActionOrientation.ANNULER, orientation=o, acces=acces, motif="l’accord de partage ne la couvre plus"
        )
        if parti:
            ecrire_a_l_adressee(o, "partage_ferme", suffixe=f"fermeture:{o.version}")
    for partage in accorder_partages(verrouiller(fiche)):
        if partage.organisme is not None:
            journaliser(
                fiche=fiche, acces=acces, action=ActionJournal.ACCORD, visibilite=Visibilite.COORDINATION,
                texte=f"La fiche n’est plus ouverte à {partage.organisme}",
            )  # fmt: skip


@transaction.atomic
def suivre_accord(*, acces: Acces, personne: Personne) -> int:
    """After any change of a person's accord: record it on each of their fiches and apply it. How many were touched."""
    accord = _en_vigueur(personne)
    demandeurs = Demandeur.objects.filter(personne=personne).exclude(fiche__statut=StatutFiche.ANNULEE)
    demandeurs = demandeurs.exclude(accord=accord) if accord is not None else demandeurs.filter(accord__isnull=False)
    return _attacher_tous(acces, demandeurs, accord)


@transaction.atomic
def rattraper_accords(*, acces: Acces, personne: Personne) -> int:
    """Fiches whose accord was withdrawn elsewhere have none at once; those whose accord was replaced take the new one.

    Merged persons may hold two: what is withdrawn is never replaced by the other.
    """
    siens = Demandeur.objects.filter(personne=personne)
    retires = _attacher_tous(acces, siens.filter(accord__retire_le__isnull=False), None)
    return retires + _attacher_tous(acces, siens.filter(accord__remplace_le__isnull=False), _en_vigueur(personne))


def _en_vigueur(personne: Personne) -> Accord | None:
    return Accord.objects.filter(personne=personne).en_vigueur().order_by("-donne_le", "-pk").first()


def _attacher_tous(acces: Acces, demandeurs: QuerySet[Demandeur], accord: Accord | None) -> int:
    lignes = list(demandeurs.select_related("fiche", "personne"))
    for demandeur in lignes:
        _attacher(acces, demandeur, accord)
    return len(lignes)


def _attacher(acces: Acces, demandeur: Demandeur, accord: Accord | None) -> None:
    demandeur.accord = accord
    demandeur.save(update_fields=["accord", "modifie_le"])
    journaliser(
        fiche=demandeur.fiche, acces=acces, action=ActionJournal.ACCORD, texte=_dire(accord, demandeur.personne)
    )
    appliquer_accords(acces=acces, fiche=demandeur.fiche)


@transaction.atomic
def attacher_accord(*, acces: Acces, fiche: FicheNavette, personne: Personne, accord: Accord | None) -> None:
    """Link a person's accord to a fiche (the person becomes one of its applicants) and apply it. Twice is once."""
    demandeur, nouveau = Demandeur.objects.get_or_create(
        fiche=fiche, personne=personne, defaults={"territoire_id": fiche.territoire_id, "accord": None}
    )
    if demandeur.accord_id == (accord.pk if accord else None) and not nouveau:
        appliquer_accords(acces=acces, fiche=fiche)
        return
    _attacher(acces, demandeur, accord)


@transaction.atomic
def donner_accord(
    *,
    acces: Acces,
    fiche: FicheNavette,
    personne: Personne,
    portee: str,
    organismes: list[Organisme] | tuple[Organisme, ...] = (),
    comite: bool = False,
    canal: str,
    preuve: Fichier | None = None,
    donne_le: datetime | None = None,
) -> Accord:
    """Record, from the fiche, an accord given by telephone, on paper (its scan kept) or in person."""
    _exiger_demandeur(fiche, personne)
    accord = personnes.donner_accord(
        acces=acces, personne=personne, portee=portee, organismes=organismes, comite=comite, canal=canal,
        preuve=preuve, donne_le=donne_le,
    )  # fmt: skip
    suivre_accord(acces=acces, personne=personne)
    return accord


@transaction.atomic
def retirer_accord(*, acces: Acces, fiche: FicheNavette, personne: Personne, canal: str) -> None:
    """The person takes their accord back: every fiche of theirs closes to partners at once."""
    _exiger_demandeur(fiche, personne)
    accords = list(Accord.objects.filter(personne=personne).en_vigueur())
    if not accords:
        raise ErreurMetier(f"{personne} n’a pas d’accord en vigueur.")
    for accord in accords:  # merged persons may hold two
        personnes.retirer_accord(acces=acces, accord=accord, canal=canal)
    suivre_accord(acces=acces, personne=personne)


def _exiger_demandeur(fiche: FicheNavette, personne: Any) -> None:
    if not fiche.demandeurs.filter(personne=personne).exists():
        raise ErreurMetier("Cette personne n’est pas demandeuse de la fiche.")
