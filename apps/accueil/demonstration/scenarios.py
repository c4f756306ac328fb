"""The cases of the year: each is a short story; together they show a fiche in every state."""

from collections.abc import Callable
from random import Random

from django.utils import timezone

from apps.comites.enums import GenreDecision
from apps.core.dates import ajouter_mois
from apps.fiches.enums import Confidentialite, GenreEchange, GenreOrientation, MotifCloture, MotifDeclin, Visibilite
from apps.personnes.enums import Portee

from .comites import passer
from .donnees import lire
from .dossier import Dossier

Histoire = Callable[[Dossier, float], None]
ARTISANAT = "cma"


def a_orienter(d: Dossier, age: float) -> None:
    """Just opened; the applicant was called, or will be."""
    d.ouvrir(age)


def sans_reponse(d: Dossier, age: float) -> None:
    """Sent lately: the answer is still within its delay."""
    d.ouvrir(age + 3)
    d.echange(age + 1)
    d.orienter(age, 2)


def chez_la_suppleante(d: Dossier, age: float) -> None:
    """Addressed while the titulaire of the CMA is away."""
    d.ouvrir(age + 2)
    d.orienter(age, vers=[ARTISANAT])


def en_retard(d: Dossier, age: float) -> None:
    """The date of answer has passed."""
    d.ouvrir(age + 4, comite=True)
    d.echange(age + 2, GenreEchange.RENDEZ_VOUS)
    d.orienter(age, 1)
    d.joindre(age)
    if age > 12:
        d.relancer(0, age - 9)


def une_seule_reponse(d: Dossier, age: float) -> None:
    """One partner took it, the other owes its answer."""
    d.ouvrir(age + 3, comite=True)
    d.orienter(age, 2)
    d.prendre(0, age - 3)
    passer(d, age - 3, GenreDecision.VISITE)
    d.echange(age - 4, GenreEchange.VISITE, par=0)


def prise_en_charge(d: Dossier, age: float) -> None:
    d.ouvrir(age, comite=True)
    d.orienter(age - 2, 2)
    d.prendre(0, age - 4)
    if len(d.orientations) > 1:
        d.decliner(1, age - 5, MotifDeclin.HORS_CHAMP, "L’activité ne relève pas de nos aides.")
    d.echange(age * 0.5, GenreEchange.VISITE, par=0)
    passer(d, age * 0.45, revoir=d.monde.hasard.choice([0, 21, 60]))
    d.echange(age * 0.3, GenreEchange.NOTE, par=0, visibilite=Visibilite.COORDINATION)
    d.echange(age * 0.2, GenreEchange.REUNION, visibilite=Visibilite.COMITE)


def a_deux(d: Dossier, age: float) -> None:
    """Carried by a couple, both of whom agreed; the Département is only informed."""
    d.ouvrir(age, deux=True, comite=True)
    d.orienter(age - 2, 1)
    d.prendre(0, age - 4)
    passer(d, age - 5)
    d.orienter(age - 3, vers=["departement"], genre=GenreOrientation.INFORMATION)
    if age > 30:
        d.lire(1, age - 6)
    d.joindre(age - 8, "png")
    d.echange(3, GenreEchange.RENDEZ_VOUS, par=0)


def confiee(d: Dossier, age: float) -> None:
    """Handed by the référent to a technicien of the organisme."""
    d.ouvrir(age)
    d.orienter(age - 1, vers=["ft"])
    d.prendre(0, age - 3)
    d.confier(0, age - 4, "theo.lagreze@example.org")
    d.echange(age * 0.4, par=0)
    d.joindre(age * 0.3, visibilite=Visibilite.COORDINATION)


def confiee_cma(d: Dossier, age: float) -> None:
    d.ouvrir(age)
    d.orienter(age - 1, vers=[ARTISANAT])
    d.prendre(0, age - 3)
    d.confier(0, age - 5, "karim.benali@example.org")


def sans_nouvelles(d: Dossier, age: float) -> None:
    """Taken in charge, then nothing for more than a month."""
    d.ouvrir(age)
    d.orienter(age - 2, 1)
    d.prendre(0, age - 5)
    d.echange(age - 8, par=0)


def accord_nomme(d: Dossier, age: float) -> None:
    """The accord is for two partners only."""
    d.ouvrir(age, accord=Portee.NOMMES)
    d.orienter(age - 2, 2)
    d.prendre(0, age - 4)


def en_attente(d: Dossier, age: float) -> None:
    """The committee waits for pieces when it meets in time, else the coordination does."""
    d.ouvrir(age, comite=True)
    d.orienter(age - 2, 1)
    d.prendre(0, age - 4)
    if not passer(d, age - 5, GenreDecision.AJOURNER):
        d.attendre(age - 6, 9)


def en_attente_depassee(d: Dossier, age: float) -> None:
    d.ouvrir(age)
    d.attendre(age - 2, -3)


