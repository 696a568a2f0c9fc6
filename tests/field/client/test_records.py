"""Records after sending, and what goes along with them: another station, photos, position, refusals, a correction on a second phone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image

from accounts.models import User
from core.actors import user_actor
from field.models import Attachment, FieldSettings, Note, Observation, StationMove
from field.services import attachments
from field.services.devices import make_code
from field.services.forms import import_form, publish_version
from missions.models import Mission
from tests.field.client.conftest import Phone
from tests.field.client.test_looks import check
from tests.field.client.test_mending import send_voting
from tests.field.client.test_offline import fill_voting
from tests.field.services.test_attachments import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def allowed(polling: Mission) -> FieldSettings:
    """Photos and position are allowed in this mission."""
    return FieldSettings.objects.create(mission=polling, may_photograph=True, may_locate=True)


def wait_for(phone: Phone, ready: Callable[[], bool]) -> None:
    """Until the server has it."""
    for _wait in range(100):
        if ready():
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError("It did not arrive.")


def test_a_wrong_station_is_set_right_off_line(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """Chosen from the list, waits, is done on line; a correction afterwards begins at the new station; after an hour it is too late."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    sent = send_voting(handset)
    handset.context.set_offline(True)
    handset.go(f"record/{sent['uuid']}")
    page.click("text=Wrong station?")
    page.fill("#station-search", "S002")
    assert check(handset, "move") == []
    handset.shot("move")
    page.click("move-screen .row:has-text('S002')")
    page.fill("#move-reason", "Next door.")
    handset.shot("move-chosen")
    page.click("move-screen button.button-main")
    page.wait_for_selector("text=To be set to School S002 (S002): waits in the outbox.")
    assert page.locator("text=Wrong station?").count() == 0
    handset.go("records")
    page.wait_for_selector("records-screen .row:has-text('Other station') .badge-waiting")
    handset.shot("move-waits")
    handset.context.set_offline(False)
    page.wait_for_selector("text=Nothing is waiting")
    assert Observation.objects.get().station.code == "S002"
    assert (StationMove.objects.get().reason, StationMove.objects.get().is_phone) == ("Next door.", True)
    assert page.locator("records-screen .row:has-text('Other station')").count() == 0
    page.wait_for_selector("records-screen .row:has-text('S002')")
    handset.go(f"record/{sent['uuid']}")
    page.wait_for_selector("text=Set to School S002 (S002).")
    page.click("record-screen button:has-text('Correct')")
    handset.turn_to("station")
    page.wait_for_selector("[data-name=station] .chosen:has-text('S002')")
    page.click("form-screen .head-back")
    page.evaluate("() => { const plain = Date.now; Date.now = () => plain() + 61 * 60_000; }")
    handset.go(f"move/{sent['uuid']}")
    page.wait_for_selector("text=This record can no longer be moved from here.")


