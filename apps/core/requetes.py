"""What views of the low apps receive once the middlewares have run (for type hints; acces has its own, richer one)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from .acces import Acces


class Requete(HttpRequest):
    acces: Acces
    territoire: Any
    user: AbstractBaseUser  # type: ignore[assignment]
