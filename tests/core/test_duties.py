"""Duties with their day, for the calendar of whoever wants them there."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from core import duties, readers, reminder_rules, reminders
from core.enums import Timing
from core.reminders import Due, Recipient, ReminderRule

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 10, 11, tzinfo=UTC)
DEADLINE = datetime(2027, 6, 1, 22, tzinfo=UTC)  # midnight in Strasbourg


@pytest.fixture(autouse=True)
def rule(monkeypatch, coordinator):
    monkeypatch.setattr(reminder_rules, "rules", {})
    open_ones = {1, 2}

    def occasions(at):
        for number in sorted(open_ones):
            for days in (10, 3):
                if DEADLINE - timedelta(days=days) <= at:
                    to = Recipient(coordinator.email, "Cora", "de", "Europe/Paris")
                    values = {"expires_at": DEADLINE + timedelta(days=number), "url": "/missions/X/"}
                    yield Due(uuid.UUID(int=number), to, f"{days}", DEADLINE - timedelta(days=days), {"days": 1}, **values)

    for code, is_duty, timing in (("t.duty", True, Timing.WORKDAYS), ("t.free", False, Timing.WORKDAYS), ("t.now", True, Timing.AT_ONCE)):
        reminders.register(ReminderRule(code, occasions, bool, "accounts/mail/password", is_duty=is_duty, timing=timing))
    with time_machine.travel(NOON, tick=False):
        yield open_ones


def test_each_duty_is_there_once_with_its_day_in_the_readers_language(coordinator, settings):
    first, second = duties.duties_of({coordinator.email.upper(), ""})
    assert (first.until, second.until) == (DEADLINE + timedelta(days=1), DEADLINE + timedelta(days=2))
    assert first.uid == f"duty-t.duty-{uuid.UUID(int=1)}" and first.url == f"{settings.SCRUTIN_URL}/missions/X/"
    assert first.title and first.zone == "Europe/Paris"
    assert duties.duties_of({"somebody@example.org"}) == []


def test_what_is_done_leaves_and_what_is_late_too(coordinator, rule):
    assert len(duties.duties_of({coordinator.email})) == 2
    rule.discard(1)
    cache.clear()
    assert [duty.uid[-1] for duty in duties.duties_of({coordinator.email})] == ["2"]
    with time_machine.travel(DEADLINE + timedelta(days=3), tick=False):
        assert duties.duties_of({coordinator.email}) == []


def test_many_readers_ask_and_the_rules_are_asked_once(coordinator, django_assert_max_num_queries):
    duties.duties_of({coordinator.email})
    with django_assert_max_num_queries(1):
        assert len(duties.duties_of({coordinator.email})) == 2


def test_who_does_not_want_them_there_has_none(coordinator, client_for):
    desk = client_for(coordinator)
    assert desk.get(reverse("core:inbox")).context["form"].initial["by_calendar"] is True
    desk.post(reverse("core:inbox_act"), {"by_mail": "on", "kinds": ["t.free"]})
    assert duties.duties_of({coordinator.email}) == []
    desk.post(reverse("core:inbox_act"), {"by_mail": "on", "by_calendar": "on", "kinds": ["t.free"]})
    assert len(duties.duties_of({coordinator.email})) == 2


def test_a_rule_that_fails_takes_no_other_with_it(coordinator):
    def broken(at):
        raise RuntimeError

    reminders.register(ReminderRule("t.broken", broken, bool, "accounts/mail/password", is_duty=True))
    assert len(duties.duties_of({coordinator.email})) == 2
    readers.choose(coordinator.email, by_mail=True, muted=[])
    assert len(duties.duties_of({coordinator.email})) == 2
