"""When somebody may be disturbed: nights and weekends where the reader lives. Only what is urgent goes then.

Sources: none; nine in the evening to seven, Saturday and Sunday are the house's own choice (docs/reminders.md).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import clock
from core.enums import Timing

NIGHT_FROM = time(21)
NIGHT_UNTIL = time(7)
LATEST = time(20, 30)  # what would come in the night, and be of no use in the morning, comes in the evening before
AHEAD = timedelta(days=3)  # from Friday morning to Monday morning: how far a reminder may be brought forward
DIGEST_AT = time(9, 30)
SATURDAY = 5


def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; Strasbourg's where there is none of that name."""
    try:
        return ZoneInfo(name or clock.STRASBOURG)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(clock.STRASBOURG)


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of an instant where the reader lives."""
    return at.astimezone(zone_of(zone)).date()


def open_moment(at: datetime, zone: str, timing: str) -> datetime:
    """The first instant at or after `at` (UTC) at which a mail of this timing may reach a reader in `zone`.

    Nights and weekends are those of the wall clock there, whatever summer time does to it.
    """
    return at if timing == Timing.AT_ONCE else _next_open(at, zone, weekends=False)


def _next_open(at: datetime, zone: str, *, weekends: bool) -> datetime:
    place = zone_of(zone)
    local = at.astimezone(place)
    day, clock_time = local.date(), local.time()
    is_moved = False
    if clock_time >= NIGHT_FROM:
        day, is_moved = day + timedelta(days=1), True
    elif clock_time < NIGHT_UNTIL:
        is_moved = True
    while day.weekday() >= SATURDAY and not weekends:
        day, is_moved = day + timedelta(days=1), True
    return datetime.combine(day, NIGHT_UNTIL, place).astimezone(UTC) if is_moved else at


def last_open_moment(at: datetime, zone: str) -> datetime:
    """The last instant at or before `at` (UTC) on a working day by day: Friday at the same hour for a Saturday."""
    place = zone_of(zone)
    local = at.astimezone(place)
    day, clock_time = local.date(), local.time()
    if clock_time < NIGHT_UNTIL:
        day, clock_time = day - timedelta(days=1), LATEST
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    if day == local.date() and clock_time < NIGHT_FROM:
        return at
    return datetime.combine(day, min(clock_time, LATEST), place).astimezone(UTC)


def digest_moment(at: datetime, zone: str) -> datetime:
    """The first half past nine of a working day at or after `at` (UTC) where the reader lives."""
    place = zone_of(zone)
    day = at.astimezone(place).date()
    while day.weekday() >= SATURDAY or datetime.combine(day, DIGEST_AT, place) < at:
        day += timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, place).astimezone(UTC)


def moment_for(at: datetime, zone: str, timing: str, *, expires_at: datetime | None = None) -> datetime:
    """When a reminder due at `at` is to be sent: the open moment of its timing, but never one at which it is of no use any more.

    What nobody knew on Friday and would be too late by Monday goes by day at the weekend; what would be too late then too goes at once.
    """
    wanted = digest_moment(at, zone) if timing == Timing.DIGEST else open_moment(at, zone, timing)
    for moment in (wanted, open_moment(at, zone, timing), _next_open(at, zone, weekends=True)):
        if expires_at is None or moment < expires_at:
            return moment
    return at


def brought_forward(due_at: datetime, zone: str, timing: str, *, expires_at: datetime, now: datetime) -> datetime:
    """When a reminder is really due: earlier than `due_at` where night or weekend would hold it until it is of no use.

    A duty whose day passes before Monday is asked for on Friday. Where that Friday is over, or where it was not known then, due_at stays.
    """
    if timing == Timing.AT_ONCE or due_at <= now or open_moment(due_at, zone, timing) < expires_at:
        return due_at
    early = max(last_open_moment(due_at, zone), now)
    return early if open_moment(early, zone, timing) == early else due_at
