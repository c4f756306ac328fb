"""What a declared audience reads of fiches, as plain data: frozen into documents, never the rights of who prints.

All in a constant number of queries, for one fiche or for three hundred.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from apps.core.acces import Acces, Role
from apps.core.affichage import INSECABLE, date_courte, date_longue, jour_de, nombre, siret, taille_fichier, telephone
from apps.core.audience import Audience, GenreAudience
from apps.core.texte import normaliser
from apps.referentiels.enums import NatureActivite, Nomenclature
from apps.referentiels.models import Naf

from .enums import (
    ActionJournal,
    Confidentialite,
    EtatOrientation,
    GenreEchange,
    GenreOrientation,
    MotifDeclin,
    Origine,
    ResultatOrientation,
    StatutFiche,
    Visibilite,
)
from .etat import avec_article
from .models import Besoin, Demandeur, Echange, EntreeJournal, FicheNavette, Orientation, PieceFiche
from .page import PersonneFiche, badge_orientation, recit

# Nobody: a référent of the organisme without a name holds nothing that was handed to one person.
PERSONNE = 0
# What the journal adds to the échanges and to the orientations in the short account of a fiche's path.
ESSENTIEL = frozenset(
    {
        ActionJournal.ATTENTE,
        ActionJournal.CLOTURE,
        ActionJournal.COMITE,
        ActionJournal.MESSAGE,
        ActionJournal.PROPOSITION,
        ActionJournal.REOUVERTURE,
    }
)
ETAPES_AU_PLUS = 9
SIGNES_ETAPE = 240
SIGNES_TEXTE = 700
SUITE = f"{INSECABLE}[…]"


def acces_de(audience: Audience) -> Acces | None:
    """The scope of an audience: all for the coordination, a référent's for an organisme, none that exists else."""
    if audience.genre == GenreAudience.COORDINATION:
        return Acces.systeme(audience.territoire_id)
    if audience.genre == GenreAudience.ORGANISME:
        return Acces(PERSONNE, audience.territoire_id, Role.REFERENT, audience.organisme_id)
    return None


def lisibles(fiches: Iterable[int], audience: Audience) -> set[int]:
    """Which of these fiches the audience may read by name, now.

    The committee reads those that are open, widened to it, and whose every applicant agreed to it; nobody who reads
    anonymous versions reads any.
    """
    voulues = FicheNavette.objects.filter(territoire=audience.territoire_id, pk__in=list(fiches))
    acces = acces_de(audience)
    if acces is not None:
        return set(
            voulues.filter(pk__in=FicheNavette.objects.visibles_par(acces).values("pk")).values_list("pk", flat=True)
        )
    if audience.genre != GenreAudience.COMITE:
        return set()
    elargies = {f.pk for f in voulues.filter(confidentialite=Confidentialite.COMITE) if f.est_ouverte}
    return elargies & _accordees_au_comite(elargies)


def _accordees_au_comite(fiches: set[int], *, comite: bool = True) -> set[int]:
    """Those with applicants who all agree, today, that the committee reads; `comite=False`: that anybody does."""
    accords: dict[int, list[bool]] = defaultdict(list)
    for d in Demandeur.objects.filter(fiche__in=fiches).select_related("accord"):
        en_vigueur = d.accord is not None and d.accord.est_en_vigueur
        accords[d.fiche_id].append(en_vigueur and (d.accord.comite or not comite))  # type: ignore[union-attr]
    return {pk for pk, oui in accords.items() if all(oui)}


def retirees(fiches: Iterable[int], audience: Audience) -> set[int]:
    """Those that were told to this audience and may be no longer: an accord withdrawn, a fiche kept back since.

    A fiche that is merely closed is not: what was laid on the table may still be read where it was.
    """
    voulues = set(fiches)
    if not voulues or audience.genre == GenreAudience.COORDINATION:
        return set()
    au_comite = audience.genre == GenreAudience.COMITE
    gardees = FicheNavette.objects.filter(territoire=audience.territoire_id, pk__in=voulues)
    gardees = gardees.exclude(statut=StatutFiche.ANNULEE).exclude(confidentialite=Confidentialite.COORDINATION)
    if au_comite:
        gardees = gardees.filter(confidentialite=Confidentialite.COMITE)
    return voulues - _accordees_au_comite(set(gardees.values_list("pk", flat=True)), comite=au_comite)


