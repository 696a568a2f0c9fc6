"""Reminders: to answer, to sign, to declare; once each, and not where it is done."""

from datetime import timedelta

import pytest
import time_machine

from core import clock
from core.actors import SYSTEM
from core.models import OutboxMail, Reminder
from core.reminders import sweep_reminders
from observers.services.assignments import answer_invitation, invite
from observers.services.declarations import sign_code
from tests.observers.conftest import own_link


@pytest.fixture(autouse=True)
def _a_week_begins():
    """Next Monday: what is counted in days from it falls on the same working days whenever the tests run."""
    today = clock.real_now().replace(hour=9)
    with time_machine.travel(today + timedelta(days=7 - today.weekday()), tick=True):
        yield


@pytest.fixture
def asked(composing, congress):
    person = congress[0]
    person.language = "fr"
    person.save(update_fields=["language"])
    return invite(composing, person, by=SYSTEM)


def at(days):
    """So many days from now, at noon."""
    return time_machine.travel((clock.real_now() + timedelta(days=days)).replace(hour=12), tick=False)


def test_an_open_invitation_is_reminded_of_twice(asked):
    assert sweep_reminders() == 0
    with at(8):
        assert sweep_reminders() == 1
        assert sweep_reminders() == 0
    with at(10):
        assert sweep_reminders() == 1
    mails = OutboxMail.objects.filter(template="observers/mail/remind_answer")
    assert mails.count() == 2 and {mail.language for mail in mails} == {"fr"}


def test_an_answered_invitation_is_not(asked):
    with at(8):
        answer_invitation(asked, by=own_link(asked), accept=True)
        assert sweep_reminders() == 0


def test_what_was_settled_meanwhile_is_dropped(asked):
    with at(8):
        from core.reminder_rules import state_of
        from core.reminders import _collect

        _collect(state_of("observers.answer_invitation"), clock.now())
        answer_invitation(asked, by=own_link(asked), accept=True)
        assert sweep_reminders() == 0
        assert Reminder.objects.get(rule="observers.answer_invitation").state == "dropped"


def test_code_and_interests_are_reminded_of_before_the_mission(asked):
    answer_invitation(asked, by=own_link(asked), accept=True)
    asked.refresh_from_db()
    sign_code(asked, by=own_link(asked), language="fr")
    days = (asked.mission.first_day - clock.today()).days
    with at(days - 20):
        sweep_reminders()
    assert set(OutboxMail.objects.filter(template__startswith="observers/mail/remind").values_list("template", flat=True)) == {
        "observers/mail/remind_interest"
    }
