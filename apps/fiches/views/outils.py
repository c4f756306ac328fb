"""What the views of a fiche share: find within the scope, say what failed, show both texts of a conflict."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.acces.middleware import RequeteAvecAcces
from apps.core.erreurs import ErreurMetier, VersionPerimee
from apps.tracabilite.services import tracer

from ..models import FicheNavette, Orientation

INDISPONIBLE = "Cela n’est pas possible dans l’état où est la fiche, ou votre rôle ne le permet pas."


def envoye(request: RequeteAvecAcces) -> Any:
    """What was posted, even empty: an empty form is answered with its errors."""
    return request.POST if request.method == "POST" else None


def trouver(request: RequeteAvecAcces, numero: str) -> FicheNavette:
    """The fiche within the scope, else 404."""
    fiches = FicheNavette.objects.visibles_par(request.acces).select_related("territoire", "entreprise", "projet")
    return get_object_or_404(fiches, numero=numero)


def trouver_orientation(request: RequeteAvecAcces, pk: int) -> Orientation:
    """An orientation of one's own organisme (or any, for the coordination), else 404."""
    orientations = Orientation.objects.visibles_par(request.acces).select_related(
        "organisme", "referent", "technicien", "fiche__territoire"
    )
    return get_object_or_404(orientations, pk=pk)


def vers_fiche(fiche: FicheNavette, ancre: str = "") -> HttpResponse:
    return redirect(f"{fiche.get_absolute_url()}{ancre}")


def refuser(request: RequeteAvecAcces, erreur: ErreurMetier, form: forms.Form | None = None) -> None:
    """A rule of the field said no: beside the form when there is one, else as a message."""
    if form is not None:
        form.add_error(None, erreur.message)
    else:
        messages.error(request, erreur.message)


def conflit_de(form: forms.Form, erreur: VersionPerimee, noms: list[str]) -> list[dict[str, Any]]:
    """Both texts of each field that differs; the form is kept as typed, its version brought up to date."""
    actuel = erreur.actuel
    champs = []
    for nom in noms:
        enregistre = getattr(actuel, nom)
        tape = form.cleaned_data.get(nom)
        if isinstance(enregistre, Model) or isinstance(tape, Model):
            different = getattr(enregistre, "pk", None) != getattr(tape, "pk", None)
        else:
            different = (enregistre or "") != (tape or "")
        if different:
            lu = getattr(actuel, f"get_{nom}_display", None)
            champs.append(
                {
                    "libelle": form.fields[nom].label,
                    "le_votre": _dire(form, nom, tape),
                    "enregistre": lu() if callable(lu) else enregistre if enregistre not in (None, "") else "(rien)",
                }
            )
    form.data = form.data.copy()
    form.data["version"] = getattr(actuel, "version", "")  # type: ignore[index]
    return champs


def _dire(form: forms.Form, nom: str, valeur: Any) -> Any:
    choix = getattr(form.fields[nom], "choices", None)
    if choix is not None and not isinstance(valeur, Model):
        return dict(choix).get(valeur, valeur) or "(rien)"
    return valeur if valeur not in (None, "") else "(rien)"


def page_formulaire(
    request: RequeteAvecAcces,
    *,
    fiche: FicheNavette | None,
    form: forms.Form,
    titre: str,
    bouton: str,
    gabarit: str = "fiches/formulaire.html",
    statut: int = 200,
    conflit: list[dict[str, Any]] | None = None,
    **contexte: Any,
) -> HttpResponse:
    """A form of the fiche on its own page; 422 when it has errors, 409 with both texts in a conflict (even of none).

    Shown, it is a reading of the fiche, and traced.
    """
    if fiche is not None and request.method != "POST":
        tracer(
            acces=request.acces, objet="fiche", objet_id=fiche.pk, libelle=fiche.numero, auteur=str(request.user),
        )  # fmt: skip
    if conflit is not None:
        statut = 409
    if statut == 200 and form.is_bound and form.errors:
        statut = 422
    donnees = {"fiche": fiche, "form": form, "titre": titre, "bouton": bouton, "conflit": conflit, **contexte}
    return render(request, gabarit, donnees, status=statut)
