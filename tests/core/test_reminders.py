"""A reminder goes to those still pending, once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from core import clock, reminders
from core.enums import ReminderState
from core.models import OutboxMail, Reminder
from core.outbox import queue_mail
from core.reminders import Due, Recipient, ReminderRule

pytestmark = pytest.mark.django_db
OBJECT = uuid.uuid4()


@pytest.fixture
def rule(monkeypatch):
    monkeypatch.setattr(reminders, "rules", {})
    pending = {"a@example.org", "b@example.org"}

    def occasions(at):
        for address in sorted({"a@example.org", "b@example.org"}):
            yield Due(OBJECT, Recipient(address, language="fr"), "first", clock.now() - timedelta(minutes=1), {"days": 7}, url="https://x/")

    reminders.register(ReminderRule("test.rule", occasions, lambda reminder: reminder.address in pending, "accounts/mail/password"))
    return pending


def test_each_pending_reader_gets_one_mail_however_often_the_sweep_runs(rule):
    assert reminders.sweep_reminders() == 2
    assert reminders.sweep_reminders() == 0
    assert sorted(OutboxMail.objects.values_list("address", "language")) == [("a@example.org", "fr"), ("b@example.org", "fr")]


def test_who_has_answered_meanwhile_is_left_alone(rule):
    rule.discard("a@example.org")
    assert reminders.sweep_reminders() == 1
    assert Reminder.objects.get(address="a@example.org").state == ReminderState.DROPPED
    rule.add("a@example.org")
    assert reminders.sweep_reminders() == 0, "an occasion that was dropped does not come back"


def test_row_left_by_a_dead_worker_is_taken_up_after_its_lease(rule):
    reminders.sweep_reminders()
    row = Reminder.objects.get(address="a@example.org")
    Reminder.objects.filter(pk=row.pk).update(state=ReminderState.DUE, lease_until=clock.real_now() + timedelta(minutes=1))
    assert reminders.sweep_reminders() == 0
    Reminder.objects.filter(pk=row.pk).update(lease_until=clock.real_now() - timedelta(seconds=1))
    assert reminders.sweep_reminders() == 1
    assert OutboxMail.objects.filter(address="a@example.org").count() == 1, "the mail's own key keeps it one"


def test_one_broken_rule_does_not_stop_the_others(rule):
    def broken(at):
        raise ZeroDivisionError

    reminders.register(ReminderRule("a.broken", broken, lambda reminder: True, "accounts/mail/password"))
    assert reminders.sweep_reminders() == 2


def test_one_broken_reminder_does_not_stop_the_others(rule, monkeypatch):
    def queue(*, address, **values):
        if address == "a@example.org":
            raise ZeroDivisionError
        return queue_mail(address=address, **values)

    monkeypatch.setattr(reminders, "queue_mail", queue)
    assert reminders.sweep_reminders() == 1
    assert Reminder.objects.get(address="a@example.org").state == ReminderState.DUE


def test_occasions_of_a_long_address_stay_apart(rule):
    def occasions(at):
        for occurrence in ("1", "2"):
            yield Due(OBJECT, Recipient(f"{'a' * 60}@{'b' * 150}.org"), occurrence, clock.now() - timedelta(minutes=1))

    reminders.register(ReminderRule("test.long", occasions, lambda reminder: True, "accounts/mail/password"))
    assert reminders.sweep_reminders() == 4
    assert OutboxMail.objects.count() == 4
