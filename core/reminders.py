"""Reminders: rules say who is pending, a sweep makes one row per occasion and sends it once (docs/reminders.md).

Each app's `reminders.py` registers its rules in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from core import clock, mail_texts
from core.bulk import insert_missing
from core.digests import TEMPLATE as DIGEST
from core.digests import digest_context
from core.enums import ReminderState, Timing
from core.models import OutboxMail, Reminder
from core.outbox import Letter, queue_letter, queue_letters, queue_mail
from core.push import services as push
from core.quiet import digest_moment, local_day, moment_for
from core.readers import choices_of, unsubscribe_url, wants_mail, wants_push
from core.reminder_rules import (
    Due,
    Recipient,
    ReminderRule,
    RuleState,
    end_of,
    expiry_of,
    key_of,
    morning_of,
    occasions,
    offsets_of,
    register,
    rules,
    states,
)

__all__ = ["Due", "Recipient", "ReminderRule", "end_of", "key_of", "morning_of", "offsets_of", "register", "rules", "sweep_reminders"]

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
BATCH = 500
INSERTED = 5_000


def sweep_reminders(*, limit: int = 100_000) -> int:
    """Make rows for what is pending, then send what is due. Returns how many were sent. Safe to run twice at once."""
    at = clock.now()
    known = states()
    for state in known.values():
        if not state.is_active:
            continue
        try:
            _collect(state, at)
        except Exception:
            log.exception("reminder_rule_failed", rule=state.rule.code)
    sent = 0
    for _round in range(0, limit, BATCH):
        keys = list(Reminder.objects.filter(_claimable(at)).order_by("due_at", "id").values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        sent += settle(keys, known)
    return sent


def settle(keys: Sequence[int], known: dict[str, RuleState]) -> int:
    """Claim these rows, ask each again whether it is needed, put the mails into the outbox. Returns how many reminders were told.

    What cannot be written holds up no other; when its lease ends it is tried again.
    """
    at, claim = clock.now(), uuid4()
    if not Reminder.objects.filter(_claimable(at), pk__in=keys).update(lease_until=clock.real_now() + LEASE, claim=claim):
        return 0
    together, alone, digests = [], [], []
    rows = list(Reminder.objects.filter(pk__in=keys, claim=claim).order_by("due_at", "id"))
    choices = choices_of({row.address for row in rows})
    for row in _still_due(rows, known):
        state = known[row.rule]
        if not _is_open_now(row, state, at):
            continue
        choice = choices.get(row.address.lower())
        row.by_mail, row.by_push = wants_mail(choice, state.rule), wants_push(choice, state)
        if state.timing == Timing.DIGEST and row.by_mail:
            digests.append(row)
        elif row.by_push or state.rule.fill:
            alone.append(row)
        else:
            together.append(row)
    sent = _safely(_tell_together, together, known, claim)
    sent += sum(_safely(_tell, row, known[row.rule]) for row in alone)
    return sent + sum(_safely(_tell_digest, rows, known, at) for rows in _by_reader(digests))


def _still_due(rows: list[Reminder], known: dict[str, RuleState]) -> list[Reminder]:
    """Ask again, at the moment of sending, and settle what is not needed any more."""
    by_rule: dict[str, list[Reminder]] = {}
    for row in rows:
        by_rule.setdefault(row.rule, []).append(row)
    needed: list[Reminder] = []
    for code, some in by_rule.items():
        state = known.get(code)
        kept, gone = _asked(state.rule, some) if state and state.is_active else ([], some)
        needed += kept
        if gone:
            waiting = Reminder.objects.filter(pk__in=[row.pk for row in gone], claim=gone[0].claim)
            waiting.update(state=ReminderState.DROPPED, settled_at=clock.now(), lease_until=None, claim=None)
    return needed


def _asked(rule: ReminderRule, rows: list[Reminder]) -> tuple[list[Reminder], list[Reminder]]:
    """Those still due, and those not any more; what the rule cannot answer is in neither and waits for its lease."""
    kept: list[Reminder] = []
    gone: list[Reminder] = []
    try:
        if rule.still_due_many:
            keys = rule.still_due_many(rows)
            return [row for row in rows if row.pk in keys], [row for row in rows if row.pk not in keys]
    except Exception:
        log.exception("reminder_failed", rule=rule.code)
        return [], []
    for row in rows:
        try:
            (kept if rule.still_due(row) else gone).append(row)
        except Exception:
            log.exception("reminder_failed", reminder=row.pk)
    return kept, gone


def _is_open_now(row: Reminder, state: RuleState, at: datetime) -> bool:
    """May it leave now? What is of no use any more is settled, what must wait for the morning is put off."""
    if row.expires_at and row.expires_at <= at:
        return _settle(row, ReminderState.EXPIRED)
    timing = Timing.WORKDAYS if state.timing == Timing.DIGEST else state.timing
    moment = moment_for(at, row.zone, timing, expires_at=row.expires_at)
    return True if moment <= at else _put_off(row, moment)


def _settle(row: Reminder, state: str) -> bool:
    Reminder.objects.filter(pk=row.pk, claim=row.claim).update(state=state, settled_at=clock.now(), lease_until=None, claim=None)
    return False


def _put_off(row: Reminder, moment: datetime) -> bool:
    Reminder.objects.filter(pk=row.pk, claim=row.claim).update(not_before=moment, lease_until=None, claim=None)
    return False


def _safely(tell: Any, *given: Any) -> int:
    try:
        return tell(*given)
    except Exception:
        log.exception("reminder_failed", rule=getattr(given[0], "rule", "many"))
        return 0


def _letter(row: Reminder, state: RuleState, more: dict[str, Any] | None = None) -> Letter:
    return Letter(
        key=f"reminder:{row.key}"[:200],
        address=row.address,
        name=row.name,
        language=row.language,
        zone=row.zone,
        template=state.rule.template,
        context={**row.context, **(more or {})},
        mission=row.mission,
        urgent=state.timing == Timing.AT_ONCE,
        held=state.is_held,
        inbox_only=not row.by_mail,
        unsubscribe=unsubscribe_url(row.address, state.rule),
    )


def _tell_together(rows: list[Reminder], known: dict[str, RuleState], claim: Any) -> int:
    """The mails of many reminders in one transaction; one that cannot be written is left out, and its lease runs."""
    with mail_texts.loaded():
        letters = [letter for row in rows if (letter := _written(row, known[row.rule])) is not None]
    if not letters:
        return 0
    with transaction.atomic():
        queue_letters(letters)
        told = Reminder.objects.filter(claim=claim, key__in=[letter.key.removeprefix("reminder:") for letter in letters])
        mail = OutboxMail.objects.filter(key=Concat(Value("reminder:"), OuterRef("key"))).values("pk")[:1]
        return told.update(state=ReminderState.SENT, mail_id=Subquery(mail), settled_at=clock.now(), lease_until=None, claim=None)


def _written(row: Reminder, state: RuleState) -> Letter | None:
    try:
        return _letter(row, state).written()
    except Exception:
        log.exception("reminder_failed", reminder=row.pk)
        return None


@transaction.atomic
def _tell(row: Reminder, state: RuleState) -> int:
    """One reminder with what is made only now (a secure link), and its own bell."""
    mail = queue_letter(_letter(row, state, state.rule.fill(row) if state.rule.fill else None))
    if row.by_push:
        push.queue_for(mail)
    return _tell_row(row, mail)


def _tell_row(row: Reminder, mail: OutboxMail) -> int:
    done = {"state": ReminderState.SENT, "mail": mail, "settled_at": clock.now(), "lease_until": None, "claim": None}
    return Reminder.objects.filter(pk=row.pk, claim=row.claim).update(**done)


def _tell_digest(rows: list[Reminder], known: dict[str, RuleState], at: datetime) -> int:
    """One mail with what can wait, once a day of the reader; what comes after it waits for the next working day."""
    first = rows[0]
    rows = rows + _also_waiting(first, known, at)
    day = local_day(at, first.zone)
    key = f"digest:{first.address.lower()}:{day.isoformat()}"[:200]
    if OutboxMail.objects.filter(key=key).exists():
        tomorrow = digest_moment(at + timedelta(hours=12), first.zone)
        late = [row for row in rows if row.expires_at and row.expires_at <= tomorrow]  # of no use by then: it goes alone
        for row in rows:
            if row not in late:
                _put_off(row, max(tomorrow, at + timedelta(hours=1)))
        return _tell_together(late, known, first.claim)
    lines = [(row, _letter(row, known[row.rule]).written()) for row in rows]
    with transaction.atomic():
        missions = {row.mission for row in rows}
        mail = queue_mail(
            key=key,
            address=first.address,
            name=first.name,
            language=first.language,
            zone=first.zone,
            template=DIGEST,
            context=digest_context([(row, letter.subject) for row, letter in lines], day),
            mission=missions.pop() if len(missions) == 1 else "",
            held=any(known[row.rule].is_held for row in rows),
            unsubscribe=unsubscribe_url(first.address),
        )
        for row in rows:
            _tell_row(row, mail)
    return len(rows)


def _also_waiting(first: Reminder, known: dict[str, RuleState], at: datetime) -> list[Reminder]:
    """What else waits for this reader's mail of the day and lay outside the round; claimed with it."""
    codes = [code for code, state in known.items() if state.timing == Timing.DIGEST]
    rest = Reminder.objects.filter(_claimable(at), address=first.address, rule__in=codes)
    keys = list(rest.values_list("pk", flat=True)[:BATCH])
    Reminder.objects.filter(_claimable(at), pk__in=keys).update(lease_until=clock.real_now() + LEASE, claim=first.claim)
    rows = list(Reminder.objects.filter(pk__in=keys, claim=first.claim).order_by("due_at", "id"))
    choice = choices_of({first.address}).get(first.address.lower())
    rows = [row for row in _still_due(rows, known) if _is_open_now(row, known[row.rule], at)]
    return [row for row in rows if wants_mail(choice, known[row.rule].rule)]  # the others wait for their own round


