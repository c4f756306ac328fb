"""The house keeps its shape: who may know whom, and what each registry holds."""

import ast
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from apps.core import registres

RACINE = Path(settings.BASE_DIR)
SOURCES = sorted((RACINE / "apps").rglob("*.py"))


def etages() -> dict[str, int]:
    """The layer of each app, the lowest first, as import-linter reads it."""
    contrats = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    couches = next(c["layers"] for c in contrats if c["id"] == "direction")
    return {nom.strip(): rang for rang, couche in enumerate(reversed(couches)) for nom in couche.split("|")}


def test_every_app_has_its_layer() -> None:
    assert {c.label for c in apps.get_app_configs() if c.name.startswith("apps.")} == set(etages())


def test_foreign_keys_point_downwards() -> None:
    """import-linter does not see a key given as a string, nor one to the user model."""
    rangs, fautes = etages(), []
    for modele in apps.get_models(include_auto_created=True):
        for champ in modele._meta.get_fields():
            cible = getattr(champ, "related_model", None)
            if not cible or not champ.concrete or champ.auto_created:
                continue
            de, vers = modele._meta.app_label, cible._meta.app_label
            if de in rangs and vers in rangs and de != vers and rangs[de] <= rangs[vers]:
                fautes.append(f"{modele._meta.label}.{champ.name} -> {cible._meta.label}")
    assert fautes == []


def test_no_import_hides_inside_a_function() -> None:
    fautes = []
    for source in SOURCES:
        arbre = ast.parse(source.read_text(encoding="utf-8"))
        for noeud in ast.walk(arbre):
            if isinstance(noeud, (ast.FunctionDef, ast.AsyncFunctionDef)):
                fautes += [
                    f"{source.relative_to(RACINE)}:{n.lineno}"
                    for n in ast.walk(noeud)
                    if isinstance(n, (ast.Import, ast.ImportFrom))
                ]
    assert fautes == []


def test_apps_send_no_signal_to_each_other() -> None:
    fautes = []
    for source in SOURCES:
        for noeud in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(noeud, ast.ImportFrom) and (noeud.module or "").startswith("django.dispatch"):
                fautes.append(str(source.relative_to(RACINE)))
    assert fautes == []


def test_tenant_models_start_from_the_scope() -> None:
    """A manager of one's own has the verb that says which rows somebody may see. A Partage is itself that scope."""
    fautes = [
        m._meta.label
        for m in apps.get_models()
        if m.__module__.startswith("apps.")
        and any(f.name == "territoire" for f in m._meta.fields)
        and type(m._default_manager).__name__ != "Manager"
        and not hasattr(m._default_manager, "visibles_par")
    ]
    assert set(fautes) <= {"fiches.Partage"}


# What each registry must hold; an app that inscribes something adds it here.
ATTENDUS: dict[str, set[str]] = {
    "navigation": {
        "comites",
        "comites.pilotage",
        "actions",
        "acces.absences",
        "acces.equipe",
        "accueil.accueil",
        "accueil.aide",
        "accueil.chiffres",
        "confidentialite.demandes",
        "confidentialite.registre",
        "courriels.liste",
        "demandes.liste",
        "entreprises",
        "fiches",
        "partenaires.liste",
        "porteurs",
        "reglages",
        "traces",
    },
    "recherches": {"actions", "demandes", "entreprises", "fiches", "partenaires", "personnes", "porteurs"},
    "panneaux_fiche": {"demandes", "comites"},
    "a_traiter": {"actions", "demandes", "fiches", "comites.compte_rendu", "comites.ordre"},
    "compteurs": {"actions", "demandes", "fiches"},
    "a_savoir": {"acces.absences", "confidentialite", "partenaires.conventions"},
    "chiffres": {"comites.presence", "demandes", "fiches"},
    "panneaux_partenaire": {"comites.calendrier", "actions", "fiches", "comites.compte_rendu"},
    "executeurs": {"documents.produire", "entreprises.import"},
    "balayages": {
        "comites.partages",
        "comites.rappels",
        "actions.rappels",
        "acces.saisies",
        "courriels:envoi",
        "courriels:purge",
        "demandes.brouillons",
        "documents_expires",
        "documents_orphelins",
        "documents_parties",
        "entreprises_transmission",
        "relances",
        "traces_anciennes",
        "travaux:purge",
        "travaux:reprise",
    },
    "travaux_en_cours": {"actions.responsable", "fiches.referent", "fiches.responsable", "fiches.technicien"},
    "rattachements": {
        "demandes.entreprise",
        "demandes.lien",
        "demandes.personne",
        "entreprises.fonctions",
        "entreprises.interlocuteurs",
        "fiches.entreprise",
        "fiches.personne",
        "personnes.accords",
        "porteurs.portages",
        "porteurs.projets",
    },
    "panneaux_entreprise": {"fiches", "porteurs"},
    "panneaux_personne": {"entreprises", "fiches", "porteurs"},
    "panneaux_projet": set(),
    "panneaux_coordination": {"comites.calendrier", "actions"},
    "panneaux_suivi": {"actions"},
    "gestes_suivi": {"actions"},
    "a_faire_fiche": {"actions"},
    "adresses_demandeurs": {"demandes"},
    "fabriques": {
        "comites.actions",
        "comites.compte_rendu",
        "comites.convocation",
        "comites.dossier",
        "comites.emargement",
        "comites.releve",
        "fiches.fiche",
    },
    "personnes_modifiees": {"entreprises", "fiches", "porteurs"},
    "representants": {"acces"},
}


@pytest.mark.parametrize("nom", sorted(ATTENDUS))
def test_a_registry_holds_what_is_expected(nom: str) -> None:
    assert set(getattr(registres, nom).cles()) == ATTENDUS[nom]


def test_every_registry_has_its_expected_list() -> None:
    assert {nom for nom, r in vars(registres).items() if isinstance(r, registres.Registre)} == set(ATTENDUS)


def test_balayages_say_how_often() -> None:
    for _nom, (fonction, secondes) in registres.balayages:
        assert callable(fonction) and secondes >= 5