def a_reorienter(d: Dossier, age: float) -> None:
    d.ouvrir(age, comite=True)
    d.orienter(age - 1, 2)
    d.decliner(0, age - 3, MotifDeclin.HORS_SECTEUR)
    if len(d.orientations) > 1:
        d.decliner(1, age - 4, MotifDeclin.INDISPONIBLE, "Pas de conseiller disponible avant deux mois.")


def a_clore(d: Dossier, age: float) -> None:
    d.ouvrir(age)
    d.orienter(age - 2, 1)
    d.prendre(0, age - 4)
    d.echange(age * 0.6, GenreEchange.RENDEZ_VOUS, par=0)
    d.terminer(0, age * 0.1)


def a_clore_proposee(d: Dossier, age: float) -> None:
    a_clore(d, age)
    d.proposer_cloture(0, age * 0.05)


def suivie_seule(d: Dossier, age: float) -> None:
    """No accord: the coordination follows it alone."""
    d.ouvrir(age, accord=Portee.AUCUNE)
    d.modifier(age - 1, suivie_seule=True)
    d.echange(age - 2, GenreEchange.RENDEZ_VOUS)
    d.echange(age * 0.3)


def reservee(d: Dossier, age: float) -> None:
    """Kept to the coordination by its confidentiality, not for want of an accord."""
    d.ouvrir(age, confidentialite=Confidentialite.COORDINATION)
    d.echange(age - 1, visibilite=Visibilite.COORDINATION)


def avis_rendu(d: Dossier, age: float) -> None:
    """Sent on at once: the first contact with the applicant is still due."""
    d.ouvrir(age, contact=False)
    d.orienter(age - 1, 1, genre=GenreOrientation.AVIS)
    d.aviser(0, age - 4)


def avis_sans_nom(d: Dossier, age: float) -> None:
    """No accord: an avis is asked on a summary without names."""
    d.ouvrir(age, accord=Portee.AUCUNE)
    d.modifier(age - 1, resume_sans_nom=d.monde.hasard.choice(lire("suivi")["resumes"]))
    d.orienter(age - 1, 1, genre=GenreOrientation.AVIS, sur_resume=True)
    if age > 8:
        d.aviser(0, age - 5)


def pour_information(d: Dossier, age: float) -> None:
    d.ouvrir(age)
    d.orienter(age - 1, 1, genre=GenreOrientation.INFORMATION)


def accord_retire(d: Dossier, age: float) -> None:
    """The applicant took their accord back: the orientation was annulled at once."""
    d.ouvrir(age)
    d.orienter(age - 2, 1)
    d.prendre(0, age - 4)
    d.retirer_accord(age - 9)
    d.modifier(age - 9, suivie_seule=True)


def orientation_annulee(d: Dossier, age: float) -> None:
    d.ouvrir(age)
    d.orienter(age - 1, 1)
    d.annuler(0, age - 2, "Envoyée au mauvais partenaire")
    d.orienter(age - 3, 1)
    d.prendre(1, age - 5)


def annulee(d: Dossier, age: float) -> None:
    d.ouvrir(age, contact=False)
    d.annuler_ouverture(age)


def rouverte(d: Dossier, age: float) -> None:
    d.ouvrir(age)
    d.orienter(age - 2, 1)
    d.prendre(0, age - 4)
    d.clore(age * 0.5, MotifCloture.SANS_NOUVELLES, annoncee=False)
    d.rouvrir(age * 0.2, "La personne a repris contact")


def aboutie(d: Dossier, age: float) -> None:
    """Followed to its success, closed after two to five months."""
    fin = max(3, age - d.monde.hasard.randint(50, 150))
    reussir(d, age, fin)


def reussir(d: Dossier, age: float, fin: float) -> None:
    """Opened `age` days ago, closed `fin` days ago."""
    d.ouvrir(age, comite=d.monde.hasard.random() < 0.7)
    d.orienter(age - 2, d.monde.hasard.randint(1, 2))
    d.prendre(0, age - 4)
    if len(d.orientations) > 1:
        d.prendre(1, age - 6)
    d.echange(age - (age - fin) * 0.4, GenreEchange.VISITE, par=0)
    passer(d, age - (age - fin) * 0.45)
    d.echange(age - (age - fin) * 0.7, GenreEchange.COURRIEL)
    for rang in range(len(d.orientations)):
        d.terminer(rang, fin + 3)
    d.clore(fin)


def suivi_6_du(d: Dossier, age: float) -> None:
    """The follow-up at six months comes due today, or came a few days ago."""
    reussir(d, age, _il_y_a(d, 6))


def suivi_6_fait(d: Dossier, age: float) -> None:
    fin = _il_y_a(d, 6) + 40
    reussir(d, max(age, fin + 30), fin)
    d.suivre(6, 30, injoignable=d.monde.hasard.random() < 0.3)


def suivi_12_du(d: Dossier, age: float) -> None:
    """Seen at six months; the follow-up at twelve comes due."""
    fin = _il_y_a(d, 12)
    reussir(d, age, fin)
    d.suivre(6, fin - 185)


