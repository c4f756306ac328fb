"""The minutes: drafted from the notes, edited, sent as « projet », approved; then only added to."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.fiches.journal import signature
from apps.fiches.services import numeroter

from ..enums import SERIE_COMPTE_RENDU, NaturePoint, StatutCompteRendu, StatutSeance
from ..models import AdditionCompteRendu, CompteRendu, PointOrdreDuJour, Seance, SectionCompteRendu
from ..noms import Masque, masque_de
from ..presences import presences_en_mots
from ..workflow import verrouiller
from .brut import brut, points_traites
from .membres import ecrire_aux_lecteurs
from .partages import liberer

FIGE = "Ce compte rendu est approuvé : il ne change plus. Ajoutez une rectification datée, elle se lira à sa suite."
CHANGE = "Ce compte rendu a changé depuis que vous avez ouvert cette page. Relisez-le, puis recommencez."


def verrouiller_ouvert(acces: Acces, compte_rendu: CompteRendu) -> CompteRendu:
    """The minutes, their row locked, while they may still change. Raises TransitionInterdite once approved."""
    actuel = (
        CompteRendu.objects.select_for_update(of=("self",))
        .select_related("seance__instance", "seance__conjointe", "seance__territoire")
        .get(pk=compte_rendu.pk, territoire=acces.territoire_id)
    )
    if actuel.est_fige:
        raise TransitionInterdite(FIGE)
    return actuel


def _exiger_version(compte_rendu: CompteRendu, version: int | None) -> None:
    if compte_rendu.version != version:
        raise VersionPerimee(CHANGE, actuel=compte_rendu)


def marquer_change(compte_rendu: CompteRendu) -> None:
    """What is sent or approved is what was read: any change of a part makes an opened page stale."""
    CompteRendu.objects.filter(pk=compte_rendu.pk).update(version=F("version") + 1, modifie_le=timezone.now())


@transaction.atomic
def rediger(*, acces: Acces, seance: Seance) -> CompteRendu:
    """The draft made of the notes: who was there, then a section a point. Asked again, only adds what is missing."""
    seance = verrouiller(seance)
    if seance.territoire_id != acces.territoire_id or seance.statut != StatutSeance.TENUE:
        raise TransitionInterdite("Le compte rendu se rédige une fois la séance terminée.")
    compte_rendu, cree = CompteRendu.objects.get_or_create(
        seance=seance, defaults={"territoire_id": seance.territoire_id}
    )
    compte_rendu = verrouiller_ouvert(acces, compte_rendu)
    if compte_rendu.statut != StatutCompteRendu.BROUILLON:
        raise TransitionInterdite("Le compte rendu est déjà envoyé : complétez ses sections une à une.")
    masque = masque_de(seance)
    if cree:
        _section(compte_rendu, ordre=0, titre="Présences", texte=masque(presences_en_mots(seance)))
    _ajouter_points(compte_rendu, masque)
    marquer_change(compte_rendu)
    return CompteRendu.objects.get(pk=compte_rendu.pk)


def _section(compte_rendu: CompteRendu, **champs: object) -> SectionCompteRendu:
    return SectionCompteRendu.objects.create(
        territoire_id=compte_rendu.territoire_id, compte_rendu=compte_rendu, **champs
    )


def _ajouter_points(compte_rendu: CompteRendu, masque: Masque) -> None:
    """One section for each point of the agenda that has none, in its order."""
    presents = set(compte_rendu.sections.values_list("point", flat=True))
    dernier = compte_rendu.sections.order_by("-ordre").values_list("ordre", flat=True).first() or 0
    points = PointOrdreDuJour.objects.filter(seance=compte_rendu.seance_id).inscrits().select_related("fiche")
    SectionCompteRendu.objects.bulk_create(
        SectionCompteRendu(
            territoire_id=compte_rendu.territoire_id,
            compte_rendu=compte_rendu,
            point=point,
            ordre=rang,
            titre="" if point.fiche else masque(point.titre or NaturePoint(point.nature).label)[:200],
            texte=masque(point.synthese, point.fiche.numero if point.fiche else ""),
        )
        for rang, point in enumerate((p for p in points if p.pk not in presents), start=dernier + 1)
    )


@transaction.atomic
def modifier_section(
    *, acces: Acces, section: SectionCompteRendu, version: int | None, texte: str, titre: str = ""
) -> SectionCompteRendu:
    """Write a section if `version` is still the stored one; the known names become the numbers of their fiches.

    The title of a fiche's section is the fiche's own: it is not kept here. Raises VersionPerimee with the stored one.
    """
    compte_rendu = verrouiller_ouvert(acces, section.compte_rendu)
    actuelle = SectionCompteRendu.objects.select_related("point__fiche", "compte_rendu").get(
        pk=section.pk, compte_rendu=compte_rendu
    )
    if actuelle.version != version:
        raise VersionPerimee(actuel=actuelle)
    fiche = actuelle.point.fiche if actuelle.point else None
    if fiche is None and not titre.strip():
        raise ErreurMetier("Donnez un titre à cette section.")
    masque = masque_de(compte_rendu.seance)
    champs = {
        "titre": "" if fiche else masque(titre.strip())[:200],
        "texte": masque(texte, fiche.numero if fiche else ""),
    }
    if all(getattr(actuelle, n) == v for n, v in champs.items()):
        return actuelle
    nouvelle = actuelle.enregistrer_version(version, champs)
    marquer_change(compte_rendu)
    return nouvelle


@transaction.atomic
def ajouter_section(
    *, acces: Acces, compte_rendu: CompteRendu, titre: str, texte: str, apres: SectionCompteRendu | None = None
) -> SectionCompteRendu:
    """A section of its own (« Questions diverses »), after another one or at the end."""
    compte_rendu = verrouiller_ouvert(acces, compte_rendu)
    if not titre.strip():
        raise ErreurMetier("Donnez un titre à cette section.")
    masque = masque_de(compte_rendu.seance)
    sections = compte_rendu.sections.order_by("-ordre")
    ordre = apres.ordre if apres is not None else sections.values_list("ordre", flat=True).first() or 0
    sections.filter(ordre__gt=ordre).update(ordre=F("ordre") + 1)
    section = _section(compte_rendu, ordre=ordre + 1, titre=masque(titre.strip())[:200], texte=masque(texte))
    marquer_change(compte_rendu)
    return section


@transaction.atomic
def retirer_section(*, acces: Acces, section: SectionCompteRendu, version: int | None) -> None:
    """A section of one's own goes; that of a point stays, maybe empty. Raises VersionPerimee when it changed."""
    compte_rendu = verrouiller_ouvert(acces, section.compte_rendu)
    actuelle = SectionCompteRendu.objects.get(pk=section.pk, compte_rendu=compte_rendu)
    if actuelle.version != version:
        raise VersionPerimee(actuel=actuelle)
    if actuelle.point_id is not None:
        raise ErreurMetier("La section d’un point de l’ordre du jour reste : videz son texte s’il y a lieu.")
    actuelle.delete()
    marquer_change(compte_rendu)


