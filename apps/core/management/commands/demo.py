"""`manage.py demo`: prepares the base, loads the demonstration set when it is empty, then serves the site."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections, transaction

ADRESSE = "127.0.0.1"
PORTS_ESSAYES = 100
COMPTES = Path("fixtures") / "demonstration" / "comptes.json"
PANGO = """\
Pango est introuvable : tout fonctionne, sauf les documents PDF. Pour l’installer :
  Debian, Ubuntu : sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  macOS          : brew install pango"""


class Command(BaseCommand):
    """Used by `make demo`; refused outside the demonstration settings."""

    help = "Prépare la base, charge les données de démonstration si elle est vide, puis sert le site."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="premier port essayé (8000)")
        parser.add_argument("--recommencer", action="store_true", help="efface la base et les fichiers d’abord")
        parser.add_argument("--sans-servir", action="store_true", help="s’arrête une fois la base prête")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("« demo » n’est permis qu’avec les réglages de démonstration (config.settings.dev).")
        try:
            if options["recommencer"]:
                self.recommencer()
            self.preparer()
            if not options["sans_servir"]:
                self.servir(options["port"])
        except KeyboardInterrupt:
            raise CommandError("Interrompu.", returncode=130) from None

    def recommencer(self) -> None:
        """Forget the base and the files received; the next lines build both again."""
        if connection.vendor == "sqlite":
            base = str(connection.settings_dict["NAME"])
            for suite in ("", "-wal", "-shm", "-journal"):
                Path(base + suite).unlink(missing_ok=True)
        else:
            role = connection.settings_dict["OPTIONS"].pop("assume_role", None)
            with connection.cursor() as curseur:
                curseur.execute("DROP SCHEMA public CASCADE")
                curseur.execute("CREATE SCHEMA public")
            connection.close()
            connection.settings_dict["OPTIONS"]["assume_role"] = role
        fichiers = Path(settings.MEDIA_ROOT)
        if settings.VAR_DIR in fichiers.parents:
            shutil.rmtree(fichiers, ignore_errors=True)
        else:
            self.stdout.write(f"Les fichiers de {fichiers} ne sont pas effacés.")

    def preparer(self) -> None:
        """Bring the base up to date; fill it when it is empty, all or nothing."""
        call_command("migrate", verbosity=0, interactive=False)
        if not apps.get_model("referentiels", "Commune").objects.exists():
            self.stdout.write("Chargement des référentiels…")
            with transaction.atomic():
                call_command("charger_referentiels", verbosity=0)
        if not apps.get_model("territoires", "Territoire").objects.exists():
            self.stdout.write("Chargement des données de démonstration…")
            with transaction.atomic():
                call_command("charger_demonstration", verbosity=0)

    def servir(self, port: int) -> None:
        """Replace this process by the server, so that a signal sent to it stops everything."""
        prise = prendre_port(port)
        obtenu = prise.getsockname()[1]
        adresse = f"http://{ADRESSE}:{obtenu}/"
        if obtenu != port:
            self.stdout.write(f"Le port {port} est pris : le site utilise le port {obtenu}.")
        os.environ.setdefault("SITE_URL", adresse.rstrip("/"))
        os.environ.setdefault("TRAVAILLEUR_INTEGRE", "1")
        os.environ.setdefault("LOG_FORMAT", "texte")
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        if sys.platform == "darwin":
            # Homebrew's libraries are not where the dynamic loader looks; it reads this at the start of a process.
            os.environ.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib:/usr/lib")
        if not pango_present():
            self.stdout.write(self.style.WARNING(PANGO))
        self.annoncer(adresse)
        connections.close_all()
        self.stdout.flush()
        os.chdir(settings.BASE_DIR)
        # No collectstatic here: the absence of its folder is no news.
        python = [sys.executable, "-W", "ignore:No directory at"]
        serveur = ["-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", f"fd://{prise.detach()}"]
        os.execv(sys.executable, [*python, *serveur])

    def annoncer(self, adresse: str) -> None:
        """Say where the site is and who can log in."""
        self.stdout.write(f"\nGuichet TPE, démonstration : {adresse}\n\n")
        fichier = settings.BASE_DIR / COMPTES
        if fichier.exists():
            comptes = json.loads(fichier.read_text(encoding="utf-8"))
            largeur = max((len(compte["courriel"]) for compte in comptes), default=0)
            for compte in comptes:
                self.stdout.write(f"  {compte['courriel']:<{largeur}}  {compte['mot_de_passe']}  {compte['qui']}")
        self.stdout.write("\nCtrl-C pour arrêter.\n")


def prendre_port(premier: int) -> socket.socket:
    """A listening socket on the first free port from `premier` on; the server inherits it, so it stays ours."""
    for port in range(premier, premier + PORTS_ESSAYES):
        prise = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind((ADRESSE, port))
            prise.listen(128)
        except OSError:
            prise.close()
        else:
            prise.set_inheritable(True)
            return prise
    raise CommandError(f"Aucun port libre de {premier} à {premier + PORTS_ESSAYES - 1}.")


def pango_present() -> bool:
    """Whether WeasyPrint finds its libraries; asked in a child process, because the loader's path is read at start."""
    essai = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, check=False)
    return essai.returncode == 0
