"""A document as a row: asked once, made once, shown to its audience, stopped, started again, let go in time."""

import errno
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Acces
from apps.core.audience import Audience, GenreAudience
from apps.core.erreurs import ErreurMetier, Refus, TransitionInterdite
from apps.core.registres import fabriques
from apps.documents import services_documents as services
from apps.documents.enums import EtatDocument
from apps.documents.fabrique import Fabrique
from apps.documents.models import Document, Fichier
from apps.tracabilite.models import GenreAcces, Trace
from apps.travaux.enums import EtatTravail
from apps.travaux.models import Travail
from apps.travaux.workflow import prendre
from tests.factories import AffectationFactory

GENRE = "essai.document"


def un_pdf(pages: int = 1) -> bytes:
    sortie = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(sortie)
    return sortie.getvalue()


@pytest.fixture
def fabrique() -> Iterator[dict[str, Any]]:
    """A kind of document whose making and opening the test decides."""
    reglages: dict[str, Any] = {"produire": lambda document, avancement: un_pdf(3), "visible": False}
    fabriques.inscrire(
        GENRE,
        Fabrique(
            lambda document, avancement: reglages["produire"](document, avancement),
            lambda document: ("/figeac/espace/", "accueil"),
            "Essai",
            visible=lambda acces, document: reglages["visible"],
        ),
    )
    yield reglages
    fabriques._entrees.pop(GENRE)


def demander(affectation: Affectation, donnees: dict[str, Any] | None = None, **champs: Any) -> Document:
    acces = affectation.acces()
    valeurs: dict[str, Any] = {
        "genre": GENRE, "titre": "Essai CT-2026-0001", "objet": "seance:1", "audience_dite": "le comité technique",
        "audience": Audience(GenreAudience.COMITE, affectation.territoire_id),
    }  # fmt: skip
    return services.demander(acces=acces, donnees={"a": 1} if donnees is None else donnees, **{**valeurs, **champs})


def produire(document: Document) -> Document:
    """Run the executor as the worker does."""
    travail = prendre(document.travail_id or 0, par="essai")
    assert travail is not None
    resultat = services.produire(travail, lambda *_, **__: None)
    Travail.objects.filter(pk=travail.pk).update(
        etat=EtatTravail.REUSSI, fini_le=timezone.now(), resultat=resultat, bail_de="", bail_jusqua=None
    )
    return Document.objects.select_related("travail", "fichier", "territoire").get(pk=document.pk)


def test_the_same_request_gives_the_same_row_and_job(fabrique: dict[str, Any], coordination: Affectation) -> None:
    premier, second = demander(coordination, {"a": 1, "b": 2}), demander(coordination, {"b": 2, "a": 1})
    assert premier.pk == second.pk
    assert Travail.objects.filter(genre=services.GENRE).count() == 1
    assert premier.etat == EtatDocument.ATTENTE


@pytest.mark.parametrize(
    "change",
    [{"donnees": {"a": 2}}, {"objet": "seance:2"}, {"variante": "archive"}, {"genre": "fiches.fiche"}],
)
def test_anything_else_gives_another(
    fabrique: dict[str, Any], coordination: Affectation, change: dict[str, Any]
) -> None:
    assert demander(coordination).pk != demander(coordination, **change).pk


def test_another_audience_never_gets_the_same(fabrique: dict[str, Any], coordination: Affectation) -> None:
    autre = Audience(GenreAudience.COORDINATION, coordination.territoire_id)
    assert demander(coordination).pk != demander(coordination, audience=autre).pk


def test_what_was_frozen_is_what_is_made(fabrique: dict[str, Any], coordination: Affectation) -> None:
    lus = []
    fabrique["produire"] = lambda document, avancement: (lus.append(document.donnees), un_pdf(2))[1]
    document = produire(demander(coordination, {"nom": "Lacoste"}))
    assert lus == [{"nom": "Lacoste"}]
    assert (document.etat, document.pages) == (EtatDocument.PRET, 2)
    assert document.fichier is not None and document.fichier.nom == "Essai CT-2026-0001.pdf"


def test_a_job_taken_up_again_after_its_file_makes_no_second_one(
    fabrique: dict[str, Any], coordination: Affectation
) -> None:
    document = produire(demander(coordination))
    assert document.travail is not None
    services.produire(document.travail, lambda *_, **__: None)
    assert Fichier.objects.count() == 1


