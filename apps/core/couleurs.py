"""A territoire's own colour: is it readable, and the small stylesheet that puts it in place of the greens."""

CONTRASTE_MINIMAL = 4.5  # WCAG 2.2 AA, for text


def _canaux(couleur: str) -> tuple[int, int, int]:
    return int(couleur[1:3], 16), int(couleur[3:5], 16), int(couleur[5:7], 16)


def _melange(couleur: str, autre: str, part: float) -> str:
    """`part` of the colour, the rest of the other one."""
    return "#" + "".join(
        f"{round(a * part + b * (1 - part)):02x}" for a, b in zip(_canaux(couleur), _canaux(autre), strict=True)
    )


def _luminance(couleur: str) -> float:
    lineaires = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in _canaux(couleur)
    ]
    return 0.2126 * lineaires[0] + 0.7152 * lineaires[1] + 0.0722 * lineaires[2]


def contraste(une: str, autre: str) -> float:
    """The WCAG contrast ratio of two colours written #RRGGBB, from 1 to 21."""
    claire, sombre = sorted((_luminance(une), _luminance(autre)), reverse=True)
    return (claire + 0.05) / (sombre + 0.05)


def nuances(couleur: str) -> dict[str, str]:
    """The main colour, its dark one (bar, titles) and its tint (selection)."""
    return {
        "vert": couleur.lower(),
        "vert-fonce": _melange(couleur, "#000000", 0.7),
        "vert-teinte": _melange(couleur, "#ffffff", 0.13),
    }


def est_lisible(couleur: str) -> bool:
    """White on it, it on paper and on its own tint all reach AA. To be checked when a territoire is saved."""
    n = nuances(couleur)
    return all(
        contraste(a, b) >= CONTRASTE_MINIMAL
        for a, b in ((n["vert"], "#ffffff"), (n["vert"], "#fbfaf7"), (n["vert"], n["vert-teinte"]))
    )


def feuille(couleur: str) -> str:
    """The stylesheet served as `feuille_territoire`: no inline style is allowed, so it has an address of its own."""
    regles = "".join(f"--{nom}:{valeur};" for nom, valeur in nuances(couleur).items())
    return f":root{{{regles}}}\n"
