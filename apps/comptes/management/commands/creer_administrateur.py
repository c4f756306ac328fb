"""The first administrator of an installation; the others are made on screen."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from apps.comptes.models import Utilisateur


class Command(BaseCommand):
    help = "Crée un administrateur de plateforme (comptes et territoires, jamais le contenu des fiches)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("courriel")
        parser.add_argument("--prenom", default="")
        parser.add_argument("--nom", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        courriel = options["courriel"].strip().lower()
        try:
            validate_email(courriel)
        except ValidationError:
            raise CommandError(f"« {courriel} » n’est pas une adresse électronique.") from None
        if Utilisateur.objects.filter(courriel=courriel).exists():
            raise CommandError("Un compte existe déjà avec cette adresse : rendez-le administrateur depuis l’écran.")
        utilisateur = Utilisateur(
            courriel=courriel, prenom=options["prenom"], nom=options["nom"], est_administrateur=True
        )
        mot_de_passe = self._demander()
        try:
            validate_password(mot_de_passe, utilisateur)
        except ValidationError as erreur:
            raise CommandError(" ".join(erreur.messages)) from None
        utilisateur.set_password(mot_de_passe)
        utilisateur.save()
        self.stdout.write(f"{courriel} est administrateur. Le second facteur est demandé à la première connexion.")

    def _demander(self) -> str:
        """Typed twice at a terminal; one line of the standard input otherwise."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        premier = getpass.getpass("Mot de passe : ")
        if getpass.getpass("Encore une fois : ") != premier:
            raise CommandError("Les deux mots de passe diffèrent.")
        return premier
