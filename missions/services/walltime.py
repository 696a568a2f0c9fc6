"""Local wall time, fold and zone are the truth of a meeting or stop; the instant is derived (DESIGN 3, "Times")."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.errors import Invalid


def instant(day: date, wall: time, zone: str, *, fold: int = 0, attr: str = "start_time") -> datetime:
    """The instant in UTC at which the clocks of `zone` show `wall` on `day`; `fold=1` is the second time they do.

    Raises Invalid for an hour that the clocks skip on that day.
    """
    local = datetime.combine(day, wall, ZoneInfo(zone)).replace(fold=fold)
    if not _exists(local):
        values = {"time": wall.strftime("%H:%M"), "day": day.isoformat(), "zone": zone}
        sentence = _("The clocks of %(zone)s never show %(time)s on %(day)s: they are put forward then.")
        raise Invalid(sentence % values, code="skipped_hour", attr=attr)
    return local.astimezone(UTC)


def is_repeated(day: date, wall: time, zone: str) -> bool:
    """Whether the clocks of `zone` show `wall` twice on `day`."""
    local = datetime.combine(day, wall, ZoneInfo(zone))
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset() and _exists(local)


def _exists(local: datetime) -> bool:
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)