def _by_reader(rows: list[Reminder]) -> list[list[Reminder]]:
    found: dict[str, list[Reminder]] = {}
    for row in rows:
        found.setdefault(row.address.lower(), []).append(row)
    return list(found.values())


def _claimable(at: datetime) -> Q:
    is_free = Q(lease_until=None) | Q(lease_until__lt=clock.real_now())
    return Q(state=ReminderState.DUE, due_at__lte=at) & (Q(not_before=None) | Q(not_before__lte=at)) & is_free


def _collect(state: RuleState, at: datetime) -> None:
    """Make rows for the occasions of a rule that have none yet. What is of no use any more gets none."""
    code = state.rule.code
    wanted = [due for due in occasions(state, now=at, until=at) if at < expiry_of(state, due)]
    found = {key_of(code, due): due for due in wanted}
    rows = Reminder.objects.filter(rule=code)
    known = set((rows.filter(key__in=list(found)) if len(found) < BATCH else rows).values_list("key", flat=True))
    made = [_row_of(state, key, due, at) for key, due in found.items() if key not in known]
    for start in range(0, len(made), INSERTED):
        insert_missing(made[start : start + INSERTED])


def _row_of(state: RuleState, key: str, due: Due, at: datetime) -> Reminder:
    expires_at = expiry_of(state, due)
    moment = moment_for(max(due.due_at, at), due.recipient.zone, state.timing, expires_at=expires_at)
    return Reminder(
        key=key,
        rule=state.rule.code,
        object_id=str(due.object_uuid),
        address=due.recipient.address,
        name=due.recipient.name,
        language=due.recipient.language,
        zone=due.recipient.zone,
        occurrence=due.occurrence,
        context={**due.context, "url": due.url},
        mission=due.mission,
        due_at=due.due_at,
        not_before=moment if moment > at else None,
        expires_at=expires_at,
    )
