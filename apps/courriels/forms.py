"""Filters of the outbox."""

from django import forms

from .models import EtatCourriel

NON_REMIS = "non_remis"
CHOIX = [("", "Tous"), (NON_REMIS, "Non remis (échec ou incertain)"), *EtatCourriel.choices]


class FiltreCourrielsForm(forms.Form):
    q = forms.CharField(label="Destinataire ou objet", required=False, max_length=100, widget=forms.SearchInput)
    etat = forms.ChoiceField(label="État", required=False, choices=CHOIX)
