"""How a demande ends: a fiche opened or joined, an answer given, sent elsewhere, refused, unwanted. Undone in a minute.

Mails of an ending carry the key `tri:<demande>:…` and do not leave before the time to undo has passed.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.comptes.models import Utilisateur
from apps.core.acces import Acces
from apps.core.affichage import date_longue, jour_de
from apps.core.erreurs import ErreurMetier, TransitionInterdite, exiger
from apps.courriels import services as courriels
from apps.entreprises import services as entreprises
from apps.entreprises.enums import EtatSiret
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.fiches import services as fiches
from apps.fiches.enums import ActionJournal, Origine, Priorite, Visibilite
from apps.fiches.models import Demandeur, FicheNavette
from apps.personnes import services as personnes
from apps.personnes.enums import Portee
from apps.personnes.models import Accord, Personne
from apps.porteurs import services as porteurs
from apps.porteurs.enums import GenreProjet
from apps.porteurs.models import Projet
from apps.territoires.models import Theme

from .enums import EtatDemande, GenreDemande, MotifRefus
from .models import Demande, LienSuivi

A_TRIER = (EtatDemande.A_QUALIFIER, EtatDemande.A_CONFIRMER)
ANNULABLES = (
    EtatDemande.FICHE_OUVERTE,
    EtatDemande.JOINTE,
    EtatDemande.RENSEIGNEE,
    EtatDemande.TRANSMISE,
    EtatDemande.REFUSEE,
    EtatDemande.INDESIRABLE,
)


@dataclass(frozen=True)
class Ouverture:
    """What the coordination confirms on the triage page. An empty choice means « make a new one from the request »."""

    titre: str
    personne: Personne | None = None
    entreprise: Entreprise | None = None
    avec_entreprise: bool = False
    genre_projet: str = ""
    projet: Projet | None = None
    themes: list[Theme] = field(default_factory=list)
    analyse: str = ""
    origine: str = Origine.DIRECTE
    priorite: str = Priorite.NORMALE
    responsable: Utilisateur | None = None
    confidentialite: str = ""


def _verrouiller(demande: Demande, acces: Acces) -> Demande:
    """The demande of the database, locked. Raises Refus, or TransitionInterdite when it is no longer to triage."""
    exiger(acces.est_coordination)
    demande = Demande.objects.select_for_update(of=("self",)).get(pk=demande.pk)
    if demande.etat not in A_TRIER:
        raise TransitionInterdite(
            f"La demande {demande.reference} a déjà été traitée : {demande.get_etat_display().lower()}."
        )
    return demande


def _decider(demande: Demande, acces: Acces, etat: EtatDemande, **champs: object) -> Demande:
    """Write the ending, with the moment until which it can be undone."""
    maintenant = timezone.now()
    demande.etat = etat
    demande.decidee_le = maintenant
    demande.decidee_par_id = acces.utilisateur_id
    demande.annulable_jusqua = maintenant + timedelta(seconds=demande.territoire.secondes_annulation)
    for nom, valeur in champs.items():
        setattr(demande, nom, valeur)
    demande.version += 1
    demande.save()
    return demande


def _ecrire(demande: Demande, gabarit: str, **donnees: object) -> None:
    """Queue a mail to the applicant, if they gave an address, to leave once undoing is over.

    The number of the ending is in the key, so that a second ending after an undo writes its own mail.
    """
    if not demande.courriel:
        return
    territoire = demande.territoire
    courriels.ecrire(
        gabarit=gabarit,
        destinataire=demande.courriel,
        donnees={"demandeur": demande.demandeur, "reference": demande.reference, **donnees},
        cle=f"tri:{demande.pk}:{demande.version}",
        territoire_id=territoire.pk,
        pas_avant=demande.annulable_jusqua,
        repondre_a=territoire.courriel,
        objet="demande",
        objet_id=demande.reference,
    )


def personne_de(demande: Demande, acces: Acces) -> Personne:
    """A new person from what the applicant said."""
    return personnes.creer(
        acces=acces,
        civilite=demande.civilite,
        prenom=demande.prenom,
        nom=demande.nom,
        courriel=demande.courriel,
        telephone=demande.telephone,
        commune=demande.commune,
        preference_contact=demande.preference_contact,
    )


def entreprise_de(demande: Demande, acces: Acces) -> Entreprise:
    """A new enterprise from what the applicant said; its name falls back on the applicant's."""
    return entreprises.creer(
        acces=acces,
        nom=demande.entreprise_nom or f"{demande.prenom} {demande.nom}".strip(),
        siret=demande.siret or None,
        etat_siret=EtatSiret.CONNU if demande.siret else EtatSiret.INCONNU,
        commune=demande.commune,
        natures=demande.natures,
        effectif=demande.effectif,
    )


