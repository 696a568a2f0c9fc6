"""Codes that look alike: Latin, Greek and Cyrillic letters that the eye does not tell apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_PAIRS = {
    "АΑ": "A", "ВΒ": "B", "СϹ": "C", "ЕΕ": "E", "Ғ": "F", "Ԍ": "G", "НΗ": "H",
    "ІΙӀ": "I", "Ј": "J", "КΚ": "K", "МΜ": "M", "Ν": "N", "ОΟ": "O",
    "РΡ": "P", "Ԛ": "Q", "Ѕ": "S", "ТΤ": "T", "Ԝ": "W", "ХΧ": "X", "УΥҮ": "Y", "Ζ": "Z",
    "аα": "a", "сϲ": "c", "ԁ": "d", "е": "e", "һ": "h", "іι": "i", "ј": "j", "к": "k", "ӏ": "l", "оο": "o", "рρ": "p", "ԛ": "q", "ѕ": "s",
    "ν": "v", "ԝ": "w", "х": "x", "уγ": "y", "З": "3", "б": "6",
}  # fmt: skip
TWINS = str.maketrans({char: latin for chars, latin in _PAIRS.items() for char in chars})
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN")


def skeleton(code: str) -> str:
    """What the eye sees of a code: two codes with one skeleton look alike."""
    plain = unicodedata.normalize("NFKC", code)
    visible = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return visible.translate(TWINS)


def scripts(code: str) -> list[str]:
    """The scripts whose letters a code uses, in words ("Latin", "Cyrillic")."""
    names = {unicodedata.name(char, "").partition(" ")[0] for char in code if char.isalpha()}
    return [script.title() for script in SCRIPTS if script in names]


def nearest(code: str, known: Iterable[str]) -> str:
    """The known code that was most likely meant; empty where none is near."""
    known = list(known)
    same = [name for name in known if skeleton(name) == skeleton(code)]
    folded = [name for name in known if skeleton(name).casefold() == skeleton(code).casefold()]
    return next(iter([*same, *folded, *get_close_matches(code, known, n=1, cutoff=0.75)]), "")
