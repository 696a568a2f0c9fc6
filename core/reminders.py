"""Reminders: rules say who is pending, a sweep makes one row per occasion and sends it once.

Each app's `reminders.py` registers its rules in `AppConfig.ready()`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from core import clock
from core.enums import ReminderState
from core.models import Reminder
from core.outbox import queue_mail

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
KEY_LETTERS = 190  # what the key of its mail has room for


@dataclass(frozen=True)
class Recipient:
    """Who is reminded, as values: core knows no people."""

    address: str
    name: str = ""
    language: str = "en"
    zone: str = clock.STRASBOURG


@dataclass(frozen=True)
class Due:
    """One occasion on which somebody is to be reminded of something."""

    object_uuid: Any
    recipient: Recipient
    occurrence: str
    due_at: datetime
    context: dict[str, Any] = field(default_factory=dict)
    mission: str = ""
    url: str = ""


@dataclass(frozen=True)
class ReminderRule:
    """A rule: `pending(at)` yields every occasion due at or before `at`; `still_due(reminder)` is asked again at sending.

    template: a mail template (`<app>/mail/<name>`); its context is the occasion's, with `url`.
    fill: what the mail says that is made only when it is sent, in the same transaction (a secure link).
    """

    code: str
    pending: Callable[[datetime], Iterable[Due]]
    still_due: Callable[[Reminder], bool]
    template: str
    urgent: bool = False
    fill: Callable[[Reminder], dict[str, Any]] | None = None


rules: dict[str, ReminderRule] = {}


def register(rule: ReminderRule) -> None:
    """Add a rule. Safe to repeat."""
    rules[rule.code] = rule


def key_of(rule: str, due: Due) -> str:
    """What makes a reminder one: rule, object, recipient, occurrence. A long one ends in its hash: the next occasion is another."""
    key = f"{rule}:{due.object_uuid}:{due.recipient.address.lower()}:{due.occurrence}"
    return key if len(key) <= KEY_LETTERS else f"{key[: KEY_LETTERS - 33]}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def sweep_reminders(*, limit: int = 5000) -> int:
    """Make rows for what is pending, then send what is due. Returns how many were sent. Safe to run twice at once."""
    at = clock.now()
    for rule in list(rules.values()):
        try:
            _collect(rule, at)
        except Exception:
            log.exception("reminder_rule_failed", rule=rule.code)
    keys = Reminder.objects.filter(_claimable(at)).values_list("pk", flat=True)[:limit]
    return sum(_settle_safely(pk) for pk in list(keys))


def _settle_safely(pk: int) -> bool:
    """One reminder that cannot be written holds up no other; when its lease ends it is tried again."""
    try:
        return settle(pk)
    except Exception:
        log.exception("reminder_failed", reminder=pk)
        return False


def settle(pk: int) -> bool:
    """Claim one reminder, ask again whether it is needed, put its mail into the outbox. True where a mail was queued."""
    at, real = clock.now(), clock.real_now()
    if not Reminder.objects.filter(_claimable(at), pk=pk).update(lease_until=real + LEASE):
        return False
    reminder = Reminder.objects.get(pk=pk)
    rule = rules.get(reminder.rule)
    if rule is None or not rule.still_due(reminder):
        Reminder.objects.filter(pk=pk).update(state=ReminderState.DROPPED, settled_at=at, lease_until=None)
        return False
    with transaction.atomic():
        mail = queue_mail(
            key=f"reminder:{reminder.key}"[:200],
            address=reminder.address,
            name=reminder.name,
            language=reminder.language,
            zone=reminder.zone,
            template=rule.template,
            context={**reminder.context, **(rule.fill(reminder) if rule.fill else {})},
            mission=reminder.mission,
            urgent=rule.urgent,
        )
        Reminder.objects.filter(pk=pk).update(state=ReminderState.SENT, mail=mail, settled_at=at, lease_until=None)
    return True


def _claimable(at: datetime) -> Q:
    return Q(state=ReminderState.DUE, due_at__lte=at) & (Q(lease_until=None) | Q(lease_until__lt=clock.real_now()))


def _collect(rule: ReminderRule, at: datetime) -> None:
    """Make rows for the occasions of `rule` that have none yet."""
    found = {key_of(rule.code, due): due for due in rule.pending(at)}
    known = (
        set(Reminder.objects.filter(rule=rule.code, key__in=list(found)).values_list("key", flat=True))
        if len(found) < 900
        else set(Reminder.objects.filter(rule=rule.code).values_list("key", flat=True))
    )
    rows = [
        Reminder(
            key=key,
            rule=rule.code,
            object_id=str(due.object_uuid),
            address=due.recipient.address,
            name=due.recipient.name,
            language=due.recipient.language,
            zone=due.recipient.zone,
            occurrence=due.occurrence,
            context={**due.context, "url": due.url},
            mission=due.mission,
            due_at=due.due_at,
        )
        for key, due in found.items()
        if key not in known
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
