"""« Mettre à l’ordre du jour », from a fiche or from a séance: the coordination adds, a référent proposes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.affichage import date_courte
from apps.core.erreurs import ErreurMetier, exiger
from apps.core.requetes import Requete
from apps.fiches.enums import MotifPartage, StatutFiche
from apps.fiches.models import FicheNavette, Partage
from apps.fiches.views.outils import envoye
from apps.tracabilite.services import tracer

from .. import mots
from ..forms.ordre import ChoixSeanceForm, ProposerDepuisSeanceForm, ProposerForm
from ..models import Seance
from ..permissions import peut_proposer_point
from ..selecteurs_ordre import peut_proposer_fiche, propositions_de, seances_proposables
from ..services import ordre
from .seances import seance_de

PAS_ICI = "Vous ne pouvez pas proposer de fiche pour cette séance."
PAS_CELLE_CI = "Seuls la coordination et les partenaires de la fiche la proposent, tant qu’elle est ouverte."


@require_http_methods(["GET", "POST"])
def depuis_fiche(request: Requete, territoire: str, fiche: str) -> HttpResponse:
    """On which séance; and, for a référent, which question."""
    objet = get_object_or_404(
        FicheNavette.objects.visibles_par(request.acces).select_related("territoire"), numero=fiche
    )
    exiger(peut_proposer_fiche(request.acces, objet), PAS_CELLE_CI)
    seances = seances_proposables(request.acces)
    if request.method != "POST":
        tracer(
            acces=request.acces, objet="fiche", objet_id=objet.pk, libelle=objet.numero, auteur=str(request.user)
        )  # fmt: skip
    if request.acces.est_coordination:
        choix = ChoixSeanceForm(envoye(request), seances=seances)
        if choix.is_valid():
            return _vers_ajout(choix.cleaned_data["seance"], objet)
        return _page(request, choix, objet)
    form = ProposerForm(envoye(request), seances=seances)
    if form.is_valid() and _proposer(request, form, form.cleaned_data["seance"], objet):
        return redirect(objet)
    return _page(request, form, objet)


def _vers_ajout(seance: Seance, fiche: FicheNavette) -> HttpResponse:
    adresse = reverse("comites:ajouter_fiche", args=[seance.territoire.slug, seance.numero])
    return redirect(f"{adresse}?fiche={fiche.numero}")


def _page(request: Requete, form: ChoixSeanceForm | ProposerForm, fiche: FicheNavette) -> HttpResponse:
    statut = 422 if form.is_bound and form.errors else 200
    aucune = not form.fields["seance"].queryset.exists()  # type: ignore[attr-defined]
    return render(
        request, "comites/ordre/proposer.html", {"form": form, "fiche": fiche, "aucune": aucune}, status=statut
    )


def _proposer(
    request: Requete, form: ProposerForm | ProposerDepuisSeanceForm, seance: Seance, fiche: FicheNavette
) -> bool:
    try:
        ordre.proposer_fiche(acces=request.acces, seance=seance, fiche=fiche, question=form.cleaned_data["question"])
    except ErreurMetier as erreur:
        form.add_error(None, erreur.message)
        return False
    jour = date_courte(seance.jour)
    messages.success(request, f"La fiche {fiche.numero} est proposée à la coordination, pour la séance du {jour}")
    return True


@require_http_methods(["GET", "POST"])
def depuis_seance(request: Requete, territoire: str, numero: str) -> HttpResponse:
    """A référent, from the page of a séance: one of the fiches that its organisme follows."""
    seance = seance_de(request, numero)
    exiger(peut_proposer_point(request.acces, seance), PAS_ICI)
    form = ProposerDepuisSeanceForm(envoye(request), fiches=_siennes(request))
    if form.is_valid() and _proposer(request, form, seance, form.cleaned_data["fiche"]):
        return redirect(seance)
    contexte = {
        "form": form,
        "seance": seance,
        "titre_seance": mots.titre_court(seance),
        "aucune": not form.fields["fiche"].queryset.exists(),  # type: ignore[attr-defined]
        "miennes": propositions_de(request.acces, seance),
    }
    statut = 422 if form.is_bound and form.errors else 200
    return render(request, "comites/ordre/proposer.html", contexte, status=statut)


def _siennes(request: Requete) -> object:
    """Open, and read otherwise than by the committee."""
    partages = Partage.objects.en_cours().pour(request.acces).exclude(motif=MotifPartage.COMITE)
    return FicheNavette.objects.visibles_par(request.acces).filter(
        pk__in=partages.values("fiche"), statut__in=(StatutFiche.OUVERTE, StatutFiche.EN_ATTENTE)
    )
