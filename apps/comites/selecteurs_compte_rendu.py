"""The minutes as one reader may read them, and what other pages show of them. Names are resolved here, at reading."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from apps.core.acces import Acces

from .enums import ModePoint, NaturePoint, StatutCompteRendu, StatutSeance
from .models import (
    AdditionCompteRendu,
    CompteRendu,
    Decision,
    PointOrdreDuJour,
    RemarqueCompteRendu,
    Seance,
    SectionCompteRendu,
)
from .noms import Nom, masque_de, nommer, nommer_html, noms_pour, numeros_cites
from .permissions import (
    est_secretaire,
    peut_approuver,
    peut_commencer_compte_rendu,
    peut_envoyer_releve,
    peut_lire_releve,
    peut_rectifier,
    peut_rediger,
    peut_remarquer,
)
from .releve import ActionDite, actions_dites, rangs_de, textes_de, titre_de
from .services.brut import Brut, brut, points_traites
from .services.decisions import dire

ANCIENS_AU_PLUS = 6
# A séance approves the minutes of a former one once it is open.
APPROUVENT = (StatutSeance.EN_COURS, StatutSeance.TENUE)
TONS = {
    StatutCompteRendu.BROUILLON: ("neutre", "pencil"),
    StatutCompteRendu.PROJET: ("attention", "chat-left-text"),
    StatutCompteRendu.APPROUVE: ("succes", "lock"),
}


@dataclass(frozen=True)
class SectionLue:
    """One section for one reader; `texte` is safe HTML with links to the fiches that it may open."""

    section: SectionCompteRendu
    rang: int | None
    titre: str
    sous_titre: str
    url: str
    texte: SafeString
    decision: str = ""
    motif: str = ""
    actions: list[ActionDite] = field(default_factory=list)
    changee: bool = False
    reservee: bool = False


@dataclass(frozen=True)
class RemarqueLue:
    remarque: RemarqueCompteRendu
    sur: str
    texte: SafeString
    suite: str


@dataclass(frozen=True)
class AdditionLue:
    addition: AdditionCompteRendu
    texte: SafeString


@dataclass(frozen=True)
class Lecture:
    """The whole page."""

    compte_rendu: CompteRendu
    sections: list[SectionLue]
    remarques: list[RemarqueLue]
    additions: list[AdditionLue]
    ton: str
    icone: str

    @property
    def a_traiter(self) -> int:
        return sum(1 for r in self.remarques if r.remarque.traitee_le is None)


def sections_de(acces: Acces, compte_rendu: CompteRendu) -> list[SectionCompteRendu]:
    return list(
        SectionCompteRendu.objects.visibles_par(acces).filter(compte_rendu=compte_rendu).select_related("point__fiche")
    )


def lire(acces: Acces, compte_rendu: CompteRendu) -> Lecture:
    """Sections with their decisions (kept ones once approved), remarks, additions. A constant number of queries."""
    sections = sections_de(acces, compte_rendu)
    remarques = list(RemarqueCompteRendu.objects.visibles_par(acces).filter(compte_rendu=compte_rendu))
    additions = list(AdditionCompteRendu.objects.visibles_par(acces).filter(compte_rendu=compte_rendu))
    bruts = _bruts(compte_rendu, sections)
    textes = [
        *(t for s in sections for t in (s.titre, s.texte)),
        *(t for b in bruts.values() for t in textes_de(b)),
        *(t for r in remarques for t in (r.texte, r.suite)),
        *(a.texte for a in additions),
    ]
    noms = noms_pour(acces, compte_rendu.seance, numeros_cites(textes) | _numeros(sections))
    rangs = rangs_de(s.point for s in sections if s.point is not None)
    lues = [_section_lue(s, bruts.get(s.pk, {}), noms, compte_rendu, rangs.get(s.point_id or 0)) for s in sections]
    par_section = {x.section.pk: x.titre for x in lues}
    ton, icone = TONS[StatutCompteRendu(compte_rendu.statut)]
    return Lecture(
        compte_rendu,
        lues,
        [
            RemarqueLue(r, par_section.get(r.section_id or 0, ""), nommer_html(r.texte, noms), nommer(r.suite, noms))
            for r in remarques
        ],
        [AdditionLue(a, nommer_html(a.texte, noms)) for a in additions],
        ton,
        icone,
    )


def _numeros(sections: Iterable[SectionCompteRendu]) -> set[str]:
    return {s.point.fiche.numero for s in sections if s.point is not None and s.point.fiche is not None}


def _bruts(compte_rendu: CompteRendu, sections: list[SectionCompteRendu]) -> dict[int, Brut]:
    """What stands beside each section: as it was kept at the approval, as it is now until then."""
    if compte_rendu.est_fige:
        return {s.pk: s.releve for s in sections}
    masque = masque_de(compte_rendu.seance)
    par_point = {p.pk: brut(p, masque) for p in points_traites(compte_rendu.seance)}
    return {s.pk: par_point.get(s.point_id or 0, {}) for s in sections}


def _section_lue(
    section: SectionCompteRendu, donnees: Brut, noms: dict[str, Nom], compte_rendu: CompteRendu, rang: int | None
) -> SectionLue:
    fiche = section.point.fiche if section.point is not None else None
    nature = section.point.nature if section.point is not None else NaturePoint.SUJET
    titre, sous_titre, url = titre_de(nature, fiche, nommer(section.titre, noms), noms)
    envoye_le = compte_rendu.envoye_le if compte_rendu.statut == StatutCompteRendu.PROJET else None
    return SectionLue(
        section=section,
        rang=rang,
        titre=titre,
        sous_titre=sous_titre,
        url=url,
        texte=nommer_html(section.texte, noms),
        decision=nommer(donnees.get("decision", ""), noms),
        motif=nommer(donnees.get("motif", ""), noms),
        actions=actions_dites(donnees, noms),
        changee=envoye_le is not None and section.modifie_le > envoye_le,
        reservee=section.point is not None and section.point.mode == ModePoint.RESERVE,
    )


def titre_pour(acces: Acces, section: SectionCompteRendu, seance: Seance) -> str:
    """The title of one section for one reader."""
    fiche = section.point.fiche if section.point is not None else None
    if fiche is None:
        return section.titre
    nom = noms_pour(acces, seance, [fiche.numero]).get(fiche.numero)
    return f"{fiche.numero} · {nom.titre}" if nom else fiche.numero


def droits(acces: Acces, compte_rendu: CompteRendu) -> dict[str, bool]:
    """What this reader may do on the page."""
    return {
        "peut_rediger": peut_rediger(acces, compte_rendu),
        "peut_remarquer": peut_remarquer(acces, compte_rendu),
        "peut_approuver": peut_approuver(acces, compte_rendu) and not compte_rendu.remarques_ouvertes,
        "peut_rectifier": peut_rectifier(acces, compte_rendu),
        "lit_releve": peut_lire_releve(acces, compte_rendu.seance),
    }


def compte_rendu_de(acces: Acces, seance: Seance) -> CompteRendu | None:
    """The minutes of a séance that the reader may open."""
    return CompteRendu.objects.visibles_par(acces).filter(seance=seance).annotate(a_traiter=_a_traiter()).first()


def _a_traiter() -> Count:
    return Count("remarques", filter=Q(remarques__traitee_le__isnull=True))


def contexte_compte_rendu(acces: Acces, seance: Seance) -> dict[str, Any]:
    """For comites/compte_rendu/_panneau.html, on the page of the séance."""
    compte_rendu = compte_rendu_de(acces, seance)
    return {
        "seance": seance,
        "compte_rendu": compte_rendu,
        "compte_rendu_ton": TONS[StatutCompteRendu(compte_rendu.statut)] if compte_rendu else ("", ""),
        "lit_releve": peut_lire_releve(acces, seance),
        "envoie_releve": peut_envoyer_releve(acces, seance),
        "redige": peut_commencer_compte_rendu(acces, seance),
        "remarque": compte_rendu is not None and peut_remarquer(acces, compte_rendu),
        "ecrit": acces.est_coordination or est_secretaire(acces, seance),
        **contexte_approbation(acces, seance),
    }


def contexte_approbation(acces: Acces, seance: Seance) -> dict[str, Any]:
    """For comites/compte_rendu/_a_approuver.html: minutes « projet » that wait on this séance's agenda."""
    lignes = [
        {"compte_rendu": c, "seance": c.seance, "attente": c.a_traiter}  # type: ignore[attr-defined]
        for c in a_approuver(acces, seance)
        if peut_approuver(acces, c, seance)
    ]
    return {"seance": seance, "a_approuver": lignes, "approbation_ouverte": seance.statut in APPROUVENT}


