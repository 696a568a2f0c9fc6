"""Business time. Services, rules and tasks ask this module and nothing else (DESIGN 3, "Clock").

Tokens, leases, locks and device clocks use real time: they call `real_now()`, so that moving the demonstration's
clock neither expires nor revives them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError, ProgrammingError

STRASBOURG = "Europe/Paris"


def real_now() -> datetime:
    """The instant of the machine's clock, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The business instant, aware, in UTC; shifted by the demonstration's offset where `SCRUTIN_DEMO=1`."""
    return real_now() + _offset()


def shown(instant: datetime) -> datetime:
    """An instant of real time as the business clock will show it: for what people read beside business times."""
    return instant + _offset()


def today(zone: str = STRASBOURG) -> date:
    """The business day in `zone` (IANA name). Membership rules count days in Europe/Paris (membership-rules, head)."""
    return now().astimezone(ZoneInfo(zone)).date()


def set_demo_now(instant: datetime) -> None:
    """Shift business time of every process so that `now()` is `instant`, or less than a second after it.

    Raises RuntimeError outside a demonstration.
    """
    if not settings.SCRUTIN_DEMO:
        raise RuntimeError("The clock can be moved only where SCRUTIN_DEMO=1.")
    from core.models import ClockOffset  # the model imports this module

    seconds = (instant - real_now()).total_seconds()
    ClockOffset.objects.update_or_create(pk=1, defaults={"seconds": ceil(seconds)})


def clear_demo_now() -> None:
    """Let business time be real time again."""
    from core.models import ClockOffset  # the model imports this module

    ClockOffset.objects.all().delete()


def _offset() -> timedelta:
    if not settings.SCRUTIN_DEMO:
        return timedelta(0)
    from core.models import ClockOffset  # the model imports this module

    try:
        seconds = ClockOffset.objects.filter(pk=1).values_list("seconds", flat=True).first()
    except (OperationalError, ProgrammingError):
        return timedelta(0)  # the very first migration asks for the time before the table is there
    return timedelta(seconds=seconds or 0)
