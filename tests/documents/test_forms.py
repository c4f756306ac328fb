"""The field that takes several files."""

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from apps.documents.forms import FichiersField

from . import fichiers as f


class Formulaire(forms.Form):
    pieces = FichiersField(required=False)


class Exigeant(forms.Form):
    piece = FichiersField(maximum=1)


def rempli(*envois: SimpleUploadedFile) -> Formulaire:
    return Formulaire({}, MultiValueDict({"pieces": list(envois)}))


def bon(nom: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, f.pdf())


def test_several_files_come_clean() -> None:
    form = rempli(bon(), bon("b.pdf"))
    assert form.is_valid()
    assert [x.name for x in form.cleaned_data["pieces"]] == ["a.pdf", "b.pdf"]
    assert "multiple" in str(form["pieces"]) and 'accept=".pdf' in str(form["pieces"])


def test_none_is_an_empty_list() -> None:
    form = rempli()
    assert form.is_valid() and form.cleaned_data["pieces"] == []


def test_a_required_file_is_required() -> None:
    assert not Exigeant({}, MultiValueDict()).is_valid()
    assert Exigeant({}, MultiValueDict({"piece": [bon()]})).is_valid()


def test_six_are_too_many() -> None:
    form = rempli(*[bon() for _ in range(6)])
    assert form.errors["pieces"] == ["Envoyez au plus 5 fichiers à la fois."]


def test_each_bad_file_is_named() -> None:
    form = rempli(bon(), SimpleUploadedFile("vide.pdf", b""), SimpleUploadedFile("virus.pdf", b"MZ" + b"\x00" * 90))
    erreurs = form.errors["pieces"]
    assert len(erreurs) == 2 and erreurs[0].startswith("vide.pdf :") and erreurs[1].startswith("virus.pdf :")
