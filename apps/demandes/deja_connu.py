"""« Déjà connu »: what the territoire already holds about whoever asks. For the coordination only."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from apps.core.acces import Acces
from apps.entreprises import services as entreprises
from apps.fiches.enums import StatutFiche
from apps.fiches.models import FicheNavette
from apps.personnes import services as personnes

from .models import Demande


@dataclass(frozen=True)
class DejaConnu:
    """Likely matches, each with its reason; the fiches that already concern them; other requests of the same person."""

    personnes: list[Any] = field(default_factory=list)
    entreprises: list[Any] = field(default_factory=list)
    fiches: list[FicheNavette] = field(default_factory=list)
    demandes: list[Demande] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.personnes or self.entreprises or self.fiches or self.demandes)

    @property
    def fiches_ouvertes(self) -> list[FicheNavette]:
        return [f for f in self.fiches if f.est_ouverte]


def chercher(*, acces: Acces, demande: Demande) -> DejaConnu:
    """Matches of a demande, for the coordination alone: never on an empty key, never outside the territoire."""
    if not acces.est_coordination:
        return DejaConnu()
    gens = personnes.doublons(
        acces=acces, nom=demande.nom, prenom=demande.prenom, courriel=demande.courriel, telephone=demande.telephone
    )
    firmes = entreprises.doublons(
        acces=acces,
        siret=demande.siret,
        nom=demande.entreprise_nom,
        commune=demande.commune,
        courriel=demande.courriel,
        telephone=demande.telephone,
    )
    condition = Q(pk__in=[])
    if gens:
        condition |= Q(demandeurs__personne__in=[d.personne for d in gens])
    if firmes:
        condition |= Q(entreprise__in=[d.entreprise for d in firmes])
    fiches = (
        FicheNavette.objects.visibles_par(acces)
        .filter(condition)
        .exclude(statut=StatutFiche.ANNULEE)
        .exclude(pk=demande.fiche_id)
        .distinct()[:10]
        if gens or firmes
        else []
    )
    return DejaConnu(gens, firmes, list(fiches), _memes_demandes(acces, demande))


def _memes_demandes(acces: Acces, demande: Demande) -> list[Demande]:
    """Other requests with the same e-mail or telephone, the latest first."""
    condition = Q(pk__in=[])
    if demande.courriel:
        condition |= Q(courriel__iexact=demande.courriel)
    if demande.telephone_chiffres:
        condition |= Q(telephone_chiffres=demande.telephone_chiffres)
    return list(Demande.objects.visibles_par(acces).filter(condition).exclude(pk=demande.pk).order_by("-recue_le")[:5])
