"""Many rows at once: the same values as one by one, and what is there already stays."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from core import clock, outbox
from core.bulk import insert, insert_missing
from core.enums import MailState, ReminderState
from core.models import OutboxMail, Reminder
from core.outbox import Letter
from core.reminders import Due, Recipient, ReminderRule, register, sweep_reminders

AT = datetime(2026, 3, 11, 11, 0, 0, 123456, tzinfo=UTC)


def reminder(number, **values):
    given = {
        "key": f"k{number}",
        "rule": "r",
        "object_id": "o",
        "address": f"r{number}@example.org",
        "language": "fr",
        "zone": "Asia/Yerevan",
    }
    return Reminder(**{**given, "occurrence": "first", "context": {"label": "Երևան", "days": 3, "none": None}, "due_at": AT, **values})


@pytest.mark.django_db
def test_every_value_comes_back_as_it_went_in():
    kept = reminder(1, claim=UUID(int=7), state=ReminderState.EXPIRED, expires_at=AT + timedelta(days=1))
    insert_missing([kept, reminder(2)])
    first, second = Reminder.objects.order_by("key")
    assert (first.uuid, first.claim, first.state, first.expires_at, first.due_at) == (
        kept.uuid,
        UUID(int=7),
        "expired",
        AT + timedelta(days=1),
        AT,
    )
    assert first.context == {"label": "Երևան", "days": 3, "none": None} and (second.claim, second.not_before) == (None, None)
    assert insert_missing([]) is None and Reminder.objects.count() == 2


@pytest.mark.django_db
def test_what_is_there_already_stays_as_it_is():
    insert_missing([reminder(1, name="First")])
    insert_missing([reminder(1, name="Second"), reminder(2, name="Third"), reminder(2, name="Fourth")])
    assert list(Reminder.objects.order_by("key").values_list("name", flat=True)) == ["First", "Third"]


@pytest.mark.django_db
def test_what_may_not_be_there_already_is_stored_whole_or_not_at_all():
    insert([reminder(1, name="First")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([reminder(2, name="Second"), reminder(1, name="Third")])
    assert list(Reminder.objects.values_list("name", flat=True)) == ["First"]


@pytest.mark.django_db
def test_a_hundred_reminders_cost_as_many_queries_as_one(django_assert_max_num_queries, time_machine, monkeypatch):
    from core import reminder_rules

    monkeypatch.setattr(reminder_rules, "rules", {})
    time_machine.move_to(AT)

    def many(count):
        return lambda at: [Due(UUID(int=n), Recipient(f"r{n}@example.org"), str(count), AT, {"url": "/"}) for n in range(count)]

    def all_of_them(rows):
        return {row.pk for row in rows}

    for count in (1, 100):
        register(ReminderRule("t.many", many(count), bool, "accounts/mail/password", still_due_many=all_of_them))
        with django_assert_max_num_queries(28):
            assert sweep_reminders() == count


@pytest.mark.django_db(transaction=True)
def test_mails_are_claimed_by_the_round_and_recorded_one_by_one(mailoutbox, django_assert_max_num_queries):
    from core.tasks import send_outbox

    letters = [Letter(f"k{n}", f"r{n}@example.org", "accounts/mail/password", {"url": "/", "days": 1}) for n in range(20)]
    send_outbox.apply_async_on_commit, kept = lambda *a, **k: None, send_outbox.apply_async_on_commit
    try:
        outbox.queue_letters(letters)
    finally:
        send_outbox.apply_async_on_commit = kept
    with django_assert_max_num_queries(20 + 6):
        assert outbox.send_due() == 20
    assert len(mailoutbox) == 20 and set(OutboxMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


@pytest.mark.django_db
def test_a_round_that_takes_too_long_gives_the_rest_back(mailoutbox, time_machine):
    """The mail server hangs on the first mail for longer than the lease: the second is not sent by two workers."""
    time_machine.move_to(AT, tick=False)
    rows = [Letter(f"k{n}", f"r{n}@example.org", "accounts/mail/password", {"url": "/", "days": 1}).written().as_row(AT) for n in range(2)]
    insert_missing(rows)
    keys = list(OutboxMail.objects.order_by("pk").values_list("pk", flat=True))
    first, second = outbox._claimed(keys)
    time_machine.move_to(AT + outbox.LEASE - timedelta(seconds=1), tick=False)
    assert outbox._hand_over(second, None, None) is False and not mailoutbox
    second.refresh_from_db()
    assert (second.state, second.attempts, second.lease_until) == (MailState.QUEUED, 0, None)
    assert outbox.send_due() == 1, "the second; the first is still leased"
    time_machine.move_to(AT + outbox.LEASE + timedelta(seconds=1), tick=False)
    assert outbox.send_due() == 1 and len(mailoutbox) == 2
    stale = OutboxMail.objects.filter(pk=first.pk, claim=first.claim)
    assert not stale.exists() and clock.real_now() > AT, "who lost its claim records nothing any more"


@pytest.mark.django_db
def test_a_clock_set_back_holds_no_first_try(mailoutbox, time_machine):
    """The machine's clock ran an hour ahead when the mails were queued, and was put right."""
    time_machine.move_to(AT + timedelta(hours=1), tick=False)
    rows = [Letter("k", "r@example.org", "accounts/mail/password", {"url": "/", "days": 1}).written().as_row(AT)]
    insert_missing(rows)
    time_machine.move_to(AT, tick=False)
    assert outbox.send_due() == 1 and outbox.send_due() == 0 and len(mailoutbox) == 1
