"""How a text cites a standard, in the language of the text: "Articles" and names of instruments are not left in English.

Names of instruments and of provisions that have one stand in `reports/data/instruments.csv`; a name that is a heading of our list
("Other UN instruments") is cited by who made the text. French and German are ours and unchecked, like the fixed sentences.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from reports.references import format_adopted, parse_adopted

SOURCE = Path(__file__).resolve().parent / "data" / "instruments.csv"
_PLACES = (
    (re.compile(r"Article (?=\d)"), {"fr": "article ", "de": "Artikel "}),
    (re.compile(r"Paragraph (?=\d)"), {"fr": "paragraphe ", "de": "Absatz "}),
    (re.compile(r"Protocol No\. (?=\d)"), {"fr": "Protocole n° ", "de": "Protokoll Nr. "}),
    (re.compile(r"ETS (?=\d)"), {"fr": "STE ", "de": "SEV "}),
)


def cite(instrument: str, provision: str, language: str) -> str:
    """Instrument and provision as a text in `language` cites them; a name that nobody has translated stays as it is."""
    return ", ".join(part for part in (_named(instrument, language), _placed(provision, language)) if part)


@cache
def _names() -> dict[str, dict[str, str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["instrument"]: row for row in csv.DictReader(file)}


def _named(text: str, language: str) -> str:
    row = _names().get(text)
    return row.get(language) or row["en"] if row else text


def _placed(provision: str, language: str) -> str:
    if provision in _names():
        return _named(provision, language)
    return ", ".join(_part(part, language) for part in provision.split(", "))


def _part(part: str, language: str) -> str:
    if parse_adopted(part).number is not None:
        return format_adopted(part, language)
    for pattern, words in _PLACES:
        part = pattern.sub(words.get(language, r"\g<0>"), part)
    return _named(part, language)
