from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.personnes import services
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Accord, Personne, TexteAccord
from tests.factories import OrganismeFactory, TerritoireFactory
from tests.outils import acces_coordination, entrer
from tests.personnes.factories import PersonneFactory
from tests.porteurs.factories import creer_projet


@pytest.fixture
def acces(territoire):
    return acces_coordination(territoire.pk)


def test_create_fills_what_search_compares(acces) -> None:
    p = services.creer(
        acces=acces, prenom="Élise", nom="Œillet", courriel="Elise@Example.org", telephone="+33 5 65 00 00 11"
    )
    assert (p.courriel, p.telephone_chiffres, p.nom_normalise) == ("elise@example.org", "565000011", "oeillet elise")


def test_duplicates_never_match_on_an_empty_key(acces, territoire) -> None:
    PersonneFactory(territoire=territoire, prenom="", nom="Martin")
    assert services.doublons(acces=acces, nom="", prenom="", courriel=" ", telephone="") == []
    assert services.doublons(acces=acces, nom="Martin", telephone="18") == []


def test_duplicates_by_each_key(acces, territoire) -> None:
    p = PersonneFactory(
        territoire=territoire, prenom="Élise", nom="Martin", courriel="e@example.org", telephone="05 65 00 00 11",
        telephone_2="06 00 00 00 22",
    )  # fmt: skip
    for cles, raison in (
        ({"courriel": "E@example.org"}, "même adresse électronique"),
        ({"telephone": "+33565000011"}, "même téléphone"),
        ({"telephone": "0600000022"}, "même téléphone"),
        ({"nom": "MARTIN", "prenom": "elise"}, "même nom et même prénom"),
    ):
        assert [(d.personne, d.raison) for d in services.doublons(acces=acces, **cles)] == [(p, raison)]
    autre = TerritoireFactory(slug="langres", nom="Langres")
    entrer(autre.pk)
    assert services.doublons(acces=acces_coordination(autre.pk), courriel="e@example.org") == []


def test_two_editors(acces, territoire) -> None:
    p = PersonneFactory(territoire=territoire)
    services.modifier(acces=acces, personne=p, version=1, nom="Premier")
    with pytest.raises(VersionPerimee):
        services.modifier(acces=acces, personne=p, version=1, nom="Second")
    assert Personne.objects.get(pk=p.pk).nom_normalise == "premier nadia"


def test_an_accord_is_replaced_never_changed(acces, territoire) -> None:
    p, cma, cci = (
        PersonneFactory(territoire=territoire),
        OrganismeFactory(territoire=territoire),
        OrganismeFactory(territoire=territoire),
    )
    premier = services.donner_accord(acces=acces, personne=p, portee=Portee.TOUS, canal=CanalAccord.TELEPHONE)
    second = services.donner_accord(
        acces=acces, personne=p, portee=Portee.NOMMES, organismes=[cma], comite=True, canal=CanalAccord.PAPIER
    )
    premier.refresh_from_db()
    assert (premier.portee, premier.remplace_le is not None, premier.couvre(cma.pk)) == (Portee.TOUS, True, False)
    assert (second.couvre(cma.pk), second.couvre(cci.pk), second.comite, second.texte.version) == (True, False, True, 1)
    assert list(Accord.objects.filter(personne=p).en_vigueur()) == [second]


def test_accord_errors(acces, territoire) -> None:
    p = PersonneFactory(territoire=territoire)
    with pytest.raises(ErreurMetier, match="au moins un partenaire"):
        services.donner_accord(acces=acces, personne=p, portee=Portee.NOMMES, canal=CanalAccord.TELEPHONE)
    with pytest.raises(ErreurMetier, match="futur"):
        services.donner_accord(
            acces=acces,
            personne=p,
            portee=Portee.TOUS,
            canal=CanalAccord.TELEPHONE,
            donne_le=timezone.now() + timedelta(1),
        )
    assert not Accord.objects.exists()


def test_withdrawn_once(acces, territoire) -> None:
    accord = services.donner_accord(
        acces=acces, personne=PersonneFactory(territoire=territoire), portee=Portee.TOUS, canal=CanalAccord.FORMULAIRE
    )
    retire = services.retirer_accord(acces=acces, accord=accord, canal=CanalAccord.SUIVI)
    assert (retire.est_en_vigueur, retire.retire_canal) == (False, CanalAccord.SUIVI)
    with pytest.raises(TransitionInterdite):
        services.retirer_accord(acces=acces, accord=accord, canal=CanalAccord.SUIVI)


def test_versions_of_the_text(acces, territoire) -> None:
    accord = services.donner_accord(
        acces=acces, personne=PersonneFactory(territoire=territoire), portee=Portee.TOUS, canal=CanalAccord.FORMULAIRE
    )
    publie = services.publier_texte_accord(acces=acces, texte="Nouveau texte")
    assert services.publier_texte_accord(acces=acces, texte=" Nouveau texte ") == publie
    accord.refresh_from_db()
    assert (accord.texte.version, services.texte_accord_courant(territoire.pk).version) == (1, 2)
    assert TexteAccord.objects.count() == 2
    with pytest.raises(ErreurMetier):
        services.publier_texte_accord(acces=acces, texte="  ")


def test_merging_persons_and_undoing(acces, territoire) -> None:
    a = PersonneFactory(territoire=territoire, nom="Martin", telephone="")
    b = PersonneFactory(territoire=territoire, nom="Martin", telephone="0565000011")
    projet = creer_projet(territoire, personnes=[b])
    accord = services.donner_accord(acces=acces, personne=b, portee=Portee.TOUS, canal=CanalAccord.TELEPHONE)
    fusion = services.fusionner(acces=acces, conservee=a, absorbee=b)
    a.refresh_from_db()
    accord.refresh_from_db()
    assert (a.telephone_chiffres, accord.personne, projet.porteurs.get().personne) == ("565000011", a, a)
    assert accord.est_en_vigueur
    services.defaire_fusion(acces=acces, fusion=fusion)
    a.refresh_from_db()
    accord.refresh_from_db()
    assert (a.telephone, accord.personne, projet.porteurs.get().personne) == ("", b, b)


def test_both_carry_the_same_projet(acces, territoire) -> None:
    a, b = PersonneFactory(territoire=territoire), PersonneFactory(territoire=territoire)
    projet = creer_projet(territoire, personnes=[a, b])
    avant = list(projet.porteurs.values("pk", "personne", "est_principal", "cree_le"))
    fusion = services.fusionner(acces=acces, conservee=a, absorbee=b)
    assert [p.personne for p in projet.porteurs.all()] == [a]
    services.defaire_fusion(acces=acces, fusion=fusion)
    assert list(projet.porteurs.values("pk", "personne", "est_principal", "cree_le")) == avant