def _projet_de(
    demande: Demande, acces: Acces, choix: Ouverture, personne: Personne, entreprise: Entreprise | None
) -> Projet:
    return porteurs.creer_projet(
        acces=acces,
        personnes=[personne],
        principal=personne,
        titre=choix.titre,
        genre=choix.genre_projet,
        description=demande.projet,
        commune=demande.commune,
        natures=demande.natures,
        emplois_prevus=demande.emplois_prevus,
        entreprise=entreprise if choix.genre_projet in (GenreProjet.CESSION, GenreProjet.DEVELOPPEMENT) else None,
    )


def appliquer_accord(*, acces: Acces, demande: Demande) -> Accord | None:
    """Give effect on the fiche to the accord that the applicant gave on the form.

    Nothing when none was given, when there is no fiche yet, or while a request typed by somebody else waits for the
    person's confirmation.
    """
    if demande.fiche is None or demande.personne is None or not demande.partage_permis:
        return None
    if demande.accord_portee == Portee.AUCUNE and not demande.accord_comite:
        return None
    accord = personnes.donner_accord(
        acces=acces,
        personne=demande.personne,
        portee=demande.accord_portee,
        organismes=list(demande.accord_organismes.all()),
        comite=demande.accord_comite,
        canal=demande.accord_canal,
        donne_le=demande.accord_donne_le or demande.recue_le,
    )
    fiches.attacher_accord(acces=acces, fiche=demande.fiche, personne=demande.personne, accord=accord)
    return accord


def _verser_pieces(
    demande: Demande, acces: Acces, fiche: FicheNavette, visibilite: Visibilite = Visibilite.PARTENAIRES
) -> None:
    for piece in demande.pieces.select_related("fichier"):
        fiches.ajouter_piece(
            acces=acces,
            fiche=fiche,
            fichier=piece.fichier,
            titre=piece.fichier.nom,
            visibilite=visibilite,
            du_demandeur=True,
        )


def _lier(acces: Acces, entreprise: Entreprise, personne: Personne) -> None:
    """Whoever asks becomes a contact of the enterprise; what is already known of its people is never overwritten."""
    connus = Interlocuteur.objects.filter(entreprise=entreprise, jusquau=None)
    if connus.filter(personne=personne).exists():
        return
    entreprises.lier(
        acces=acces, entreprise=entreprise, personne=personne,
        est_dirigeant=not connus.filter(est_dirigeant=True).exists(),
        est_principal=not connus.filter(est_principal=True).exists(),
    )  # fmt: skip


