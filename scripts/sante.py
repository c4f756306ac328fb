#!/usr/bin/env python
"""Health checks run inside a container; exit status 0 or 1. Uses the standard library alone.

sante.py web /pret               the local site answers 200 at that address
sante.py planificateur FICHIER   the scheduler wrote its state less than ten minutes ago
"""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

DELAI = 5
AGE_MAX = 600


def web(chemin: str) -> bool:
    """Ask the local site, by a name that it accepts."""
    port = os.environ.get("WEB_ADRESSE", "127.0.0.1:8000").rpartition(":")[2]
    hote = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip().lstrip(".")
    demande = urllib.request.Request(f"http://127.0.0.1:{port}{chemin}", headers={"Host": hote})
    try:
        with urllib.request.urlopen(demande, timeout=DELAI) as reponse:
            return reponse.status == 200
    except (urllib.error.URLError, TimeoutError):
        return False


def planificateur(fichier: str) -> bool:
    """Celery's scheduler saves its state every three minutes; the suffix depends on the system's dbm."""
    etat = Path(fichier)
    dates = [f.stat().st_mtime for f in etat.parent.glob(f"{etat.name}*")]
    return bool(dates) and time.time() - max(dates) < AGE_MAX


def main() -> int:
    verifications = {"web": web, "planificateur": planificateur}
    if len(sys.argv) != 3 or sys.argv[1] not in verifications:
        sys.exit(__doc__)
    return 0 if verifications[sys.argv[1]](sys.argv[2]) else 1


if __name__ == "__main__":
    sys.exit(main())
