"""A reminder goes to those still pending, once."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import clock, outbox, reminder_rules, reminders
from core.enums import ReminderState, Timing
from core.models import OutboxMail, Reminder
from core.reminders import Due, Recipient, ReminderRule

pytestmark = pytest.mark.django_db
OBJECT = uuid.uuid4()
WEDNESDAY = datetime(2027, 3, 10, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    """A working day at noon in Strasbourg."""
    with time_machine.travel(WEDNESDAY, tick=True):
        yield


@pytest.fixture
def rule(monkeypatch):
    monkeypatch.setattr(reminder_rules, "rules", {})
    pending = {"a@example.org", "b@example.org"}

    def occasions(at):
        for address in sorted({"a@example.org", "b@example.org"}):
            yield Due(OBJECT, Recipient(address, language="fr"), "first", clock.now() - timedelta(minutes=1), {"days": 7}, url="https://x/")

    reminders.register(ReminderRule("test.rule", occasions, lambda reminder: reminder.address in pending, "accounts/mail/password"))
    return pending


def _two():
    def occasions(until):
        for address in ("a@example.org", "b@example.org"):
            yield Due(OBJECT, Recipient(address), "first", WEDNESDAY, {"who": address})

    return occasions


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
    rendered = outbox.rendered

    def render(template, values, **more):
        if values.get("who") == "a@example.org":
            raise ZeroDivisionError
        return rendered(template, values, **more)

    monkeypatch.setattr(outbox, "rendered", render)
    reminders.register(ReminderRule("test.rule", _two(), lambda reminder: True, "accounts/mail/password"))
    assert reminders.sweep_reminders() == 1
    assert Reminder.objects.get(address="a@example.org").state == ReminderState.DUE


def test_occasions_of_a_long_address_stay_apart(rule):
    def occasions(at):
        for occurrence in ("1", "2"):
            recipient = Recipient(f"{'a' * 60}@{'b' * 150}.org")
            yield Due(OBJECT, recipient, occurrence, clock.now() - timedelta(minutes=1), series=occurrence)

    reminders.register(ReminderRule("test.long", occasions, lambda reminder: True, "accounts/mail/password"))
    assert reminders.sweep_reminders() == 4
    assert OutboxMail.objects.count() == 4


def _register(
    timing, *, offsets=((0, "first"),), at=WEDNESDAY, address="a@example.org", code="test.timed", expires=None, zone="Europe/Paris"
):
    """A rule for one reader with occasions at distances in hours from `at`."""

    def occasions(until):
        for hours, occurrence in offsets:
            due_at = at + timedelta(hours=hours)
            if due_at <= until:
                yield Due(OBJECT, Recipient(address, zone=zone), occurrence, due_at, url="/x/", expires_at=expires)

    reminder_rules.rules.clear()
    reminders.register(ReminderRule(code, occasions, lambda reminder: True, "accounts/mail/password", timing=timing))


def _sent():
    return list(OutboxMail.objects.order_by("pk").values_list("key", flat=True))


def test_of_occasions_that_passed_during_an_outage_the_last_is_told_and_the_others_never(rule):
    _register(Timing.WORKDAYS, offsets=((-96, "three"), (-48, "two"), (-1, "one"), (24, "tomorrow")))
    assert reminders.sweep_reminders() == 1
    assert _sent() == [f"reminder:test.timed:{OBJECT}:a@example.org:one"]
    assert reminders.sweep_reminders() == 0
    with time_machine.travel(WEDNESDAY + timedelta(hours=24, minutes=1)):
        assert reminders.sweep_reminders() == 1


def test_what_came_too_late_is_not_sent(rule):
    _register(Timing.WORKDAYS, offsets=((-20 * 24, "old"),))
    assert reminders.sweep_reminders() == 0
    assert not Reminder.objects.exists(), "after an outage of a fortnight nobody is asked about it"
    _register(Timing.WORKDAYS, offsets=((0, "now"),), expires=WEDNESDAY + timedelta(days=9))
    reminders._collect(reminder_rules.state_of("test.timed"), WEDNESDAY)
    with time_machine.travel(WEDNESDAY + timedelta(days=12)):
        assert reminders.sweep_reminders() == 0
    assert Reminder.objects.get().state == ReminderState.EXPIRED


def test_a_night_and_a_weekend_hold_what_is_not_urgent(rule):
    saturday_night = datetime(2027, 3, 13, 22, tzinfo=UTC)
    for timing, moment in (
        (Timing.AT_ONCE, saturday_night),
        (Timing.WORKDAYS, datetime(2027, 3, 15, 6, tzinfo=UTC)),
    ):
        _register(timing, at=saturday_night, code=f"test.{timing.value}")
        if moment > saturday_night:
            with time_machine.travel(saturday_night):
                assert reminders.sweep_reminders() == 0
            with time_machine.travel(moment - timedelta(minutes=1)):
                assert reminders.sweep_reminders() == 0
        with time_machine.travel(moment):
            assert reminders.sweep_reminders() == 1, timing


@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Chisinau", "Europe/Istanbul", "Asia/Yerevan"])
@pytest.mark.parametrize("saturday", [(2027, 3, 27), (2027, 10, 30)])  # the clocks change that night where they do
def test_a_duty_whose_day_passes_before_monday_is_asked_for_on_friday(rule, zone, saturday):
    place = ZoneInfo(zone)
    due = datetime(*saturday, 9, tzinfo=place)
    friday = due - timedelta(days=1)
    _register(Timing.WORKDAYS, at=due, expires=datetime.combine(due.date() + timedelta(days=2), time(0), place), zone=zone)
    with time_machine.travel(friday - timedelta(minutes=1)):
        assert reminders.sweep_reminders() == 0
    with time_machine.travel(friday):
        assert reminders.sweep_reminders() == 1
    with time_machine.travel(due):
        assert reminders.sweep_reminders() == 0, "and not again at the weekend"


def test_what_has_time_until_monday_waits_for_monday(rule):
    saturday = datetime(2027, 3, 13, 9, tzinfo=UTC)
    _register(Timing.WORKDAYS, at=saturday, expires=saturday + timedelta(days=3))
    for moment, sent in ((saturday - timedelta(hours=24), 0), (saturday, 0), (datetime(2027, 3, 15, 6, tzinfo=UTC), 1)):
        with time_machine.travel(moment):
            assert reminders.sweep_reminders() == sent


def test_what_nobody_knew_on_friday_is_not_lost(rule):
    """The scheduler stood still over Friday: what is of no use by Monday goes at the weekend, by day."""
    saturday = datetime(2027, 3, 13, 9, tzinfo=UTC)
    _register(Timing.WORKDAYS, at=saturday, expires=saturday + timedelta(hours=26))
    with time_machine.travel(saturday + timedelta(hours=14)):
        assert reminders.sweep_reminders() == 0, "at night it waits for the morning"
    with time_machine.travel(saturday + timedelta(hours=21)):
        assert reminders.sweep_reminders() == 1


def test_on_friday_the_nearest_of_several_is_told_alone(rule):
    saturday = datetime(2027, 3, 13, 9, tzinfo=UTC)
    _register(Timing.WORKDAYS, offsets=((-48, "three"), (0, "one")), at=saturday, expires=saturday + timedelta(hours=39))
    with time_machine.travel(saturday - timedelta(hours=23)):
        assert reminders.sweep_reminders() == 1
    assert _sent() == [f"reminder:test.timed:{OBJECT}:a@example.org:one"]


def test_what_comes_after_the_mail_of_the_day_and_cannot_wait_goes_alone(rule):
    friday = datetime(2027, 3, 12, 8, 30, tzinfo=UTC)
    _register(Timing.DIGEST, at=friday, offsets=((0, "first"),))
    with time_machine.travel(friday):
        assert reminders.sweep_reminders() == 1
    _register(Timing.DIGEST, at=friday, offsets=((1, "late"),), code="test.late", expires=friday + timedelta(days=2))
    with time_machine.travel(friday + timedelta(hours=2)):
        assert reminders.sweep_reminders() == 1
    assert [key.split(":")[0] for key in _sent()] == ["digest", "reminder"]


def test_what_can_wait_comes_in_one_mail_a_day(rule):
    morning = datetime(2027, 3, 11, 8, tzinfo=UTC)  # nine o'clock in Strasbourg
    _register(Timing.DIGEST, at=morning)
    code = reminder_rules.rules["test.timed"]
    for number in range(3):
        reminders.register(replace(code, code=f"test.more{number}"))
    with time_machine.travel(morning):
        assert reminders.sweep_reminders() == 0
    with time_machine.travel(morning + timedelta(minutes=31)):
        assert reminders.sweep_reminders() == 4
    mail = OutboxMail.objects.get()
    assert mail.template == "core/mail/digest"
    assert mail.body.count("/x/") == 4
    reminders.register(replace(code, code="test.late"))
    with time_machine.travel(morning + timedelta(hours=3)):
        assert reminders.sweep_reminders() == 0, "one a day"
    with time_machine.travel(morning + timedelta(days=1, minutes=31)):
        assert reminders.sweep_reminders() == 1
    assert OutboxMail.objects.count() == 2


def test_a_deadline_that_moves_after_sending_is_another_occasion(rule):
    _register(Timing.WORKDAYS, offsets=((0, "2027-04-01"),))
    assert reminders.sweep_reminders() == 1
    _register(Timing.WORKDAYS, offsets=((0, "2027-05-01"),))
    assert reminders.sweep_reminders() == 1
    assert reminders.sweep_reminders() == 0


def test_many_rows_go_in_rounds_and_each_once(rule, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 7)

    def occasions(until):
        for number in range(40):
            yield Due(uuid.UUID(int=number), Recipient(f"n{number}@example.org"), "first", WEDNESDAY)

    reminder_rules.rules.clear()
    reminders.register(ReminderRule("test.many", occasions, lambda reminder: True, "accounts/mail/password"))
    assert reminders.sweep_reminders() == 40
    assert OutboxMail.objects.count() == 40
    assert not Reminder.objects.filter(mail=None).exists()
