"""Whose phone it is: a PIN per person, two devices of one person, a new name, a wipe at the next contact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from core.actors import user_actor
from field.models import Device, Note
from field.services.devices import make_code, revoke_device
from tests.field.client.conftest import Phone
from tests.field.client.test_looks import check
from tests.field.client.test_worker import write_note

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def set_pin(phone: Phone, pin: str) -> None:
    """Lock the person's records with a PIN."""
    phone.go("settings")
    phone.page.fill("#new-pin", pin)
    phone.page.click("#lock button:has-text('Set')")
    phone.page.wait_for_selector("text=locked with your PIN")


def test_two_people_each_behind_their_own_pin(handset: Phone, make_observer: Callable[..., Any], coordinator: User) -> None:
    """Whoever changes to another person needs that person's PIN; a start asks again; a new code takes a forgotten PIN off; records stay."""
    alba, code = make_observer("Alba", "Able")
    _bodil, other = make_observer("Bodil", "Baker")
    page = handset.start()
    handset.enrol(code)
    write_note(handset, "Written by Alba.")
    handset.go("settings")
    page.click("text=Set up another person")
    handset.enrol(other)
    page.wait_for_selector("text=Set a PIN, so that only you see your records")
    handset.go("settings")
    page.fill("#new-pin", "12a")
    page.click("#lock button:has-text('Set')")
    page.wait_for_selector("text=Type four to twelve digits")
    handset.go("settings")
    page.click("settings-screen button.row:has-text('Able')")
    page.wait_for_selector("today-screen")
    set_pin(handset, "2468")
    note = handset.records()[0]["uuid"]

    page.click("settings-screen button.row:has-text('Baker')")
    page.wait_for_selector("today-screen:has-text('Baker')")
    handset.go("settings")
    page.click("settings-screen button.row:has-text('Able')")
    page.wait_for_selector("lock-screen")
    handset.shot("lock")
    assert check(handset, "lock") == []
    assert page.locator(".tabs").count() == 0
    assert page.locator("lock-screen a[href='tel:112']").is_visible()
    for path in ("today", "records", f"record/{note}", "note", "settings"):
        handset.go(path)
        page.wait_for_timeout(100)
        assert page.locator("lock-screen").count() == 1
        assert "Written by Alba." not in page.inner_text("body")
    page.fill("#pin", "0000")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=That is not your PIN.")
    page.fill("#pin", "2468")
    page.keyboard.press("Enter")
    page.wait_for_selector("settings-screen")
    handset.go("records")
    page.wait_for_selector("text=Written by Alba.")

    page.reload()
    page.wait_for_selector("lock-screen")
    for _try in range(5):
        page.fill("#pin", "1111")
        page.keyboard.press("Enter")
        page.wait_for_timeout(400)
    page.wait_for_selector("text=Too many tries")
    page.fill("#pin", "2468")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    assert page.locator("lock-screen").count() == 1
    page.click("text=Type a new code")
    handset.enrol(make_code(alba.person, alba.mission, by=user_actor(coordinator)))
    handset.go("records")
    page.wait_for_selector("text=Written by Alba.")
    assert Device.objects.working().filter(person=alba.person).count() == 1


def test_it_locks_after_five_minutes_out_of_sight_and_keeps_what_was_typed(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """The note in hand is saved, the PIN is asked, the note is there again."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    set_pin(handset, "2468")
    handset.go("note")
    page.fill("#text", "Half a senten")
    page.wait_for_timeout(400)
    uuid = handset.records()[0]["uuid"]
    handset.go(f"note/{uuid}")
    page.wait_for_timeout(200)
    page.evaluate(
        """() => {
            const plain = Date.now;
            const show = (state) => {
                Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
                document.dispatchEvent(new Event('visibilitychange'));
            };
            show('hidden');
            Date.now = () => plain() + 6 * 60_000;
            show('visible');
        }"""
    )
    page.wait_for_selector("lock-screen")
    page.fill("#pin", "2468")
    page.keyboard.press("Enter")
    page.wait_for_selector("note-screen #text")
    assert page.locator("#text").input_value() == "Half a senten"


def test_two_phones_of_one_person_and_a_wipe(handset: Phone, make_observer: Callable[..., Any], coordinator: User, tmp_path: Any) -> None:
    """Both see what either sent; the wiped one forgets it at its next contact and keeps what was not sent, the other goes on."""
    assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    write_note(handset, "From the first phone.")
    page.wait_for_selector("records-screen .badge-sent")
    second = Phone(handset.playwright, tmp_path / "second", handset.origin)
    try:
        second.start()
        second.enrol(make_code(assignment.person, assignment.mission, by=user_actor(coordinator)))
        second.go("records")
        second.page.wait_for_selector("text=From the first phone.")
        second.go("settings")
        second.page.fill("#device-name", "The blue one")
        second.page.click("text=Rename")
        second.page.wait_for_selector("text=The phone has its new name.")
        assert sorted(Device.objects.values_list("name", flat=True)) == ["My phone", "The blue one"]

        second.context.set_offline(True)
        write_note(second, "Not sent yet.")
        revoke_device(Device.objects.get(name="The blue one"), by=user_actor(coordinator), wipe=True)
        second.context.set_offline(False)
        second.go("today")
        second.page.wait_for_selector("text=The coordinator has signed this phone out")
        second.page.wait_for_timeout(300)
        assert [row["note"]["text"] for row in second.records()] == ["Not sent yet."]
        second.shot("wiped")
        write_note(handset, "The first one goes on.")
        page.wait_for_function("() => document.querySelectorAll('records-screen .badge-sent').length === 2")
        second.go("enrol")
        second.enrol(make_code(assignment.person, assignment.mission, by=user_actor(coordinator)))
        for _wait in range(50):
            if Note.objects.filter(text="Not sent yet.").exists():
                break
            second.page.wait_for_timeout(100)
        assert Note.objects.count() == 3
        assert second.problems == []
    finally:
        second.kill()