@dataclass
class _Lignes:
    """What stands beside the fiches, by fiche, as this audience reads it."""

    personnes: dict[int, list[PersonneFiche]] = field(default_factory=lambda: defaultdict(list))
    besoins: dict[int, list[Besoin]] = field(default_factory=lambda: defaultdict(list))
    orientations: dict[int, list[Orientation]] = field(default_factory=lambda: defaultdict(list))
    echanges: dict[int, list[Echange]] = field(default_factory=lambda: defaultdict(list))
    journal: dict[int, list[EntreeJournal]] = field(default_factory=lambda: defaultdict(list))
    pieces: dict[int, list[PieceFiche]] = field(default_factory=lambda: defaultdict(list))
    naf: dict[str, str] = field(default_factory=dict)


def _visibles(modele: Any, pks: set[int], audience: Audience) -> QuerySet[Any]:
    """Rows with a visibility: the committee reads those marked for it and no other."""
    acces = acces_de(audience)
    if acces is not None:
        return modele.objects.visibles_par(acces).filter(fiche__in=pks)
    return modele.objects.filter(territoire=audience.territoire_id, fiche__in=pks, visibilite=Visibilite.COMITE)


def _orientations(pks: set[int], audience: Audience) -> QuerySet[Orientation]:
    lignes = Orientation.objects.filter(territoire=audience.territoire_id, fiche__in=pks)
    if audience.genre != GenreAudience.COORDINATION:
        lignes = lignes.exclude(etat=EtatOrientation.ANNULEE)
    return lignes.select_related("organisme", "referent", "technicien").order_by("envoyee_le", "pk")


def _personnes(pks: set[int]) -> Iterable[tuple[int, PersonneFiche]]:
    """Each applicant once, with the partners that their accord names."""
    lignes = (
        Demandeur.objects.filter(fiche__in=pks)
        .select_related("personne__commune", "accord")
        .annotate(organisme_nomme=F("accord__organismes__nom_court"))
        .order_by("-est_principal", "pk", "organisme_nomme")
    )
    connues: dict[int, PersonneFiche] = {}
    for d in lignes:
        accord = d.accord if d.accord is not None and d.accord.est_en_vigueur else None
        personne = connues.setdefault(d.pk, PersonneFiche(d, accord, []))
        if accord is not None and d.organisme_nomme:
            personne.organismes.append(d.organisme_nomme)
    return ((p.demandeur.fiche_id, p) for p in connues.values())


def _rassembler(fiches: list[FicheNavette], audience: Audience) -> _Lignes:
    pks, lues = {f.pk for f in fiches}, _Lignes()
    for fiche_id, personne in _personnes(pks):
        lues.personnes[fiche_id].append(personne)
    sources: list[tuple[QuerySet[Any], dict[int, list[Any]]]] = [
        (Besoin.objects.filter(fiche__in=pks).select_related("theme").order_by("ordre", "pk"), lues.besoins),
        (_orientations(pks, audience), lues.orientations),
        (_visibles(Echange, pks, audience).filter(supprime_le=None).order_by("survenu_le", "pk"), lues.echanges),
        (_visibles(EntreeJournal, pks, audience).order_by("quand", "pk"), lues.journal),
        (_visibles(PieceFiche, pks, audience).filter(retiree_le=None).select_related("fichier"), lues.pieces),
    ]
    for rangees, par_fiche in sources:
        for ligne in rangees:
            par_fiche[ligne.fiche_id].append(ligne)
    codes = {f.entreprise.naf_rev2 for f in fiches if f.entreprise} | {f.projet.naf_prevue for f in fiches if f.projet}
    naf = Naf.objects.filter(nomenclature=Nomenclature.NAF_REV2, code__in=codes - {""})
    lues.naf = dict(naf.values_list("code", "libelle"))
    return lues


