"""Addresses of the public door, under /<territoire>/."""

from django.urls import path

from .public.views import formulaire, pages, suivi

app_name = "public"
urlpatterns = [
    path("", pages.accueil, name="accueil"),
    path("mentions-legales/", pages.mentions, name="mentions"),
    path("donnees-personnelles/", pages.confidentialite, name="confidentialite"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("plan-du-site/", pages.plan, name="plan"),
    path("accord-de-partage/", pages.formulaire_papier, name="formulaire_papier"),
    path("demande/", formulaire.demande, name="demande"),
    path("demande/<uuid:cle>/", formulaire.reprise, name="reprise"),
    path("demande/<uuid:cle>/<int:etape>/", formulaire.etape, name="etape"),
    path("demande/<uuid:cle>/plus-tard/", formulaire.plus_tard, name="plus_tard"),
    path("suivi/", suivi.retrouver, name="retrouver"),
    path("suivi/<str:jeton>/", suivi.suivre, name="suivi"),
    path("suivi/<str:jeton>/envoyee/", suivi.envoyee, name="envoyee"),
    path("suivi/<str:jeton>/recepisse/", suivi.recepisse, name="recepisse"),
    path("suivi/<str:jeton>/formulaire/", suivi.formulaire, name="formulaire"),
    path("suivi/<str:jeton>/message/", suivi.message, name="message"),
    path("suivi/<str:jeton>/geste/", suivi.geste, name="geste"),
    path("suivi/<str:jeton>/accord/", suivi.accord, name="accord"),
    path("suivi/<str:jeton>/confirmer/", suivi.confirmer, name="confirmer"),
    path("suivi/<str:jeton>/retrait/", suivi.retrait, name="retrait"),
]
