"""What people do in several tests, by the words that they read on the page."""

import re

from apps.core.texte import normaliser

from .visiteur import Visiteur


def remplir_vous(v: Visiteur, prenom: str, nom: str, courriel: str) -> None:
    """The first step of the public form."""
    v.champ(re.compile("^Prénom")).fill(prenom)
    v.champ(re.compile("^Nom")).fill(nom)
    v.champ(re.compile("^Courriel")).fill(courriel)


def remplir_projet(v: Visiteur, projet: str, commune: str) -> None:
    """The second step, of somebody without a company."""
    v.cliquer(v.champ("J’ai un projet"))
    v.champ(re.compile("^Votre activité ou votre projet")).fill(projet)
    v.champ(re.compile("^Commune")).fill(commune)


def remplir_besoin(v: Visiteur, theme: str, message: str) -> None:
    """The third step, with an accord for all partners."""
    v.cliquer(v.champ(theme))
    v.champ(re.compile("^Votre besoin")).fill(message)
    v.cliquer(v.page.locator("#id_partage input").first)


def envoyer_demande(v: Visiteur, prenom: str, nom: str, *, projet: str, commune: str, theme: str, message: str) -> None:
    """From the public page to the confirmation: three screens."""
    v.aller("/figeac/")
    v.suivre(v.lien("Demander un accompagnement").first)
    remplir_vous(v, prenom, nom, f"{normaliser(prenom)}.{normaliser(nom)}@example.org")
    v.suivre(v.bouton("Continuer"))
    remplir_projet(v, projet, commune)
    v.suivre(v.bouton("Continuer"))
    remplir_besoin(v, theme, message)
    v.suivre(v.bouton("Envoyer ma demande"))


def se_connecter(v: Visiteur, courriel: str, mot_de_passe: str, *, suite: str = "/") -> None:
    """By the login page."""
    v.aller(f"/compte/connexion/?next={suite}")
    remplir_connexion(v, courriel, mot_de_passe)


def remplir_connexion(v: Visiteur, courriel: str, mot_de_passe: str) -> None:
    """The login page, once it is there."""
    v.champ("Adresse électronique").fill(f"{courriel}@example.org")
    v.champ("Mot de passe", exact=True).fill(mot_de_passe)
    v.suivre(v.bouton("Se connecter"))


def par_le_menu(v: Visiteur, nom: str) -> None:
    """An entry of the navigation, behind « Menu » on a phone."""
    menu = v.page.get_by_role("button", name="Menu")
    if menu.is_visible():
        v.cliquer(menu)
    v.suivre(v.page.get_by_role("navigation").get_by_role("link", name=nom, exact=True).locator("visible=true").first)
