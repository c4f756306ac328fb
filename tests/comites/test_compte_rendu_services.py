"""Drafted, edited, sent, remarked on, approved; then nothing of it changes any more."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.acces.models import Affectation
from apps.actions.models import Action
from apps.comites import services
from apps.comites.enums import GenreDecision, ModePoint, StatutCompteRendu, StatutSeance
from apps.comites.models import (
    AdditionCompteRendu,
    CompteRendu,
    Decision,
    PointOrdreDuJour,
    RemarqueCompteRendu,
    SectionCompteRendu,
)
from apps.comites.releve import lignes
from apps.comites.services import compte_rendu as module_compte_rendu
from apps.comites.services import remarques as module_remarques
from apps.core.acces import Acces
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.courriels.models import Courriel
from apps.fiches.enums import Confidentialite, MotifPartage
from apps.fiches.models import Partage
from apps.fiches.services import ouvrir_au_comite
from tests.factories import AffectationFactory

from .compte_rendu import Tenue, approuver, projet, tenir
from .factories import ActionDePointFactory, InstanceFactory, MembreFactory, SeanceFactory


@pytest.fixture
def tenue(coordination: Affectation, referent: Affectation) -> Tenue:
    return tenir(coordination, referent)


def section_de(tenue: Tenue, point: PointOrdreDuJour) -> SectionCompteRendu:
    return SectionCompteRendu.objects.get(compte_rendu__seance=tenue.seance, point=point)


def test_the_draft_comes_from_the_notes_with_numbers_for_names(tenue: Tenue, coordination: Affectation) -> None:
    cr = services.rediger(acces=coordination.acces(), seance=tenue.seance)

    sections = list(cr.sections.all())
    assert cr.statut == StatutCompteRendu.BROUILLON
    assert [s.point for s in sections] == [None, tenue.point, tenue.point_autre, tenue.reserve, tenue.sujet]
    assert sections[0].titre == "Présences" and "M. Pons" in sections[0].texte
    assert sections[1].titre == "" and sections[4].titre == tenue.sujet.titre
    lue, autre = tenue.lue.numero, tenue.autre.numero
    assert sections[1].texte == f"{lue} a un prix un peu haut. {lue} verra {autre}."
    assert sections[2].texte == f"{autre} attend la banque."


def test_drafting_again_keeps_what_was_edited_and_adds_what_is_missing(tenue: Tenue, coordination: Affectation) -> None:
    acces = coordination.acces()
    cr = services.rediger(acces=acces, seance=tenue.seance)
    section = section_de(tenue, tenue.point)
    services.modifier_section(acces=acces, section=section, version=section.version, texte="Relu.")
    section_de(tenue, tenue.sujet).delete()

    services.rediger(acces=acces, seance=tenue.seance)

    assert section_de(tenue, tenue.point).texte == "Relu."
    assert section_de(tenue, tenue.sujet).texte == "On garde le jeudi."
    assert cr.sections.count() == 5


@pytest.mark.parametrize("statut", [StatutSeance.PREPARATION, StatutSeance.EN_COURS, StatutSeance.ANNULEE])
def test_only_a_seance_that_was_held_has_minutes(statut: str, coordination: Affectation) -> None:
    seance = SeanceFactory(instance=InstanceFactory(territoire=coordination.territoire), statut=statut)
    with pytest.raises(TransitionInterdite):
        services.rediger(acces=coordination.acces(), seance=seance)
    with pytest.raises(TransitionInterdite):
        services.envoyer_releve(acces=coordination.acces(), seance=seance)


def test_two_editors_of_a_section_never_overwrite_each_other(tenue: Tenue, coordination: Affectation) -> None:
    acces = coordination.acces()
    services.rediger(acces=acces, seance=tenue.seance)
    vue = section_de(tenue, tenue.point)
    services.modifier_section(acces=acces, section=vue, version=vue.version, texte="La première.")

    with pytest.raises(VersionPerimee) as erreur:
        services.modifier_section(acces=acces, section=vue, version=vue.version, texte="La seconde.")

    assert erreur.value.actuel.texte == "La première."  # type: ignore[attr-defined]
    assert section_de(tenue, tenue.point).texte == "La première."
    with pytest.raises(VersionPerimee):
        services.modifier_section(acces=acces, section=vue, version=None, texte="Sans version.")


def test_an_edited_text_keeps_numbers_for_names(tenue: Tenue, coordination: Affectation) -> None:
    acces = coordination.acces()
    services.rediger(acces=acces, seance=tenue.seance)
    section = section_de(tenue, tenue.sujet)

    services.modifier_section(
        acces=acces, section=section, version=section.version, titre="Chez Lacoste", texte="Mme Bastide attend."
    )

    section.refresh_from_db()
    assert (section.titre, section.texte) == (f"Chez {tenue.lue.numero}", f"{tenue.autre.numero} attend.")


def test_a_section_of_its_own_comes_where_asked_and_goes(tenue: Tenue, coordination: Affectation) -> None:
    acces = coordination.acces()
    cr = services.rediger(acces=acces, seance=tenue.seance)
    premiere = cr.sections.first()
    nouvelle = services.ajouter_section(acces=acces, compte_rendu=cr, titre="Ouverture", texte="Mot.", apres=premiere)
    fin = services.ajouter_section(acces=acces, compte_rendu=cr, titre="Divers", texte="")

    assert [s.pk for s in cr.sections.all()][:2] == [premiere.pk, nouvelle.pk]  # type: ignore[union-attr]
    assert list(cr.sections.all())[-1].pk == fin.pk
    services.retirer_section(acces=acces, section=nouvelle, version=nouvelle.version)
    assert not cr.sections.filter(pk=nouvelle.pk).exists()
    with pytest.raises(ErreurMetier, match="La section d’un point"):
        section = section_de(tenue, tenue.point)
        services.retirer_section(acces=acces, section=section, version=section.version)
    with pytest.raises(ErreurMetier, match="titre"):
        services.ajouter_section(acces=acces, compte_rendu=cr, titre="  ", texte="x")


def test_sending_tells_each_member_by_a_link_only(
    tenue: Tenue, coordination: Affectation, referent: Affectation
) -> None:
    suppleant = AffectationFactory(territoire=coordination.territoire, referent=True, organisme=referent.organisme)
    AffectationFactory(territoire=coordination.territoire, referent=True)
    cr = projet(coordination, tenue)
    services.envoyer_releve(acces=coordination.acces(), seance=tenue.seance)

    for gabarit in ("compte_rendu_projet", "releve_decisions"):
        mails = Courriel.objects.filter(gabarit=gabarit)
        assert {m.destinataire for m in mails} == {referent.utilisateur.courriel, suppleant.utilisateur.courriel}
        for mail in mails:
            assert f"/espace/comites/{tenue.seance.numero}/" in mail.corps
            for secret in ("Lacoste", "Bastide", tenue.lue.numero, "prix un peu haut", "Cardaillac"):
                assert secret not in mail.corps + mail.sujet
    assert cr.statut == StatutCompteRendu.PROJET
    assert cr.remarques_jusquau == timezone.localdate() + timedelta(days=tenue.seance.instance.jours_remarques)


def test_giving_more_time_writes_once_more_and_never_twice(tenue: Tenue, coordination: Affectation) -> None:
    acces = coordination.acces()
    cr = projet(coordination, tenue)
    envoye_le, jour = cr.envoye_le, timezone.localdate() + timedelta(days=20)
    for _ in range(2):
        cr = services.envoyer_projet(acces=acces, compte_rendu=cr, version=cr.version, jusquau=jour)

    assert (cr.remarques_jusquau, cr.envoye_le) == (jour, envoye_le)
    assert Courriel.objects.filter(gabarit="compte_rendu_projet").count() == 2
    with pytest.raises(ErreurMetier, match="date à venir"):
        services.envoyer_projet(
            acces=acces, compte_rendu=cr, version=cr.version, jusquau=timezone.localdate() - timedelta(days=1)
        )


def test_what_is_sent_or_approved_is_what_was_read(tenue: Tenue, coordination: Affectation) -> None:
    acces = coordination.acces()
    vu = services.rediger(acces=acces, seance=tenue.seance)
    section = section_de(tenue, tenue.point)
    services.modifier_section(acces=acces, section=section, version=section.version, texte="Changé entre-temps.")

    with pytest.raises(VersionPerimee):
        services.envoyer_projet(acces=acces, compte_rendu=vu, version=vu.version)
    assert tenue.compte_rendu.statut == StatutCompteRendu.BROUILLON


def test_an_empty_draft_is_not_sent(tenue: Tenue, coordination: Affectation) -> None:
    cr = services.rediger(acces=coordination.acces(), seance=tenue.seance)
    cr.sections.all().delete()
    with pytest.raises(ErreurMetier, match="vide"):
        services.envoyer_projet(acces=coordination.acces(), compte_rendu=cr, version=cr.version)


def test_remarks_run_until_their_day_and_wait_for_an_answer(
    tenue: Tenue, coordination: Affectation, referent: Affectation
) -> None:
    cr = projet(coordination, tenue)
    section = section_de(tenue, tenue.point)
    remarque = services.remarquer(
        acces=referent.acces(), compte_rendu=cr, section=section, texte="M. Lacoste a dit « juste »."
    )
    assert remarque.texte == f"{tenue.lue.numero} a dit « juste »."
    assert remarque.organisme == referent.organisme and remarque.auteur == referent.utilisateur

    with pytest.raises(ErreurMetier, match="une remarque attend"):
        _approuver_apres_delai(coordination, tenue)
    with pytest.raises(ErreurMetier, match="pourquoi"):
        services.traiter_remarque(acces=coordination.acces(), remarque=remarque, retenue=False)
    services.traiter_remarque(acces=coordination.acces(), remarque=remarque, retenue=False, suite="Dit ainsi.")
    with pytest.raises(VersionPerimee):
        services.traiter_remarque(acces=coordination.acces(), remarque=remarque, retenue=True)
    with pytest.raises(TransitionInterdite, match="délai"):
        CompteRendu.objects.filter(pk=cr.pk).update(remarques_jusquau=timezone.localdate() - timedelta(days=1))
        services.remarquer(acces=referent.acces(), compte_rendu=cr, texte="Trop tard.")
    assert _approuver_apres_delai(coordination, tenue).est_fige


def _approuver_apres_delai(coordination: Affectation, tenue: Tenue, **champs: Any) -> CompteRendu:
    CompteRendu.objects.update(remarques_jusquau=timezone.localdate() - timedelta(days=1))
    cr = tenue.compte_rendu
    return services.approuver(acces=coordination.acces(), compte_rendu=cr, version=cr.version, **champs)


def test_no_approval_before_the_delay_but_in_the_next_seance(tenue: Tenue, coordination: Affectation) -> None:
    acces = coordination.acces()
    brouillon = services.rediger(acces=acces, seance=tenue.seance)
    with pytest.raises(TransitionInterdite, match="Envoyez d’abord"):
        services.approuver(acces=acces, compte_rendu=brouillon, version=brouillon.version)
    cr = services.envoyer_projet(acces=acces, compte_rendu=brouillon, version=brouillon.version)
    with pytest.raises(ErreurMetier, match="encore faire des remarques"):
        services.approuver(acces=acces, compte_rendu=cr, version=cr.version)
    for autre in (
        SeanceFactory(instance=InstanceFactory(territoire=coordination.territoire), en_cours=True),
        SeanceFactory(instance=tenue.seance.instance, convoquee=True),
        tenue.seance,
    ):
        with pytest.raises(ErreurMetier, match="séance suivante"):
            services.approuver(acces=acces, compte_rendu=cr, version=cr.version, en=autre)

    suivante = SeanceFactory(instance=tenue.seance.instance, en_cours=True)
    cr = services.approuver(acces=acces, compte_rendu=cr, version=cr.version, en=suivante)

    annee = timezone.localdate().year
    assert (cr.numero, cr.approuve_en, cr.approuve_par) == (f"CR-{annee}-0001", suivante, coordination.utilisateur)


def test_approval_closes_what_the_agenda_had_opened(tenue: Tenue, coordination: Affectation) -> None:
    membre = AffectationFactory(territoire=coordination.territoire, referent=True)
    MembreFactory(instance=tenue.seance.instance, organisme=membre.organisme)
    ouvrir_au_comite(tenue.lue, [membre.organisme_id])
    ouverts = Partage.objects.en_cours().filter(motif=MotifPartage.COMITE, fiche=tenue.lue)
    assert tenue.lue.confidentialite == Confidentialite.COMITE and ouverts.exists()

    approuver(coordination, tenue)

    assert not ouverts.exists()


def photo(cr: CompteRendu) -> list[Any]:
    """Every stored word of the minutes."""
    return [
        model_to_dict(CompteRendu.objects.get(pk=cr.pk)) | {"version": CompteRendu.objects.get(pk=cr.pk).version},
        [model_to_dict(s) | {"releve": s.releve} for s in SectionCompteRendu.objects.filter(compte_rendu=cr)],
        [model_to_dict(r) for r in RemarqueCompteRendu.objects.filter(compte_rendu=cr)],
    ]


Appel = Callable[[Acces, Acces, CompteRendu], object]


def _sections(cr: CompteRendu) -> SectionCompteRendu:
    section = cr.sections.filter(point__isnull=True).first()
    assert section is not None
    return section


# Each service that writes minutes, called as well as it can be once they are approved.
APPELS: dict[str, Appel] = {
    "rediger": lambda c, r, cr: services.rediger(acces=c, seance=cr.seance),
    "modifier_section": lambda c, r, cr: services.modifier_section(
        acces=c, section=_sections(cr), version=_sections(cr).version, titre="Autre", texte="Autre"
    ),
    "ajouter_section": lambda c, r, cr: services.ajouter_section(acces=c, compte_rendu=cr, titre="Plus", texte="Plus"),
    "retirer_section": lambda c, r, cr: services.retirer_section(
        acces=c, section=_sections(cr), version=_sections(cr).version
    ),
    "envoyer_projet": lambda c, r, cr: services.envoyer_projet(acces=c, compte_rendu=cr, version=cr.version),
    "approuver": lambda c, r, cr: services.approuver(acces=c, compte_rendu=cr, version=cr.version),
    "remarquer": lambda c, r, cr: services.remarquer(acces=r, compte_rendu=cr, texte="Tard"),
    "traiter_remarque": lambda c, r, cr: services.traiter_remarque(
        acces=c, remarque=cr.remarques.get(), retenue=True, traitee_le=cr.remarques.get().traitee_le
    ),
}
# What may still be done: an addition under the minutes, which are left as they are.
PERMIS = {"rectifier"}
OUTILS = {"verrouiller_ouvert", "marquer_change"}


def _services_du_sujet() -> set[str]:
    return {
        nom
        for module in (module_compte_rendu, module_remarques)
        for nom, f in inspect.getmembers(module, inspect.isfunction)
        if f.__module__ == module.__name__ and not nom.startswith("_")
    }


def test_every_service_of_the_minutes_is_tried_below() -> None:
    assert _services_du_sujet() == set(APPELS) | PERMIS | OUTILS


@pytest.fixture
def approuve(tenue: Tenue, coordination: Affectation, referent: Affectation) -> CompteRendu:
    cr = projet(coordination, tenue)
    remarque = services.remarquer(acces=referent.acces(), compte_rendu=cr, texte="Une faute page 2.")
    services.traiter_remarque(acces=coordination.acces(), remarque=remarque, retenue=True)
    return _approuver_apres_delai(coordination, tenue)


@pytest.mark.parametrize("nom", sorted(APPELS))
def test_no_service_changes_approved_minutes(
    nom: str, approuve: CompteRendu, coordination: Affectation, referent: Affectation
) -> None:
    avant = photo(approuve)

    with pytest.raises(TransitionInterdite):
        APPELS[nom](coordination.acces(), referent.acces(), approuve)

    assert photo(approuve) == avant


def test_a_correction_is_a_dated_addition_under_them(
    approuve: CompteRendu, coordination: Affectation, tenue: Tenue
) -> None:
    avant = photo(approuve)

    addition = services.rectifier(
        acces=coordination.acces(), compte_rendu=approuve, texte="Lire 2027, pour Mme Bastide aussi."
    )

    assert photo(approuve) == avant
    assert addition.texte == f"Lire 2027, pour {tenue.autre.numero} aussi."
    assert addition.auteur_nom == str(coordination.utilisateur)
    with pytest.raises(ErreurMetier):
        services.rectifier(acces=coordination.acces(), compte_rendu=approuve, texte=" ")


def test_no_addition_before_the_approval(tenue: Tenue, coordination: Affectation) -> None:
    cr = projet(coordination, tenue)
    with pytest.raises(TransitionInterdite):
        services.rectifier(acces=coordination.acces(), compte_rendu=cr, texte="Trop tôt.")
    assert not AdditionCompteRendu.objects.exists()


def test_what_lives_on_does_not_reach_approved_minutes(approuve: CompteRendu, tenue: Tenue) -> None:
    """Actions, decisions, notes and presences go on changing elsewhere."""
    avant = photo(approuve)
    releve = SectionCompteRendu.objects.get(compte_rendu=approuve, point=tenue.point).releve
    assert releve["decision"].startswith("Orienter vers") and releve["motif"] == f"{tenue.lue.numero} le souhaite."
    assert [a["quoi"] for a in releve["actions"]] == [f"Rappeler {tenue.lue.numero}"]

    Action.objects.update(libelle="Tout autre chose")
    Decision.objects.update(genre=GenreDecision.AUTRE, precision="Tout autre", motif="")
    PointOrdreDuJour.objects.update(synthese="Réécrit.")
    ActionDePointFactory(point=tenue.point)
    tenue.seance.presences.update(personnes="Personne")

    assert photo(approuve) == avant


def test_minutes_of_another_territoire_are_out_of_reach(approuve: CompteRendu, coordination: Affectation) -> None:
    ailleurs = Acces(coordination.utilisateur_id, coordination.territoire_id + 1, coordination.acces().role)  # type: ignore[operator]
    with pytest.raises(CompteRendu.DoesNotExist):
        services.rectifier(acces=ailleurs, compte_rendu=approuve, texte="x")
    assert not CompteRendu.objects.visibles_par(ailleurs).exists()


def test_who_sees_minutes_and_which_sections(tenue: Tenue, coordination: Affectation, referent: Affectation) -> None:
    dehors = AffectationFactory(territoire=coordination.territoire, referent=True)
    cr = services.rediger(acces=coordination.acces(), seance=tenue.seance)
    assert not CompteRendu.objects.visibles_par(referent.acces()).exists(), "un brouillon n’est qu’à la coordination"
    services.envoyer_projet(acces=coordination.acces(), compte_rendu=cr, version=cr.version)

    assert CompteRendu.objects.visibles_par(referent.acces()).exists()
    assert not CompteRendu.objects.visibles_par(dehors.acces()).exists()
    vues = SectionCompteRendu.objects.visibles_par(referent.acces())
    assert vues.filter(point=tenue.point_autre).exists() and not vues.filter(point=tenue.reserve).exists()
    assert SectionCompteRendu.objects.visibles_par(coordination.acces()).filter(point=tenue.reserve).exists()
    assert not SectionCompteRendu.objects.visibles_par(dehors.acces()).exists()


def test_a_member_reads_its_own_remarks_only(tenue: Tenue, coordination: Affectation, referent: Affectation) -> None:
    voisin = AffectationFactory(territoire=coordination.territoire, referent=True)
    MembreFactory(instance=tenue.seance.instance, organisme=voisin.organisme)
    cr = projet(coordination, tenue)
    services.remarquer(acces=referent.acces(), compte_rendu=cr, texte="La nôtre.")

    assert RemarqueCompteRendu.objects.visibles_par(referent.acces()).exists()
    assert not RemarqueCompteRendu.objects.visibles_par(voisin.acces()).exists()


def test_the_releve_speaks_to_each_reader(tenue: Tenue, coordination: Affectation, referent: Affectation) -> None:
    membre = AffectationFactory(territoire=coordination.territoire, referent=True)
    MembreFactory(instance=tenue.seance.instance, organisme=membre.organisme)

    toutes, siennes, vues = (lignes(a.acces(), tenue.seance) for a in (coordination, referent, membre))

    assert [x.point_id for x in toutes] == [tenue.point.pk, tenue.point_autre.pk, tenue.reserve.pk, tenue.sujet.pk]
    assert [x.point_id for x in siennes] == [tenue.point.pk, tenue.point_autre.pk, tenue.sujet.pk]
    n = tenue.lue.numero
    assert siennes[0].titre == tenue.lue.titre and siennes[0].sous_titre == f"{n} · Julien Lacoste"
    assert siennes[0].actions[0].quoi == f"Rappeler {n} (Julien Lacoste)"
    assert vues[0].titre == n and vues[0].actions[0].quoi == f"Rappeler {n}"
    assert vues[0].motif == f"{n} le souhaite." and vues[1].titre == tenue.autre.numero
    assert siennes[1].titre == tenue.autre.numero
    assert tenue.reserve.mode == ModePoint.RESERVE and toutes[2].motif == "Dettes trop lourdes."


def test_the_releve_costs_the_same_for_three_points_and_for_many(
    coordination: Affectation, referent: Affectation
) -> None:
    peu, comptes = tenir(coordination, referent).seance, []
    beaucoup = tenir(coordination, referent, fiches=12).seance
    for seance in (peu, beaucoup):
        with CaptureQueriesContext(connection) as requetes:
            lignes(referent.acces(), seance)
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1] <= 16
