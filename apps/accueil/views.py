"""Home pages by role, the global search, the figures without a name. Screens only."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core import registres
from apps.core.acces import Role
from apps.core.erreurs import exiger
from apps.territoires.models import Territoire
from apps.tracabilite.models import GenreAcces
from apps.tracabilite.services import tracer

from . import selecteurs

# Where a role without case work begins.
ENTREES = {Role.ACCUEIL: "demandes:liste", Role.PILOTAGE: "accueil:chiffres", Role.DPO: "tracabilite:liste"}
CHIFFRES_VISIBLES = (Role.COORDINATION, Role.PILOTAGE, Role.REFERENT)
RECHERCHE_VISIBLE = (Role.COORDINATION, Role.REFERENT, Role.TECHNICIEN)


@login_not_required
@require_safe
def racine(request: RequeteAvecAcces) -> HttpResponse:
    """Choose a territoire, or go straight to the only one; somebody logged in goes to their work."""
    espaces = list({a.territoire_id: a.territoire for a in request.affectations}.values())
    if len(espaces) == 1:
        return redirect("accueil:accueil", espaces[0].slug)
    if request.user.is_authenticated and not espaces and request.user.est_administrateur:
        return redirect("administration:territoires")
    territoires = espaces or list(Territoire.objects.filter(est_actif=True))
    if len(territoires) == 1 and not espaces:
        return redirect("public:accueil", territoires[0].slug)
    return render(request, "accueil/racine.html", {"territoires": territoires, "espaces": bool(espaces)})


@require_safe
def accueil(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """What is expected of this person first, figures second, the rest on demand."""
    role = request.acces.role
    if role in ENTREES:
        return redirect(ENTREES[role], territoire)
    if request.acces.est_partenaire:
        panneaux = selecteurs.panneaux(registres.panneaux_partenaire, request.acces, request)
        return render(request, "accueil/partenaire.html", {"panneaux": panneaux})
    lignes = selecteurs.lignes_a_traiter(request.acces)
    annee = timezone.localdate().year
    contexte = {
        "aujourd_hui": timezone.localdate(),
        "compteurs": selecteurs.compteurs(request.acces),
        "lignes": selecteurs.premieres_lignes(lignes),
        "reste": max(0, len(lignes) - selecteurs.LIGNES_ACCUEIL),
        "chiffres": selecteurs.chiffres_de_l_annee(request.acces, annee),
        "avis": selecteurs.avis(request.acces),
        "panneaux": selecteurs.panneaux(
            registres.panneaux_coordination, request.acces, request, premiers=("comites.calendrier",)
        ),
    }
    return render(request, "accueil/coordination.html", contexte)


@require_safe
def a_traiter(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The whole of « À traiter aujourd'hui »."""
    exiger(request.acces.est_coordination)
    return render(request, "accueil/a_traiter.html", {"lignes": selecteurs.lignes_a_traiter(request.acces)})


@require_safe
def recherche(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """One search over fiches, enterprises and people, within what this person may read."""
    exiger(request.acces.role in RECHERCHE_VISIBLE)
    saisie = request.GET.get("q", "")[:100]
    groupes = selecteurs.trouver(request.acces, saisie)
    if saisie.strip():
        # The words searched may be a person's name: the log keeps that a search was made, not what for.
        tracer(acces=request.acces, genre=GenreAcces.RECHERCHE, objet="recherche", auteur=str(request.user))
    gabarit = "accueil/_resultats.html" if request.headers.get("HX-Request") else "accueil/recherche.html"
    nombre = sum(len(trouvailles) for _, trouvailles in groupes)
    return render(request, gabarit, {"q": saisie, "groupes": groupes, "nombre": nombre})


@require_safe
def chiffres(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """Figures of a year, without a name: for the pilotage, the coordination and the référents."""
    exiger(request.acces.role in CHIFFRES_VISIBLES)
    courante = timezone.localdate().year
    saisie = request.GET.get("annee", "")
    annee = int(saisie) if saisie.isdigit() and courante - 20 <= int(saisie) <= courante else courante
    lignes = selecteurs.chiffres_de_l_annee(request.acces, annee)
    annees = list(range(courante, courante - 4, -1))
    return render(request, "accueil/chiffres.html", {"annee": annee, "annees": annees, "lignes": lignes})


@require_safe
def aide(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """Help for the role, in a few short answers."""
    return render(request, "accueil/aide.html", {})
