"""Days in words as the house prints them: the one place for what Django and Babel leave out.

French calls the first of a month "1er": "1er novembre 2027", not "1 novembre 2027". Neither library says so. German sets a point behind
the day ("1. November 2027"), also where a format of ours has none, and French writes months small ("20 fév 2027"). `HouseDateFormat`
takes the place of Django's own formatter when the app starts (`core/apps.py`), so that every page, sentence and mail has it, whoever
prints the day: a filter of our own would have to be remembered in each template. Documents print by `format_date`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from babel.dates import format_date as babel_date
from django.utils import dateformat
from django.utils.translation import get_language

# The day of the month before the name of a month, in a format of Django's.
DAY_AND_MONTH = re.compile(r"(?<!\\)j(?=[ \u00a0][FMNEb])")
FRENCH_FIRST = re.compile(r"(?<!\d)1(?=[ \u00a0][^\W\d_])")


class HouseDateFormat(dateformat.DateFormat):
    """Django's formatter, with the French "1er" and the German point before the name of a month. A number alone stays a number."""

    def format(self, formatstr: str) -> str:
        """The day as the format says."""
        language = (get_language() or "")[:2]
        if isinstance(self.data, date) and self.data.day == 1 and language == "fr":
            formatstr = DAY_AND_MONTH.sub(r"j\\e\\r", formatstr)
        elif language == "de":
            formatstr = DAY_AND_MONTH.sub("j.", formatstr)
        return super().format(formatstr)

    def M(self) -> str:
        """The short month; Django writes it with a capital in every language."""
        said = str(super().M())
        return said.lower() if (get_language() or "").startswith("fr") else said


def install() -> None:
    """Let Django print days by `HouseDateFormat`. Safe to repeat."""
    dateformat.DateFormat = HouseDateFormat  # type: ignore[misc]


def format_date(day: date, format: Any = "medium", locale: Any = None) -> str:
    """A day by Babel's formats (`long`: "24 octobre 2027"), in French with "1er"; called like Babel's own."""
    said = babel_date(day, format, locale=locale)
    return FRENCH_FIRST.sub("1er", said, count=1) if day.day == 1 and str(locale or "").startswith("fr") else said
