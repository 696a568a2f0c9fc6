"""Words of the history data (`observation_missions_history.csv`) in French and German.

The public documents were compiled in English. Their phrases are few: `data/history_phrases.csv` gives each in the two other languages,
and a test fails for one that is missing. A phrase that somebody adds without a translation is shown as it is, marked as English.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

PHRASES = Path(__file__).resolve().parent / "data" / "history_phrases.csv"
# Texts of the Congress are cited with their number; a month stands as "2011-10", a day as "2011-10-25".
TEXTS = {
    "fr": {"Recommendation": "Recommandation", "Resolution": "Résolution"},
    "de": {"Recommendation": "Empfehlung", "Resolution": "Entschließung"},
}
CITED = re.compile(r"^(Recommendation|Resolution) (\d+ \(\d{4}\))$")
BRACKET = re.compile(r"\(([^()]+)\)")
NUMBER = re.compile(r"^[\d\s./–-]*$")


@dataclass(frozen=True)
class Said:
    """A phrase in a language. `language`: the one it is in after all: `en` where no translation is known."""

    text: str
    language: str

    def marked(self, wanted: str) -> str:
        """The text, with the mark `(EN)` where it is not in the language wanted."""
        return self.text if self.language == wanted else f"{self.text} ({self.language.upper()})"


def say(phrase: str, language: str = "") -> Said:
    """A phrase of the history data in `language` (by default the reader's); several cited texts may stand in one."""
    language = (language or get_language() or "en")[:2]
    if language == "en" or NUMBER.match(phrase):
        return Said(phrase, language)
    known = _phrases().get(phrase, {}).get(language)
    if known:
        return Said(known, language)
    brackets = BRACKET.findall(phrase)
    if brackets and NUMBER.match(BRACKET.sub("", phrase)) and all(say(one, language).language == language for one in brackets):
        return Said(BRACKET.sub(lambda one: f"({say(one.group(1), language).text})", phrase), language)
    parts = [_cited(part, language) for part in phrase.split("; ")]
    if all(parts):
        return Said((" ; " if language == "fr" else "; ").join(part for part in parts if part), language)
    return Said(phrase, "en")


def _cited(part: str, language: str) -> str | None:
    found = CITED.match(part)
    return f"{TEXTS[language][found.group(1)]} {found.group(2)}" if found and language in TEXTS else None


@cache
def _phrases() -> dict[str, dict[str, str]]:
    with PHRASES.open(encoding="utf-8", newline="") as file:
        return {row["en"]: {"fr": row["fr"], "de": row["de"]} for row in csv.DictReader(file)}
