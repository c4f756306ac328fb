#!/bin/sh
# Make .venv hold exactly what the locks named on the command line pin, then the third-party assets.
# What is already there is not touched, so that a second run needs neither time nor network.
set -eu
cd "$(dirname "$0")/.."

trouver_python() {
    for candidat in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidat" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidat"
            return
        fi
    done
    {
        echo "Il faut Python 3.11 ou plus récent, avec son module venv :"
        echo "  Debian, Ubuntu : sudo apt-get install python3 python3-venv"
        echo "  macOS          : brew install python"
    } >&2
    return 1
}

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$(trouver_python)
    echo "Environnement Python : .venv ($("$python" -c 'import platform; print(platform.python_version())'))"
    rm -rf .venv
    "$python" -m venv .venv
fi

for nom in "$@"; do
    # The stamp is a copy of the lock: a lock whose date alone changed installs nothing.
    if ! cmp -s "requirements/$nom.lock" ".venv/$nom.lock"; then
        echo "Dépendances : requirements/$nom.lock"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$nom.lock"
        cp "requirements/$nom.lock" ".venv/$nom.lock"
    fi
done

.venv/bin/python scripts/actifs.py
