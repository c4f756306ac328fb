"""What other screens ask of the fiches: what awaits an answer, what is to be dealt with today, what is found."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Prefetch, Q, Sum, When
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.affichage import INSECABLE, date_courte, jour_de, nombre
from apps.core.recherche import filtrer
from apps.core.registres import Compteur, Ligne, Trouvaille
from apps.territoires.models import Territoire

from .enums import EtatFiche, EtatOrientation, GenreOrientation, MotifCloture, StatutFiche
from .etat import chez, phrase
from .models import FicheNavette, Orientation, Resultat, Suivi
from .services import commune_de

LIGNES_MAX = 60
# The home page names the most pressing; its counters and the list with its filters tell the rest.
A_TRAITER_MAX = 40
SUIVIS_MAX = 20
A_ORIENTER = (EtatFiche.A_REORIENTER, EtatFiche.A_ORIENTER)
JOURS_AVANT_SUIVI = 14


@dataclass(frozen=True)
class Resume:
    """All that a partner sees of a fiche when asked on a summary without names."""

    texte: str
    themes: list[str]
    epci: str


@dataclass(frozen=True)
class Attendue:
    """One answer owed by a partner, to be given on the spot."""

    orientation: Orientation
    titre: str
    detail: str
    echeance: date | None
    retard: bool
    url: str


def _orientations(acces: Acces) -> Prefetch:
    """Named by the territoire too: behind row-level security alone PostgreSQL takes it for one of average size."""
    orientations = Orientation.objects.filter(territoire=acces.territoire_id)
    return Prefetch("orientations", orientations.select_related("organisme"))


def resume_lisible(orientation: Orientation) -> Resume | None:
    """The summary, themes and intercommunalité; None for an orientation with names.

    None too once the partner has declined, or the fiche has closed: it keeps sight of its own answer only.
    """
    fiche = orientation.fiche
    if not orientation.sur_resume or orientation.etat == EtatOrientation.DECLINEE or not fiche.est_ouverte:
        return None
    commune = commune_de(fiche)
    epci = commune.epci.nom if commune is not None and commune.epci else ""
    themes = list(dict.fromkeys(str(b.theme) for b in fiche.besoins.select_related("theme")))
    return Resume(fiche.resume_sans_nom, themes, epci)


def a_repondre(acces: Acces) -> list[Attendue]:
    """What awaits an answer from this référent or technicien, the most pressing first; informations to read last.

    Never one of a fiche that is not open to them: its title and its commune would already say too much.
    """
    if not acces.est_partenaire:
        return []
    lignes = (
        Orientation.objects.visibles_par(acces)
        .filter(etat=EtatOrientation.ENVOYEE, fiche__statut__in=(StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE))
        .filter(Q(sur_resume=True) | Q(fiche__in=FicheNavette.objects.visibles_par(acces).values("pk")))
        .select_related("fiche__territoire", "fiche__entreprise__commune", "fiche__projet__commune", "organisme")
        .prefetch_related("fiche__besoins__theme")
    )
    aujourd_hui = timezone.localdate()
    resultat = []
    for o in lignes[:LIGNES_MAX]:
        themes = ", ".join(dict.fromkeys(str(b.theme) for b in o.fiche.besoins.all()))
        slug = o.fiche.territoire.slug
        resultat.append(
            Attendue(
                orientation=o,
                titre=f"Situation sans nom{INSECABLE}: {themes}" if o.sur_resume else o.fiche.titre,
                detail=o.fiche.numero if o.sur_resume else _lieu(o.fiche, themes),
                echeance=o.reponse_attendue_le,
                retard=o.reponse_attendue_le is not None and o.reponse_attendue_le < aujourd_hui,
                url=reverse("fiches:reponse", args=[slug, o.pk])
                if o.sur_resume
                else reverse("fiches:detail", args=[slug, o.fiche.numero]),
            )
        )
    resultat.sort(key=lambda a: (a.orientation.genre == GenreOrientation.INFORMATION, a.echeance or date.max))
    return resultat


def _lieu(fiche: FicheNavette, themes: str) -> str:
    """« FN-2026-0042 · Cardaillac · Reprise », from what is already loaded."""
    commune = None
    if fiche.entreprise is not None:
        commune = fiche.entreprise.commune
    elif fiche.projet is not None:
        commune = fiche.projet.commune
    return " · ".join(x for x in (fiche.numero, str(commune) if commune else "", themes) if x)


def ouvertes(acces: Acces) -> Any:
    """The fiches still followed that `acces` may read."""
    return FicheNavette.objects.visibles_par(acces).filter(statut__in=(StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE))


def en_retard(aujourd_hui: date | None = None) -> Q:
    """An answer was owed before today; rests while the applicant is awaited."""
    return Q(reponse_attendue_le__lt=aujourd_hui or timezone.localdate())


def premier_contact_du(aujourd_hui: date | None = None) -> Q:
    """Nobody has spoken with the applicant, and the day by which somebody should has come."""
    jour = aujourd_hui or timezone.localdate()
    return Q(statut=StatutFiche.OUVERTE, premier_contact_le=None, premier_contact_avant__lte=jour)


def sans_nouvelles(jours: int) -> Q:
    """Nothing happened for `jours` days on a fiche that waits for nobody."""
    return Q(statut=StatutFiche.OUVERTE, derniere_activite_le__lt=timezone.now() - timedelta(days=jours))


def attente_depassee(aujourd_hui: date | None = None) -> Q:
    """What the applicant was to send has not come in time."""
    return Q(statut=StatutFiche.EN_ATTENTE, attente_jusquau__lt=aujourd_hui or timezone.localdate())


def _jours_sans_nouvelles(acces: Acces) -> int:
    return Territoire.objects.only("jours_sans_nouvelles").get(pk=acces.territoire_id).jours_sans_nouvelles


def lignes_a_traiter(acces: Acces) -> list[Ligne]:
    """One line and one verb a fiche for the coordination, then the follow-ups due."""
    if not acces.est_coordination:
        return []
    jours = _jours_sans_nouvelles(acces)
    fiches = (
        ouvertes(acces)
        .filter(
            en_retard()
            | Q(etat__in=(*A_ORIENTER, EtatFiche.A_CLORE))
            | premier_contact_du()
            | attente_depassee()
            | sans_nouvelles(jours)
            | Q(cloture_proposee_le__isnull=False)
        )
        .select_related("territoire")
        .prefetch_related(_orientations(acces))
        .order_by(_urgence(), "etat_depuis")[:A_TRAITER_MAX]
    )
    lignes = [_ligne(f) for f in fiches]
    lignes += _suivis_dus(acces)
    return sorted(lignes, key=lambda ligne: ligne.rang)


def _urgence() -> Case:
    """The rang that `_ligne` gives, so that the base hands over the most pressing first."""
    return Case(
        When(en_retard(), then=20),
        When(etat=EtatFiche.A_REORIENTER, then=30),
        When(Q(etat=EtatFiche.A_CLORE) | Q(cloture_proposee_le__isnull=False), then=40),
        When(premier_contact_du(), then=15),
        When(etat=EtatFiche.A_ORIENTER, then=32),
        When(attente_depassee(), then=45),
        default=50,
        output_field=IntegerField(),
    )


def _ligne(fiche: FicheNavette) -> Ligne:
    """The most pressing thing about this fiche."""
    aujourd_hui = timezone.localdate()
    slug = fiche.territoire.slug
    orientations = list(fiche.orientations.all())
    dite = phrase(fiche, orientations, aujourd_hui)
    lien = fiche.get_absolute_url()
    if fiche.reponse_attendue_le and fiche.reponse_attendue_le < aujourd_hui:
        tardives = [
            o
            for o in orientations
            if o.etat == EtatOrientation.ENVOYEE and o.reponse_attendue_le and o.reponse_attendue_le < aujourd_hui
        ]
        depuis = min((o.envoyee_le for o in tardives), default=fiche.etat_depuis)
        detail = f"sans réponse de {chez([o.nom_du_jour for o in tardives])}" if tardives else dite.texte
        return Ligne(fiche.titre, detail, depuis, "Relancer", f"{lien}#partenaires", 20)
    if fiche.etat == EtatFiche.A_REORIENTER:
        return Ligne(
            fiche.titre,
            dite.texte,
            fiche.etat_depuis,
            "Réorienter",
            reverse("fiches:orienter", args=[slug, fiche.numero]),
            30,
        )
    if fiche.etat == EtatFiche.A_CLORE or fiche.cloture_proposee_le is not None:
        detail = "clôture proposée par un partenaire" if fiche.cloture_proposee_le else "tout est terminé"
        return Ligne(
            fiche.titre, detail, fiche.cloture_proposee_le or fiche.etat_depuis, "Clore",
            reverse("fiches:cloturer", args=[slug, fiche.numero]), 40,
        )  # fmt: skip
    if fiche.premier_contact_le is None and fiche.premier_contact_avant and fiche.premier_contact_avant <= aujourd_hui:
        detail = f"premier contact dû le {date_courte(fiche.premier_contact_avant)}"
        return Ligne(
            fiche.titre,
            detail,
            fiche.ouverte_le,
            "Noter l’appel",
            reverse("fiches:noter", args=[slug, fiche.numero]),
            15,
        )
    if fiche.etat == EtatFiche.A_ORIENTER:
        return Ligne(
            fiche.titre, "pas encore orientée", fiche.etat_depuis, "Orienter",
            reverse("fiches:orienter", args=[slug, fiche.numero]), 32,
        )  # fmt: skip
    if fiche.statut == StatutFiche.EN_ATTENTE and fiche.attente_jusquau and fiche.attente_jusquau < aujourd_hui:
        detail = f"attendu du demandeur{INSECABLE}: {fiche.attente_quoi}"
        return Ligne(fiche.titre, detail, fiche.attente_jusquau, "Rappeler", lien, 45)
    return Ligne(
        fiche.titre, "sans nouvelles", fiche.derniere_activite_le, "Prendre des nouvelles", lien, 50,
    )  # fmt: skip


def suivis_dus(acces: Acces, avance: int = JOURS_AVANT_SUIVI) -> Any:
    """Follow-ups whose day has come, or comes within two weeks, on the fiches that `acces` reads."""
    limite = timezone.localdate() + timedelta(days=avance)
    dus = Suivi.objects.filter(
        territoire=acces.territoire_id, fait_le=None, annule_le=None, prevu_le__lte=limite,
        fiche__territoire=acces.territoire_id, fiche__statut=StatutFiche.CLOTUREE,
    )  # fmt: skip
    return (
        dus if acces.est_coordination else dus.filter(fiche__in=FicheNavette.objects.visibles_par(acces).values("pk"))
    )


def _suivis_dus(acces: Acces) -> list[Ligne]:
    return [
        Ligne(
            s.fiche.titre, f"suivi à {s.mois} mois, prévu le {date_courte(s.prevu_le)}", s.prevu_le, "Noter le suivi",
            reverse("fiches:suivi", args=[s.fiche.territoire.slug, s.fiche.numero, s.mois]), 60,
        )
        for s in suivis_dus(acces).select_related("fiche__territoire").order_by("prevu_le")[:SUIVIS_MAX]
    ]  # fmt: skip


def compteurs(acces: Acces) -> list[Compteur]:
    """What waits, by kind, each leading to the list with its filter."""
    if not acces.est_coordination:
        return []
    slug = Territoire.objects.only("slug").get(pk=acces.territoire_id).slug
    c = ouvertes(acces).aggregate(
        retard=Count("pk", filter=en_retard()),
        orienter=Count("pk", filter=Q(etat__in=A_ORIENTER)),
        clore=Count("pk", filter=Q(etat=EtatFiche.A_CLORE)),
        total=Count("pk"),
    )
    liste = reverse("fiches:liste", args=[slug])
    reorienter = "&".join(f"etat={e.value}" for e in A_ORIENTER)
    return [
        Compteur(c["retard"], "sans réponse à temps", "chez un partenaire", f"{liste}?retard=oui", "danger", 20),
        Compteur(c["orienter"], "à orienter", "ou à réorienter", f"{liste}?{reorienter}", "attention", 30),
        Compteur(
            c["clore"], "à clore", f"sur {c['total']} en cours", f"{liste}?etat={EtatFiche.A_CLORE.value}", "", 40
        ),
    ]


def chiffres(acces: Acces, annee: int) -> list[tuple[str, str]]:
    """Figures of the year, without a name: for the coordination, the partners and the pilotage alike."""
    if acces.role in (Role.AUCUN, Role.DEMANDEUR, Role.ACCUEIL, Role.ADMINISTRATEUR):
        return []
    territoire = Territoire.objects.only("objectif_annuel").get(pk=acces.territoire_id)
    de_l_annee = Q(annee=annee) | Q(cloturee_le__year=annee)  # each has its index: other years are not read
    fiches = FicheNavette.objects.filter(de_l_annee, territoire=acces.territoire_id)
    c = fiches.exclude(statut=StatutFiche.ANNULEE).aggregate(
        ouvertes=Count("pk", filter=Q(annee=annee)),
        abouties=Count("pk", filter=Q(cloturee_le__year=annee, motif_cloture=MotifCloture.ABOUTIE)),
    )
    emplois = Resultat.objects.filter(territoire=acces.territoire_id, fiche__cloturee_le__year=annee).aggregate(
        crees=Sum("emplois_crees"), maintenus=Sum("emplois_maintenus")
    )
    return [
        ("Fiches ouvertes", f"{nombre(c['ouvertes'])} sur {nombre(territoire.objectif_annuel)} visées"),
        ("Abouties", nombre(c["abouties"])),
        ("Emplois créés", nombre(emplois["crees"] or 0)),
        ("Emplois maintenus", nombre(emplois["maintenus"] or 0)),
    ]


def chercher(acces: Acces, saisie: str, maximum: int) -> list[Trouvaille]:
    """The fiches that hold the typed words, within the scope."""
    trouvees = filtrer(FicheNavette.objects.visibles_par(acces), saisie).select_related("territoire")
    return [
        Trouvaille(
            titre=f.titre,
            detail=f"{f.numero} · {f.get_etat_display()}, ouverte le {date_courte(jour_de(f.ouverte_le))}",
            url=f.get_absolute_url(),
            genre="Fiche navette",
            icone="folder",
        )
        for f in trouvees.order_by("-annee", "-rang")[:maximum]
    ]


def fiches_liees(acces: Acces, **lien: Any) -> list[FicheNavette]:
    """The fiches of an entreprise, a projet or a person that `acces` may read, the latest first."""
    fiches = FicheNavette.objects.visibles_par(acces).filter(**lien).select_related("territoire").distinct()
    return list(fiches.prefetch_related(_orientations(acces)).order_by("-annee", "-rang")[:50])
