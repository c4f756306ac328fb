"""The essential path with JavaScript turned off: request, triage, two partners, answer, note."""

import re

import pytest

from .gestes import envoyer_demande

pytestmark = pytest.mark.navigateur


def test_essential_path_works_without_javascript(visiter):
    entrepreneur = visiter(scripts=False)
    envoyer_demande(
        entrepreneur, "Josette", "Malirat", projet="Atelier de reliure", commune="Assier",
        theme="Créer mon entreprise", message="Je relie des livres et je voudrais en vivre.",
    )  # fmt: skip
    entrepreneur.suivre(entrepreneur.lien("Suivre ma demande"))

    coordination = visiter("claire.vidal", scripts=False)
    coordination.aller("/figeac/espace/demandes/")
    coordination.suivre(coordination.lien(re.compile("Malirat")).first)
    coordination.suivre(coordination.bouton("Ouvrir la fiche"))
    coordination.suivre(coordination.lien("Orienter vers un partenaire"))
    coordination.cliquer(coordination.page.get_by_role("checkbox", name=re.compile("^CCI du Lot")))
    coordination.suivre(coordination.bouton("Orienter"))
    coordination.voir("sans réponse")

    referent = visiter("bernard.pons", scripts=False)
    referent.aller("/figeac/espace/")
    referent.suivre(referent.bouton(re.compile("Prendre en charge.*(reliure|Malirat)")))
    referent.champ("En une ligne").fill("Premier rendez-vous fixé à mardi.")
    referent.suivre(referent.bouton("Noter", exact=True))
    referent.voir("Premier rendez-vous fixé à mardi.")

    entrepreneur.page.reload()
    entrepreneur.voir("Pons")
