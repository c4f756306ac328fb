"""What a partner must not read: each test owns something that could leak."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.acces.models import Affectation
from apps.core.acces import Role
from apps.core.erreurs import ErreurMetier
from apps.fiches import selecteurs, services
from apps.fiches.enums import EtatOrientation, GenreOrientation, MotifDeclin
from apps.fiches.models import Echange, FicheNavette, Orientation
from apps.fiches.permissions import droits
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord, Portee
from apps.personnes.models import Accord
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory

from .factories import PersonneFactory, ouvrir

Connecter = Callable[[Affectation], Client]


def orienter(
    fiche: FicheNavette, par: Affectation, vers: Affectation, genre: str = GenreOrientation.ACCOMPAGNEMENT
) -> Orientation:
    return services.orienter(acces=par.acces(), fiche=fiche, organismes=[vers.organisme], genre=genre)[0]  # type: ignore[list-item]


def retirer_les_accords(fiche: FicheNavette, par: Affectation) -> None:
    for accord in Accord.objects.filter(personne__demandes_fiches__fiche=fiche).en_vigueur():
        personnes.retirer_accord(acces=par.acces(), accord=accord, canal=CanalAccord.TELEPHONE)


@pytest.mark.parametrize("role", [Role.TECHNICIEN, Role.REFERENT])
def test_what_was_handed_in_one_organisme_is_not_read_from_another(
    territoire: Territoire, coordination: Affectation, referent: Affectation, role: Role
) -> None:
    fiche = ouvrir(territoire)
    orientation = orienter(fiche, coordination, referent)
    ici = AffectationFactory(territoire=territoire, role=Role.TECHNICIEN, organisme=referent.organisme)
    ailleurs = AffectationFactory(territoire=territoire, utilisateur=ici.utilisateur, technicien=True)
    Affectation.objects.filter(pk=ailleurs.pk).update(role=role)
    ailleurs.refresh_from_db()

    services.confier(acces=referent.acces(), orientation=orientation, technicien=ici.utilisateur)
    services.noter_echange(acces=coordination.acces(), fiche=fiche, genre="appel", texte="Au téléphone.")

    assert FicheNavette.objects.visibles_par(ici.acces()).exists()
    assert droits(ici.acces(), fiche).peut_noter
    assert not FicheNavette.objects.visibles_par(ailleurs.acces()).exists()
    assert not Echange.objects.visibles_par(ailleurs.acces()).exists()
    assert not droits(ailleurs.acces(), fiche).peut_noter


@pytest.mark.parametrize("action", ["decliner", "lire"])
def test_an_answer_is_not_taken_back_once_the_accord_is_withdrawn(
    territoire: Territoire, coordination: Affectation, referent: Affectation, action: str
) -> None:
    fiche = ouvrir(territoire, titre="Madame Vidal cède son salon")
    if action == "decliner":
        orientation = orienter(fiche, coordination, referent)
        services.decliner(acces=referent.acces(), orientation=orientation, motif=MotifDeclin.values[0])
    else:
        orientation = orienter(fiche, coordination, referent, GenreOrientation.INFORMATION)
        services.marquer_lue(acces=referent.acces(), orientation=orientation)
    retirer_les_accords(fiche, coordination)
    orientation.refresh_from_db()
    avant = orientation.etat

    with pytest.raises(ErreurMetier, match="accord"):
        services.defaire(acces=referent.acces(), orientation=orientation)

    orientation.refresh_from_db()
    assert orientation.etat == avant
    assert selecteurs.a_repondre(referent.acces()) == []


def test_the_home_names_no_fiche_that_is_not_open_to_the_partner(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    """Closed, then the accord withdrawn, then opened again: the answer still owed says nothing of the fiche."""
    fiche = ouvrir(territoire, titre="Madame Vidal cède son salon")
    orienter(fiche, coordination, referent)
    services.cloturer(acces=coordination.acces(), fiche=fiche, motif="sans_nouvelles")
    retirer_les_accords(fiche, coordination)
    services.rouvrir(acces=coordination.acces(), fiche=fiche, motif="Elle a rappelé")

    assert selecteurs.a_repondre(referent.acces()) == []
    assert not Orientation.objects.filter(fiche=fiche, etat=EtatOrientation.ENVOYEE).exists()


def test_a_declined_answer_is_not_taken_back_over_a_running_one(
    territoire: Territoire, coordination: Affectation, referent: Affectation
) -> None:
    fiche = ouvrir(territoire)
    premiere = orienter(fiche, coordination, referent)
    services.decliner(acces=referent.acces(), orientation=premiere, motif=MotifDeclin.values[0])
    orienter(fiche, coordination, referent)

    with pytest.raises(ErreurMetier, match="déjà de nouveau chez"):
        services.defaire(acces=referent.acces(), orientation=premiere)


@pytest.mark.parametrize("fin", ["decline", "fiche close"])
def test_the_summary_without_names_is_no_longer_read_afterwards(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter, fin: str
) -> None:
    fiche = ouvrir(territoire, accord=False)
    fiche = services.modifier(
        acces=coordination.acces(), fiche=fiche, version=fiche.version, resume_sans_nom="Un salon de six fauteuils."
    )
    (orientation,) = services.orienter(
        acces=coordination.acces(), fiche=fiche, organismes=[referent.organisme], genre="avis", sur_resume=True
    )
    adresse = reverse("fiches:reponse", args=[territoire.slug, orientation.pk])
    assert "six fauteuils" in connecter(referent).get(adresse).content.decode()

    if fin == "decline":
        services.decliner(acces=referent.acces(), orientation=orientation, motif=MotifDeclin.values[0])
    else:
        services.cloturer(acces=coordination.acces(), fiche=fiche, motif="sans_nouvelles")
    page = connecter(referent).get(adresse)

    assert page.status_code == 200
    assert "six fauteuils" not in page.content.decode()


@pytest.mark.parametrize("depuis", ["la fiche", "la personne"])
def test_withdrawing_after_a_merge_leaves_no_other_accord_in_its_place(
    territoire: Territoire, coordination: Affectation, referent: Affectation, depuis: str
) -> None:
    """Two persons that were one had each agreed, one to more than the other."""
    acces = coordination.acces()
    etroite, large = ouvrir(territoire), ouvrir(territoire)
    julien, double = etroite.demandeurs.get().personne, large.demandeurs.get().personne
    personnes.donner_accord(
        acces=acces, personne=julien, portee=Portee.NOMMES, organismes=[referent.organisme], canal="telephone"
    )
    orienter(etroite, coordination, referent)
    personnes.fusionner(acces=acces, conservee=julien, absorbee=double)
    sien = etroite.demandeurs.get().accord
    assert sien is not None

    if depuis == "la fiche":
        services.retirer_accord(acces=acces, fiche=etroite, personne=julien, canal="telephone")
    else:
        personnes.retirer_accord(acces=acces, accord=sien, canal="telephone")

    assert etroite.demandeurs.get().accord is None
    assert not FicheNavette.objects.visibles_par(referent.acces()).filter(pk=etroite.pk).exists()
    with pytest.raises(ErreurMetier, match="accord"):
        orienter(etroite, coordination, referent)


@pytest.mark.parametrize("page", ["terminer", "section", "confier"])
def test_a_form_of_the_partner_does_not_name_a_fiche_that_has_closed_to_it(
    territoire: Territoire, coordination: Affectation, referent: Affectation, connecter: Connecter, page: str
) -> None:
    """Another applicant was added, whose accord is missing: the partner's part waits, and says nothing."""
    fiche = ouvrir(territoire, titre="Madame Vidal cède son salon")
    orientation = orienter(fiche, coordination, referent)
    services.prendre_en_charge(acces=referent.acces(), orientation=orientation)
    adresse = reverse(f"fiches:{page}", args=[territoire.slug, orientation.pk])
    assert "Madame Vidal" in connecter(referent).get(adresse).content.decode()

    services.ajouter_demandeur(acces=coordination.acces(), fiche=fiche, personne=PersonneFactory(territoire=territoire))

    reponse = connecter(referent).get(adresse)
    assert reponse.status_code == 200
    assert "Madame Vidal" not in reponse.content.decode()
