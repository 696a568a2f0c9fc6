"""Held mails, mails that came back, barred addresses, the words of the mails; read back by a second parser."""

from __future__ import annotations

import email
import json
import socket
import threading
from email.policy import default

import pytest
from django.core.mail import get_connection
from django.core.management import call_command
from django.urls import reverse

from core import mail_texts, outbox, outbox_acts
from core.actors import SYSTEM, user_actor
from core.enums import MailState
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, MailText, OutboxMail, SuppressedAddress
from core.outbox import as_message

pytestmark = pytest.mark.django_db
TEMPLATE = "missions/mail/milestone_due"
CONTEXT = {"label": "Список делегации – Պատվիրակություն", "due_on": "2027-10-24", "mission": "BG-2027-1", "url": "/missions/BG-2027-1/"}


def _queue(key="one", **values):
    return outbox.queue_mail(key=key, address="a@example.org", template=TEMPLATE, context=CONTEXT, **values)


def _report(mail, *, status="5.1.1", action="failed"):
    """A delivery report as mail servers write it (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@example.org\nTo: scrutin@example.org\nSubject: Undelivered\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {mail.address}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 no such user\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {mail.message_id}\nSubject: x\n\n--b--\n"
    ).encode()


class TestHeld:
    def test_nothing_leaves_before_somebodys_yes(self, coordinator, client_for, mailoutbox, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            row = _queue(held=True)
        assert outbox.send_due() == 0 and mailoutbox == []
        page = client_for(coordinator).get(reverse("core:outbox")).content.decode()
        assert "1 mail waits for a yes." in page
        with django_capture_on_commit_callbacks(execute=True):
            client_for(coordinator).post(reverse("core:mail_act", args=[row.uuid, "release"]))
        row.refresh_from_db()
        assert (row.state, row.decided_by) == (MailState.SENT, str(user_actor(coordinator)))
        assert len(mailoutbox) == 1
        with pytest.raises(NotNow):
            outbox_acts.release_mail(row, by=user_actor(coordinator))

    def test_stopped_is_stopped_until_sent_again(self, coordinator, auditor, mailoutbox):
        row = _queue(held=True)
        with pytest.raises(NotAllowed):
            outbox_acts.stop_mail(row, by=user_actor(auditor))
        outbox_acts.stop_mail(row, by=user_actor(coordinator))
        assert outbox.send_one(row.pk) is False
        again = outbox_acts.resend_mail(row, by=user_actor(coordinator))
        assert outbox.send_one(again.pk) and len(mailoutbox) == 1
        assert again.message_id != row.message_id
        second = outbox_acts.resend_mail(row, by=user_actor(coordinator))
        assert second.pk != again.pk


class TestCameBack:
    def test_a_report_in_a_mailbox_file_bars_the_address(self, tmp_path, capsys, mailoutbox):
        row = _queue()
        outbox.send_one(row.pk)
        box = tmp_path / "bounces.mbox"
        box.write_bytes(b"From x Sat Nov 28 10:00:00 2026\n" + _report(row) + b"\nFrom y Sat Nov 28 10:00:00 2026\nSubject: Hello\n\nHi\n")
        for _time in range(2):
            call_command("read_bounces", str(box))
        assert json.loads(capsys.readouterr().out.splitlines()[0]) == {"noted": 1, "unknown": 0, "other": 1}
        row.refresh_from_db()
        assert (row.state, row.error) == (MailState.BOUNCED, "5.1.1 550 no such user")
        assert SuppressedAddress.objects.get().address == "a@example.org"
        other = _queue("two")
        assert outbox.send_one(other.pk) is False
        other.refresh_from_db()
        assert other.state == MailState.STOPPED
        with pytest.raises(NotNow):
            outbox_acts.resend_mail(other, by=SYSTEM)
        assert AuditEntry.objects.filter(action="mail.came_back").count() == 1

    def test_a_passing_trouble_bars_nothing(self):
        row = _queue()
        outbox.send_one(row.pk)
        facts = outbox_acts.read_bounce(_report(row, status="4.2.2"))
        assert facts and outbox_acts.note_bounce(**facts) == row
        assert not SuppressedAddress.objects.exists()

    def test_the_webhook_asks_for_its_token_and_names_what_is_wrong(self, client, settings):
        row = _queue()
        outbox.send_one(row.pk)
        url, facts = reverse("core:bounces", args=["secret"]), {"message_id": row.message_id, "reason": "full", "permanent": True}
        assert client.post(url, facts, content_type="application/json").status_code == 404
        settings.SCRUTIN_BOUNCE_TOKEN = "secret"
        answer = client.post(url, [facts, {}], content_type="application/json")
        assert (answer.status_code, answer.json()["detail"]) == (400, "Item 2 names no mail: give message_id or address.")
        assert not SuppressedAddress.objects.exists(), "nothing half-stored"
        assert client.post(url, [facts], content_type="application/json").json() == {"noted": 1, "unknown": 0}
        assert SuppressedAddress.objects.get().reason == "full"

    def test_addresses_are_barred_and_opened_on_a_page(self, coordinator, client_for):
        client = client_for(coordinator)
        client.post(reverse("core:suppress"), {"address": "No@Example.org", "reason": "asked"})
        assert "no@example.org" in client.get(reverse("core:suppressed")).content.decode()
        client.post(reverse("core:suppress"), {"remove": "no@example.org"})
        assert not SuppressedAddress.objects.exists()


class TestWords:
    def test_every_default_text_in_every_language_would_be_accepted(self):
        assert len(mail_texts.names()) > 20
        for name in mail_texts.names():
            texts = {language: mail_texts.default_text(name, language) for language in ("en", "fr", "de")}
            for subject, body in texts.values():
                mail_texts.check(name, subject, body)

    def test_own_words_are_used_for_their_language_alone(self, coordinator):
        by = user_actor(coordinator)
        body = "Bonjour {{ name }}\n{% if label %}{{ label }}{% endif %}\n{{ site_url }}{{ url }}"
        mail_texts.save_text(TEMPLATE, "fr", subject="Échéance {{ mission }}", body=body, by=by)
        french, english = _queue("fr", language="fr", name="Ève"), _queue("en")
        assert french.subject == "Échéance BG-2027-1"
        assert french.body.startswith("Bonjour Ève\nСписок")
        assert "comes near" in english.body
        mail_texts.reset_text(TEMPLATE, "fr", by=by)
        assert _queue("fr2", language="fr").subject != french.subject

    @pytest.mark.parametrize(
        ("body", "word"),
        [
            ("{{ url }} {{ password }}", "“password” is none of the variables"),
            ("{{ url|safe }}", "“url|safe” is none of the variables"),
            ("{% load static %}{{ url }}", "cannot be read"),
            ("{% include 'x' %}{{ url }}", "Only {{ variables }}"),
            ("{{ url }}{% if secret == 1 %}x{% endif %}", "After “if”"),
            ("{{ url }}{% endif %}", "cannot be read"),
            ("no address", "must contain {{ url }}"),
            ("  ", "Write something"),
        ],
    )
    def test_what_could_not_be_sent_is_refused_at_saving(self, body, word):
        with pytest.raises(Invalid) as refusal:
            mail_texts.save_text(TEMPLATE, "en", subject="S", body=body, by=SYSTEM)
        assert word in refusal.value.sentence and refusal.value.attr == "body"
        assert not MailText.objects.exists()

    def test_the_page_previews_saves_and_resets(self, coordinator, client_for):
        client, url = client_for(coordinator), reverse("core:mail_text", args=[TEMPLATE, "de"])
        assert "{{ mission }}" in client.get(url).content.decode()
        words = {"subject": "Frist {{ due_on }}", "body": "{{ site_url }}{{ url }}"}
        assert "Frist [due_on]" in client.post(url, words | {"preview": "1"}).content.decode()
        assert client.post(url, words | {"save": "1"}).status_code == 302
        assert "own" in client.get(reverse("core:mail_texts")).content.decode()
        client.post(url, {"reset": "1"})
        assert not MailText.objects.exists()
        assert client.post(url, {"subject": "S", "body": "{{ no }}", "save": "1"}).status_code == 400


class _Server(threading.Thread):
    """A mail server for one conversation; it keeps what it was given."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.readers, self.data = [], b""

    def run(self):
        connection, _address = self.socket.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            while line := lines.readline():
                word = line[:4].upper()
                if word == b"RCPT":
                    self.readers.append(line.decode().strip())
                if word == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    while (part := lines.readline()) != b".\r\n":
                        self.data += part
                connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    break


