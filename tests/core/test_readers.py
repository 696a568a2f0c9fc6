"""Inbox, choice of channel, and the way out of a mail: not for duties."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from core import readers, reminder_rules, reminders
from core.enums import MailState, Timing
from core.errors import Invalid, NotNow
from core.models import OutboxMail, ReaderChoice, Reminder
from core.reminders import Due, Recipient, ReminderRule

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 10, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rules(monkeypatch, coordinator):
    monkeypatch.setattr(reminder_rules, "rules", {})

    def occasions(at):
        yield Due(uuid.UUID(int=1), Recipient(coordinator.email, "Cora"), "first", NOON)

    for code, is_duty, timing in (("a.duty", True, Timing.WORKDAYS), ("b.free", False, Timing.WORKDAYS), ("c.daily", False, Timing.DIGEST)):
        rule = ReminderRule(code, occasions, lambda row: True, "accounts/mail/password", label=code, is_duty=is_duty, timing=timing)
        reminders.register(rule)
    with time_machine.travel(NOON.replace(day=9), tick=False):
        reminders.sweep_reminders()
    Reminder.objects.all().delete()
    with time_machine.travel(NOON, tick=False):
        yield


def _sweep():
    reminders.sweep_reminders()
    with time_machine.travel(NOON.replace(day=11), tick=False):
        reminders.sweep_reminders()
    return {row.rule: row.mail.state for row in Reminder.objects.filter(state="sent").select_related("mail")}


def test_without_a_choice_all_go_by_mail():
    assert set(_sweep().values()) == {MailState.QUEUED}


def test_who_wants_no_mail_has_them_in_the_inbox_but_for_duties(coordinator, client_for):
    readers.choose(coordinator.email, by_mail=False, muted=[])
    assert _sweep() == {"a.duty": MailState.QUEUED, "b.free": MailState.INBOX, "c.daily": MailState.INBOX}
    page = client_for(coordinator).get(reverse("core:inbox"))
    assert len(page.context["object_list"]) == 3 and page.context["new"] == 3
    client_for(coordinator).post(reverse("core:inbox_act"), {"read": "1"})
    assert client_for(coordinator).get(reverse("core:inbox")).context["new"] == 0


def test_ones_inbox_is_ones_own(outsider, client_for):
    _sweep()
    assert len(client_for(outsider).get(reverse("core:inbox")).context["object_list"]) == 0


def test_one_click_ends_one_kind_and_a_link_alone_nothing(coordinator, client):
    url = readers.unsubscribe_url(coordinator.email, reminder_rules.rules["b.free"])
    path = url.removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 200
    assert not ReaderChoice.objects.exists()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert _sweep() == {"a.duty": MailState.QUEUED, "b.free": MailState.INBOX, "c.daily": MailState.QUEUED}
    headers = dict(OutboxMail.objects.values_list("template", "unsubscribe"))
    assert headers["core/mail/digest"], "the mail of the day has its way out as well"
    client.post(readers.unsubscribe_url(coordinator.email).removeprefix("http://127.0.0.1:8000"))
    assert ReaderChoice.objects.get().by_mail is False


def test_nobody_unsubscribes_from_a_duty(coordinator):
    assert readers.unsubscribe_url(coordinator.email, reminder_rules.rules["a.duty"]) == ""
    with pytest.raises(Invalid):
        readers.choose(coordinator.email, by_mail=True, muted=["a.duty"])
    forged = readers.signing.dumps([coordinator.email, "a.duty"], salt=readers.SALT)
    with pytest.raises(NotNow):
        readers.unsubscribe(forged)
    with pytest.raises(NotNow):
        readers.read_token("cut")


def test_the_form_keeps_what_was_ticked(coordinator, client_for):
    client_for(coordinator).post(reverse("core:inbox_act"), {"by_mail": "on", "kinds": ["c.daily"]})
    assert ReaderChoice.objects.get().muted == ["b.free"]


def test_queries_do_not_grow_with_the_inbox(coordinator, client_for, django_assert_max_num_queries):
    _sweep()
    client = client_for(coordinator)
    with django_assert_max_num_queries(18):
        client.get(reverse("core:inbox"))
