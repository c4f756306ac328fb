"""What this app inscribes in the registries of core: navigation, home, search, the fiche's panel of requests."""

from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.affichage import date_relative, jour_de
from apps.core.recherche import filtrer
from apps.core.registres import (
    Compteur,
    Entree,
    Ligne,
    Trouvaille,
    a_traiter,
    adresses_demandeurs,
    balayages,
    chiffres,
    compteurs,
    navigation,
    panneaux_fiche,
    rattachements,
    recherches,
)
from apps.fiches.models import Demandeur
from apps.territoires.models import Territoire

from .adresses import adresses_de
from .brouillons import purger_expires
from .enums import EtatDemande
from .listes import A_TRIER_REQUETE
from .models import Demande
from .permissions import peut_saisir

LIGNES_MAX = 30


def _slug(acces: Acces) -> str:
    return Territoire.objects.only("slug").get(pk=acces.territoire_id).slug


def a_qualifier(acces: Acces) -> QuerySet[Demande] | None:
    """What the badge of the navigation counts, for the coordination."""
    return Demande.objects.visibles_par(acces).a_qualifier() if acces.est_coordination else None


def lignes(acces: Acces) -> list[Ligne]:
    """The requests to triage, the oldest first."""
    if not acces.est_coordination:
        return []
    slug = _slug(acces)
    attente = Demande.objects.visibles_par(acces).a_qualifier().select_related("commune").prefetch_related("themes")
    return [_ligne(d, slug) for d in attente.order_by("recue_le")[:LIGNES_MAX]]


def _ligne(demande: Demande, slug: str) -> Ligne:
    lieu = f", {demande.commune.nom}" if demande.commune else ""
    quoi = demande.entreprise_nom or ""
    themes = ", ".join(t.nom for t in demande.themes.all())
    retard = demande.rappel_avant is not None and demande.rappel_avant < timezone.localdate()
    return Ligne(
        prefixe="Nouvelle demande",
        titre=f"{demande.demandeur}{lieu}{f' ({quoi})' if quoi else ''}",
        detail=themes or demande.get_canal_display(),
        depuis=demande.recue_le,
        verbe="Qualifier",
        url=reverse("demandes:detail", args=[slug, demande.reference]),
        rang=10,
        badge="à rappeler sans attendre" if retard else "",
        badge_ton="danger",
    )


def compteur(acces: Acces) -> list[Compteur]:
    """« 4 demandes à qualifier, la plus ancienne : vendredi »."""
    if not acces.est_coordination:
        return []
    bilan = Demande.objects.visibles_par(acces).a_qualifier().aggregate(nombre=Count("pk"), ancienne=Min("recue_le"))
    nombre, ancienne = bilan["nombre"], bilan["ancienne"]
    return [
        Compteur(
            nombre=nombre,
            libelle="demande à qualifier" if nombre == 1 else "demandes à qualifier",
            detail=f"la plus ancienne : {date_relative(jour_de(ancienne))}" if ancienne else "rien n’attend",
            url=f"{reverse('demandes:liste', args=[_slug(acces)])}?{A_TRIER_REQUETE}",
            ordre=10,
        )
    ]


def chercher(acces: Acces, saisie: str, nombre: int) -> list[Trouvaille]:
    """Requests that match, for the coordination and for whoever typed them."""
    if not peut_saisir(acces):
        return []
    slug = _slug(acces)
    trouvees = filtrer(Demande.objects.visibles_par(acces), saisie).order_by("-recue_le")[:nombre]
    return [
        Trouvaille(
            titre=d.demandeur,
            detail=f"{d.reference} · {d.get_etat_display().lower()} · {date_relative(jour_de(d.recue_le))}",
            url=reverse("demandes:detail", args=[slug, d.reference]),
            genre="Demandes",
            icone="inbox",
        )
        for d in trouvees
    ]


def panneau(acces: Acces, fiche: Any) -> tuple[str, dict[str, Any]] | None:
    """The requests behind a fiche, for the coordination."""
    if not acces.est_coordination:
        return None
    demandes = list(Demande.objects.visibles_par(acces).filter(fiche=fiche).order_by("recue_le"))
    if not demandes:
        return None
    connues = {d.personne_id for d in demandes}
    autres = [d.personne for d in Demandeur.objects.filter(fiche=fiche).select_related("personne")]
    sans_lien = [p for p in autres if p.pk not in connues]
    return "demandes/_panneau_fiche.html", {"demandes": demandes, "premiere": demandes[0], "sans_lien": sans_lien}


def chiffres_de_l_annee(acces: Acces, annee: int) -> list[tuple[str, str]]:
    """Requests received in the year, by ending; numbers only, so the pilotage may read them too."""
    if acces.role not in (Role.COORDINATION, Role.PILOTAGE, Role.SYSTEME, Role.REFERENT):
        return []
    recues = Demande.objects.filter(territoire=acces.territoire_id, recue_le__year=annee).exclude(
        etat=EtatDemande.INDESIRABLE
    )
    par_etat = dict(recues.order_by().values_list("etat").annotate(n=Count("pk")))
    lignes = [("Demandes reçues", str(sum(par_etat.values())))]
    for etat in (EtatDemande.RENSEIGNEE, EtatDemande.TRANSMISE):
        if par_etat.get(etat):
            lignes.append((f"… {etat.label.lower()}", str(par_etat[etat])))
    return lignes


navigation.inscrire(
    "demandes.liste",
    Entree(
        "",
        "Demandes",
        "inbox",
        20,
        lambda slug: reverse("demandes:liste", args=[slug]),
        peut_saisir,
        a_qualifier,
    ),
)
a_traiter.inscrire("demandes", lignes)
compteurs.inscrire("demandes", compteur)
recherches.inscrire("demandes", chercher)
panneaux_fiche.inscrire("demandes", panneau)
chiffres.inscrire("demandes", chiffres_de_l_annee)
adresses_demandeurs.inscrire("demandes", adresses_de)
rattachements.inscrire("demandes.entreprise", ("demandes.Demande", "entreprise"))
rattachements.inscrire("demandes.personne", ("demandes.Demande", "personne"))
rattachements.inscrire("demandes.lien", ("demandes.LienSuivi", "personne"))
balayages.inscrire("demandes.brouillons", (purger_expires, 3600))
