"""The accord de partage of one request: given, extended or withdrawn, before the fiche exists and after."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier
from apps.documents.models import Fichier
from apps.fiches import services as fiches
from apps.fiches.models import Demandeur
from apps.partenaires.models import Organisme
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Accord, Personne

from .enums import EtatDemande
from .models import Demande


def _ouverts_a(territoire_id: int, organismes: Iterable[Organisme]) -> list[Organisme]:
    choisis = list(organismes)
    if any(o.territoire_id != territoire_id for o in choisis):
        raise ErreurMetier("Un des partenaires choisis n’est pas de ce territoire.")
    return choisis


def _qui(demande: Demande, acces: Acces) -> Personne | None:
    """Whose accord it is: the coordination knows who told it; a link speaks for the person once that is confirmed."""
    return demande.personne if acces.est_coordination else demande.personne_confirmee


def _accord_de(demande: Demande, personne: Personne) -> Accord | None:
    """The one in force on the fiche of the request; without a fiche, the person's."""
    demandeur = Demandeur.objects.filter(fiche=demande.fiche_id, personne=personne).select_related("accord").first()
    if demandeur is not None:
        return demandeur.accord if demandeur.accord is not None and demandeur.accord.est_en_vigueur else None
    return Accord.objects.filter(territoire=demande.territoire_id, personne=personne).en_vigueur().first()


def portee_de(tous: bool, organismes: Iterable[Organisme]) -> Portee:
    """All, named ones, or none: what the boxes ticked mean."""
    if tous:
        return Portee.TOUS
    return Portee.NOMMES if list(organismes) else Portee.AUCUNE


@transaction.atomic
def donner(
    *,
    acces: Acces,
    demande: Demande,
    portee: str,
    organismes: Iterable[Organisme] = (),
    comite: bool = False,
    canal: str,
    preuve: Fichier | None = None,
    personne: Personne | None = None,
) -> Accord | None:
    """Record what a person agrees to on the words of today, from the tracking page, by telephone or on paper.

    `personne` is another porteur of the same projet; by default the person of the request. Before the triage has found
    the person it is kept on the request alone; afterwards it becomes an Accord, attached to the fiche if there is one.
    Agreeing to nothing is a withdrawal. Raises ErreurMetier when named partners are announced without any.
    """
    choisis = _ouverts_a(demande.territoire_id, organismes) if portee == Portee.NOMMES else []
    if portee == Portee.NOMMES and not choisis:
        raise ErreurMetier("Choisissez au moins un partenaire, ou retirez votre accord.")
    if portee == Portee.AUCUNE and not comite:
        retirer(acces=acces, demande=demande, canal=canal, personne=personne)
        return None
    demande = Demande.objects.select_for_update(of=("self",)).get(pk=demande.pk, territoire=acces.territoire_id)
    if personne is None or personne.pk == demande.personne_id:
        _ecrire(demande, portee=portee, comite=comite, canal=canal)
        demande.accord_organismes.set(choisis)
        personne = _qui(demande, acces)
    if personne is None:
        return None
    accord = personnes.donner_accord(
        acces=acces,
        personne=personne,
        portee=portee,
        organismes=choisis,
        comite=comite,
        canal=canal,
        preuve=preuve,
    )
    if demande.fiche is not None:
        fiches.attacher_accord(acces=acces, fiche=demande.fiche, personne=personne, accord=accord)
    fiches.suivre_accord(acces=acces, personne=personne)
    return accord


def _ecrire(demande: Demande, *, portee: str, comite: bool, canal: str) -> None:
    """The accord as the request carries it. Words heard or signed by the coordination also confirm the request."""
    maintenant = timezone.now()
    demande.accord_portee = portee
    demande.accord_comite = comite
    demande.accord_canal = canal
    demande.accord_version = personnes.texte_accord_courant(demande.territoire_id).version
    demande.accord_donne_le = maintenant
    if demande.saisie_role and demande.confirmee_le is None:
        demande.confirmee_le = maintenant
        if demande.etat == EtatDemande.A_CONFIRMER:
            demande.etat = EtatDemande.A_QUALIFIER
    demande.version += 1
    demande.save()


@transaction.atomic
def retirer(
    *, acces: Acces, demande: Demande, canal: str = CanalAccord.SUIVI, personne: Personne | None = None
) -> None:
    """The accord is taken back, on the request and on every fiche where it was in force. Idempotent."""
    demande = Demande.objects.select_for_update(of=("self",)).get(pk=demande.pk, territoire=acces.territoire_id)
    if personne is None or personne.pk == demande.personne_id:
        demande.accord_portee, demande.accord_comite, demande.accord_canal = Portee.AUCUNE, False, canal
        demande.accord_donne_le = None
        demande.version += 1
        demande.save()
        demande.accord_organismes.clear()
        personne = _qui(demande, acces)
    if personne is None:
        return
    for accord in Accord.objects.filter(territoire=acces.territoire_id, personne=personne).en_vigueur():
        personnes.retirer_accord(acces=acces, accord=accord, canal=canal)
    fiches.suivre_accord(acces=acces, personne=personne)


def en_vigueur(demande: Demande, personne: Personne | None = None) -> tuple[Portee, list[Organisme], bool]:
    """What holds today for the person: how far among the partners, which ones, and the committee."""
    personne = personne or demande.personne_confirmee
    if personne is not None:
        accord = _accord_de(demande, personne)
        if accord is None:
            return Portee.AUCUNE, [], False
        return Portee(accord.portee), list(accord.organismes.all()), accord.comite
    if demande.accord_donne_le is None:
        return Portee.AUCUNE, [], False  # at most what somebody else noted for the person
    return Portee(demande.accord_portee), list(demande.accord_organismes.all()), demande.accord_comite
