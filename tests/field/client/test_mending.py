"""What a trial in the field found: corrections stay corrections, typed numbers stay what was typed, two windows lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from field.models import Observation
from missions.models import Mission
from tests.field.client.conftest import Phone
from tests.field.client.test_looks import check
from tests.field.client.test_offline import fill_voting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def send_voting(phone: Phone) -> dict[str, Any]:
    """Fill form B, send it; its row on the phone."""
    fill_voting(phone)
    phone.to_review()
    phone.page.click(".bar .button-main")
    phone.page.wait_for_selector("records-screen .badge-sent")
    return phone.records()[0]


def test_a_correction_stays_one_when_it_is_taken_up_again(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """Two taps on "Correct", "Finish later", a reload, a killed browser: one draft, sent as a correction; one record counts."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    first = send_voting(handset)
    handset.go(f"record/{first['uuid']}")
    page.wait_for_selector("record-screen button:has-text('Correct')")
    page.locator("record-screen button:has-text('Correct')").evaluate("(one) => { one.click(); one.click(); }")
    page.wait_for_selector("form-screen .form")
    handset.turn_to("B01")
    handset.answer("B01", "Yes")
    page.click("form-screen .head-back")
    page.wait_for_selector("records-screen .badge-draft")
    drafts = [row for row in handset.records() if row["state"] == "draft"]
    assert len(drafts) == 1
    handset.kill()

    page = handset.start()
    handset.go(f"form/{drafts[0]['uuid']}")
    handset.turn_to("B02")
    handset.answer("B02", "Yes")
    page.reload()
    page.wait_for_selector("form-screen .form")
    handset.to_review()
    page.fill("#reason", "Wrong button.")
    page.click(".bar .button-main")
    page.wait_for_function("() => document.querySelectorAll('records-screen .badge-sent').length === 2")
    old, new = Observation.objects.get(uuid=first["uuid"]), Observation.objects.get(uuid=drafts[0]["uuid"])
    assert (old.is_current, new.is_current, new.replaces, new.reason) == (False, True, old.uuid, "Wrong button.")
    assert "deprecatedID" in new.raw_xml
    assert (new.answers["B01"], new.answers["B02"]) == ("yes", "yes")
    assert Observation.objects.current().count() == 1
    handset.go(f"record/{first['uuid']}")
    page.wait_for_selector("text=Corrected by a later record.")
    assert page.locator("record-screen button:has-text('Correct')").count() == 0


def test_a_number_that_does_not_fit_stays_as_it_was_typed(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """The text is seen, the answer is empty, a sentence says why, the last page lists it; also after a reload."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    fill_voting(handset)
    for _back in range(10):
        if page.locator("[data-name=H11]").count():
            break
        page.click(".bar .button-quiet")
        page.wait_for_timeout(60)
    page.locator("[data-name=H11] input").fill("")
    page.locator("[data-name=H11] input").press_sequentially("12a")
    assert page.locator("[data-name=H11] input").input_value() == "12a"
    assert "whole number" in page.locator("[data-name=H11] .message").inner_text()
    page.wait_for_selector("text=Saved on this phone")
    page.wait_for_timeout(400)
    assert "<H11/>" in handset.records()[0]["xml"]
    page.reload()
    handset.turn_to("H11")
    assert page.locator("[data-name=H11] input").input_value() == "12a"
    handset.to_review()
    page.wait_for_selector("form-screen >> text=“12a” was not taken")
    handset.shot("unfit-review")


def test_two_windows_lose_nothing(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """What the first one saves, the second takes over; opening and leaving it writes nothing; once sent, the other one knows."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    fill_voting(handset)
    page.wait_for_timeout(400)
    uuid = handset.records()[0]["uuid"]
    second = handset.context.new_page()
    second.goto(f"{handset.origin}/field/#/form/{uuid}")
    second.wait_for_selector("form-screen .form")
    handset.answer("B01", "Yes")
    page.wait_for_timeout(400)
    second.wait_for_selector("[data-name=B01] input[value=yes]:checked")
    second.locator("[data-name=B02] label.pick", has_text="Yes").first.click()
    page.wait_for_selector("[data-name=B02] input[value=yes]:checked")
    second.goto(f"{handset.origin}/field/#/records")
    second.wait_for_selector("records-screen")
    second.goto(f"{handset.origin}/field/#/form/{uuid}")
    second.wait_for_selector("form-screen .form")
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-sent")
    second.wait_for_selector("record-screen")
    stored = Observation.objects.get()
    assert (stored.answers["B01"], stored.answers["B02"], stored.answers["H11"]) == ("yes", "yes", 7)
    assert len(handset.records()) == 1
    second.close()


def test_what_two_windows_wrote_at_once_is_put_to_the_person(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """A write that the other window never heard of: nothing is overwritten, and leaving keeps this one's text as a draft of its own."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    fill_voting(handset)
    page.wait_for_timeout(400)
    page.evaluate(
        """() => new Promise((done) => {
            const open = indexedDB.open('scrutin-field');
            open.onsuccess = () => {
                const store = open.result.transaction('records', 'readwrite').objectStore('records');
                store.getAll().onsuccess = (event) => {
                    const row = event.target.result[0];
                    const other = { ...row, rev: row.rev + 1, xml: row.xml.replace('<H11>7<', '<H11>8<') };
                    store.put(other).onsuccess = () => { open.result.close(); done(); };
                };
            };
        })"""
    )
    handset.answer("B01", "Yes")
    page.wait_for_selector("text=changed in another window")
    differ = page.locator("form-screen .differ li").all_inner_texts()
    assert [("8" in row and "7" in row, "Yes" in row) for row in differ] == [(True, False), (False, True)]
    assert "board" in differ[0].lower()
    assert check(handset, "clash") == []
    handset.shot("two-windows")
    assert "<H11>8<" in handset.records()[0]["xml"]
    page.click("form-screen .head-back")
    page.wait_for_selector("records-screen .badge-draft")
    page.wait_for_timeout(500)
    drafts = sorted(handset.records(), key=lambda row: row["rev"])
    assert [("<H11>8<" in row["xml"], "<B01>yes<" in row["xml"]) for row in drafts] == [(False, True), (True, False)]


def test_incident_keyboard_and_a_code_in_pieces(
    handset: Phone, make_observer: Callable[..., Any], stations: list, make_mission: Callable[..., Mission]
) -> None:
    """Time and danger come first; the station list is one stop of the Tab key; a code may be typed letter by letter."""
    assignment, code = make_observer()
    page = handset.start()
    page.locator("#code").press_sequentially(" ".join(code))
    page.click("enrol-screen button.button-main")
    page.wait_for_selector("today-screen .card")
    handset.go("incident")
    page.click("text=Yes, in danger")
    handset.shot("danger")
    page.click("text=Report the incident")
    page.wait_for_selector("form-screen .question")
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    names = page.eval_on_selector_all("form-screen .question", "(all) => all.map((one) => one.dataset.name)")
    assert names[:2] == ["I01", "I06"]
    assert page.locator("[data-name=I01] input").input_value() != ""
    assert page.locator("[data-name=I07] textarea").count() == 1
    handset.shot("incident-form")
    handset.turn_to("station")
    stops = 0
    while not page.evaluate("document.activeElement.matches('[data-name=station] input')") and stops < 40:
        page.keyboard.press("Tab")
        stops += 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-name=station] .chosen:has-text('S001')")
    page.wait_for_function("() => document.activeElement.matches('[data-name=station] .chosen button')")
