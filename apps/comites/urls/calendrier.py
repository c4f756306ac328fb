"""The calendar, the page of a séance, committees, answers, attendance, under /<territoire>/espace/comites/."""

from django.urls import path

from ..views import agenda, calendrier, instances, reponses, seances
from . import convertisseurs  # noqa: F401  (registers « seance »)

urlpatterns = [
    path("", calendrier.accueil, name="accueil"),
    path("calendrier/", calendrier.calendrier, name="calendrier"),
    path("nouvelle/", seances.creer, name="creer"),
    path("serie/", seances.serie, name="serie"),
    path("assiduite/", agenda.assiduite, name="assiduite"),
    path("agenda/", agenda.agenda, name="agenda"),
    path("agenda/abonner/", agenda.s_abonner, name="s_abonner"),
    path("agenda/revoquer/", agenda.revoquer, name="revoquer"),
    path("instances/", instances.liste, name="instances"),
    path("instances/nouvelle/", instances.creer_instance, name="creer_instance"),
    path("instances/<int:pk>/", instances.instance, name="instance"),
    path("instances/<int:pk>/modifier/", instances.modifier_instance, name="modifier_instance"),
    path("instances/<int:pk>/membres/", instances.ajouter_membre, name="ajouter_membre"),
    path("instances/<int:pk>/membres/<int:membre_pk>/retirer/", instances.retirer_membre, name="retirer_membre"),
    path("instances/<int:pk>/invites/", instances.ajouter_invite_permanent, name="ajouter_invite_permanent"),
    path(
        "instances/<int:pk>/invites/<int:invite_pk>/retirer/",
        instances.retirer_invite_permanent,
        name="retirer_invite_permanent",
    ),
    path("<seance:numero>/", calendrier.seance, name="seance"),
    path("<seance:numero>/agenda.ics", calendrier.fichier_ics, name="ics"),
    path("<seance:numero>/deplacer/", seances.deplacer, name="deplacer"),
    path("<seance:numero>/annuler/", seances.annuler, name="annuler"),
    path("<seance:numero>/convoquer/", seances.convoquer, name="convoquer"),
    path("<seance:numero>/nouveaux/", seances.convoquer_les_nouveaux, name="convoquer_les_nouveaux"),
    path("<seance:numero>/relancer/", seances.relancer, name="relancer"),
    path("<seance:numero>/secretaire/", seances.secretaire, name="secretaire"),
    path("<seance:numero>/invites/", seances.inviter, name="inviter"),
    path("<seance:numero>/invites/<int:pk>/retirer/", seances.retirer_invite, name="retirer_invite"),
    path("<seance:numero>/repondre/", reponses.repondre, name="repondre"),
    path("<seance:numero>/reponses/<int:pk>/", reponses.repondre_pour, name="repondre_pour"),
]
