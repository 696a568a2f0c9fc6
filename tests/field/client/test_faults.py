"""The faults of polling day in a real browser: nothing lost, nothing twice, and the screen says what waits (docs/sync.md 9)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from accounts.models import User
from core.actors import SYSTEM, user_actor
from field.models import Attachment, Device, Form, FormVersion, Note, Observation
from field.services.devices import change_settings, make_code
from field.services.forms import close_version, publish_version
from tests.field.client.conftest import Phone
from tests.field.client.test_offline import fill_voting
from tests.field.real_server import RealServer, running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYNC = "**/api/v1/sync/"
FAST_CLOCK = """(() => {
    const Real = Date, gap = 7 * 3600 * 1000;
    window.Date = class extends Real {
        constructor(...given) { if (given.length) super(...given); else super(Real.now() + gap); }
        static now() { return Real.now() + gap; }
    };
})()"""


def write_note(phone: Phone, text: str, photos: list[str] | None = None) -> None:
    """A note, put into the outbox."""
    phone.go("note")
    phone.page.fill("#text", text)
    for number, photo in enumerate(photos or [], start=1):
        phone.page.set_input_files("#photo", photo)
        phone.page.wait_for_function(f"() => document.querySelectorAll('note-screen .list .link').length === {number}")
    phone.page.click("note-screen button.button-main")
    phone.page.wait_for_selector("records-screen .badge")


def send_now(phone: Phone) -> None:
    """Press the button of the outbox."""
    phone.page.locator("records-screen button", has_text="Send now").first.click()


def test_ten_retries(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """Ten times the server stores and the answer is lost, in every way it can be; the eleventh arrives: one record."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    lost: list[str] = []
    ways = [
        lambda route: route.abort("connectionreset"),
        lambda route: route.abort("timedout"),
        lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>"),
        lambda route: route.fulfill(status=200, body="<html>Welcome to the hotel</html>", content_type="text/html"),
        lambda route: route.fulfill(status=503, body=""),
    ]

    def swallow(route: Any) -> None:
        if route.request.method == "POST" and len(lost) < 10:
            route.fetch()
            lost.append(route.request.url)
            ways[len(lost) % len(ways)](route)
        else:
            route.continue_()

    handset.context.route(SYNC, swallow)
    write_note(handset, "Ten times.")
    for tries in range(2, 12):
        page.wait_for_function("() => !document.querySelector('records-screen .badge-sending')")
        if len(lost) < tries - 1:
            page.wait_for_timeout(200)
        if handset.records()[0]["state"] == "sent":
            break
        send_now(handset)
        page.wait_for_timeout(300)
    page.wait_for_selector("records-screen .badge-sent")
    assert len(lost) == 10
    assert Note.objects.get().text == "Ten times."
    assert [row["state"] for row in handset.records()] == ["sent"]


def test_cut_during_the_second_photo(
    handset: Phone, make_observer: Callable[..., Any], polling: Any, coordinator: User, tmp_path: Path
) -> None:
    """The first photo is through, the second breaks off after its first part; the browser is killed; both arrive, each once."""
    change_settings(polling, by=user_actor(coordinator), may_photograph=True, may_locate=False, emergency_number="112")
    _assignment, code = make_observer()
    pictures = []
    for number in (1, 2):
        path = tmp_path / f"{number}.jpg"
        Image.effect_noise((2000, 1500), 90 + number).convert("RGB").save(path, quality=95)
        pictures.append(str(path))
    page = handset.start()
    handset.enrol(code)
    sent: list[str] = []

    def cut(route: Any) -> None:
        path = route.request.url.partition("?")[0]
        if route.request.method == "PUT":
            if path not in sent:
                sent.append(path)
            elif len(sent) == 2 and path == sent[1]:
                return route.abort("connectionreset")
        return route.continue_()

    handset.context.route("**/attachments/**", cut)
    write_note(handset, "Two photos.", pictures)
    page.wait_for_selector("records-screen .badge-sent")
    for _wait in range(100):
        if len(sent) == 2 and Attachment.objects.filter(state="stored").count() == 1:
            break
        page.wait_for_timeout(100)
    assert Attachment.objects.filter(state="stored").count() == 1
    partial = Attachment.objects.get(state="partial")
    assert partial.parts.count() == 1
    handset.kill()

    page = handset.start("/field/#/settings")
    page.click("text=Fetch what is new")
    for _wait in range(150):
        if Attachment.objects.filter(state="stored").count() == 2:
            break
        page.wait_for_timeout(100)
    assert list(Attachment.objects.values_list("state", flat=True)) == ["stored", "stored"]
    assert Attachment.objects.filter(uuid=partial.uuid).exists()
    note = Note.objects.get()
    assert set(Attachment.objects.values_list("parent", flat=True)) == {note.uuid}
    for row in Attachment.objects.all():
        with Image.open(io.BytesIO(row.stored.read())) as kept:
            assert max(kept.size) == 1600


