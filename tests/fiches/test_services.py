"""The rules behind the screens: accords, shares, mails, reminders, home lines, what the applicant may know."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.acces.models import Absence, Affectation, Qualite
from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, TransitionInterdite, VersionPerimee
from apps.core.registres import personnes_modifiees, travaux_en_cours
from apps.courriels.models import Courriel, EtatCourriel
from apps.fiches import selecteurs, services, suivi_public, tasks
from apps.fiches.enums import EtatFiche, EtatOrientation, GenreOrientation, MotifPartage
from apps.fiches.etat import phrase
from apps.fiches.models import EntreeJournal, FicheNavette, Orientation, Partage
from apps.partenaires.models import AncienNom, Convention
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord, Portee
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, OrganismeFactory

from .factories import ouvrir

ACC = GenreOrientation.ACCOMPAGNEMENT


def orienter(fiche: FicheNavette, coordination: Affectation, *organismes: Any, **champs: Any) -> list[Orientation]:
    champs.setdefault("genre", ACC)
    return services.orienter(acces=coordination.acces(), fiche=fiche, organismes=organismes, **champs)


def lisent(fiche: FicheNavette) -> set[int | None]:
    return set(Partage.objects.en_cours().filter(fiche=fiche).values_list("organisme_id", flat=True))


def reculer(orientation: Orientation, jours: int) -> None:
    Orientation.objects.filter(pk=orientation.pk).update(
        reponse_attendue_le=timezone.localdate() - timedelta(days=jours),
        envoyee_le=timezone.now() - timedelta(days=jours + 5),
    )


def test_no_orientation_without_a_convention_in_force(territoire: Territoire, coordination: Affectation) -> None:
    fiche = ouvrir(territoire)
    sans, echue = OrganismeFactory(territoire=territoire, convention=False), OrganismeFactory(territoire=territoire)
    Convention.objects.filter(organisme=echue).update(valable_jusquau=timezone.localdate() - timedelta(days=1))
    for organisme in (sans, echue):
        with pytest.raises(ErreurMetier, match="convention"):
            orienter(fiche, coordination, organisme)
    assert not Orientation.objects.exists()


def test_all_or_none(territoire: Territoire, coordination: Affectation) -> None:
    fiche = ouvrir(territoire)
    with pytest.raises(ErreurMetier):
        orienter(
            fiche,
            coordination,
            OrganismeFactory(territoire=territoire),
            OrganismeFactory(territoire=territoire, convention=False),
        )
    assert not Orientation.objects.exists()
    assert lisent(fiche) == set()


def test_every_applicant_must_have_agreed(territoire: Territoire, coordination: Affectation) -> None:
    cci, cma = OrganismeFactory(territoire=territoire), OrganismeFactory(territoire=territoire)
    fiche = ouvrir(territoire, personnes=2)
    second = fiche.demandeurs.last()
    services.donner_accord(
        acces=coordination.acces(), fiche=fiche, personne=second.personne, portee=Portee.NOMMES, organismes=[cci],
        canal=CanalAccord.TELEPHONE,
    )  # fmt: skip
    with pytest.raises(ErreurMetier, match="accord"):
        orienter(fiche, coordination, cma)
    orienter(fiche, coordination, cci)
    assert lisent(fiche) == {cci.pk}


def test_a_coordination_only_fiche_is_sent_to_nobody(territoire: Territoire, coordination: Affectation) -> None:
    fiche = ouvrir(territoire, confidentialite="coordination")
    with pytest.raises(ErreurMetier, match="réservée"):
        orienter(fiche, coordination, OrganismeFactory(territoire=territoire))


def test_a_withdrawn_accord_closes_at_once_wherever_it_comes_from(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire)
    accord = fiche.demandeurs.get().accord
    orientation = orienter(fiche, coordination, referent.organisme)[0]
    services.prendre_en_charge(acces=referent.acces(), orientation=orientation)
    assert FicheNavette.objects.visibles_par(referent.acces()).exists()
    personnes.retirer_accord(acces=coordination.acces(), accord=accord, canal=CanalAccord.SUIVI)
    assert not FicheNavette.objects.visibles_par(referent.acces()).exists()
    assert not Orientation.objects.visibles_par(referent.acces()).exists()
    assert lisent(fiche) == set()
    textes = " ".join(EntreeJournal.objects.filter(fiche=fiche).values_list("texte", flat=True))
    assert "retiré" in textes
    assert "n’est plus ouverte" in textes or "annulée" in textes
    with pytest.raises(ErreurMetier, match="accord"):
        services.defaire(acces=coordination.acces(), orientation=Orientation.objects.get())
    assert "fiches" in personnes_modifiees


def test_merging_persons_widens_nothing(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    avec, sans = ouvrir(territoire), ouvrir(territoire, accord=False)
    personnes.fusionner(
        acces=coordination.acces(), conservee=avec.demandeurs.get().personne, absorbee=sans.demandeurs.get().personne
    )
    with pytest.raises(ErreurMetier, match="accord"):
        orienter(sans, coordination, referent.organisme)


def test_absence_redirects_and_is_said(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    roques = AffectationFactory(
        territoire=territoire, role=Role.REFERENT, organisme=referent.organisme, qualite=Qualite.SUPPLEANT
    )
    roques.utilisateur.nom = "Roques"
    roques.utilisateur.save()
    referent.utilisateur.nom, referent.utilisateur.civilite = "Delpech", "M."
    referent.utilisateur.save()
    jour = timezone.localdate()
    Absence.objects.create(territoire=territoire, affectation=referent, du=jour, au=jour)
    orientation = orienter(ouvrir(territoire), coordination, referent.organisme)[0]
    assert orientation.referent == roques.utilisateur
    dite = services.nommer_adressee(orientation.referent, orientation.referent_remplace)
    assert dite == "Mme Roques, suppléante de M. Delpech (absent)"
    assert FicheNavette.objects.visibles_par(referent.acces()).exists()
    courriel = Courriel.objects.get(gabarit="orientation")
    assert courriel.destinataire == roques.utilisateur.courriel


def test_mails_wait_for_the_undo_and_name_nobody_in_the_subject(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire)
    orientation = orienter(fiche, coordination, referent.organisme)[0]
    courriel = Courriel.objects.get(gabarit="orientation")
    assert courriel.pas_avant > timezone.now()
    assert fiche.numero in courriel.sujet
    assert "Lacoste" not in courriel.sujet + courriel.corps
    assert fiche.titre not in courriel.sujet + courriel.corps
    services.annuler_orientation(acces=coordination.acces(), orientation=orientation)
    courriel.refresh_from_db()
    assert courriel.etat == EtatCourriel.ANNULE
    assert not Courriel.objects.filter(gabarit="orientation_annulee").exists()


def test_shares_follow_each_answer(territoire: Territoire, coordination: Affectation) -> None:
    partenaires = [AffectationFactory(territoire=territoire, referent=True) for _ in range(3)]
    fiche = ouvrir(territoire)
    a, b, c = orienter(fiche, coordination, *(p.organisme for p in partenaires))
    services.decliner(acces=partenaires[0].acces(), orientation=a, motif="hors_champ")
    services.prendre_en_charge(acces=partenaires[1].acces(), orientation=b)
    services.terminer(acces=partenaires[1].acces(), orientation=b, resultat="aide", aide_apportee="Prêt")
    assert lisent(fiche) == {partenaires[1].organisme_id, partenaires[2].organisme_id}
    assert Orientation.objects.visibles_par(partenaires[0].acces()).get() == a
    services.cloturer(acces=coordination.acces(), fiche=fiche, motif="abandonnee")
    assert lisent(fiche) == set()
    assert not FicheNavette.objects.visibles_par(partenaires[1].acces()).exists()
    services.rouvrir(acces=coordination.acces(), fiche=fiche, motif="Du nouveau")
    assert lisent(fiche) == {partenaires[1].organisme_id, partenaires[2].organisme_id}
    c.refresh_from_db()
    assert c.etat == EtatOrientation.ENVOYEE


def test_a_committee_reader_writes_nothing_and_reads_committee_notes_only(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    from_comite = ouvrir(territoire, confidentialite="comite")
    Partage.objects.create(
        territoire=territoire,
        fiche=from_comite,
        organisme=referent.organisme,
        motif=MotifPartage.COMITE,
        peut_ecrire=False,
    )
    for visibilite in ("coordination", "partenaires", "comite"):
        services.noter_echange(
            acces=coordination.acces(), fiche=from_comite, genre="note", texte=visibilite, visibilite=visibilite
        )
    lus = from_comite.echanges.model.objects.visibles_par(referent.acces()).values_list("texte", flat=True)
    assert list(lus) == ["comite"]
    personne = from_comite.demandeurs.get().personne
    services.donner_accord(
        acces=coordination.acces(),
        fiche=from_comite,
        personne=personne,
        portee=Portee.TOUS,
        comite=False,
        canal="telephone",
    )
    assert lisent(from_comite) == set()


@pytest.mark.parametrize(("retard", "attendues"), [(0, 0), (10, 1)])
def test_reminders_leave_after_the_date_once_a_week(
    territoire: Territoire, coordination: Affectation, referent: Affectation, retard: int, attendues: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    orientation = orienter(ouvrir(territoire), coordination, referent.organisme)[0]
    reculer(orientation, retard)
    assert tasks.relancer_territoire(territoire.pk) == attendues
    assert tasks.relancer_territoire(territoire.pk) == 0
    Orientation.objects.update(relancee_le=timezone.now() - timedelta(days=8))
    assert tasks.relancer_territoire(territoire.pk) == attendues
    assert Courriel.objects.filter(gabarit="relance").count() == 2 * attendues


def test_informations_and_waiting_fiches_are_never_chased(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    information = orienter(ouvrir(territoire), coordination, referent.organisme, genre="information")[0]
    en_attente = ouvrir(territoire)
    attendue = orienter(en_attente, coordination, referent.organisme)[0]
    services.mettre_en_attente(acces=coordination.acces(), fiche=en_attente, attente_quoi="les bilans")
    for orientation in (information, attendue):
        reculer(orientation, 10)
    assert tasks.relancer_territoire(territoire.pk) == 0
    with pytest.raises(TransitionInterdite, match="jamais relancée"):
        services.relancer(acces=coordination.acces(), orientation=information)


def test_the_sweep_rests_on_holidays(territoire: Territoire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.fiches.tasks.est_ouvre", lambda jour: False)
    assert tasks.relancer_en_retard() == 0


def test_home_lines_one_a_fiche_with_its_verb(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    acces = coordination.acces()
    en_retard, a_reorienter, a_clore, a_orienter = (ouvrir(territoire, titre=t) for t in ("R", "O", "C", "N"))
    tardive = orienter(en_retard, coordination, referent.organisme)[0]
    reculer(tardive, 3)
    FicheNavette.objects.filter(pk=en_retard.pk).update(reponse_attendue_le=timezone.localdate() - timedelta(days=3))
    services.decliner(
        acces=referent.acces(), orientation=orienter(a_reorienter, coordination, referent.organisme)[0], motif="autre"
    )
    finie = orienter(a_clore, coordination, referent.organisme)[0]
    services.prendre_en_charge(acces=referent.acces(), orientation=finie)
    services.terminer(acces=referent.acces(), orientation=finie, resultat="aide")
    verbes = {ligne.titre: ligne.verbe for ligne in selecteurs.lignes_a_traiter(acces)}
    assert verbes == {"R": "Relancer", "O": "Réorienter", "C": "Clore", "N": "Orienter"}
    assert [c.nombre for c in selecteurs.compteurs(acces)] == [1, 2, 1]
    assert selecteurs.lignes_a_traiter(referent.acces()) == []
    FicheNavette.objects.filter(pk=a_orienter.pk).update(
        premier_contact_avant=timezone.localdate(), etat=EtatFiche.SUIVIE, suivie_seule=True
    )
    assert "Noter l’appel" in {ligne.verbe for ligne in selecteurs.lignes_a_traiter(acces)}


def test_follow_ups_due_come_back_on_the_home(territoire: Territoire, coordination: Affectation) -> None:
    fiche = ouvrir(territoire)
    il_y_a_un_an = timezone.now() - timedelta(days=366)
    services.cloturer(
        acces=coordination.acces(), fiche=fiche, motif="aboutie", aboutissements=["creation"], quand=il_y_a_un_an
    )
    dus = [ligne for ligne in selecteurs.lignes_a_traiter(coordination.acces()) if ligne.verbe == "Noter le suivi"]
    assert [ligne.detail.split(",")[0] for ligne in dus] == ["suivi à 6 mois", "suivi à 12 mois"]


def test_sentence_of_the_state(territoire: Territoire, coordination: Affectation, referent: Affectation) -> None:
    fiche = ouvrir(territoire)
    envoyee = timezone.now() - timedelta(days=4)
    referent.organisme.nom_court = "CCI du Lot"
    referent.organisme.save()
    orientation = orienter(fiche, coordination, referent.organisme, envoyee_le=envoyee)[0]
    fiche.refresh_from_db()
    jour = timezone.localdate()
    assert phrase(fiche, [orientation], jour).texte == "Chez la CCI du Lot depuis 4\u00a0jours, sans réponse"
    assert phrase(fiche, [orientation], jour, referent.acces()).texte.startswith("Votre réponse est attendue le")
    services.decliner(acces=referent.acces(), orientation=orientation, motif="autre")
    fiche.refresh_from_db()
    assert "à réorienter" in phrase(fiche, list(fiche.orientations.all()), jour).texte


def test_an_old_fiche_shows_the_name_of_its_day(territoire: Territoire, coordination: Affectation) -> None:
    organisme = OrganismeFactory(territoire=territoire, nom_court="DDETSPP")
    AncienNom.objects.create(
        territoire=territoire,
        organisme=organisme,
        nom="DIRECCTE",
        nom_court="DIRECCTE",
        du=date(2010, 1, 1),
        au=date(2021, 4, 1),
    )
    fiche = ouvrir(territoire)
    ancienne = timezone.make_aware(timezone.datetime(2020, 6, 1, 10))
    assert orienter(fiche, coordination, organisme, envoyee_le=ancienne)[0].nom_du_jour == "DIRECCTE"


def test_the_applicant_knows_steps_and_names_never_reasons(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire, responsable=coordination.utilisateur)
    autre = AffectationFactory(territoire=territoire, referent=True)
    un, deux = orienter(fiche, coordination, referent.organisme, autre.organisme, message="Dossier fragile")
    services.decliner(acces=autre.acces(), orientation=deux, motif="hors_champ", precision="Projet peu sérieux")
    services.prendre_en_charge(acces=referent.acces(), orientation=un)
    services.mettre_en_attente(acces=coordination.acces(), fiche=fiche, attente_quoi="les bilans")
    fiche.refresh_from_db()
    etapes = suivi_public.etapes(fiche)
    assert [e["etat"] for e in etapes] == ["faite", "faite", "courante", "a_venir"]
    dit = f"{etapes} {suivi_public.interlocuteurs(fiche)} {suivi_public.phrase(fiche)}"
    for secret in ("Dossier fragile", "peu sérieux", "relève pas", str(autre.organisme)):
        assert secret not in dit
    assert str(referent.organisme) in dit
    attendu = suivi_public.attendu(fiche)
    assert attendu is not None
    assert attendu.quoi == "les bilans"
    services.cloturer(acces=coordination.acces(), fiche=fiche, motif="sans_nouvelles")
    fiche.refresh_from_db()
    assert suivi_public.etapes(fiche)[3] == {
        "libelle": "Terminée", "date": timezone.localdate(), "detail": "", "etat": "faite"
    }  # fmt: skip


def test_announced_closing_writes_to_the_applicant_and_partners(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire)
    services.prendre_en_charge(acces=referent.acces(), orientation=orienter(fiche, coordination, referent.organisme)[0])
    services.cloturer(acces=coordination.acces(), fiche=fiche, motif="abandonnee", annoncee=True)
    assert set(Courriel.objects.filter(gabarit__startswith="cloture").values_list("gabarit", flat=True)) == {
        "cloture_annoncee", "cloture_partenaire",
    }  # fmt: skip
    silencieuse = ouvrir(territoire)
    services.cloturer(acces=coordination.acces(), fiche=silencieuse, motif="abandonnee")
    assert not Courriel.objects.filter(objet_id=silencieuse.numero).exists()


def test_what_a_person_leaves_moves_in_one_step(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire, responsable=coordination.utilisateur)
    technicien = AffectationFactory(territoire=territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    suivant = AffectationFactory(territoire=territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    orientation = orienter(fiche, coordination, referent.organisme)[0]
    services.confier(acces=referent.acces(), orientation=orientation, technicien=technicien.utilisateur)
    reprise, acces = travaux_en_cours["fiches.technicien"], coordination.acces()
    assert reprise.compter(acces, technicien.utilisateur_id, referent.organisme_id) == 1
    assert reprise.deplacer(acces, technicien.utilisateur_id, suivant.utilisateur_id, referent.organisme_id) == 1
    assert FicheNavette.objects.visibles_par(suivant.acces()).exists()
    assert not FicheNavette.objects.visibles_par(technicien.acces()).exists()
    seconde = AffectationFactory(territoire=territoire)
    charge = travaux_en_cours["fiches.responsable"]
    assert charge.compter(acces, coordination.utilisateur_id, None) == 1
    assert charge.compter(acces, coordination.utilisateur_id, referent.organisme_id) == 0
    charge.deplacer(acces, coordination.utilisateur_id, seconde.utilisateur_id, None)
    fiche.refresh_from_db()
    assert fiche.responsable == seconde.utilisateur
    adressees = travaux_en_cours["fiches.referent"]
    assert adressees.compter(acces, referent.utilisateur_id, referent.organisme_id) == 1


def test_search_is_scoped_and_without_accents(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire, titre="Épicerie à Cajarc")
    assert [t.titre for t in selecteurs.chercher(coordination.acces(), "epicerie", 5)] == ["Épicerie à Cajarc"]
    assert [t.titre for t in selecteurs.chercher(coordination.acces(), fiche.numero, 5)] == ["Épicerie à Cajarc"]
    assert selecteurs.chercher(referent.acces(), "epicerie", 5) == []


def test_the_service_itself_refuses_a_stale_section(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    orientation = orienter(ouvrir(territoire), coordination, referent.organisme)[0]
    services.prendre_en_charge(acces=referent.acces(), orientation=orientation)
    with pytest.raises(VersionPerimee):
        services.ecrire_section(
            acces=referent.acces(), orientation=orientation, version=None, champs={"aide_apportee": "x"}
        )


def test_figures_of_the_year_name_nobody(territoire: Territoire, coordination: Affectation) -> None:
    services.cloturer(
        acces=coordination.acces(),
        fiche=ouvrir(territoire),
        motif="aboutie",
        aboutissements=["creation"],
        emplois_crees=2,
    )
    dits = dict(selecteurs.chiffres(Acces(None, territoire.pk, Role.PILOTAGE), timezone.localdate().year))
    assert dits["Abouties"] == "1"
    assert dits["Emplois créés"] == "2"


def test_partners_are_said_with_their_article(territoire: Territoire, coordination: Affectation) -> None:
    cma = AffectationFactory(
        territoire=territoire,
        role="referent",
        organisme=OrganismeFactory(territoire=territoire, nom_court="CMA du Lot"),
    )
    fiche = ouvrir(territoire)
    services.prendre_en_charge(acces=cma.acces(), orientation=orienter(fiche, coordination, cma.organisme)[0])
    assert suivi_public.phrase(fiche) == "Vous êtes accompagné par la CMA du Lot."
    assert fiche.journal.filter(texte="Prise en charge par la CMA du Lot").exists()
