"""What a reader owes, with its day: for the calendar feed of whoever wants it there. Asks the reminder rules, keeps nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.cache import cache

from core import clock, mail_texts
from core.enums import Timing
from core.readers import choices_of
from core.reminder_rules import Due, RuleState, states, subject_of

log = structlog.get_logger(__name__)

AHEAD = timedelta(days=400)
KEPT = 300  # seconds; calendar applications ask by the hour, and one asking serves all of them
CACHE = "core.duties"


@dataclass(frozen=True)
class Duty:
    """One thing to be done. uid: by what calendars know it; until: the instant (UTC) from which it is late; zone: the reader's."""

    uid: str
    title: str
    until: datetime
    since: datetime
    zone: str
    url: str


def duties_of(addresses: Collection[str]) -> list[Duty]:
    """Open duties of a reader by any of these addresses, soonest first; none where the reader does not want them in the calendar.

    Up to five minutes old.
    """
    wanted = {address.lower() for address in addresses if address}
    if any(not choice.by_calendar for choice in choices_of(wanted).values()):
        return []
    found = cache.get(CACHE)
    if found is None:
        found = _all()
        cache.set(CACHE, found, KEPT)
    now = clock.now()
    rows = {duty.uid: duty for address in wanted for duty in found.get(address, []) if duty.until > now}
    return sorted(rows.values(), key=lambda duty: (duty.until, duty.uid))


def _all() -> dict[str, list[Duty]]:
    """Of everybody, by address in lower case: one entry for each rule and object, though it is reminded of several times."""
    found: dict[str, dict[tuple[str, str], Duty]] = {}
    until = clock.now() + AHEAD
    with mail_texts.loaded():
        for state in states().values():
            if not (state.is_active and state.rule.is_duty) or state.timing == Timing.AT_ONCE:
                continue
            try:
                for due in state.rule.pending(until):
                    end = due.deadline or due.expires_at
                    key = (state.rule.code, str(due.object_uuid))
                    if end is not None and key not in found.setdefault(due.recipient.address.lower(), {}):
                        found[due.recipient.address.lower()][key] = _duty(state, due, end)
            except Exception:
                log.exception("duties_failed", rule=state.rule.code)
    return {address: list(rows.values()) for address, rows in found.items()}


def _duty(state: RuleState, due: Due, end: datetime) -> Duty:
    to = due.recipient
    url = settings.SCRUTIN_URL + due.url if due.url.startswith("/") else due.url
    return Duty(f"duty-{state.rule.code}-{due.object_uuid}", subject_of(state.rule, due), end, due.due_at, to.zone, url)