def test_a_full_disk_is_said_in_words_and_nothing_is_kept(
    fabrique: dict[str, Any], coordination: Affectation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plein(**_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(services.services, "ranger", plein)
    with pytest.raises(ErreurMetier, match="assez de place"):
        produire(demander(coordination))
    assert Fichier.objects.count() == 0


def test_a_reason_of_the_maker_reaches_the_page_and_it_is_started_again(
    fabrique: dict[str, Any], coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    document = demander(coordination)
    Travail.objects.filter(pk=document.travail_id).update(
        etat=EtatTravail.ECHOUE, erreur="La bibliothèque Pango manque.", fini_le=timezone.now()
    )
    client = connecter(coordination)
    url = f"/figeac/espace/documents/{document.jeton}/"
    page = client.get(url).content.decode()
    assert "La bibliothèque Pango manque." in page and "Relancer" in page

    assert client.post(f"{url}relancer/").status_code == 302

    document.refresh_from_db()
    assert Document.objects.select_related("travail").get(pk=document.pk).etat == EtatDocument.ATTENTE


def test_asking_again_for_one_that_failed_starts_it_again(fabrique: dict[str, Any], coordination: Affectation) -> None:
    document = demander(coordination)
    Travail.objects.filter(pk=document.travail_id).update(etat=EtatTravail.ECHOUE, fini_le=timezone.now())
    repris = demander(coordination)
    assert repris.pk == document.pk
    assert repris.travail is not None and repris.travail.etat == EtatTravail.EN_ATTENTE


def test_it_is_cancelled_by_whoever_asked_or_the_coordination(
    fabrique: dict[str, Any], coordination: Affectation, referent: Affectation
) -> None:
    document = demander(referent)
    autre = AffectationFactory(territoire=referent.territoire, referent=True)
    with pytest.raises(Refus):
        services.annuler(acces=autre.acces(), document=document)
    services.annuler(acces=coordination.acces(), document=document)
    assert Document.objects.select_related("travail").get(pk=document.pk).etat == EtatDocument.ANNULE
    with pytest.raises(TransitionInterdite):
        services.annuler(acces=referent.acces(), document=document)


def test_progress_is_sent_again_only_when_it_changed(
    fabrique: dict[str, Any], coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    document = demander(coordination)
    client = connecter(coordination)
    page = client.get(f"/figeac/espace/documents/{document.jeton}/")
    url = page.content.decode().split('hx-get="')[1].split('"')[0]
    assert client.get(url).status_code == 204
    Travail.objects.filter(pk=document.travail_id).update(
        etat=EtatTravail.EN_COURS, fait=4, total=9, message="Mise en page"
    )
    fragment = client.get(url).content.decode()
    assert "4 sur 9" in fragment.replace("\u00a0", " ") and "Mise en page" in fragment


def test_nobody_else_sees_it_until_its_owner_opens_it(
    fabrique: dict[str, Any], coordination: Affectation, referent: Affectation,
    connecter: Callable[[Affectation], Client],
) -> None:  # fmt: skip
    document = produire(demander(coordination))
    client = connecter(referent)
    adresses = [
        f"/figeac/espace/documents/{document.jeton}/{fin}" for fin in ("", "avancement/", "voir/", "telecharger/")
    ]
    assert [client.get(a).status_code for a in adresses] == [404] * 4
    fabrique["visible"] = True
    assert [client.get(a).status_code for a in adresses] == [200] * 4


def test_viewing_and_downloading_are_logged_each_in_its_way(
    fabrique: dict[str, Any], coordination: Affectation, connecter: Callable[[Affectation], Client]
) -> None:
    document = produire(demander(coordination))
    client = connecter(coordination)
    vue = client.get(f"/figeac/espace/documents/{document.jeton}/voir/")
    prise = client.get(f"/figeac/espace/documents/{document.jeton}/telecharger/")
    assert vue["Content-Disposition"].startswith("inline") and prise["Content-Disposition"].startswith("attachment")
    traces = list(Trace.objects.filter(objet="seance", objet_id="1").order_by("pk").values_list("genre", flat=True))
    assert traces == [GenreAcces.IMPRESSION, GenreAcces.TELECHARGEMENT]


def test_one_that_is_not_ready_is_not_served(fabrique: dict[str, Any], coordination: Affectation) -> None:
    document = demander(coordination)
    with pytest.raises(Http404):
        services.servir(acces=coordination.acces(), document=document, auteur="Claire")
    assert not Trace.objects.filter(objet="seance").exists()


def test_past_its_delay_everything_personal_goes_and_the_row_says_what_there_was(
    fabrique: dict[str, Any], coordination: Affectation
) -> None:
    document = produire(demander(coordination, {"nom": "Lacoste"}))
    assert document.fichier is not None
    assert services.balayer() == 0
    Document.objects.filter(pk=document.pk).update(expire_le=timezone.now() - timedelta(minutes=1))
    assert services.balayer() == 1
    document.refresh_from_db()
    assert (document.donnees, document.fichier, document.demande_par, document.titre) == ({}, None, None, "Essai")
    assert document.etat == EtatDocument.EXPIRE
    assert Fichier.objects.get().supprime_le is not None


def test_the_place_of_an_expired_one_is_taken_without_waiting_for_the_sweep(
    fabrique: dict[str, Any], coordination: Affectation
) -> None:
    ancien = demander(coordination)
    Document.objects.filter(pk=ancien.pk).update(expire_le=timezone.now())
    assert demander(coordination).pk != ancien.pk


def test_an_old_job_is_let_go_before_it_is_forgotten(fabrique: dict[str, Any], coordination: Affectation) -> None:
    document = produire(demander(coordination))
    Travail.objects.filter(pk=document.travail_id).update(fini_le=timezone.now() - timedelta(days=26))
    services.balayer()
    document = Document.objects.select_related("travail").get(pk=document.pk)
    assert document.travail is None and document.etat == EtatDocument.PRET


def test_a_purged_one_is_never_made(fabrique: dict[str, Any], coordination: Affectation) -> None:
    document = demander(coordination)
    travail = document.travail
    services.purger(document=document)
    assert travail is not None
    with pytest.raises(ErreurMetier, match="n’existe plus"):
        services.produire(travail, lambda *_, **__: None)


def test_the_coordination_of_elsewhere_sees_nothing(fabrique: dict[str, Any], coordination: Affectation) -> None:
    document = produire(demander(coordination))
    ailleurs = Acces(coordination.utilisateur_id, 999_999, coordination.acces().role)
    with pytest.raises(Http404):
        services.servir(acces=ailleurs, document=document, auteur="")
