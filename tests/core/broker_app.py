"""The application as `test_broker_faults.py` runs it in processes of their own: `celery -A tests.core.broker_app …`.

One rule with two occasions for each reader, two days apart, and slow enough to be disturbed at work.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

if "--setup" in sys.argv or "celery" in sys.argv[0]:
    django.setup()

from config.celery import app  # noqa: F401  Celery finds it here

READERS = 120
FIRST = datetime(2026, 1, 7, 11, tzinfo=UTC)  # a Wednesday at noon in Strasbourg
SECOND = FIRST + timedelta(days=2)


def occasions(at):
    """Both for everybody, by the business clock."""
    from core.reminders import Due, Recipient

    for number in range(READERS):
        for name, due_at in (("first", FIRST), ("second", SECOND)):
            if due_at <= at:
                yield Due(UUID(int=number), Recipient(f"r{number}@example.org"), name, due_at, {"url": "/x/", "days": 1}, series=name)


def still_due(rows):
    """All of them, after a while."""
    time.sleep(0.2)
    return {row.pk for row in rows}


def prepare():
    """Tables, reference data left out, and the business clock a minute after the first occasion."""
    from django.conf import settings
    from django.core.management import call_command

    from core import clock

    settings.MIGRATION_MODULES = dict.fromkeys(("core", "accounts", "missions", "observers", "field", "reports"))
    call_command("migrate", run_syncdb=True, verbosity=0)
    clock.set_demo_now(FIRST + timedelta(minutes=1))


def register():
    """Only this rule, small rounds, short leases."""
    from core import outbox, reminder_rules, reminders

    reminders.BATCH, reminders.LEASE, outbox.LEASE, outbox.ROUND = 10, timedelta(seconds=5), timedelta(seconds=8), 5
    reminder_rules.rules.clear()
    rule = reminder_rules.ReminderRule(
        "test.broker", occasions, bool, "accounts/mail/password", still_due_many=still_due, expires_after=timedelta(days=9999)
    )
    reminders.register(rule)


if "celery" in sys.argv[0]:
    register()
elif __name__ == "__main__":
    prepare()
