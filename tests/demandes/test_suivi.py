"""The tracking page: what its holder reads and does, and nothing more."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Acces, Role
from apps.courriels.models import Courriel
from apps.demandes import abus, accords, suivi
from apps.demandes.enums import EtatDemande
from apps.demandes.liens import creer_lien
from apps.demandes.models import Demande, LienSuivi, MessageDemandeur, PieceDemande
from apps.fiches import services as fiches
from apps.fiches.enums import GenreOrientation, MotifDeclin, Visibilite
from apps.fiches.models import FicheNavette
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Accord, Personne
from apps.porteurs import services as porteurs
from apps.porteurs.enums import GenreProjet
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, OrganismeFactory, TerritoireFactory, ThemeFactory

from .publics import deposee, fichier, jeton_de, lien_vers, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def demande(territoire: Territoire) -> Demande:
    return deposee(territoire)


def _poster(client: Client, page: str, donnees: dict[str, Any], action: str = "") -> Any:
    """Open `page`, then post its signed form, to it or to `action` under it."""
    jeton = jeton_de(client.get(page))
    return client.post(page + action, {**donnees, abus.JETON: jeton})


def _fiche(demande: Demande, acces: Acces, accord: bool = True) -> tuple[FicheNavette, Personne]:
    """The request became a fiche of its own person."""
    personne = personnes.creer(acces=acces, nom="Delmas", prenom="Lucie", courriel="lucie@example.org")
    projet = porteurs.creer_projet(
        acces=acces, personnes=[personne], principal=personne, titre="Boulangerie", genre=GenreProjet.REPRISE
    )
    fiche = fiches.ouvrir(
        acces=acces,
        titre="Reprise d’une boulangerie",
        projet=projet,
        personnes=[personne],
        principal=personne,
        besoins=[{"theme": ThemeFactory(territoire=demande.territoire), "paroles": "Reprendre"}],
        origine="directe",
    )
    demande.etat, demande.fiche, demande.personne, demande.decidee_le = "fiche_ouverte", fiche, personne, timezone.now()
    demande.save()
    if accord:
        donne = personnes.donner_accord(
            acces=acces, personne=personne, portee=Portee.TOUS, canal=CanalAccord.FORMULAIRE
        )
        fiches.attacher_accord(acces=acces, fiche=fiche, personne=personne, accord=donne)
    fiche.refresh_from_db()
    return fiche, personne


# --- the link ---


def test_the_token_is_long_and_only_its_digest_is_kept(territoire: Territoire, demande: Demande) -> None:
    lien, jeton = creer_lien(acces=Acces.demandeur(territoire.pk), demande=demande)
    assert len(jeton) >= 43
    assert lien.empreinte == hashlib.sha256(jeton.encode()).hexdigest()
    assert jeton not in str(LienSuivi.objects.filter(pk=lien.pk).values())
    ecart = lien.expire_le - timezone.now()
    assert timedelta(days=territoire.jours_lien_suivi - 1) < ecart <= timedelta(days=territoire.jours_lien_suivi)


@pytest.mark.parametrize("page", ["", "envoyee/", "recepisse/", "formulaire/", "accord/", "retrait/", "confirmer/"])
def test_opening_any_page_writes_nothing(client: Client, demande: Demande, page: str) -> None:
    _, url = lien_vers(demande)
    client.get(url + "accord/")  # the words of the accord are made when a territoire has none
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        reponse = client.get(url + page)
    ecrites = [q["sql"] for q in requetes if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert ecrites == []
    assert reponse["Referrer-Policy"] == "no-referrer"
    assert "no-store" in reponse["Cache-Control"] and "noindex" in reponse["X-Robots-Tag"]


def test_an_expired_link_offers_another(client: Client, demande: Demande) -> None:
    lien, url = lien_vers(demande)
    LienSuivi.objects.filter(pk=lien.pk).update(expire_le=timezone.now() - timedelta(seconds=1))
    for page in ("", "recepisse/", "accord/"):
        reponse = client.get(url + page)
        assert reponse.status_code == 410
        assert "M’envoyer un nouveau lien" in reponse.content.decode() and "Lucie" not in reponse.content.decode()
    reponse = client.post(url + "retrait/", {abus.JETON: abus.nouveau_jeton(territoire_id=1, etape="x")})
    assert reponse.status_code == 410 and Demande.objects.get().retiree_le is None


def test_an_unknown_or_foreign_link_is_not_found(client: Client, demande: Demande) -> None:
    _, url = lien_vers(demande)
    TerritoireFactory(slug="langres", nom="Pays de Langres")
    for adresse in ("/figeac/suivi/inconnu/", "/figeac/suivi/" + "a" * 300 + "/", url.replace("/figeac/", "/langres/")):
        reponse = client.get(adresse)
        assert reponse.status_code == 404 and "M’envoyer un nouveau lien" in reponse.content.decode()


def test_a_form_without_its_signature_does_nothing(client: Client, demande: Demande) -> None:
    _, url = lien_vers(demande)
    autre = abus.nouveau_jeton(territoire_id=demande.territoire_id, etape="suivi-999999")
    for jeton in ("", "faux", autre):
        reponse = client.post(url + "retrait/", {abus.JETON: jeton})
        assert reponse.status_code == 400
        perdu = client.post(url + "message/", {abus.JETON: jeton, "texte": "Mon long message"})
        assert "Mon long message" in perdu.content.decode()
    assert Demande.objects.get().retiree_le is None and not MessageDemandeur.objects.exists()


def test_forms_need_no_cookie_so_that_a_null_origin_passes(demande: Demande) -> None:
    """Browsers send « Origin: null » from a page under no-referrer: the CSRF cookie would refuse it."""
    client = Client(enforce_csrf_checks=True)
    _, url = lien_vers(demande)
    jeton = jeton_de(client.get(url))
    reponse = client.post(url + "message/", {abus.JETON: jeton, "texte": "Bonjour"}, headers={"Origin": "null"})
    assert reponse.status_code == 302 and MessageDemandeur.objects.count() == 1


# --- renewing ---


def test_a_lost_link_is_sent_again_and_the_answer_never_tells(client: Client, demande: Demande) -> None:
    Courriel.objects.all().delete()
    pages = []
    for reference, courriel in (
        (demande.reference, "lucie@example.org"),
        (demande.reference, "autre@example.org"),
        ("D-2020-0001", "lucie@example.org"),
    ):
        reponse = client.post("/figeac/suivi/", {"reference": reference, "courriel": courriel})
        assert reponse.status_code == 200
        pages.append(reponse.content.decode().replace(courriel, "ADRESSE"))
    assert pages[0] == pages[1] == pages[2]
    envoye = Courriel.objects.get()
    assert envoye.destinataire == "lucie@example.org"
    adresse = next(m for m in envoye.corps.split() if "/suivi/" in m)
    assert client.get(adresse.split("8000", 1)[1]).status_code == 200


def test_asking_again_at_once_sends_no_second_mail(client: Client, demande: Demande) -> None:
    Courriel.objects.all().delete()
    for _ in range(3):
        client.post("/figeac/suivi/", {"reference": demande.reference.lower(), "courriel": "LUCIE@example.org"})
    assert Courriel.objects.count() <= 2  # two, when a quarter of an hour turns in between


def test_asking_too_often_is_stopped(client: Client, demande: Demande, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(abus.LIMITES, "renouvellement", (1, 3600))
    envoi = {"reference": "D-2020-0001", "courriel": "x@example.org"}
    assert client.post("/figeac/suivi/", envoi).status_code == 200
    assert client.post("/figeac/suivi/", envoi).status_code == 429


# --- what it shows ---


def test_before_triage_it_says_by_when_somebody_calls(client: Client, demande: Demande) -> None:
    _, url = lien_vers(demande)
    page = client.get(url).content.decode()
    assert demande.reference in page and "Votre demande est bien arrivée" in page
    assert "au plus tard le" in page and "05\u00a065\u00a000\u00a000\u00a000" in page


def test_it_follows_the_fiche_and_never_shows_what_is_the_partners(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    acces = coordination.acces()
    fiche, _ = _fiche(demande, acces)
    preneur = AffectationFactory(territoire=demande.territoire, referent=True)
    refus = AffectationFactory(territoire=demande.territoire, referent=True)
    prise, declinee = fiches.orienter(
        acces=acces,
        fiche=fiche,
        organismes=[preneur.organisme, refus.organisme],
        genre=GenreOrientation.ACCOMPAGNEMENT,
        message="MESSAGE-INTERNE",
    )
    fiches.prendre_en_charge(acces=preneur.acces(), orientation=prise)
    fiches.decliner(acces=refus.acces(), orientation=declinee, motif=MotifDeclin.AUTRE, precision="RAISON-SECRETE")
    fiches.noter_echange(
        acces=preneur.acces(), fiche=fiche, genre="note", texte="NOTE-DU-PARTENAIRE", visibilite=Visibilite.PARTENAIRES
    )
    page = client.get(lien_vers(demande)[1]).content.decode()
    assert preneur.organisme.nom_court in page and preneur.utilisateur.nom in page
    for secret in ("MESSAGE-INTERNE", "RAISON-SECRETE", "NOTE-DU-PARTENAIRE", refus.organisme.nom_court, fiche.numero):
        assert secret not in page


def test_it_says_what_is_awaited(client: Client, demande: Demande, coordination: Affectation) -> None:
    fiche, _ = _fiche(demande, coordination.acces())
    fiches.mettre_en_attente(
        acces=coordination.acces(),
        fiche=fiche,
        attente_quoi="Votre dernier bilan",
        attente_jusquau=timezone.localdate() + timedelta(days=9),
    )
    assert "Votre dernier bilan" in client.get(lien_vers(demande)[1]).content.decode()


def test_a_joined_request_opens_nothing_before_the_coordination_confirms(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    acces = coordination.acces()
    fiche, _ = _fiche(demande, acces)
    fiches.mettre_en_attente(acces=acces, fiche=fiche, attente_quoi="PIECE-DE-LUCIE")
    seconde = deposee(demande.territoire, champs={"nom": "Autre", "courriel": "autre@example.org"})
    seconde.etat, seconde.fiche = EtatDemande.JOINTE, fiche
    seconde.save()
    LienSuivi.objects.filter(demande=seconde).update(fiche_ouverte=False)
    lien, url = lien_vers(seconde)  # a renewed link is no way round
    assert lien.fiche_ouverte is False
    page = client.get(url).content.decode()
    assert "PIECE-DE-LUCIE" not in page and "Lucie" not in page
    LienSuivi.objects.filter(demande=seconde).update(fiche_ouverte=True)
    assert "PIECE-DE-LUCIE" in client.get(url).content.decode()
    assert lien_vers(seconde)[0].fiche_ouverte is True


@pytest.mark.parametrize(
    "etat", [EtatDemande.RENSEIGNEE, EtatDemande.REFUSEE, EtatDemande.TRANSMISE, EtatDemande.INDESIRABLE]
)
def test_a_request_ended_at_the_door_does_not_tell_why(client: Client, demande: Demande, etat: str) -> None:
    Demande.objects.update(etat=etat, precision="NOTE-INTERNE", motif_refus="demarchage", decidee_le=timezone.now())
    page = client.get(lien_vers(demande)[1]).content.decode()
    assert "NOTE-INTERNE" not in page and "Démarchage" not in page and "ndésirable" not in page


# --- writing ---


def test_a_message_and_files_reach_the_coordination(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    _, url = lien_vers(demande)
    reponse = _poster(client, url, {"texte": "J’ai oublié ceci.", "fichiers": [pdf("bilan.pdf")]}, "message/")
    assert reponse.status_code == 302
    assert MessageDemandeur.objects.get().texte == "J’ai oublié ceci."
    assert PieceDemande.objects.get().fichier.nom == "bilan.pdf"
    alerte = Courriel.objects.get(gabarit="suivi_message")
    assert alerte.destinataire == coordination.utilisateur.courriel and "oublié" not in alerte.corps
    page = client.get(url).content.decode()
    assert "J’ai oublié ceci." in page and "bilan.pdf" in page


def test_on_a_fiche_the_message_goes_into_the_journal(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    fiche, _ = _fiche(demande, coordination.acces())
    _poster(client, lien_vers(demande)[1], {"texte": "Bonjour", "fichiers": [pdf()]}, "message/")
    entree = fiche.journal.get(action="message")
    assert entree.motif == "Bonjour" and entree.auteur_nom == "Le demandeur"
    assert fiche.pieces.get().du_demandeur


def test_an_empty_message_or_a_bad_file_says_what_to_do(client: Client, demande: Demande) -> None:
    _, url = lien_vers(demande)
    assert _poster(client, url, {"texte": "  "}, "message/").status_code == 422
    mauvais = fichier("x.pdf", b"MZ\x00", "application/pdf")
    reponse = _poster(client, url, {"texte": "Gardez-moi", "fichiers": [mauvais]}, "message/")
    assert reponse.status_code == 422 and "Gardez-moi" in reponse.content.decode()
    assert not MessageDemandeur.objects.exists()


# --- the accord ---


def test_the_accord_is_given_then_withdrawn_before_triage(client: Client, demande: Demande) -> None:
    organisme = OrganismeFactory(territoire=demande.territoire)
    page = lien_vers(demande)[1] + "accord/"
    _poster(client, page, {"partage": [str(organisme.pk)], "comite": "on"})
    demande.refresh_from_db()
    assert (demande.accord_portee, demande.accord_comite, demande.accord_canal) == ("nommes", True, "suivi")
    assert list(demande.accord_organismes.all()) == [organisme] and demande.accord_version == 1
    _poster(client, page, {"action": "retirer"})
    demande.refresh_from_db()
    assert (demande.accord_portee, demande.accord_comite) == ("aucune", False)
    assert not demande.accord_organismes.exists()


def test_withdrawing_the_accord_closes_the_fiche_to_partners(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    acces = coordination.acces()
    fiche, personne = _fiche(demande, acces)
    partenaire = AffectationFactory(territoire=demande.territoire, referent=True)
    fiches.orienter(acces=acces, fiche=fiche, organismes=[partenaire.organisme], genre=GenreOrientation.ACCOMPAGNEMENT)
    assert FicheNavette.objects.visibles_par(partenaire.acces()).exists()
    _poster(client, lien_vers(demande)[1] + "accord/", {"action": "retirer"})
    assert not FicheNavette.objects.visibles_par(partenaire.acces()).exists()
    assert Accord.objects.get(personne=personne).retire_canal == CanalAccord.SUIVI


def test_extending_the_accord_replaces_the_former(client: Client, demande: Demande, coordination: Affectation) -> None:
    fiche, personne = _fiche(demande, coordination.acces())
    page = lien_vers(demande)[1] + "accord/"
    _poster(client, page, {"partage": ["tous"], "comite": "on"})
    assert Accord.objects.filter(personne=personne).count() == 2
    assert Accord.objects.filter(personne=personne).en_vigueur().get().comite
    assert fiche.demandeurs.get().accord.comite
    _poster(client, page, {"partage": ["tous"], "comite": "on"})
    assert Accord.objects.filter(personne=personne).count() == 2  # unchanged is not given again


def test_each_porteur_has_their_own_link_and_accord(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    acces = coordination.acces()
    fiche, personne = _fiche(demande, acces)
    conjoint = personnes.creer(acces=acces, nom="Delmas", prenom="Paul", courriel="paul@example.org")
    fiches.attacher_accord(acces=acces, fiche=fiche, personne=conjoint, accord=None)
    suivi.inviter(acces=acces, demande=demande, personne=conjoint)
    envoye = Courriel.objects.get(gabarit="suivi_lien")
    assert envoye.destinataire == "paul@example.org"
    _, url = lien_vers(demande, personne=conjoint)
    page = client.get(url).content.decode()
    assert "Retirer ma demande" not in page and "aucun partenaire" in page
    _poster(client, url + "accord/", {"partage": ["tous"]})
    assert Accord.objects.filter(personne=conjoint).en_vigueur().get().portee == Portee.TOUS
    assert Accord.objects.filter(personne=personne).count() == 1
    recepisse = client.get(url + "recepisse/").content.decode()
    assert "lucie@example.org" not in recepisse
    assert client.post(url + "retrait/", {abus.JETON: jeton_de(client.get(url))}).status_code == 302
    assert Demande.objects.get().retiree_le is None


# --- withdrawing ---


def test_withdrawing_asks_first_then_ends_the_request(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    _, url = lien_vers(demande)
    assert "Nous n’y donnons plus suite" in client.get(url + "retrait/").content.decode()
    assert Demande.objects.get().etat == EtatDemande.A_QUALIFIER
    _poster(client, url + "retrait/", {})
    demande.refresh_from_db()
    assert demande.etat == EtatDemande.RETIREE and demande.retiree_le is not None
    assert Courriel.objects.filter(gabarit="suivi_message").count() == 1
    page = client.get(url).content.decode()
    assert "Vous avez retiré cette demande" in page and "Retirer ma demande" not in page
    assert client.get(url + "accord/").status_code == 302


def test_withdrawing_a_request_with_a_fiche_tells_the_coordination_and_shares_no_more(
    client: Client, demande: Demande, coordination: Affectation
) -> None:
    fiche, personne = _fiche(demande, coordination.acces())
    _poster(client, lien_vers(demande)[1] + "retrait/", {})
    demande.refresh_from_db()
    assert demande.etat == EtatDemande.FICHE_OUVERTE and demande.retiree_le is not None
    assert not Accord.objects.filter(personne=personne).en_vigueur().exists()
    assert fiche.journal.filter(action="demande", texte__contains="retirée").exists()


# --- typed by somebody else ---


@pytest.fixture
def saisie(territoire: Territoire) -> Demande:
    """Typed at a town hall's counter, which believes that the person agrees to everything."""
    accueil = AffectationFactory(territoire=territoire, role=Role.ACCUEIL)
    return deposee(territoire, accueil.acces(), accord_portee=Portee.TOUS, accord_canal=CanalAccord.ENTRETIEN)


