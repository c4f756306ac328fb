"""Invitations: one key, one use; opening burns nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.acces import services
from apps.acces.models import Affectation, Invitation, Qualite
from apps.comptes.models import Utilisateur
from apps.core.acces import Role
from apps.core.erreurs import ErreurMetier, Refus
from apps.courriels.models import EtatCourriel
from tests.factories import MOT_DE_PASSE, AffectationFactory, OrganismeFactory, TerritoireFactory, UtilisateurFactory
from tests.outils import entrer

from .factories import cle_envoyee, courriels_de_compte, inviter

BON = "vingt carottes bien rouges"
IDENTITE = {"civilite": "Mme", "prenom": "Nora", "nom": "Alby", "telephone": "", "fonction": "Agent d’accueil"}


def test_only_a_digest_is_kept_and_the_mail_has_no_territoire(coordination: Affectation) -> None:
    invitation = inviter(coordination)
    cle = cle_envoyee()
    assert cle not in str(Invitation.objects.filter(pk=invitation.pk).values())
    assert len(invitation.empreinte) == 64
    assert [c.territoire_id for c in courriels_de_compte("invitation")] == [None]
    attendu = timezone.now() + timedelta(days=coordination.territoire.jours_invitation)
    assert abs(invitation.expire_le - attendu) < timedelta(minutes=5)


def test_opening_the_link_any_number_of_times_changes_nothing(coordination: Affectation) -> None:
    inviter(coordination)
    for _ in range(3):
        page = Client().get(f"/compte/invitation/{cle_envoyee()}/")
        assert page.status_code == 200
        assert "accueil" in page.content.decode()
    assert Client().head(f"/compte/invitation/{cle_envoyee()}/").status_code in (200, 405)
    assert not Utilisateur.objects.filter(courriel="nouvelle@example.org").exists()
    assert Invitation.objects.get().acceptee_le is None


def test_a_newcomer_chooses_a_password_and_is_logged_in(coordination: Affectation) -> None:
    inviter(coordination, lieu="Mairie de Cajarc")
    client = Client()
    reponse = client.post(f"/compte/invitation/{cle_envoyee()}/", {**IDENTITE, "password1": BON, "password2": BON})
    assert reponse.status_code == 302
    personne = Utilisateur.objects.get(courriel="nouvelle@example.org")
    assert personne.check_password(BON)
    affectation = Affectation.objects.get(utilisateur=personne)
    assert (affectation.role, affectation.lieu) == (Role.ACCUEIL, "Mairie de Cajarc")
    assert affectation.accordee_par == coordination.utilisateur
    assert client.get("/compte/").status_code == 200
    assert Client().get(f"/compte/invitation/{cle_envoyee()}/").status_code == 410
    encore = {**IDENTITE, "password1": "un autre mot de passe", "password2": "un autre mot de passe"}
    assert Client().post(f"/compte/invitation/{cle_envoyee()}/", encore).status_code == 410
    personne.refresh_from_db()
    assert personne.check_password(BON)


@pytest.mark.parametrize("mot", ["court", "onze lettre", "123456789012", "nouvelle@example.org", "qwertyuiop12"])
def test_a_weak_password_is_refused(coordination: Affectation, mot: str) -> None:
    inviter(coordination)
    reponse = Client().post(f"/compte/invitation/{cle_envoyee()}/", {**IDENTITE, "password1": mot, "password2": mot})
    assert reponse.status_code == 200
    assert not Utilisateur.objects.filter(courriel="nouvelle@example.org").exists()


def test_an_existing_account_logs_in_to_accept(coordination: Affectation) -> None:
    personne = UtilisateurFactory(courriel="nouvelle@example.org")
    inviter(coordination)
    adresse = f"/compte/invitation/{cle_envoyee()}/"
    page = Client().get(adresse).content.decode()
    assert "Connectez-vous pour accepter" in page
    intrus = {**IDENTITE, "password1": BON, "password2": BON}
    Client().post(adresse, intrus)
    personne.refresh_from_db()
    assert personne.check_password(MOT_DE_PASSE)
    client = Client()
    client.force_login(personne)
    assert client.get(adresse).status_code == 200
    assert not Affectation.objects.filter(utilisateur=personne).exists()
    assert client.post(adresse).status_code == 302
    assert Affectation.objects.actives().filter(utilisateur=personne, role=Role.ACCUEIL).exists()


def test_somebody_else_cannot_accept(coordination: Affectation) -> None:
    autre = UtilisateurFactory(courriel="autre@example.org")
    inviter(coordination)
    client = Client()
    client.force_login(autre)
    client.post(f"/compte/invitation/{cle_envoyee()}/")
    assert not Affectation.objects.filter(utilisateur=autre).exists()
    assert Invitation.objects.get().acceptee_le is None


def test_sending_again_makes_another_key(coordination: Affectation) -> None:
    invitation = inviter(coordination)
    premiere = cle_envoyee(0)
    services.renvoyer(acces=coordination.acces(), invitation=invitation)
    assert cle_envoyee() != premiere
    assert services.trouver(premiere) is None
    assert services.trouver(cle_envoyee()) is not None
    etats = [c.etat for c in courriels_de_compte("invitation")]
    assert etats == [EtatCourriel.ANNULE, EtatCourriel.A_ENVOYER]


def test_expired_cancelled_or_unknown_keys_open_nothing(coordination: Affectation) -> None:
    invitation = inviter(coordination)
    cle = cle_envoyee()
    Invitation.objects.update(expire_le=timezone.now() - timedelta(seconds=1))
    assert services.trouver(cle) is None
    services.renvoyer(acces=coordination.acces(), invitation=invitation)
    services.annuler(acces=coordination.acces(), invitation=invitation)
    assert services.trouver(cle_envoyee()) is None
    with pytest.raises(ErreurMetier):
        services.renvoyer(acces=coordination.acces(), invitation=invitation)
    assert Client().get("/compte/invitation/inconnue/").status_code == 410


def test_a_referent_invites_techniciens_of_its_own_organisme_only(referent: Affectation) -> None:
    autre = OrganismeFactory(territoire=referent.territoire)
    invitation = inviter(referent, role=Role.TECHNICIEN, organisme=referent.organisme)
    assert not invitation.a_accorder
    for role, organisme in ((Role.TECHNICIEN, autre), (Role.COORDINATION, None), (Role.ACCUEIL, None)):
        with pytest.raises(Refus):
            inviter(referent, courriel="x@example.org", role=role, organisme=organisme)


def test_a_referent_proposed_by_a_partner_waits_for_the_coordination(
    coordination: Affectation, referent: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    inviter(referent, role=Role.REFERENT, organisme=referent.organisme, qualite=Qualite.SUPPLEANT)
    client = Client()
    client.post(f"/compte/invitation/{cle_envoyee()}/", {**IDENTITE, "password1": BON, "password2": BON})
    entrer(referent.territoire_id)
    proposee = Affectation.objects.get(utilisateur__courriel="nouvelle@example.org")
    assert proposee.accordee_le is None
    assert client.get("/figeac/espace/equipe/").status_code == 404
    connecter(referent).post(f"/figeac/espace/equipe/roles/{proposee.pk}/accorder/")
    proposee.refresh_from_db()
    assert proposee.accordee_le is None
    assert connecter(coordination).post(f"/figeac/espace/equipe/roles/{proposee.pk}/accorder/").status_code == 302
    proposee.refresh_from_db()
    assert proposee.accordee_par == coordination.utilisateur
    assert client.get("/figeac/espace/equipe/").status_code == 200


def test_nobody_is_invited_twice_to_the_same_role(coordination: Affectation) -> None:
    inviter(coordination)
    with pytest.raises(ErreurMetier, match="en attente"):
        inviter(coordination, courriel="Nouvelle@Example.org")
    present = AffectationFactory(territoire=coordination.territoire, role=Role.PILOTAGE)
    with pytest.raises(ErreurMetier, match="déjà ce rôle"):
        inviter(coordination, courriel=present.utilisateur.courriel, role=Role.PILOTAGE)


def test_invitations_of_another_territoire_cannot_be_touched(
    coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    invitation = inviter(coordination)
    autre = AffectationFactory(territoire=TerritoireFactory(slug="langres", nom="Langres"), role=Role.COORDINATION)
    client = connecter(autre)
    assert client.post(f"/langres/espace/equipe/invitations/{invitation.pk}/renvoyer/").status_code == 404
    assert client.post(f"/figeac/espace/equipe/invitations/{invitation.pk}/annuler/").status_code == 404
    invitation.refresh_from_db()
    assert (invitation.envois, invitation.annulee_le) == (1, None)
    page = client.get("/langres/espace/equipe/").content.decode()
    assert invitation.courriel not in page


def test_the_form_of_the_coordination_invites(
    coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    organisme = OrganismeFactory(territoire=coordination.territoire)
    donnees = {
        "role": "referent",
        "organisme": organisme.pk,
        "qualite": "titulaire",
        "prenom": "Luc",
        "nom": "Roques",
        "courriel": "luc@example.org",
    }
    reponse = connecter(coordination).post("/figeac/espace/equipe/inviter/", donnees)
    assert reponse.status_code == 302, reponse.content.decode()
    invitation = Invitation.objects.get()
    assert (invitation.organisme, invitation.a_accorder) == (organisme, False)
    sans = {**donnees, "organisme": "", "courriel": "autre@example.org"}
    assert connecter(coordination).post("/figeac/espace/equipe/inviter/", sans).status_code == 200
    assert Invitation.objects.count() == 1
