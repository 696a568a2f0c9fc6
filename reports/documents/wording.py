"""The fixed sentences of reports, recommendations and statements, in three languages, in our own words
(`reports/data/wording.csv`); those of a language of a host country as the secretariat translated them (`spoken`).

Not from the interface catalogue: a frozen text must not change with it. English is the original; French and German
are ours and unchecked, so that a published document in them needs a person's yes (DESIGN 3, "Languages of content").
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.lists import format_list
from babel.numbers import format_decimal

from core.dates import format_date
from core.documents.words import Marked, lang_of
from core.enums import Language
from core.languages import base, locale_of
from missions.models.country import localised
from reports.references import format_adopted, parse_adopted

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
TEXT_SENTENCES = (*LINES, *EVENT, *MEMBERS, *INSTITUTIONS)
"""The sentences that a text in a language of the host country is drawn with."""

ENDS = " \u00a0\u202f.;"
"""What a call may end with before it takes its place in a list."""

COMPOSED = (
    "suggested_", "text_announcement", "text_invited", "text_size", "text_head", "text_stay", "text_teams", "text_meetings",
    "text_statement", "text_advisory", "text_speaker", "text_speaking", "text_press", "text_and_group",
)  # fmt: skip
"""Beginnings of the sentences that texts are composed with in our three languages alone: in another, people write the whole text."""

QUESTION = "question."

OWN_FORMS = ("zero", "two", "few")
"""Forms of a number that some languages have beside "one" and the rest (CLDR); each has a key of its own: `n_teams_few`."""

_SPOKEN: ContextVar[tuple[str, Mapping[str, str]]] = ContextVar("spoken", default=("", {}))


@contextmanager
def spoken(language: str, sentences: Mapping[str, str]) -> Iterator[None]:
    """Within it, `say` knows these sentences of `language`, a language beside ours."""
    token = _SPOKEN.set((language, sentences))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def speaking(content: Mapping[str, Any], language: str) -> AbstractContextManager[None]:
    """Within it documents in `language` say the sentences that were frozen with `content`, whatever the desk says by now."""
    return spoken(language, (content.get("fixed") or {}).get("sentences", {}))


def own_words(content: Mapping[str, Any]) -> dict[str, str]:
    """The engine's words that were frozen with `content`; empty for our languages."""
    return dict((content.get("fixed") or {}).get("words", {}))


def is_ours(language: str) -> bool:
    """Is it one of the three languages that the house itself speaks?"""
    return language in Language.values


def tongue(language: str, *keys: str) -> str:
    """The language in which all of these sentences will be said: `language` where it has them, else English."""
    known, sentences = _SPOKEN.get()
    return language if is_ours(language) or (known == language and all(sentences.get(key) for key in keys)) else "en"


