"""A person in front of a browser: follows links, counts clicks, and looks at each page for what is wrong with it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.outillage.processus import RACINE

AXE = (RACINE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
LANCER_AXE = """async () => {
  const resultat = await axe.run(document, {resultTypes: ["violations"]});
  return resultat.violations.map((v) => `${v.id} : ${v.help} · ${v.nodes.map((n) => n.target.join(" ")).join(" | ")}`);
}"""
FOCUS_VISIBLE = """() => {
  const vu = (e) => { const s = getComputedStyle(e); return s.outlineStyle !== "none" || s.boxShadow !== "none"; };
  const actif = document.activeElement;
  return vu(actif) || vu(actif.closest("label, .choix-option, form, div") || actif);
}"""
# CI looks once with axe at what it visits on two databases.
SANS_AXE = os.environ.get("SANS_AXE") == "1"
# What makes two addresses the same page.
VARIABLES = re.compile(r"[A-Z]+-\d{4}-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[\w-]{43}(?=/)|(?<=/)\d+(?=/)")
# Pages already looked at in this run, by width.
VUES: set[tuple[str, str, int]] = set()


class Visiteur:
    """One browser tab. `clics` counts what a hand does: links, buttons, boxes; typing is free."""

    def __init__(self, contexte: BrowserContext, adresse: str, largeur: int, *, scripts: bool = True) -> None:
        self.contexte, self.adresse, self.largeur, self.scripts = contexte, adresse, largeur, scripts
        self.page: Page = contexte.new_page()
        self.page.set_default_timeout(10_000)
        self.clics = 0
        self.ecrans = 0
        self.ennuis: list[str] = []
        self.toleres: list[str] = []
        self.page.on("console", self._ecouter)
        self.page.on("pageerror", lambda erreur: self.ennuis.append(f"erreur : {erreur}"))

    def _ecouter(self, message: ConsoleMessage) -> None:
        """Errors of the console; a violation of the content policy is one of them."""
        if message.type == "error" and not any(mot in message.text for mot in self.toleres):
            self.ennuis.append(f"{self.page.url} : {message.text}")

    @contextmanager
    def tolerer(self, *mots: str) -> Iterator[None]:
        """A refusal that the test itself provokes is written in the console too."""
        self.toleres += mots
        yield
        del self.toleres[-len(mots) :]

    # --- moving ---

    def aller(self, chemin: str) -> "Visiteur":
        """Type an address."""
        self.page.goto(chemin if chemin.startswith("http") else f"{self.adresse}{chemin}")
        return self.regarder()

    def suivre(self, cible: Locator) -> "Visiteur":
        """One click that leads to another page."""
        self.clics += 1
        self.ecrans += 1
        with self.page.expect_navigation():
            cible.click()
        return self.regarder()

    def cliquer(self, cible: Locator) -> "Visiteur":
        """One click that stays on the page."""
        self.clics += 1
        cible.click()
        return self

    def choisir(self, cible: Locator, valeur: str) -> "Visiteur":
        """A choice in a drop-down list counts as one click."""
        self.clics += 1
        cible.select_option(label=valeur)
        return self

    def lien(self, nom: str | re.Pattern[str], **options: Any) -> Locator:
        """A link of the page itself, menus left out."""
        return self.page.locator("main").get_by_role("link", name=nom, **options)

    def bouton(self, nom: str | re.Pattern[str], **options: Any) -> Locator:
        return self.page.locator("main").get_by_role("button", name=nom, **options)

    def champ(self, nom: str | re.Pattern[str], **options: Any) -> Locator:
        return self.page.get_by_label(nom, **options)

    # --- by keyboard ---

    def atteindre(self, cible: Locator) -> Locator:
        """Press Tab until the focus is there; it must show where it is."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            if cible.evaluate("e => e === document.activeElement"):
                assert self.page.evaluate(FOCUS_VISIBLE), f"focus invisible sur {cible}"
                return cible
        raise AssertionError(f"{cible} n’est pas atteint au clavier")

    def ecrire(self, cible: Locator, texte: str) -> None:
        """Reach a field and type."""
        self.atteindre(cible)
        self.page.keyboard.type(texte)

    def valider(self, cible: Locator, touche: str = "Enter") -> None:
        """Reach a link or a button and press it: another page comes."""
        self.atteindre(cible)
        with self.page.expect_navigation():
            self.page.keyboard.press(touche)
        self.regarder()

    # --- looking ---

    @property
    def titre(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def voir(self, texte: str | re.Pattern[str]) -> "Visiteur":
        """This is written on the page."""
        expect(self.page.locator("body")).to_contain_text(texte)
        return self

    def ne_pas_voir(self, texte: str | re.Pattern[str]) -> "Visiteur":
        expect(self.page.locator("body")).not_to_contain_text(texte)
        return self

    def regarder(self) -> "Visiteur":
        """Nothing in the console, nothing that axe finds, nothing wider than the screen."""
        assert self.ennuis == [], self.ennuis
        if not self.scripts:
            return self
        chemin = VARIABLES.sub("…", self.page.url.removeprefix(self.adresse).split("?")[0])
        cle = (chemin, self.titre, self.largeur)
        if cle in VUES:
            return self
        VUES.add(cle)
        debord = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert debord <= 0, f"{chemin} déborde de {debord} px à {self.largeur} px"
        if SANS_AXE:
            return self
        self.page.evaluate(AXE)
        fautes = self.page.evaluate(LANCER_AXE)
        assert fautes == [], f"{chemin} à {self.largeur} px : {fautes}"
        return self
