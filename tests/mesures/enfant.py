"""The child process: Django is ready before anything of it is imported. DATABASE_URL says which base it works on.

Its first argument is the module of the measure, the others are for it.
"""

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    import_module(f"tests.mesures.{sys.argv[1]}").main(*sys.argv[2:])
