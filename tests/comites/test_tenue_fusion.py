"""Two note-takers on one text: whatever either typed is still there."""

import random

import pytest

from apps.comites.services.fusion import fusionner


@pytest.mark.parametrize(
    ("base", "mien", "leur", "attendu"),
    [
        ("", "abc", "", "abc"),
        ("La CCI juge.", "La CCI juge.", "La CCI juge. La CMA ira.", "La CCI juge. La CMA ira."),
        ("un\ndeux", "un\ndeux\ntrois", "zéro\nun\ndeux", "zéro\nun\ndeux\ntrois"),
        ("Le prix est trop haut.", "Le prix est un peu haut.", "Le prix est trop haut. À voir.", "Le prix est un peu haut. À voir."),
        # Both go on after the same words: each on a line of its own, the former words once.
        ("La CCI juge.", "La CCI juge. Le four.", "La CCI juge. Le prix.", "La CCI juge. Le prix.\nLe four."),
        ("", "La CCI", "La CMA", "La CMA\nLa CCI"),
        # One's own earlier sending, whose answer was lost.
        ("", "La CCI juge le fonds", "La CCI juge", "La CCI juge le fonds"),
        ("un\ndeux", "un\nA\ndeux", "un\nB\ndeux", "un\nB\nA\ndeux"),
    ],
)  # fmt: skip
def test_merge(base: str, mien: str, leur: str, attendu: str) -> None:
    fusion = fusionner(base=base, mien=mien, leur=leur)

    assert fusion.texte == attendu
    assert not fusion.conflit


def test_the_same_words_rewritten_twice_are_both_kept_and_said() -> None:
    fusion = fusionner(base="Le prix est haut.", mien="Le prix est juste.", leur="Le prix est fou.")

    assert fusion.conflit
    assert fusion.texte == "Le prix est fou.\nLe prix est juste."


def test_nothing_changed_elsewhere_is_no_merge() -> None:
    assert not fusionner(base="a", mien="a b", leur="a").fusionnee
    assert not fusionner(base="a", mien="a b", leur="a b").fusionnee


def test_a_very_long_text_is_merged_without_waiting() -> None:
    base = "\n".join(f"ligne {i} " + "mot " * 40 for i in range(1000))
    fusion = fusionner(base=base, mien=f"{base}\nà moi", leur=f"à eux\n{base}")

    assert fusion.texte.startswith("à eux\n") and fusion.texte.endswith("\nà moi")


def test_no_word_that_was_added_is_ever_lost() -> None:
    hasard = random.Random(7)

    def ajouter(texte: str, marque: str) -> str:
        mots = texte.split(" ")
        for _ in range(hasard.randint(0, 3)):
            fin = hasard.choice(["", "\n"])
            mots.insert(hasard.randint(0, len(mots)), f"{marque}{hasard.randint(0, 999)}{fin}")
        return " ".join(mots)

    for _ in range(3000):
        base = " ".join(hasard.choice(["alpha", "beta\n", "gamma", "delta\n"]) for _ in range(hasard.randint(0, 6)))
        mien, leur = ajouter(base, "m"), ajouter(base, "l")
        texte = fusionner(base=base, mien=mien, leur=leur).texte
        assert set(mien.split()) | set(leur.split()) == set(texte.split()), (base, mien, leur, texte)


def test_typing_goes_on_while_the_answer_travels() -> None:
    """Two people type at the end of one line, saved every few words: no word is lost nor written twice."""
    serveur = ""
    postes = {"a": ["", ""], "b": ["", ""]}  # what is on the screen, what it comes from
    for rang in range(30):
        qui = "ab"[rang % 2]
        ecran, base = postes[qui]
        ecran = f"{ecran} {qui}{rang}"
        serveur = fusionner(base=base, mien=ecran, leur=serveur).texte
        postes[qui] = [serveur, serveur]
    assert sorted(serveur.split()) == sorted(f"{'ab'[i % 2]}{i}" for i in range(30))
