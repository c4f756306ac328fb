"""The pages of the agenda: what each reader is shown, what each form does, and what goes back to the form."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.comites.enums import ChoixRestreint, EtatPoint, ModePoint, StatutSeance
from apps.comites.models import PointOrdreDuJour, Seance, VersionAnonyme
from apps.comites.selecteurs_ordre import contexte_ordre
from apps.comites.services import ordre
from apps.core.acces import Role
from apps.fiches import services as fiches
from apps.fiches.enums import Confidentialite, GenreOrientation
from apps.fiches.models import FicheNavette
from apps.territoires.models import Territoire
from apps.tracabilite.models import Trace
from tests.factories import AffectationFactory
from tests.fiches.factories import ouvrir

from .factories import (
    ActionFactory,
    InstanceFactory,
    MembreFactory,
    PointFactory,
    SeanceFactory,
    VersionAnonymeFactory,
    fiches_en_nombre,
)


@pytest.fixture
def seance(territoire: Territoire) -> Seance:
    return SeanceFactory(instance=InstanceFactory(territoire=territoire))


@pytest.fixture
def client_coordination(coordination: Affectation, connecter: Callable[[Affectation], Client]) -> Client:
    return connecter(coordination)


@pytest.fixture
def client_membre(seance: Seance, referent: Affectation, connecter: Callable[[Affectation], Client]) -> Client:
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    return connecter(referent)


def adresse(nom: str, seance: Seance, *args: Any) -> str:
    return reverse(f"comites:{nom}", args=[seance.territoire.slug, seance.numero, *args])


def lire(client: Client, url: str, statut: int = 200) -> str:
    reponse = client.get(url)
    assert reponse.status_code == statut, reponse.content.decode()[:2000]
    return reponse.content.decode()


def test_twelve_points_come_with_two_gestures(client_coordination: Client, seance: Seance) -> None:
    fiches_en_nombre(seance.territoire, 12)
    page = lire(client_coordination, adresse("ordre", seance))
    cles = [p.cle for p in client_coordination.get(adresse("ordre", seance)).context["propositions"]]
    assert len(cles) == 12 and "Pas encore ouverte au comité" in page

    client_coordination.post(adresse("accepter", seance), {"cles": cles, "restreintes": ChoixRestreint.ELARGIR})

    assert set(seance.points.inscrits().values_list("mode", flat=True)) == {ModePoint.NOMINATIF}
    assert seance.points.inscrits().count() == 12
    assert "1\u00a0h prévues sur 2\u00a0h\u00a030" in lire(client_coordination, adresse("ordre", seance))


def test_what_could_not_be_opened_is_said(client_coordination: Client, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire, accord=False)

    reponse = client_coordination.post(
        adresse("accepter", seance), {"cles": [f"fiche:{fiche.pk}"], "restreintes": "elargir"}, follow=True
    )

    assert "car le comité ne peut pas encore" in reponse.content.decode()
    assert seance.points.get().mode == ModePoint.RESERVE


def test_proposals_are_put_aside_and_come_back_by_hand(client_coordination: Client, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)
    client_coordination.post(adresse("accepter", seance), {"cles": [f"fiche:{fiche.pk}"], "ecarter": "1"})
    point = seance.points.get()
    assert point.etat == EtatPoint.ECARTE
    assert fiche.titre in lire(client_coordination, adresse("ordre", seance))  # under « Écartés »

    client_coordination.post(adresse("remettre_point", seance, point.pk))

    point.refresh_from_db()
    assert point.etat == EtatPoint.INSCRIT


def test_a_point_moves_without_a_script_by_button_and_by_number(client_coordination: Client, seance: Seance) -> None:
    a, b, c = (PointFactory(seance=seance, sujet=True, ordre=i, titre=t) for i, t in enumerate("abc", start=1))

    client_coordination.post(adresse("ordonner", seance, c.pk), {"rang": "1"})
    client_coordination.post(adresse("ordonner", seance, c.pk), {"sens": "bas"})

    assert [p.titre for p in seance.points.inscrits()] == ["a", "c", "b"]
    reponse = client_coordination.post(adresse("ordonner", seance, b.pk), {"rang": "deux"}, follow=True)
    assert "Écrivez le numéro" in reponse.content.decode()
    assert a.pk


def test_htmx_gets_the_list_alone_and_is_told_where_the_point_is(client_coordination: Client, seance: Seance) -> None:
    PointFactory(seance=seance, sujet=True, ordre=1, titre="Locaux")
    dernier = PointFactory(seance=seance, sujet=True, ordre=2, titre="Marchés")

    reponse = client_coordination.post(
        adresse("ordonner", seance, dernier.pk), {"rang": "1"}, headers={"HX-Request": "true"}
    )

    corps = reponse.content.decode()
    assert corps.lstrip().startswith("<section") and "<html" not in corps
    assert "« Marchés » est maintenant au rang 1 sur 2" in corps.replace("\u00a0", " ")


def test_a_restricted_fiche_is_added_only_once_it_is_decided_how(client_coordination: Client, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)
    url = f"{adresse('ajouter_fiche', seance)}?fiche={fiche.numero}"
    page = lire(client_coordination, url)
    assert "Le comité ne lit pas encore cette fiche" in page and 'value="elargir"' in page
    donnees = {"question": "Et le four ?", "traitement": "a_traiter", "minutes": "15", "resume": ""}

    assert client_coordination.post(url, donnees).status_code == 422
    # Never by a value that the page did not offer.
    assert client_coordination.post(url, {**donnees, "mode": "nominatif"}).status_code == 422
    assert client_coordination.post(url, {**donnees, "mode": "elargir"}).status_code == 302

    point = seance.points.get()
    assert (point.mode, point.minutes, point.question) == (ModePoint.NOMINATIF, 15, "Et le four ?")


def test_without_accord_naming_is_not_offered_and_the_summary_is_asked(
    client_coordination: Client, seance: Seance
) -> None:
    fiche = ouvrir(seance.territoire, accord=False)
    url = f"{adresse('ajouter_fiche', seance)}?fiche={fiche.numero}"
    page = lire(client_coordination, url)
    assert 'value="elargir"' not in page and 'value="nominatif"' not in page
    donnees = {"traitement": "a_traiter", "minutes": "15", "mode": "sans_nom"}

    refus = client_coordination.post(url, {**donnees, "resume": f"Reprise par {fiche.demandeurs.get().personne.nom}"})
    assert refus.status_code == 422 and "Ce texte nomme la personne" in refus.content.decode()
    assert client_coordination.post(url, {**donnees, "resume": "Une reprise."}).status_code == 302

    fiche.refresh_from_db()
    assert fiche.resume_sans_nom == "Une reprise."


def test_the_search_leaves_out_what_is_already_there(client_coordination: Client, seance: Seance) -> None:
    la, absente = ouvrir(seance.territoire, titre="Déjà là"), ouvrir(seance.territoire, titre="Boucherie Calmels")
    PointFactory(seance=seance, fiche=la)

    page = lire(client_coordination, f"{adresse('ajouter_fiche', seance)}?q=calmels")

    assert absente.numero in page and "Déjà là" not in page


def test_a_fiche_of_elsewhere_is_not_found(client_coordination: Client, seance: Seance) -> None:
    assert client_coordination.get(f"{adresse('ajouter_fiche', seance)}?fiche=FN-2026-9999").status_code == 404


def test_a_point_is_changed_and_a_stale_change_shows_both(client_coordination: Client, seance: Seance) -> None:
    point = PointFactory(seance=seance, sujet=True)
    url = adresse("modifier_point", seance, point.pk)
    donnees = {"titre": "Locaux vacants", "traitement": "suivi", "minutes": "20", "question": "", "version": "1"}
    assert client_coordination.post(url, donnees).status_code == 302

    perimee = client_coordination.post(url, {**donnees, "question": "Combien ?"})

    assert perimee.status_code == 409 and "Combien ?" in perimee.content.decode()
    point.refresh_from_db()
    assert (point.titre, point.minutes, point.question) == ("Locaux vacants", 20, "")


def test_the_agenda_page_reads_no_more_with_300_points(
    client_coordination: Client, seance: Seance, django_assert_max_num_queries: Any
) -> None:
    couts = []
    for nombre in (3, 297):
        PointOrdreDuJour.objects.bulk_create(
            PointOrdreDuJour(territoire=seance.territoire, seance=seance, fiche=f, ordre=1)
            for f in fiches_en_nombre(seance.territoire, nombre, confidentialite=Confidentialite.COMITE)
        )
        lire(client_coordination, adresse("ordre", seance))  # what is read once a session
        with django_assert_max_num_queries(60) as requetes:
            lire(client_coordination, adresse("ordre", seance))
        couts.append(len(requetes))

    assert couts[0] == couts[1]


def test_opening_the_form_of_a_fiche_is_traced(client_coordination: Client, seance: Seance) -> None:
    fiche = ouvrir(seance.territoire)
    lire(client_coordination, f"{adresse('ajouter_fiche', seance)}?fiche={fiche.numero}")

    assert Trace.objects.filter(objet="fiche", objet_id=fiche.pk).exists()


# --- the standing points on the page of the séance ----------------------------------------------------------------------


def test_each_reader_is_told_of_the_actions_what_they_may_read(
    client_coordination: Client, client_membre: Client, seance: Seance, coordination: Affectation
) -> None:
    """The words of an action on a fiche that the organisme does not read stay with the coordination."""
    ActionFactory(territoire=seance.territoire, libelle="Appeler Mme Bastide pour son bail", en_retard=True)
    ordre.ajouter_points_permanents(acces=coordination.acces(), seance=seance)
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.CONVOQUEE, convoquee_le=timezone.now())

    assert "Bastide" in lire(client_coordination, seance.get_absolute_url())
    page = lire(client_membre, seance.get_absolute_url())
    assert "Voir les actions en cours" in page and "Bastide" not in page


def test_elus_are_given_figures_and_none_under_five(
    territoire: Territoire, coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    seance = SeanceFactory(
        instance=InstanceFactory(territoire=territoire, anonyme=True), convoquee=True, numero="CP-2026-0008"
    )
    ordre.ajouter_points_permanents(acces=coordination.acces(), seance=seance)
    ActionFactory(territoire=territoire, libelle="Appeler Mme Bastide pour son bail")
    FicheNavette.objects.update(ouverte_le=timezone.now() - timedelta(days=2))

    page = lire(connecter(AffectationFactory(territoire=territoire, role=Role.PILOTAGE)), seance.get_absolute_url())

    assert "Voir les besoins" in page and "moins de 5" in page
    assert "Bastide" not in page


def test_the_panel_reads_no_more_with_300_points(
    seance: Seance, referent: Affectation, django_assert_max_num_queries: Any
) -> None:
    MembreFactory(instance=seance.instance, organisme=referent.organisme)
    Seance.objects.filter(pk=seance.pk).update(statut=StatutSeance.CONVOQUEE, convoquee_le=timezone.now())
    seance.refresh_from_db()
    couts = []
    for nombre in (3, 297):
        PointOrdreDuJour.objects.bulk_create(
            PointOrdreDuJour(territoire=seance.territoire, seance=seance, fiche=f, ordre=1)
            for f in fiches_en_nombre(seance.territoire, nombre, confidentialite=Confidentialite.COMITE)
        )
        with django_assert_max_num_queries(25) as requetes:
            assert contexte_ordre(referent.acces(), seance)["odj"].lignes
        couts.append(len(requetes))

    assert couts[0] == couts[1]


# --- a référent puts a fiche forward ------------------------------------------------------------------------------------


def orienter(fiche: FicheNavette, referent: Affectation, coordination: Affectation) -> None:
    fiches.orienter(
        acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme],
        genre=GenreOrientation.ACCOMPAGNEMENT,
    )  # fmt: skip


def test_a_referent_proposes_from_the_fiche_and_from_the_seance(
    client_membre: Client, seance: Seance, referent: Affectation, coordination: Affectation
) -> None:
    une, deux = ouvrir(seance.territoire), ouvrir(seance.territoire)
    for fiche in (une, deux):
        orienter(fiche, referent, coordination)
    depuis_fiche = reverse("comites:proposer_fiche", args=[seance.territoire.slug, une.numero])

    client_membre.post(depuis_fiche, {"seance": seance.pk, "question": "Qui finance ?"})
    client_membre.post(adresse("proposer", seance), {"fiche": deux.pk, "question": "Quel local ?"})

    points = PointOrdreDuJour.objects.filter(seance=seance)
    assert {(p.fiche_id, p.etat, p.question) for p in points} == {
        (une.pk, EtatPoint.PROPOSE, "Qui finance ?"),
        (deux.pk, EtatPoint.PROPOSE, "Quel local ?"),
    }
    assert "Qui finance ?" in lire(client_membre, adresse("proposer", seance))


def test_a_question_is_asked_for(
    client_membre: Client, seance: Seance, referent: Affectation, coordination: Affectation
) -> None:
    fiche = ouvrir(seance.territoire)
    orienter(fiche, referent, coordination)

    assert client_membre.post(adresse("proposer", seance), {"fiche": fiche.pk, "question": ""}).status_code == 422
    assert not seance.points.exists()


def test_a_reader_by_the_committee_alone_proposes_nothing(
    client_membre: Client, seance: Seance, coordination: Affectation
) -> None:
    """It reads the fiche because an agenda names it: it does not speak for it."""
    fiche = ouvrir(seance.territoire, confidentialite=Confidentialite.COMITE)
    ordre.ajouter_fiche(acces=coordination.acces(), seance=seance, fiche=fiche)
    ordre.figer(acces=coordination.acces(), seance=seance)
    assert client_membre.get(fiche.get_absolute_url()).status_code == 200
    autre = SeanceFactory(instance=seance.instance)

    page = reverse("comites:proposer_fiche", args=[seance.territoire.slug, fiche.numero])

    assert client_membre.get(page).status_code == 403
    refus = client_membre.post(adresse("proposer", autre), {"fiche": fiche.pk, "question": "Qui ?"})
    assert refus.status_code == 422


def test_the_coordination_goes_from_the_fiche_to_the_form_of_the_point(
    client_coordination: Client, seance: Seance
) -> None:
    fiche = ouvrir(seance.territoire)
    page = reverse("comites:proposer_fiche", args=[seance.territoire.slug, fiche.numero])

    reponse = client_coordination.post(page, {"seance": seance.pk})

    assert reponse["Location"] == f"{adresse('ajouter_fiche', seance)}?fiche={fiche.numero}"


def test_without_a_seance_to_come_the_page_says_so(client_coordination: Client, territoire: Territoire) -> None:
    fiche = ouvrir(territoire)
    page = lire(client_coordination, reverse("comites:proposer_fiche", args=[territoire.slug, fiche.numero]))
    assert "Aucune séance à venir" in page


# --- anonymous versions ---------------------------------------------------------------------------------------------------


def test_a_version_is_written_then_read_again_then_shown_to_the_elus(
    client_coordination: Client, territoire: Territoire, connecter: Callable[[Affectation], Client]
) -> None:
    seance = SeanceFactory(
        instance=InstanceFactory(territoire=territoire, anonyme=True), convoquee=True, numero="CP-2026-0007"
    )
    fiche = ouvrir(territoire, titre="Reprise du Fournil par Julien")
    PointFactory(seance=seance, fiche=fiche, question="Que dire à Julien ?")
    elu = connecter(AffectationFactory(territoire=territoire, role=Role.PILOTAGE))
    ecrire = reverse("comites:version_anonyme", args=[territoire.slug, fiche.numero])
    relire = reverse("comites:relire_version", args=[territoire.slug, fiche.numero])

    client_coordination.post(ecrire, {"texte": "Un artisan reprend un commerce.", "version": ""})
    assert "Un artisan" not in lire(elu, seance.get_absolute_url())
    assert "Un artisan" in lire(client_coordination, relire)
    client_coordination.post(relire, {"version": VersionAnonyme.objects.get().version})

    page = lire(elu, seance.get_absolute_url())
    assert "Un artisan reprend un commerce." in page
    for interdit in (fiche.titre, fiche.numero, "Julien", fiche.demandeurs.get().personne.nom):
        assert interdit not in page


def test_a_version_that_names_goes_back_to_the_form(client_coordination: Client, territoire: Territoire) -> None:
    fiche = ouvrir(territoire)
    nom = fiche.demandeurs.get().personne.nom
    url = reverse("comites:version_anonyme", args=[territoire.slug, fiche.numero])

    reponse = client_coordination.post(url, {"texte": f"{nom} reprend un commerce.", "version": ""})

    assert reponse.status_code == 422
    assert f"{nom} reprend un commerce." in reponse.content.decode()
    assert not VersionAnonyme.objects.exists()


def test_a_review_of_another_text_is_not_taken(client_coordination: Client, territoire: Territoire) -> None:
    version = VersionAnonymeFactory(fiche=ouvrir(territoire))
    url = reverse("comites:relire_version", args=[territoire.slug, version.fiche.numero])

    client_coordination.post(url, {"version": version.version + 1})

    version.refresh_from_db()
    assert not version.est_relue