def test_a_typed_request_sends_the_notice_and_waits_for_the_person(territoire: Territoire, saisie: Demande) -> None:
    courriel = Courriel.objects.get(gabarit="demande_a_confirmer")
    assert courriel.destinataire == "lucie@example.org" and "/confirmer/" in courriel.corps
    assert "mission d’intérêt public" in courriel.corps
    assert saisie.etat == EtatDemande.A_CONFIRMER and not saisie.partage_permis
    assert saisie.accord_canal == "" and saisie.accord_donne_le is None
    assert Demande.objects.a_qualifier().get() == saisie  # triage does not wait


def test_opening_the_confirmation_page_confirms_nothing(client: Client, saisie: Demande) -> None:
    _, url = lien_vers(saisie)
    page = client.get(url + "confirmer/").content.decode()
    assert "Un besoin." in page and "Ce que deviennent vos données" in page
    saisie.refresh_from_db()
    assert saisie.confirmee_le is None


def test_the_person_confirms_and_chooses(client: Client, saisie: Demande) -> None:
    _, url = lien_vers(saisie)
    _poster(client, url + "confirmer/", {"partage": ["tous"]})
    saisie.refresh_from_db()
    assert saisie.confirmee_le is not None and saisie.etat == EtatDemande.A_QUALIFIER and saisie.partage_permis
    assert saisie.notice_version == saisie.territoire.notice_version
    assert (saisie.accord_portee, saisie.accord_canal) == ("tous", "suivi")
    assert client.get(url + "confirmer/").status_code == 302


