"""The world of the matrix: one fiche in every relation to every role, and something to leak behind each closed door."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.acces.models import Affectation, Qualite
from apps.comptes.models import Utilisateur
from apps.confidentialite import services as droits
from apps.core.acces import Role
from apps.core.portee import portee
from apps.demandes import liens
from apps.demandes import services as demandes
from apps.demandes.models import Demande
from apps.documents import services as documents
from apps.documents.models import Fichier
from apps.entreprises import services as entreprises
from apps.fiches import services as fiches
from apps.fiches.enums import GenreOrientation, MotifDeclin, ResultatOrientation, Visibilite
from apps.fiches.models import FicheNavette, Orientation
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord, Portee
from apps.porteurs import services as porteurs
from apps.territoires.models import Territoire
from apps.travaux import services as travaux
from tests.comites.factories import InstanceFactory, MembreFactory, PresenceFactory, SeanceFactory
from tests.factories import (
    AffectationFactory,
    CommuneFactory,
    OrganismeFactory,
    TerritoireFactory,
    ThemeFactory,
    UtilisateurFactory,
)
from tests.outils import entrer

from . import roles as R


@dataclass
class Monde:
    """Everything by name, for the arguments of the routes."""

    territoire: Territoire
    autre: Territoire
    fiche: FicheNavette
    demande: Demande
    jeton_suivi: str = ""
    affectations: dict[str, Affectation] = field(default_factory=dict)
    administrateur: Utilisateur | None = None
    objets: dict[str, Any] = field(default_factory=dict)


def _equipe(figeac: Territoire, autre: Territoire) -> tuple[dict[str, Affectation], dict[str, Any]]:
    organismes = {
        nom: OrganismeFactory(territoire=figeac, nom=f"Organisme {nom}", nom_court=nom.upper())
        for nom in ("saisi", "decline", "termine", "non_saisi")
    }

    def partenaire(role: Role, organisme: str, qualite: str = Qualite.TITULAIRE) -> Affectation:
        return AffectationFactory(territoire=figeac, role=role, organisme=organismes[organisme], qualite=qualite)

    with portee(autre.pk):
        ailleurs = AffectationFactory(territoire=autre, role=Role.COORDINATION)
    return {
        R.COORDINATION: AffectationFactory(territoire=figeac, role=Role.COORDINATION),
        R.REFERENT_SAISI: partenaire(Role.REFERENT, "saisi"),
        R.SUPPLEANT: partenaire(Role.REFERENT, "saisi", Qualite.SUPPLEANT),
        R.REFERENT_NON_SAISI: partenaire(Role.REFERENT, "non_saisi"),
        R.REFERENT_DECLINE: partenaire(Role.REFERENT, "decline"),
        R.REFERENT_TERMINE: partenaire(Role.REFERENT, "termine"),
        R.TECHNICIEN_CONFIE: partenaire(Role.TECHNICIEN, "saisi"),
        R.TECHNICIEN_NON_CONFIE: partenaire(Role.TECHNICIEN, "saisi"),
        R.ACCUEIL: AffectationFactory(territoire=figeac, role=Role.ACCUEIL, lieu="Mairie de Cajarc"),
        R.ACCUEIL_AUTRE: AffectationFactory(territoire=figeac, role=Role.ACCUEIL, lieu="France Services de Leyme"),
        R.PILOTAGE: AffectationFactory(territoire=figeac, role=Role.PILOTAGE),
        R.DPO: AffectationFactory(territoire=figeac, role=Role.DPO),
        R.AUTRE_TERRITOIRE: ailleurs,
    }, organismes


def arguments(monde: Monde, route: str, noms: set[str], ligne: dict[str, Any]) -> dict[str, Any]:
    """Arguments of an address: the row's own, else those of the namespace and name, else those of the name."""
    propres = ligne["args"](monde) if "args" in ligne else {}
    espace = route.split(":")[0]
    kwargs = {}
    for nom in noms:
        if nom in propres:
            kwargs[nom] = propres[nom]
            continue
        source = ARGUMENTS.get((espace, nom)) or ARGUMENTS.get(("", nom))
        assert source, f"{route} : l’argument « {nom} » n’a pas de valeur dans le monde de la matrice."
        kwargs[nom] = source(monde)
    return kwargs


