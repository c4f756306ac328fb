from django import forms


class VueForm(forms.Form):
    """A view to keep: its name, the list and the filters it holds."""

    nom = forms.CharField(label="Nom de la vue", max_length=60)
    liste = forms.SlugField(max_length=30, widget=forms.HiddenInput)
    requete = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    partagee = forms.BooleanField(label="Partager", required=False)


class NomVueForm(forms.Form):
    nom = forms.CharField(label="Nom de la vue", max_length=60)
