"""What other screens and documents ask of the actions: the follow-up by holder, for a declared audience; what waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE, date_courte, jour_de
from apps.core.audience import Audience, GenreAudience
from apps.core.recherche import filtrer
from apps.core.registres import Compteur, Ligne, Trouvaille
from apps.fiches.enums import Confidentialite, MotifPartage, StatutFiche
from apps.fiches.models import Demandeur, FicheNavette, Partage
from apps.territoires.models import Territoire

from .enums import OUVERTS, Porteur
from .models import Action, ActionQuerySet
from .presentation import dire_etat

LIGNES_MAX = 30
PANNEAU_MAX = 6
# Below this an anonymous figure could point at somebody.
SEUIL_ANONYME = 5
SUIVIES = (StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE)
FINIES = (StatutFiche.CLOTUREE, StatutFiche.ANNULEE)


@dataclass(frozen=True)
class LigneAction:
    """One action as an audience may read it. `fiche_titre` is empty for a general one; `resultat` only once done."""

    pk: int
    libelle: str
    echeance: date
    echeance_initiale: date
    retard: int
    etat: str
    fiche_id: int | None = None
    fiche_numero: str = ""
    fiche_titre: str = ""
    origine_dite: str = ""
    responsable: str = ""
    resultat: str = ""
    terminee_le: date | None = None

    @property
    def reportee(self) -> bool:
        return self.echeance != self.echeance_initiale


@dataclass
class GroupeActions:
    """The actions of one holder. `reservees`: open ones that this audience may count and not read.

    For an anonymous audience there are no lines, and a figure under five is None (`nombre_dit` says it).
    """

    nom: str
    organisme_id: int | None
    porteur: str
    lignes: list[LigneAction] = field(default_factory=list)
    terminees: list[LigneAction] = field(default_factory=list)
    en_retard: int | None = 0
    nombre: int | None = 0
    reservees: int = 0

    @property
    def nombre_dit(self) -> str:
        return _dire(self.nombre)

    @property
    def en_retard_dit(self) -> str:
        return _dire(self.en_retard)


def _dire(nombre: int | None) -> str:
    return f"moins de {SEUIL_ANONYME}" if nombre is None else str(nombre)


def ouvertes_au_comite(fiches: Iterable[int]) -> set[int]:
    """Of these fiches, those that the committee may read: theirs, open, covered by every applicant's accord."""
    demandeurs = Demandeur.objects.filter(fiche=OuterRef("pk"))
    tus = Q(accord=None) | Q(accord__comite=False)
    tus |= Q(accord__retire_le__isnull=False) | Q(accord__remplace_le__isnull=False)
    lisibles = FicheNavette.objects.filter(
        Exists(demandeurs), ~Exists(demandeurs.filter(tus)), pk__in=set(fiches),
        confidentialite=Confidentialite.COMITE, statut__in=SUIVIES,
    )  # fmt: skip
    return set(lisibles.values_list("pk", flat=True))


def _lisibles_par_organisme(organisme_id: int, fiches: Iterable[int]) -> set[int]:
    """Of these fiches, those that a share opens to this organisme today."""
    partages = Partage.objects.en_cours().filter(organisme=organisme_id, fiche__in=set(fiches))
    return set(partages.exclude(fiche__confidentialite=Confidentialite.COORDINATION).values_list("fiche_id", flat=True))


def _lisible(audience: Audience, actions: list[Action]) -> Any:
    """The rule that says whether this audience reads the words of an action."""
    fiches = {a.fiche_id for a in actions if a.fiche_id is not None}
    if audience.genre == GenreAudience.COORDINATION:
        return lambda a: True
    if audience.genre == GenreAudience.COMITE:
        ouvertes = ouvertes_au_comite(fiches)
        return lambda a: not a.reservee and (a.fiche_id is None or a.fiche_id in ouvertes)
    if audience.genre == GenreAudience.ORGANISME and audience.organisme_id is not None:
        lues = _lisibles_par_organisme(audience.organisme_id, fiches)
        return lambda a: (
            (a.fiche_id is None or a.fiche_id in lues)
            and (a.organisme_id == audience.organisme_id or (a.fiche_id is not None and not a.reservee))
        )
    return lambda a: False


def _ligne(action: Action, audience: Audience) -> LigneAction:
    fiche = action.fiche
    return LigneAction(
        pk=action.pk,
        libelle=action.libelle,
        echeance=action.echeance,
        echeance_initiale=action.echeance_initiale,
        retard=action.jours_de_retard,
        etat=action.etat,
        fiche_id=action.fiche_id,
        fiche_numero=fiche.numero if fiche else "",
        fiche_titre=fiche.titre if fiche else "",
        origine_dite=action.origine_dite,
        responsable=action.responsable_nom if audience.genre != GenreAudience.COMITE else "",
        resultat=action.resultat or action.motif_abandon,
        terminee_le=jour_de(action.terminee_le) if action.terminee_le else None,
    )


