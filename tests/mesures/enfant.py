"""The child process: Django is ready before anything of it is imported. DATABASE_URL says which base it works on."""

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    import_module("tests.mesures.base").main(*sys.argv[1:])