def test_confirming_without_ticking_shares_nothing(client: Client, saisie: Demande) -> None:
    _poster(client, lien_vers(saisie)[1] + "confirmer/", {})
    saisie.refresh_from_db()
    assert saisie.confirmee_le is not None and saisie.accord_portee == Portee.AUCUNE


def test_confirming_after_the_triage_gives_effect_on_the_fiche(
    client: Client, saisie: Demande, coordination: Affectation
) -> None:
    fiche, personne = _fiche(saisie, coordination.acces(), accord=False)
    _poster(client, lien_vers(saisie)[1] + "confirmer/", {"partage": ["tous"]})
    assert fiche.demandeurs.get().accord == Accord.objects.en_vigueur().get(personne=personne)


def test_the_coordination_records_a_signed_form_with_its_scan(saisie: Demande, coordination: Affectation) -> None:
    from_coordination = coordination.acces()
    accords.donner(acces=from_coordination, demande=saisie, portee=Portee.TOUS, comite=True, canal=CanalAccord.PAPIER)
    saisie.refresh_from_db()
    assert saisie.confirmee_le is not None and saisie.partage_permis and saisie.accord_canal == "papier"


def test_the_printable_form_carries_the_reference(client: Client, saisie: Demande) -> None:
    page = client.get(lien_vers(saisie)[1] + "formulaire/").content.decode()
    assert saisie.reference in page and "Signature" in page


def test_the_coordination_that_heard_the_accord_needs_no_confirmation(
    territoire: Territoire, coordination: Affectation
) -> None:
    demande = deposee(territoire, coordination.acces(), accord_portee=Portee.TOUS, accord_canal=CanalAccord.TELEPHONE)
    assert demande.etat == EtatDemande.A_QUALIFIER and demande.partage_permis and demande.accord_donne_le is not None
    assert not Courriel.objects.filter(gabarit="demande_nouvelle").exists()  # not told of what one typed oneself


def test_without_an_address_a_typed_request_does_not_wait_for_a_mail(territoire: Territoire) -> None:
    accueil = AffectationFactory(territoire=territoire, role=Role.ACCUEIL)
    demande = deposee(territoire, accueil.acces(), champs={"courriel": "", "telephone": "0600000000"})
    assert demande.etat == EtatDemande.A_QUALIFIER and not demande.partage_permis
    assert not Courriel.objects.filter(destinataire="lucie@example.org").exists()
