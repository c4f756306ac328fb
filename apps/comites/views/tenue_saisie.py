"""What is typed on a point: each part alone by the page's script, or all of them by a button."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from apps.acces.middleware import RequeteAvecAcces
from apps.core.affichage import INSECABLE
from apps.core.erreurs import ErreurMetier, VersionPerimee

from ..forms.tenue import ActionForm, DecisionForm, SyntheseForm
from ..models import Decision, PointOrdreDuJour
from ..selecteurs_tenue import actions_du_point, decision_dite
from ..services import saisie, tenue
from ..services.fusion import Fusion

PARTIES = ("synthese", "decision", "action")
AUTRE_CHOIX = "Quelqu’un a noté une autre décision entre-temps"


@dataclass
class Resultat:
    """What became of each part that was sent."""

    statut: int = 200
    messages: list[str] = field(default_factory=list)
    synthese: Fusion | None = None
    version: int | None = None
    decision: Decision | None = None
    decidee: bool = False
    concurrente: bool = False
    traitement: tenue.Traitement | None = None

    @property
    def est_bon(self) -> bool:
        return self.statut == 200

    def refuser(self, statut: int, *textes: str) -> None:
        self.statut = max(self.statut, statut)
        self.messages += textes

    def en_json(self, request: RequeteAvecAcces, point: PointOrdreDuJour) -> HttpResponse:
        """For the page's script: what is stored now, and what was refused."""
        corps: dict[str, Any] = {"message": " ".join(self.messages), "concurrente": self.concurrente}
        if self.synthese is not None:
            corps["synthese"] = {
                "texte": self.synthese.texte, "fusionnee": self.synthese.fusionnee, "conflit": self.synthese.conflit,
                "version": self.version,
            }  # fmt: skip
        if self.decidee or self.concurrente:
            corps["decision"] = json_decision(self.decision)
        corps["actions"] = rendre_actions(request, point)
        return JsonResponse(corps, status=self.statut)


def json_decision(decision: Decision | None) -> dict[str, Any]:
    """The decision as the fields carry it, in words, and whether it has acted."""
    return {
        "valeurs": saisie.valeurs(decision),
        "dite": decision_dite(decision),
        "appliquee": decision is not None and decision.appliquee_le is not None,
    }


def rendre_actions(request: RequeteAvecAcces, point: PointOrdreDuJour) -> str:
    """The rows of the table, as the page shows them."""
    contexte = {"actions": actions_du_point(point), "point": point, "seance": point.seance}
    return render_to_string("comites/tenue/_actions.html", contexte, request=request)


def noter(request: RequeteAvecAcces, point: PointOrdreDuJour) -> Resultat:
    """Keep each part on its own: one refusal loses nothing of the others. Then « Point suivant », if pressed."""
    resultat = Resultat()
    demandees = request.POST.getlist("partie") or PARTIES
    ecrire = {"synthese": _synthese, "decision": _decision, "action": _action}
    try:
        for partie in PARTIES:
            if partie in demandees:
                ecrire[partie](request, point, resultat)
        if resultat.est_bon and request.POST.get("geste") == "traiter":
            resultat.traitement = tenue.traiter(acces=request.acces, point=point)
    except ErreurMetier as erreur:
        resultat.refuser(409, erreur.message)
    return resultat


def _synthese(request: RequeteAvecAcces, point: PointOrdreDuJour, resultat: Resultat) -> None:
    form = SyntheseForm(request.POST)
    if "synthese" not in request.POST or not form.is_valid():
        return
    ecrit, resultat.synthese = saisie.noter_synthese(acces=request.acces, point=point, **form.donnees())
    resultat.version = ecrit.version


def _decision(request: RequeteAvecAcces, point: PointOrdreDuJour, resultat: Resultat) -> None:
    if "decision_base" not in request.POST:
        return
    form = DecisionForm(request.POST, territoire_id=point.territoire_id)
    if not form.is_valid():
        resultat.refuser(422, *(f"{form[n].label}{INSECABLE}: {e}" for n, liste in form.errors.items() for e in liste))
        return
    try:
        resultat.decision = saisie.decider(acces=request.acces, point=point, base=form.base(), **form.donnees())
        resultat.decidee = True
    except VersionPerimee as erreur:
        resultat.decision = erreur.actuel  # type: ignore[assignment]
        resultat.concurrente = True
        dite = decision_dite(resultat.decision) or "aucune décision"
        resultat.refuser(409, f"{AUTRE_CHOIX}{INSECABLE}: {dite}. Votre choix est encore à l’écran.")


def _action(request: RequeteAvecAcces, point: PointOrdreDuJour, resultat: Resultat) -> None:
    """A line left empty is no action, unless its button was pressed."""
    voulue = request.POST.get("geste") == "ajouter" or "action" in request.POST.getlist("partie")
    if not voulue and not request.POST.get("a_libelle", "").strip():
        return
    form = ActionForm(request.POST, territoire_id=point.territoire_id)
    if not form.is_valid():
        resultat.refuser(422, *(str(e) for liste in form.errors.values() for e in liste))
        return
    saisie.ajouter_action(acces=request.acces, point=point, **form.donnees())
