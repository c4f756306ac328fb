"""A new territoire, and what its coordination changes."""

import io
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.acces import Acces, Role
from apps.core.erreurs import ErreurMetier, Refus, VersionPerimee
from apps.core.portee import portee
from apps.territoires import services
from apps.territoires.models import Territoire, Theme
from tests.documents.fichiers import jpeg, pdf, png
from tests.factories import CommuneFactory, TerritoireFactory, ThemeFactory
from tests.outils import acces_coordination
from tests.referentiels.factories import EpciFactory

pytestmark = pytest.mark.django_db


def test_a_new_territoire_is_ready_to_open() -> None:
    cree = services.creer_territoire(
        nom="Pays de Langres",
        slug="langres",
        communes=[CommuneFactory()],
        courriel="guichet@example.org",
        telephone="0325000000",
    )
    assert cree.communes.count() == 1 and cree.responsable_traitement == "Pays de Langres"
    for champ in (
        "presentation",
        "pour_qui",
        "comment_ca_se_passe",
        "notice_information",
        "mentions_legales",
        "accessibilite",
    ):
        texte = getattr(cree, champ)
        assert len(texte) > 100 and "{" not in texte and "\\" not in texte, champ
    assert "guichet@example.org" in cree.notice_information and "mission d’intérêt public" in cree.notice_information
    with portee(cree.pk):
        themes = list(Theme.objects.filter(territoire=cree))
    assert len(themes) == 18 and themes[0].nom == "Création d’entreprise"
    assert all(t.libelle_public and t.ordre for t in themes)


def test_given_texts_are_kept() -> None:
    assert services.creer_territoire(nom="L", slug="langres", presentation="À nous.").presentation == "À nous."


@pytest.mark.parametrize("slug", ["administration", "communes", "Pas Un Slug", ""])
def test_a_bad_address_is_refused(slug: str) -> None:
    with pytest.raises(ValidationError):
        services.creer_territoire(nom="L", slug=slug)
    assert not Territoire.objects.filter(slug=slug).exists()


def test_a_taken_address_is_refused(territoire: Territoire) -> None:
    with pytest.raises(ValidationError):
        services.creer_territoire(nom="Autre", slug=territoire.slug)


def test_a_changed_notice_is_a_new_version(territoire: Territoire) -> None:
    acces = acces_coordination(territoire.pk)
    change = services.modifier(acces=acces, territoire=territoire, version=1, champs={"notice_information": "Neuve"})
    assert (change.version, change.notice_version) == (2, 2)
    change = services.modifier(acces=acces, territoire=change, version=2, champs={"notice_information": "Neuve"})
    assert (change.version, change.notice_version) == (3, 2)
    change = services.modifier(acces=acces, territoire=change, version=3, champs={"base_legale": "interet"})
    assert change.notice_version == 3


@pytest.mark.parametrize("version", [0, 2, None])
def test_a_stale_version_writes_nothing(territoire: Territoire, version: int | None) -> None:
    acces = acces_coordination(territoire.pk)
    with pytest.raises(VersionPerimee):
        services.modifier(acces=acces, territoire=territoire, version=version, champs={"nom": "Volé"})
    territoire.refresh_from_db()
    assert territoire.nom == "Pays de Figeac"


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.COORDINATION, Role.SYSTEME)])
def test_nobody_else_sets_anything(territoire: Territoire, role: Role) -> None:
    acces = Acces(1, territoire.pk, role, 1)
    theme = ThemeFactory(territoire=territoire)
    with pytest.raises(Refus):
        services.modifier(acces=acces, territoire=territoire, version=1, champs={"nom": "Volé"})
    with pytest.raises(Refus):
        services.modifier_theme(acces=acces, theme=theme, version=1, champs={"nom": "Volé"})
    with pytest.raises(Refus):
        services.retirer_communes(acces=acces, territoire=territoire, codes=["46102"])
    with pytest.raises(Refus):
        services.poser_logo(acces=acces, territoire=territoire, version=1, fichier=None)
    with pytest.raises(Refus):
        services.ajouter_theme(acces=acces, territoire=territoire, nom="Volé", libelle_public="")
    with pytest.raises(Refus):
        services.deplacer_theme(acces=acces, theme=theme, pas=1)


def test_a_coordination_sets_its_own_territoire_only(territoire: Territoire) -> None:
    autre = TerritoireFactory(slug="langres", nom="Langres")
    with pytest.raises(Refus):
        services.modifier(acces=acces_coordination(territoire.pk), territoire=autre, version=1, champs={"nom": "Volé"})


