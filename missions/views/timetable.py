"""What the programme's page shows of each meeting, and the move that its reader may take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import formats

from core.errors import Invalid
from missions.enums import MeetingState
from missions.models import Meeting, Mission
from missions.services.releases import held_uuids
from missions.services.walltime import instant

KEPT = "programme_move"
SEARCHED = ("title", "place", "room", "track")


def rows_of(mission: Mission, content: dict[str, Any], query: Mapping[str, str], *, person: Any, may_change: bool) -> list[dict[str, Any]]:
    """The meetings of a draft or version, narrowed by `q`, `track` and `mine`, with the reader's own times."""
    held, zone = set() if may_change else held_uuids(mission), other_zone(person, mission)
    words, track = query.get("q", "").casefold().split(), query.get("track", "")
    mine = str(person.uuid) if person and query.get("mine") else ""
    found = []
    for row in content["meetings"]:
        text = " ".join([*(row[name] for name in SEARCHED), *row["organisations"]]).casefold()
        if not all(word in text for word in words) or (track and row["track"] != track):
            continue
        if mine and not (row["everyone"] or mine in row["people"]):
            continue
        state = MeetingState.HELD.value if row["uuid"] in held else row["state"]
        found.append({**row, "state": state, "own": _own_times(row, zone), "is_movable": may_change and state == MeetingState.PLANNED})
    return found


def by_day(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The meetings of each day."""
    return [(day, list(found)) for day, found in groupby(rows, key=lambda row: row["start_day"])]


def other_zone(person: Any, mission: Mission) -> str:
    """The reader's zone where it is another one than the mission's, else nothing."""
    zone = getattr(person, "zone", "") or ""
    try:
        return zone if zone and zone != mission.zone and ZoneInfo(zone) else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def own_times_of(meeting: Meeting, person: Any) -> str:
    """A meeting's times where the reader's clocks differ, else nothing."""
    zone = other_zone(person, meeting.mission)
    return _words(meeting.starts_at, meeting.ends_at, meeting.start_day, meeting.zone, zone) if zone else ""


def last_move(request: HttpRequest, mission: Mission, sequences: Mapping[str, int]) -> dict[str, Any] | None:
    """The move that the reader may take back: their last one, if nobody changed that meeting since."""
    kept = request.session.get(KEPT) or {}
    if kept.get("mission") != mission.reference or sequences.get(kept.get("meeting", "")) != kept.get("sequence"):
        return None
    return kept


def _own_times(row: dict[str, Any], zone: str) -> str:
    if not zone:
        return ""
    day, start, end_day, end = _day(row["start_day"]), _time(row["start_time"]), _day(row["end_day"]), _time(row["end_time"])
    try:
        starts_at = instant(day, start, row["zone"], fold=row["start_fold"])
        ends_at = instant(end_day, end, row["zone"], fold=row["end_fold"])
    except Invalid:  # new zone data put the clocks forward over it
        return ""
    return _words(starts_at, ends_at, day, row["zone"], zone)


def _words(starts_at: datetime, ends_at: datetime, day: date, zone: str, own_zone: str) -> str:
    start, end = starts_at.astimezone(ZoneInfo(own_zone)), ends_at.astimezone(ZoneInfo(own_zone))
    if start.utcoffset() == starts_at.astimezone(ZoneInfo(zone)).utcoffset():
        return ""
    words = f"{start:%H:%M}–{end:%H:%M}"
    return words if start.date() == day else f"{formats.date_format(start.date(), 'SHORT_DATE_FORMAT')} {words}"


def _day(value: str) -> date:
    return date.fromisoformat(value)


def _time(value: str) -> time:
    return time.fromisoformat(value)
