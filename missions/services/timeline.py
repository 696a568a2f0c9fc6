"""A mission on one line of time: states, polling days, visits, deadlines, preparations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from core import clock
from missions.enums import BEFORE_ELECTION_DAY, ENDED, MissionState
from missions.models import Mission

WIDTH = 1000
THINNEST = 7  # what one day is drawn with at least, of WIDTH
MARGIN = timedelta(days=7)


@dataclass(frozen=True)
class Bar:
    """One row. tone: `state`, `polling`, `visit`, `done`, `open`, `late`; moved_from: the computed day of one moved by hand."""

    kind: Any
    label: str
    starts_on: date
    ends_on: date
    tone: str
    state: Any = ""
    moved_from: date | None = None
    note: str = ""
    x: int = 0
    width: int = THINNEST
    from_x: int = 0


@dataclass(frozen=True)
class Timeline:
    """The rows with their places on the scale, and the scale itself."""

    rows: list[Bar]
    first: date
    last: date
    today: date
    today_x: int | None
    marks: list[tuple[int, str]]


def timeline_of(mission: Mission, *, until_polling: bool = False) -> Timeline | None:
    """Everything of the mission that has a day, in its order; None where nothing has one.

    until_polling: only what begins up to a week after the last polling day, so that the weeks before it are told apart.
    """
    today = clock.today(mission.zone)
    rows = [*_states(mission, today), *_polling(mission), *_visits(mission), *_milestones(mission, today), *_preparations(mission, today)]
    polling = [row.day for row in mission.polling_days.all()]
    if until_polling and polling:
        end = max(polling) + MARGIN
        rows = [replace(row, ends_on=min(row.ends_on, end)) for row in rows if row.starts_on <= end]
    if not rows:
        return None
    first = min(min(row.starts_on, row.moved_from or row.starts_on) for row in rows)
    last = max(max(row.ends_on, row.moved_from or row.ends_on) for row in rows)
    span = max((last - first).days + 1, 1)

    def place(day: date) -> int:
        return round((day - first).days * WIDTH / span)

    placed = [
        replace(
            row,
            x=min(place(row.starts_on), WIDTH - THINNEST),
            width=max(place(row.ends_on + timedelta(days=1)) - place(row.starts_on), THINNEST),
            from_x=place(row.moved_from) if row.moved_from else 0,
        )
        for row in sorted(rows, key=lambda row: (row.starts_on, row.ends_on))
    ]
    today_x = place(today) if first <= today <= last else None
    return Timeline(placed, first, last, today, today_x, [(place(day), label) for day, label in _marks(first, last)])


def _states(mission: Mission, today: date) -> list[Bar]:
    """How long the mission stood in each state."""
    zone, rows, since, state = ZoneInfo(mission.zone), [], mission.created_at, MissionState.WATCH
    moves = [row for row in mission.moves.all() if row.from_state != row.to_state]
    if moves:
        state = MissionState(moves[0].from_state)
    for move in moves:
        rows.append(Bar(_("State"), str(state.label), since.astimezone(zone).date(), move.at.astimezone(zone).date(), "state"))
        since, state = move.at, MissionState(move.to_state)
    if state not in ENDED and moves:
        begun = since.astimezone(zone).date()
        rows.append(Bar(_("State"), str(state.label), begun, max(today, begun), "state", state=_("now")))
    return rows


def _polling(mission: Mission) -> list[Bar]:
    return [
        Bar(_("Polling day"), _("repeat vote") if row.is_repeat else _("round %(n)s") % {"n": row.round}, row.day, row.day, "polling")
        for row in mission.polling_days.all()
    ]


def _visits(mission: Mission) -> list[Bar]:
    return [Bar(_("Visit"), row.get_kind_display(), row.starts_on, row.ends_on, "visit", note=row.place) for row in mission.visits.all()]


def _milestones(mission: Mission, today: date) -> list[Bar]:
    rows = []
    for row in mission.milestones.select_related("rule"):
        is_late = row.is_overdue(today) and not mission.has_ended
        day, was = row.effective_on, row.due_on if row.moved_to and row.moved_to != row.due_on else None
        tone = "done" if row.done_at else "late" if is_late else "open"
        rows.append(Bar(_("Deadline"), row.rule.label, day, day, tone, _word(tone), was, row.reason if was else ""))
    return rows


def _preparations(mission: Mission, today: date) -> list[Bar]:
    rows = []
    for row in mission.preparations.listed().filter(due_on__isnull=False).with_people():
        tone = "done" if row.done_at else "late" if row.is_overdue(today) and mission.state in BEFORE_ELECTION_DAY else "open"
        rows.append(Bar(_("Preparation"), row.label, row.due_on, row.due_on, tone, _word(tone), note=str(row.who)))
    return rows


def _word(tone: str) -> str:
    return {"done": _("done"), "late": _("overdue"), "open": _("open")}[tone]


def _marks(first: date, last: date) -> list[tuple[date, str]]:
    """The beginnings of months to draw lines at; only every third one is named where there are many."""
    days, day = [], (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        days.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = 1 if len(days) <= 8 else 3
    return [(day, formats.date_format(day, "M Y") if (day.month - 1) % step == 0 else "") for day in days]
