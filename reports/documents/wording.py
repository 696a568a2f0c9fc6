"""The fixed sentences of reports, recommendations and statements, in three languages, in our own words
(`reports/data/wording.csv`); those of a language of a host country as the secretariat translated them (`spoken`).

Not from the interface catalogue: a frozen text must not change with it. English is the original; French and German
are ours and unchecked, so that a published document in them needs a person's yes (DESIGN 3, "Languages of content").
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from core.enums import Language
from missions.models.country import localised

SOURCE = Path(__file__).resolve().parent.parent / "data" / "wording.csv"
COUNTRIES = SOURCE.with_name("countries_in_sentences.csv")
"""Names of member states with their articles; another country stands in brackets in French and German."""

UNCHECKED_LANGUAGES = frozenset({"fr", "de"})
"""Languages whose fixed sentences nobody has checked yet."""


HEAD_OF_MEMBERS = ("appendix_delegation", "col_name", "col_country", "col_role")
ROLES = ("role_head", "role_deputy", "role_rapporteur", "role_observer", "role_expert")
MEMBERS = (*HEAD_OF_MEMBERS, *ROLES)
INSTITUTIONS = ("text_numbers", "text_institution", "text_people", "inst_congress")
EVENT = ("text_what", "text_who", "text_when", "text_where", "text_when_value")
LINES = (
    "announcement",
    "media_advisory",
    "speaking_notes",
    "press_release",
    "embargo_line",
    "text_corrected",
    "check_delivery",
    "text_contact",
)
HOST_SENTENCES = (*LINES, *EVENT, *MEMBERS, *INSTITUTIONS)
"""The sentences that a text in a language of the host country is drawn with."""

ENDS = " \u00a0\u202f.;"
"""What a call may end with before it takes its place in a list."""

_SPOKEN: ContextVar[tuple[str, Mapping[str, str]]] = ContextVar("spoken", default=("", {}))


@contextmanager
def spoken(language: str, sentences: Mapping[str, str]) -> Iterator[None]:
    """Within it, `say` knows these sentences of `language`, a language beside ours."""
    token = _SPOKEN.set((language, sentences))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def tongue(language: str, *keys: str) -> str:
    """The language in which all of these sentences will be said: `language` where it has them, else English."""
    known, sentences = _SPOKEN.get()
    return language if language in Language.values or (known == language and all(sentences.get(key) for key in keys)) else "en"


@cache
def _wording() -> dict[str, dict[str, str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def say(key: str, language: str, **values: object) -> str:
    """A fixed sentence in `language`, with its values. Raises LookupError for a key that is not in the table."""
    entry = _wording()[key]
    known, sentences = _SPOKEN.get()
    text = entry.get(language) or (sentences.get(key) if known == language else "") or entry["en"]
    return text.format(**values) if values else text


def semicolon(language: str) -> str:
    """What stands between the entries of a list: French sets it off."""
    return "\u00a0;" if language == "fr" else ";"


def is_one(n: int, language: str) -> bool:
    """Does the language say this number in the singular? French does for 0 too."""
    return n == 1 or (language == "fr" and n == 0)


def count_of(key: str, n: int, language: str) -> str:
    """A number with what is counted: `count_of("teams", 1, "fr")` is "1 équipe"."""
    return say(f"n_{key}_one" if is_one(n, language) else f"n_{key}", language, n=n)


@cache
def _countries() -> dict[str, dict[str, str]]:
    with COUNTRIES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def name_of(country: Any, language: str) -> str:
    """The country's name in `language`: ours, else the one of CLDR. Kosovo keeps the name that the house has written for it."""
    if language in Language.values or country.code == "XK":
        return localised(country, "name", language)
    try:
        known = Locale.parse(language, sep="-").territories.get(country.code)
    except (UnknownLocaleError, ValueError):
        known = None
    return str(known or localised(country, "name", language))


def the_country(country: Any, language: str) -> str:
    """The name as a sentence says it: in English with its article ("the Netherlands")."""
    row = _countries().get(country.code)
    return row["the_en"] if row and language == "en" else localised(country, "name", language)


def of_country(country: Any, language: str) -> str:
    """The name after "the authorities": "of"-forms in French and German, in brackets where we know none."""
    if language not in {"fr", "de"}:
        return the_country(country, language)
    row = _countries().get(country.code)
    return row[f"of_{language}"] if row else f"({localised(country, 'name', language)})"


def not_translated(original: str, language: str) -> str:
    """The mark before a text that is printed in its original language because nobody has translated it."""
    return say("not_translated", language, original=say(f"lang_{original}", language))


def has_words(key: str) -> bool:
    """Is there a fixed sentence under this key?"""
    return key in _wording()


def section_title(code: str, language: str) -> str:
    """The title of a chapter in `language`."""
    return say(f"section_{code}", language)
