"""Every transition tried from every status, and the state recomputed over random fiches."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.erreurs import ErreurMetier, TransitionInterdite
from apps.fiches import etat, services, workflow
from apps.fiches.enums import (
    ActionFiche,
    ActionJournal,
    ActionOrientation,
    EtatFiche,
    EtatOrientation,
    GenreOrientation,
    MotifDeclin,
    ResultatOrientation,
    StatutFiche,
)
from apps.fiches.models import EntreeJournal, FicheNavette, Orientation
from apps.territoires.models import Territoire
from tests.factories import OrganismeFactory
from tests.outils import acces_coordination

from .factories import ouvrir

E = EtatOrientation
A = ActionOrientation
CHAMPS = {
    A.DECLINER: {"motif_declin": MotifDeclin.HORS_CHAMP},
    A.TERMINER: {"resultat": ResultatOrientation.AIDE},
    A.RENDRE_AVIS: {"avis": "Favorable."},
}
ETATS = {
    GenreOrientation.ACCOMPAGNEMENT: [E.ENVOYEE, E.PRISE_EN_CHARGE, E.TERMINEE, E.DECLINEE, E.ANNULEE],
    GenreOrientation.AVIS: [E.ENVOYEE, E.AVIS_RENDU, E.DECLINEE, E.ANNULEE],
    GenreOrientation.INFORMATION: [E.ENVOYEE, E.LUE, E.ANNULEE],
}
# Written out by hand: the table of the domain, not the one of the code.
ATTENDUES = {
    ("accompagnement", "envoyee", "prendre_en_charge"): "prise_en_charge",
    ("accompagnement", "envoyee", "decliner"): "declinee",
    ("accompagnement", "envoyee", "annuler"): "annulee",
    ("accompagnement", "prise_en_charge", "terminer"): "terminee",
    ("accompagnement", "prise_en_charge", "annuler"): "annulee",
    ("accompagnement", "prise_en_charge", "defaire"): "envoyee",
    ("accompagnement", "terminee", "defaire"): "prise_en_charge",
    ("accompagnement", "declinee", "defaire"): "envoyee",
    ("accompagnement", "annulee", "defaire"): "envoyee",
    ("avis", "envoyee", "rendre_avis"): "avis_rendu",
    ("avis", "envoyee", "decliner"): "declinee",
    ("avis", "envoyee", "annuler"): "annulee",
    ("avis", "avis_rendu", "defaire"): "envoyee",
    ("avis", "declinee", "defaire"): "envoyee",
    ("avis", "annulee", "defaire"): "envoyee",
    ("information", "envoyee", "lire"): "lue",
    ("information", "envoyee", "annuler"): "annulee",
    ("information", "lue", "defaire"): "envoyee",
    ("information", "annulee", "defaire"): "envoyee",
}
CAS = [(g, e, a) for g, etats in ETATS.items() for e in etats for a in A]


def _orientation(fiche: FicheNavette, genre: str, etat_voulu: str) -> Orientation:
    """An orientation put in a state directly, as if it had got there."""
    organisme = OrganismeFactory(territoire=fiche.territoire)
    return Orientation.objects.create(
        territoire=fiche.territoire,
        fiche=fiche,
        organisme=organisme,
        genre=genre,
        etat=etat_voulu,
        etat_precedent=E.ENVOYEE if etat_voulu == E.ANNULEE else "",
        motif_declin=MotifDeclin.AUTRE if etat_voulu == E.DECLINEE else "",
        resultat=ResultatOrientation.AIDE if etat_voulu == E.TERMINEE else "",
    )


@pytest.mark.parametrize(("genre", "depuis", "action"), CAS, ids=lambda v: str(v))
def test_orientation_transition(territoire: Territoire, genre: str, depuis: str, action: ActionOrientation) -> None:
    fiche = ouvrir(territoire)
    orientation = _orientation(fiche, genre, depuis)
    attendu = ATTENDUES.get((genre, depuis, action.value))
    lignes = EntreeJournal.objects.filter(fiche=fiche).count()

    def agir() -> Orientation:
        return workflow.appliquer_orientation(
            action, orientation=orientation, acces=acces_coordination(territoire.pk), champs=CHAMPS.get(action)
        )

    if attendu is None:
        with pytest.raises(TransitionInterdite):
            agir()
        assert Orientation.objects.get(pk=orientation.pk).etat == depuis
        assert EntreeJournal.objects.filter(fiche=fiche).count() == lignes
        return
    agir()
    relue, fiche = Orientation.objects.get(pk=orientation.pk), FicheNavette.objects.get(pk=fiche.pk)
    assert relue.etat == attendu
    assert fiche.etat == etat.calculer(fiche.statut, [relue])
    ligne = EntreeJournal.objects.filter(fiche=fiche).order_by("-pk").first()
    assert ligne is not None
    assert (ligne.depuis, ligne.vers, ligne.orientation_id) == (depuis, attendu, orientation.pk)


FICHE = {
    ("ouverte", "attendre"): "en_attente",
    ("ouverte", "cloturer"): "cloturee",
    ("ouverte", "annuler"): "annulee",
    ("en_attente", "attendre"): "en_attente",
    ("en_attente", "reprendre"): "ouverte",
    ("en_attente", "cloturer"): "cloturee",
    ("en_attente", "annuler"): "annulee",
    ("cloturee", "rouvrir"): "ouverte",
}


@pytest.mark.parametrize("depuis", list(StatutFiche))
@pytest.mark.parametrize("action", list(ActionFiche))
def test_fiche_transition(territoire: Territoire, depuis: StatutFiche, action: ActionFiche) -> None:
    fiche = ouvrir(territoire)
    fiche.statut = depuis
    fiche.cloturee_le = timezone.now() if depuis == StatutFiche.CLOTUREE else None
    fiche.save()
    attendu = FICHE.get((depuis.value, action.value))

    def agir() -> FicheNavette:
        return workflow.appliquer_fiche(
            action, fiche=fiche, acces=acces_coordination(territoire.pk), texte="Essai",
            journal=ActionJournal.MODIFICATION, motif="une raison",
        )  # fmt: skip

    if attendu is None:
        with pytest.raises(TransitionInterdite):
            agir()
        assert FicheNavette.objects.get(pk=fiche.pk).statut == depuis
    else:
        assert agir().statut == attendu
        relue = FicheNavette.objects.get(pk=fiche.pk)
        assert (relue.cloturee_le is not None) == (attendu == "cloturee")


@pytest.mark.parametrize("action", [a for a in ActionFiche if workflow.TRANSITIONS_FICHE[a].exige_motif])
def test_a_reason_is_asked(territoire: Territoire, action: ActionFiche) -> None:
    fiche = ouvrir(territoire)
    if action == ActionFiche.ROUVRIR:
        services.cloturer(acces=acces_coordination(territoire.pk), fiche=fiche, motif="abandonnee")
    with pytest.raises(TransitionInterdite):
        workflow.appliquer_fiche(
            action, fiche=fiche, acces=acces_coordination(territoire.pk), texte="Essai",
            journal=ActionJournal.MODIFICATION,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("statut", "orientations", "suivie", "attendu"),
    [
        ("annulee", [("accompagnement", "envoyee")], False, EtatFiche.ANNULEE),
        ("cloturee", [("accompagnement", "envoyee")], False, EtatFiche.CLOTUREE),
        ("en_attente", [("accompagnement", "envoyee")], False, EtatFiche.ATTENTE_DEMANDEUR),
        ("ouverte", [], False, EtatFiche.A_ORIENTER),
        ("ouverte", [], True, EtatFiche.SUIVIE),
        ("ouverte", [("information", "envoyee")], False, EtatFiche.A_ORIENTER),
        ("ouverte", [("accompagnement", "annulee")], False, EtatFiche.A_ORIENTER),
        ("ouverte", [("accompagnement", "prise_en_charge"), ("avis", "envoyee")], False, EtatFiche.SANS_REPONSE),
        ("ouverte", [("accompagnement", "prise_en_charge"), ("avis", "declinee")], False, EtatFiche.PRISE_EN_CHARGE),
        ("ouverte", [("accompagnement", "declinee"), ("accompagnement", "declinee")], False, EtatFiche.A_REORIENTER),
        ("ouverte", [("accompagnement", "declinee"), ("accompagnement", "terminee")], False, EtatFiche.A_CLORE),
        ("ouverte", [("accompagnement", "declinee")], True, EtatFiche.SUIVIE),
        ("ouverte", [("avis", "avis_rendu")], False, EtatFiche.A_ORIENTER),
        ("ouverte", [("avis", "avis_rendu"), ("accompagnement", "declinee")], False, EtatFiche.A_REORIENTER),
    ],
)
def test_precedence(statut: str, orientations: list[tuple[str, str]], suivie: bool, attendu: EtatFiche) -> None:
    lignes = [Orientation(genre=g, etat=e) for g, e in orientations]
    assert etat.calculer(statut, lignes, suivie) == attendu


def _pas_au_hasard(hasard: random.Random, fiche: FicheNavette, acces: object, organismes: list) -> None:
    """One move picked at random among everything that may be tried; refused moves count as moves."""
    orientations = list(Orientation.objects.filter(fiche=fiche).select_related("organisme", "fiche"))
    o = hasard.choice(orientations) if orientations else None
    essais: list[Callable[[], object]] = [
        lambda: services.orienter(
            acces=acces, fiche=fiche, organismes=[hasard.choice(organismes)],
            genre=hasard.choice(GenreOrientation.values),
        ),
        lambda: services.mettre_en_attente(acces=acces, fiche=fiche, attente_quoi="les bilans"),
        lambda: services.reprendre(acces=acces, fiche=fiche),
        lambda: services.cloturer(acces=acces, fiche=fiche, motif="abandonnee"),
        lambda: services.rouvrir(acces=acces, fiche=fiche, motif="du nouveau"),
        lambda: services.modifier(
            acces=acces, fiche=fiche, version=FicheNavette.objects.get(pk=fiche.pk).version,
            suivie_seule=hasard.random() < 0.5,
        ),
    ]  # fmt: skip
    if o is not None:
        essais += 3 * [
            lambda: services.prendre_en_charge(acces=acces, orientation=o),
            lambda: services.decliner(acces=acces, orientation=o, motif="autre"),
            lambda: services.terminer(acces=acces, orientation=o, resultat="aide"),
            lambda: services.rendre_avis(acces=acces, orientation=o, avis="Oui."),
            lambda: services.marquer_lue(acces=acces, orientation=o),
            lambda: services.annuler_orientation(acces=acces, orientation=o),
            lambda: services.defaire(acces=acces, orientation=o),
        ]
    with suppress(ErreurMetier):
        hasard.choice(essais)()


@pytest.mark.parametrize("graine", range(12))
def test_stored_state_is_always_what_the_precedence_says(
    territoire: Territoire, coordination: Affectation, graine: int
) -> None:
    hasard = random.Random(graine)
    organismes = [OrganismeFactory(territoire=territoire) for _ in range(3)]
    fiche, acces = ouvrir(territoire), coordination.acces()
    for _ in range(25):
        _pas_au_hasard(hasard, fiche, acces, organismes)
        relue = FicheNavette.objects.get(pk=fiche.pk)
        orientations = list(Orientation.objects.filter(fiche=fiche))
        assert relue.etat == etat.calculer(relue.statut, orientations, relue.suivie_seule)
        assert relue.reponse_attendue_le == workflow.prochaine_reponse(relue.statut, orientations)
        ouverts = set(relue.partages.filter(jusqua=None).values_list("organisme_id", flat=True))
        lisent = {
            o.organisme_id
            for o in orientations
            if o.etat in ("envoyee", "prise_en_charge", "terminee", "avis_rendu", "lue")
        }
        assert ouverts == (lisent if relue.est_ouverte else set())
