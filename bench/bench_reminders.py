"""100,000 due reminders: rows made, claimed, asked again, written and put into the outbox by one worker; and mails handed over."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings

from bench.runner import bench
from core import clock, outbox, reminder_rules, reminders
from core.enums import MailState, ReminderState, Timing
from core.models import OutboxMail, Reminder
from core.outbox import Letter
from core.reminders import Due, Recipient, ReminderRule

COUNT = 100_000
MAILS = 5_000
NOON = datetime(2027, 3, 10, 11, tzinfo=UTC)


def occasions(at: datetime) -> Iterator[Due]:
    """One occasion for each of 100,000 readers in three languages."""
    run = UUID(int=0)
    for number in range(COUNT):
        recipient = Recipient(f"reader{number}@example.org", f"Reader {number}", ("en", "fr", "de")[number % 3])
        context = {"label": "Delegation list", "due_on": "2027-10-24", "mission": "BG-2027-1"}
        yield Due(run, recipient, "first", NOON - timedelta(minutes=1), context, "BG-2027-1", "/missions/BG-2027-1/")


def _are_there(rows: Sequence[Reminder]) -> set[int]:
    """A question to the database, as the rules with many readers ask one."""
    return set(Reminder.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))


@bench("reminders: 100,000 due ones into the outbox", n=COUNT, runs=1, seconds=60)
def sweep() -> Generator[None, None, str]:
    """One worker; every row is asked again whether it is still due. The note is processor time: other work stretches the clock's."""
    Reminder.objects.all().delete()
    OutboxMail.objects.all().delete()
    reminder_rules.rules.clear()
    reminders.register(
        ReminderRule("bench.rule", occasions, bool, "missions/mail/milestone_due", timing=Timing.WORKDAYS, still_due_many=_are_there)
    )
    clock.set_demo_now(NOON)
    yield
    before = time.process_time()
    assert reminders.sweep_reminders() == COUNT
    worked = time.process_time() - before
    assert Reminder.objects.filter(state=ReminderState.SENT).count() == OutboxMail.objects.count() == COUNT
    return f"{worked:.0f} s of processor time"


@bench("outbox: 5,000 mails handed over", n=MAILS, runs=1, rate=500)
def send() -> Iterator[None]:
    """Claimed, built, handed to a mail server that answers at once, recorded, one by one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    run = uuid4()
    values = {"template": "missions/mail/milestone_due", "context": {"label": "L", "due_on": "2027-10-24", "mission": "BG-2027-1"}}
    Reminder.objects.all().delete()
    OutboxMail.objects.all().delete()
    outbox.queue_letters([Letter(f"{run}:{number}", f"r{number}@example.org", **values) for number in range(MAILS)])
    yield
    assert outbox.send_due(limit=MAILS) == MAILS
    assert OutboxMail.objects.filter(state=MailState.SENT).count() == MAILS
