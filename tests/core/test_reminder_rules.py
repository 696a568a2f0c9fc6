"""Rules are data: the administrator changes distances, timing and whether they run, and sees before what it would do."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from core import reminder_rules, reminders
from core.actors import user_actor
from core.enums import MailState, Timing
from core.errors import Invalid, NotAllowed
from core.models import AuditEntry, OutboxMail, Reminder, ReminderSetting
from core.reminders import Due, Recipient, ReminderRule, offsets_of

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 10, 11, tzinfo=UTC)
DEADLINE = datetime(2027, 3, 25, 9, tzinfo=UTC)
OBJECT = uuid.uuid4()
CODE = "test.deadline"


@pytest.fixture(autouse=True)
def rule(monkeypatch):
    monkeypatch.setattr(reminder_rules, "rules", {})

    def occasions(until):
        for days in offsets_of(CODE):
            due_at = DEADLINE - timedelta(days=days)
            if due_at <= until:
                yield Due(OBJECT, Recipient("a@example.org", "A"), f"d{days}", due_at, mission="BG-2027-1", expires_at=DEADLINE)

    reminders.register(
        ReminderRule(CODE, occasions, lambda row: True, "accounts/mail/password", label="Deadline", anchor="before it", offsets=(3, 10))
    )
    with time_machine.travel(NOON, tick=False):
        yield


def _proposed(**values):
    return reminder_rules.proposed(
        CODE, **({"is_active": True, "offsets": [10, 3], "timing": "workdays", "expires_hours": 48, "is_held": False} | values)
    )


def _planned(state=None):
    return [(line.due.occurrence, line.leaves_at) for line in reminder_rules.preview(state)]


def test_preview_says_who_gets_what_and_when():
    assert _planned() == [("d10", DEADLINE - timedelta(days=10)), ("d3", DEADLINE - timedelta(days=3))]
    tried = _proposed(offsets=[12, 12, 2], timing="workdays")
    # twelve days before is a Saturday: Monday at seven in Strasbourg
    assert _planned(tried) == [("d12", datetime(2027, 3, 15, 6, tzinfo=UTC)), ("d2", DEADLINE - timedelta(days=2))]
    assert offsets_of(CODE) == (10, 3), "a trial changes nothing"
    assert not Reminder.objects.exists()


def test_preview_leaves_out_what_was_sent_and_rules_that_are_off(administrator):
    with time_machine.travel(DEADLINE - timedelta(days=10), tick=False):
        assert reminders.sweep_reminders() == 1
        assert [code for code, _at in _planned()] == ["d3"]
        reminder_rules.change_rule(_proposed(is_active=False), by=user_actor(administrator))
        assert _planned() == []
    with time_machine.travel(DEADLINE - timedelta(days=3), tick=False):
        assert reminders.sweep_reminders() == 0


def test_a_saved_change_counts_from_the_next_sweep_and_is_in_the_log(administrator):
    reminder_rules.change_rule(_proposed(offsets=[15, 1]), by=user_actor(administrator))
    assert reminders.sweep_reminders() == 1
    assert Reminder.objects.get().occurrence == "d15"
    entry = AuditEntry.objects.get(action="reminders.rule_changed")
    assert (entry.fields, entry.data) == (["offsets", "expires_hours"], {"rule": CODE})
    reminder_rules.reset_rule(CODE, by=user_actor(administrator))
    assert offsets_of(CODE) == (10, 3)
    assert not ReminderSetting.objects.exists()


def test_held_rules_fill_the_outbox_and_send_nothing(administrator, django_capture_on_commit_callbacks, mailoutbox):
    reminder_rules.change_rule(_proposed(offsets=[15], is_held=True), by=user_actor(administrator))
    with django_capture_on_commit_callbacks(execute=True):
        assert reminders.sweep_reminders() == 1
    assert OutboxMail.objects.get().state == MailState.HELD
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({"offsets": []}, "offsets"),
        ({"offsets": [731]}, "offsets"),
        ({"timing": "never"}, "timing"),
        ({"expires_hours": 0}, "expires_hours"),
    ],
)
def test_what_a_rule_cannot_have_is_named(values, attr):
    with pytest.raises(Invalid) as refusal:
        _proposed(**values)
    assert refusal.value.attr == attr


def test_only_administrators_change_rules(coordinator):
    with pytest.raises(NotAllowed):
        reminder_rules.change_rule(_proposed(), by=user_actor(coordinator))


class TestPages:
    def test_the_plan_says_what_each_mail_is_called(self, coordinator, client_for):
        page = client_for(coordinator).get(reverse("core:reminder_plan"))
        assert {line.subject for line in page.context["page_obj"].object_list} == {"Your account in Scrutin"}
        assert "Your account in Scrutin" in page.content.decode()

    def test_list_and_plan(self, coordinator, client_for):
        client = client_for(coordinator)
        page = client.get(reverse("core:reminder_rules")).content.decode()
        assert "10, 3 days before it" in page
        assert reverse("core:reminder_rule", args=[CODE]) not in page, "only administrators change them"
        plan = client.get(reverse("core:reminder_plan")).content.decode()
        assert plan.count("a@example.org") == 2

    def test_preview_then_save_then_reset(self, administrator, client_for):
        client, url = client_for(administrator), reverse("core:reminder_rule", args=[CODE])
        values = {"is_active": "on", "offsets": "2, 12", "timing": Timing.WORKDAYS, "expires_hours": 48}
        page = client.post(url, values | {"preview": "1"})
        assert page.context["is_tried"] and len(page.context["lines"]) == 2
        assert not ReminderSetting.objects.exists()
        assert client.post(url, values | {"save": "1"}).status_code == 302
        assert ReminderSetting.objects.get().offsets == [12, 2]
        client.post(url, {"reset": "1"})
        assert not ReminderSetting.objects.exists()

    def test_wrong_input_names_the_word(self, administrator, client_for):
        client, url = client_for(administrator), reverse("core:reminder_rule", args=[CODE])
        page = client.post(url, {"offsets": "3, soon", "timing": "workdays", "expires_hours": 48, "save": "1"})
        assert page.status_code == 400
        assert "“soon” is no whole number" in page.content.decode()
        assert client.get(reverse("core:reminder_rule", args=["no.such"])).status_code == 404

    def test_queries_do_not_grow(self, coordinator, client_for, django_assert_max_num_queries):
        client = client_for(coordinator)
        for number in range(5):
            reminders.register(ReminderRule(f"test.{number}", lambda at: [], lambda row: True, "x", label="L", offsets=(1,)))
        with django_assert_max_num_queries(12):
            assert client.get(reverse("core:reminder_rules")).status_code == 200
