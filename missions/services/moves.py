"""Moving a meeting in the programme: it keeps its length; the move can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import Invalid
from missions.models import Meeting
from missions.services.meetings import change_meeting
from missions.services.walltime import instant, is_repeated

STEP_MINUTES = 15
FARTHEST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True)
class Place:
    """Where a meeting stands in the programme: day, wall time, and which of two equal wall times."""

    day: date
    time: time
    fold: int = 0

    @classmethod
    def of(cls, meeting: Meeting) -> Place:
        """Where a meeting stands now."""
        return cls(meeting.start_day, meeting.start_time, meeting.start_fold)


@transaction.atomic
def move_meeting(
    meeting: Meeting, *, by: Actor, day: date, start: time, fold: int | None = None, seen_sequence: int | None = None
) -> Meeting:
    """Let a planned meeting begin at another wall time; it lasts as long as before, also over a change of the clocks.

    Refused like any change: clashes name the other meeting, an hour that the clocks skip is told. An hour that they show
    twice needs `fold`.
    """
    if fold is None and is_repeated(day, start, meeting.zone):
        values = {"time": start.strftime("%H:%M"), "day": day.isoformat(), "zone": meeting.zone}
        sentence = _("The clocks of %(zone)s show %(time)s twice on %(day)s: say which time is meant.")
        raise Invalid(sentence % values, code="repeated_hour", attr="start_fold")
    starts_at = instant(day, start, meeting.zone, fold=fold or 0, attr="start_time")
    end = _wall(starts_at + (meeting.ends_at - meeting.starts_at), meeting.zone)
    return change_meeting(
        meeting,
        by=by,
        seen_sequence=seen_sequence,
        start_day=day,
        start_time=start,
        start_fold=fold or 0,
        end_day=end.day,
        end_time=end.time,
        end_fold=end.fold,
    )


def shift_meeting(meeting: Meeting, *, by: Actor, minutes: int, seen_sequence: int | None = None) -> Meeting:
    """Let a planned meeting begin some minutes earlier (negative) or later, counted on the clock that never jumps."""
    if not minutes or abs(minutes) > FARTHEST_MINUTES:
        raise Invalid(_("A meeting is moved by some minutes, at most by seven days."), attr="minutes")
    to = _wall(meeting.starts_at + timedelta(minutes=minutes), meeting.zone)
    return move_meeting(meeting, by=by, day=to.day, start=to.time, fold=to.fold, seen_sequence=seen_sequence)


def _wall(moment: datetime, zone: str) -> Place:
    local = moment.astimezone(ZoneInfo(zone))
    return Place(local.date(), local.time(), local.fold)
