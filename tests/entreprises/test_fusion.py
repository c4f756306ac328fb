from datetime import date

import pytest
from django.apps import apps
from django.forms.models import model_to_dict

from apps.core import affichage
from apps.core.erreurs import ErreurMetier
from apps.core.registres import rattachements
from apps.entreprises import services
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.personnes.fusion import texte_de
from apps.personnes.models import Fusion, Personne
from tests.entreprises.factories import EntrepriseFactory, InterlocuteurFactory, siret
from tests.outils import acces_coordination
from tests.personnes.factories import PersonneFactory
from tests.porteurs.factories import creer_projet


@pytest.fixture
def acces(territoire):
    return acces_coordination(territoire.pk)


@pytest.fixture
def deux(territoire):
    gardee = EntrepriseFactory(territoire=territoire, nom="Forge", siret=siret(1), effectif=2, effectif_annee=2024)
    absorbee = EntrepriseFactory(
        territoire=territoire, nom="La forge", siret=siret(2), telephone="0565000000", effectif=5, effectif_annee=2026
    )
    return gardee, absorbee


def _etat() -> dict:
    """Every row of entreprises and of what is inscribed, but what time and versions change."""
    etat = {}
    for modele in {Entreprise, *(apps.get_model(m) for _, (m, _f) in rattachements)}:
        for objet in modele._base_manager.all():
            champs = {f.attname: getattr(objet, f.attname) for f in modele._meta.concrete_fields}
            etat[(modele._meta.label, objet.pk)] = {
                k: v for k, v in champs.items() if k not in ("version", "modifie_le")
            }
    return etat


def test_everything_that_points_to_them_is_inscribed() -> None:
    inscrits = {(etiquette, champ) for _, (etiquette, champ) in rattachements}
    for modele in (Entreprise, Personne):
        for lien in modele._meta.related_objects:
            if lien.related_model is not modele:
                assert (lien.related_model._meta.label, lien.field.name) in inscrits


def test_merge_moves_everything_and_undo_restores_exactly(acces, deux, territoire) -> None:
    gardee, absorbee = deux
    commune_aux_deux = PersonneFactory(territoire=territoire)
    InterlocuteurFactory(entreprise=gardee, personne=commune_aux_deux, est_principal=True)
    InterlocuteurFactory(entreprise=absorbee, personne=commune_aux_deux, fonction="Autre titre")
    venu = InterlocuteurFactory(
        entreprise=absorbee, personne=PersonneFactory(territoire=territoire), est_principal=True
    )
    projet = creer_projet(territoire, entreprise=absorbee)
    avant = _etat()

    fusion = services.fusionner(
        acces=acces, conservee=gardee, absorbee=absorbee, choix={"nom": "absorbee", "effectif": "absorbee"}
    )

    gardee.refresh_from_db()
    absorbee.refresh_from_db()
    projet.refresh_from_db()
    assert (gardee.nom, gardee.siret, gardee.effectif, gardee.effectif_annee, gardee.telephone) == (
        "La forge",
        siret(1),
        5,
        2026,
        "",
    )
    assert gardee.nom_normalise == "la forge"
    assert (absorbee.fusionnee_dans, projet.entreprise) == (gardee, gardee)
    assert list(Entreprise.objects.actives()) == [gardee]
    liens = Interlocuteur.objects.filter(entreprise=gardee)
    assert sorted(liens.values_list("personne", "est_principal")) == sorted(
        [(commune_aux_deux.pk, True), (venu.personne_id, False)]
    )

    services.defaire_fusion(acces=acces, fusion=fusion)
    assert _etat() == avant
    with pytest.raises(ErreurMetier, match="déjà été défaite"):
        services.defaire_fusion(acces=acces, fusion=fusion)


def test_without_choices_empty_fields_are_filled(acces, deux) -> None:
    gardee, absorbee = deux
    services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee)
    gardee.refresh_from_db()
    assert (gardee.nom, gardee.telephone) == ("Forge", "0565000000")


def test_the_siret_may_come_from_the_other(acces, deux) -> None:
    gardee, absorbee = deux
    fusion = services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee, choix={"siret": "absorbee"})
    gardee.refresh_from_db()
    assert (gardee.siret, gardee.siren) == (siret(2), siret(2)[:9])
    services.defaire_fusion(acces=acces, fusion=fusion)
    assert set(Entreprise.objects.actives().values_list("siret", flat=True)) == {siret(1), siret(2)}


def test_undo_refuses_what_changed_since(acces, deux) -> None:
    gardee, absorbee = deux
    fusion = services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee)
    gardee.refresh_from_db()
    services.modifier(acces=acces, entreprise=gardee, version=gardee.version, telephone="0600000000", note="Vu")
    with pytest.raises(ErreurMetier, match="téléphone et note"):
        services.defaire_fusion(acces=acces, fusion=fusion)
    absorbee.refresh_from_db()
    assert absorbee.fusionnee_dans_id == gardee.pk


def test_undo_refuses_a_moved_row_that_left(acces, deux, territoire) -> None:
    gardee, absorbee = deux
    lien = InterlocuteurFactory(entreprise=absorbee, personne=PersonneFactory(territoire=territoire))
    fusion = services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee)
    Interlocuteur.objects.filter(pk=lien.pk).delete()
    with pytest.raises(ErreurMetier, match="supprimés ou rattachés ailleurs"):
        services.defaire_fusion(acces=acces, fusion=fusion)


def test_undo_in_order(acces, deux, territoire) -> None:
    gardee, absorbee = deux
    tierce = EntrepriseFactory(territoire=territoire, nom="Tierce")
    premiere = services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee, choix={})
    seconde = services.fusionner(acces=acces, conservee=gardee, absorbee=tierce, choix={})
    with pytest.raises(ErreurMetier, match="Tierce"):
        services.defaire_fusion(acces=acces, fusion=premiere)
    services.defaire_fusion(acces=acces, fusion=seconde)
    services.defaire_fusion(acces=acces, fusion=premiere)
    assert Entreprise.objects.actives().count() == 3


def test_undo_refuses_when_the_siret_was_taken(acces, deux, territoire) -> None:
    gardee, absorbee = deux
    fusion = services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee, choix={})
    services.creer(acces=acces, nom="Nouvelle", siret=siret(2))
    with pytest.raises(ErreurMetier, match="même numéro"):
        services.defaire_fusion(acces=acces, fusion=fusion)
    assert Fusion.objects.get().defaite_le is None


def test_a_merged_one_is_neither_merged_nor_changed_again(acces, deux, territoire) -> None:
    gardee, absorbee = deux
    services.fusionner(acces=acces, conservee=gardee, absorbee=absorbee)
    for autre in (gardee, absorbee):
        with pytest.raises(ErreurMetier):
            services.fusionner(acces=acces, conservee=absorbee, absorbee=autre)
    absorbee.refresh_from_db()
    with pytest.raises(ErreurMetier, match="conservée"):
        services.modifier(acces=acces, entreprise=absorbee, version=absorbee.version, nom="X")
    assert model_to_dict(absorbee)["nom"] == "La forge"


def test_the_preview_says_dates_and_numbers_as_the_screen_does(territoire) -> None:
    entreprise = EntrepriseFactory(territoire=territoire, siret=siret(1), creee_le=date(2022, 10, 7))

    assert texte_de(entreprise, "creee_le") == "7\u00a0octobre 2022"
    assert texte_de(entreprise, "siret") == affichage.siret(siret(1)) != siret(1)
