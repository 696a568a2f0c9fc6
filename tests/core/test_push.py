"""Web push: subscribed by the reader, sent once by the outbox's way, readable by the browser alone, never to an address inside."""

from __future__ import annotations

import base64
import json
import os
import socket
import threading
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import http_ece
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command
from django.urls import reverse
from py_vapid import Vapid02

from core import outbox, outbox_acts, readers, reminder_rules, reminders
from core.actors import SYSTEM
from core.enums import MailChannel, MailState, Timing
from core.errors import Invalid, NotNow
from core.models import OutboxMail, PushSubscription
from core.push import keys, outside, services
from core.push.encryption import decoded, encrypted
from core.reminders import Due, Recipient, ReminderRule

NIGHT = datetime(2027, 3, 13, 23, tzinfo=UTC)  # Saturday
RFC_8291 = {  # appendix A
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "private": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "text": b"When I grow up, I want to be a watermelon",
    "body": "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6"
    "cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
}


def text(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """A push service and the browser behind it: reads what comes with http_ece and checks who sent it."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.came, self.status = [], 201
        browser = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if browser.status == 201:
                    browser.came.append((dict(self.headers), body))
                self.send_response(browser.status)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.endpoint = f"{self.origin}/push/secret"

    @property
    def named(self):
        public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": text(public), "auth": text(self.secret), "device": "Firefox, Linux"}

    def read(self, number=-1):
        headers, body = self.came[number]
        token, key = (part.split("=", 1)[1] for part in headers["Authorization"].removeprefix("vapid ").split(","))
        assert Vapid02.verify(f"vapid t={token},k={key}")
        claims = json.loads(decoded(token.split(".")[1]))
        assert claims["aud"] == self.origin and claims["sub"].startswith("mailto:") and key == keys.public_key()
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return headers, json.loads(plain)


@pytest.fixture
def browser(settings, tmp_path):
    settings.SCRUTIN_PUSH_ANYWHERE = True
    settings.VAR = tmp_path
    keys._vapid.cache_clear()
    made = Browser()
    yield made
    made.server.shutdown()
    made.server.server_close()
    keys._vapid.cache_clear()


@pytest.fixture
def rule(monkeypatch, coordinator):
    """One occasion for the coordinator: a private matter in the night."""
    monkeypatch.setattr(reminder_rules, "rules", {})

    def register(timing=Timing.AT_ONCE, *, is_duty=True):
        def occasions(at):
            yield Due(uuid.UUID(int=1), Recipient(coordinator.email, "Cora", "fr"), "first", NIGHT, {"days": 2}, url="/flags/7/")

        rule = ReminderRule("t.urgent", occasions, lambda row: True, "accounts/mail/password", timing=timing, is_duty=is_duty)
        reminders.register(rule)

    with time_machine.travel(NIGHT, tick=False):
        yield register


def test_the_body_is_that_of_the_rfcs_example():
    private = ec.derive_private_key(int.from_bytes(decoded(RFC_8291["private"]), "big"), ec.SECP256R1())
    given = {"p256dh": RFC_8291["p256dh"], "auth": RFC_8291["auth"], "salt": decoded(RFC_8291["salt"]), "private_key": private}
    assert text(encrypted(RFC_8291["text"], **given)) == RFC_8291["body"]


@pytest.mark.django_db(transaction=True)
def test_what_is_urgent_is_shown_once_in_each_browser_and_says_nothing_private(browser, rule, coordinator, mailoutbox):
    rule()
    services.subscribe(coordinator.email.upper(), **browser.named)
    reminders.sweep_reminders()
    reminders.sweep_reminders()
    outbox.send_due()
    assert len(mailoutbox) == 1 and len(browser.came) == 1
    headers, told = browser.read()
    row = OutboxMail.objects.get(channel=MailChannel.PUSH)
    assert told == {"title": row.subject, "body": row.body, "url": reverse("core:inbox"), "tag": str(row.uuid)}
    assert "Cora" not in json.dumps(told) and "flags" not in json.dumps(told)
    assert headers["Urgency"] == "high" and headers["Topic"] == row.uuid.hex and int(headers["TTL"]) == 4 * 3600
    assert (row.state, row.language, row.urgent) == (MailState.SENT, "fr", True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("timing", "is_duty", "muted", "count"),
    [(Timing.WORKDAYS, True, [], 0), (Timing.AT_ONCE, False, ["t.urgent"], 0), (Timing.AT_ONCE, False, [], 1)],
)
def test_only_what_is_urgent_and_what_the_reader_wants(browser, rule, coordinator, timing, is_duty, muted, count):
    rule(timing, is_duty=is_duty)
    services.subscribe(coordinator.email, **browser.named)
    readers.choose(coordinator.email, by_mail=False, muted=muted)
    with time_machine.travel(NIGHT + timedelta(hours=34), tick=False):  # Monday by day
        assert reminders.sweep_reminders() == 1
    assert len(browser.came) == count


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(browser, rule, coordinator, status):
    rule()
    services.subscribe(coordinator.email, **browser.named)
    browser.status = status
    reminders.sweep_reminders()
    assert not PushSubscription.objects.exists()
    row = OutboxMail.objects.get(channel=MailChannel.PUSH)
    assert (row.state, row.attempts, row.subscription) == (MailState.STOPPED, 1, None) and row.error
    with pytest.raises(NotNow):
        outbox_acts.resend_mail(row, by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_what_the_push_service_could_not_take_is_tried_again_under_the_same_topic(browser, rule, coordinator):
    rule()
    services.subscribe(coordinator.email, **browser.named)
    browser.status = 503
    reminders.sweep_reminders()
    row = OutboxMail.objects.get(channel=MailChannel.PUSH)
    assert (row.state, row.attempts) == (MailState.QUEUED, 1) and "503" in row.error and PushSubscription.objects.exists()
    browser.status = 201
    with time_machine.travel(NIGHT + timedelta(minutes=2), tick=False):
        outbox.send_due()
    assert [headers["Topic"] for headers, _body in browser.came] == [row.uuid.hex]


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_recording_the_second_takes_the_place_of_the_first(browser, rule, coordinator, monkeypatch):
    rule()
    services.subscribe(coordinator.email, **browser.named)
    monkeypatch.setattr(OutboxMail.objects, "none", None, raising=False)
    real = services.deliver

    def killed(message):
        real(message)
        raise SystemExit

    monkeypatch.setattr(services, "deliver", killed)
    with pytest.raises(SystemExit):
        reminders.sweep_reminders()
    monkeypatch.setattr(services, "deliver", real)
    with time_machine.travel(NIGHT + outbox.LEASE + timedelta(seconds=1), tick=False):
        outbox.send_due()
        outbox.send_due()
    assert len({headers["Topic"] for headers, _body in browser.came}) == 1 and len(browser.came) == 2


INSIDE = [
    "http://push.example.org/x",
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://10.0.0.7/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://[64:ff9b::a00:1]/x",
    "https://[2002:a00:1::]/x",
    "https://[fd00::1]/x",
    "https://100.64.0.1/x",
    "https://0.0.0.0/x",
    "https://2130706433/x",
    "https://224.0.0.1/x",
    "https://8.8.8.8:6379/x",
    "https://user@8.8.8.8/x",
    "https://8.8.8.8/x\r\nX: y",
    "https:///x",
    "file:///etc/passwd",
    "gopher://8.8.8.8/",
    "https://8.8.8.8:99999/",
    "",
]


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", INSIDE)
def test_no_subscription_aims_at_an_address_inside(endpoint, browser, settings):
    settings.SCRUTIN_PUSH_ANYWHERE = False
    with pytest.raises(Invalid):
        services.subscribe("a@example.org", **{**browser.named, "endpoint": endpoint})
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_a_name_that_answers_differently_later_leads_nowhere_inside(browser, settings, monkeypatch):
    """At subscribing the name was public; at sending it points to this machine: nothing is sent, and nothing is asked twice."""
    settings.SCRUTIN_PUSH_ANYWHERE = False
    answers = {"now": "8.8.8.8"}
    asked = []

    def resolve(host, port, **more):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers["now"], port))]

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)
    row = services.subscribe("a@example.org", **{**browser.named, "endpoint": "https://push.example.org/x"})
    tried = []

    def refuse(address, **more):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outside.socket, "create_connection", refuse)
    with pytest.raises(OSError):
        outside.post(row.endpoint, body=b"", headers={})
    assert tried == [("8.8.8.8", 443)] and asked == ["push.example.org"] * 2, "the address that was judged, and no second question"
    answers["now"] = "192.168.1.1"
    with pytest.raises(Invalid):
        outside.post(row.endpoint, body=b"", headers={})
    assert len(tried) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"p256dh": "AAAA"}, {"p256dh": "ж"}, {"auth": "AAAA"}, {"auth": "!"}, {"p256dh": text(b"\x04" + bytes(64))}]
)
def test_keys_that_are_none_are_refused(browser, wrong):
    with pytest.raises(Invalid) as refusal:
        services.subscribe("a@example.org", **{**browser.named, **wrong})
    assert refusal.value.code == "push_keys"


@pytest.mark.django_db
def test_the_page_subscribes_and_removes_ones_own_browsers_alone(browser, coordinator, outsider, client_for):
    desk, door = client_for(coordinator), reverse("core:push")
    page = desk.get(reverse("core:inbox")).content.decode()
    assert f'data-key="{keys.public_key()}"' in page and "Firefox, Linux" not in page
    assert desk.post(door, browser.named).status_code == 201
    assert desk.post(door, browser.named).status_code == 201, "said again at each visit"
    row = PushSubscription.objects.get()
    assert row.address == coordinator.person.email and "Firefox, Linux" in desk.get(reverse("core:inbox")).content.decode()
    other = client_for(outsider)
    assert other.post(door, {"off": browser.endpoint}).json() == {"removed": 0}
    other.post(door, {"remove": str(row.uuid)})
    other.post(door, {"remove": "x"})
    assert PushSubscription.objects.count() == 1
    refused = desk.post(door, {**browser.named, "auth": "x"})
    assert refused.status_code == 400 and refused.json()["error"]
    assert desk.post(door, {"off": browser.endpoint}).json() == {"removed": 1}


@pytest.mark.django_db
def test_ten_browsers_are_enough(browser):
    for number in range(services.MOST):
        services.subscribe("a@example.org", **{**browser.named, "endpoint": f"{browser.endpoint}{number}"})
    with pytest.raises(NotNow):
        services.subscribe("a@example.org", **browser.named)
    assert PushSubscription.objects.count() == services.MOST


@pytest.mark.django_db
def test_a_mail_that_came_back_bars_no_browser_and_no_message_is_taken_for_a_mail(browser, rule, coordinator):
    rule()
    services.subscribe(coordinator.email, **browser.named)
    outbox_acts.suppress_address(coordinator.email, reason="full", by=SYSTEM)
    reminders.sweep_reminders()
    outbox.send_due()
    assert dict(OutboxMail.objects.values_list("channel", "state")) == {"mail": MailState.STOPPED, "push": MailState.SENT}
    assert outbox_acts.note_bounce(address=coordinator.email, reason="x", permanent=False) is None


def test_the_key_is_made_once_and_is_its_owners_alone(browser, settings, capsys):
    call_command("push_keys")
    first = capsys.readouterr().out.strip()
    path = settings.VAR / "vapid-key"
    assert path.stat().st_mode & 0o777 == 0o600 and len(decoded(first)) == 65
    keys._vapid.cache_clear()
    assert keys.public_key() == first
    pem = path.read_text()
    path.unlink()
    keys._vapid.cache_clear()
    settings.SCRUTIN_VAPID_KEY = pem
    assert keys.public_key() == first and not path.exists()


def test_the_worker_of_the_inbox_has_no_wider_reach(client):
    answer = client.get(reverse("core:push_worker"))
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/javascript") and answer["Cache-Control"] == "no-cache"
    assert b"fetch" not in answer.content, "it shows messages and touches no request"
