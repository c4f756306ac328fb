"""Requests for rights: their term, who answers, and the content that only they open."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from apps.acces.models import Affectation
from apps.confidentialite import contenu, services
from apps.confidentialite.enums import EtatDemandeDroit
from apps.confidentialite.models import DemandeDroit
from apps.core.acces import Role
from apps.core.erreurs import Refus, TransitionInterdite, VersionPerimee
from apps.fiches import services as fiches
from apps.personnes import services as personnes
from apps.personnes.models import Personne
from apps.territoires.models import Territoire
from apps.tracabilite.models import Trace
from tests.factories import AffectationFactory, ThemeFactory


@pytest.fixture
def dpo(territoire: Territoire) -> Affectation:
    return AffectationFactory(territoire=territoire, role=Role.DPO)


@pytest.fixture
def julien(coordination: Affectation) -> Personne:
    """A person with a fiche, and a neighbour whose data must not come along."""
    acces = coordination.acces()
    julien = personnes.creer(acces=acces, prenom="Julien", nom="Lacoste", courriel="julien@example.org")
    voisin = personnes.creer(acces=acces, prenom="Paul", nom="Voisin", courriel="paul@example.org")
    for personne, titre in ((julien, "Reprise d’une boulangerie"), (voisin, "Secret du voisin")):
        theme = ThemeFactory(territoire=coordination.territoire)
        fiches.ouvrir(
            acces=acces, titre=titre, personnes=[personne], besoins=[{"theme": theme, "paroles": f"Paroles : {titre}"}]
        )
    return julien


def enregistrer(affectation: Affectation) -> DemandeDroit:
    return services.enregistrer(
        acces=affectation.acces(),
        droit="acces",
        nom="Lacoste",
        contact="julien@example.org",
        recue_le=date(2026, 1, 31),
    )


def instruire(dpo: Affectation, demande: DemandeDroit, personne: Personne) -> DemandeDroit:
    return services.instruire(
        acces=dpo.acces(),
        demande=demande,
        version=demande.version,
        personne=personne,
        identite_verifiee_le=date(2026, 2, 2),
    )


def test_the_term_is_one_month_and_three_when_prolonged(dpo: Affectation) -> None:
    demande = enregistrer(dpo)
    assert (demande.reference, demande.echeance) == ("DR-2026-0001", date(2026, 2, 28))
    demande = services.instruire(
        acces=dpo.acces(), demande=demande, version=demande.version, prolongee=True, motif_prolongation="Volume"
    )
    assert demande.echeance == date(2026, 4, 30)


def test_the_coordination_records_but_does_not_answer(coordination: Affectation) -> None:
    demande = enregistrer(coordination)
    with pytest.raises(Refus):
        services.repondre(acces=coordination.acces(), demande=demande, version=demande.version, reponse="Voici.")


def test_an_answered_request_is_closed(dpo: Affectation) -> None:
    demande = enregistrer(dpo)
    demande = services.repondre(acces=dpo.acces(), demande=demande, version=demande.version, reponse="Voici.")
    assert demande.etat == EtatDemandeDroit.REPONDUE
    with pytest.raises(TransitionInterdite):
        services.repondre(acces=dpo.acces(), demande=demande, version=demande.version, reponse="Encore.")


def test_a_stale_form_writes_nothing(dpo: Affectation, julien: Personne) -> None:
    demande = enregistrer(dpo)
    instruire(dpo, demande, julien)
    with pytest.raises(VersionPerimee):
        services.repondre(acces=dpo.acces(), demande=demande, version=demande.version, reponse="Voici.")


def test_the_pack_holds_all_about_the_person_and_nothing_of_anybody_else(dpo: Affectation, julien: Personne) -> None:
    texte = repr(contenu.rassembler(julien))
    assert "julien@example.org" in texte
    assert "Paroles : Reprise d’une boulangerie" in texte
    assert "Fiche ouverte" in texte
    assert "voisin" not in texte.lower()


def test_the_content_opens_within_a_request_only_and_is_logged(
    dpo: Affectation, julien: Personne, connecter: Callable[[Affectation], Client]
) -> None:
    client = connecter(dpo)
    demande = enregistrer(dpo)
    url = f"/figeac/espace/confidentialite/droits/{demande.reference}/donnees/"
    assert client.get(url).status_code == 403
    demande = instruire(dpo, demande, julien)
    assert "Paroles : Reprise d’une boulangerie" in client.get(url).content.decode()
    assert Trace.objects.filter(libelle=demande.reference, utilisateur=dpo.utilisateur).count() == 1
    services.repondre(acces=dpo.acces(), demande=demande, version=demande.version, reponse="Envoyé.")
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("page", ["", "repondre/"])
def test_of_two_officers_the_second_loses_nothing(
    dpo: Affectation, julien: Personne, connecter: Callable[[Affectation], Client], page: str
) -> None:
    demande = enregistrer(dpo)
    instruire(dpo, demande, julien)
    adresse = f"/figeac/espace/confidentialite/droits/{demande.reference}/{page}"
    saisie = {
        "version": "1", "reponse": "Voici vos données.", "prolongee": "on", "motif_prolongation": "Voici vos données.",
    }  # fmt: skip

    perimee = connecter(dpo).post(adresse, saisie)

    assert perimee.status_code == 409
    assert "Voici vos données." in perimee.content.decode()
    actuelle = DemandeDroit.objects.get()
    assert f'name="version" value="{actuelle.version}"' in perimee.content.decode()