def test_a_mail_is_read_back_as_it_was_meant_by_a_second_parser():
    server = _Server()
    server.start()
    row = _queue(key="reminder:x", name="Ծովինար Ա.", attachments=[("Կարգ – порядок.txt", "text/plain", "да".encode())])
    OutboxMail.objects.filter(pk=row.pk).update(unsubscribe="https://x/unsubscribe/abc/")
    backend = "django.core.mail.backends.smtp.EmailBackend"
    assert outbox.send_one(row.pk, connection=get_connection(backend, host="127.0.0.1", port=server.port))
    server.join(5)
    read = email.message_from_bytes(server.data, policy=default)
    assert [line.upper() for line in server.readers] == ["RCPT TO:<A@EXAMPLE.ORG>"]
    assert (read["To"].addresses[0].display_name, read["Cc"], read["Bcc"]) == ("Ծովինար Ա.", None, None)
    assert read["Subject"].strip() == "BG-2027-1: Список делегации – Պատվիրակություն is due on 24 October 2027"
    assert read["Message-ID"] == row.message_id and read["Auto-Submitted"] == "auto-generated"
    assert read["List-Unsubscribe"] == "<https://x/unsubscribe/abc/>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["List-Id"].startswith("Scrutin reminders <reminders.")
    plain, html = read.get_body(("plain",)).get_content(), read.get_body(("html",)).get_content()
    assert "Պատվիրակություն" in plain and "https://x/unsubscribe/abc/" in plain
    assert "Պատվիրակություն" in html and '<a href="https://x/unsubscribe/abc/"' in html and "<script" not in html
    (attachment,) = read.iter_attachments()
    assert attachment.get_filename() == "Կարգ – порядок.txt"
    assert attachment.get_content().strip() == "да"
    assert all(ord(letter) < 128 for letter in server.data.split(b"\r\n\r\n")[0].decode("ascii"))


def test_html_says_the_same_and_escapes():
    row = _queue()
    row.body = "A <b> & c\nhttps://x/?a=1&b=2\n\nEnd"
    html = as_message(row).alternatives[0].content
    assert "A &lt;b&gt; &amp; c<br>" in html and html.count("<p>") == 2 and 'href="https://x/?a=1&amp;b=2"' in html
