"""Fixed words and texts in languages of host countries, for tests: every word has its own letters, so that English shows."""

from __future__ import annotations

import re
from typing import Any

from missions.models import Country, Mission
from reports.services import fixed_words, translating

ALPHABETS = {
    "hy": "աբգդեզէըթժիլխծկհձղճմյնշոչպ",
    "ka": "აბგდევზთიკლმნოპჟრსტუფქღყშჩ",
    "bg": "абвгдежзийклмнопрстуфхцчшщ",
    "el": "αβγδεζηθικλμνξοπρστυφχψωάέ",
    "sr": "абвгдђежзијклљмнњопрстћуфх",
    "tr": "ğışçöüğışçöüğışçöüğışçöüğı",
    "ro": "ăâîșțăâîșțăâîșțăâîșțăâîșță",
}
SLOT = re.compile(r"(\{[^{}]*\})")


def spelled(text: str, language: str) -> str:
    """The text letter by letter in the language's alphabet; what stands in braces stays."""
    letters = ALPHABETS[language]

    def one(char: str) -> str:
        place = "abcdefghijklmnopqrstuvwxyz".find(char.lower())
        return letters[place] if place >= 0 else char

    return "".join(part if part.startswith("{") else "".join(map(one, part)) for part in SLOT.split(text))


def speak(country: Country, *languages: str) -> None:
    """Let a country speak these languages."""
    Country.objects.filter(pk=country.pk).update(languages=list(languages))
    country.refresh_from_db()


def translate_words(language: str, by: Any, *, leave: tuple[str, ...] = ()) -> None:
    """Every fixed word that documents in the language need, but those of `leave`."""
    words = {key: spelled(word.english, language) for key, word in fixed_words.needed(language).items() if key not in leave}
    fixed_words.save_words(language, words, by=by)


def translate_texts(mission: Mission, language: str, by: Any, *, checked: bool = True) -> int:
    """Every text that the mission's statement and report print."""
    rows = [row for row in translating.rows(mission, language) if not row.is_fixed]
    given = [
        {"kind": row.kind, "key": row.key, "text": spelled(row.original, language), "checked": checked, "seen": row.seen} for row in rows
    ]
    return translating.save_translations(mission, language, given, by=by)
