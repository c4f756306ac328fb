from importlib import import_module

from django.apps import AppConfig


class EssaisConfig(AppConfig):
    """Inscribes how the dossier of the proofs is made in a process that they start."""

    name = "tests.documents.essais"
    label = "essais_documents"

    def ready(self) -> None:
        dossier = import_module("tests.documents.essais.dossier")
        import_module("apps.core.registres").fabriques.inscrire(dossier.GENRE, dossier.FABRIQUE)
