"""An accord opens what was agreed to, and nothing else: each test owns something that could leak."""

from typing import Any

import pytest

from apps.acces.models import Affectation
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.demandes import accords, suivi, tri
from apps.demandes.liens import creer_lien
from apps.demandes.models import Demande, LienSuivi
from apps.documents.services import recevoir
from apps.entreprises import services as entreprises
from apps.entreprises.models import Interlocuteur
from apps.fiches import services as fiches
from apps.fiches.enums import GenreOrientation
from apps.fiches.models import Besoin, EntreeJournal, FicheNavette, Orientation, PieceFiche
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Accord, Personne
from apps.territoires.models import Territoire
from tests.factories import ThemeFactory

from .publics import pdf
from .test_tri import choix, deposer

TOUS = {"accord_portee": Portee.TOUS, "accord_canal": CanalAccord.FORMULAIRE}


def partagee(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> tuple[FicheNavette, Personne, Demande]:
    """A fiche whose applicant agreed to everything, at one partner's."""
    demande = deposer(territoire, telephone="06 11 22 33 44", **TOUS)
    acces = coordination.acces()
    fiche = tri.ouvrir_fiche(acces=acces, demande=demande, choix=choix(demande))
    fiches.orienter(acces=acces, fiche=fiche, organismes=[referent.organisme], genre=GenreOrientation.ACCOMPAGNEMENT)
    return fiche, fiche.demandeurs.get().personne, demande


def jointe(territoire: Territoire, coordination: Affectation, fiche: FicheNavette, **champs: Any) -> LienSuivi:
    """A second request with the same telephone, sent by nobody knows whom, joined to the fiche."""
    seconde = deposer(
        territoire, nom="Inconnu", courriel="autre@example.org", telephone="06 11 22 33 44", message="MOTS-DU-SECOND",
        **champs,
    )  # fmt: skip
    lien, _ = creer_lien(acces=Acces.demandeur(territoire.pk), demande=seconde)
    tri.joindre(acces=coordination.acces(), demande=seconde, fiche=fiche)
    lien = LienSuivi.objects.get(pk=lien.pk)
    assert lien.demande.personne is not None
    return lien


@pytest.mark.parametrize("saisie", [False, True])
def test_an_older_accord_does_not_open_a_new_request(
    territoire: Territoire, coordination: Affectation, referent: Affectation, saisie: bool
) -> None:
    """No accord on this one, or one that somebody else noted and the person has not confirmed."""
    _, personne, _ = partagee(territoire, coordination, referent)
    nouvelle = deposer(territoire, **(TOUS if saisie else {}))
    if saisie:
        Demande.objects.filter(pk=nouvelle.pk).update(saisie_role="accueil", confirmee_le=None)

    fiche = tri.ouvrir_fiche(acces=coordination.acces(), demande=nouvelle, choix=choix(nouvelle, personne=personne))

    with pytest.raises(ErreurMetier, match="accord"):
        fiches.orienter(acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="avis")
    nouvelle.refresh_from_db()
    assert accords.en_vigueur(nouvelle) == (Portee.AUCUNE, [], False)
    # The person says so for this one too, from its own page.
    lien, _ = creer_lien(acces=Acces.demandeur(territoire.pk), demande=nouvelle)
    suivi.changer_accord(acces=Acces.demandeur(territoire.pk), lien=lien, portee=Portee.TOUS)
    fiches.orienter(acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="avis")


@pytest.mark.parametrize("geste", ["retirer l'accord", "retirer la demande", "elargir"])
def test_the_link_of_a_joined_request_does_not_move_anybodys_accord(
    territoire: Territoire, coordination: Affectation, referent: Affectation, geste: str
) -> None:
    fiche, personne, _ = partagee(territoire, coordination, referent)
    lien = jointe(territoire, coordination, fiche)
    avant = Accord.objects.en_vigueur().get(personne=personne).pk
    acces = Acces.demandeur(territoire.pk)
    assert suivi.lire(lien).accord_portee == Portee.AUCUNE

    if geste == "retirer l'accord":
        suivi.changer_accord(acces=acces, lien=lien, portee=Portee.AUCUNE, comite=True)
    elif geste == "elargir":
        suivi.changer_accord(acces=acces, lien=lien, portee=Portee.TOUS, comite=True)
    else:
        suivi.retirer(acces=acces, lien=lien)

    assert Accord.objects.en_vigueur().get(personne=personne).pk == avant
    assert FicheNavette.objects.visibles_par(referent.acces()).filter(pk=fiche.pk).exists()


def test_once_confirmed_the_link_speaks_for_the_person(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche, personne, _ = partagee(territoire, coordination, referent)
    lien = jointe(territoire, coordination, fiche)
    tri.ouvrir_le_suivi(acces=coordination.acces(), demande=lien.demande)

    suivi.retirer(acces=Acces.demandeur(territoire.pk), lien=lien)

    assert not Accord.objects.en_vigueur().filter(personne=personne).exists()
    assert not FicheNavette.objects.visibles_par(referent.acces()).exists()
    assert Orientation.objects.get(fiche=fiche).etat == "annulee"


@pytest.mark.parametrize("accord", [False, True])
def test_partners_read_a_joined_request_only_if_it_agreed(
    territoire: Territoire, coordination: Affectation, referent: Affectation, accord: bool
) -> None:
    fiche, _, _ = partagee(territoire, coordination, referent)
    seconde = deposer(
        territoire, nom="Autre", courriel="autre@example.org", message="MOTS-DU-SECOND", **(TOUS if accord else {})
    )
    seconde.themes.set([ThemeFactory(territoire=territoire, nom="Financement")])
    seconde.pieces.create(territoire=territoire, fichier=recevoir(fichier=pdf(), acces=coordination.acces()))

    tri.joindre(acces=coordination.acces(), demande=seconde, fiche=fiche)

    assert PieceFiche.objects.visibles_par(referent.acces()).exists() is accord
    assert Besoin.objects.filter(fiche=fiche, paroles="MOTS-DU-SECOND").exists() is accord
    assert EntreeJournal.objects.visibles_par(coordination.acces()).filter(motif="MOTS-DU-SECOND").exists()
    assert not EntreeJournal.objects.visibles_par(referent.acces()).filter(motif="MOTS-DU-SECOND").exists()


def test_partners_do_not_read_the_messages_of_somebody_who_is_no_applicant(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche, _, premiere = partagee(territoire, coordination, referent)
    seconde = deposer(territoire, nom="Autre", courriel="autre@example.org")
    lien, _ = creer_lien(acces=Acces.demandeur(territoire.pk), demande=seconde)
    tri.joindre(acces=coordination.acces(), demande=seconde, fiche=fiche, ouvrir_le_suivi=True)
    sien = LienSuivi.objects.filter(demande=premiere).first()
    assert sien is not None

    suivi.ajouter_message(acces=Acces.demandeur(territoire.pk), lien=lien, texte="MOTS-DU-SECOND")
    suivi.ajouter_message(acces=Acces.demandeur(territoire.pk), lien=sien, texte="MOTS-DU-PREMIER")

    lus = set(EntreeJournal.objects.visibles_par(referent.acces()).values_list("motif", flat=True))
    assert "MOTS-DU-PREMIER" in lus and "MOTS-DU-SECOND" not in lus


def test_undoing_the_triage_recognises_nobody_any_more(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche, personne, _ = partagee(territoire, coordination, referent)
    lien = jointe(territoire, coordination, fiche)
    tri.annuler_tri(acces=coordination.acces(), demande=lien.demande)

    suivi.retirer(acces=Acces.demandeur(territoire.pk), lien=LienSuivi.objects.get(pk=lien.pk))

    assert Accord.objects.en_vigueur().filter(personne=personne).exists()
    assert FicheNavette.objects.visibles_par(referent.acces()).filter(pk=fiche.pk).exists()


def test_a_new_request_overwrites_nothing_of_the_contacts_of_an_enterprise(
    territoire: Territoire, coordination: Affectation
) -> None:
    acces = coordination.acces()
    fournil = entreprises.creer(acces=acces, nom="Fournil")
    gerante, comptable = (personnes.creer(acces=acces, prenom="Anne", nom=nom) for nom in ("Vidal", "Roux"))
    entreprises.lier(
        acces=acces, entreprise=fournil, personne=gerante, fonction="Gérante", est_dirigeant=True, est_principal=True
    )
    entreprises.lier(acces=acces, entreprise=fournil, personne=comptable, fonction="Comptable", est_dirigeant=False)
    avant = set(Interlocuteur.objects.values_list("personne", "fonction", "est_dirigeant", "est_principal"))

    demande = deposer(territoire)
    tri.ouvrir_fiche(acces=acces, demande=demande, choix=choix(demande, personne=comptable, entreprise=fournil))
    assert set(Interlocuteur.objects.values_list("personne", "fonction", "est_dirigeant", "est_principal")) == avant

    autre = deposer(territoire)
    tri.ouvrir_fiche(acces=acces, demande=autre, choix=choix(autre, entreprise=fournil))
    lignes = set(Interlocuteur.objects.values_list("personne", "fonction", "est_dirigeant", "est_principal"))
    assert avant < lignes and len(lignes) == 3
