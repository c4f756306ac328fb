"""The pages in a browser's place: scope, rights, one call each, and a constant number of queries."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.fiches import services
from apps.fiches.enums import EtatFiche, EtatOrientation, GenreOrientation, Visibilite
from apps.fiches.models import Echange, FicheNavette, Orientation, PieceFiche, Suivi
from apps.territoires.models import Territoire
from apps.tracabilite.models import GenreAcces, Trace
from tests.factories import AffectationFactory, OrganismeFactory, ThemeFactory

from .factories import ouvrir

Connecter = Callable[[Affectation], Client]


def adresse(nom: str, fiche: FicheNavette, *args: object) -> str:
    return reverse(f"fiches:{nom}", args=["figeac", fiche.numero, *args])


def de_orientation(nom: str, orientation: Orientation, *args: object) -> str:
    return reverse(f"fiches:{nom}", args=["figeac", orientation.pk, *args])


def orienter(fiche: FicheNavette, referent: Affectation, coordination: Affectation, **champs: Any) -> Orientation:
    champs.setdefault("genre", GenreOrientation.ACCOMPAGNEMENT)
    return services.orienter(acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], **champs)[0]


@pytest.fixture
def fiche(territoire: Territoire) -> FicheNavette:
    return ouvrir(territoire)


def test_the_page_is_one_for_coordination_and_partner(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orienter(fiche, referent, coordination, message="Pouvez-vous l’appeler ?")
    services.noter_echange(
        acces=coordination.acces(), fiche=fiche, genre="appel", texte="Secret de coordination",
        visibilite=Visibilite.COORDINATION,
    )  # fmt: skip
    services.noter_echange(acces=coordination.acces(), fiche=fiche, genre="visite", texte="Le four est à changer")

    vue_coordination = connecter(coordination).get(fiche.get_absolute_url()).content.decode()
    vue_partenaire = connecter(referent).get(fiche.get_absolute_url()).content.decode()

    assert "Secret de coordination" in vue_coordination
    assert "Secret de coordination" not in vue_partenaire
    assert "Le four est à changer" in vue_partenaire
    assert "Prendre en charge" in vue_partenaire
    assert "Orienter vers un partenaire" not in vue_partenaire
    assert "Je cherche un fonds." in vue_partenaire
    assert Trace.objects.none().count() == 0


def test_every_reading_is_traced(
    fiche: FicheNavette, coordination: Affectation, connecter: Connecter, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces: list[dict[str, Any]] = []
    monkeypatch.setattr("apps.fiches.views.detail.tracer", lambda **champs: traces.append(champs))
    connecter(coordination).get(fiche.get_absolute_url())
    assert [(t["genre"], t["objet"], t["libelle"]) for t in traces] == [(GenreAcces.LECTURE, "fiche", fiche.numero)]


def test_cost_of_the_page_is_constant(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    def charger(fois: int) -> FicheNavette:
        fiche = ouvrir(territoire, personnes=fois, besoins=[{"theme": ThemeFactory(territoire=territoire)}] * fois)
        for _ in range(fois):
            partenaire = AffectationFactory(territoire=territoire, referent=True)
            orienter(fiche, partenaire, coordination)
            services.noter_echange(
                acces=partenaire.acces(),
                fiche=fiche,
                genre="visite",
                texte="Vu",
                participants=["M. X", partenaire.organisme],
            )
            piece(fiche, coordination)
        return fiche

    client, comptes = connecter(coordination), []
    for fois in (1, 3):
        page = charger(fois).get_absolute_url()
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            assert client.get(page).status_code == 200
        # What opens and closes the scope on PostgreSQL is not the page's.
        portee = ("SELECT current_setting", "SAVEPOINT", "RELEASE")
        comptes.append([q["sql"] for q in requetes if not q["sql"].startswith(portee)])
    assert len(comptes[0]) == len(comptes[1])
    assert len(comptes[1]) <= 13, "\n".join(s[:150] for s in comptes[1])


def piece(fiche: FicheNavette, qui: Affectation, visibilite: str = Visibilite.PARTENAIRES) -> PieceFiche:
    envoye = SimpleUploadedFile("bilan.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf")
    return services.ajouter_piece(acces=qui.acces(), fiche=fiche, fichier=envoye, visibilite=visibilite)


def test_a_partner_not_addressed_finds_nothing(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    autre = AffectationFactory(territoire=fiche.territoire, referent=True)
    orientation = orienter(fiche, referent, coordination)
    envoyee = piece(fiche, coordination)
    client = connecter(autre)
    for url in (
        fiche.get_absolute_url(), adresse("noter", fiche), adresse("ajouter_piece", fiche),
        adresse("piece", fiche, envoyee.fichier.cle), de_orientation("reponse", orientation),
        de_orientation("decliner", orientation), de_orientation("section", orientation),
    ):  # fmt: skip
        assert client.get(url).status_code == 404, url
    liste = client.get(reverse("fiches:liste", args=["figeac"]))
    assert fiche.titre not in liste.content.decode()


def test_taken_in_charge_in_one_click_from_the_home(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orientation = orienter(fiche, referent, coordination)
    reponse = connecter(referent).post(de_orientation("repondre", orientation, "prendre_en_charge"))
    assert reponse.status_code == 302
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.PRISE_EN_CHARGE
    assert orientation.repondue_par_id == referent.utilisateur_id
    fiche.refresh_from_db()
    assert fiche.etat == EtatFiche.PRISE_EN_CHARGE


def test_declining_asks_why_and_keeps_sight_of_the_answer_only(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orientation, client = orienter(fiche, referent, coordination), connecter(referent)
    assert client.post(de_orientation("decliner", orientation), {}).status_code == 422
    reponse = client.post(
        de_orientation("decliner", orientation), {"motif": "hors_champ", "precision": "Pas de volet artisanal."}
    )
    assert reponse.url == de_orientation("reponse", orientation)
    page = client.get(reponse.url).content.decode()
    assert "Pas de volet artisanal." in page
    assert fiche.titre not in page
    assert "Je cherche un fonds." not in page
    assert str(fiche.demandeurs.get().personne) not in page
    assert client.get(fiche.get_absolute_url()).status_code == 404


def test_an_annulled_orientation_shows_nothing(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orientation = orienter(fiche, referent, coordination)
    assert connecter(coordination).post(de_orientation("annuler", orientation)).status_code == 302
    client = connecter(referent)
    assert client.get(de_orientation("reponse", orientation)).status_code == 404
    assert client.get(fiche.get_absolute_url()).status_code == 404
    connecter(coordination).post(de_orientation("repondre", orientation, "defaire"))
    assert client.get(fiche.get_absolute_url()).status_code == 200


def test_orienting_from_the_form(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    referent.organisme.themes.add(fiche.besoins.get().theme)
    client = connecter(coordination)
    page = client.get(adresse("orienter", fiche)).content.decode()
    assert "couvre le thème" in page
    reponse = client.post(
        adresse("orienter", fiche),
        {"organismes": [referent.organisme_id], "genre": "accompagnement", "message": "Bonjour"},
    )
    assert reponse.status_code == 302
    orientation = Orientation.objects.get(fiche=fiche)
    assert orientation.raison.startswith("couvre le thème")
    assert orientation.referent_id == referent.utilisateur_id


def test_without_accord_the_form_says_what_to_do(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    fiche = ouvrir(territoire, accord=False)
    reponse = connecter(coordination).post(
        adresse("orienter", fiche), {"organismes": [referent.organisme_id], "genre": "accompagnement"}
    )
    assert reponse.status_code == 422
    assert "demandez l’accord" in reponse.content.decode()
    assert not Orientation.objects.filter(fiche=fiche).exists()


def test_avis_on_a_summary_without_names(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    fiche = ouvrir(territoire, accord=False)
    reponse = connecter(coordination).post(
        adresse("orienter", fiche),
        {"organismes": [referent.organisme_id], "genre": "accompagnement", "sur_resume": "on",
         "resume_sans_nom": "Une boulangerie rurale cherche un repreneur."},
    )  # fmt: skip
    assert reponse.status_code == 302
    orientation, client = Orientation.objects.get(fiche=fiche), connecter(referent)
    page = client.get(de_orientation("reponse", orientation)).content.decode()
    assert "Une boulangerie rurale" in page
    assert fiche.titre not in page
    assert "Lacoste" not in page
    assert client.get(fiche.get_absolute_url()).status_code == 404
    assert not fiche.partages.exists()
    accueil = client.get(reverse("accueil:accueil", args=["figeac"])).content.decode()
    assert fiche.titre not in accueil
    avis = client.post(de_orientation("rendre_avis", orientation), {"avis": "Viable.", "version": orientation.version})
    assert avis.status_code == 302
    orientation.refresh_from_db()
    assert (orientation.etat, orientation.signee_par_id) == (EtatOrientation.AVIS_RENDU, referent.utilisateur_id)


def test_a_call_noted_in_one_line(fiche: FicheNavette, coordination: Affectation, connecter: Connecter) -> None:
    reponse = connecter(coordination).post(
        adresse("noter", fiche),
        {"rapide": "1", "genre": "appel", "texte": "Il rappelle.", "visibilite": "coordination"},
    )
    assert reponse.status_code == 302
    echange = Echange.objects.get(fiche=fiche)
    assert (echange.texte, echange.visibilite, echange.auteur_id) == (
        "Il rappelle.",
        "coordination",
        coordination.utilisateur_id,
    )
    fiche.refresh_from_db()
    assert fiche.premier_contact_le == timezone.localdate()


def test_late_entry_keeps_both_dates_and_a_future_one_is_planned(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orienter(fiche, referent, coordination)
    client = connecter(referent)
    avant, apres = timezone.localdate() - timedelta(days=9), timezone.localdate() + timedelta(days=9)
    for jour, texte in ((avant, "Première visite"), (apres, "Seconde visite")):
        reponse = client.post(
            adresse("noter", fiche),
            {
                "genre": "visite",
                "texte": texte,
                "visibilite": "partenaires",
                "jour": jour.isoformat(),
                "avec_demandeur": "on",
            },
        )
        assert reponse.status_code == 302
    services.prendre_en_charge(acces=referent.acces(), orientation=Orientation.objects.get(fiche=fiche))
    page = client.get(fiche.get_absolute_url()).content.decode()
    assert "noté" in page
    assert "Prévu" in page
    assert "Visite prévu le" in page
    assert "Premier contact le" in page
    fiche.refresh_from_db()
    assert fiche.premier_contact_le == avant


def test_two_people_write_one_section(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    suppleant = AffectationFactory(territoire=fiche.territoire, role=Role.REFERENT, organisme=referent.organisme)
    orientation = orienter(fiche, referent, coordination)
    services.prendre_en_charge(acces=referent.acces(), orientation=orientation)
    orientation.refresh_from_db()
    url, version = de_orientation("section", orientation), orientation.version
    assert connecter(referent).post(url, {"version": version, "aide_apportee": "Prêt d’honneur"}).status_code == 302
    conflit = connecter(suppleant).post(url, {"version": version, "aide_apportee": "Étude de marché"})
    page = conflit.content.decode()
    assert conflit.status_code == 409
    assert "Prêt d’honneur" in page
    assert "Étude de marché" in page
    orientation.refresh_from_db()
    assert orientation.aide_apportee == "Prêt d’honneur"
    nouvelle = re.search(r'name="version" value="(\d+)"', page)
    assert nouvelle is not None
    choix = connecter(suppleant).post(url, {"version": nouvelle[1], "aide_apportee": "Prêt d’honneur et étude"})
    assert choix.status_code == 302
    orientation.refresh_from_db()
    assert orientation.aide_apportee == "Prêt d’honneur et étude"


def test_two_people_change_one_fiche_and_absent_version_is_stale(
    fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    client, url = connecter(coordination), adresse("modifier", fiche)
    champs = {"titre": "Nouveau titre", "priorite": "haute", "origine": "directe", "confidentialite": "partenaires"}
    assert client.post(url, champs).status_code == 409
    assert client.post(url, {**champs, "version": fiche.version}).status_code == 302
    assert client.post(url, {**champs, "titre": "Un autre", "version": fiche.version}).status_code == 409
    fiche.refresh_from_db()
    assert fiche.titre == "Nouveau titre"


def test_widening_confidentiality_is_confirmed(
    fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    client, url = connecter(coordination), adresse("modifier", fiche)
    champs = {
        "titre": fiche.titre,
        "priorite": "normale",
        "origine": "directe",
        "confidentialite": "comite",
        "version": fiche.version,
    }
    reponse = client.post(url, champs)
    assert reponse.status_code == 200
    assert "Vous élargissez la lecture" in reponse.content.decode()
    fiche.refresh_from_db()
    assert fiche.confidentialite == "partenaires"
    assert client.post(url, {**champs, "confirme": "on"}).status_code == 302
    fiche.refresh_from_db()
    assert fiche.confidentialite == "comite"


def test_pieces_are_served_through_the_permission_and_traced(
    fiche: FicheNavette,
    coordination: Affectation,
    referent: Affectation,
    connecter: Connecter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orienter(fiche, referent, coordination)
    traces: list[dict[str, Any]] = []
    monkeypatch.setattr("apps.fiches.views.echanges.tracer", lambda **champs: traces.append(champs))
    ouverte, reservee = piece(fiche, coordination), piece(fiche, coordination, Visibilite.COORDINATION)
    client = connecter(referent)
    reponse = client.get(adresse("piece", fiche, ouverte.fichier.cle))
    assert reponse.status_code == 200
    assert reponse["Content-Disposition"].startswith("attachment")
    assert reponse.getvalue().startswith(b"%PDF")
    assert [t["genre"] for t in traces] == [GenreAcces.TELECHARGEMENT]
    assert client.get(adresse("piece", fiche, reservee.fichier.cle)).status_code == 404
    services.retirer_piece(acces=coordination.acces(), piece=ouverte)
    assert client.get(adresse("piece", fiche, ouverte.fichier.cle)).status_code == 404


def test_closing_with_results_and_follow_ups(
    fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    client, url = connecter(coordination), adresse("cloturer", fiche)
    gestion = {"aides-TOTAL_FORMS": "2", "aides-INITIAL_FORMS": "0"}
    assert client.post(url, {**gestion, "motif": "aboutie", "version": fiche.version}).status_code == 422
    reponse = client.post(url, {
        **gestion, "motif": "aboutie", "aboutissements": ["creation"], "emplois_crees": "1,5",
        "investissement": "12500",
        "aides-0-financeur_nom": "Initiative Lot", "aides-0-montant": "8000,50", "aides-0-nature": "Prêt d’honneur",
        "version": fiche.version,
    })  # fmt: skip
    assert reponse.status_code == 302
    fiche.refresh_from_db()
    assert (fiche.etat, str(fiche.resultat.emplois_crees), str(fiche.aides.get().montant)) == (
        "cloturee",
        "1.50",
        "8000.50",
    )
    assert list(fiche.suivis.values_list("mois", flat=True)) == [6, 12, 24, 36]
    page = client.get(fiche.get_absolute_url()).content.decode()
    assert "Initiative Lot" in page
    assert "Noter le suivi" in page
    assert client.post(
        adresse("suivi", fiche, 6), {"devenir": "oui", "fait_le": timezone.localdate().isoformat(), "emplois": "2"}
    ).status_code == 302  # fmt: skip
    assert Suivi.objects.get(fiche=fiche, mois=6).est_active is True
    assert client.post(adresse("rouvrir", fiche), {"motif": "Il revient"}).status_code == 302
    assert set(Suivi.objects.filter(fiche=fiche, annule_le=None).values_list("mois", flat=True)) == {6}


def test_a_referent_proposes_and_the_coordination_closes(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orienter(fiche, referent, coordination)
    client = connecter(referent)
    assert client.get(adresse("cloturer", fiche)).status_code == 403
    assert client.post(adresse("proposer_cloture", fiche), {"motif": "aboutie", "note": "Ouvert !"}).status_code == 302
    page = connecter(coordination).get(fiche.get_absolute_url()).content.decode()
    assert "propose de clore" in page


def test_list_filters_search_and_cost(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    client, url = connecter(coordination), reverse("fiches:liste", args=["figeac"])
    comptes = []
    client.get(url)
    for nombre in (1, 2):
        for rang in range(nombre):
            orienter(ouvrir(territoire, titre=f"Épicerie {nombre}{rang}"), referent, coordination)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(url).status_code == 200
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1]
    assert "Épicerie" in client.get(url, {"q": "epicerie"}).content.decode()
    theme = ThemeFactory(territoire=territoire).pk
    for parametres in (
        {"etat": "sans_reponse"}, {"theme": theme}, {"partenaire": referent.organisme_id}, {"responsable": "personne"},
        {"retard": "non"}, {"origine": "directe"}, {"commune": "46102"}, {"contact": "non"}, {"sans_nouvelles": "non"},
        {"tri": "-etat"}, {"lecture": "partenaires"},
    ):  # fmt: skip
        assert "Épicerie" in client.get(url, parametres).content.decode(), parametres
    assert "Épicerie" not in client.get(url, {"retard": "oui"}).content.decode()
    export = client.get(url, {"export": "csv"})
    assert "Épicerie" in export.content.decode("utf-8-sig")


def test_bulk_change_of_the_person_in_charge(
    territoire: Territoire, coordination: Affectation, connecter: Connecter
) -> None:
    fiches = [ouvrir(territoire), ouvrir(territoire)]
    client, url = connecter(coordination), reverse("fiches:liste", args=["figeac"])
    ailleurs = AffectationFactory(territoire=territoire, role=Role.PILOTAGE)
    donnees = {"action": "responsable", "ids": [f.pk for f in fiches], "confirme": "1"}
    client.post(url, {**donnees, "responsable": ailleurs.utilisateur_id})
    assert not FicheNavette.objects.exclude(responsable=None).exists()
    client.post(url, {**donnees, "responsable": coordination.utilisateur_id})
    assert FicheNavette.objects.filter(responsable=coordination.utilisateur).count() == 2


def test_accord_by_telephone_then_withdrawn_closes_the_fiche_to_partners(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    fiche = ouvrir(territoire, accord=False)
    personne = fiche.demandeurs.get().personne
    client = connecter(coordination)
    assert client.get(adresse("accord", fiche, personne.pk)).status_code == 200
    reponse = client.post(adresse("accord", fiche, personne.pk), {"canal": "telephone", "portee": "tous"})
    assert reponse.status_code == 302
    orienter(fiche, referent, coordination)
    partenaire = connecter(referent)
    assert partenaire.get(fiche.get_absolute_url()).status_code == 200
    assert client.post(adresse("retirer_accord", fiche, personne.pk)).status_code == 302
    assert partenaire.get(fiche.get_absolute_url()).status_code == 404
    assert "Accord de partage" in client.get(fiche.get_absolute_url()).content.decode()
    papier = client.post(adresse("accord", fiche, personne.pk), {"canal": "papier", "portee": "tous"})
    assert papier.status_code == 422


@pytest.mark.parametrize("role", [Role.ACCUEIL, Role.PILOTAGE, Role.DPO])
def test_other_roles_have_no_fiche(
    fiche: FicheNavette, territoire: Territoire, connecter: Connecter, role: Role
) -> None:
    client = connecter(AffectationFactory(territoire=territoire, role=role))
    assert client.get(fiche.get_absolute_url()).status_code == 404
    assert client.get(reverse("fiches:liste", args=["figeac"])).status_code == 403


def test_a_technicien_reads_what_was_handed_to_them(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    technicien = AffectationFactory(territoire=fiche.territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    orientation = orienter(fiche, referent, coordination)
    assert connecter(technicien).get(fiche.get_absolute_url()).status_code == 404
    ailleurs = AffectationFactory(territoire=fiche.territoire, technicien=True)
    refus = connecter(referent).post(de_orientation("confier", orientation), {"technicien": ailleurs.utilisateur_id})
    assert refus.status_code == 422
    connecter(referent).post(de_orientation("confier", orientation), {"technicien": technicien.utilisateur_id})
    assert connecter(technicien).get(fiche.get_absolute_url()).status_code == 200
    connecter(referent).post(de_orientation("confier", orientation), {"technicien": ""})
    assert connecter(technicien).get(fiche.get_absolute_url()).status_code == 404


def test_needs_are_changed_with_their_version(
    fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    client, besoin = connecter(coordination), fiche.besoins.get()
    theme = ThemeFactory(territoire=fiche.territoire, nom="Numérique")
    assert client.post(adresse("besoins", fiche), {"theme": theme.pk, "analyse": "Un site"}).status_code == 302
    url = adresse("besoin", fiche, besoin.pk)
    assert client.post(url, {"theme": theme.pk, "paroles": "A", "version": 1}).status_code == 302
    assert client.post(url, {"theme": theme.pk, "paroles": "B", "version": 1}).status_code == 409
    assert client.post(url, {"retirer": "1"}).status_code == 302
    client.post(adresse("besoin", fiche, fiche.besoins.get().pk), {"retirer": "1"})
    assert fiche.besoins.count() == 1


def test_waiting_for_the_applicant_rests_the_reminders(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orienter(fiche, referent, coordination)
    client = connecter(coordination)
    assert client.post(adresse("attendre", fiche), {"attente_quoi": "les bilans"}).status_code == 302
    fiche.refresh_from_db()
    assert (fiche.etat, fiche.reponse_attendue_le) == (EtatFiche.ATTENTE_DEMANDEUR, None)
    assert client.post(adresse("reprendre", fiche)).status_code == 302
    fiche.refresh_from_db()
    assert fiche.etat == EtatFiche.SANS_REPONSE
    assert fiche.reponse_attendue_le is not None


def test_correcting_and_taking_back_ones_own_note(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orienter(fiche, referent, coordination)
    echange = services.noter_echange(acces=referent.acces(), fiche=fiche, genre="appel", texte="Premier jet")
    url = adresse("modifier_echange", fiche, echange.pk)
    assert connecter(coordination).get(url).status_code == 403
    client = connecter(referent)
    corrige = {"genre": "appel", "texte": "Corrigé", "visibilite": "partenaires", "version": echange.version}
    assert client.post(url, corrige).status_code == 302
    assert client.post(url, corrige).status_code == 409
    assert client.post(adresse("retirer_echange", fiche, echange.pk)).status_code == 302
    page = connecter(coordination).get(fiche.get_absolute_url()).content.decode()
    assert "Corrigé" not in page
    assert "retiré par son auteur" in page


def test_reminder_button_and_its_rest(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orientation = orienter(fiche, referent, coordination)
    assert connecter(referent).post(de_orientation("relancer", orientation)).status_code == 403
    connecter(coordination).post(de_orientation("relancer", orientation))
    connecter(coordination).post(de_orientation("relancer", orientation))
    orientation.refresh_from_db()
    assert orientation.relances == 1


def test_a_journal_of_hundreds_stays_one_page(
    fiche: FicheNavette, coordination: Affectation, connecter: Connecter
) -> None:
    for rang in range(100):
        services.noter_echange(acces=coordination.acces(), fiche=fiche, genre="note", texte=f"Note n{rang}.")
    client = connecter(coordination)
    assert "Voir tout le journal" in client.get(fiche.get_absolute_url()).content.decode()
    assert "Note n0." in client.get(f"{fiche.get_absolute_url()}?journal=tout").content.decode()


def test_panel_of_the_home_lists_what_awaits(
    fiche: FicheNavette, coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    orienter(fiche, referent, coordination)
    other = ouvrir(fiche.territoire, titre="Autre affaire")
    services.orienter(
        acces=coordination.acces(), fiche=other, organismes=[OrganismeFactory(territoire=fiche.territoire)],
        genre=GenreOrientation.AVIS,
    )  # fmt: skip
    page = connecter(referent).get(reverse("accueil:accueil", args=["figeac"])).content.decode()
    assert fiche.titre in page
    assert "Autre affaire" not in page
