"""Clocks of phones: how far off, what that does to the day of a record, and when it is marked. Both times are kept as they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from core import clock
from field.services.context import MissionContext

ODD = timedelta(minutes=5)
FAR = timedelta(days=60)
HALF_A_DAY = 12 * 3600
MOST_SECONDS = 2**31 - 1


def moment_of(value: Any) -> datetime | None:
    """A moment as a phone or a form writes it (ISO 8601; without a zone: UTC). None where it is none, or of no year that clocks show."""
    try:
        moment = datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
    if moment is None or not 1970 <= moment.year <= 9998:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def offset_of(sent_at: datetime | None) -> int:
    """Seconds to add to the phone's clock, by the moment at which it says that it sends.

    Device clocks follow real time; in a demonstration a phone may follow its shifted clock instead: the nearer one is meant.
    """
    if sent_at is None:
        return 0
    seconds = min(((now - sent_at).total_seconds() for now in (clock.real_now(), clock.now())), key=abs)
    return max(-MOST_SECONDS - 1, min(MOST_SECONDS, round(seconds)))


def offset_of_header(text: str) -> int:
    """The same from the header `Date`, which OpenRosa asks clients for. 0 where it cannot be read.

    ODK's clients write its hours as a 12-hour clock shows them, without saying which half of the day: the nearer one is meant.
    """
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return 0
    offset = offset_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return min((offset, offset - HALF_A_DAY, offset + HALF_A_DAY), key=abs) if abs(offset) < 2 * HALF_A_DAY else offset


def begun_at(started: datetime | None, offset: timedelta, now: datetime, context: MissionContext, *, is_own: bool) -> datetime:
    """The moment that decides the day of a record: its start by the corrected clock.

    A start years away, by a clock that was set right before sending, says nothing: then it is the day on which it came, unless
    the start lies on a polling day. is_own: made by a phone of ours, not brought from elsewhere (old answers are old).
    """
    if started is None:
        return now
    try:
        begun = started + offset
    except OverflowError:
        return now
    is_far = is_own and abs(begun - now) > FAR and context.day_of(begun) not in context.days
    return now if is_far else begun


def is_odd(started: datetime | None, finished: datetime | None, offset: timedelta, now: datetime, *, is_own: bool) -> bool:
    """Was the clock wrong: off by more than five minutes, a start far away or in the future, an end before its start."""
    if abs(offset) > ODD:
        return True
    if started is None:
        return False
    is_backwards = finished is not None and started - finished > ODD
    return is_own and (is_backwards or started + offset - now > ODD or now - started - offset > FAR)
