"""A point in words for one reader: names resolved at reading, from the mode, the accords and the audience."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from apps.core.acces import Acces
from apps.core.affichage import INSECABLE
from apps.core.audience import Audience, GenreAudience
from apps.fiches.enums import Confidentialite
from apps.fiches.models import FicheNavette, Partage
from apps.referentiels.models import Commune, Naf

from .enums import ModePoint, NaturePoint
from .lecture import accord_couvre_comite, comite_peut_lire, nomme, noms_connus
from .models import PointOrdreDuJour, Seance, VersionAnonyme
from .permissions import lit_les_fiches

SANS_NOM = "Situation sans nom"
EN_PREPARATION = "Situation dont le résumé n’est pas encore relu"


@dataclass(frozen=True)
class Lecteur:
    """Who reads: everything, as a member, or without any name. `fiches`: those that a member reads (None: all)."""

    genre: GenreAudience
    organisme_id: int | None = None
    fiches: frozenset[int] | None = None

    @property
    def tout(self) -> bool:
        return self.genre == GenreAudience.COORDINATION

    @property
    def sans_nom(self) -> bool:
        return self.genre == GenreAudience.ANONYME

    @classmethod
    def de_la_coordination(cls) -> "Lecteur":
        return cls(GenreAudience.COORDINATION)

    def nomme(self, point: PointOrdreDuJour) -> bool:
        """May this point be named to them? The mode, the committee's right today, and their own reading of the fiche.

        Who put a fiche forward knows which one it is, as long as they read it.
        """
        fiche = point.fiche
        if fiche is None or self.tout:
            return True
        if self.sans_nom or point.seance.est_anonyme:
            return False
        if self.fiches is not None and fiche.pk not in self.fiches:
            return False
        sien = self.organisme_id is not None and point.propose_par_organisme_id == self.organisme_id
        return sien or (point.mode == ModePoint.NOMINATIF and comite_peut_lire(fiche))


@dataclass(frozen=True)
class Anonyme:
    """All that élus read of a fiche, and only once it was reviewed."""

    themes: str = ""
    epci: str = ""
    section: str = ""
    texte: str = ""
    est_ecrite: bool = False
    est_relue: bool = False


@dataclass(frozen=True)
class Intitule:
    """A point in words, for one reader. `resume`: what stands for the fiche where no name may."""

    titre: str
    sous_titre: str = ""
    question: str = ""
    resume: str = ""
    est_nomme: bool = True
    alerte: str = ""  # said to the coordination: what the committee will not read, and why


def charger(points: QuerySet[PointOrdreDuJour]) -> list[PointOrdreDuJour]:
    """The points with all that a title needs: five queries, whatever their number."""
    return list(
        points.select_related(
            "seance__instance", "rapporteur", "action", "propose_par_organisme", "fiche__entreprise__commune__epci",
            "fiche__projet__commune__epci", "fiche__territoire",
        ).prefetch_related(
            "fiche__demandeurs__personne__commune__epci", "fiche__demandeurs__accord", "fiche__besoins__theme"
        )
    )  # fmt: skip


def lecteur_de(acces: Acces, seance: Seance) -> Lecteur:
    """How this person reads this séance."""
    if acces.est_coordination:
        return Lecteur.de_la_coordination()
    if not lit_les_fiches(acces, seance):
        return Lecteur(GenreAudience.ANONYME, acces.organisme_id)
    points = seance.points.filter(fiche__isnull=False).values("fiche")
    lues = FicheNavette.objects.visibles_par(acces).filter(pk__in=points).values_list("pk", flat=True)
    return Lecteur(GenreAudience.ORGANISME, acces.organisme_id, frozenset(lues))


def lecteur_pour(audience: Audience, points: Iterable[PointOrdreDuJour]) -> Lecteur:
    """How a declared audience reads: an organisme as its référents, the committee what the accords open to it today."""
    if audience.genre != GenreAudience.ORGANISME:
        return Lecteur(audience.genre)
    fiches = FicheNavette.objects.filter(territoire=audience.territoire_id, pk__in=[p.fiche_id for p in points])
    ouvertes = Partage.objects.en_cours().filter(organisme=audience.organisme_id).values("fiche")
    lues = fiches.filter(pk__in=ouvertes).exclude(confidentialite=Confidentialite.COORDINATION)
    return Lecteur(audience.genre, audience.organisme_id, frozenset(lues.values_list("pk", flat=True)))


def intituler(point: PointOrdreDuJour, lecteur: Lecteur, anonyme: Anonyme | None = None) -> Intitule:
    """One point in words, for one reader."""
    if point.fiche is None:
        return _sans_fiche(point, lecteur)
    if lecteur.nomme(point):
        return _nomme(point, point.fiche, lecteur, anonyme)
    if lecteur.sans_nom or point.seance.est_anonyme:
        return _anonyme(anonyme or Anonyme())
    return _tu(point, point.fiche)


def _sans_fiche(point: PointOrdreDuJour, lecteur: Lecteur) -> Intitule:
    """A topic or a standing point. The words of an overdue action are not told to élus."""
    nature = NaturePoint(point.nature)
    titre = point.titre or nature.label
    if point.action is not None and not (lecteur.sans_nom or point.seance.est_anonyme):
        return Intitule(f"Action en retard{INSECABLE}: {point.action.libelle}", point.action.qui, point.question)
    if point.action is not None:
        titre = "Action en retard"
    return Intitule(titre, "", point.question)


def _nomme(point: PointOrdreDuJour, fiche: FicheNavette, lecteur: Lecteur, anonyme: Anonyme | None) -> Intitule:
    return Intitule(
        titre=fiche.titre,
        sous_titre=" · ".join(x for x in (fiche.numero, _qui(fiche), _themes(fiche)) if x),
        question=point.question,
        resume=fiche.resume_sans_nom if point.mode == ModePoint.SANS_NOM else "",
        alerte=_alerte(point, fiche, anonyme) if lecteur.tout else "",
    )


def _qui(fiche: FicheNavette) -> str:
    """Whose it is: the enterprise and its people, else the people."""
    noms = [str(d.personne) for d in fiche.demandeurs.all()]
    if fiche.entreprise is not None:
        noms = [fiche.entreprise.nom, *noms[:1]]
    return ", ".join(noms[:2])


def _themes(fiche: FicheNavette) -> str:
    return ", ".join(dict.fromkeys(str(b.theme) for b in fiche.besoins.all()))


def _anonyme(anonyme: Anonyme) -> Intitule:
    """For élus: nothing typed elsewhere, neither the number nor the question."""
    if not anonyme.est_relue:
        return Intitule(EN_PREPARATION, est_nomme=False)
    return Intitule(
        titre=anonyme.themes or "Situation",
        sous_titre=" · ".join(x for x in (anonyme.epci, anonyme.section) if x),
        resume=anonyme.texte,
        est_nomme=False,
    )


def _tu(point: PointOrdreDuJour, fiche: FicheNavette) -> Intitule:
    """For a member who may not be told the name: the summary if the point was meant so, else the number alone."""
    if point.mode == ModePoint.SANS_NOM:
        noms = noms_connus(fiche)
        themes = _themes(fiche)
        return Intitule(
            titre=f"{SANS_NOM}{INSECABLE}: {themes}" if themes else SANS_NOM,
            question="" if nomme(point.question, noms) else point.question,
            resume="" if nomme(fiche.resume_sans_nom, noms) else fiche.resume_sans_nom,
            est_nomme=False,
        )
    return Intitule(f"Fiche {fiche.numero}", "Son contenu ne vous est pas ouvert.", est_nomme=False)


def _alerte(point: PointOrdreDuJour, fiche: FicheNavette, anonyme: Anonyme | None) -> str:
    """What the coordination has to know or to settle before the séance."""
    if point.seance.est_anonyme:
        if anonyme is None or not anonyme.est_ecrite:
            return "La version anonyme est à écrire."
        return "" if anonyme.est_relue else "La version anonyme est à relire."
    if not fiche.est_ouverte:
        return ""
    if point.mode == ModePoint.RESERVE:
        return "" if comite_peut_lire(fiche) else _raison(fiche, "Réservée")
    if point.mode == ModePoint.SANS_NOM:
        return "" if fiche.resume_sans_nom else "Le résumé sans nom est à écrire."
    return "" if comite_peut_lire(fiche) else _raison(fiche, "Non nommée au comité")


def _raison(fiche: FicheNavette, debut: str) -> str:
    if accord_couvre_comite(fiche):
        return f"{debut}{INSECABLE}: la fiche n’est pas ouverte au comité."
    return f"{debut}{INSECABLE}: l’accord de partage ne couvre pas le comité."


def _commune(fiche: FicheNavette) -> Commune | None:
    """Where it happens, from what is loaded: as fiches.services.commune_de."""
    if fiche.entreprise is not None and fiche.entreprise.commune is not None:
        return fiche.entreprise.commune
    if fiche.projet is not None and fiche.projet.commune is not None:
        return fiche.projet.commune
    principal = next(iter(fiche.demandeurs.all()), None)
    return principal.personne.commune if principal is not None else None


def code_naf(fiche: FicheNavette) -> str:
    """The activity, present or foreseen."""
    if fiche.entreprise is not None and (fiche.entreprise.naf_rev2 or fiche.entreprise.naf_2025):
        return fiche.entreprise.naf_rev2 or fiche.entreprise.naf_2025
    return fiche.projet.naf_prevue if fiche.projet is not None else ""


def sections_naf(codes: Iterable[str]) -> dict[str, str]:
    """The section of each code, in words; one query."""
    lignes_naf = Naf.objects.filter(code__in={c for c in codes if c}).order_by("-nomenclature")
    return {n.code: n.section_libelle for n in lignes_naf}


def anonymes_de(points: list[PointOrdreDuJour]) -> dict[int, Anonyme]:
    """What may be shown to élus of each fiche; two queries."""
    return _en_anonymes([p.fiche for p in points if p.fiche is not None])


def anonyme_de(fiche: FicheNavette) -> Anonyme:
    """The same for one fiche."""
    return _en_anonymes([fiche])[fiche.pk]


def _en_anonymes(lues: Iterable[FicheNavette]) -> dict[int, Anonyme]:
    fiches = {f.pk: f for f in lues}
    versions = {v.fiche_id: v for v in VersionAnonyme.objects.filter(fiche__in=list(fiches))}
    sections = sections_naf(code_naf(f) for f in fiches.values())
    resultat = {}
    for pk, fiche in fiches.items():
        version, commune = versions.get(pk), _commune(fiche)
        resultat[pk] = Anonyme(
            themes=_themes(fiche),
            epci=commune.epci.nom if commune is not None and commune.epci else "",
            section=sections.get(code_naf(fiche), ""),
            texte=version.texte if version is not None else "",
            est_ecrite=version is not None,
            est_relue=version is not None and version.est_relue,
        )
    return resultat