def feuilles(
    fiches: Iterable[int], audience: Audience, *, complete: bool = False, quand: datetime | None = None
) -> dict[int, dict[str, Any]]:
    """The sheet of each fiche that the audience reads, by id; those that it does not read are left out.

    Short by default, for a sheet of one or two pages; `complete` gives everything: the whole journal, the whole texts.
    """
    maintenant = quand or timezone.now()
    lus = list(
        FicheNavette.objects.filter(pk__in=lisibles(fiches, audience)).select_related(
            "entreprise__commune", "projet__commune", "responsable"
        )
    )
    lues = _rassembler(lus, audience)
    return {f.pk: _feuille(f, lues, audience, complete=complete, maintenant=maintenant) for f in lus}


def feuille(fiche: FicheNavette, audience: Audience, **options: Any) -> dict[str, Any] | None:
    """The sheet of one fiche; None when the audience does not read it."""
    return feuilles([fiche.pk], audience, **options).get(fiche.pk)


def _feuille(
    fiche: FicheNavette, lues: _Lignes, audience: Audience, *, complete: bool, maintenant: datetime
) -> dict[str, Any]:
    limite = 0 if complete else SIGNES_TEXTE
    orientations = lues.orientations[fiche.pk]
    etapes = _parcours(fiche, lues, audience, complete=complete)
    gardees = etapes if complete else etapes[-ETAPES_AU_PLUS:]
    partenaires = [_partenaire(o, audience, limite, maintenant) for o in orientations]
    return {
        "numero": fiche.numero,
        "titre": fiche.titre,
        "etat": fiche.get_etat_display(),
        "priorite": "" if fiche.priorite == "normale" else fiche.get_priorite_display(),
        "identite": _identite(fiche, lues, audience),
        "projet": _projet(fiche, lues.naf),
        "projet_texte": abreger(fiche.projet.description, limite) if fiche.projet else "",
        "besoins": [
            {"theme": str(b.theme), "paroles": abreger(b.paroles, limite), "analyse": abreger(b.analyse, limite)}
            for b in lues.besoins[fiche.pk]
        ],
        "parcours": gardees,
        "parcours_omis": len(etapes) - len(gardees),
        "partenaires": partenaires if complete else regrouper(partenaires),
        "pieces": [
            {"nom": p.titre or p.fichier.nom, "taille": taille_fichier(p.fichier.taille)} for p in lues.pieces[fiche.pk]
        ],
    }