@transaction.atomic
def ouvrir_fiche(*, acces: Acces, demande: Demande, choix: Ouverture) -> FicheNavette:
    """The request becomes a case: person, enterprise and projet are found or made, the needs and the files follow.

    Raises TransitionInterdite when somebody else has already dealt with it, ErreurMetier when neither enterprise nor
    projet is given.
    """
    demande = _verrouiller(demande, acces)
    personne = choix.personne or personne_de(demande, acces)
    entreprise = choix.entreprise or (entreprise_de(demande, acces) if choix.avec_entreprise else None)
    if entreprise is not None:
        _lier(acces, entreprise, personne)
    projet = choix.projet or (_projet_de(demande, acces, choix, personne, entreprise) if choix.genre_projet else None)
    if entreprise is None and projet is None:
        raise ErreurMetier("Indiquez une entreprise ou un projet : la fiche porte sur l’un des deux.")
    recue_le = date_longue(jour_de(demande.recue_le), avec_jour=False)
    besoins = [
        {"theme": theme, "paroles": demande.message if rang == 0 else "", "analyse": choix.analyse if rang == 0 else ""}
        for rang, theme in enumerate(choix.themes)
    ]
    fiche = fiches.ouvrir(
        acces=acces,
        titre=choix.titre,
        entreprise=entreprise,
        projet=projet,
        personnes=[personne],
        principal=personne,
        besoins=besoins,
        origine=choix.origine,
        prescripteur=demande.prescripteur,
        priorite=choix.priorite,
        responsable=choix.responsable,
        confidentialite=choix.confidentialite or None,
        premier_contact_avant=demande.rappel_avant,
        texte=f"Fiche ouverte à partir de la demande du {recue_le} ({demande.get_canal_display().lower()})",
    )
    _decider(demande, acces, EtatDemande.FICHE_OUVERTE, fiche=fiche, personne=personne, entreprise=entreprise)
    _verser_pieces(demande, acces, fiche)
    if appliquer_accord(acces=acces, demande=demande) is None:
        # What this person once agreed to, for another fiche, does not open one that they did not agree to share.
        Demandeur.objects.filter(fiche=fiche, personne=personne).update(accord=None)
    _ecrire(demande, "demande_prise_en_compte", responsable=fiche.responsable.nom_formel if fiche.responsable else "")
    return fiche


@transaction.atomic
def joindre(*, acces: Acces, demande: Demande, fiche: FicheNavette, ouvrir_le_suivi: bool = False) -> FicheNavette:
    """Add the request to an open fiche. Its tracking link shows nothing of the fiche unless `ouvrir_le_suivi`.

    The partners who already read the fiche read the words and the files of this request only if its own accord lets
    them; else they stay with the coordination.

    Raises ErreurMetier when the fiche is closed.
    """
    demande = _verrouiller(demande, acces)
    fiche = FicheNavette.objects.visibles_par(acces).select_for_update(of=("self",)).get(pk=fiche.pk)
    if not fiche.est_ouverte:
        raise ErreurMetier(
            f"La fiche {fiche.numero} n’est plus ouverte : rouvrez-la d’abord, ou ouvrez une nouvelle fiche."
        )
    demandeurs = [d.personne for d in Demandeur.objects.filter(fiche=fiche).select_related("personne")]
    memes = [
        p
        for p in demandeurs
        if (demande.courriel and p.courriel == demande.courriel)
        or (demande.telephone_chiffres and p.telephone_chiffres == demande.telephone_chiffres)
    ]
    _decider(
        demande,
        acces,
        EtatDemande.JOINTE,
        fiche=fiche,
        personne=memes[0] if memes else None,
        entreprise=fiche.entreprise,
    )
    LienSuivi.objects.filter(demande=demande).update(fiche_ouverte=ouvrir_le_suivi)
    partage = demande.partage_permis and demande.accord_portee == Portee.TOUS
    presents = set(fiche.besoins.values_list("theme_id", flat=True))
    for rang, theme in enumerate(t for t in demande.themes.all() if t.pk not in presents):
        paroles = demande.message if rang == 0 and partage else ""
        fiches.ajouter_besoin(acces=acces, fiche=fiche, theme=theme, paroles=paroles)
    _verser_pieces(demande, acces, fiche, Visibilite.PARTENAIRES if partage else Visibilite.COORDINATION)
    fiches.journaliser(
        fiche=fiche,
        acces=acces,
        action=ActionJournal.DEMANDE,
        texte=f"Demande {demande.reference} jointe à la fiche",
        motif=demande.message,
        visibilite=Visibilite.COORDINATION,
    )
    _ecrire(demande, "demande_prise_en_compte", responsable=fiche.responsable.nom_formel if fiche.responsable else "")
    return fiche


@transaction.atomic
def ouvrir_le_suivi(*, acces: Acces, demande: Demande) -> None:
    """Confirm that the second applicant may follow the fiche to which their request was joined."""
    exiger(acces.est_coordination)
    LienSuivi.objects.filter(territoire=acces.territoire_id, demande=demande).update(fiche_ouverte=True)


