"""Send a fiche to partners: who may be asked, who is addressed, what they will read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.acces.models import Affectation
from apps.acces.services import personne_adressee
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.affichage import jour_de
from apps.core.dates import ajouter_jours_ouvres
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.core.texte import nettoyer
from apps.partenaires.models import Organisme
from apps.partenaires.services import proposer
from apps.personnes.models import Accord
from apps.porteurs.enums import GenreProjet
from apps.referentiels.enums import Public
from apps.referentiels.models import Commune

from .. import etat as etats
from ..enums import (
    ActionJournal,
    ActionOrientation,
    Confidentialite,
    EtatOrientation,
    GenreOrientation,
    Visibilite,
)
from ..journal import journaliser
from ..models import Echange, FicheNavette, Orientation, PieceFiche
from ..workflow import EN_COURS, appliquer_orientation, recalculer, verrouiller
from .avis import delai_annulation, ecrire_a, ecrire_a_l_adressee, retenir
from .partages import accorder_partages, accords_de, couvre


@dataclass(frozen=True)
class Proposition:
    """One organisme of the orientation form: why it is proposed, what stands in the way."""

    organisme: Organisme
    raison: str
    obstacle: str
    hors_accord: bool
    adressee: str

    @property
    def est_possible(self) -> bool:
        return not self.obstacle


def commune_de(fiche: FicheNavette) -> Commune | None:
    """Where it happens: the enterprise, else the projet, else the principal applicant."""
    if fiche.entreprise and fiche.entreprise.commune:
        return fiche.entreprise.commune
    if fiche.projet and fiche.projet.commune:
        return fiche.projet.commune
    principal = fiche.demandeurs.select_related("personne__commune").first()
    return principal.personne.commune if principal else None


def natures_de(fiche: FicheNavette) -> list[str]:
    """The nature of the activity, present or foreseen."""
    if fiche.entreprise and fiche.entreprise.natures:
        return list(fiche.entreprise.natures)
    return list(fiche.projet.natures) if fiche.projet else []


PUBLIC_DU_PROJET = {
    GenreProjet.CREATION: Public.CREATEUR,
    GenreProjet.INSTALLATION: Public.CREATEUR,
    GenreProjet.REPRISE: Public.REPRENEUR,
    GenreProjet.CESSION: Public.CEDANT,
    GenreProjet.DEVELOPPEMENT: Public.ENTREPRISE,
}


def publics_de(fiche: FicheNavette) -> list[str]:
    """The kinds of public that the applicant is."""
    publics: list[str] = [Public.ENTREPRISE] if fiche.entreprise_id else []
    if fiche.projet:
        publics.append(PUBLIC_DU_PROJET[GenreProjet(fiche.projet.genre)])
    return publics


def nommer_adressee(personne: Utilisateur | None, remplace: Utilisateur | None) -> str:
    """« M. Pons », « Mme Roques, suppléante de M. Delpech (absent) »."""
    if personne is None:
        return ""
    if remplace is None:
        return personne.nom_formel
    mot = "suppléante" if personne.civilite == "Mme" else "suppléant"
    absent = "absente" if remplace.civilite == "Mme" else "absent"
    de = "d’" if remplace.nom_formel[:1] in "AEIOUYÉÈ" else "de "
    return f"{personne.nom_formel}, {mot} {de}{remplace.nom_formel} ({absent})"


def obstacle(fiche: FicheNavette, organisme: Any, accords: list[Accord | None], en_cours: set[int]) -> str:
    """Why the fiche cannot be sent with names to this organisme today; empty when it can."""
    if organisme.pk in en_cours:
        return "La fiche est déjà chez ce partenaire."
    if not organisme.a_convention:
        return "Aucune convention ni engagement de confidentialité en vigueur."
    if fiche.confidentialite == Confidentialite.COORDINATION:
        return "La fiche est réservée à la coordination : élargissez sa confidentialité, ou demandez un avis sans nom."
    if not couvre(accords, organisme.pk):
        return "L’accord de partage ne couvre pas ce partenaire : demandez l’accord, ou un avis sur un résumé sans nom."
    return ""


def propositions(fiche: FicheNavette) -> list[Proposition]:
    """Every active organisme: first those that cover the need, with the reason; then the others."""
    themes = [b.theme for b in fiche.besoins.select_related("theme")]
    trouvees = proposer(
        territoire_id=fiche.territoire_id, themes=themes, commune=commune_de(fiche), natures=natures_de(fiche),
        publics=publics_de(fiche),
    )  # fmt: skip
    raisons = {p.organisme.pk: p.raisons for p in trouvees}
    rang = {p.organisme.pk: i for i, p in enumerate(trouvees)}
    tous = list(Organisme.objects.filter(territoire=fiche.territoire_id, est_actif=True).avec_convention())
    tous.sort(key=lambda o: (rang.get(o.pk, 10_000), o.nom))
    accords = accords_de(fiche)
    en_cours = set(Orientation.objects.filter(fiche=fiche, etat__in=EN_COURS).values_list("organisme_id", flat=True))
    resultat = []
    for o in tous:
        personne, remplace = personne_adressee(organisme_id=o.pk)
        motif = obstacle(fiche, o, accords, en_cours)
        resultat.append(
            Proposition(
                organisme=o,
                raison=raisons.get(o.pk, ""),
                obstacle=motif,
                hors_accord=bool(motif) and o.pk not in en_cours and o.a_convention,  # type: ignore[attr-defined]
                adressee=nommer_adressee(personne, remplace),
            )
        )
    return resultat


def lira(fiche: FicheNavette) -> tuple[list[Echange], list[PieceFiche]]:
    """The earlier notes and files that a partner added now will read."""
    visibles = (Visibilite.PARTENAIRES, Visibilite.COMITE)
    echanges = Echange.objects.filter(fiche=fiche, supprime_le=None, visibilite__in=visibles)
    pieces = PieceFiche.objects.filter(fiche=fiche, retiree_le=None, visibilite__in=visibles).select_related("fichier")
    return list(echanges), list(pieces)


@transaction.atomic
def orienter(
    *,
    acces: Acces,
    fiche: FicheNavette,
    organismes: Iterable[Organisme],
    genre: str,
    message: str = "",
    sur_resume: bool = False,
    raisons: dict[int, str] | None = None,
    envoyee_le: datetime | None = None,
) -> list[Orientation]:
    """Send the fiche to each organisme, all or none; the mail leaves after the delay in which it can be annulled.

    Refused (ErreurMetier, saying what to do) without a convention in force, or beyond the accord of any one applicant,
    unless an avis is asked on the summary without names, which opens nothing of the fiche.
    """
    fiche = verrouiller(fiche)
    if not fiche.est_ouverte:
        raise TransitionInterdite(f"La fiche {fiche.numero} n’est plus ouverte : rouvrez-la d’abord.")
    choisis = list(organismes)
    if not choisis:
        raise ErreurMetier("Choisissez au moins un partenaire.")
    _verifier(fiche, choisis, genre, sur_resume)
    moment = envoyee_le or timezone.now()
    envoyees = [
        _envoyer(acces, fiche, o, genre, message, sur_resume, (raisons or {}).get(o.pk, ""), moment) for o in choisis
    ]
    if fiche.suivie_seule and genre != GenreOrientation.INFORMATION:
        fiche.suivie_seule = False
        fiche.save(update_fields=["suivie_seule"])
    recalculer(fiche, quand=envoyee_le)
    accorder_partages(fiche, quand=envoyee_le)
    noms = [etats.chez([o.nom_du_jour]) for o in envoyees]
    dits = noms[0] if len(noms) == 1 else f"{', '.join(noms[:-1])} et {noms[-1]}"
    libelle = "avis sur un résumé sans nom" if sur_resume else GenreOrientation(genre).label.lower()
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.ORIENTATION, texte=f"Orientée vers {dits} ({libelle})",
        quand=envoyee_le, orientation=envoyees[0] if len(envoyees) == 1 else None,
    )  # fmt: skip
    if envoyee_le is None:
        for orientation in envoyees:
            ecrire_a_l_adressee(
                orientation, "orientation", suffixe="envoi", pas_avant=delai_annulation(fiche), sur_resume=sur_resume
            )
    return envoyees


def _verifier(fiche: FicheNavette, choisis: list[Organisme], genre: str, sur_resume: bool) -> None:
    if sur_resume and genre != GenreOrientation.AVIS:
        raise ErreurMetier("Sur un résumé sans nom, on ne demande qu’un avis.")
    if sur_resume and not nettoyer(fiche.resume_sans_nom):
        raise ErreurMetier("Écrivez d’abord le résumé sans nom que le partenaire lira.")
    accords = accords_de(fiche)
    en_cours = set(Orientation.objects.filter(fiche=fiche, etat__in=EN_COURS).values_list("organisme_id", flat=True))
    a_jour = {
        o.pk: o
        for o in Organisme.objects.filter(
            pk__in=[o.pk for o in choisis], territoire=fiche.territoire_id, est_actif=True
        ).avec_convention()
    }
    for organisme in choisis:
        actuel = a_jour.get(organisme.pk)
        if actuel is None:
            raise ErreurMetier(f"{organisme} n’est pas un partenaire actif de ce territoire.")
        motif = obstacle(fiche, actuel, accords, en_cours)
        sans_nom_possible = sur_resume and organisme.pk not in en_cours and actuel.a_convention  # type: ignore[attr-defined]
        if motif and not sans_nom_possible:
            raise ErreurMetier(f"{organisme} : {motif}")


def _envoyer(
    acces: Acces,
    fiche: FicheNavette,
    organisme: Organisme,
    genre: str,
    message: str,
    sur_resume: bool,
    raison: str,
    moment: datetime,
) -> Orientation:
    personne, remplace = personne_adressee(organisme_id=organisme.pk, jour=jour_de(moment))
    attendue: date | None = None
    if genre != GenreOrientation.INFORMATION:
        attendue = ajouter_jours_ouvres(jour_de(moment), fiche.territoire.delai_reponse)
    orientation = Orientation.objects.create(
        territoire_id=fiche.territoire_id,
        fiche=fiche,
        organisme=organisme,
        organisme_nom=organisme.nom_le(jour_de(moment)),
        genre=genre,
        raison=raison[:300],
        message=message,
        sur_resume=sur_resume,
        referent=personne,
        referent_remplace=remplace,
        envoyee_par_id=acces.utilisateur_id,
        envoyee_le=moment,
        reponse_attendue_le=attendue,
    )
    orientation.fiche = fiche
    return orientation


@transaction.atomic
def annuler_orientation(*, acces: Acces, orientation: Orientation, motif: str = "") -> Orientation:
    """The partner sees nothing of it any more; a mail that has not left never leaves."""
    orientation = appliquer_orientation(ActionOrientation.ANNULER, orientation=orientation, acces=acces, motif=motif)
    parti = not retenir(orientation, "envoi")
    retenir(orientation)
    accorder_partages(orientation.fiche)
    if parti:
        ecrire_a_l_adressee(orientation, "orientation_annulee", suffixe=f"annulation:{orientation.version}")
    return orientation


@transaction.atomic
def defaire(*, acces: Acces, orientation: Orientation) -> Orientation:
    """Take the last step back: an answer becomes awaited again, an annulled orientation is what it was.

    Refused when the accord or the convention no longer allow it.
    """
    fiche = verrouiller(orientation.fiche)
    actuel = Organisme.objects.avec_convention().get(pk=orientation.organisme_id)
    motif = obstacle(fiche, actuel, accords_de(fiche), set())
    if motif and not (orientation.sur_resume and actuel.a_convention):  # type: ignore[attr-defined]
        raise ErreurMetier(motif)
    avant = orientation.etat
    orientation = appliquer_orientation(ActionOrientation.DEFAIRE, orientation=orientation, acces=acces)
    accorder_partages(orientation.fiche)
    if avant == EtatOrientation.ANNULEE:
        ecrire_a_l_adressee(
            orientation, "orientation", suffixe=f"envoi:{orientation.version}",
            pas_avant=delai_annulation(orientation.fiche), sur_resume=orientation.sur_resume,
        )  # fmt: skip
    return orientation


@transaction.atomic
def relancer(*, acces: Acces, orientation: Orientation, jour: date | None = None) -> Orientation:
    """Write again to whoever is addressed today. An information is never chased, nor while the applicant is awaited."""
    fiche = verrouiller(orientation.fiche)
    orientation = Orientation.objects.select_for_update(of=("self",)).select_related("organisme").get(pk=orientation.pk)
    orientation.fiche = fiche
    if not fiche.est_ouverte or orientation.etat != EtatOrientation.ENVOYEE:
        raise TransitionInterdite("Aucune réponse n’est attendue de ce partenaire.")
    if orientation.genre == GenreOrientation.INFORMATION:
        raise TransitionInterdite("Une simple information n’appelle pas de réponse : elle n’est jamais relancée.")
    maintenant = timezone.now()
    if orientation.relancee_le and maintenant - orientation.relancee_le < timedelta(hours=12):
        raise TransitionInterdite(f"{orientation.organisme} a déjà été relancé il y a moins de douze heures.")
    personne, remplace = personne_adressee(organisme_id=orientation.organisme_id, jour=jour)
    if personne is not None:
        orientation.referent, orientation.referent_remplace = personne, remplace
    orientation.relances += 1
    orientation.relancee_le = maintenant
    orientation.save(update_fields=["referent", "referent_remplace", "relances", "relancee_le", "modifie_le"])
    ecrire_a_l_adressee(
        orientation, "relance", suffixe=f"relance:{orientation.relances}", envoyee_le=orientation.envoyee_le
    )
    journaliser(
        fiche=fiche, acces=acces, action=ActionJournal.ORIENTATION, texte=f"{orientation.organisme} relancé",
        orientation=orientation,
    )  # fmt: skip
    return orientation


@transaction.atomic
def confier(*, acces: Acces, orientation: Orientation, technicien: Utilisateur | None) -> Orientation:
    """Hand the case to a technicien of the same organisme (None takes it back); their share replaces the former one."""
    fiche = verrouiller(orientation.fiche)
    orientation = Orientation.objects.select_for_update(of=("self",)).select_related("organisme").get(pk=orientation.pk)
    orientation.fiche = fiche
    if not fiche.est_ouverte or orientation.etat not in EN_COURS:
        raise TransitionInterdite("Cette orientation n’est plus en cours.")
    if (
        technicien is not None
        and not Affectation.objects.actives()
        .filter(utilisateur=technicien, organisme=orientation.organisme_id, territoire=fiche.territoire_id)
        .exists()
    ):
        raise ErreurMetier(f"Cette personne ne travaille pas pour {orientation.organisme}.")
    if orientation.technicien_id == (technicien.pk if technicien else None):
        return orientation
    orientation.technicien = technicien
    orientation.version += 1
    orientation.save(update_fields=["technicien", "version", "modifie_le"])
    accorder_partages(fiche)
    texte = (
        f"{orientation.organisme} confie le dossier à {technicien}"
        if technicien
        else f"{orientation.organisme} reprend le dossier"
    )
    journaliser(fiche=fiche, acces=acces, action=ActionJournal.TRANSMISSION, texte=texte, orientation=orientation)
    if technicien is not None:
        ecrire_a(
            technicien, "confiee", orientation=orientation, suffixe=f"confiee:{technicien.pk}:{orientation.version}"
        )
    return orientation
