"""What the service worker promises: the app updates itself without losing the queue, and sends when the app is closed."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from field.models import Attachment, Note
from field.views import app
from tests.field.client.conftest import Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write_note(phone: Phone, text: str) -> None:
    """A note, put into the outbox."""
    phone.go("note")
    phone.page.fill("#text", text)
    phone.page.click("note-screen button.button-main")
    phone.page.wait_for_selector("records-screen .badge")


def test_update_keeps_the_queue(handset: Phone, make_observer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A new version is offered, taken, and what waited still waits."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.context.route("**/api/v1/sync/", lambda route: route.abort())
    write_note(handset, "Written before the update.")
    newer = tmp_path / "newer"
    shutil.copytree(app.BUILT, newer)
    (newer / "sw.js").write_text((newer / "sw.js").read_text() + "\n// newer\n")
    monkeypatch.setattr(app, "BUILT", newer)
    handset.go("today")
    page.evaluate("navigator.serviceWorker.getRegistration().then((row) => row.update())")
    page.wait_for_selector("text=A new version is ready")
    handset.shot("09-update")
    page.evaluate("window.isOld = true")
    page.click("text=Update now")
    page.wait_for_function("() => !window.isOld && document.querySelector('today-screen .card')")
    assert page.locator("text=A new version is ready").count() == 0
    assert [row["state"] for row in handset.records()] == ["waiting"]
    handset.context.unroute("**/api/v1/sync/")
    handset.go("records")
    page.wait_for_selector("records-screen .badge-sent")
    assert Note.objects.get().text == "Written before the update."


def test_worker_sends_when_the_app_is_closed(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """Background Sync: no page of the app is open, the browser wakes the worker, the note is sent."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.context.set_offline(True)
    write_note(handset, "Sent by the worker.")
    registrations: list[dict[str, Any]] = []
    cdp = handset.context.new_cdp_session(page)
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    cdp.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    page.goto("about:blank")
    handset.context.set_offline(False)
    mine = next(row for row in registrations if row["scopeURL"].endswith("/field/"))
    cdp.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": handset.origin, "registrationId": mine["registrationId"], "tag": "outbox", "lastChance": True},
    )
    for _wait in range(100):
        if Note.objects.exists():
            break
        page.wait_for_timeout(100)
    assert Note.objects.get().text == "Sent by the worker."
    page.goto(f"{handset.origin}/field/#/records")
    page.wait_for_selector("records-screen .badge-sent")
    assert Note.objects.count() == 1


def test_photo_is_scaled_and_follows_its_note(handset: Phone, make_observer: Callable[..., Any], tmp_path: Path) -> None:
    """A big picture with place data leaves the phone small, and without them; its note goes first."""
    _assignment, code = make_observer()
    picture = tmp_path / "protocol.jpg"
    image = Image.effect_noise((3000, 2000), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Camera of the observer"
    image.save(picture, exif=exif, quality=90)

    def allow(route: Any) -> None:
        answer = route.fetch()
        body = answer.json() if answer.status == 200 else None
        if body:
            body["missions"][0]["photos"] = True
        route.fulfill(response=answer, json=body) if body else route.fulfill(response=answer)

    page = handset.start()
    handset.context.route("**/api/v1/sync/bootstrap/", allow)
    handset.enrol(code)
    handset.go("note")
    page.fill("#text", "The posted protocol.")
    page.set_input_files("#photo", str(picture))
    page.wait_for_selector("note-screen .list .link")
    page.click("note-screen button.button-main")
    page.wait_for_selector("records-screen .badge-sent")
    page.click("records-screen a.row")
    page.wait_for_selector("record-screen .badge-sent >> nth=1")
    stored = Attachment.objects.get()
    assert stored.parent == Note.objects.get().uuid
    with Image.open(io.BytesIO(stored.stored.read())) as kept:
        assert max(kept.size) == 1600
        assert not kept.getexif()
