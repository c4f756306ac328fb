"""The pages of the minutes in a browser's place: each reader theirs, and the whole path from the notes to the number."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites import services
from apps.comites.enums import GenreDecision, StatutCompteRendu, StatutSeance
from apps.comites.lignes_compte_rendu import lignes_a_traiter
from apps.comites.models import CompteRendu, RemarqueCompteRendu, SectionCompteRendu
from apps.comites.releve import lignes
from apps.comites.selecteurs_compte_rendu import contexte_approbation, lire, passages
from apps.comites.selecteurs_ordre import contexte_proposer
from apps.core.acces import Role
from apps.core.middleware import CHAMP_JETON
from apps.fiches.models import FicheNavette
from apps.fiches.services import retirer_accord
from apps.tracabilite.models import Trace
from tests.factories import AffectationFactory

from .compte_rendu import Tenue, approuver, nommee, projet, tenir
from .factories import (
    ActionDePointFactory,
    CompteRenduFactory,
    DecisionFactory,
    InstanceFactory,
    MembreFactory,
    PointFactory,
    SeanceFactory,
    SectionCompteRenduFactory,
)

Connecter = Callable[[Affectation], Client]


@pytest.fixture
def tenue(coordination: Affectation, referent: Affectation) -> Tenue:
    return tenir(coordination, referent)


def adresse(nom: str, tenue: Tenue, *args: object) -> str:
    return reverse(f"comites:{nom}", args=["figeac", tenue.seance.numero, *args])


def membre_de(tenue: Tenue) -> Affectation:
    """A référent who sits, and reads none of the fiches."""
    membre = AffectationFactory(territoire=tenue.seance.territoire, referent=True)
    MembreFactory(instance=tenue.seance.instance, organisme=membre.organisme)
    return membre


def page(connecter: Connecter, qui: Affectation, url: str) -> str:
    return connecter(qui).get(url).content.decode()


def decisions(qui: Affectation, fiche: FicheNavette) -> list[str]:
    """What the page of the fiche tells this reader."""
    return [p.decision for p in passages(qui.acces(), contexte_proposer(qui.acces(), fiche)["passes"])]


def section_de(tenue: Tenue, point: object) -> SectionCompteRendu:
    return SectionCompteRendu.objects.get(compte_rendu__seance=tenue.seance, point=point)


def test_each_reader_has_their_own_minutes(
    tenue: Tenue, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    membre = membre_de(tenue)
    services.remarquer(acces=referent.acces(), compte_rendu=projet(coordination, tenue), texte="Trois au lieu de deux.")

    de_coordination, de_referent, de_membre = (
        page(connecter, qui, adresse("compte_rendu", tenue)) for qui in (coordination, referent, membre)
    )

    assert "Julien Lacoste" in de_coordination and "Élodie Bastide" in de_coordination
    assert "dettes" in de_coordination and "Trois au lieu de deux" in de_coordination
    assert "Julien Lacoste" in de_referent and tenue.lue.titre in de_referent
    assert "Trois au lieu de deux" in de_referent
    for secret in ("Bastide", "Marty", "dettes", "Dettes"):
        assert secret not in de_referent
    assert f"{tenue.lue.numero} a un prix un peu haut." in de_membre
    for secret in ("Lacoste", "Bastide", "Marty", "dettes", "Dettes", tenue.lue.titre, "Trois au lieu de deux"):
        assert secret not in de_membre


def test_points_bear_the_numbers_of_the_agenda_whoever_reads(
    tenue: Tenue, coordination: Affectation, referent: Affectation
) -> None:
    """A reserved point takes none: its absence does not show."""
    cr = projet(coordination, tenue)
    for lignes_de in (
        lambda acces: [(x.section.point_id, x.rang) for x in lire(acces, cr).sections if x.section.point_id],
        lambda acces: [(x.point_id, x.rang) for x in lignes(acces, tenue.seance)],
    ):
        publics = [(tenue.point.pk, 1), (tenue.point_autre.pk, 2), (tenue.sujet.pk, 3)]
        assert lignes_de(referent.acces()) == publics
        assert lignes_de(coordination.acces()) == [*publics[:2], (tenue.reserve.pk, None), publics[2]]


def test_a_withdrawn_accord_reaches_approved_minutes(
    tenue: Tenue, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    approuver(coordination, tenue)
    assert "Julien Lacoste" in page(connecter, referent, adresse("compte_rendu", tenue))

    personne = tenue.lue.demandeurs.get().personne
    retirer_accord(acces=coordination.acces(), fiche=tenue.lue, personne=personne, canal="telephone")
    personne.prenom, personne.nom = "", "Effacée"
    personne.save()

    vue = page(connecter, referent, adresse("compte_rendu", tenue))
    assert "Lacoste" not in vue and "Effacée" not in vue and f"{tenue.lue.numero} a un prix un peu haut." in vue
    assert "Lacoste" not in page(connecter, coordination, adresse("compte_rendu", tenue))


def test_the_pilotage_reads_anonymous_minutes_by_numbers(coordination: Affectation, connecter: Connecter) -> None:
    elu = AffectationFactory(territoire=coordination.territoire, role=Role.PILOTAGE)
    seance = SeanceFactory(
        instance=InstanceFactory(territoire=coordination.territoire, anonyme=True), tenue=True, numero="CP-2026-0001"
    )
    fiche = nommee(coordination.territoire, "Lacoste")
    point = PointFactory(seance=seance, fiche=fiche, synthese="M. Lacoste est cité.")
    DecisionFactory(point=point, motif="Julien Lacoste l’a dit.")
    ActionDePointFactory(point=point, action__libelle="Écrire à M. Lacoste")
    cr = services.rediger(acces=coordination.acces(), seance=seance)
    services.envoyer_projet(acces=coordination.acces(), compte_rendu=cr, version=cr.version)
    services.envoyer_releve(acces=coordination.acces(), seance=seance)

    for nom in ("compte_rendu", "releve"):
        vue = page(connecter, elu, reverse(f"comites:{nom}", args=["figeac", seance.numero]))
        assert fiche.numero in vue
        for secret in ("Lacoste", fiche.titre, "Cardaillac", fiche.get_absolute_url()):
            assert secret not in vue


def test_from_the_notes_to_the_number(
    tenue: Tenue, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    client, membre = connecter(coordination), connecter(referent)
    assert "Rédiger à partir des notes" in client.get(adresse("compte_rendu", tenue)).content.decode()
    assert client.post(adresse("rediger", tenue)).status_code == 302
    section = section_de(tenue, tenue.point)
    client.post(adresse("section", tenue, section.pk), {"texte": "Le prix de M. Lacoste est juste.", "version": 1})
    assert membre.get(adresse("compte_rendu", tenue)).status_code == 404
    jour = timezone.localdate() + timedelta(days=5)
    version = CompteRendu.objects.get().version
    client.post(adresse("envoyer_projet", tenue), {"jusquau": jour.isoformat(), "version": version})
    accueil = membre.get(reverse("accueil:accueil", args=["figeac"])).content.decode()
    assert "rendu à relire" in accueil and "Lacoste" not in accueil.split("rendu à relire")[1].split("</section>")[0]
    membre.post(adresse("remarquer", tenue), {"section": section.pk, "texte": "« Juste » est de trop."})
    remarque = RemarqueCompteRendu.objects.get()
    client.post(adresse("remarque", tenue, remarque.pk), {"retenue": "oui", "suite": "Ôté", "traitee_le": ""})
    suivante = SeanceFactory(instance=tenue.seance.instance, en_cours=True)
    version = CompteRendu.objects.get().version
    client.post(adresse("approuver", tenue), {"version": version, "en": suivante.numero})
    client.post(adresse("rectifier", tenue), {"texte": "Lire 2027."})

    vue = membre.get(adresse("compte_rendu", tenue)).content.decode()
    cr = CompteRendu.objects.get()
    assert cr.statut == StatutCompteRendu.APPROUVE and cr.approuve_en == suivante
    for mot in (cr.numero, "Le prix de", "Retenue", "Ôté", "Rectification", "Lire 2027."):
        assert mot in vue
    assert client.get(adresse("section", tenue, section.pk)).status_code == 403
    assert membre.get(adresse("remarquer", tenue)).status_code == 403


def test_two_editors_see_both_texts(tenue: Tenue, coordination: Affectation, connecter: Connecter) -> None:
    services.rediger(acces=coordination.acces(), seance=tenue.seance)
    section = section_de(tenue, tenue.point)
    url, client = adresse("section", tenue, section.pk), connecter(coordination)
    client.post(url, {"texte": "Texte de Claire.", "version": section.version})

    reponse = client.post(url, {"texte": "Texte d’Anne.", "version": section.version})

    vue = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Texte de Claire." in vue and vue.count("Texte d’Anne.") == 2, "comparé, et gardé dans le champ"
    section.refresh_from_db()
    assert section.texte == "Texte de Claire."
    assert f'name="version" value="{section.version}"' in vue
    assert client.post(url, {"texte": "Texte des deux.", "version": section.version}).status_code == 302


def test_what_changed_since_is_neither_sent_nor_approved(
    tenue: Tenue, coordination: Affectation, connecter: Connecter
) -> None:
    client = connecter(coordination)
    cr = projet(coordination, tenue)
    CompteRendu.objects.update(remarques_jusquau=timezone.localdate() - timedelta(days=1))
    services.ajouter_section(acces=coordination.acces(), compte_rendu=cr, titre="Divers", texte="Rien.")

    jour = timezone.localdate().isoformat()
    assert client.post(adresse("envoyer_projet", tenue), {"jusquau": jour, "version": cr.version}).status_code == 409
    assert client.post(adresse("approuver", tenue), {"version": cr.version}).status_code == 409
    assert CompteRendu.objects.get().statut == StatutCompteRendu.PROJET


def test_two_answers_to_a_remark_do_not_cross(
    tenue: Tenue, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    cr = projet(coordination, tenue)
    remarque = services.remarquer(acces=referent.acces(), compte_rendu=cr, texte="À revoir.")
    url, client = adresse("remarque", tenue, remarque.pk), connecter(coordination)
    assert client.post(url, {"retenue": "non", "suite": " ", "traitee_le": ""}).status_code == 422
    assert client.post(url, {"retenue": "oui", "suite": "", "traitee_le": ""}).status_code == 302

    assert client.post(url, {"retenue": "non", "suite": "Non", "traitee_le": ""}).status_code == 409
    remarque.refresh_from_db()
    assert remarque.retenue is True


def test_errors_keep_what_was_typed(tenue: Tenue, coordination: Affectation, connecter: Connecter) -> None:
    client = connecter(coordination)
    projet(coordination, tenue)
    hier = (timezone.localdate() - timedelta(days=1)).isoformat()

    reponse = client.post(adresse("nouvelle_section", tenue), {"titre": "", "texte": "Ce qui fut dit en plus."})
    assert reponse.status_code == 422 and "Ce qui fut dit en plus." in reponse.content.decode()
    assert client.post(adresse("envoyer_projet", tenue), {"jusquau": hier}).status_code == 422
    reponse = client.post(adresse("approuver", tenue), {"version": CompteRendu.objects.get().version})
    assert reponse.status_code == 422 and "encore faire des remarques" in reponse.content.decode()


def test_typed_html_is_only_text(tenue: Tenue, coordination: Affectation, connecter: Connecter) -> None:
    services.rediger(acces=coordination.acces(), seance=tenue.seance)
    section = section_de(tenue, tenue.sujet)
    url = adresse("section", tenue, section.pk)
    connecter(coordination).post(url, {"titre": "<i>Titre</i>", "texte": "<script>alert(1)</script>", "version": 1})

    vue = page(connecter, coordination, adresse("compte_rendu", tenue))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in vue and "&lt;i&gt;Titre" in vue
    assert "<script>alert" not in vue and "<i>Titre" not in vue


def test_every_reading_leaves_its_line(tenue: Tenue, coordination: Affectation, connecter: Connecter) -> None:
    projet(coordination, tenue)
    client = connecter(coordination)
    section = section_de(tenue, tenue.point)
    for url in (adresse("compte_rendu", tenue), adresse("releve", tenue), adresse("section", tenue, section.pk)):
        assert client.get(url).status_code == 200
    lues = list(Trace.objects.order_by("pk").values_list("objet", "libelle"))
    numero = tenue.seance.numero
    assert lues == [("compte_rendu", numero), ("releve_decisions", numero), ("compte_rendu", numero)]


def test_the_releve_is_read_once_sent_and_by_the_secretary_before(
    tenue: Tenue, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    secretaire = membre_de(tenue)
    tenue.seance.secretaire = secretaire.utilisateur
    tenue.seance.save()
    url = adresse("releve", tenue)
    assert connecter(referent).get(url).status_code == 403
    assert connecter(referent).post(adresse("envoyer_releve", tenue)).status_code == 403

    assert connecter(secretaire).get(url).status_code == 200
    assert connecter(secretaire).post(adresse("envoyer_releve", tenue)).status_code == 302

    vue = page(connecter, referent, url)
    assert "Orienter vers" in vue and "Dettes" not in vue and "Bastide" not in vue


def test_a_double_click_sends_once(tenue: Tenue, coordination: Affectation, connecter: Connecter) -> None:
    client = connecter(coordination)
    jeton = re.search(rf'name="{CHAMP_JETON}" value="(\w+)"', client.get(adresse("releve", tenue)).content.decode())
    assert jeton is not None
    for _ in range(2):
        client.post(adresse("envoyer_releve", tenue), {CHAMP_JETON: jeton.group(1)})
    tenue.seance.refresh_from_db()
    assert tenue.seance.version == 2


def test_the_page_costs_the_same_with_many_points(
    coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    client, comptes = connecter(referent), []
    for fiches in (0, 12):
        tenue = tenir(coordination, referent, fiches=fiches)
        cr = projet(coordination, tenue)
        for _ in range(fiches + 1):
            services.remarquer(acces=referent.acces(), compte_rendu=cr, texte=f"Voir {tenue.lue.numero}.")
        url = adresse("compte_rendu", tenue)
        client.get(url)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(url).status_code == 200
        portee = ("SELECT current_setting", "SAVEPOINT", "RELEASE")
        comptes.append(len([q for q in requetes if not q["sql"].startswith(portee)]))
    assert comptes[0] == comptes[1]


def test_the_page_of_the_fiche_tells_what_the_committee_decided(
    tenue: Tenue, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    dite = page(connecter, coordination, tenue.lue.get_absolute_url())
    assert "Comité du" in dite and "orienter vers" in dite
    assert decisions(referent, tenue.lue) != []
    assert "orienter vers" in page(connecter, referent, tenue.lue.get_absolute_url())
    assert decisions(coordination, tenue.reserve.fiche) == ["sans suite"]
    assert decisions(referent, tenue.reserve.fiche) == []
    dehors = AffectationFactory(territoire=coordination.territoire, referent=True)
    assert decisions(dehors, tenue.lue) == []


def test_a_replaced_decision_is_told_no_more(tenue: Tenue, coordination: Affectation) -> None:
    ancienne = tenue.point.decisions.get()
    ancienne.remplacee_le = timezone.now()
    ancienne.save()
    DecisionFactory(point=tenue.point, genre=GenreDecision.VALIDER)
    assert decisions(coordination, tenue.lue) == ["accompagnement validé"]


def test_the_coordination_is_told_what_waits(tenue: Tenue, coordination: Affectation, referent: Affectation) -> None:
    acces = coordination.acces()
    instance = tenue.seance.instance
    SeanceFactory(instance=instance, jour=timezone.localdate() + timedelta(days=instance.jours_convocation))
    SeanceFactory(instance=instance, jour=timezone.localdate() + timedelta(days=instance.jours_convocation + 1))

    def dites() -> list[str]:
        return [ligne.prefixe for ligne in lignes_a_traiter(acces)]

    assert dites() == ["Séance à convoquer", "Relevé de décisions à envoyer", "Compte rendu à rédiger"]
    services.envoyer_releve(acces=acces, seance=tenue.seance)
    cr = services.rediger(acces=acces, seance=tenue.seance)
    assert dites() == ["Séance à convoquer", "Compte rendu à envoyer"]
    cr = services.envoyer_projet(acces=acces, compte_rendu=cr, version=cr.version)
    assert dites() == ["Séance à convoquer"]
    remarque = services.remarquer(acces=referent.acces(), compte_rendu=cr, texte="Une faute.")
    assert dites() == ["Séance à convoquer", "Une remarque à traiter"]
    services.traiter_remarque(acces=acces, remarque=remarque, retenue=True)
    assert dites() == ["Séance à convoquer"]
    assert lignes_a_traiter(referent.acces()) == []


def test_the_lines_cost_the_same_for_many_seances(coordination: Affectation) -> None:
    instance, comptes = InstanceFactory(territoire=coordination.territoire), []
    for _ in range(2):
        for _ in range(3):
            SeanceFactory(instance=instance, jour=timezone.localdate() + timedelta(days=1))
            SeanceFactory(instance=instance, tenue=True)
            SectionCompteRenduFactory(compte_rendu=CompteRenduFactory(seance__instance=instance, projet=True))
        with CaptureQueriesContext(connection) as requetes:
            lignes_a_traiter(coordination.acces())
        comptes.append(len(requetes))
    assert comptes == [3, 3]


def test_the_next_seance_finds_the_minutes_to_approve(
    tenue: Tenue, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    cr = projet(coordination, tenue)
    suivante = SeanceFactory(instance=tenue.seance.instance, en_cours=True)
    etrangere = SeanceFactory(instance=InstanceFactory(territoire=coordination.territoire), en_cours=True)

    contexte = contexte_approbation(coordination.acces(), suivante)
    assert [x["compte_rendu"] for x in contexte["a_approuver"]] == [cr] and contexte["approbation_ouverte"]
    assert contexte_approbation(coordination.acces(), etrangere)["a_approuver"] == []
    assert contexte_approbation(referent.acces(), suivante)["a_approuver"] == []

    suivante.secretaire = referent.utilisateur
    suivante.save()
    assert len(contexte_approbation(referent.acces(), suivante)["a_approuver"]) == 1
    client = connecter(referent)
    assert client.get(adresse("approuver", tenue)).status_code == 403
    assert client.get(adresse("approuver", tenue) + f"?en={suivante.numero}").status_code == 200
    client.post(adresse("approuver", tenue), {"version": cr.version, "en": suivante.numero})
    assert CompteRendu.objects.get().est_fige
    suivante.refresh_from_db()
    assert suivante.statut == StatutSeance.EN_COURS


def test_minutes_of_another_committee_are_not_there(
    tenue: Tenue, coordination: Affectation, connecter: Connecter
) -> None:
    projet(coordination, tenue)
    dehors = AffectationFactory(territoire=coordination.territoire, referent=True)
    technicien = AffectationFactory(territoire=coordination.territoire, technicien=True)
    for qui in (dehors, technicien):
        for nom in ("compte_rendu", "releve", "remarquer"):
            assert connecter(qui).get(adresse(nom, tenue)).status_code == 404
