"""Checks shared by forms, imports and the API."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale
from django.utils.translation import gettext as _

from accounts.enums import LanguageLevel

SEPARATORS = re.compile(r"[,;|/\n]+")
LEVEL_WORDS = {
    **{level.value.lower(): level.value for level in LanguageLevel},
    **dict.fromkeys(
        ("mother tongue", "first language", "langue maternelle", "muttersprache", "erstsprache", "l1"), LanguageLevel.NATIVE.value
    ),
}


BESIDE = {"cnr": ("montenegrin", "monténégrin", "montenegrinisch")}
"""Official languages of member states that the tables of Unicode do not name."""


class NotALanguage(ValueError):
    """A word that is no language with a level; the message is the sentence for the reader."""


def parse_spoken(text: str) -> tuple[list[str], dict[str, str]]:
    """Languages as people write them, `en C1, fr (B2), bg`: their codes in order, and the levels by code where one was said.

    Names in English, French and German are understood. Raises NotALanguage, whose message says which word and what would be right.
    """
    codes: list[str] = []
    levels: dict[str, str] = {}
    for part in SEPARATORS.split(text):
        words = " ".join(re.sub(r"[():=]+", " ", part).split()).casefold()
        if not words:
            continue
        level_word = next((word for word in LEVEL_WORDS if words.endswith(f" {word}")), "")
        name = words.removesuffix(f" {level_word}") if level_word else words
        code = _code_of(name)
        if not code and _code_of(name.partition(" ")[0]):
            sentence = _("“%(word)s” is not a level of a language: write A1, A2, B1, B2, C1, C2 or native, as in “en C1, fr B2”.")
            raise NotALanguage(sentence % {"word": name.partition(" ")[2].upper()})
        if not code:
            raise NotALanguage(_("“%(word)s” is not a language: write a code of two letters, like en, fr, bg.") % {"word": part.strip()})
        if code not in codes:
            codes.append(code)
        if level_word:
            levels[code] = LEVEL_WORDS[level_word]
    return codes, levels


def write_spoken(codes: list[str], levels: dict[str, str]) -> str:
    """Languages as `parse_spoken` reads them: `en C1, fr`."""
    return ", ".join(f"{code} {levels[code]}" if levels.get(code) else code for code in codes)


def _code_of(name: str) -> str:
    is_code = len(name) in {2, 3} and (name in BESIDE or name in Locale("en").languages)
    return name if is_code else _names().get(name, "")


@cache
def _names() -> dict[str, str]:
    """Codes by the name of a language in English, French and German, in lower case; of one language in several scripts the plain code."""
    found = {name: code for code, names in BESIDE.items() for name in names}
    for language in ("en", "fr", "de"):
        for code, name in Locale(language).languages.items():
            if "_" not in code:
                found.setdefault(name.casefold(), code)
    return found
