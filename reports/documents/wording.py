"""The fixed sentences of reports, recommendations and statements, in three languages, in our own words
(`reports/data/wording.csv`).

Not from the interface catalogue: a frozen text must not change with it. English is the original; French and German
are ours and unchecked, so that a published document in them needs a person's yes (DESIGN 3, "Languages of content").
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "data" / "wording.csv"

UNCHECKED_LANGUAGES = frozenset({"fr", "de"})
"""Languages whose fixed sentences nobody has checked yet."""


@cache
def _wording() -> dict[str, dict[str, str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def say(key: str, language: str, **values: object) -> str:
    """A fixed sentence in `language`, with its values. Raises LookupError for a key that is not in the table."""
    entry = _wording()[key]
    text = entry.get(language) or entry["en"]
    return text.format(**values) if values else text


def has_words(key: str) -> bool:
    """Is there a fixed sentence under this key?"""
    return key in _wording()


def section_title(code: str, language: str) -> str:
    """The title of a chapter in `language`."""
    return say(f"section_{code}", language)
