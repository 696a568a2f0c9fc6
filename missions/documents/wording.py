"""Words that several documents share, in the language that is active."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import format_date
from missions.enums import MissionFormat

# Format, usual size and product (observation-rules A8).
SIZES = {
    MissionFormat.OBSERVATION: gettext_lazy("8 to 32 people, 4 to 12 teams"),
    MissionFormat.ENLARGED: gettext_lazy("up to 57 people, 24 teams"),
    MissionFormat.ASSESSMENT: gettext_lazy("7 to 12 people, 3 to 6 teams"),
    MissionFormat.REMOTE: gettext_lazy("4 members and an expert, no teams"),
    MissionFormat.JOINT: gettext_lazy("15 to 25 people of the Congress"),
    MissionFormat.FACT_FINDING: gettext_lazy("2 or 3 presidents or spokespersons and an expert"),
}
PRODUCTS = {
    MissionFormat.OBSERVATION: gettext_lazy("report with recommendation and explanatory memorandum"),
    MissionFormat.ENLARGED: gettext_lazy("report with recommendation and explanatory memorandum"),
    MissionFormat.ASSESSMENT: gettext_lazy("information report or note, no recommendation"),
    MissionFormat.REMOTE: gettext_lazy("information report to the Bureau"),
    MissionFormat.JOINT: gettext_lazy("joint statement and press conference, and a report of its own"),
    MissionFormat.FACT_FINDING: gettext_lazy("information note"),
}


def day_in(day: date | str | None, language: str, style: str = "long") -> str:
    """A day in words: `24 October 2027`, `24 octobre 2027`, `24. Oktober 2027`; a dash for none."""
    if not day:
        return "–"
    value = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(value, style, locale="en_GB" if language == "en" else language)


def name_in(row: Any, language: str, field: str = "name") -> str:
    """The name of fixed reference data in a language, in English where it has none."""
    return getattr(row, f"{field}_{language}", "") or getattr(row, f"{field}_en")


def yes_no(answer: str) -> str:
    """The answer to a criterion, in words."""
    return {"yes": _("yes"), "no": _("no"), "unknown": _("not known")}.get(answer, "–")
