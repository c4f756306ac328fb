"""What happens to an action: created, told, changed, postponed, done; and the orientation that it may need."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions import services
from apps.actions.enums import EtatAction, GesteAction, Porteur
from apps.actions.models import Action, ReportAction
from apps.actions.workflow import TRANSITIONS, appliquer
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.courriels.models import Courriel
from apps.fiches import services as fiches
from apps.fiches.enums import ActionJournal, Confidentialite
from apps.fiches.models import EntreeJournal, FicheNavette, Orientation
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord
from apps.personnes.models import Accord
from apps.territoires.models import Territoire
from tests.comites.factories import ActionFactory, EtapeTypeFactory, ListeTypeFactory
from tests.factories import AffectationFactory, OrganismeFactory, TerritoireFactory
from tests.fiches.factories import ouvrir


def dans(jours: int) -> date:
    return timezone.localdate() + timedelta(days=jours)


@pytest.fixture
def fiche(territoire: Territoire) -> FicheNavette:
    return ouvrir(territoire)


def creer(par: Affectation, **champs: object) -> Action:
    champs.setdefault("libelle", "Évaluer le fonds")
    champs.setdefault("echeance", dans(10))
    champs.setdefault("porteur", Porteur.COORDINATION)
    return services.creer(acces=par.acces(), **champs)  # type: ignore[arg-type]


def orienter(fiche: FicheNavette, par: Affectation, vers: Affectation) -> Orientation:
    return fiches.orienter(acces=par.acces(), fiche=fiche, organismes=[vers.organisme], genre="accompagnement")[0]  # type: ignore[list-item]


def journal(fiche: FicheNavette) -> list[str]:
    return list(
        EntreeJournal.objects.filter(fiche=fiche, action=ActionJournal.ACTION)
        .order_by("pk")
        .values_list("texte", flat=True)
    )


def confiees() -> list[Courriel]:
    return list(Courriel.objects.filter(gabarit="action_confiee").order_by("pk"))


# --- creating -------------------------------------------------------------------------------------------------------


def test_an_action_keeps_its_holder_under_the_name_of_the_day_and_its_first_date(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    orienter(fiche, coordination, referent)
    action = creer(
        coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme, origine="seance:12",
        origine_dite="Comité technique du 5 mars 2026",
    )  # fmt: skip
    assert (action.etat, action.reports) == (EtatAction.A_FAIRE, 0)
    assert action.echeance == action.echeance_initiale
    assert action.qui == action.organisme_nom == str(referent.organisme)
    assert action.cree_par_id == coordination.utilisateur_id
    assert "evaluer le fonds" in action.recherche and "comite technique" in action.recherche
    assert any("Évaluer le fonds" in texte for texte in journal(fiche))


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"libelle": "  \n "}, "ce qu’il y a à faire"),
        ({"libelle": "x" * 241}, "240"),
        ({"porteur": Porteur.ORGANISME}, "Choisissez le partenaire"),
        ({"porteur": Porteur.DEMANDEUR}, "action de sa fiche"),
        ({"porteur": "quelqu_un"}, "qui porte"),
    ],
)
def test_what_is_missing_is_said(coordination: Affectation, champs: dict, message: str) -> None:
    with pytest.raises(ErreurMetier, match=message):
        creer(coordination, **champs)
    assert not Action.objects.exists()


def test_an_inactive_partner_and_one_of_elsewhere_hold_nothing(coordination: Affectation) -> None:
    parti = OrganismeFactory(territoire=coordination.territoire, est_actif=False)
    ailleurs = OrganismeFactory.build(territoire=TerritoireFactory(slug="langres", nom="Langres"), pk=987654)
    for organisme in (parti, ailleurs):
        with pytest.raises(ErreurMetier, match="partenaire actif"):
            creer(coordination, porteur=Porteur.ORGANISME, organisme=organisme)


def test_it_is_given_only_to_somebody_of_the_holder(coordination: Affectation, referent: Affectation) -> None:
    autre = AffectationFactory(territoire=coordination.territoire, referent=True)
    with pytest.raises(ErreurMetier, match="ne travaille pas pour"):
        creer(
            coordination,
            porteur=Porteur.ORGANISME,
            organisme=referent.organisme,
            responsable=autre.utilisateur,
        )
    with pytest.raises(ErreurMetier, match="n’est pas de la coordination"):
        creer(coordination, responsable=referent.utilisateur)
    action = creer(
        coordination, porteur=Porteur.ORGANISME, organisme=referent.organisme, responsable=referent.utilisateur
    )
    assert action.responsable_nom == str(referent.utilisateur)


def test_a_closed_fiche_takes_no_action(fiche: FicheNavette, coordination: Affectation) -> None:
    fiches.cloturer(acces=coordination.acces(), fiche=fiche, motif="sans_nouvelles")
    with pytest.raises(TransitionInterdite, match="rouvrez-la"):
        creer(coordination, fiche=fiche)


# --- telling --------------------------------------------------------------------------------------------------------


def test_the_mail_goes_to_who_is_addressed_and_says_nothing_of_the_action(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    orienter(fiche, coordination, referent)
    action = creer(
        coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme,
        libelle="Rappeler Madame Bessières",
    )  # fmt: skip
    (mail,) = confiees()
    assert mail.destinataire == referent.utilisateur.courriel
    assert "Bessières" not in mail.sujet + mail.corps
    assert fiche.titre not in mail.sujet + mail.corps
    assert str(action.jeton) in mail.corps


def test_nobody_is_written_to_about_a_fiche_that_they_do_not_read(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    action = creer(coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme)
    assert confiees() == []
    assert not Action.objects.visibles_par(referent.acces()).filter(pk=action.pk).exists()


def test_the_author_is_not_told_of_their_own_doing(coordination: Affectation) -> None:
    creer(coordination, responsable=coordination.utilisateur)
    assert confiees() == []


def test_a_technicien_who_cannot_open_it_leaves_the_place_to_the_referent(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    technicien = AffectationFactory(territoire=fiche.territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    orientation = orienter(fiche, coordination, referent)
    champs = {"porteur": Porteur.ORGANISME, "organisme": referent.organisme, "responsable": technicien.utilisateur}
    creer(coordination, fiche=fiche, **champs)
    assert [m.destinataire for m in confiees()] == [referent.utilisateur.courriel]

    fiches.confier(acces=referent.acces(), orientation=orientation, technicien=technicien.utilisateur)
    creer(coordination, fiche=fiche, **champs)
    assert confiees()[-1].destinataire == technicien.utilisateur.courriel


# --- the orientation that it needs ------------------------------------------------------------------------------------


def test_an_organisme_that_does_not_read_the_fiche_may_be_oriented_within_the_accord(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    action = creer(coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme)
    lecture = services.lecture_du_porteur(action)
    assert (lecture.lit, lecture.obstacle, lecture.peut_orienter) == (False, "", True)

    orientation = services.orienter_porteur(acces=coordination.acces(), action=action)

    assert orientation.message == "Évaluer le fonds"
    assert services.lecture_du_porteur(action).lit
    assert Action.objects.visibles_par(referent.acces()).filter(pk=action.pk).exists()
    with pytest.raises(ErreurMetier, match="lit déjà"):
        services.orienter_porteur(acces=coordination.acces(), action=action)


def test_beyond_the_accord_nothing_opens_and_it_says_what_to_do(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire, accord=False)
    action = creer(coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme)
    lecture = services.lecture_du_porteur(action)
    assert not lecture.lit and not lecture.peut_orienter
    assert "demandez l’accord" in lecture.obstacle
    with pytest.raises(ErreurMetier, match="accord"):
        services.orienter_porteur(acces=coordination.acces(), action=action)
    assert not Orientation.objects.exists()


def test_what_a_committee_opens_is_not_an_orientation(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    fiche = fiches.modifier(
        acces=coordination.acces(), fiche=fiche, version=fiche.version, confidentialite=Confidentialite.COMITE
    )
    fiches.ouvrir_au_comite(fiche, [referent.organisme_id])
    action = creer(coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme)
    assert services.lecture_du_porteur(action).peut_orienter


def test_a_reserved_fiche_is_read_by_nobody_even_oriented(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    orienter(fiche, coordination, referent)
    action = creer(coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme)
    fiches.modifier(
        acces=coordination.acces(), fiche=fiche, version=FicheNavette.objects.get(pk=fiche.pk).version,
        confidentialite=Confidentialite.COORDINATION,
    )  # fmt: skip
    action = Action.objects.get(pk=action.pk)
    lecture = services.lecture_du_porteur(action)
    assert not lecture.lit and "réservée à la coordination" in lecture.obstacle


def test_a_summary_without_names_must_be_taken_back_first(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire, accord=False)
    fiche = fiches.modifier(acces=coordination.acces(), fiche=fiche, version=fiche.version, resume_sans_nom="Un fonds.")
    fiches.orienter(
        acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="avis", sur_resume=True
    )
    action = creer(coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme)
    assert "résumé sans nom" in services.lecture_du_porteur(action).obstacle


@pytest.mark.parametrize("genre", ["generale", "coordination", "demandeur"])
def test_others_need_no_orientation(territoire: Territoire, genre: str) -> None:
    assert services.lecture_du_porteur(ActionFactory(territoire=territoire, **{genre: True})).lit


# --- changing -------------------------------------------------------------------------------------------------------


def test_a_new_holder_is_told_and_the_former_person_forgotten(coordination: Affectation, referent: Affectation) -> None:
    action = creer(coordination, responsable=coordination.utilisateur)
    action = services.modifier(
        acces=coordination.acces(), action=action, version=action.version, porteur=Porteur.ORGANISME,
        organisme=referent.organisme,
    )  # fmt: skip
    assert (action.responsable, action.responsable_nom, action.qui) == (None, "", str(referent.organisme))
    assert [m.destinataire for m in confiees()] == [referent.utilisateur.courriel]


def test_of_two_at_once_the_second_sees_both(coordination: Affectation) -> None:
    action = creer(coordination)
    services.modifier(acces=coordination.acces(), action=action, version=action.version, libelle="Chiffrer le four")
    with pytest.raises(VersionPerimee) as erreur:
        services.modifier(acces=coordination.acces(), action=action, version=action.version, libelle="Autre chose")
    assert erreur.value.actuel.libelle == "Chiffrer le four"  # type: ignore[attr-defined]


def test_nothing_changed_writes_nothing(coordination: Affectation) -> None:
    action = creer(coordination)
    assert services.modifier(acces=coordination.acces(), action=action, version=1, libelle=action.libelle).version == 1


def test_postponed_it_keeps_the_first_date_and_each_reason(fiche: FicheNavette, coordination: Affectation) -> None:
    action = creer(coordination, fiche=fiche, echeance=dans(3))
    Action.objects.filter(pk=action.pk).update(veille_rappelee_le=timezone.now())
    services.reporter(acces=coordination.acces(), action=action, vers=dans(10), motif="Congés")
    action = services.reporter(acces=coordination.acces(), action=action, vers=dans(20))
    assert (action.echeance, action.echeance_initiale, action.reports) == (dans(20), dans(3), 2)
    assert action.est_reportee and action.veille_rappelee_le is None
    assert [(r.de, r.vers, r.motif) for r in ReportAction.objects.filter(action=action)] == [
        (dans(3), dans(10), "Congés"),
        (dans(10), dans(20), ""),
    ]


@pytest.mark.parametrize("jours", [-1, 3])
def test_not_to_the_past_nor_to_the_same_day(coordination: Affectation, jours: int) -> None:
    action = creer(coordination, echeance=dans(3))
    with pytest.raises(ErreurMetier):
        services.reporter(acces=coordination.acces(), action=action, vers=dans(jours))


# --- doing ----------------------------------------------------------------------------------------------------------


def test_done_then_what_came_of_it(fiche: FicheNavette, coordination: Affectation) -> None:
    action = services.faire(acces=coordination.acces(), action=creer(coordination, fiche=fiche))
    assert action.etat == EtatAction.FAITE and action.terminee_par_id == coordination.utilisateur_id
    action = services.preciser(acces=coordination.acces(), action=action, texte="Estimé à 80 000 €.")
    assert action.resultat == "Estimé à 80 000 €."
    assert [t.split("\u00a0")[0] for t in journal(fiche)] == ["Action", "Action faite", "Résultat de l’action"]


def test_given_up_only_with_a_reason(coordination: Affectation) -> None:
    action = creer(coordination)
    with pytest.raises(ErreurMetier, match="pourquoi"):
        services.abandonner(acces=coordination.acces(), action=action, texte=" ")
    action = services.abandonner(acces=coordination.acces(), action=action, texte="Le cédant renonce.")
    assert (action.etat, action.motif_abandon) == (EtatAction.ABANDONNEE, "Le cédant renonce.")
    with pytest.raises(TransitionInterdite):
        services.preciser(acces=coordination.acces(), action=action, texte="Trop tard")


def test_reopened_it_begins_anew(coordination: Affectation) -> None:
    action = services.faire(acces=coordination.acces(), action=creer(coordination), texte="Fait.")
    Action.objects.filter(pk=action.pk).update(retard_rappele_le=timezone.now())
    action = services.rouvrir(acces=coordination.acces(), action=action)
    assert (action.etat, action.resultat, action.terminee_le) == (EtatAction.A_FAIRE, "", None)
    assert action.retard_rappele_le is None


@pytest.mark.parametrize("depuis", EtatAction)
@pytest.mark.parametrize("geste", GesteAction)
def test_every_gesture_from_every_state(coordination: Affectation, geste: GesteAction, depuis: EtatAction) -> None:
    finie = timezone.now() if depuis in (EtatAction.FAITE, EtatAction.ABANDONNEE) else None
    motif = "Parce que." if depuis == EtatAction.ABANDONNEE else ""
    action = ActionFactory(
        territoire=coordination.territoire, coordination=True, generale=True, etat=depuis, terminee_le=finie,
        motif_abandon=motif,
    )  # fmt: skip
    if depuis in TRANSITIONS[geste].depuis:
        assert appliquer(geste, action=action, acces=coordination.acces(), texte="Dit.").etat == TRANSITIONS[geste].vers
        return
    with pytest.raises(TransitionInterdite):
        appliquer(geste, action=action, acces=coordination.acces(), texte="Dit.")


def test_another_territoire_moves_nothing(coordination: Affectation) -> None:
    action = creer(coordination)
    ailleurs = Acces(None, TerritoireFactory(slug="langres", nom="Langres").pk, Role.COORDINATION)
    for geste in (services.faire, services.commencer):
        with pytest.raises(TransitionInterdite):
            geste(acces=ailleurs, action=action)
    with pytest.raises(TransitionInterdite):
        services.reporter(acces=ailleurs, action=action, vers=dans(5))


# --- the applicant's ------------------------------------------------------------------------------------------------


def test_the_applicant_says_it_done_and_the_coordination_looks(fiche: FicheNavette, coordination: Affectation) -> None:
    action = creer(coordination, fiche=fiche, porteur=Porteur.DEMANDEUR, libelle="Envoyer les bilans")
    demandeur = Acces.demandeur(fiche.territoire_id)
    action = services.dire_faite(acces=demandeur, action=action)
    assert action.est_ouverte and action.est_dite_faite
    assert Courriel.objects.get(gabarit="action_dite_faite").destinataire == coordination.utilisateur.courriel
    assert services.dire_faite(acces=demandeur, action=action).version == action.version  # twice is once

    action = services.attendre_encore(acces=coordination.acces(), action=action)
    assert not action.est_dite_faite
    services.dire_faite(acces=demandeur, action=action)
    assert Courriel.objects.filter(gabarit="action_dite_faite").count() == 2
    assert services.faire(acces=coordination.acces(), action=action).etat == EtatAction.FAITE


def test_the_applicant_says_nothing_of_the_others(fiche: FicheNavette, coordination: Affectation) -> None:
    with pytest.raises(ErreurMetier, match="demandeur"):
        services.dire_faite(acces=Acces.demandeur(fiche.territoire_id), action=creer(coordination, fiche=fiche))


# --- checklists -----------------------------------------------------------------------------------------------------


def test_a_fiche_takes_a_list_each_holder_told_once(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    orienter(fiche, coordination, referent)
    liste = ListeTypeFactory(territoire=fiche.territoire, nom="Reprise")
    for libelle in ("Évaluer le fonds", "Bâtir le plan de financement"):
        EtapeTypeFactory(liste=liste, libelle=libelle, porteur=Porteur.ORGANISME, organisme=referent.organisme, delai=5)
    EtapeTypeFactory(liste=liste, libelle="Envoyer les bilans", porteur=Porteur.DEMANDEUR, delai=3)

    prises = services.prendre_liste(acces=coordination.acces(), fiche=fiche, liste=liste)

    assert [(a.libelle, a.liste_dite) for a in prises] == [
        ("Évaluer le fonds", "Reprise"), ("Bâtir le plan de financement", "Reprise"), ("Envoyer les bilans", "Reprise"),
    ]  # fmt: skip
    assert prises[2].echeance < prises[0].echeance
    a_l_organisme = [m for m in confiees() if m.destinataire == referent.utilisateur.courriel]
    assert len(a_l_organisme) == 1 and "2 actions" in a_l_organisme[0].sujet
    with pytest.raises(ErreurMetier, match="déjà à faire"):
        services.prendre_liste(acces=coordination.acces(), fiche=fiche, liste=liste)
    services.faire(acces=coordination.acces(), action=prises[0])
    assert [a.libelle for a in services.prendre_liste(acces=coordination.acces(), fiche=fiche, liste=liste)] == [
        "Évaluer le fonds"
    ]


def test_a_list_is_taken_whole_or_not_at_all(fiche: FicheNavette, coordination: Affectation) -> None:
    liste = ListeTypeFactory(territoire=fiche.territoire)
    EtapeTypeFactory(liste=liste, libelle="Première")
    EtapeTypeFactory(
        liste=liste, libelle="Seconde", porteur=Porteur.ORGANISME,
        organisme=OrganismeFactory(territoire=fiche.territoire, est_actif=False),
    )  # fmt: skip
    with pytest.raises(ErreurMetier, match="Étape « Seconde »"):
        services.prendre_liste(acces=coordination.acces(), fiche=fiche, liste=liste)
    assert not Action.objects.exists()


def test_lists_are_written_and_changed_by_version(coordination: Affectation) -> None:
    acces = coordination.acces()
    etape = services.EtapeSaisie("Évaluer le fonds", Porteur.COORDINATION, 10)
    liste = services.creer_liste(acces=acces, nom="Reprise", etapes=[etape])
    with pytest.raises(ErreurMetier, match="déjà ce nom"):
        services.creer_liste(acces=acces, nom="Reprise", etapes=[etape])
    with pytest.raises(ErreurMetier, match="au moins une étape"):
        services.modifier_liste(acces=acces, liste=liste, version=1, nom="Reprise", etapes=[])
    liste = services.modifier_liste(acces=acces, liste=liste, version=1, nom="Cession", etapes=[etape, etape])
    assert (liste.nom, liste.etapes.count()) == ("Cession", 2)
    with pytest.raises(VersionPerimee):
        services.modifier_liste(acces=acces, liste=liste, version=1, nom="Autre", etapes=[etape])


def test_withdrawing_the_accord_hides_the_action_from_its_holder(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation
) -> None:
    orienter(fiche, coordination, referent)
    action = creer(coordination, fiche=fiche, porteur=Porteur.ORGANISME, organisme=referent.organisme)
    assert Action.objects.visibles_par(referent.acces()).filter(pk=action.pk).exists()
    for accord in Accord.objects.en_vigueur():
        personnes.retirer_accord(acces=coordination.acces(), accord=accord, canal=CanalAccord.TELEPHONE)
    fiches.rattraper_accords(acces=coordination.acces(), personne=fiche.demandeurs.get().personne)
    assert not Action.objects.visibles_par(referent.acces()).exists()
