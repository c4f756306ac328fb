"""Every way a demande ends, and taking it back within the minute."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, Refus, TransitionInterdite
from apps.courriels.models import Courriel, EtatCourriel
from apps.demandes import services, tri
from apps.demandes.enums import EtatDemande, MotifRefus
from apps.demandes.liens import creer_lien
from apps.demandes.models import Demande, LienSuivi
from apps.fiches.enums import StatutFiche
from apps.fiches.models import FicheNavette
from apps.personnes.enums import CanalAccord, Portee
from apps.porteurs.enums import GenreProjet
from apps.territoires.models import Territoire
from tests.factories import CommuneFactory, OrganismeFactory, ThemeFactory


def deposer(territoire: Territoire, **champs: Any) -> Demande:
    """A web request of a porteur without a company."""
    accord = {c: champs.pop(c) for c in list(champs) if c.startswith("accord_")}
    return services.deposer(
        acces=Acces.demandeur(territoire.pk),
        cle_unicite=uuid.uuid4(),
        champs={
            "prenom": "Julien",
            "nom": "Lacoste",
            "courriel": "julien.lacoste@example.org",
            "projet": "Reprendre la boulangerie de Cardaillac",
            "genre": "projet",
            "commune": CommuneFactory(),
            "message": "Est-ce viable, et comment financer ?",
            **champs,
        },
        themes=[ThemeFactory(territoire=territoire, nom="Reprise")],
        notice_lue=True,
        **accord,
    )


def choix(demande: Demande, **autres: Any) -> tri.Ouverture:
    return tri.Ouverture(
        titre="Reprise d’une boulangerie à Cardaillac",
        genre_projet=GenreProjet.REPRISE,
        themes=list(demande.themes.all()),
        **autres,
    )


def courriels_du_tri(demande: Demande) -> list[str]:
    return list(Courriel.objects.filter(cle__startswith=f"tri:{demande.pk}:").values_list("etat", flat=True))


def test_a_request_becomes_a_fiche_with_its_person_projet_and_need(
    territoire: Territoire, coordination: Affectation
) -> None:
    demande = deposer(territoire)
    fiche = tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    demande.refresh_from_db()
    assert demande.etat == EtatDemande.FICHE_OUVERTE
    assert demande.fiche == fiche
    assert str(fiche.demandeurs.get().personne) == "Julien Lacoste"
    assert fiche.projet.genre == GenreProjet.REPRISE
    assert fiche.besoins.get().paroles == "Est-ce viable, et comment financer ?"
    assert fiche.premier_contact_avant == demande.rappel_avant
    assert courriels_du_tri(demande) == [EtatCourriel.A_ENVOYER]
    assert Courriel.objects.get(cle__startswith="tri:").pas_avant == demande.annulable_jusqua


def test_the_accord_given_on_the_form_follows_to_the_fiche(territoire: Territoire, coordination: Affectation) -> None:
    demande = deposer(territoire, accord_portee=Portee.TOUS, accord_comite=True, accord_canal=CanalAccord.FORMULAIRE)
    fiche = tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    accord = fiche.demandeurs.get().accord
    assert accord is not None
    assert (accord.portee, accord.comite, accord.canal) == (Portee.TOUS, True, CanalAccord.FORMULAIRE)


def test_without_accord_the_fiche_has_none(territoire: Territoire, coordination: Affectation) -> None:
    demande = deposer(territoire)
    fiche = tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    assert fiche.demandeurs.get().accord is None


def test_undoing_an_opening_cancels_the_fiche_keeps_its_number_and_stops_the_mail(
    territoire: Territoire, coordination: Affectation
) -> None:
    demande = deposer(territoire)
    fiche = tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    tri.annuler_tri(acces=coordination.acces(), demande=demande)
    fiche.refresh_from_db()
    demande.refresh_from_db()
    assert fiche.statut == StatutFiche.ANNULEE
    assert (demande.etat, demande.fiche) == (EtatDemande.A_QUALIFIER, None)
    assert courriels_du_tri(demande) == [EtatCourriel.ANNULE]
    suivante = tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    assert suivante.rang == fiche.rang + 1
    assert sorted(courriels_du_tri(demande)) == [EtatCourriel.A_ENVOYER, EtatCourriel.ANNULE]


def test_the_triage_cannot_be_undone_after_its_minute(territoire: Territoire, coordination: Affectation) -> None:
    demande = deposer(territoire)
    tri.renseigner(acces=coordination.acces(), demande=demande, precision="Horaires donnés.")
    Demande.objects.filter(pk=demande.pk).update(annulable_jusqua=timezone.now() - timedelta(seconds=1))
    with pytest.raises(TransitionInterdite):
        tri.annuler_tri(acces=coordination.acces(), demande=demande)


def test_a_joined_request_opens_nothing_of_the_fiche_until_confirmed(
    territoire: Territoire, coordination: Affectation
) -> None:
    acces = coordination.acces()
    premiere = deposer(territoire)
    fiche = tri.ouvrir_fiche(acces=acces, demande=premiere, choix=choix(premiere))
    seconde = deposer(territoire, prenom="Anne", nom="Lacoste", courriel="anne@example.org")
    creer_lien(acces=acces, demande=seconde)
    tri.joindre(acces=acces, demande=seconde, fiche=fiche)
    assert set(LienSuivi.objects.filter(demande=seconde).values_list("fiche_ouverte", flat=True)) == {False}
    assert set(LienSuivi.objects.filter(demande=premiere).values_list("fiche_ouverte", flat=True)) == {True}
    tri.ouvrir_le_suivi(acces=acces, demande=seconde)
    assert set(LienSuivi.objects.filter(demande=seconde).values_list("fiche_ouverte", flat=True)) == {True}


def test_joining_keeps_the_other_persons_identity_apart(territoire: Territoire, coordination: Affectation) -> None:
    acces = coordination.acces()
    premiere = deposer(territoire)
    fiche = tri.ouvrir_fiche(acces=acces, demande=premiere, choix=choix(premiere))
    seconde = deposer(territoire, prenom="Anne", nom="Lacoste", courriel="anne@example.org")
    tri.joindre(acces=acces, demande=seconde, fiche=fiche)
    seconde.refresh_from_db()
    assert seconde.personne is None
    assert [str(d.personne) for d in fiche.demandeurs.all()] == ["Julien Lacoste"]


def test_a_closed_fiche_takes_no_request(territoire: Territoire, coordination: Affectation) -> None:
    acces = coordination.acces()
    premiere = deposer(territoire)
    fiche = tri.ouvrir_fiche(acces=acces, demande=premiere, choix=choix(premiere))
    FicheNavette.objects.filter(pk=fiche.pk).update(statut=StatutFiche.CLOTUREE, cloturee_le=timezone.now())
    seconde = deposer(territoire, courriel="anne@example.org")
    with pytest.raises(ErreurMetier, match="n’est plus ouverte"):
        tri.joindre(acces=acces, demande=seconde, fiche=fiche)


@pytest.mark.parametrize(
    ("fonction", "champs", "etat"),
    [
        (tri.renseigner, {"precision": "Horaires donnés.", "reponse": "Bonjour,\nvoici."}, EtatDemande.RENSEIGNEE),
        (tri.transmettre, {"precision": "Vers Cahors.", "reponse": "Bonjour,\nvoici."}, EtatDemande.TRANSMISE),
        (tri.refuser, {"motif": MotifRefus.PARTICULIER, "reponse": "Bonjour,\nvoici."}, EtatDemande.REFUSEE),
    ],
)
def test_an_answer_without_a_fiche(
    territoire: Territoire, coordination: Affectation, fonction: Any, champs: dict[str, Any], etat: str
) -> None:
    demande = deposer(territoire)
    fonction(acces=coordination.acces(), demande=demande, **champs)
    demande.refresh_from_db()
    assert demande.etat == etat
    assert "Bonjour,\nvoici." in Courriel.objects.get(cle__startswith=f"tri:{demande.pk}:").corps
    assert not FicheNavette.objects.exists()


def test_an_answer_left_empty_sends_nothing(territoire: Territoire, coordination: Affectation) -> None:
    demande = deposer(territoire)
    tri.refuser(acces=coordination.acces(), demande=demande, motif=MotifRefus.DEMARCHAGE)
    assert courriels_du_tri(demande) == []


def test_a_request_is_dealt_with_once(territoire: Territoire, coordination: Affectation) -> None:
    demande = deposer(territoire)
    tri.marquer_indesirable(acces=coordination.acces(), demande=demande)
    with pytest.raises(TransitionInterdite):
        tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))


def test_only_the_coordination_triages(territoire: Territoire, referent: Affectation) -> None:
    demande = deposer(territoire)
    with pytest.raises(Refus):
        tri.ouvrir_fiche(acces=referent.acces(), demande=demande, choix=choix(demande))


def test_a_request_typed_by_an_accueil_shares_nothing_before_the_person_confirms(
    territoire: Territoire, coordination: Affectation
) -> None:
    OrganismeFactory(territoire=territoire)
    demande = deposer(territoire, accord_portee=Portee.TOUS, accord_canal=CanalAccord.FORMULAIRE)
    Demande.objects.filter(pk=demande.pk).update(saisie_role="accueil", confirmee_le=None)
    fiche = tri.ouvrir_fiche(acces=coordination.acces(), demande=demande, choix=choix(demande))
    assert fiche.demandeurs.get().accord is None
