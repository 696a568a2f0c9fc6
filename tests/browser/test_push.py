"""Urgent reminders in a real browser: switched on at the inbox, delivered, shown, switched off.

Chromium reaches no push service here: its own subscribing is replaced by one that names a push service of this test, and what arrives
there is decrypted and handed to the service worker by the browser's debugging door.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from core import clock, outbox, reminder_rules, reminders
from core.enums import MailChannel, Timing
from core.models import OutboxMail, PushSubscription
from core.reminders import Due, Recipient, ReminderRule
from tests.browser.conftest import Desk
from tests.core.test_push import browser as push_service  # noqa: F401  a fixture
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SUBSCRIBE = """
PushManager.prototype.subscribe = async function (options) {
  if (options.applicationServerKey.length !== 65 || !options.userVisibleOnly) throw new Error("no key");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0)).buffer;
  const keys = { p256dh: bytes(%(p256dh)s), auth: bytes(%(auth)s) };
  const made = { endpoint: %(endpoint)s, getKey: (name) => keys[name], unsubscribe: async () => localStorage.removeItem("subscribed") };
  localStorage.setItem("subscribed", "1");
  window.madeSubscription = made;
  return made;
};
PushManager.prototype.getSubscription = async function () {
  const options = { applicationServerKey: { length: 65 }, userVisibleOnly: true };
  return localStorage.getItem("subscribed") ? PushManager.prototype.subscribe(options) : null;
};
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_switched_on_shown_and_switched_off(
    push_service: Any,  # noqa: F811
    at_desks: World,
    desk: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
) -> None:
    user = at_desks.users["coordinator"]
    one = desk(width=width)
    one.context.grant_permissions(["notifications"], origin=one.origin)
    one.context.add_init_script(SUBSCRIBE % {name: json.dumps(value) for name, value in push_service.named.items()})
    page = one.page
    one.sign_in(user.email)
    one.open(reverse("core:inbox"))
    with page.expect_navigation():
        page.click("[data-push-on]")
    page.wait_for_selector("[data-push-off]:visible")
    row = PushSubscription.objects.get()
    assert (row.address, row.endpoint) == (user.person.email, push_service.endpoint) and row.device == "Chrome, Linux"
    assert one.faults() == []
    one.shot(f"push-{width}")

    def occasions(at: Any) -> Any:
        yield Due(uuid.UUID(int=1), Recipient(user.person.email, "Cora"), "first", clock.now() - timedelta(minutes=1), {"days": 1})

    monkeypatch.setattr(reminder_rules, "rules", {})
    reminders.register(ReminderRule("t.urgent", occasions, lambda reminder: True, "accounts/mail/password", timing=Timing.AT_ONCE))
    reminders.sweep_reminders()
    outbox.send_due()
    _headers, told = push_service.read()
    assert len(push_service.came) == 1 and OutboxMail.objects.get(channel=MailChannel.PUSH).state == "sent"

    door = one.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    door.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    door.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    (ours,) = [each for each in registrations if each["scopeURL"].endswith("/inbox/")]
    given = {"origin": one.origin, "registrationId": ours["registrationId"], "data": json.dumps(told)}
    for _twice in range(2):
        door.send("ServiceWorker.deliverPushMessage", given)
    page.wait_for_timeout(500)
    shown = page.evaluate(
        "async () => (await (await navigator.serviceWorker.getRegistration('/inbox/')).getNotifications())"
        ".map((each) => [each.title, each.body, each.tag, each.data.url])"
    )
    assert shown == [[told["title"], told["body"], told["tag"], reverse("core:inbox")]], "delivered twice, shown once"

    with page.expect_navigation():
        page.click("[data-push-off]")
    page.wait_for_selector("[data-push-on]:visible")
    assert not PushSubscription.objects.exists()


def test_a_refusal_is_told_in_a_sentence(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = desk()
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("core:inbox"))
    one.page.evaluate("Notification.requestPermission = async () => 'denied'")
    one.page.click("[data-push-on]")
    one.page.wait_for_selector("[data-push-error]:has-text('does not allow it')")
    assert not PushSubscription.objects.exists()