ARGUMENTS: dict[tuple[str, str], Callable[[Monde], Any]] = {
    ("", "territoire"): lambda m: m.territoire.slug,
    ("", "numero"): lambda m: m.fiche.numero,
    ("", "reference"): lambda m: m.demande.reference,
    ("public", "jeton"): lambda m: m.jeton_suivi,
    ("travaux", "jeton"): lambda m: m.objets["travail"].jeton,
    ("entreprises", "pk"): lambda m: m.objets["entreprise"].pk,
    ("porteurs", "pk"): lambda m: m.objets["projet"].pk,
    ("personnes", "pk"): lambda m: m.objets["personne"].pk,
    ("comites", "numero"): lambda m: m.objets["seance"].numero,
    ("partenaires", "pk"): lambda m: m.objets["organismes"]["saisi"].pk,
    ("fiches", "cle"): lambda m: m.objets["piece"].fichier.cle,
}


def client_de(monde: Monde, role: str) -> Client:
    """A fresh browser for the role; the tracking-link holder is not logged in."""
    client = Client(raise_request_exception=False)
    if role == R.ADMINISTRATEUR:
        client.force_login(monde.administrateur)
    elif role in monde.affectations:
        client.force_login(monde.affectations[role].utilisateur)
    return client


def _orientations(monde: Monde, acces: Any, organismes: dict[str, Any]) -> dict[str, Orientation]:
    faites = fiches.orienter(
        acces=acces,
        fiche=monde.fiche,
        organismes=[organismes["saisi"], organismes["decline"], organismes["termine"]],
        genre=GenreOrientation.ACCOMPAGNEMENT,
    )
    par_nom = {o.organisme.nom_court.lower(): o for o in faites}
    qui = {n: monde.affectations[r].acces() for n, r in
           (("saisi", R.REFERENT_SAISI), ("decline", R.REFERENT_DECLINE), ("termine", R.REFERENT_TERMINE))}  # fmt: skip
    fiches.prendre_en_charge(acces=qui["saisi"], orientation=par_nom["saisi"])
    fiches.prendre_en_charge(acces=qui["termine"], orientation=par_nom["termine"])
    fiches.terminer(acces=qui["termine"], orientation=par_nom["termine"], resultat=ResultatOrientation.AIDE)
    fiches.decliner(acces=qui["decline"], orientation=par_nom["decline"], motif=MotifDeclin.HORS_CHAMP)
    fiches.confier(
        acces=qui["saisi"],
        orientation=par_nom["saisi"],
        technicien=monde.affectations[R.TECHNICIEN_CONFIE].utilisateur,
    )
    return par_nom


def construire() -> Monde:
    """Figeac with one fiche known to everybody in a different way, and Langres beside it."""
    figeac, autre = TerritoireFactory(), TerritoireFactory(slug="langres", nom="Pays de Langres")
    entrer(figeac.pk)
    affectations, organismes = _equipe(figeac, autre)
    acces = affectations[R.COORDINATION].acces()
    joint = _fichier(acces, "besoin.pdf")
    demande, jeton = _demande(figeac, affectations[R.ACCUEIL].acces(), joint)
    _demande(figeac, affectations[R.ACCUEIL_AUTRE].acces())
    julien = personnes.creer(acces=acces, prenom="Julien", nom="Lacoste", courriel="julien.lacoste@example.org")
    entreprise = entreprises.creer(acces=acces, nom="Boulangerie Lacoste", commune=CommuneFactory())
    entreprises.lier(
        acces=acces, entreprise=entreprise, personne=julien, fonction="Gérant", est_dirigeant=True, est_principal=True
    )
    projet = porteurs.creer_projet(acces=acces, personnes=[julien], principal=julien, titre="Reprise", genre="reprise")
    accord = personnes.donner_accord(
        acces=acces, personne=julien, portee=Portee.TOUS, comite=True, canal=CanalAccord.TELEPHONE
    )
    fiche = fiches.ouvrir(
        acces=acces,
        titre="Reprise d’une boulangerie",
        entreprise=entreprise,
        projet=projet,
        personnes=[julien],
        besoins=[{"theme": ThemeFactory(territoire=figeac), "paroles": "Est-ce viable ?"}],
    )
    fiches.attacher_accord(acces=acces, fiche=fiche, personne=julien, accord=accord)
    monde = Monde(figeac, autre, fiche, demande, jeton, affectations)
    monde.administrateur = UtilisateurFactory(est_administrateur=True)
    monde.objets = {
        "organismes": organismes,
        "fichier_demande": joint,
        "entreprise": entreprise,
        "projet": projet,
        "personne": julien,
        "accord": accord,
        "orientations": _orientations(monde, acces, organismes),
        "besoin": fiche.besoins.first(),
    }
    _echanges(monde, acces)
    _droit(monde)
    _comite(monde)
    return monde


