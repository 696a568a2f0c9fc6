"""A gathered mail of two missions, when one of them is removed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
import time_machine

from core import reminder_rules, reminders
from core.digests import forget_mission
from core.enums import Timing
from core.models import OutboxMail, Reminder
from core.reminders import Due, Recipient, ReminderRule

pytestmark = pytest.mark.django_db
MORNING = datetime(2027, 3, 10, 8, 30, tzinfo=UTC)


@pytest.fixture
def gathered(monkeypatch):
    """One mail to a German reader that names three missions."""
    monkeypatch.setattr(reminder_rules, "rules", {})

    def occasions(at):
        for number in (1, 2, 3):
            to = Recipient("a@example.org", "Anna", "de")
            context = {"label": f"List {number}", "due_on": "2027-04-01", "mission": f"BG-2027-{number}"}
            yield Due(uuid.UUID(int=number), to, "first", MORNING, context, f"BG-2027-{number}", f"/missions/BG-2027-{number}/")

    reminders.register(ReminderRule("t.daily", occasions, lambda row: True, "missions/mail/milestone_due", timing=Timing.DIGEST))
    with time_machine.travel(MORNING, tick=False):
        assert reminders.sweep_reminders() == 3
    return OutboxMail.objects.get()


def test_its_lines_go_with_it_and_the_others_stay(gathered):
    before = gathered.body
    assert all(f"BG-2027-{number}" in before for number in (1, 2, 3)) and gathered.mission == ""
    forget_mission("BG-2027-2")
    forget_mission("BG-2027-2")
    gathered.refresh_from_db()
    assert "BG-2027-2" not in gathered.body and "BG-2027-2" not in gathered.subject
    kept = [line for line in before.splitlines() if line and "BG-2027-2" not in line]
    assert [line for line in gathered.body.splitlines() if line] == kept, "what is left reads as it was sent"
    assert gathered.mission == "" and Reminder.objects.count() == 2
    forget_mission("BG-2027-1")
    gathered.refresh_from_db()
    assert gathered.mission == "BG-2027-3", "now it is one mission's mail"
    forget_mission("BG-2027-3")
    assert not Reminder.objects.exists() and OutboxMail.objects.count() == 1, "that mail goes with its mission"


def test_nobody_elses_mail_is_touched(gathered):
    before = gathered.body
    forget_mission("MD-2027-1")
    gathered.refresh_from_db()
    assert gathered.body == before and Reminder.objects.count() == 3
