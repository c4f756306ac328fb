"""One territoire with years of work, made through the services, each at its moment: what the copies are made of.

The same seed gives the same territoire. About one fiche in eight is still open, as in a Pays that closes what it opens.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from apps.acces.models import Affectation, Qualite
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.texte import normaliser
from apps.courriels.models import Courriel, EtatCourriel
from apps.demandes import services as demandes
from apps.demandes import tri
from apps.demandes.enums import Canal, GenreDemande, MotifRefus
from apps.demandes.models import Demande
from apps.documents import services as documents
from apps.fiches import services as fiches
from apps.fiches.enums import GenreEchange, GenreOrientation, MotifCloture, MotifDeclin, ResultatOrientation, Visibilite
from apps.fiches.models import FicheNavette, Orientation, Suivi
from apps.listes import services as listes
from apps.partenaires.models import Convention, Organisme
from apps.personnes.enums import CanalAccord, Portee
from apps.porteurs.enums import GenreProjet
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire, Theme

EPCI = "200067361"
ANNEES = 6
OUVERTES = 0.12
NOMS = (
    "Albagnac Andrieu Austruy Bach Balitrand Bex Bonnet Bouyssou Bru Cabrignac Calmon Canet Carbonnel Caussanel "
    "Cavarroc Cayla Clary Couderc Darses Delclaux Delort Destruels Doumerc Espeillac Fau Ferrières Filhol Gaillard "
    "Ginestet Grialou Izard Lacam Lagane Landès Larnaudie Lavaur Liauzun Maleville Marcenac Mazet Montil Moulène "
    "Naudou Olivié Palis Pégourié Phalip Pouget Pradelle Rames Ratier Roumieux Sabut Salesse Séguy Souilhac Sudres "
    "Teulet Tillet Tourlan Trassy Vaissière Vayssade Verdier Vernhes Viguié"
).split()
PRENOMS = (
    "Adèle Alain Amélie Antoine Audrey Benoît Brigitte Camille Cécile Chloé Clément Corinne Damien Delphine Élodie "
    "Émilie Fabien Florence Gilles Hélène Hugo Isabelle Jérôme Julie Karine Laurent Léa Lucie Magali Marc Mathieu "
    "Nadège Nicolas Odile Olivier Pascale Patrick Quentin Rémi Sandrine Sébastien Sophie Thierry Valérie Yannick"
).split()
THEMES = (
    "Création d’entreprise",
    "Reprise",
    "Transmission",
    "Financement",
    "Recrutement",
    "Formation",
    "Immobilier",
    "Numérique",
    "Comptabilité et gestion",
    "Installation agricole",
)
ORGANISMES = (
    ("Chambre de métiers et de l’artisanat", "CMA"),
    ("Chambre de commerce et d’industrie", "CCI"),
    ("Chambre d’agriculture", "Chambre d’agriculture"),
    ("France Travail", "France Travail"),
    ("Mission locale", "Mission locale"),
    ("Initiative Quercy", "Initiative"),
    ("Boutique de gestion", "BGE"),
    ("Direction départementale de l’emploi", "DDETSPP"),
    ("Communauté de communes", "Communauté"),
    ("Lycée professionnel", "Lycée"),
)
METIERS = (
    "Boulangerie Menuiserie Garage Maçonnerie Épicerie Coiffure Plomberie Restaurant Élevage Paysage Couverture "
    "Fleuriste Traiteur Imprimerie Taxi Librairie Ferronnerie Électricité Pressing Maraîchage"
).split()
PHRASES = (
    "Le local convient, la mise aux normes reste à chiffrer avec l’artisan.",
    "Le prévisionnel a été relu : le point mort est atteint dès la deuxième année.",
    "La banque demande un apport plus élevé ; un prêt d’honneur pourrait le compléter.",
    "Le matériel est en bon état, l’organisation est à revoir pour accueillir un apprenti.",
    "La personne souhaite réfléchir jusqu’à la fin du mois avant de signer.",
    "Deux pièces manquent encore au dossier, elles arrivent cette semaine.",
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n" + (
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def siret(alea: random.Random) -> str:
    """A valid SIRET of nobody."""
    siren = _cle_de_luhn(f"{alea.randrange(10**7, 10**8)}")
    return _cle_de_luhn(siren + f"{alea.randrange(1, 40):04d}")


def _cle_de_luhn(debut: str) -> str:
    somme = 0
    for rang, chiffre in enumerate(reversed(debut)):
        n = int(chiffre) * (2 if rang % 2 == 0 else 1)
        somme += n - 9 if n > 9 else n
    return f"{debut}{-somme % 10}"


@contextmanager
def le(moment: datetime) -> Iterator[None]:
    """Everything inside happens at that moment."""
    with time_machine.travel(moment, tick=False):
        yield


@dataclass
class Atelier:
    """Who and what the fiches are made with."""

    territoire: Territoire
    alea: random.Random
    communes: list[Commune]
    themes: list[Theme]
    coordinations: list[Acces] = field(default_factory=list)
    referents: dict[int, Acces] = field(default_factory=dict)
    organismes: list[Organisme] = field(default_factory=list)

    @property
    def coordination(self) -> Acces:
        return self.coordinations[0]


def construire(*, nombre: int, slug: str = "temoin", graine: int = 46) -> Territoire:
    """A territoire of `nombre` fiches, with all that goes with them."""
    maintenant = timezone.now()
    with transaction.atomic():
        with le(maintenant - timedelta(days=366 * ANNEES)):
            atelier = _installer(slug, random.Random(graine))
        ouvertes = round(nombre * OUVERTES)
        moments = [
            *_moments(atelier.alea, nombre - ouvertes, maintenant, depuis=ANNEES * 365, jusque=150),
            *_moments(atelier.alea, ouvertes, maintenant, depuis=120, jusque=2),
        ]
        for rang, moment in enumerate(moments):
            _dossier(atelier, moment, ouverte=rang >= nombre - ouvertes, maintenant=maintenant)
            if rang % 12 == 0:
                _sans_suite(atelier, moment + timedelta(hours=1))
        for _ in range(max(3, nombre // 50)):
            with le(maintenant - timedelta(minutes=atelier.alea.randrange(60, 6 * 1440))):
                _deposer(atelier)
        _suivre(atelier, maintenant)
        _envoyer(maintenant)
        for rang in range(4):
            listes.enregistrer(
                acces=atelier.coordination, liste="fiches", nom=f"Vue {rang + 1}", requete="etat=a_orienter"
            )
    return atelier.territoire


def _moments(alea: random.Random, nombre: int, maintenant: datetime, *, depuis: int, jusque: int) -> list[datetime]:
    """Moments between two numbers of days ago, the oldest first."""
    minutes = (alea.randrange(jusque * 1440, depuis * 1440) for _ in range(nombre))
    return sorted(maintenant - timedelta(minutes=m) for m in minutes)


def _installer(slug: str, alea: random.Random) -> Atelier:
    territoire = Territoire.objects.create(slug=slug, nom="Pays témoin", telephone="05 65 00 00 00")
    communes = list(Commune.objects.filter(epci=EPCI).order_by("code_insee"))
    territoire.communes.set(communes)
    themes = [
        Theme.objects.create(territoire=territoire, nom=n, libelle_public=n, ordre=r) for r, n in enumerate(THEMES)
    ]
    atelier = Atelier(territoire, alea, communes, themes)
    for rang in range(2):
        atelier.coordinations.append(_affecter(atelier, Role.COORDINATION, f"coordination{rang}"))
    _affecter(atelier, Role.ACCUEIL, "accueil")
    _affecter(atelier, Role.PILOTAGE, "pilotage")
    for rang, (nom, court) in enumerate(ORGANISMES):
        organisme = Organisme.objects.create(
            territoire=territoire, nom=nom, nom_court=court, recherche=normaliser(nom, court)
        )
        organisme.themes.set(alea.sample(themes, 5))
        Convention.objects.create(territoire=territoire, organisme=organisme, signee_le="2018-01-01")
        atelier.organismes.append(organisme)
        atelier.referents[organisme.pk] = _affecter(atelier, Role.REFERENT, f"referent{rang}", organisme)
        _affecter(atelier, Role.REFERENT, f"suppleant{rang}", organisme, Qualite.SUPPLEANT)
        _affecter(atelier, Role.TECHNICIEN, f"technicien{rang}", organisme)
    return atelier


def _affecter(
    atelier: Atelier, role: Role, nom: str, organisme: Organisme | None = None, qualite: str = Qualite.TITULAIRE
) -> Acces:
    personne = Utilisateur.objects.create_user(
        f"{nom}@{atelier.territoire.slug}.example.org",
        civilite="Mme",
        prenom=atelier.alea.choice(PRENOMS),
        nom=atelier.alea.choice(NOMS),
        telephone="05 65 00 00 01",
    )
    affectation = Affectation.objects.create(
        utilisateur=personne,
        territoire=atelier.territoire,
        role=role,
        organisme=organisme,
        qualite=qualite,
        accordee_le=timezone.now(),
    )
    return affectation.acces()


def _deposer(atelier: Atelier) -> Demande:
    """A request, typed by the applicant or by the coordination."""
    alea = atelier.alea
    en_ligne = alea.random() < 0.6
    entreprise = alea.random() < 0.7
    prenom, nom, commune = alea.choice(PRENOMS), alea.choice(NOMS), alea.choice(atelier.communes)
    metier = alea.choice(METIERS)
    fichiers = []
    if alea.random() < 0.15:
        recu = SimpleUploadedFile("prévisionnel.pdf", PDF, content_type="application/pdf")
        fichiers = [documents.recevoir(fichier=recu, acces=Acces.demandeur(atelier.territoire.pk))]
    return demandes.deposer(
        acces=Acces.demandeur(atelier.territoire.pk) if en_ligne else alea.choice(atelier.coordinations),
        cle_unicite=UUID(int=alea.getrandbits(128), version=4),
        champs={
            "civilite": alea.choice(["M.", "Mme"]),
            "prenom": prenom,
            "nom": nom,
            "courriel": f"{normaliser(prenom)}.{normaliser(nom)}{alea.randrange(10**6)}@example.org",
            "telephone": f"06 {alea.randrange(10**8):08d}",
            "genre": GenreDemande.ENTREPRISE if entreprise else GenreDemande.PROJET,
            "entreprise_nom": f"{metier} {nom}" if entreprise else "",
            "siret": siret(alea) if entreprise and alea.random() < 0.8 else "",
            "effectif": alea.randrange(0, 15) if entreprise else None,
            "projet": "" if entreprise else f"Reprendre une activité de {metier.lower()} à {commune.nom}.",
            "natures": [alea.choice(["artisanale", "commerciale", "agricole", "liberale"])],
            "commune": commune,
            "message": " ".join(alea.sample(PHRASES, 3)),
        },
        themes=alea.sample(atelier.themes, alea.choice([1, 1, 2, 3])),
        fichiers=fichiers,
        canal=Canal.WEB if en_ligne else alea.choice([Canal.TELEPHONE, Canal.PERMANENCE, Canal.VISITE]),
        accord_portee=Portee.TOUS if alea.random() < 0.85 else Portee.AUCUNE,
        accord_canal=CanalAccord.FORMULAIRE if en_ligne else CanalAccord.TELEPHONE,
        notice_lue=en_ligne,
    )


def _sans_suite(atelier: Atelier, moment: datetime) -> None:
    """A request that ends without a fiche."""
    with le(moment):
        demande = _deposer(atelier)
    with le(moment + timedelta(days=1)):
        if atelier.alea.random() < 0.6:
            tri.renseigner(acces=atelier.coordination, demande=demande, precision="Renseignement donné au téléphone.")
        else:
            tri.refuser(acces=atelier.coordination, demande=demande, motif=MotifRefus.HORS_CHAMP)


def _dossier(atelier: Atelier, moment: datetime, *, ouverte: bool, maintenant: datetime) -> None:
    """The life of one fiche, from the request to where it stands today."""
    alea = atelier.alea
    with le(moment - timedelta(days=1)):
        demande = _deposer(atelier)
    with le(moment):
        fiche = _ouvrir(atelier, demande)
    jour = moment + timedelta(days=1)
    orientations: list[Orientation] = []
    if demande.accord_portee == Portee.TOUS and not (ouverte and alea.random() < 0.15):
        with le(min(jour, maintenant)):
            orientations = _orienter(atelier, fiche)
    jour += timedelta(days=alea.randrange(1, 6))
    for orientation in orientations:
        if jour < maintenant and not (ouverte and alea.random() < 0.35):
            with le(jour):
                _repondre(atelier, orientation)
    auteurs = [*atelier.coordinations, *(atelier.referents[o.organisme_id] for o in orientations)]
    for _ in range(alea.choice([1, 2, 2, 3, 4, 6])):
        jour += timedelta(days=alea.randrange(2, 14))
        if jour < maintenant:
            with le(jour):
                _echanger(alea, alea.choice(auteurs), fiche)
    if not ouverte:
        with le(min(jour + timedelta(days=3), maintenant)):
            _clore(atelier, fiche)


def _ouvrir(atelier: Atelier, demande: Demande) -> FicheNavette:
    alea = atelier.alea
    entreprise = demande.genre == GenreDemande.ENTREPRISE
    choix = tri.Ouverture(
        titre=f"{alea.choice(atelier.themes).nom} : {tri.titre_propose(demande)}"[:150],
        avec_entreprise=entreprise,
        genre_projet="" if entreprise else alea.choice([GenreProjet.CREATION, GenreProjet.REPRISE]),
        themes=list(demande.themes.all()),
        analyse=alea.choice(PHRASES),
        responsable=Utilisateur.objects.get(pk=alea.choice(atelier.coordinations).utilisateur_id),
    )
    return tri.ouvrir_fiche(acces=atelier.coordination, demande=demande, choix=choix)


def _orienter(atelier: Atelier, fiche: FicheNavette) -> list[Orientation]:
    alea = atelier.alea
    return fiches.orienter(
        acces=atelier.coordination,
        fiche=fiche,
        organismes=alea.sample(atelier.organismes, alea.choice([1, 1, 1, 2, 2, 3])),
        genre=alea.choices(
            [GenreOrientation.ACCOMPAGNEMENT, GenreOrientation.AVIS, GenreOrientation.INFORMATION], [8, 1, 1]
        )[0],
        message=alea.choice(PHRASES),
    )


def _repondre(atelier: Atelier, orientation: Orientation) -> None:
    alea, acces = atelier.alea, atelier.referents[orientation.organisme_id]
    if orientation.genre == GenreOrientation.INFORMATION:
        fiches.marquer_lue(acces=acces, orientation=orientation)
    elif alea.random() < 0.12:
        fiches.decliner(acces=acces, orientation=orientation, motif=MotifDeclin.AUTRE, precision=alea.choice(PHRASES))
    elif orientation.genre == GenreOrientation.AVIS:
        fiches.rendre_avis(acces=acces, orientation=orientation, avis=alea.choice(PHRASES))
    else:
        fiches.prendre_en_charge(acces=acces, orientation=orientation, prochaine_etape="Rendez-vous sur place")


def _echanger(alea: random.Random, acces: Acces, fiche: FicheNavette) -> None:
    fiches.noter_echange(
        acces=acces,
        fiche=fiche,
        genre=alea.choice([GenreEchange.APPEL, GenreEchange.VISITE, GenreEchange.RENDEZ_VOUS, GenreEchange.NOTE]),
        texte=" ".join(alea.sample(PHRASES, 2)),
        visibilite=Visibilite.COORDINATION
        if acces.est_coordination and alea.random() < 0.25
        else Visibilite.PARTENAIRES,
    )


def _clore(atelier: Atelier, fiche: FicheNavette) -> None:
    alea = atelier.alea
    for orientation in Orientation.objects.filter(fiche=fiche, etat="prise_en_charge"):
        fiches.terminer(
            acces=atelier.referents[orientation.organisme_id],
            orientation=orientation,
            resultat=alea.choice(ResultatOrientation.values),
            aide_apportee=alea.choice(PHRASES),
        )
    if alea.random() < 0.6:
        fiches.cloturer(
            acces=atelier.coordination,
            fiche=fiche,
            motif=MotifCloture.ABOUTIE,
            aboutissements=["creation"],
            emplois_crees=Decimal(alea.randrange(0, 4)),
            aides=[{"financeur": atelier.organismes[5], "montant": Decimal(5000)}] if alea.random() < 0.2 else [],
        )
    else:
        motif = alea.choice([MotifCloture.ABANDONNEE, MotifCloture.SANS_NOUVELLES, MotifCloture.REORIENTEE])
        fiches.cloturer(acces=atelier.coordination, fiche=fiche, motif=motif, note=alea.choice(PHRASES))


def _suivre(atelier: Atelier, maintenant: datetime) -> None:
    """Nearly all follow-ups that came due were noted in their time."""
    dus = Suivi.objects.filter(prevu_le__lt=maintenant.date() - timedelta(days=20)).order_by("prevu_le", "pk")
    for suivi in dus.select_related("fiche"):
        if atelier.alea.random() < 0.95:
            moment = datetime.combine(suivi.prevu_le, maintenant.timetz()) + timedelta(days=3)
            with le(moment):
                fiches.noter_suivi(
                    acces=atelier.coordination, suivi=suivi, fait_le=moment.date(), est_active=True, emplois=Decimal(1)
                )


def _envoyer(maintenant: datetime) -> None:
    """What the outbox would have sent meanwhile; mails older than three months are left out: half the base."""
    Courriel.objects.filter(pas_avant__lt=maintenant - timedelta(days=90)).delete()
    Courriel.objects.filter(pas_avant__lt=maintenant - timedelta(days=1)).update(
        etat=EtatCourriel.ENVOYE, envoye_le=maintenant
    )
