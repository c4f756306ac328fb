"""A handful of real codes."""

import factory
from factory.django import DjangoModelFactory

from apps.core.texte import normaliser
from apps.referentiels.models import CategorieJuridique, Epci, Naf


class EpciFactory(DjangoModelFactory):
    class Meta:
        model = Epci
        django_get_or_create = ("siren",)

    siren = "200067361"
    nom = "CC Grand-Figeac"
    genre = "CC"
    recherche = factory.LazyAttribute(lambda o: normaliser(o.nom))


class NafFactory(DjangoModelFactory):
    class Meta:
        model = Naf
        django_get_or_create = ("nomenclature", "code")

    nomenclature = "NAFRev2"
    code = "56.10A"
    libelle = "Restauration traditionnelle"
    recherche = factory.LazyAttribute(lambda o: normaliser(o.code, o.libelle))


class CategorieJuridiqueFactory(DjangoModelFactory):
    class Meta:
        model = CategorieJuridique
        django_get_or_create = ("code",)

    code = "5499"
    niveau = 3
    libelle = "Société à responsabilité limitée"