def _fichier(acces: Any, nom: str) -> Fichier:
    contenu = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    return documents.recevoir(fichier=SimpleUploadedFile(nom, contenu), acces=acces)


def _demande(figeac: Territoire, acces: Any, *fichiers: Fichier) -> tuple[Demande, str]:
    demande = demandes.deposer(
        acces=acces,
        cle_unicite=uuid.uuid4(),
        champs={"nom": "Bastide", "prenom": "Élodie", "courriel": "elodie@example.org", "message": "Recruter"},
        themes=[ThemeFactory(territoire=figeac)],
        fichiers=fichiers,
        canal="permanence",
    )
    _, jeton = liens.creer_lien(acces=acces, demande=demande)
    return demande, jeton


def _echanges(monde: Monde, acces: Any) -> None:
    """One échange and one file, and a job, for the routes that name them."""
    monde.objets["echange"] = fiches.noter_echange(
        acces=acces, fiche=monde.fiche, genre="appel", texte="Bilans reçus.", visibilite=Visibilite.PARTENAIRES
    )
    fichier = _fichier(acces, "bilan.pdf")
    monde.objets["fichier"] = fichier
    monde.objets["piece"] = fiches.ajouter_piece(
        acces=acces, fiche=monde.fiche, fichier=fichier, titre="Bilan", visibilite=Visibilite.PARTENAIRES
    )
    monde.objets["travail"] = travaux.demander("entreprises.import", cle="matrice", parametres={}, acces=acces)


def _droit(monde: Monde) -> None:
    """A request for rights, instructed, so that the officer has a content to read."""
    dpo = monde.affectations[R.DPO].acces()
    jour = timezone.localdate()
    droit = droits.enregistrer(acces=dpo, droit="acces", nom="Lacoste", contact="julien@example.org", recue_le=jour)
    monde.objets["droit"] = droits.instruire(
        acces=dpo, demande=droit, version=droit.version, personne=monde.objets["personne"], identite_verifiee_le=jour
    )


def _comite(monde: Monde) -> None:
    """A convened comité technique where three of the four organismes sit, and an anonymous one for the pilotage."""
    instance = InstanceFactory(territoire=monde.territoire, nom="Comité technique")
    pilotage = InstanceFactory(territoire=monde.territoire, nom="Comité de pilotage", anonyme=True)
    seance = SeanceFactory(instance=instance, convoquee=True)
    for exemplaire, nom in enumerate(("saisi", "decline", "termine"), start=1):
        organisme = monde.objets["organismes"][nom]
        MembreFactory(instance=instance, organisme=organisme)
        PresenceFactory(seance=seance, organisme=organisme, exemplaire=exemplaire)
    elu = monde.affectations[R.PILOTAGE].utilisateur
    MembreFactory(instance=pilotage, organisme=None, utilisateur=elu)
    anonyme = SeanceFactory(instance=pilotage, convoquee=True, numero="CP-2026-5001")
    PresenceFactory(seance=anonyme, organisme=None, utilisateur=elu, nom=str(elu))
    monde.objets |= {"instance": instance, "seance": seance, "pilotage": pilotage, "seance_anonyme": anonyme}