def a_approuver(acces: Acces, seance: Seance) -> list[CompteRendu]:
    """Minutes sent as « projet », of an earlier séance of the same committee, for as long as this one may approve."""
    if seance.statut == StatutSeance.ANNULEE:
        return []
    instances = [i for i in (seance.instance_id, seance.conjointe_id) if i]
    return list(
        CompteRendu.objects.visibles_par(acces)
        .filter(Q(seance__instance__in=instances) | Q(seance__conjointe__in=instances))
        .filter(statut=StatutCompteRendu.PROJET, seance__jour__lte=seance.jour)
        .exclude(seance=seance)
        .select_related("seance__instance", "seance__conjointe", "seance__territoire")
        .annotate(a_traiter=_a_traiter())
        .order_by("seance__jour", "pk")
    )


@dataclass(frozen=True)
class PassageAuComite:
    """« comité du 5 mars : orienter vers la CMA », on the page of a fiche."""

    seance: Seance
    jour: date
    decision: str
    lisible: bool = True  # the relevé is there to open


def passages(acces: Acces, points: Iterable[PointOrdreDuJour]) -> list[PassageAuComite]:
    """What the committee decided on these points of one fiche, that `acces` sees, the last first.

    A partner is told only what was decided under the name. The reason stays in the journal and in the minutes: it may
    speak of somebody else.
    """
    par_point = {
        p.pk: p
        for p in points
        if acces.est_coordination or (p.mode == ModePoint.NOMINATIF and not p.seance.est_anonyme)
    }
    if not par_point:
        return []
    decisions = Decision.objects.filter(point__in=par_point, remplacee_le__isnull=True).prefetch_related("organismes")
    resultat = []
    for d in decisions:
        d.point = par_point[d.point_id]
        seance = d.point.seance
        dite = dire(d, sorted(d.organismes.all(), key=str))
        resultat.append(PassageAuComite(seance, seance.jour, dite, peut_lire_releve(acces, seance)))
    return sorted(resultat, key=lambda p: p.jour, reverse=True)[:ANCIENS_AU_PLUS]


def a_commenter(acces: Acces) -> list[CompteRendu]:
    """The « projets » on which this member may still comment, with the number of its organisme's remarks."""
    siennes = Q(remarques__organisme=acces.organisme_id)
    comptes_rendus = (
        CompteRendu.objects.visibles_par(acces)
        .filter(statut=StatutCompteRendu.PROJET)
        .select_related("seance__instance", "seance__conjointe", "seance__territoire")
        .annotate(les_notres=Count("remarques", filter=siennes))
        .order_by("remarques_jusquau", "pk")
    )
    return [c for c in comptes_rendus if peut_remarquer(acces, c)]
