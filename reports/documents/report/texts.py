"""Texts of one language for one frozen version, with a list of what is unchecked or missing in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import translations
from core.documents.words import Marked
from core.enums import TextState
from core.models import Translation
from missions.models import Mission
from missions.models.country import localised
from reports.documents.wording import is_ours
from reports.models import AdoptedText
from reports.services.figures import Snapshot, fill_tokens


class Texts:
    """Picks the text in `language`, else the authentic one, and remembers in `unchecked` what nobody has checked.

    A text that is missing is printed in its authentic language and marked with it (`lang`): documents then say that it is
    not translated. Its place is in `missing` too, so that people are told before anything is frozen.
    """

    def __init__(self, language: str, figures: Snapshot) -> None:
        self.language, self.figures = language, figures
        self.unchecked: list[str] = []
        self.missing: list[str] = []
        self.title = ""
        self.words: list[str] = []

    def mission_title(self, mission: Mission) -> str:
        """The mission's title: its own in our languages, in another the one that people wrote beside it."""
        if is_ours(self.language):
            return localised(mission, "title", self.language)
        row = translations.texts(mission, "title").get(self.language)
        where = f"title of {mission.reference}"
        if row is None or not row.text:
            self._miss(where)
            return Marked(mission.title_en, "en")
        if row.state != TextState.CHECKED or row.source_hash != translations.hash_of(mission.title_en):
            self.unchecked.append(where)
        return row.text

    def item(self, owner: Any, rows: Mapping[str, Translation], where: str) -> dict[str, Any]:
        """The owner's text as an item: text, lang where it is not the document's, unchecked, stale."""
        row = rows.get(self.language)
        authentic = rows.get(owner.authentic_language)
        if row is not None and row.text:
            unchecked = row.state != TextState.CHECKED
            if unchecked:
                self.unchecked.append(where)
            return {"text": fill_tokens(row.text, self.figures, self.language), "unchecked": unchecked}
        self._miss(where)
        text = authentic.text if authentic else ""
        return {"text": fill_tokens(text, self.figures, owner.authentic_language), "unchecked": True, "lang": owner.authentic_language}

    def adopted(self, owner: Any, rows: Mapping[str, AdoptedText], where: str) -> dict[str, Any]:
        """The adopted wording, which outranks every draft."""
        row = rows.get(self.language)
        if row is not None:
            if not row.was_checked:
                self.unchecked.append(f"recommendation {where}")
            return {"text": row.text, "unchecked": not row.was_checked, "sha256": row.sha256}
        self._miss(f"recommendation {where}")
        authentic = next(one for one in rows.values() if one.is_authentic)
        return {"text": authentic.text, "unchecked": True, "lang": authentic.language, "sha256": authentic.sha256}

    def without_words(self, missing: list[str]) -> None:
        """These fixed words have no translation: they stand in English, and the language needs a person's yes."""
        self.words = missing
        if missing:
            self.unchecked.append(f"fixed words: {len(missing)}")

    def _miss(self, where: str) -> None:
        self.unchecked.append(where)
        self.missing.append(where)
