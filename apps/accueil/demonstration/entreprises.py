"""Invented enterprises, spread by population, with the mix of activities of a rural Pays."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from apps.core.texte import normaliser
from apps.entreprises.enums import SourceEntreprise
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.entreprises.services import recalculer_transmission
from apps.personnes.enums import Situation
from apps.personnes.models import Personne
from apps.referentiels.models import Commune

from .donnees import INVENTE, du_lieu, lire, telephone
from .territoire import Monde

# The first word of a name tells the legal form (INSEE); without one, a sole trader.
FORMES = {"EARL": "6598", "GAEC": "6533", "SARL": "5499", "SCI": "6540", "SCEA": "6597", "SELARL": "5485",
          "Association": "9220", "Foyer": "9220", "Les Amis": "9220"}  # fmt: skip
INDIVIDUEL = "1000"
TRANCHES = (["01", "02", "03", "11", "12"], [52, 26, 13, 7, 2])
BORNES = {"01": (1, 2), "02": (3, 5), "03": (6, 9), "11": (10, 19), "12": (20, 38)}
PART_AVEC_DIRIGEANT, PART_CESSEES, PART_DIFFUSION_PARTIELLE = 0.33, 0.04, 0.05
GRANDE_COMMUNE = 3000


def _cle(nombre: str) -> str:
    """The last digit that makes a number right (Luhn)."""
    total = sum(sum(divmod(int(c) * 2, 10)) if rang % 2 == 0 else int(c) for rang, c in enumerate(reversed(nombre)))
    return str(-total % 10)


def siret_invente(rang: int) -> str:
    """A right SIRET whose SIREN begins by 99: INSEE gives none of these yet."""
    siren = f"99{rang:06d}"
    siren += _cle(siren)
    nic = f"{siren}0001"
    return nic + _cle(nic)


def creer_entreprises(monde: Monde, nombre: int) -> None:
    """Written in bulk, from the same `preparer` as the service's; then their dirigeants."""
    hasard, activites = monde.hasard, lire("activites")
    bourg = [a["poids"] * (0.1 if "agricole" in a["natures"] else 1) for a in activites]
    village = [a["poids"] * (1.6 if "agricole" in a["natures"] else 1) for a in activites]
    rangs = hasard.sample(range(1, 900_000), nombre)
    pris: set[tuple[str, str]] = set()
    lignes, dirigeants = [], []
    for rang in rangs:
        commune = monde.commune()
        activite = hasard.choices(activites, bourg if commune.population > GRANDE_COMMUNE else village)[0]
        identite = _identite(monde, activite, commune, pris)
        lignes.append(_entreprise(monde, activite, commune, identite, rang))
        dirigeants.append(identite if hasard.random() < PART_AVEC_DIRIGEANT else None)
    monde.entreprises = Entreprise.objects.bulk_create(lignes, batch_size=400)
    _creer_dirigeants(monde, dirigeants)
    recalculer_transmission(acces=monde.acces)


def _identite(monde: Monde, activite: dict[str, Any], commune: Commune, pris: set[tuple[str, str]]) -> dict[str, str]:
    """A name not yet borne in the commune, and the family name it is made of."""
    textes, hasard = monde.annuaire.textes, monde.hasard
    for _ in range(40):
        nom = hasard.choice(textes["noms"])
        prenom = hasard.choice(textes["prenoms_f"] if hasard.random() < 0.4 else textes["prenoms_m"])
        lieudit, enseigne = hasard.choice(textes["lieudits"]), hasard.choice(textes["enseignes"])
        raison = hasard.choice(activite["patrons"]).format(
            nom=nom, prenom=prenom, lieudit=lieudit, du_lieudit=du_lieu(lieudit), enseigne=enseigne
        )
        cle = (normaliser(raison), commune.pk)
        if cle not in pris:
            break
    pris.add(cle)
    return {"raison": raison, "nom": nom, "prenom": prenom if prenom in raison else "", "enseigne": enseigne}