@cache
def _wording() -> dict[str, dict[str, str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def host_keys() -> list[str]:
    """Every sentence that a document in a language of a host country may say: what is new in the table is among them by itself."""
    return [key for key in _wording() if not key.startswith(COMPOSED)]


def say(key: str, language: str, **values: object) -> str:
    """A fixed sentence in `language`, with its values. Raises LookupError for a key that is not in the table.

    Where a language beside ours lacks it, or one of its values, it is said in English and marked so (`words.Marked`).
    """
    entry = _wording().get(key) or _wording()[_stem(key)]
    if is_ours(language):
        text = entry.get(language) or entry["en"]
        return text.format(**values) if values else text
    known, sentences = _SPOKEN.get()
    own = sentences.get(key) if known == language and not any(isinstance(value, Marked) for value in values.values()) else ""
    text = own or entry["en"]
    said = text.format(**values) if values else text
    return said if own else Marked(said, "en")


def named(key: str, row: Any, field: str, language: str) -> str:
    """A name of the reference data (a group, a topic) in `language`: ours are in the row, others among the fixed words under `key`."""
    if is_ours(language):
        return localised(row, field, language)
    known, sentences = _SPOKEN.get()
    english = localised(row, field, "en")
    return (sentences.get(key) if known == language else "") or (Marked(english, "en") if english else "")


def question_key(label: str) -> str:
    """Under what the label of a form's question is kept: by its English words, so that forms which ask the same share it."""
    return f"{QUESTION}{hashlib.sha256(label.encode()).hexdigest()[:16]}"


def question(label: str, language: str) -> str:
    """The label of a form's question in a language that the form does not have; in English and marked where nobody has translated it."""
    known, sentences = _SPOKEN.get()
    return (sentences.get(question_key(label)) if known == language else "") or Marked(label, "en")


def marks(name: str, text: str) -> dict[str, str]:
    """`{name: "en"}` where a text stands in English in a document of another language, for what is frozen as data; else nothing."""
    return {name: lang_of(text)} if lang_of(text) else {}


def marked_again(text: str, lang: str | None) -> str:
    """A text that was frozen as data, with the mark that was frozen beside it."""
    return Marked(text, lang) if lang else text


def semicolon(language: str) -> str:
    """What stands between the entries of a list: French sets it off."""
    return "\u00a0;" if language == "fr" else ";"


def is_one(n: int, language: str) -> bool:
    """Does the language say this number in the singular? French does for 0 too."""
    return n == 1 or (language == "fr" and n == 0)


def form_of(key: str, n: int, language: str) -> str:
    """The key of the form that the language uses for this number: `form_of("n_teams", 3, "sr")` is "n_teams_few" (CLDR's rules)."""
    if is_ours(language):
        return f"{key}_one" if is_one(n, language) else key
    category = locale_of(language).plural_form(n)
    return f"{key}_{category}" if category in {"one", *OWN_FORMS} else key


def forms(key: str, language: str) -> list[str]:
    """Every form of a counted sentence that whole numbers need in the language."""
    found = dict.fromkeys(form_of(key, n, language) for n in range(201))
    return [one for one in (f"{key}_one", *(f"{key}_{name}" for name in OWN_FORMS), key) if one in found]


def is_counted(key: str) -> bool:
    """Has the sentence forms for numbers?"""
    return f"{key}_one" in _wording()


def _stem(key: str) -> str:
    """The counted sentence that a form of ours does not know: `n_teams` of `n_teams_few`."""
    stem, _joint, form = key.rpartition("_")
    return stem if form in OWN_FORMS else key


def count_of(key: str, n: int, language: str) -> str:
    """A number with what is counted: `count_of("teams", 1, "fr")` is "1 équipe"."""
    return say(form_of(f"n_{key}", n, language), language, n=n)


def day_text(day: date | None, language: str) -> str:
    """A day written out in `language`; empty without one."""
    if day is None:
        return ""
    if is_ours(language):
        return format_date(day, "d. MMMM y" if language == "de" else "d MMMM y", locale=language)
    return format_date(day, "long", locale=locale_of(language))


def list_of(parts: list[str], language: str) -> str:
    """The parts as the language lists them: "A, B և C"."""
    return format_list(parts, locale=locale_of(language))


def share_in(share: float, language: str) -> str:
    """A share in per cent with the sign where the language sets it: "12.5 %", "%12,5"."""
    number = format_decimal(share, format="0.#", locale=locale_of(language))
    if is_ours(language):
        return f"{number} %"
    return str(locale_of(language).percent_formats[None].pattern).replace("#,##0", number)


@cache
def _countries() -> dict[str, dict[str, str]]:
    with COUNTRIES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def name_of(country: Any, language: str) -> str:
    """The country's name in `language`: ours, else the one of CLDR. Kosovo keeps the name that the house has written for it."""
    if is_ours(language):
        return localised(country, "name", language)
    known = None if country.code == "XK" else locale_of(language).territories.get(country.code)
    return str(known) if known and locale_of(language).language == base(language) else Marked(localised(country, "name", "en"), "en")


def the_country(country: Any, language: str) -> str:
    """The name as a sentence says it: in English with its article ("the Netherlands")."""
    if not is_ours(language):
        return name_of(country, language)
    row = _countries().get(country.code)
    return row["the_en"] if row and language == "en" else localised(country, "name", language)


def of_country(country: Any, language: str) -> str:
    """The name after "the authorities": "of"-forms in French, German and, where it was translated, the country's own language; in
    brackets where we know none."""
    if language == "en":
        return the_country(country, language)
    if not is_ours(language):
        known, sentences = _SPOKEN.get()
        own = sentences.get(f"country_of.{country.code}") if known == language else ""
        return own or name_of(country, language)
    row = _countries().get(country.code)
    return row[f"of_{language}"] if row else f"({localised(country, 'name', language)})"


def adopted_number(text: str, language: str) -> str:
    """The number of an adopted text in `language`: "Recommandation 620 (2027)"; an unknown pattern as it was typed."""
    parsed = parse_adopted(text)
    if is_ours(language) or parsed.number is None or parsed.kind not in {"recommendation", "resolution"}:
        return format_adopted(text, language)
    label = say(f"adopted_{parsed.kind}", language)
    number = f"{label} {parsed.number} ({parsed.year}){f' {parsed.revision}' if parsed.revision else ''}"
    return marked_again(number, lang_of(label))


def not_translated(original: str, language: str) -> str:
    """The mark before a text that is printed in its original language because nobody has translated it."""
    return say("not_translated", language, original=say(f"lang_{original}", language))


def has_words(key: str) -> bool:
    """Is there a fixed sentence under this key?"""
    return key in _wording()


def section_title(code: str, language: str) -> str:
    """The title of a chapter in `language`."""
    return say(f"section_{code}", language)