def suivi(*, territoire_id: int, audience: Audience, seances_depuis: date | None = None) -> list[GroupeActions]:
    """« Suivi des actions »: what is still to do, by holder, those with most overdue first, the oldest day first.

    `seances_depuis`: the day of the last séance; what was done or given up since then is in `terminees`. What the
    audience may not read is counted (`reservees`), never told; an organisme is not even told how many. At most four
    queries, whatever the number of actions.
    """
    voulues = Q(etat__in=OUVERTS)
    if seances_depuis is not None:
        voulues |= Q(terminee_le__date__gte=seances_depuis)
    actions = list(
        Action.objects.filter(voulues, territoire=territoire_id)
        .select_related("fiche", "organisme")
        .order_by("echeance", "pk")
    )
    lisible = _lisible(audience, actions)
    groupes: dict[tuple[str, int | None], GroupeActions] = {}
    for action in actions:
        lue = lisible(action)
        if not lue and audience.genre == GenreAudience.ORGANISME:
            continue
        cle = (action.porteur, action.organisme_id)
        nom = str(action.organisme) if action.organisme else Porteur(action.porteur).label
        groupe = groupes.setdefault(cle, GroupeActions(nom, action.organisme_id, action.porteur))
        _ranger(groupe, action, lue, audience)
    trouves = [_anonymiser(g) if audience.est_anonyme else g for g in groupes.values()]
    utiles = [g for g in trouves if g.lignes or g.terminees or g.reservees or audience.est_anonyme]
    return sorted(utiles, key=lambda g: (-(g.en_retard or 0), g.nom))


def _ranger(groupe: GroupeActions, action: Action, lue: bool, audience: Audience) -> None:
    if not action.est_ouverte:
        if lue:
            groupe.terminees.append(_ligne(action, audience))
        return
    groupe.nombre = (groupe.nombre or 0) + 1
    groupe.en_retard = (groupe.en_retard or 0) + action.est_en_retard
    if lue:
        groupe.lignes.append(_ligne(action, audience))
    else:
        groupe.reservees += 1


def _anonymiser(groupe: GroupeActions) -> GroupeActions:
    """Figures only, none that could point at somebody: neither the one shown nor the one found by subtraction."""
    nombre, retard = groupe.nombre or 0, groupe.en_retard or 0
    sur = nombre == 0 or nombre >= SEUIL_ANONYME
    retard_sur = sur and all(n == 0 or n >= SEUIL_ANONYME for n in (retard, nombre - retard))
    return GroupeActions(
        groupe.nom, groupe.organisme_id, groupe.porteur,
        nombre=nombre if sur else None, en_retard=retard if retard_sur else None,
    )  # fmt: skip


def avec_porteur_qui_lit(actions: Any) -> Any:
    """Adds `porteur_lit`: the organisme that holds the action reads its fiche, the committee's séances apart."""
    partages = Partage.objects.en_cours().exclude(motif=MotifPartage.COMITE)
    siens = partages.filter(fiche=OuterRef("fiche"), organisme=OuterRef("organisme"))
    return actions.annotate(porteur_lit=Exists(siens.exclude(fiche__confidentialite=Confidentialite.COORDINATION)))


def a_nous(acces: Acces) -> Q:
    """« Nos actions »: those of one's organisme, or of the coordination."""
    if acces.est_coordination:
        return Q(porteur=Porteur.COORDINATION)
    return Q(porteur=Porteur.ORGANISME, organisme=acces.organisme_id)


def a_moi(acces: Acces) -> Q:
    """« Mes actions »: given to me; for the coordination, also what nobody has on a fiche that I follow."""
    donnee = Q(responsable=acces.utilisateur_id)
    if acces.est_coordination:
        donnee |= Q(porteur=Porteur.COORDINATION, responsable=None, fiche__responsable=acces.utilisateur_id)
    return donnee


def siennes(acces: Acces) -> ActionQuerySet:
    """Ours, among those that we see."""
    return Action.objects.visibles_par(acces).filter(a_nous(acces))


def en_retard_a_compter(acces: Acces) -> QuerySet[Action] | None:
    """What the badge of the navigation counts: the late ones of the territoire, or of one's organisme."""
    if acces.est_coordination:
        return Action.objects.visibles_par(acces).en_retard()
    return siennes(acces).en_retard() if acces.est_partenaire else None