def regrouper(partenaires: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """On a short sheet, the partners of whom the very same is said, and nothing more, make one line."""
    lignes: dict[tuple[Any, ...], dict[str, Any]] = {}
    for p in partenaires:
        dit = p["avis"] or p["aide"] or p["precision"] or p["recit"]
        cle = (p["nom"],) if dit else (p["adressee"], p["demande"], p["etat"])
        if cle in lignes:
            lignes[cle] = {**p, "nom": f"{lignes[cle]['nom']}, {p['nom']}"}
        else:
            lignes[cle] = p
    return list(lignes.values())


def abreger(texte: str, signes: int) -> str:
    """The text in one paragraph, cut after a word when it is longer; 0 leaves it whole, with its lines."""
    if not signes:
        return texte
    texte = " ".join(texte.split())
    if len(texte) <= signes:
        return texte
    coupe = texte[:signes].rsplit(None, 1)[0] if " " in texte[:signes] else texte[:signes]
    return coupe.rstrip(" ,;:.") + SUITE


def _identite(fiche: FicheNavette, lues: _Lignes, audience: Audience) -> list[tuple[str, list[str]]]:
    """(label, lines): who asks, which enterprise, since when. The committee gets no telephone and no address."""
    personnes = lues.personnes[fiche.pk]
    joindre = audience.genre != GenreAudience.COMITE
    mot = "Porteur" if fiche.projet_id else "Demandeur"
    lignes: list[tuple[str, list[str]]] = []
    for p in personnes:
        x = p.demandeur.personne
        lignes.append(
            (mot, [_avec_commune(str(x), x.commune), *([telephone(x.telephone), x.courriel] if joindre else [])])
        )
    if fiche.entreprise:
        e = fiche.entreprise
        lignes.append(("Entreprise", [_avec_commune(e.nom, e.commune), siret(e.siret or "")]))
        lignes.append(("Activité", [_activite(e.natures, e.naf_rev2, lues.naf)]))
        if e.effectif is not None:
            lignes.append(("Effectif", [nombre(e.effectif)]))
    ouverte = date_longue(jour_de(fiche.ouverte_le), avec_jour=False)
    origine = "" if fiche.origine == Origine.DIRECTE else f", {fiche.get_origine_display().lower()}"
    lignes.append(("Demande", [f"{ouverte}{origine}"]))
    lignes += [("Accord", [_accord(p, court=not joindre)]) for p in personnes]
    if fiche.responsable:
        lignes.append(("En charge", [fiche.responsable.nom_formel]))
    return [(libelle, [v for v in valeurs if v]) for libelle, valeurs in lignes if any(valeurs)]


def _accord(personne: PersonneFiche, *, court: bool) -> str:
    """What was agreed; to the committee, without the names of the partners that were left out by not being named."""
    if not court or personne.accord is None:
        return personne.accord_dit
    return "partenaires et comité" if personne.accord.portee == "tous" else "partenaires nommés et comité"


def _avec_commune(nom: str, commune: Any) -> str:
    return f"{nom}, {commune.nom}" if commune else nom


def _activite(natures: Iterable[str], code: str, naf: dict[str, str]) -> str:
    dites = ", ".join(NatureActivite(n).label for n in natures)
    libelle = f"{code} {naf[code]}" if code in naf else code
    return ", ".join(x for x in (dites, libelle) if x)


def _projet(fiche: FicheNavette, naf: dict[str, str]) -> list[tuple[str, list[str]]]:
    """(label, lines) of the projet, when there is one."""
    if fiche.projet is None:
        return []
    j = fiche.projet
    euros = f"{nombre(j.investissement)}{INSECABLE}€" if j.investissement is not None else ""
    lignes = [
        ("Projet", [f"{j.get_genre_display()}, stade {j.get_stade_display().lower()}"]),
        ("Lieu", [str(j.commune.nom) if j.commune else ""]),
        ("Activité prévue", [_activite(j.natures, j.naf_prevue, naf)]),
        ("Emplois prévus", [nombre(j.emplois_prevus) if j.emplois_prevus is not None else ""]),
        ("Investissement", [euros]),
        ("Échéance", [date_longue(j.echeance, avec_jour=False) if j.echeance else ""]),
    ]
    return [(libelle, valeurs) for libelle, valeurs in lignes if any(valeurs)]


def _partenaire(o: Orientation, audience: Audience, limite: int, maintenant: datetime) -> dict[str, Any]:
    """One partner: what was asked, its state, what it did and said."""
    _, etat, _ = badge_orientation(o, jour_de(maintenant))
    sien = audience.genre == GenreAudience.COORDINATION or audience.organisme_id == o.organisme_id
    qui = o.technicien or o.referent
    return {
        "nom": o.nom_du_jour,
        "adressee": qui.nom_formel if qui and audience.genre != GenreAudience.COMITE else "",
        "demande": o.get_genre_display(),
        "etat": etat,
        "recit": recit(o, [], o.nom_du_jour, maintenant),
        "precision": abreger(o.precision_declin, limite) if sien else "",
        "avis": abreger(o.avis, limite),
        "aide": abreger(o.aide_apportee, limite),
    }


def _etape(quand: date | datetime, qui: str, quoi: str, texte: str = "", *, limite: int = 0) -> dict[str, str]:
    jour = jour_de(quand)
    instant = quand if isinstance(quand, datetime) else timezone.make_aware(datetime.combine(quand, time.min))
    return {
        "instant": instant.astimezone(UTC).isoformat(),
        "date": date_courte(jour),
        "qui": qui,
        "quoi": quoi,
        "texte": abreger(texte, limite),
    }


def _parcours(fiche: FicheNavette, lues: _Lignes, audience: Audience, *, complete: bool) -> list[dict[str, str]]:
    """What happened, the oldest first: orientations and answers, échanges, and what the journal alone tells.

    Complete, the journal itself takes the place of what is told from the orientations; the committee, which reads
    little of it, is always told from them.
    """
    limite = 0 if complete else SIGNES_ETAPE
    entier = complete and audience.genre != GenreAudience.COMITE
    etapes = [_de_l_echange(e, limite) for e in lues.echanges[fiche.pk]]
    etapes += [_du_journal(j, limite) for j in lues.journal[fiche.pk] if entier or j.action in ESSENTIEL]
    if not entier:
        etapes += _des_orientations(lues.orientations[fiche.pk])
    return sorted(etapes, key=lambda e: e["instant"])


def _de_l_echange(echange: Echange, limite: int) -> dict[str, str]:
    avec = f" avec {echange.participants_dits}" if echange.participants_dits else ""
    qui = echange.organisme_nom or "Coordination"
    return _etape(echange.survenu_le, qui, f"{GenreEchange(echange.genre).label}{avec}", echange.texte, limite=limite)


def _du_journal(entree: EntreeJournal, limite: int) -> dict[str, str]:
    qui = entree.organisme_nom or (entree.auteur_nom if entree.auteur_nom == "Le demandeur" else "Coordination")
    return _etape(entree.quand, qui, entree.texte, entree.motif, limite=limite)


def _des_orientations(orientations: list[Orientation]) -> list[dict[str, str]]:
    """To whom it was sent, day by day, and what each answered."""
    etapes = []
    envois: dict[tuple[date, str], list[Orientation]] = defaultdict(list)
    for o in orientations:
        envois[(jour_de(o.envoyee_le), o.genre)].append(o)
        etapes += _reponses(o)
    for (_, genre), envoyees in envois.items():
        noms = [avec_article(o.nom_du_jour) for o in envoyees]
        dits = ", ".join(noms[:-1]) + (" et " if len(noms) > 1 else "") + noms[-1]
        genre_dit = GenreOrientation(genre).label.lower()
        etapes.append(_etape(envoyees[0].envoyee_le, "Coordination", f"Orientation vers {dits} ({genre_dit})"))
    return etapes


def _reponses(o: Orientation) -> list[dict[str, str]]:
    nom, etapes = o.nom_du_jour, []
    if o.prise_en_charge_le:
        etapes.append(_etape(o.prise_en_charge_le, nom, "Prise en charge"))
    if o.etat == EtatOrientation.DECLINEE and o.repondue_le:
        motif = MotifDeclin(o.motif_declin).label
        etapes.append(_etape(o.repondue_le, nom, f"Décliné{INSECABLE}: {motif[0].lower()}{motif[1:]}"))
    if o.etat == EtatOrientation.AVIS_RENDU and o.repondue_le:
        etapes.append(_etape(o.repondue_le, nom, "Avis rendu"))
    if o.terminee_le and o.resultat:
        resultat = ResultatOrientation(o.resultat).label.lower()
        etapes.append(_etape(o.terminee_le, nom, f"Terminé{INSECABLE}: {resultat}"))
    return etapes


def resumes_sans_nom(fiches: Iterable[int], territoire_id: int) -> dict[int, dict[str, Any]]:
    """What may be read of fiches without any name: the summary written for it, themes, intercommunalité."""
    lues = FicheNavette.objects.filter(territoire=territoire_id, pk__in=list(fiches)).select_related(
        "entreprise__commune__epci", "projet__commune__epci"
    )
    resumes = {}
    for fiche in lues.prefetch_related("besoins__theme"):
        porteur = fiche.entreprise or fiche.projet
        commune = porteur.commune if porteur is not None else None
        themes = sorted({str(b.theme) for b in fiche.besoins.all()}, key=normaliser)
        epci = commune.epci.nom if commune is not None and commune.epci else ""
        resumes[fiche.pk] = {"numero": fiche.numero, "texte": fiche.resume_sans_nom, "themes": themes, "epci": epci}
    return resumes
