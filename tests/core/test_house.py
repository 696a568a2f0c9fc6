"""Clock, health, refusals, rights, navigation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import rules
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core import audit, clock, health
from core.actors import SYSTEM, Actor, device_actor, user_actor
from core.errors import DomainError, Missing, NotAllowed, NotNow
from core.middleware import RefusalMiddleware
from core.rights import allowed, authorize, device_may

pytestmark = pytest.mark.django_db


def test_clock_moves_only_in_a_demonstration(settings):
    settings.SCRUTIN_DEMO = False
    with pytest.raises(RuntimeError):
        clock.set_demo_now(datetime(2030, 1, 1, tzinfo=UTC))
    settings.SCRUTIN_DEMO = True
    clock.set_demo_now(datetime(2030, 1, 1, tzinfo=UTC))
    assert abs(clock.now() - datetime(2030, 1, 1, tzinfo=UTC)) < timedelta(seconds=5)
    assert clock.real_now() - clock.now() < timedelta(0)
    settings.SCRUTIN_DEMO = False
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=5), "the offset counts in a demonstration only"


def test_today_is_asked_of_a_zone(settings):
    settings.SCRUTIN_DEMO = True
    clock.set_demo_now(datetime(2030, 1, 1, 22, 30, tzinfo=UTC))
    assert str(clock.today("Europe/Paris")) == "2030-01-01"
    assert str(clock.today("Asia/Yerevan")) == "2030-01-02"


def test_healthz_and_readyz(client):
    assert client.get("/healthz").content == b"ok"
    body = client.get("/readyz").json()
    assert (body["database"], body["storage"], body["worker"]) == ("ok", "ok", "never seen")
    health.seen("worker")
    health.seen("scheduler")
    answer = client.get("/readyz").json()
    assert (answer["worker"], answer["scheduler"]) == ("ok", "ok")
    assert health.silent_parts() == []


def test_silence_shows_on_the_desk(client_for, coordinator):
    assert "Not heard of for two minutes" in client_for(coordinator).get("/account/").content.decode()


def test_rights_by_kind_of_actor(coordinator, outsider):
    if not rules.perm_exists("test.do"):
        rules.add_perm("test.do", rules.predicate(lambda user, obj=None: user == coordinator))
    assert allowed(SYSTEM, "test.do")
    assert allowed(user_actor(coordinator), "test.do")
    assert not allowed(user_actor(outsider), "test.do")
    phone = device_actor(coordinator, user=coordinator)
    assert not allowed(phone, "test.do")
    device_may("test.do")
    assert allowed(phone, "test.do")
    link = Actor(kind="link", label="link:x", grants=frozenset({"test.do"}), subject=outsider)
    assert allowed(link, "test.do", outsider)
    assert not allowed(link, "test.do", coordinator)
    with pytest.raises(LookupError):
        allowed(SYSTEM, "test.never_declared")
    coordinator.is_active = False
    with pytest.raises(NotAllowed):
        authorize(user_actor(coordinator), "test.do")


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotNow("Not yet.", missing=[Missing("code", "The <b>code</b> is not signed.", "/there/")]), 409), (NotAllowed("Not you."), 403)],
)
def test_refusal_page_lists_what_is_missing_escaped(error: DomainError, status: int, client_for, coordinator):
    request = RequestFactory().get("/somewhere/")
    request.user = coordinator
    request._messages = []
    answer = RefusalMiddleware(lambda r: None).process_exception(request, error)  # type: ignore[arg-type, return-value]
    text = answer.content.decode()
    assert answer.status_code == status
    assert str(error.sentence) in text
    if error.missing:
        assert "The &lt;b&gt;code&lt;/b&gt; is not signed." in text
        assert 'href="/there/"' in text


def test_a_refusal_asks_nothing_for_the_menu(client_for, outsider, coordinator):
    """It says who is signed in, leads to the start, and is read in three languages; menu and warning stand on every other page."""
    client = client_for(outsider)
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/log/")
    assert page.status_code == 403
    shown = page.content.decode()
    assert 'aria-label="Main menu"' not in shown and "Not heard of" not in shown
    assert all(word in shown for word in ("Otto Outsider", "Sign out", 'href="/"', 'value="fr"', 'value="de"'))
    assert not [query["sql"] for query in asked if "core_heartbeat" in query["sql"]]
    page = client_for(coordinator).get("/").content.decode()
    assert 'aria-label="Main menu"' in page and "Not heard of" in page


def test_unknown_page(client):
    assert client.get("/no/such/page/").status_code == 404


def test_pages_carry_a_strict_policy(client):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_instants_are_shown_in_the_readers_zone(client_for, administrator, settings):
    administrator.person.zone = "Asia/Yerevan"
    administrator.person.save_changes("zone")
    settings.SCRUTIN_DEMO = True
    clock.set_demo_now(datetime(2030, 1, 1, 22, 30, tzinfo=UTC))
    audit.record(SYSTEM, "core.tested")
    assert "2 January 2030, 02:30" in client_for(administrator).get("/log/").content.decode()
