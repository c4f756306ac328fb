"""A job as its page shows it: a sentence, a share, where to go next."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from apps.core.affichage import date_relative, nombre

from .enums import EtatTravail
from .executeur import Executeur, executeur_de
from .models import Travail

TONS = {
    EtatTravail.EN_ATTENTE: "neutre",
    EtatTravail.EN_COURS: "info",
    EtatTravail.REUSSI: "succes",
    EtatTravail.ECHOUE: "danger",
    EtatTravail.ANNULE: "neutre",
}
LONGTEMPS = timedelta(minutes=1)


@dataclass(frozen=True)
class VueTravail:
    travail: Travail
    titre: str
    ton: str
    etat: str
    phrase: str
    compte: str
    resultat_url: str
    resultat_libelle: str

    @property
    def est_annulable(self) -> bool:
        return not self.travail.est_fini and not self.travail.annulation_demandee

    @property
    def est_relancable(self) -> bool:
        return self.travail.etat in (EtatTravail.ECHOUE, EtatTravail.ANNULE)

    @property
    def empreinte(self) -> str:
        """Changes when what is shown does: an unchanged fragment is not sent again."""
        vu = f"{self.etat}|{self.phrase}|{self.compte}|{self.travail.fait}|{self.travail.total}|{self.est_annulable}"
        return hashlib.sha256(vu.encode()).hexdigest()[:16]


def _executeur(travail: Travail) -> Executeur | None:
    try:
        return executeur_de(travail.genre)
    except KeyError:
        return None


def _phrase(travail: Travail) -> str:
    """Where it is, in one sentence."""
    if travail.etat == EtatTravail.EN_ATTENTE:
        if travail.erreur:
            return f"{travail.erreur} Un nouvel essai aura lieu {date_relative(travail.pas_avant)}."
        if timezone.now() - max(travail.cree_le, travail.pas_avant) > LONGTEMPS:
            return "Ce travail attend son tour plus longtemps que d’habitude. Il partira dès que possible."
        return "Ce travail attend son tour. Il part d’ordinaire en quelques secondes."
    if travail.etat == EtatTravail.EN_COURS:
        if travail.annulation_demandee:
            return "L’arrêt est demandé : il prend quelques secondes."
        return travail.message or "Le traitement est en cours."
    if travail.etat == EtatTravail.REUSSI:
        return f"C’est prêt ({date_relative(travail.fini_le)})." if travail.fini_le else "C’est prêt."
    if travail.etat == EtatTravail.ANNULE:
        return "Ce travail a été annulé : rien n’en a été gardé."
    return travail.erreur


def presenter(travail: Travail, *, avec_resultat: bool = True) -> VueTravail:
    """What the page and the list show of a job; the address of its result, when wanted, may cost a query."""
    executeur = _executeur(travail)
    url = ""
    if avec_resultat and travail.etat == EtatTravail.REUSSI and executeur and executeur.resultat_url:
        url = executeur.resultat_url(travail)
    compte = f"{nombre(travail.fait)} sur {nombre(travail.total)}" if travail.total else ""
    return VueTravail(
        travail=travail,
        titre=executeur.libelle if executeur else "Travail",
        ton=TONS[EtatTravail(travail.etat)],
        etat=travail.get_etat_display(),
        phrase=_phrase(travail),
        compte=compte,
        resultat_url=url,
        resultat_libelle=executeur.resultat_libelle if executeur else "",
    )
