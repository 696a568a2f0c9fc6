"""When somebody may be disturbed: nights and weekends where the reader lives.

Sources: none; nine in the evening to seven, Saturday and Sunday are the house's own choice (docs/reminders.md).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import clock
from core.enums import Timing

NIGHT_FROM = time(21)
NIGHT_UNTIL = time(7)
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
    if timing == Timing.AT_ONCE:
        return at
    place = zone_of(zone)
    local = at.astimezone(place)
    day, clock_time = local.date(), local.time()
    is_moved = False
    if clock_time >= NIGHT_FROM:
        day, is_moved = day + timedelta(days=1), True
    elif clock_time < NIGHT_UNTIL:
        is_moved = True
    if timing != Timing.BY_DAY:
        while day.weekday() >= SATURDAY:
            day, is_moved = day + timedelta(days=1), True
    return datetime.combine(day, NIGHT_UNTIL, place).astimezone(UTC) if is_moved else at


def digest_moment(at: datetime, zone: str) -> datetime:
    """The first half past nine of a working day at or after `at` (UTC) where the reader lives."""
    place = zone_of(zone)
    day = at.astimezone(place).date()
    while day.weekday() >= SATURDAY or datetime.combine(day, DIGEST_AT, place) < at:
        day += timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, place).astimezone(UTC)


def moment_for(at: datetime, zone: str, timing: str, *, expires_at: datetime | None = None) -> datetime:
    """When a reminder due at `at` is to be sent: the open moment of its timing, but never one at which it is of no use any more.

    What would be too late by Monday goes on Saturday; what would be too late by the morning goes at night.
    """
    wanted = digest_moment(at, zone) if timing == Timing.DIGEST else open_moment(at, zone, timing)
    for moment in (wanted, open_moment(at, zone, Timing.BY_DAY)):
        if expires_at is None or moment < expires_at:
            return moment
    return at