def test_storage_thrown_away(handset: Phone, make_observer: Callable[..., Any], coordinator: User) -> None:
    """The browser threw the store away: the phone asks for a code, and what was sent comes back; nothing there is overwritten."""
    assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    write_note(handset, "Sent before the loss.")
    page.wait_for_selector("records-screen .badge-sent")
    before = Note.objects.get()
    cdp = handset.context.new_cdp_session(page)
    page.goto("about:blank")
    cdp.send("Storage.clearDataForOrigin", {"origin": handset.origin, "storageTypes": "all"})
    page.goto(f"{handset.origin}/field/")
    page.wait_for_selector("enrol-screen")
    handset.shot("storage-gone")
    handset.enrol(make_code(assignment.person, assignment.mission, by=user_actor(coordinator)))
    handset.go("records")
    page.wait_for_selector("text=Sent before the loss.")
    assert (Note.objects.get().pk, Note.objects.get().text) == (before.pk, before.text)
    assert Device.objects.count() == 2


def test_session_ended_in_the_tunnel(handset: Phone, make_observer: Callable[..., Any], coordinator: User) -> None:
    """The token ended while the phone was off line with a form and a note waiting: both are kept, and sent after a new code."""
    assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.context.set_offline(True)
    fill_voting(handset)
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-waiting")
    write_note(handset, "In the tunnel.")
    Device.objects.update(expires_at="2020-01-01T00:00:00Z")
    handset.context.set_offline(False)
    page.wait_for_timeout(500)
    handset.go("today")
    page.wait_for_selector("text=Nothing is lost")
    assert {row["state"] for row in handset.records()} == {"waiting"}
    assert Observation.objects.count() == Note.objects.count() == 0
    page.click("text=Type a new code")
    handset.enrol(make_code(assignment.person, assignment.mission, by=user_actor(coordinator)))
    handset.go("records")
    page.wait_for_function("() => document.querySelectorAll('records-screen .badge-sent').length === 2")
    assert (Observation.objects.get().answers["B01"], Note.objects.get().text) == ("no", "In the tunnel.")


def test_form_changed_while_off_line(handset: Phone, make_observer: Callable[..., Any], coordinator: User) -> None:
    """Version 2 comes out and version 1 is closed while somebody fills in version 1: it is taken, and counts beside version 2."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.context.set_offline(True)
    fill_voting(handset)
    old = Form.objects.get(code="B").current
    new = FormVersion.objects.create(
        form=old.form, version="2099.1", state="draft", xform=old.xform.replace(f'version="{old.version}"', 'version="2099.1"'),
        md5="0" * 32, questions=old.questions, languages=old.languages, xlsform=old.xlsform,
    )  # fmt: skip
    publish_version(new, by=SYSTEM)
    close_version(old, by=SYSTEM)
    handset.context.set_offline(False)
    page.wait_for_timeout(300)
    page.reload()
    page.wait_for_selector("form-screen .form")
    handset.turn_to("B01")
    assert page.locator("[data-name=B01] input:checked").get_attribute("value") == "no"
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-sent")
    stored = Observation.objects.get()
    assert (stored.form_version.version, stored.answers["B01"], stored.is_current) == (old.version, "no", True)


def test_a_clock_that_is_hours_wrong(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """The phone's clock is seven hours fast: the record is taken, marked, and its gap is known."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.context.add_init_script(FAST_CLOCK)
    page.reload()
    handset.enrol(code)
    fill_voting(handset)
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-sent")
    row = Observation.objects.get()
    assert row.is_clock_odd
    assert abs(row.clock_offset + 7 * 3600) < 120
    assert (row.started_at - row.received_at) > timedelta(hours=6)


@pytest.fixture
def server(make_observer: Callable[..., Any], tmp_path: Path) -> Iterator[tuple[RealServer, str]]:
    """The server as it is run, and a code for a phone."""
    _assignment, code = make_observer()
    for one in running(tmp_path):
        one.start()
        yield one, code


@pytest.mark.fault
def test_worker_killed_while_the_phone_sends(server: tuple[RealServer, str], playwright: Any, tmp_path: Path) -> None:
    """The processes that answer die under the request; then the whole server; the phone says that it waits, and sends."""
    real, code = server
    phone = Phone(playwright, tmp_path / "profile", real.origin)
    try:
        page = phone.start()
        phone.enrol(code)
        real.stop()
        write_note(phone, "Sent into nothing.")
        page.wait_for_selector("records-screen .badge-waiting")
        for _wait in range(100):
            if phone.records()[0]["state"] == "waiting":
                break
            page.wait_for_timeout(100)
        assert [row["state"] for row in phone.records()] == ["waiting"]
        killed: list[str] = []

        def strike(route: Any) -> None:
            if not killed:
                killed.append(route.request.url)
                real.kill_workers()
            route.continue_()

        phone.context.route(SYNC, strike)
        real.start()
        for _try in range(120):
            if page.locator("records-screen .badge-sent").count():
                break
            button = page.locator("records-screen button:has-text('Send now'):enabled")
            if button.count():
                button.first.click()
            page.wait_for_timeout(500)
        assert killed
        page.wait_for_selector("records-screen .badge-sent")
        assert real.rows("SELECT text FROM field_note") == [("Sent into nothing.",)]
    finally:
        phone.kill()
