"""What a cell of a list says. Each reader takes the text and its column, and raises RowRefused with what may be written there."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from core.lists.choices import labels_of, read_choice
from core.romanisation import folded

DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %B %Y")
Reader = Callable[[str, str], Any]


class RowRefused(Exception):
    """One row cannot be taken: the column that is to blame (empty where none is), and why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def parse_day(text: str) -> date:
    """A day as lists and spreadsheets write it. Raises ValueError."""
    plain = text.removesuffix(" 00:00:00").strip()
    for form in DAYS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(text)


def day_of(text: str, column: str) -> date:
    """A day."""
    try:
        return parse_day(text)
    except ValueError:
        raise RowRefused(column, _("“%(text)s” is not a day; write it like 2026-03-24 or 24.03.2026.") % {"text": text}) from None


def year_of(text: str, column: str) -> int:
    """A year; a spreadsheet may write 2012.0."""
    if not re.fullmatch(r"\d{4}(\.0)?", text):
        raise RowRefused(column, _("“%(text)s” is not a year; write it like 2012.") % {"text": text})
    return int(text[:4])


def choice_of(choices: type[TextChoices], words: Mapping[str, Collection[str]] | None = None) -> Reader:
    """A reader of one of `choices`, in any of our languages. words: what else lists say, folded, by code."""

    def read(text: str, column: str) -> str:
        found = read_choice(text, choices, words)
        if found is None:
            raise RowRefused(column, _("“%(text)s” is none of: %(choices)s.") % {"text": text, "choices": labels_of(choices)})
        return found

    return read


def known_in(rows: Mapping[str, Any], sentence: str) -> Reader:
    """A reader of what is known by a folded name. sentence: the refusal, with `%(text)s`."""

    def read(text: str, column: str) -> Any:
        found = rows.get(folded(text).strip())
        if found is None:
            raise RowRefused(column, sentence % {"text": text})
        return found

    return read


def several(one: Reader, signs: str = ";|\n") -> Reader:
    """A reader of a cell that holds several values, parted by any of `signs`."""

    def read(text: str, column: str) -> list[Any]:
        return [one(part.strip(), column) for part in re.split(f"[{signs}]+", text) if part.strip()]

    return read
