"""Addresses: `/<territoire>/` is public, `/<territoire>/espace/` is behind the login. Each app brings its own lists."""

from django.urls import include, path

from config import sante

handler400 = "apps.core.views.erreur_400"
handler403 = "apps.core.views.erreur_403"
handler404 = "apps.core.views.erreur_404"
handler500 = "apps.core.views.erreur_500"

# Behind the login, under /<territoire>/espace/.
ESPACE = [
    path("", include("apps.accueil.urls")),
    path("demandes/", include("apps.demandes.urls")),
    path("comites/", include("apps.comites.urls")),
    path("actions/", include("apps.actions.urls")),
    path("fiches/", include("apps.fiches.urls")),
    path("porteurs/", include("apps.porteurs.urls")),
    path("entreprises/", include("apps.entreprises.urls")),
    path("personnes/", include("apps.personnes.urls")),
    path("partenaires/", include("apps.partenaires.urls")),
    path("equipe/", include("apps.acces.urls")),
    path("vues/", include("apps.listes.urls")),
    path("courriels/", include("apps.courriels.urls")),
    path("travaux/", include("apps.travaux.urls")),
    path("documents/", include("apps.documents.urls")),
    path("traces/", include("apps.listes.urls_traces")),
    path("reglages/", include("apps.territoires.urls")),
    path("confidentialite/", include("apps.confidentialite.urls")),
]

urlpatterns = [
    path("vivant", sante.vivant, name="vivant"),
    path("pret", sante.pret, name="pret"),
    path("", include("apps.referentiels.urls")),
    path("compte/", include("apps.acces.urls_compte")),
    path("administration/", include("apps.acces.urls_administration")),
    path("", include("apps.accueil.urls_racine")),
    path("<slug:territoire>/espace/", include(ESPACE)),
    path("<slug:territoire>/", include("apps.territoires.urls_public")),
    path("<slug:territoire>/agenda/", include("apps.comites.urls_public")),
    path("<slug:territoire>/", include("apps.demandes.urls_public")),
]
