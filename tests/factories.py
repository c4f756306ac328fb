"""Factories of the low apps, used by everybody; each app has its own beside its tests."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.acces.models import Affectation
from apps.comptes.models import Utilisateur
from apps.core.acces import Role
from apps.core.texte import normaliser
from apps.partenaires.models import Convention, Organisme
from apps.referentiels.models import Commune, Departement
from apps.territoires.models import Territoire, Theme

MOT_DE_PASSE = "un mot de passe bien long"


class DepartementFactory(DjangoModelFactory):
    class Meta:
        model = Departement
        django_get_or_create = ("code",)

    code = "46"
    nom = "Lot"


class CommuneFactory(DjangoModelFactory):
    class Meta:
        model = Commune
        django_get_or_create = ("code_insee",)

    code_insee = "46102"
    nom = "Figeac"
    recherche = factory.LazyAttribute(lambda o: normaliser(o.nom))
    codes_postaux = "46100"
    departement = factory.SubFactory(DepartementFactory)
    population = 9793


class TerritoireFactory(DjangoModelFactory):
    class Meta:
        model = Territoire
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    slug = "figeac"
    nom = "Pays de Figeac"
    telephone = "05 65 00 00 00"
    courriel = "guichet@example.org"

    @factory.post_generation
    def communes(self, create: bool, extracted: list | None, **_: object) -> None:
        if create:
            self.communes.add(*(extracted or [CommuneFactory()]))


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme
        django_get_or_create = ("territoire", "nom")

    territoire = factory.SubFactory(TerritoireFactory)
    nom = "Création d’entreprise"
    libelle_public = factory.LazyAttribute(lambda o: o.nom)


class UtilisateurFactory(DjangoModelFactory):
    class Meta:
        model = Utilisateur
        skip_postgeneration_save = True

    courriel = factory.Sequence(lambda n: f"personne{n}@example.org")
    civilite = "Mme"
    prenom = "Claire"
    nom = factory.Sequence(lambda n: f"Vidal{n}")
    password = factory.django.Password(MOT_DE_PASSE)


class OrganismeFactory(DjangoModelFactory):
    """A member with a convention in force, unless `convention=False`."""

    class Meta:
        model = Organisme
        skip_postgeneration_save = True

    territoire = factory.SubFactory(TerritoireFactory)
    nom = factory.Sequence(lambda n: f"Chambre de métiers {n}")
    nom_court = factory.Sequence(lambda n: f"CMA {n}")
    recherche = factory.LazyAttribute(lambda o: normaliser(o.nom, o.nom_court))

    @factory.post_generation
    def convention(self, create: bool, extracted: bool | None, **_: object) -> None:
        if create and extracted is not False:
            Convention.objects.create(territoire=self.territoire, organisme=self, signee_le="2020-01-01")


class AffectationFactory(DjangoModelFactory):
    class Meta:
        model = Affectation

    utilisateur = factory.SubFactory(UtilisateurFactory)
    territoire = factory.SubFactory(TerritoireFactory)
    role = Role.COORDINATION
    accordee_le = factory.LazyFunction(timezone.now)

    class Params:
        referent = factory.Trait(
            role=Role.REFERENT,
            organisme=factory.SubFactory(OrganismeFactory, territoire=factory.SelfAttribute("..territoire")),
        )
        technicien = factory.Trait(
            role=Role.TECHNICIEN,
            organisme=factory.SubFactory(OrganismeFactory, territoire=factory.SelfAttribute("..territoire")),
        )
