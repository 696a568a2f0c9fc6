"""What an address asks for: the filters of figures, and which records a list or a download holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from field.behind import Figure, records_behind
from field.counted import Filters
from field.enums import CHECKS, FormStage, ReviewState
from field.figures import newest
from field.models import FlagReview, Observation, SubmissionConflict
from missions.models import Mission, Station

MARKS = {
    "incomplete": "is_incomplete", "unmatched": "is_unmatched", "forced": "is_forced", "clock": "is_clock_odd", "waiting": "is_waiting",
}  # fmt: skip
KEPT = ("area", "setting", "slot", "day", "unit", "code", "value", "figure", "stage")
"""What the form above the records carries along unseen: it came from a figure."""


def filters_of(wanted: Any) -> Filters:
    """Filters from a query string; what is not understood is left out."""
    try:
        day = date.fromisoformat(wanted.get("day", ""))
    except ValueError:
        day = None
    team = wanted.get("team", "")
    return Filters(
        form=wanted.get("form", "")[:20],
        area=wanted.get("area", "")[:200],
        setting=wanted.get("setting", "")[:10],
        slot=wanted.get("slot", "")[:10],
        team=team if len(team) == 36 else "",
        day=day,
        unit="station" if wanted.get("unit") == "station" else "visit",
    )


def figure_of(wanted: Mapping[str, str]) -> Figure:
    """The figure that the records are behind; an empty one where the address names none."""
    stage = wanted.get("stage", "")
    return Figure(
        code=wanted.get("code", "")[:100],
        value=wanted.get("value", "")[:200],
        kind=wanted.get("figure", "")[:10],
        stage=stage if stage in FormStage.values else "",
    )


def records_of(mission: Mission, wanted: Mapping[str, str], *, replaced: bool = False) -> Any:
    """The records that fit: behind a figure, or by form, team, mark, station. `replaced`: with those that a correction replaced."""
    filters, figure, mark = filters_of(wanted), figure_of(wanted), wanted.get("mark", "")
    if figure:
        rows = records_behind(mission, figure, filters)
    else:
        rows = filters.narrow(Observation.objects.for_mission(mission))
        rows = rows if replaced or mark == "replaced" else rows.current()
        rows = rows.filter(pk__in=newest(rows)) if filters.unit == "station" else rows
    if mark in MARKS:
        rows = rows.filter(**{MARKS[mark]: True})
    elif mark == "critical":
        rows = rows.critical()
    elif mark == "checks":
        rows = rows.filter(pk__in=FlagReview.objects.filter(code__in=CHECKS, state=ReviewState.NEW).values("observation"))
    elif mark == "conflicts":
        rows = rows.filter(uuid__in=SubmissionConflict.objects.filter(mission=mission).values("submission"))
    if wanted.get("q"):
        rows = rows.filter(station__in=Station.objects.filter(mission=mission).matching(wanted["q"]))
    return rows
