"""Who may do what in a committee: role, status and scope together. The scope itself is `visibles_par`."""

from apps.core.acces import Acces, Role

from .enums import GesteSeance, ModePoint, StatutCompteRendu, StatutSeance
from .models import CompteRendu, PointOrdreDuJour, Presence, Seance
from .workflow import possible


def peut_voir_comites(acces: Acces) -> bool:
    """The calendar of the séances: the coordination, the référents, the pilotage; each sees its own (visibles_par)."""
    return acces.est_coordination or acces.est_referent or acces.role == Role.PILOTAGE


def peut_organiser(acces: Acces) -> bool:
    """Instances, series, séances, agendas, minutes, anonymous versions: the coordination."""
    return acces.est_coordination


def peut_preparer(acces: Acces, seance: Seance) -> bool:
    """Change the ordre du jour or the séance itself: until it is held or cancelled."""
    return acces.est_coordination and seance.statut in (
        StatutSeance.PREPARATION,
        StatutSeance.CONVOQUEE,
        StatutSeance.EN_COURS,
    )


def peut_gerer(acces: Acces, seance: Seance, geste: GesteSeance) -> bool:
    return acces.est_coordination and possible(geste, seance)


def est_secretaire(acces: Acces, seance: Seance) -> bool:
    """Named by the coordination for this séance, still a référent of the territoire."""
    return acces.est_referent and seance.secretaire_id is not None and seance.secretaire_id == acces.utilisateur_id


def peut_tenir(acces: Acces, seance: Seance) -> bool:
    """Write notes, presences, decisions and actions: the coordination and the secretary, while the séance runs."""
    return seance.statut == StatutSeance.EN_COURS and (acces.est_coordination or est_secretaire(acces, seance))


def peut_lire_ordre_du_jour(acces: Acces, seance: Seance) -> bool:
    """The coordination always; a member once the séance is convened."""
    return acces.est_coordination or (seance.convoquee_le is not None and (acces.est_referent or voit_anonyme(acces)))


def voit_anonyme(acces: Acces) -> bool:
    """The pilotage: figures and reviewed versions, whatever the séance."""
    return acces.role == Role.PILOTAGE


def peut_conduire(acces: Acces, seance: Seance, geste: GesteSeance) -> bool:
    """Open and close the meeting: whoever keeps it. Going on with one that was closed is the coordination's."""
    if not possible(geste, seance):
        return False
    return acces.est_coordination or (geste != GesteSeance.REPRENDRE and est_secretaire(acces, seance))


def peut_projeter(acces: Acces, seance: Seance) -> bool:
    """Show the meeting on the wall: whoever keeps it, also to try the screen before it begins.

    The secretary from the convocation to the end: names are not theirs to show before nor after.
    """
    ouverte = seance.statut in (StatutSeance.CONVOQUEE, StatutSeance.EN_COURS)
    return acces.est_coordination or (ouverte and est_secretaire(acces, seance))


def lit_les_fiches(acces: Acces, seance: Seance) -> bool:
    """May names be shown to this person in this séance? Never in an anonymous one, never to the pilotage."""
    return acces.est_coordination or (acces.est_referent and not seance.est_anonyme)


def lit_le_point(acces: Acces, point: PointOrdreDuJour) -> bool:
    """A reserved point is the coordination's."""
    return acces.est_coordination or point.mode != ModePoint.RESERVE


def peut_proposer_point(acces: Acces, seance: Seance) -> bool:
    """A référent puts one of its fiches forward, with its question, until the séance begins."""
    return (
        acces.est_referent
        and not seance.est_anonyme
        and seance.statut
        in (
            StatutSeance.PREPARATION,
            StatutSeance.CONVOQUEE,
        )
    )


def peut_repondre(acces: Acces, seance: Seance) -> bool:
    """Say whether one will come: a member, once convened, until it is held."""
    return seance.statut in (StatutSeance.CONVOQUEE, StatutSeance.EN_COURS) and (
        acces.est_referent or voit_anonyme(acces)
    )


def est_sa_presence(acces: Acces, presence: Presence) -> bool:
    """The line of one's own organisme, or one's own."""
    if presence.organisme_id is not None:
        return acces.est_referent and presence.organisme_id == acces.organisme_id
    return presence.utilisateur_id is not None and presence.utilisateur_id == acces.utilisateur_id


def peut_repondre_pour(acces: Acces, presence: Presence) -> bool:
    """One's own answer; the coordination notes anybody's, heard on the telephone."""
    return acces.est_coordination or (peut_repondre(acces, presence.seance) and est_sa_presence(acces, presence))


def peut_rediger(acces: Acces, compte_rendu: CompteRendu) -> bool:
    """Edit the minutes until they are approved."""
    return acces.est_coordination and not compte_rendu.est_fige


def peut_lire_releve(acces: Acces, seance: Seance) -> bool:
    """Whoever keeps the meeting reads what is decided while it is; the members once it was sent to them."""
    if acces.est_coordination or est_secretaire(acces, seance):
        return seance.statut in (StatutSeance.EN_COURS, StatutSeance.TENUE)
    return seance.releve_envoye_le is not None


def peut_envoyer_releve(acces: Acces, seance: Seance) -> bool:
    """The same day, by the coordination or the secretary."""
    return seance.statut == StatutSeance.TENUE and (acces.est_coordination or est_secretaire(acces, seance))


def peut_commencer_compte_rendu(acces: Acces, seance: Seance) -> bool:
    """Minutes are drafted of a séance that was held."""
    return acces.est_coordination and seance.statut == StatutSeance.TENUE


def peut_remarquer(acces: Acces, compte_rendu: CompteRendu) -> bool:
    """A member says what to change, while the minutes are « projet » and the delay runs."""
    membre = acces.est_referent or voit_anonyme(acces)
    return membre and compte_rendu.remarques_ouvertes


def peut_approuver(acces: Acces, compte_rendu: CompteRendu, en: Seance | None = None) -> bool:
    """The coordination; or whoever keeps the séance that approves them, while it runs."""
    if compte_rendu.statut != StatutCompteRendu.PROJET:
        return False
    return acces.est_coordination or (en is not None and peut_tenir(acces, en))


def peut_rectifier(acces: Acces, compte_rendu: CompteRendu) -> bool:
    """Approved minutes change no more: a dated addition stands under them."""
    return acces.est_coordination and compte_rendu.est_fige


def documents_de(acces: Acces, seance: Seance) -> list[str]:
    """The kinds of documents that this person may ask for, as the séance stands. None of one that is cancelled."""
    if seance.statut == StatutSeance.ANNULEE:
        return []
    if acces.est_coordination:
        genres = ["dossier", "convocation", "emargement", "actions"]
    else:
        genres = ["dossier"] if peut_lire_ordre_du_jour(acces, seance) else []
    if peut_lire_releve(acces, seance):
        genres.append("releve")
    if CompteRendu.objects.visibles_par(acces).filter(seance=seance).exists():
        genres.append("compte_rendu")
    return genres


def peut_demander_document(acces: Acces, seance: Seance, genre: str) -> bool:
    return genre in documents_de(acces, seance)