def test_a_refused_record_is_counted_says_why_and_is_mended(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """Sign at the top, number on the tab, the reason in its row; opened again, changed, sent. Nothing else waits for it."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.go("note")
    page.fill("#text", "x" * 20_001)
    page.click("note-screen button.button-main")
    page.wait_for_selector("records-screen .badge-refused")
    page.wait_for_selector("#net:has-text('1 refused')")
    count = page.locator(".tabs .count")
    assert (count.inner_text(), count.get_attribute("aria-label")) == ("1", "1 refused")
    assert "at most 20,000 letters" in page.inner_text("records-screen .row:has(.badge-refused)")
    assert check(handset, "refused") == []
    handset.shot("refused")
    handset.go("note")
    page.fill("#text", "Another one goes.")
    page.click("note-screen button.button-main")
    page.wait_for_selector("records-screen .badge-sent")
    page.click("records-screen .row:has(.badge-refused)")
    page.click("text=Open again")
    page.fill("#text", "Shorter.")
    page.click("note-screen button.button-main")
    page.wait_for_function("() => document.querySelectorAll('records-screen .badge-sent').length === 2")
    page.wait_for_selector("#net:has-text('All sent')")
    assert page.locator(".tabs .count").count() == 0
    assert sorted(Note.objects.values_list("text", flat=True)) == ["Another one goes.", "Shorter."]


def test_the_outbox_says_what_waits_how_much_and_why(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """Off line it waits; the server fails: tried, next try; on line and "Send now": sent."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.context.set_offline(True)
    handset.go("note")
    page.fill("#text", "A queue.")
    page.click("note-screen button.button-main")
    page.wait_for_selector("records-screen .badge-waiting")
    assert page.inner_text("#weight") == "To send: about 1 kB."
    assert page.locator("text=Send now").is_disabled()
    handset.context.route("**/api/v1/sync/", lambda route: route.abort())
    handset.context.set_offline(False)
    page.wait_for_selector("records-screen .row:has-text('Next try')")
    page.wait_for_selector("text=The app tries again by itself")
    handset.shot("outbox-tried")
    handset.context.unroute("**/api/v1/sync/")
    page.click("text=Send now")
    page.wait_for_selector("records-screen .badge-sent")
    assert Note.objects.count() == 1


def test_photos_and_position_of_a_whole_record(
    handset: Phone, make_observer: Callable[..., Any], stations: list, allowed: FieldSettings, tmp_path: Path
) -> None:
    """Several photos at once, a sideways one upright, HEIC refused with a sentence; a coarse position by a tap, shown, taken out, sent."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.context.grant_permissions(["geolocation"], origin=handset.origin)
    handset.context.set_geolocation({"latitude": 42.69751, "longitude": 23.32415, "accuracy": 12})
    handset.enrol(code)
    fill_voting(handset)
    handset.to_review()
    assert page.locator("form-screen >> text=42.698").count() == 0
    for name, content in {"side.jpg": jpeg(6), "plain.jpg": jpeg(), "IMG_1.HEIC": b"\0\0\0\x18ftypheic" + b"\0" * 99}.items():
        (tmp_path / name).write_bytes(content)
    page.set_input_files("#photo", [str(tmp_path / name) for name in ("side.jpg", "IMG_1.HEIC", "plain.jpg")])
    page.wait_for_selector("text=IMG_1.HEIC: This picture is in the format HEIC")
    page.wait_for_selector("form-screen .list .link >> nth=1")
    page.click("text=Add my position")
    page.wait_for_selector("text=Sent along: 42.698, 23.324 (to about 100 m).")
    page.click("text=Leave the position out")
    page.click("text=Add my position")
    page.wait_for_selector("text=Sent along")
    handset.shot("extras")
    assert check(handset, "extras") == []
    page.click(".bar .button-quiet")
    page.reload()
    handset.to_review()
    page.wait_for_selector("text=Sent along: 42.698, 23.324")
    assert page.locator("form-screen .list .link").count() == 2
    page.click(".bar .button-main")
    wait_for(handset, lambda: Attachment.objects.filter(state="stored").count() == 2)
    stored = Observation.objects.get()
    assert (stored.latitude, stored.longitude) == (42.698, 23.324)
    for row in Attachment.objects.all():
        assert row.parent == stored.uuid
        with Image.open(io.BytesIO(row.stored.read())) as kept:
            assert kept.size == (40, 60)
            assert kept.getpixel((20, 8))[0] > 200 and kept.getpixel((20, 52))[2] > 200
    handset.go("records")
    page.wait_for_selector("text=Nothing is waiting")


def test_a_photo_that_the_server_does_not_take_blocks_nothing(
    handset: Phone, make_observer: Callable[..., Any], allowed: FieldSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the server's limit: the note is there, the next note goes, the photo says why; sent again when it is taken."""
    _assignment, code = make_observer()
    monkeypatch.setattr(attachments, "MAX_BYTES", 100)
    page = handset.start()
    handset.enrol(code)
    handset.go("note")
    page.fill("#text", "With a photo.")
    (tmp_path / "1.jpg").write_bytes(jpeg())
    page.set_input_files("#photo", str(tmp_path / "1.jpg"))
    page.wait_for_selector("note-screen .list .link")
    page.click("note-screen button.button-main")
    page.wait_for_selector("text=Photos not taken by the server: 1")
    page.wait_for_selector("#net:has-text('1 refused')")
    handset.go("note")
    page.fill("#text", "The next one.")
    page.click("note-screen button.button-main")
    wait_for(handset, lambda: Note.objects.count() == 2)
    page.click("records-screen .row:has-text('With a photo.')")
    page.wait_for_selector("text=larger than 20 MB")
    handset.shot("photo-refused")
    assert check(handset, "photo refused") == []
    monkeypatch.undo()
    page.click("record-screen >> text=Send again")
    page.wait_for_selector("#net:has-text('All sent')")
    assert Attachment.objects.get().state == "stored"


def with_photo() -> bytes:
    """A form that asks for a photo."""
    book = openpyxl.Workbook()
    survey = book.active
    survey.title = "survey"
    for row in [["type", "name", "label"], ["text", "Q1", "What does it say?"], ["image", "P1", "The protocol on the wall"]]:
        survey.append(row)
    book.create_sheet("choices").append(["list_name", "name", "label"])
    settings = book.create_sheet("settings")
    for row in [["form_title", "form_id", "version"], ["Protocol", "protocol", "1"]]:
        settings.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_second_phone_fetches_the_photo_of_what_it_corrects(
    handset: Phone, make_observer: Callable[..., Any], allowed: FieldSettings, coordinator: User, polling: Mission, tmp_path: Path
) -> None:
    """Corrected on another phone of the same person: off line it says why not; then the photo is there and goes along."""
    by = user_actor(coordinator)
    publish_version(import_form(with_photo(), name="protocol.xlsx", by=by, mission=polling, stage="voting", code="P").version, by=by)
    assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.go("new")
    page.click("button.tile:has-text('Protocol')")
    page.fill("[data-name=Q1] textarea", "Seven votes")
    (tmp_path / "1.jpg").write_bytes(jpeg())
    page.set_input_files("[data-name=P1] input[type=file]", str(tmp_path / "1.jpg"))
    page.wait_for_selector("[data-name=P1] .link")
    handset.to_review()
    page.click(".bar .button-main")
    wait_for(handset, lambda: Attachment.objects.filter(state="stored").count() == 1)
    first = Observation.objects.get()

    second = Phone(handset.playwright, tmp_path / "second", handset.origin)
    try:
        other = second.start()
        second.enrol(make_code(assignment.person, polling, by=by))
        second.go(f"record/{first.uuid}")
        other.wait_for_selector("text=On the server, taken with another phone: 1")
        second.context.set_offline(True)
        other.click("text=Correct")
        other.wait_for_selector("text=Connect to the network once, then correct it.")
        assert [row["state"] for row in second.records()] == ["sent"]
        second.context.set_offline(False)
        other.click("text=Correct")
        other.wait_for_selector("form-screen .form")
        other.fill("[data-name=Q1] textarea", "Eight votes")
        assert other.locator("[data-name=P1] .link").count() == 1
        second.shot("photo-fetched")
        second.to_review()
        other.click(".bar .button-main")
        wait_for(second, lambda: Attachment.objects.filter(state="stored").count() == 2)
        new = Observation.objects.get(replaces=first.uuid)
        assert (new.answers["Q1"], new.answers["P1"]) == ("Eight votes", first.answers["P1"])
        copy = Attachment.objects.get(parent=new.uuid)
        assert copy.name == first.answers["P1"]
        with Image.open(io.BytesIO(copy.stored.read())) as kept:
            assert kept.size == (40, 60)
        assert second.problems == []
    finally:
        second.kill()


@pytest.mark.parametrize("choice", ["The one I see here", "The other one"])
def test_the_choice_between_two_windows_is_whole(
    handset: Phone, make_observer: Callable[..., Any], stations: list, polling: Mission, tmp_path: Path, choice: str
) -> None:
    """Both contents are seen, the chosen one is kept with its photo and is the one that is sent; there is one record."""
    FieldSettings.objects.create(mission=polling, may_photograph=True)
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.go("note")
    (tmp_path / "1.jpg").write_bytes(jpeg())
    page.fill("#text", "As both knew it.")
    page.set_input_files("#photo", str(tmp_path / "1.jpg"))
    page.wait_for_selector("note-screen .list .link")
    uuid = handset.records()[0]["uuid"]
    page.evaluate(
        """() => new Promise((done) => {
            const open = indexedDB.open('scrutin-field');
            open.onsuccess = () => {
                const store = open.result.transaction('records', 'readwrite').objectStore('records');
                store.getAll().onsuccess = (event) => {
                    const row = event.target.result[0];
                    const other = { ...row, rev: row.rev + 1, note: { ...row.note, text: 'Written there.' } };
                    store.put(other).onsuccess = () => { open.result.close(); done(); };
                };
            };
        })"""
    )
    page.fill("#text", "Written here.")
    page.wait_for_selector("note-screen .differ:has-text('Written there.'):has-text('Written here.')")
    assert check(handset, "clash") == []
    page.click(f"text={choice} >> nth=-1")
    page.wait_for_function("() => !document.querySelector('note-screen .differ')")
    page.click("note-screen button.button-main")
    page.wait_for_selector("text=Nothing is waiting")
    assert Note.objects.get().text == {"The one I see here": "Written here.", "The other one": "Written there."}[choice]
    assert [row["uuid"] for row in handset.records()] == [uuid]
    assert str(Attachment.objects.get(state="stored").parent) == uuid
