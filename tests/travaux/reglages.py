"""Settings of the processes that the tests of jobs start: those of development, with the executors of the tests."""

from config.settings.dev import *  # noqa: F403
from config.settings.dev import INSTALLED_APPS

INSTALLED_APPS += ["tests.travaux.essais"]