@transaction.atomic
def envoyer_projet(
    *, acces: Acces, compte_rendu: CompteRendu, version: int | None, jusquau: date | None = None
) -> CompteRendu:
    """Send the draft as « projet »: the members read it and may comment until `jusquau` (the instance's delay else).

    Sent again, it only gives more time, and nobody is written to twice for the same day.
    """
    compte_rendu = verrouiller_ouvert(acces, compte_rendu)
    _exiger_version(compte_rendu, version)
    if not compte_rendu.sections.exists():
        raise ErreurMetier("Ce compte rendu est vide : rédigez-le à partir des notes.")
    aujourd_hui = timezone.localdate()
    jusquau = jusquau or compte_rendu.jour_propose
    if jusquau < aujourd_hui:
        raise ErreurMetier("Laissez aux membres au moins jusqu’à ce soir : choisissez une date à venir.")
    compte_rendu = compte_rendu.enregistrer_version(
        version,
        {
            "statut": StatutCompteRendu.PROJET,
            "remarques_jusquau": jusquau,
            "envoye_le": compte_rendu.envoye_le or timezone.now(),
            "envoye_par": acces.utilisateur_id,
        },
    )
    ecrire_aux_lecteurs(
        compte_rendu.seance, "compte_rendu_projet", route="comites:compte_rendu",
        suffixe=f"projet:{jusquau:%Y%m%d}", jusquau=jusquau,
    )  # fmt: skip
    return compte_rendu