def _entreprise(
    monde: Monde, activite: dict[str, Any], commune: Commune, identite: dict[str, str], rang: int
) -> Entreprise:
    hasard, aujourd_hui = monde.hasard, timezone.localdate(monde.horloge.maintenant)
    raison, numero = identite["raison"], monde.annuaire.numero()
    tranche = hasard.choices(*TRANCHES)[0] if hasard.random() < activite["salaries"] else "00"
    creee_le = aujourd_hui - timedelta(days=int(hasard.triangular(200, 40 * 365, 8 * 365)))
    cessee_le = _cessation(monde, creee_le, aujourd_hui)
    forme = next((code for mot, code in FORMES.items() if raison.startswith(mot)), INDIVIDUEL)
    entreprise = Entreprise(
        territoire=monde.territoire,
        siret=siret_invente(rang),
        nom=raison,
        enseigne=identite["enseigne"] if _a_une_enseigne(activite, raison, hasard.random()) else "",
        categorie_juridique_id=forme,
        natures=activite["natures"],
        naf_rev2=activite["naf"],
        tranche=tranche,
        tranche_annee=aujourd_hui.year - 2,
        commune=commune,
        adresse=f"{hasard.randint(1, 60)} {hasard.choice(monde.annuaire.textes['voies'])}",
        code_postal=commune.code_postal,
        telephone=telephone("05", numero) if hasard.random() < 0.7 else "",
        courriel=f"entreprise{numero}@example.org" if hasard.random() < 0.25 else "",
        est_diffusible=hasard.random() > PART_DIFFUSION_PARTIELLE,
        est_active=cessee_le is None,
        cessee_le=cessee_le,
        creee_le=creee_le,
        note=INVENTE,
        source=SourceEntreprise.SIRENE,
    )
    if tranche != "00" and hasard.random() < 0.4:
        entreprise.effectif, entreprise.effectif_annee = hasard.randint(*BORNES[tranche]), aujourd_hui.year - 1
    entreprise.preparer()
    return entreprise


def _a_une_enseigne(activite: dict[str, Any], raison: str, tirage: float) -> bool:
    return "commerciale" in activite["natures"] and raison.startswith(("SARL", "Maison")) and tirage < 0.5


def _cessation(monde: Monde, creee_le: date, aujourd_hui: date) -> date | None:
    if monde.hasard.random() > PART_CESSEES:
        return None
    return max(creee_le, aujourd_hui - timedelta(days=monde.hasard.randint(20, 1000)))


def _creer_dirigeants(monde: Monde, identites: list[dict[str, str] | None]) -> None:
    personnes, fonctions = [], []
    for entreprise, identite in zip(monde.entreprises, identites, strict=True):
        if identite is None:
            continue
        champs = monde.annuaire.personne(identite["nom"], identite["prenom"])
        personne = Personne(
            territoire=monde.territoire, commune=entreprise.commune, situation=Situation.INDEPENDANT, **champs
        )
        personne.preparer()
        personnes.append(personne)
        fonctions.append((entreprise, _fonction(entreprise, champs["civilite"])))
    Personne.objects.bulk_create(personnes, batch_size=400)
    Interlocuteur.objects.bulk_create(
        [
            Interlocuteur(
                territoire=monde.territoire, entreprise=entreprise, personne=personne, fonction=fonction,
                est_dirigeant=True, est_principal=True,
            )
            for personne, (entreprise, fonction) in zip(personnes, fonctions, strict=True)
        ],
        batch_size=400,
    )  # fmt: skip


def _fonction(entreprise: Entreprise, civilite: str) -> str:
    forme, madame = entreprise.categorie_juridique_id, civilite == "Mme"
    if forme == INDIVIDUEL:
        return "Cheffe d’entreprise" if madame else "Chef d’entreprise"
    if forme == "9220":
        return "Présidente" if madame else "Président"
    return "Gérante" if madame else "Gérant"