@pytest.mark.parametrize(("nom", "contenu", "extension"), [("logo.png", png(), "png"), ("photo.exe", jpeg(), "jpg")])
def test_a_logo_is_named_by_its_content(
    territoire: Territoire, settings: object, tmp_path: Path, nom: str, contenu: bytes, extension: str,
    django_capture_on_commit_callbacks: object,
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    acces = acces_coordination(territoire.pk)
    avec = services.poser_logo(acces=acces, territoire=territoire, version=1, fichier=SimpleUploadedFile(nom, contenu))
    assert avec.logo.name.endswith(f".{extension}") and default_storage.exists(avec.logo.name)
    assert avec.logo_url.startswith("/figeac/logo/")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        sans = services.poser_logo(acces=acces, territoire=avec, version=2, fichier=None)
    assert not sans.logo and sans.logo_url == "" and not default_storage.exists(avec.logo.name)


@pytest.mark.parametrize(
    "contenu", [pdf(), b"<svg xmlns='x'/>", b"GIF89a" + b"\x00" * 40, b"", png() + b"\x00" * 1_000_001]
)
def test_what_is_not_a_logo_is_refused(territoire: Territoire, contenu: bytes) -> None:
    with pytest.raises(ErreurMetier):
        services.poser_logo(
            acces=acces_coordination(territoire.pk), territoire=territoire, version=1,
            fichier=SimpleUploadedFile("logo.png", contenu),
        )  # fmt: skip
    territoire.refresh_from_db()
    assert not territoire.logo


def test_themes_are_added_renamed_ordered_and_retired(territoire: Territoire) -> None:
    acces = acces_coordination(territoire.pk)
    un = services.ajouter_theme(acces=acces, territoire=territoire, nom="Un", libelle_public="")
    deux = services.ajouter_theme(acces=acces, territoire=territoire, nom="Deux", libelle_public="Je veux deux")
    assert (un.libelle_public, deux.ordre) == ("Un", un.ordre + 1)
    services.deplacer_theme(acces=acces, theme=deux, pas=-1)
    assert [t.nom for t in Theme.objects.filter(territoire=territoire)] == ["Deux", "Un"]
    services.deplacer_theme(acces=acces, theme=deux, pas=-1)
    assert [t.nom for t in Theme.objects.filter(territoire=territoire)] == ["Deux", "Un"]
    renomme = services.modifier_theme(acces=acces, theme=un, version=1, champs={"nom": "Premier"})
    assert renomme.nom == "Premier"
    with pytest.raises(VersionPerimee):
        services.modifier_theme(acces=acces, theme=un, version=1, champs={"nom": "Perdu"})
    assert not services.modifier_theme(acces=acces, theme=renomme, version=2, champs={"est_actif": False}).est_actif


def test_two_themes_cannot_bear_one_name(territoire: Territoire) -> None:
    acces = acces_coordination(territoire.pk)
    un = services.ajouter_theme(acces=acces, territoire=territoire, nom="Un", libelle_public="")
    services.ajouter_theme(acces=acces, territoire=territoire, nom="Deux", libelle_public="")
    with pytest.raises(ErreurMetier):
        services.ajouter_theme(acces=acces, territoire=territoire, nom="Un", libelle_public="")
    with pytest.raises(ErreurMetier):
        services.modifier_theme(acces=acces, theme=un, version=1, champs={"nom": "Deux"})


def test_communes_come_by_intercommunality_or_one_by_one(territoire: Territoire) -> None:
    acces = acces_coordination(territoire.pk)
    epci = EpciFactory()
    (
        CommuneFactory(code_insee="46100", nom="Faycelles", epci=epci),
        CommuneFactory(code_insee="46045", nom="Cajarc", epci=epci),
    )
    assert services.ajouter_communes(acces=acces, territoire=territoire, epci=epci) == 2
    assert services.ajouter_communes(acces=acces, territoire=territoire, epci=epci) == 0
    assert (
        services.ajouter_communes(acces=acces, territoire=territoire, commune=CommuneFactory(code_insee="12176")) == 1
    )
    assert services.retirer_communes(acces=acces, territoire=territoire, codes=["46100", "99999"]) == 1
    with pytest.raises(ErreurMetier, match="au moins une commune"):
        services.retirer_communes(acces=acces, territoire=territoire, codes=["46102", "46045", "12176"])
    assert territoire.communes.count() == 3


def test_the_content_of_the_logo_is_what_was_sent(territoire: Territoire, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    envoi = SimpleUploadedFile("l.png", png())
    services.verifier_logo(envoi)
    avec = services.poser_logo(acces=acces_coordination(territoire.pk), territoire=territoire, version=1, fichier=envoi)
    with default_storage.open(avec.logo.name) as stocke:
        assert stocke.read() == io.BytesIO(png()).read()
