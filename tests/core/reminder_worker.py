"""A worker and scheduler in one process of its own, for `test_reminder_faults.py`: sweeps and sends until nothing is left."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

COUNT = 300
DUE = datetime(2026, 1, 7, 11, tzinfo=UTC)


def occasions(at):
    from core.reminders import Due, Recipient

    for number in range(COUNT):
        yield Due(UUID(int=number), Recipient(f"r{number}@example.org"), "first", DUE, {"url": "/x/", "days": 1})


def still_due(rows):
    time.sleep(0.3)  # time to be killed in
    return {row.pk for row in rows}


def main(act):
    import django
    from django.conf import settings

    settings.CELERY_TASK_ALWAYS_EAGER = False
    django.setup()
    from core import outbox, reminder_rules, reminders, tasks
    from core.enums import MailState, ReminderState, Timing
    from core.models import OutboxMail, Reminder

    if act == "prepare":
        from django.core.management import call_command

        settings.MIGRATION_MODULES = dict.fromkeys(("core", "accounts", "missions", "observers", "field", "reports"))
        call_command("migrate", run_syncdb=True, verbosity=0)
        return
    # The broker is away the whole time: the rows are the truth, the bells only bells.
    tasks.send_outbox.apply_async_on_commit = tasks.send_mail_task.apply_async_on_commit = lambda *args, **kwargs: None
    reminders.BATCH, reminders.LEASE, outbox.LEASE = 40, timedelta(seconds=6), timedelta(seconds=6)
    rule = reminder_rules.ReminderRule(
        "test.kill",
        occasions,
        bool,
        "accounts/mail/password",
        timing=Timing.AT_ONCE,  # whatever hour and weekday the test runs on
        still_due_many=still_due,
        expires_after=timedelta(9999),
    )
    reminder_rules.rules.clear()
    reminders.register(rule)
    end = time.monotonic() + 120
    print("ready", flush=True)
    while time.monotonic() < end:
        reminders.sweep_reminders(limit=reminders.BATCH)
        outbox.send_due(limit=30)
        left = Reminder.objects.filter(state=ReminderState.DUE).exists() or OutboxMail.objects.exclude(state=MailState.SENT).exists()
        if not left and Reminder.objects.count() == COUNT:
            return
    sys.exit("not done in time")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(sys.argv[1])
