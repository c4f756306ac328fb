"""Factories of mails."""

import uuid

import factory
from factory.django import DjangoModelFactory

from apps.courriels.mise_en_forme import en_html
from apps.courriels.models import Courriel
from tests.factories import TerritoireFactory


class CourrielFactory(DjangoModelFactory):
    class Meta:
        model = Courriel

    territoire = factory.SubFactory(TerritoireFactory)
    cle = factory.Sequence(lambda n: f"essai:{n}:")
    gabarit = "essai"
    destinataire = "jeanne.martin@example.org"
    sujet = "Votre demande DEM-2026-0007"
    corps = "Bonjour,\n\nVotre demande est arrivée.\n"
    corps_html = factory.LazyAttribute(lambda o: en_html(o.corps))
    identifiant_message = factory.LazyFunction(lambda: f"<{uuid.uuid4().hex}@example.org>")