def a_venir(acces: Acces, *, maximum: int = PANNEAU_MAX) -> list[Action]:
    """The next things that this person's organisme, or the coordination, has to do: late ones first."""
    actions = siennes(acces).ouvertes().select_related("fiche__territoire", "territoire")
    return list(actions.order_by("echeance", "pk")[:maximum])


def de_la_fiche(acces: Acces, fiche: FicheNavette) -> list[Action]:
    """The open actions of a fiche that one reads, the most pressing first. One query."""
    actions = Action.objects.visibles_par(acces).ouvertes().filter(fiche=fiche)
    return list(actions.order_by("echeance", "pk"))


def du_demandeur(territoire_id: int | None, fiche: FicheNavette) -> list[Action]:
    """What the applicant of this fiche has to do, as the tracking page shows it."""
    actions = Action.objects.ouvertes().filter(territoire=territoire_id, fiche=fiche, porteur=Porteur.DEMANDEUR)
    return list(actions.order_by("echeance", "pk"))


def _slug(acces: Acces) -> str:
    return Territoire.objects.only("slug").get(pk=acces.territoire_id).slug


def compteurs(acces: Acces) -> list[Compteur]:
    """« 7 actions en retard, dont 2 chez moi », leading to the list."""
    if not acces.est_coordination:
        return []
    bilan = (
        Action.objects.visibles_par(acces).en_retard()
        .aggregate(total=Count("pk"), ici=Count("pk", filter=Q(porteur=Porteur.COORDINATION)))
    )  # fmt: skip
    total, ici = bilan["total"], bilan["ici"]
    return [
        Compteur(
            total,
            "actions en retard" if total > 1 else "action en retard",
            f"dont {ici} à la coordination" if ici else "aucune à la coordination",
            f"{reverse('actions:liste', args=[_slug(acces)])}?retard=oui",
            "danger",
            50,
        )
    ]


def lignes_a_traiter(acces: Acces) -> list[Ligne]:
    """For the coordination: what an applicant says done, what waits for an orientation, what is late or left behind."""
    if not acces.est_coordination:
        return []
    jour = timezone.localdate()
    orientable = Q(porteur=Porteur.ORGANISME, fiche__statut__in=SUIVIES, porteur_lit=False)
    actions = (
        avec_porteur_qui_lit(Action.objects.visibles_par(acces).ouvertes())
        .filter(Q(echeance__lt=jour) | Q(dite_faite_le__isnull=False) | orientable | Q(fiche__statut__in=FINIES))
        .select_related("fiche", "organisme", "territoire")
        .order_by("echeance", "pk")[:LIGNES_MAX]
    )
    return [_a_traiter(a) for a in actions]


def _a_traiter(action: Any) -> Ligne:
    """The one verb that deals with this action."""
    fiche = f" · {action.fiche.numero}" if action.fiche else ""
    lien = action.get_absolute_url()
    if action.est_dite_faite:
        return Ligne(
            action.libelle, f"le demandeur dit que c’est fait{fiche}", action.dite_faite_le, "Vérifier", lien, 25
        )
    if action.fiche and not action.fiche.est_ouverte:
        detail = f"{action.qui}{fiche}, qui est close{INSECABLE}: faite, ou abandonnée{INSECABLE}?"
        return Ligne(action.libelle, detail, action.echeance, "Finir", lien, 47)
    if action.porteur == Porteur.ORGANISME and action.fiche and not action.porteur_lit:
        detail = f"{action.qui} ne lit pas encore la fiche{fiche}"
        return Ligne(action.libelle, detail, action.cree_le, "Orienter", lien, 31)
    detail = f"{action.qui}, prévue pour le {date_courte(action.echeance)}{fiche}"
    verbe, rang = ("Faire", 35) if action.porteur == Porteur.COORDINATION else ("Rappeler", 46)
    return Ligne(action.libelle, detail, action.echeance, verbe, lien, rang)


def chercher(acces: Acces, saisie: str, maximum: int) -> list[Trouvaille]:
    """The actions that hold the typed words, within the scope."""
    trouvees = filtrer(Action.objects.visibles_par(acces), saisie).select_related("territoire", "fiche", "organisme")
    return [
        Trouvaille(
            titre=a.libelle,
            detail=" · ".join(x for x in (a.qui, dire_etat(a), a.fiche.numero if a.fiche else "") if x),
            url=a.get_absolute_url(),
            genre="Actions",
            icone="check2-square",
        )
        for a in trouvees.order_by("-echeance", "-pk")[:maximum]
    ]
