"""The partners: names over the years, versions, conventions, coverage, who reads what."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.acces.models import Absence, Affectation
from apps.core.acces import Role
from apps.core.erreurs import ErreurMetier, Refus
from apps.partenaires import services
from apps.partenaires.couverture import calculer
from apps.partenaires.inscriptions import chercher, fins_de_convention
from apps.partenaires.models import Convention, Organisme
from tests.factories import AffectationFactory, CommuneFactory, OrganismeFactory, TerritoireFactory, ThemeFactory

PARTENAIRES = "/figeac/espace/partenaires/"
Connecter = Callable[[Affectation], Client]


def test_an_old_file_shows_the_name_of_its_day(coordination: Affectation) -> None:
    acces = coordination.acces()
    ft = OrganismeFactory(territoire=coordination.territoire, nom="ANPE", nom_court="ANPE")
    ft = services.renommer(acces=acces, organisme=ft, version=1, nom="Pôle emploi", nom_court="PE", le=date(2009, 1, 1))
    ft = services.renommer(
        acces=acces, organisme=ft, version=ft.version, nom="France Travail", nom_court="FT", le=date(2024, 1, 1)
    )
    jours = {date(2006, 5, 1): "ANPE", date(2009, 1, 1): "PE", date(2023, 12, 31): "PE", date(2024, 1, 1): "FT"}
    assert {jour: ft.nom_le(jour) for jour in jours} == jours
    assert [t.titre for t in chercher(acces, "pole emploi", 5)] == ["France Travail"]


def test_former_names_never_overlap(coordination: Affectation) -> None:
    acces = coordination.acces()
    objet = OrganismeFactory(territoire=coordination.territoire, nom_depuis=date(2021, 4, 1))
    services.ajouter_ancien_nom(
        acces=acces, organisme=objet, nom="DIRECCTE", nom_court="", du=date(2010, 1, 1), au=date(2021, 4, 1)
    )
    for du, au in (
        (date(2012, 1, 1), date(2013, 1, 1)),
        (None, date(2011, 1, 1)),
        (date(2020, 1, 1), date(2022, 1, 1)),
    ):
        with pytest.raises(ErreurMetier):
            services.ajouter_ancien_nom(acces=acces, organisme=objet, nom="X", nom_court="", du=du, au=au)
    services.ajouter_ancien_nom(acces=acces, organisme=objet, nom="DDTEFP", nom_court="", du=None, au=date(2010, 1, 1))
    assert objet.anciens_noms.count() == 2


def _donnees(organisme: Organisme, **champs: object) -> dict[str, object]:
    return {
        "version": organisme.version,
        "nom": organisme.nom,
        "nom_court": organisme.nom_court,
        "genre": organisme.genre,
        "statut": organisme.statut,
        "est_actif": "on",
        **champs,
    }


def test_of_two_editors_the_second_sees_both_and_loses_nothing(coordination: Affectation, connecter: Connecter) -> None:
    objet = OrganismeFactory(territoire=coordination.territoire)
    theme = ThemeFactory(territoire=coordination.territoire)
    client = connecter(coordination)
    adresse = f"{PARTENAIRES}{objet.pk}/modifier/"
    assert client.post(adresse, _donnees(objet, telephone="0565000001", themes=[theme.pk])).status_code == 302
    conflit = client.post(adresse, _donnees(objet, telephone="0565000002"))
    texte = conflit.content.decode()
    assert conflit.status_code == 409
    assert "0565000001" in texte
    assert "0565000002" in texte
    objet.refresh_from_db()
    assert (objet.telephone, list(objet.themes.all())) == ("0565000001", [theme])
    assert f'name="version" value="{objet.version}"' in texte
    assert client.post(adresse, _donnees(objet, telephone="0565000002")).status_code == 302
    objet.refresh_from_db()
    assert objet.telephone == "0565000002"
    sans_version = {k: v for k, v in _donnees(objet).items() if k != "version"}
    assert client.post(adresse, sans_version).status_code == 409


def test_a_partner_reads_and_never_writes(referent: Affectation, connecter: Connecter) -> None:
    objet = referent.organisme
    client = connecter(referent)
    page = client.get(f"{PARTENAIRES}{objet.pk}/").content.decode()
    assert objet.nom in page
    assert "Modifier" not in page
    for chemin in ("modifier/", "renommer/", "conventions/", "anciens-noms/"):
        assert client.get(f"{PARTENAIRES}{objet.pk}/{chemin}").status_code == 403
        assert client.post(f"{PARTENAIRES}{objet.pk}/{chemin}", _donnees(objet, nom="Pris")).status_code == 403
    assert client.post(f"{PARTENAIRES}nouveau/", _donnees(objet, nom="Neuf")).status_code == 403
    assert list(Organisme.objects.values_list("nom", flat=True)) == [objet.nom]
    with pytest.raises(Refus):
        services.creer(acces=referent.acces(), nom="Neuf", nom_court="N")


def test_conventions_are_read_by_the_coordination_and_the_organisme(
    coordination: Affectation, referent: Affectation, connecter: Connecter
) -> None:
    voisin = AffectationFactory(territoire=referent.territoire, referent=True)
    adresse = f"{PARTENAIRES}{referent.organisme_id}/conventions/"
    pdf = SimpleUploadedFile(
        "convention.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf"
    )
    donnees = {"genre": "engagement", "signee_le": "2026-01-15", "note": "Signée en séance", "fichier": pdf}
    reponse = connecter(coordination).post(adresse, donnees)
    assert reponse.status_code == 302, reponse.content.decode()[-3000:]
    convention = Convention.objects.get(genre="engagement")
    fichier = f"{adresse}{convention.pk}/"
    for qui, statut in ((coordination, 200), (referent, 200), (voisin, 404)):
        recu = connecter(qui).get(fichier)
        assert recu.status_code == statut
        if statut == 200:
            assert recu.headers["Content-Disposition"].startswith("attachment")
            assert b"".join(recu).startswith(b"%PDF")
        page = connecter(qui).get(f"{PARTENAIRES}{referent.organisme_id}/").content.decode()
        assert ("Signée en séance" in page) is (statut == 200)


def test_what_must_not_be_written_is_refused(coordination: Affectation, connecter: Connecter) -> None:
    objet = OrganismeFactory(territoire=coordination.territoire, convention=False)
    autre = OrganismeFactory(territoire=coordination.territoire)
    client = connecter(coordination)
    adresse = f"{PARTENAIRES}{objet.pk}/conventions/"
    for faux in (
        {"signee_le": "2026-05-01", "valable_jusquau": "2026-04-01"},
        {"signee_le": "pas une date"},
        {"signee_le": "2026-05-01", "fichier": SimpleUploadedFile("c.pdf", b"MZ\x90 un programme")},
    ):
        assert client.post(adresse, {"genre": "convention", **faux}).status_code == 200
    assert not objet.conventions.exists()
    doublon = client.post(f"{PARTENAIRES}{objet.pk}/modifier/", _donnees(objet, nom=autre.nom.upper()))
    assert "porte déjà ce nom" in doublon.content.decode()


def test_an_ending_convention_is_announced_until_another_follows(coordination: Affectation) -> None:
    acces, jour = coordination.acces(), timezone.localdate()
    objet = OrganismeFactory(territoire=coordination.territoire, nom_court="CCI", convention=False)

    def signer(fin: int | None) -> None:
        Convention.objects.create(
            territoire=objet.territoire,
            organisme=objet,
            signee_le=jour - timedelta(days=300),
            valable_jusquau=None if fin is None else jour + timedelta(days=fin),
        )

    OrganismeFactory(territoire=coordination.territoire)  # bound without end: never announced
    assert fins_de_convention(acces) == []
    signer(-10)
    assert "a pris fin" in fins_de_convention(acces)[0].texte
    signer(60)
    (avis,) = fins_de_convention(acces)
    assert "CCI prend fin" in avis.texte
    signer(61)
    assert fins_de_convention(acces) == []


def test_a_partner_is_told_of_its_own_convention_only(referent: Affectation) -> None:
    fin = timezone.localdate() + timedelta(days=5)
    voisin = OrganismeFactory(territoire=referent.territoire, nom_court="VOISIN")
    Convention.objects.update(valable_jusquau=fin)
    textes = [a.texte for a in fins_de_convention(referent.acces())]
    assert len(textes) == 1
    assert voisin.nom_court not in textes[0]


def test_the_coverage_names_the_holes(coordination: Affectation) -> None:
    territoire = coordination.territoire
    figeac, cajarc = CommuneFactory(), CommuneFactory(code_insee="46045", nom="Cajarc")
    territoire.communes.set([figeac, cajarc])
    creation = ThemeFactory(territoire=territoire, nom="Création")
    numerique = ThemeFactory(territoire=territoire, nom="Numérique")
    tenu = AffectationFactory(territoire=territoire, referent=True)
    tenu.organisme.themes.add(creation)
    tenu.organisme.communes.add(figeac)
    vide = OrganismeFactory(territoire=territoire, convention=False)
    vide.themes.add(numerique)

    calcul = calculer(acces=coordination.acces(), territoire=territoire)
    lignes = {ligne.theme.nom: ligne for ligne in calcul.lignes}
    assert lignes["Création"].trous == [cajarc]
    assert (lignes["Création"].couvertes, lignes["Création"].total) == (1, 2)
    assert lignes["Numérique"].trous == [cajarc, figeac]
    assert calcul.trous == 3
    assert (calcul.sans_referent, calcul.sans_convention) == ([vide], [vide])

    AffectationFactory(territoire=territoire, role=Role.REFERENT, organisme=vide)
    ici = calculer(acces=coordination.acces(), territoire=territoire, code_commune="46045")
    assert {ligne.theme.nom: len(ligne.trous) for ligne in ici.lignes} == {"Création": 1, "Numérique": 0}


def test_an_absence_makes_no_hole(coordination: Affectation, referent: Affectation, connecter: Connecter) -> None:
    theme = ThemeFactory(territoire=referent.territoire)
    referent.organisme.themes.add(theme)
    jour = timezone.localdate()
    Absence.objects.create(territoire=referent.territoire, affectation=referent, du=jour, au=jour)
    assert calculer(acces=coordination.acces(), territoire=referent.territoire).trous == 0
    page = connecter(coordination).get(f"{PARTENAIRES}{referent.organisme_id}/").content.decode()
    assert "Absent jusqu’au" in page


def test_pages_cost_the_same_with_one_and_with_many(coordination: Affectation, connecter: Connecter) -> None:
    client = connecter(coordination)
    theme = ThemeFactory(territoire=coordination.territoire)

    def ajouter() -> None:
        AffectationFactory(territoire=coordination.territoire, referent=True).organisme.themes.add(theme)

    def couts() -> list[int]:
        nombres = []
        for chemin in ("", "couverture/"):
            client.get(f"{PARTENAIRES}{chemin}")
            with CaptureQueriesContext(connection) as requetes:
                assert client.get(f"{PARTENAIRES}{chemin}").status_code == 200
            nombres.append(len(requetes))
        return nombres

    ajouter()
    avant = couts()
    ajouter()
    ajouter()
    assert couts() == avant


def test_the_directory_is_searched_filtered_and_exported(coordination: Affectation, connecter: Connecter) -> None:
    for nom, court in (("Chambre de métiers et de l’artisanat", "CMA"), ("Mission locale", "ML")):
        services.creer(acces=coordination.acces(), nom=nom, nom_court=court)
    Convention.objects.create(
        territoire=coordination.territoire, organisme=Organisme.objects.get(nom_court="ML"), signee_le="2020-01-01"
    )
    client = connecter(coordination)
    assert "Mission locale" not in client.get(f"{PARTENAIRES}?q=metiers").content.decode()
    sans = client.get(f"{PARTENAIRES}?convention=non").content.decode()
    assert "Chambre de métiers" in sans
    assert "Mission locale" not in sans
    export = client.get(f"{PARTENAIRES}?export=csv&q=mission")
    assert export.status_code == 200


def test_the_other_territoire_is_never_there(coordination: Affectation, connecter: Connecter) -> None:
    autre = AffectationFactory(territoire=TerritoireFactory(slug="langres", nom="Langres"), role=Role.COORDINATION)
    objet = OrganismeFactory(territoire=coordination.territoire, nom="Organisme de Figeac")
    client = connecter(autre)
    assert client.get(f"/langres/espace/partenaires/{objet.pk}/").status_code == 404
    assert "Organisme de Figeac" not in client.get("/langres/espace/partenaires/").content.decode()
    assert (
        client.post(f"/langres/espace/partenaires/{objet.pk}/modifier/", _donnees(objet, nom="Pris")).status_code == 404
    )
    assert chercher(autre.acces(), "figeac", 5) == []