@transaction.atomic
def renseigner(*, acces: Acces, demande: Demande, precision: str, reponse: str = "") -> Demande:
    """Answered on the spot: counted, without a fiche. `reponse` is mailed when it is not empty."""
    demande = _verrouiller(demande, acces)
    _decider(demande, acces, EtatDemande.RENSEIGNEE, precision=precision, reponse=reponse)
    if reponse:
        _ecrire(demande, "demande_reponse", texte=reponse)
    return demande


@transaction.atomic
def transmettre(*, acces: Acces, demande: Demande, precision: str, reponse: str = "") -> Demande:
    """Sent to the right door outside the territoire: counted, without a fiche."""
    demande = _verrouiller(demande, acces)
    _decider(demande, acces, EtatDemande.TRANSMISE, precision=precision, reponse=reponse)
    if reponse:
        _ecrire(demande, "demande_reponse", texte=reponse)
    return demande


@transaction.atomic
def refuser(*, acces: Acces, demande: Demande, motif: MotifRefus, precision: str = "", reponse: str = "") -> Demande:
    """Refused with a reason, and a mail that the coordination has reread."""
    demande = _verrouiller(demande, acces)
    _decider(demande, acces, EtatDemande.REFUSEE, motif_refus=motif, precision=precision, reponse=reponse)
    if reponse:
        _ecrire(demande, "demande_reponse", texte=reponse)
    return demande


@transaction.atomic
def marquer_indesirable(*, acces: Acces, demande: Demande) -> Demande:
    """Unwanted: nothing is answered."""
    demande = _verrouiller(demande, acces)
    return _decider(demande, acces, EtatDemande.INDESIRABLE)


def est_annulable(demande: Demande) -> bool:
    """Decided less than the time to undo ago."""
    return (
        demande.etat in ANNULABLES
        and demande.annulable_jusqua is not None
        and timezone.now() <= demande.annulable_jusqua
    )


@transaction.atomic
def annuler_tri(*, acces: Acces, demande: Demande) -> Demande:
    """Undo the ending: no mail leaves, an opened fiche is cancelled and keeps its number.

    Raises TransitionInterdite when the time has passed.
    """
    exiger(acces.est_coordination)
    demande = Demande.objects.select_for_update(of=("self",)).get(pk=demande.pk)
    if not est_annulable(demande):
        raise TransitionInterdite("Il est trop tard pour annuler ce tri : corrigez depuis la fiche.")
    courriels.annuler(cle_prefixe=f"tri:{demande.pk}:", territoire_id=demande.territoire_id)
    fiche = demande.fiche
    if fiche is not None and demande.etat == EtatDemande.FICHE_OUVERTE:
        fiches.annuler_ouverture(acces=acces, fiche=fiche)
    elif fiche is not None:
        fiches.journaliser(
            fiche=fiche,
            acces=acces,
            action=ActionJournal.DEMANDE,
            texte=f"Demande {demande.reference} détachée de la fiche",
            visibilite=Visibilite.COORDINATION,
        )
    LienSuivi.objects.filter(demande=demande).update(fiche_ouverte=True)
    attend = demande.saisie_role and demande.courriel and demande.confirmee_le is None
    demande.etat = EtatDemande.A_CONFIRMER if attend else EtatDemande.A_QUALIFIER
    # Nor is anybody recognised any more: a link must not speak for a person whom nobody has confirmed.
    demande.fiche = demande.personne = demande.entreprise = None
    demande.decidee_le = demande.decidee_par = demande.annulable_jusqua = None
    demande.motif_refus = demande.precision = demande.reponse = ""
    demande.version += 1
    demande.save()
    return demande


def titre_propose(demande: Demande) -> str:
    """« Reprise d’une boulangerie à Cardaillac »: the projet's first words, else the enterprise, and the commune."""
    lieu = f" à {demande.commune.nom}" if demande.commune else ""
    base = demande.entreprise_nom if demande.genre != GenreDemande.PROJET else ""
    if not base:
        base = (demande.projet or "").split("\n")[0].split(".")[0].strip()
    if not base:
        premier = demande.themes.first()
        base = (
            f"{premier.nom} · {demande.prenom} {demande.nom}".strip()
            if premier
            else f"{demande.prenom} {demande.nom}".strip()
        )
    if demande.commune and demande.commune.nom.lower() in base.lower():
        lieu = ""
    return f"{base[: 158 - len(lieu)]}{lieu}"
