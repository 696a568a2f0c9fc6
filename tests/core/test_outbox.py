"""Mail leaves once, in the reader's language, however often it is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from core import clock, outbox
from core.enums import MailState
from core.models import OutboxMail

pytestmark = pytest.mark.django_db
TEMPLATE = "accounts/mail/password"


def _queue(key: str = "one", **values: object) -> OutboxMail:
    return outbox.queue_mail(
        key=key, address="a@example.org", template=TEMPLATE, context={"url": "https://x/?a=1&b=2", "days": 7}, **values
    )


def test_queued_mail_leaves_after_the_commit_with_a_stable_id(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = _queue(name="Ålesund Ö")
        assert mail.outbox == []
    assert len(mail.outbox) == 1
    message = mail.outbox[0]
    assert message.extra_headers["Message-ID"] == row.message_id
    assert "https://x/?a=1&b=2" in message.body, "plain text is not escaped for HTML"
    assert OutboxMail.objects.get(pk=row.pk).state == MailState.SENT


def test_same_key_is_one_mail(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first, second = _queue(), _queue()
    assert first.pk == second.pk
    assert len(mail.outbox) == 1


def test_days_are_written_as_the_reader_writes_them():
    context = {
        "name": "A",
        "received_on": "2026-12-04",
        "number": "2026-13-45",
        "title": "T",
        "country": "C",
        "days": ["2027-10-24", "2027-11-07"],
    }
    letters = [
        outbox.queue_mail(key=code, address="a@example.org", language=code, template="missions/mail/request_receipt", context=context).body
        for code in ("en", "fr", "de")
    ]
    for letter, received, days in zip(
        letters,
        ("4 December 2026", "4 décembre 2026", "4. Dezember 2026"),
        ("24 October 2027, 7 November 2027", "24 octobre 2027, 7 novembre 2027", "24. Oktober 2027, 7. November 2027"),
        strict=True,
    ):
        assert received in letter and days in letter
        assert "2026-13-45" in letter, "what only looks like a day stays"


def test_rolled_back_act_sends_nothing(django_capture_on_commit_callbacks):
    @transaction.atomic
    def act_that_breaks() -> None:
        _queue()
        raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        act_that_breaks()
    assert mail.outbox == []
    assert not OutboxMail.objects.exists()


def test_attachment_goes_along(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        _queue(attachments=[("письмо.txt", "text/plain", "да".encode())])
    assert mail.outbox[0].attachments[0][0] == "письмо.txt"


def test_failure_is_tried_again_later_and_given_up_in_the_end(monkeypatch):
    row = _queue()

    def refuse(self, fail_silently=False):
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    for attempt in range(1, len(outbox.RETRY_AFTER) + 1):
        assert outbox.send_one(row.pk) is False
        row.refresh_from_db()
        assert (row.state, row.attempts) == (MailState.QUEUED, attempt)
        assert outbox.send_one(row.pk) is False, "not due yet"
        OutboxMail.objects.filter(pk=row.pk).update(next_at=clock.real_now())
    outbox.send_one(row.pk)
    row.refresh_from_db()
    assert row.state == MailState.FAILED
    assert "ConnectionRefusedError" in row.error


def test_worker_that_died_while_sending_is_followed_after_its_lease():
    row = _queue()
    OutboxMail.objects.filter(pk=row.pk).update(state=MailState.SENDING, lease_until=clock.real_now() + timedelta(minutes=1))
    assert outbox.send_due() == 0
    OutboxMail.objects.filter(pk=row.pk).update(lease_until=clock.real_now() - timedelta(seconds=1))
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    assert len(mail.outbox) == 1


def test_a_name_that_a_header_cannot_hold_does_not_keep_the_mail_back(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = _queue(name='A. "B"\n C\\')
    assert OutboxMail.objects.get(pk=row.pk).state == MailState.SENT
    assert mail.outbox[0].to == ['"A. B C" <a@example.org>']


def test_the_outbox_does_not_show_the_key_to_an_account(coordinator, administrator, client_for):
    outbox.queue_mail(key="two", address="b@example.org", template=TEMPLATE, context={"url": "https://x/link/abc-DEF_1/", "days": 7})
    for reader in (coordinator, administrator):
        page = client_for(reader).get(reverse("core:outbox")).content.decode()
        assert "https://x/link/…/" in page
        assert "abc-DEF_1" not in page
    assert "abc-DEF_1" in OutboxMail.objects.get().body