@transaction.atomic
def approuver(*, acces: Acces, compte_rendu: CompteRendu, version: int | None, en: Seance | None = None) -> CompteRendu:
    """Freeze and number the minutes, in the séance `en` or once the delay for remarks is over.

    Every remark has had its answer. The decisions and actions are kept as they stand, and what the agenda had opened
    to the members closes.
    """
    compte_rendu = verrouiller_ouvert(acces, compte_rendu)
    _exiger_version(compte_rendu, version)
    _exiger_approuvable(compte_rendu, en)
    _figer(compte_rendu)
    _annee, _rang, numero = numeroter(territoire_id=compte_rendu.territoire_id, serie=SERIE_COMPTE_RENDU)
    compte_rendu = compte_rendu.enregistrer_version(
        version,
        {
            "statut": StatutCompteRendu.APPROUVE,
            "numero": numero,
            "approuve_le": timezone.now(),
            "approuve_par": acces.utilisateur_id,
            "approuve_en": en,
        },
    )
    liberer(acces=acces, seance=compte_rendu.seance)
    return compte_rendu


def _exiger_approuvable(compte_rendu: CompteRendu, en: Seance | None) -> None:
    if compte_rendu.statut != StatutCompteRendu.PROJET:
        raise TransitionInterdite("Envoyez d’abord le projet aux membres.")
    attente = compte_rendu.remarques.filter(traitee_le__isnull=True).count()
    if attente:
        dite = "une remarque attend" if attente == 1 else f"{attente} remarques attendent"
        raise ErreurMetier(f"Dites d’abord ce qui est fait des remarques : {dite} une réponse.")
    if en is not None:
        _exiger_suivante(compte_rendu, en)
    elif compte_rendu.remarques_ouvertes:
        raise ErreurMetier(
            "Les membres peuvent encore faire des remarques. Attendez la fin du délai, ou approuvez-le en séance."
        )


def _exiger_suivante(compte_rendu: CompteRendu, en: Seance) -> None:
    """Approved by a séance of the same committee, held or under way, after the one that it tells."""
    seance = compte_rendu.seance
    communes = {seance.instance_id, seance.conjointe_id} & {en.instance_id, en.conjointe_id} - {None}
    suivante = en.pk != seance.pk and en.jour >= seance.jour
    if not (communes and suivante and en.statut in (StatutSeance.EN_COURS, StatutSeance.TENUE)):
        raise ErreurMetier("Un compte rendu s’approuve à une séance suivante du même comité, une fois ouverte.")


def _figer(compte_rendu: CompteRendu) -> None:
    """Keep beside each section what was decided, in today's words and with numbers only."""
    masque = masque_de(compte_rendu.seance)
    releves = {p.pk: brut(p, masque) for p in points_traites(compte_rendu.seance)}
    sections = list(compte_rendu.sections.filter(point__isnull=False))
    for section in sections:
        section.releve = releves.get(section.point_id, {})  # type: ignore[arg-type]
    SectionCompteRendu.objects.bulk_update(sections, ["releve"])


@transaction.atomic
def rectifier(*, acces: Acces, compte_rendu: CompteRendu, texte: str) -> AdditionCompteRendu:
    """A dated, signed correction under approved minutes; it is not changed either."""
    compte_rendu = CompteRendu.objects.select_for_update(of=("self",)).get(
        pk=compte_rendu.pk, territoire=acces.territoire_id
    )
    if not compte_rendu.est_fige:
        raise TransitionInterdite("Ce compte rendu n’est pas encore approuvé : modifiez ses sections.")
    if not texte.strip():
        raise ErreurMetier("Écrivez la rectification.")
    qui = signature(acces)
    return AdditionCompteRendu.objects.create(
        territoire_id=compte_rendu.territoire_id, compte_rendu=compte_rendu,
        texte=masque_de(compte_rendu.seance)(texte), auteur=qui["auteur"], auteur_nom=qui["auteur_nom"],
    )  # fmt: skip
