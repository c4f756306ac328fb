"""The door: what waits for triage today, and what was answered without a fiche during the year."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.dates import est_ouvre
from apps.demandes import services as demandes
from apps.demandes import suivi, tri
from apps.demandes.enums import Canal, GenreDemande
from apps.demandes.liens import creer_lien
from apps.demandes.models import Demande
from apps.documents.services import recevoir
from apps.fiches.enums import EtatFiche, Origine
from apps.fiches.models import FicheNavette
from apps.personnes.enums import CanalAccord, Portee
from apps.referentiels.models import Commune

from . import pieces
from .donnees import lire
from .territoire import Monde

HORS_TERRITOIRE = {"Cahors": "46042"}


def deposer_a_trier(monde: Monde, nombre: int | None = None) -> None:
    """Those of demandes.json, the oldest first: numbers follow the arrivals."""
    for d in sorted(lire("demandes")["a_trier"][:nombre], key=lambda x: -x["heures"]):
        monde.horloge.regler(_heures_ouvrees(monde, d["heures"]))
        if d.get("deja_connue"):
            _revenir(monde)
        else:
            _deposer(monde, d)


def _heures_ouvrees(monde: Monde, heures: int) -> datetime:
    """That many hours ago, moved to the day when it would fall at night."""
    moment = timezone.localtime(monde.horloge.maintenant - timedelta(hours=heures))
    if not 7 <= moment.hour <= 21:
        moment = moment.replace(hour=monde.hasard.randint(8, 18))
    return min(moment, monde.horloge.maintenant - timedelta(minutes=4))


def _acces(monde: Monde, par: str) -> Acces:
    """Who types it: the applicant, the coordination, an accueil or a référent."""
    if par == "demandeur":
        return Acces.demandeur(monde.territoire.pk)
    roles = {"coordination": Role.COORDINATION, "accueil": Role.ACCUEIL, "referent": Role.REFERENT}
    return next(a for a in monde.affectations.values() if a.role == roles[par]).acces()


def _deposer(monde: Monde, d: dict[str, Any]) -> Demande:
    numero = monde.annuaire.personne()
    par = d.get("par", "demandeur")
    acces = _acces(monde, par)
    commune = next((c for c in monde.communes if c.nom == d["commune"]), None)
    if commune is None and "hors" in d:
        commune = Commune.objects.filter(pk=HORS_TERRITOIRE[d["commune"]]).first()
    champs = {
        "civilite": d["civilite"],
        "prenom": d["prenom"],
        "nom": d["nom"],
        "telephone": numero["telephone"],
        "courriel": "" if par == "coordination" else numero["courriel"],
        "genre": d["genre"],
        "entreprise_nom": d.get("entreprise", ""),
        "projet": d.get("projet", ""),
        "natures": d.get("natures", []),
        "commune": commune,
        "commune_libre": "" if commune else d["commune"],
        "message": d["message"],
        "prescripteur": d.get("prescripteur", ""),
    }
    portee = d["accord"]
    fichiers = []
    if "piece" in d:
        fichier = pieces.png("local.png", (163, 71, 31)) if d["piece"] == "png" else pieces.pdf("tarifs.pdf", "Tarifs")
        fichiers.append(recevoir(fichier=fichier, acces=acces))
    canal_accord = {"demandeur": CanalAccord.FORMULAIRE, "coordination": CanalAccord.TELEPHONE}.get(par, "")
    return demandes.deposer(
        acces=acces,
        cle_unicite=UUID(int=monde.hasard.getrandbits(128)),
        champs={nom: valeur for nom, valeur in champs.items() if valeur not in (None, "", [])},
        themes=[monde.themes[t] for t in d["themes"] if t in monde.themes],
        fichiers=fichiers,
        canal=d["canal"],
        origine=d.get("origine", Origine.DIRECTE),
        accord_portee=portee,
        accord_organismes=[monde.organismes["agri"]] if portee == Portee.NOMMES else [],
        accord_comite=d.get("comite", False),
        accord_canal=canal_accord if portee != Portee.AUCUNE else "",
        notice_lue=par == "demandeur",
    )


def _revenir(monde: Monde) -> None:
    """Somebody whose fiche is open writes again, for the same enterprise."""
    fiche = (
        FicheNavette.objects.filter(
            territoire=monde.territoire, etat=EtatFiche.PRISE_EN_CHARGE, entreprise__isnull=False,
            demandeurs__est_principal=True,
        )
        .exclude(demandeurs__personne__courriel="")
        .order_by("rang", "annee")
        .first()
    )  # fmt: skip
    assert fiche is not None
    personne = fiche.demandeurs.select_related("personne").get(est_principal=True).personne
    entreprise = fiche.entreprise
    assert entreprise is not None
    demandes.deposer(
        acces=Acces.demandeur(monde.territoire.pk),
        cle_unicite=UUID(int=monde.hasard.getrandbits(128)),
        champs={
            "civilite": personne.civilite,
            "prenom": personne.prenom,
            "nom": personne.nom,
            "courriel": personne.courriel,
            "genre": GenreDemande.ENTREPRISE,
            "entreprise_nom": entreprise.nom,
            "siret": entreprise.siret or "",
            "commune": entreprise.commune,
            "message": "Je vous ai déjà écrit au printemps. J’ai maintenant une autre question : puis-je embaucher "
            "quelqu’un à mi-temps pour l’été ?",
        },
        themes=[monde.themes["recrutement"]],
        accord_portee=Portee.TOUS,
        accord_canal=CanalAccord.FORMULAIRE,
        notice_lue=True,
    )


def raconter_les_passees(monde: Monde) -> None:
    """Answered, sent elsewhere, refused, unwanted, withdrawn: counted, without a fiche."""
    aujourd_hui = timezone.localdate(monde.horloge.maintenant)
    for d in lire("demandes")["passees"]:
        jour = aujourd_hui - timedelta(days=d["jours"])
        while not est_ouvre(jour):
            jour -= timedelta(days=1)
        moment = timezone.make_aware(datetime.combine(jour, time(monde.hasard.randint(8, 18), 12)))
        monde.horloge.regler(moment)
        _finir(monde, d, _deposer_passee(monde, d))


def _deposer_passee(monde: Monde, d: dict[str, Any]) -> Demande:
    personne = monde.annuaire.personne()
    return demandes.deposer(
        acces=Acces.demandeur(monde.territoire.pk),
        cle_unicite=UUID(int=monde.hasard.getrandbits(128)),
        champs={
            **{nom: personne[nom] for nom in ("civilite", "prenom", "nom", "telephone", "courriel")},
            "commune": monde.commune(),
            "message": d["message"],
        },
        canal=Canal.WEB,
        notice_lue=True,
    )


def _finir(monde: Monde, d: dict[str, Any], demande: Demande) -> None:
    monde.horloge.avancer(hours=monde.hasard.uniform(2, 30))
    acces, precision = monde.acces, d.get("precision", "")
    match d["fin"]:
        case "renseigner":
            tri.renseigner(acces=acces, demande=demande, precision=precision)
        case "transmettre":
            tri.transmettre(acces=acces, demande=demande, precision=precision)
        case "refuser":
            tri.refuser(acces=acces, demande=demande, motif=d["motif"], precision=precision)
        case "indesirable":
            tri.marquer_indesirable(acces=acces, demande=demande)
        case _:
            lien, _jeton = creer_lien(acces=acces, demande=demande)
            suivi.retirer(acces=Acces.demandeur(monde.territoire.pk), lien=lien)
