"""A form that shows what is held is a reading: it leaves its line, as the page does."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.acces.models import Affectation
from apps.entreprises import services as entreprises
from apps.personnes import services as personnes
from apps.porteurs import services as porteurs
from apps.porteurs.enums import GenreProjet
from apps.tracabilite.models import Trace
from tests.fiches.factories import ouvrir

Connecter = Callable[[Affectation], Client]


@pytest.mark.parametrize(
    ("page", "objets"),
    [
        ("personnes/{p}/modifier/", ["personne"]),
        ("personnes/{p}/fusionner/{p2}/", ["personne", "personne"]),
        ("entreprises/{e}/modifier/", ["entreprise"]),
        ("entreprises/{e}/fusionner/{e2}/", ["entreprise", "entreprise"]),
        ("porteurs/{j}/modifier/", ["projet"]),
        ("fiches/{f}/modifier/", ["fiche"]),
        ("fiches/{f}/besoins/", ["fiche"]),
        ("fiches/{f}/orienter/", ["fiche"]),
    ],
)
def test_the_form_leaves_its_line(
    coordination: Affectation, connecter: Connecter, page: str, objets: list[str]
) -> None:
    acces = coordination.acces()
    p, p2 = (personnes.creer(acces=acces, prenom="Julien", nom=nom) for nom in ("Lacoste", "Lacoste-Roux"))
    e, e2 = (entreprises.creer(acces=acces, nom=nom) for nom in ("Fournil", "Le Fournil"))
    j = porteurs.creer_projet(
        acces=acces, personnes=[p], principal=p, titre="Reprise du fournil", genre=GenreProjet.REPRISE
    )
    f = ouvrir(coordination.territoire).numero
    adresse = page.format(p=p.pk, p2=p2.pk, e=e.pk, e2=e2.pk, j=j.pk, f=f)

    reponse = connecter(coordination).get(f"/figeac/espace/{adresse}")

    assert reponse.status_code == 200
    assert list(Trace.objects.values_list("objet", flat=True)) == objets
    assert set(Trace.objects.values_list("utilisateur", flat=True)) == {coordination.utilisateur_id}