def _il_y_a(d: Dossier, mois: int) -> int:
    """Days since a closing whose follow-up came due two days ago."""
    aujourd_hui = timezone.localdate(d.monde.horloge.maintenant)
    return (aujourd_hui - ajouter_mois(aujourd_hui, -mois)).days + 2


def _close(motif: MotifCloture) -> Histoire:
    def histoire(d: Dossier, age: float) -> None:
        d.ouvrir(age, comite=True)
        if motif not in (MotifCloture.HORS_PERIMETRE, MotifCloture.DOUBLON):
            d.orienter(age - 2, 1)
            d.prendre(0, age - 5)
            passer(d, age - 6)
        if motif == MotifCloture.REORIENTEE:
            d.terminer(0, age - 20, "relayee")
        if motif == MotifCloture.SANS_NOUVELLES:
            d.attendre(age - 15, int(45 - age))
        d.clore(max(2, age - 45), motif, annoncee=motif == MotifCloture.REORIENTEE)

    return histoire


# Story, and how many days ago each one begins (a range: as many as the number, spread over it).
FIGEAC: list[tuple[Histoire, int, tuple[int, int]]] = [
    (a_orienter, 4, (0, 6)),
    (sans_reponse, 7, (1, 5)),
    (chez_la_suppleante, 2, (1, 3)),
    (en_retard, 6, (9, 20)),
    (une_seule_reponse, 2, (11, 16)),
    (prise_en_charge, 9, (12, 120)),
    (a_deux, 3, (12, 70)),
    (confiee, 3, (15, 60)),
    (confiee_cma, 2, (20, 45)),
    (sans_nouvelles, 5, (48, 95)),
    (accord_nomme, 2, (14, 40)),
    (en_attente, 4, (15, 50)),
    (en_attente_depassee, 1, (20, 21)),
    (a_reorienter, 4, (6, 24)),
    (a_clore, 3, (50, 120)),
    (a_clore_proposee, 2, (60, 100)),
    (suivie_seule, 3, (10, 80)),
    (reservee, 1, (15, 16)),
    (avis_rendu, 2, (8, 20)),
    (avis_sans_nom, 2, (4, 14)),
    (pour_information, 1, (3, 4)),
    (accord_retire, 2, (25, 60)),
    (orientation_annulee, 1, (18, 19)),
    (annulee, 2, (30, 200)),
    (rouverte, 3, (60, 150)),
    (aboutie, 18, (70, 340)),
    (suivi_6_du, 2, (280, 330)),
    (suivi_6_fait, 2, (300, 340)),
    (suivi_12_du, 2, (425, 440)),
    (_close(MotifCloture.REORIENTEE), 6, (60, 340)),
    (_close(MotifCloture.ABANDONNEE), 6, (60, 340)),
    (_close(MotifCloture.SANS_NOUVELLES), 4, (90, 340)),
    (_close(MotifCloture.HORS_PERIMETRE), 2, (60, 300)),
    (_close(MotifCloture.DOUBLON), 2, (60, 300)),
]
LEGER: list[tuple[Histoire, int, tuple[int, int]]] = [
    (a_orienter, 1, (2, 3)),
    (sans_reponse, 2, (1, 3)),
    (chez_la_suppleante, 1, (2, 3)),
    (en_retard, 2, (15, 18)),
    (prise_en_charge, 2, (30, 60)),
    (confiee, 1, (20, 21)),
    (en_attente, 1, (20, 21)),
    (a_reorienter, 2, (10, 14)),
    (a_clore, 1, (60, 61)),
    (suivie_seule, 1, (12, 13)),
    (aboutie, 1, (150, 151)),
    (suivi_12_du, 1, (430, 431)),
    (_close(MotifCloture.ABANDONNEE), 1, (100, 101)),
]
LANGRES: list[tuple[Histoire, int, tuple[int, int]]] = [
    (sans_reponse, 1, (3, 4)),
    (prise_en_charge, 1, (40, 41)),
    (a_reorienter, 1, (12, 13)),
    (aboutie, 1, (200, 201)),
    (_close(MotifCloture.ABANDONNEE), 1, (120, 121)),
]
BESOINS_LANGRES = ["esthetique", "couture", "electricien_embauche", "boulanger_four", "menuiserie"]
# The stories about the chamber of trades need a craft.
DEMANDENT_ARTISAN = (chez_la_suppleante, confiee_cma)


def programme(histoires: list[tuple[Histoire, int, tuple[int, int]]], hasard: Random) -> list[tuple[float, Histoire]]:
    """Each story with its age in days, the oldest first: numbers follow the openings."""
    lignes = []
    for histoire, nombre, (debut, fin) in histoires:
        for rang in range(nombre):
            lignes.append((debut + (fin - debut) * (rang + hasard.random()) / nombre, histoire))
    return sorted(lignes, key=lambda ligne: -ligne[0])
