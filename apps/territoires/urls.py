from django.urls import path

from . import views

app_name = "territoires"
urlpatterns = [
    path("", views.reglages, name="reglages"),
    path("themes/", views.themes, name="themes"),
    path("themes/<int:pk>/", views.theme, name="theme"),
    path("themes/<int:pk>/agir/", views.theme_action, name="theme_action"),
    path("communes/", views.communes, name="communes"),
    path("<slug:section>/", views.section, name="section"),
]
