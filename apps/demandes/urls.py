from django.urls import path

from . import views

app_name = "demandes"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("saisir/", views.saisir, name="saisir"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/ouvrir/", views.ouvrir, name="ouvrir"),
    path("<str:reference>/joindre/", views.joindre, name="joindre"),
    path("<str:reference>/renseigner/", views.renseigner, name="renseigner"),
    path("<str:reference>/transmettre/", views.transmettre, name="transmettre"),
    path("<str:reference>/refuser/", views.refuser, name="refuser"),
    path("<str:reference>/indesirable/", views.indesirable, name="indesirable"),
    path("<str:reference>/annuler/", views.annuler, name="annuler"),
    path("<str:reference>/inviter/<int:personne>/", views.inviter, name="inviter"),
    path("<str:reference>/ouvrir-le-suivi/", views.ouvrir_le_suivi, name="ouvrir_le_suivi"),
    path("<str:reference>/pieces/<uuid:cle>/", views.piece, name="piece"),
]
