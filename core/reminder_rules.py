"""Reminder rules: what the apps declare, what the administrator changed, and who would get what in the days to come.

The code of a rule decides who is pending; its distances, its timing, its expiry and whether it runs at all are data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock, mail_texts
from core.actors import Actor
from core.enums import Timing, Unit
from core.errors import Invalid
from core.models import Reminder, ReminderSetting
from core.outbox import Letter
from core.quiet import AHEAD, brought_forward, moment_for
from core.rights import authorize

MORNING = time(9)
KEY_LETTERS = 190  # what the key of its mail has room for
EXPIRES_AFTER = timedelta(days=14)
MOST_OFFSETS = 6
LARGEST = {Unit.DAYS: 730, Unit.HOURS: 24 * 30, Unit.MINUTES: 60 * 24}
PREVIEW_DAYS = 30


@dataclass(frozen=True)
class Recipient:
    """Who is reminded, as values: core knows no people."""

    address: str
    name: str = ""
    language: str = "en"
    zone: str = clock.STRASBOURG


@dataclass(frozen=True)
class Due:
    """One occasion on which somebody is to be reminded of something.

    expires_at: from then on the reminder is of no use (empty: so long after it was due as the rule says).
    deadline: from when on what it asks for is late, where that is another moment than expires_at (the calendar shows it).
    series: occasions of one object and recipient in one series replace each other: of several that passed, the last is told.
    """

    object_uuid: Any
    recipient: Recipient
    occurrence: str
    due_at: datetime
    context: dict[str, Any] = field(default_factory=dict)
    mission: str = ""
    url: str = ""
    expires_at: datetime | None = None
    series: str = ""
    deadline: datetime | None = None


@dataclass(frozen=True)
class ReminderRule:
    """A rule: `pending(at)` yields every occasion due at or before `at`; `still_due(reminder)` is asked again at sending.

    `at` may lie ahead: the preview asks for thirty days from now, and is told what would be due were nothing done until then.
    template: a mail template (`<app>/mail/<name>`); its context is the occasion's, with `url`.
    still_due_many: the same question about many rows in a few queries; the keys (pk) of those that still are.
    fill: what the mail says that is made only when it is sent, in the same transaction (a secure link).
    label: what it asks for; anchor: what its distances are counted from, as in "days before the answer is due" (both lazy).
    is_duty: nobody can unsubscribe from it.
    """

    code: str
    pending: Callable[[datetime], Iterable[Due]]
    still_due: Callable[[Reminder], bool]
    template: str
    fill: Callable[[Reminder], dict[str, Any]] | None = None
    label: Any = ""
    anchor: Any = ""
    unit: str = Unit.DAYS
    offsets: tuple[int, ...] = ()
    timing: str = Timing.WORKDAYS
    is_duty: bool = False
    expires_after: timedelta = EXPIRES_AFTER
    still_due_many: Callable[[Sequence[Reminder]], set[int]] | None = None


@dataclass(frozen=True)
class RuleState:
    """A rule as it runs: the declaration with the administrator's changes."""

    rule: ReminderRule
    is_active: bool
    offsets: tuple[int, ...]
    timing: str
    expires_after: timedelta
    is_held: bool
    is_changed: bool = False

    @property
    def label(self) -> str:
        """What it asks for, or its code."""
        return str(self.rule.label) or self.rule.code

    @property
    def unit_label(self) -> str:
        """Days, hours or minutes."""
        return str(Unit(self.rule.unit).label)

    @property
    def timing_label(self) -> str:
        """When it may reach its reader."""
        return str(Timing(self.timing).label)

    @property
    def expires_hours(self) -> int:
        """For how many hours it is of use where the occasion itself says nothing."""
        return int(self.expires_after.total_seconds() // 3600)


@dataclass(frozen=True)
class Planned:
    """One line of the preview: what would be sent, to whom, and when it would leave. subject: filled in by `with_subjects`."""

    state: RuleState
    due: Due
    leaves_at: datetime
    subject: str = ""


rules: dict[str, ReminderRule] = {}
_tried: ContextVar[dict[str, RuleState] | None] = ContextVar("tried_rules", default=None)


def register(*added: ReminderRule) -> None:
    """Add rules. Safe to repeat."""
    rules.update({rule.code: rule for rule in added})


def morning_of(day: date, zone: str) -> datetime:
    """Nine o'clock of that day in `zone` (IANA name): when a day is spoken of."""
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The end of that day in `zone`: from then on a reminder of it is of no use."""
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(zone)).astimezone(UTC)


def key_of(rule: str, due: Due) -> str:
    """What makes a reminder one: rule, object, recipient, occurrence. A long one ends in its hash: the next occasion is another."""
    key = f"{rule}:{due.object_uuid}:{due.recipient.address.lower()}:{due.occurrence}"
    return key if len(key) <= KEY_LETTERS else f"{key[: KEY_LETTERS - 33]}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def states() -> dict[str, RuleState]:
    """Every rule as it runs, by code, in the order of registration."""
    changed = {row.rule: row for row in ReminderSetting.objects.filter(rule__in=rules)}
    found = {code: _state(rule, changed.get(code)) for code, rule in rules.items()}
    return found | {code: state for code, state in (_tried.get() or {}).items() if code in found}


def state_of(code: str) -> RuleState:
    """One rule as it runs. Raises LookupError for a code that nobody registered."""
    if code not in rules:
        raise LookupError(f"No reminder rule is called {code!r}.")
    tried = (_tried.get() or {}).get(code)
    return tried or _state(rules[code], ReminderSetting.objects.filter(rule=code).first())


def offsets_of(code: str) -> tuple[int, ...]:
    """The distances of a rule as they are now, in its unit, largest first. The rule's own code asks this."""
    return state_of(code).offsets


@contextmanager
def trying(state: RuleState) -> Iterator[None]:
    """Let the rules be asked as if this change were saved (in this thread only): the preview."""
    token = _tried.set({**(_tried.get() or {}), state.rule.code: state})
    try:
        yield
    finally:
        _tried.reset(token)


def proposed(code: str, *, is_active: bool, offsets: Sequence[int], timing: str, expires_hours: int, is_held: bool) -> RuleState:
    """The rule with these values, checked. Raises Invalid, which names the field and what would be right."""
    rule = state_of(code).rule
    largest = LARGEST[Unit(rule.unit)]
    wanted = tuple(sorted(set(offsets), reverse=True))
    if rule.offsets and not 1 <= len(wanted) <= MOST_OFFSETS:
        raise Invalid(_("Give one to %(n)s distances, such as “7, 3, 1”.") % {"n": MOST_OFFSETS}, code="offsets", attr="offsets")
    if wanted and (wanted[-1] < 0 or wanted[0] > largest):
        unit = Unit(rule.unit).label
        sentence = _("Distances are whole numbers from 0 to %(largest)s %(unit)s.") % {"largest": largest, "unit": unit}
        raise Invalid(sentence, code="offsets", attr="offsets")
    if timing not in Timing.values:
        raise Invalid(_("Choose one of the timings of the list."), code="timing", attr="timing")
    if not 1 <= expires_hours <= 24 * 365:
        raise Invalid(_("A reminder is of use for 1 to 8760 hours."), code="expires", attr="expires_hours")
    return RuleState(rule, is_active, wanted, timing, timedelta(hours=expires_hours), is_held, True)


@transaction.atomic
def change_rule(state: RuleState, *, by: Actor) -> ReminderSetting:
    """Save what `proposed()` checked. What was sent already is not sent again; what waits is asked again at its sending."""
    authorize(by, "core.change_reminder_rules")
    before = state_of(state.rule.code)
    values = {
        "is_active": state.is_active,
        "offsets": list(state.offsets),
        "timing": state.timing,
        "expires_hours": state.expires_hours,
        "is_held": state.is_held,
    }
    fields = [name for name in values if getattr(before, name) != getattr(state, name)]
    row, _created = ReminderSetting.objects.update_or_create(
        rule=state.rule.code, defaults={**values, "changed_by": str(by), "updated_at": clock.now()}
    )
    audit.record(by, "reminders.rule_changed", row, fields=fields, data={"rule": state.rule.code})
    return row


@transaction.atomic
def reset_rule(code: str, *, by: Actor) -> None:
    """Let the rule be as its app declares it. Safe to repeat."""
    authorize(by, "core.change_reminder_rules")
    row = ReminderSetting.objects.filter(rule=code).first()
    if row is not None:
        audit.record(by, "reminders.rule_reset", row, data={"rule": code})
        row.delete()


def newest(occasions: Iterable[Due], *, by: datetime) -> list[Due]:
    """Of the occasions of one series, those to come and of those that passed by `by` the last: an outage is not told five times."""
    found = list(occasions)
    last: dict[tuple[str, str, str], datetime] = {}
    for due in found:
        if due.due_at <= by:
            group = (str(due.object_uuid), due.recipient.address.lower(), due.series)
            last[group] = max(last.get(group, due.due_at), due.due_at)
    return [
        due for due in found if due.due_at > by or due.due_at == last[(str(due.object_uuid), due.recipient.address.lower(), due.series)]
    ]


def expiry_of(state: RuleState, due: Due) -> datetime:
    """From when on the reminder of this occasion is of no use."""
    return due.expires_at or due.due_at + state.expires_after


def occasions(state: RuleState, *, now: datetime, until: datetime) -> list[Due]:
    """What a rule finds due between the newest that passed by `now` and `until`, each with the moment from which it is of no use.

    Where a weekend or a night would hold one until then, it is due earlier (`core.quiet.brought_forward`).
    """
    seen_until = until if state.timing == Timing.AT_ONCE else until + AHEAD
    found = []
    for due in state.rule.pending(seen_until):
        end = expiry_of(state, due)
        due_at = brought_forward(due.due_at, due.recipient.zone, state.timing, expires_at=end, now=now)
        if due_at <= until:
            found.append(replace(due, due_at=due_at, expires_at=end))
    return newest(found, by=now)


def preview(state: RuleState | None = None, *, days: int = PREVIEW_DAYS, limit: int = 500) -> list[Planned]:
    """Who would get what within the next days if nobody did anything until then, soonest first; at most `limit` lines.

    state: a change that is not saved yet, and then its rule alone. What waits already for its moment is in it, what was sent is not.
    """
    now = clock.now()
    until = now + timedelta(days=days)
    wanted = [state] if state else [one for one in states().values() if one.is_active]
    found: list[Planned] = []
    for one in wanted:
        if not one.is_active:
            continue
        with trying(one):
            found_due = occasions(one, now=now, until=until)
        settled = _settled(one.rule.code)
        for due in found_due:
            if expiry_of(one, due) <= now or key_of(one.rule.code, due) in settled:
                continue
            moment = moment_for(max(due.due_at, now), due.recipient.zone, one.timing, expires_at=due.expires_at)
            if moment <= until:
                found.append(Planned(one, due, moment))
    return sorted(found, key=lambda line: (line.leaves_at, line.due.recipient.address, line.state.rule.code))[:limit]


def with_subjects(lines: Iterable[Planned]) -> list[Planned]:
    """The same with the subject of each mail, in its reader's language."""
    with mail_texts.loaded():
        return [replace(line, subject=subject_of(line.state.rule, line.due)) for line in lines]


def subject_of(rule: ReminderRule, due: Due) -> str:
    """What the mail of an occasion is called, in its reader's language."""
    to = due.recipient
    letter = Letter("", to.address, rule.template, {**due.context, "url": due.url}, to.name, to.language, to.zone)
    return letter.written().subject


def _settled(code: str) -> set[str]:
    rows = Reminder.objects.filter(rule=code).exclude(state="due")
    return set(rows.values_list("key", flat=True))


def _state(rule: ReminderRule, row: ReminderSetting | None) -> RuleState:
    offsets = tuple(sorted(rule.offsets, reverse=True))
    if row is None:
        return RuleState(rule, True, offsets, rule.timing, rule.expires_after, False)
    hours = row.expires_hours or int(rule.expires_after.total_seconds() // 3600)
    kept = tuple(row.offsets) if rule.offsets else offsets
    return RuleState(rule, row.is_active, kept, row.timing, timedelta(hours=hours), row.is_held, True)
