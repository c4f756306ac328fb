"""What every template of a mail keeps to: a subject on its first line, and no personal data in it."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

DOSSIER = settings.BASE_DIR / "templates" / "courriels"
GABARITS = sorted(p.relative_to(DOSSIER).as_posix() for p in DOSSIER.rglob("*.txt") if not p.name.startswith("_"))
PREMIERE = re.compile(r"(?:\{%.*?%\}|\{#.*?#\}|\s)*Sujet\s*:\s*(.+)\n\s*\n")
VARIABLE = re.compile(r"\{\{\s*([\w.]+)")
# A subject is read over a shoulder, kept by every server on the way, shown on a locked telephone.
PERSONNEL = re.compile(r"personne|prenom|civilite|nom_complet|destinataire|demandeur|porteur|entreprise|enseigne|titre")


def sujet(source: str) -> str:
    trouve = PREMIERE.match(source)
    assert trouve, "la première ligne est « Sujet : … », puis une ligne vide"
    return trouve.group(1)


@pytest.mark.parametrize("nom", GABARITS)
def test_template_has_a_subject_without_personal_data(nom: str) -> None:
    source = (DOSSIER / nom).read_text(encoding="utf-8")

    variables = VARIABLE.findall(sujet(source))

    assert not [v for v in variables if PERSONNEL.search(v)]
    get_template(f"courriels/{nom}")


def test_the_check_sees_a_name_in_a_subject() -> None:
    assert PERSONNEL.search(VARIABLE.findall(sujet("Sujet : Demande de {{ personne.nom }}\n\nBonjour"))[0])
    assert not PERSONNEL.search(VARIABLE.findall(sujet("Sujet : {{ demande.reference }}\n\nBonjour"))[0])
