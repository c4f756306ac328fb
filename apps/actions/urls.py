from django.urls import path

from .views import detail, edition, listes

app_name = "actions"
urlpatterns = [
    path("", detail.liste, name="liste"),
    path("nouvelle/", edition.creer, name="creer"),
    path("fiches/<str:numero>/nouvelle/", edition.creer_sur_fiche, name="creer_sur_fiche"),
    path("fiches/<str:numero>/liste/", listes.prendre, name="prendre_liste"),
    path("listes/", listes.listes, name="listes"),
    path("listes/nouvelle/", listes.creer, name="creer_liste"),
    path("listes/<int:pk>/", listes.modifier, name="modifier_liste"),
    path("listes/<int:pk>/supprimer/", listes.supprimer, name="supprimer_liste"),
    path("<uuid:jeton>/", detail.detail, name="detail"),
    path("<uuid:jeton>/faire/", detail.faire, name="faire"),
    path("<uuid:jeton>/geste/<str:geste>/", detail.geste, name="geste"),
    path("<uuid:jeton>/modifier/", edition.modifier, name="modifier"),
    path("<uuid:jeton>/confier/", edition.confier, name="confier"),
    path("<uuid:jeton>/reporter/", edition.reporter, name="reporter"),
    path("<uuid:jeton>/abandonner/", edition.abandonner, name="abandonner"),
]
