"""The team of a territoire, under /<territoire>/espace/equipe/."""

from django.urls import path

from .views import absences, equipe

app_name = "acces"
urlpatterns = [
    path("", equipe.equipe, name="equipe"),
    path("inviter/", equipe.inviter, name="inviter"),
    path("invitations/<int:pk>/renvoyer/", equipe.renvoyer, name="renvoyer"),
    path("invitations/<int:pk>/annuler/", equipe.annuler, name="annuler"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:pk>/retirer/", absences.retirer_absence, name="retirer_absence"),
    path("roles/<int:pk>/accorder/", equipe.accorder, name="accorder"),
    path("roles/<int:pk>/qualite/", equipe.qualite, name="qualite"),
    path("roles/<int:pk>/terminer/", equipe.terminer, name="terminer"),
    path("roles/<int:pk>/choisir/", equipe.choisir, name="choisir"),
    path("<int:pk>/", equipe.personne, name="personne"),
    path("<int:pk>/retirer/", equipe.retirer, name="retirer"),
]
