"""« À traiter » of the coordination: a séance to convene, a relevé and minutes to send, remarks to answer."""

from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, date_longue
from apps.core.registres import Ligne

from . import mots
from .enums import StatutCompteRendu, StatutSeance
from .models import CompteRendu, Seance

PAR_SOURCE = 20
RANG_CONVOQUER, RANG_RELEVE, RANG_REMARQUES, RANG_COMPTE_RENDU = 24, 26, 44, 46


def lignes_a_traiter(acces: Acces) -> list[Ligne]:
    """Three queries; nothing for anybody else."""
    if not acces.est_coordination:
        return []
    return [*_a_convoquer(acces), *_apres_seance(acces), *_remarques(acces)]


def _url(nom: str, seance: Seance) -> str:
    return reverse(f"comites:{nom}", args=[seance.territoire.slug, seance.numero])


def _seances(acces: Acces) -> QuerySet[Seance]:
    return Seance.objects.visibles_par(acces).select_related("instance", "conjointe", "territoire")


def _a_convoquer(acces: Acces) -> list[Ligne]:
    """From the committee's delay before the day, until the day itself."""
    aujourd_hui = timezone.localdate()
    lignes = []
    for seance in _seances(acces).filter(statut=StatutSeance.PREPARATION, jour__gte=aujourd_hui).order_by("jour"):
        des: date = seance.jour - timedelta(days=seance.instance.jours_convocation)
        if des <= aujourd_hui:
            lignes.append(
                Ligne(
                    prefixe="Séance à convoquer",
                    titre=mots.titre_court(seance),
                    detail=date_longue(seance.jour),
                    depuis=des,
                    verbe="Convoquer",
                    url=_url("seance", seance),
                    rang=RANG_CONVOQUER,
                )
            )
    return lignes[:PAR_SOURCE]


def _apres_seance(acces: Acces) -> list[Ligne]:
    """Held: its decisions are to be sent the same day, its minutes soon after."""
    sans_projet = Q(compte_rendu__isnull=True) | Q(compte_rendu__statut=StatutCompteRendu.BROUILLON)
    tenues = (
        _seances(acces)
        .filter(statut=StatutSeance.TENUE)
        .filter(sans_projet | Q(releve_envoye_le__isnull=True, compte_rendu__statut=StatutCompteRendu.PROJET))
        .select_related("compte_rendu")
        .order_by("-jour")[:PAR_SOURCE]
    )
    lignes = []
    for seance in tenues:
        commencee = hasattr(seance, "compte_rendu")
        if seance.releve_envoye_le is None:
            lignes.append(_ligne(seance, "Relevé de décisions à envoyer", "Envoyer", "releve", RANG_RELEVE))
        if not commencee or seance.compte_rendu.statut == StatutCompteRendu.BROUILLON:
            quoi, verbe = ("à envoyer", "Relire") if commencee else ("à rédiger", "Rédiger")
            lignes.append(_ligne(seance, f"Compte rendu {quoi}", verbe, "compte_rendu", RANG_COMPTE_RENDU))
    return lignes


def _ligne(seance: Seance, prefixe: str, verbe: str, route: str, rang: int) -> Ligne:
    return Ligne(
        prefixe=prefixe,
        titre=mots.titre_court(seance),
        detail=f"Séance tenue le {date_longue(seance.jour)}",
        depuis=seance.terminee_le or seance.jour,
        verbe=verbe,
        url=_url(route, seance),
        rang=rang,
    )


def _remarques(acces: Acces) -> list[Ligne]:
    """What the members ask to change, that nobody has answered."""
    ouvertes = Q(remarques__traitee_le__isnull=True)
    comptes_rendus = (
        CompteRendu.objects.visibles_par(acces)
        .filter(statut=StatutCompteRendu.PROJET)
        .annotate(nombre=Count("remarques", filter=ouvertes), depuis=Min("remarques__cree_le", filter=ouvertes))
        .filter(nombre__gt=0)
        .select_related("seance__instance", "seance__conjointe", "seance__territoire")
        .order_by("depuis")[:PAR_SOURCE]
    )
    return [
        Ligne(
            prefixe=_combien(c.nombre),  # type: ignore[attr-defined]
            titre=mots.titre_court(c.seance),
            detail="Sur le projet de compte rendu",
            depuis=c.depuis,  # type: ignore[attr-defined]
            verbe="Répondre",
            url=_url("compte_rendu", c.seance) + "#remarques",
            rang=RANG_REMARQUES,
        )
        for c in comptes_rendus
    ]


def _combien(nombre: int) -> str:
    return "Une remarque à traiter" if nombre == 1 else f"{nombre}{INSECABLE}remarques à traiter"
