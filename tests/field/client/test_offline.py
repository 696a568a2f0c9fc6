"""The phone app in a real browser against a real server: off line, killed, on line again; nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from core.actors import user_actor
from field.models import Device, Note, Observation
from field.services.devices import make_code, revoke_device
from missions.models import Station
from tests.field.client.conftest import Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill_voting(phone: Phone) -> None:
    """Begin form B at station S001 and answer a few questions."""
    phone.go("new")
    phone.page.click("button.tile:has-text('Voting')")
    phone.turn_to("station")
    phone.page.fill("[data-name=station] input", "S001")
    phone.page.locator("[data-name=station] .list-pick .row").first.click()
    phone.turn_to("H11")
    phone.page.fill("[data-name=H11] input", "7")
    phone.page.fill("[data-name=H12] input", "9")
    phone.page.wait_for_selector(".callout-warn")
    phone.turn_to("B01")
    phone.answer("B01", "No")
    phone.answer("B02", "Not observed")


def test_form_survives_tunnel_and_killed_browser(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """Off line: form B is filled, the browser killed, the form is still there; on line it reaches the server once."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.shot("01-set-up")
    handset.enrol(code)
    handset.shot("02-today")
    handset.context.set_offline(True)
    fill_voting(handset)
    handset.shot("03-form-offline")
    handset.page.wait_for_selector("text=Saved on this phone")
    draft = handset.records()[0]
    handset.kill()

    page = handset.start("/field/")
    handset.context.set_offline(True)
    page.reload()
    handset.go("records")
    page.click("records-screen a.row")
    page.wait_for_selector("form-screen .form")
    assert handset.records()[0]["xml"] == draft["xml"]
    handset.turn_to("B01")
    assert page.locator("[data-name=B01] input:checked").get_attribute("value") == "no"
    handset.to_review()
    handset.shot("04-review-offline")
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-waiting")
    handset.shot("05-outbox-offline")
    assert Observation.objects.count() == 0

    handset.context.set_offline(False)
    page.wait_for_selector("records-screen .badge-sent")
    handset.shot("06-sent")
    stored = Observation.objects.get()
    assert str(stored.uuid) == draft["uuid"]
    assert stored.raw_xml == handset.records()[0]["xml"]
    assert {code: stored.answers[code] for code in ("B01", "B02", "H11")} == {"B01": "no", "B02": "not_observed", "H11": 7}
    assert stored.station.code == "S001"
    page.reload()
    handset.go("settings")
    page.click("text=Fetch what is new")
    page.wait_for_selector("text=Up to date.")
    assert Observation.objects.count() == 1


def test_answer_lost_on_the_way_is_not_a_second_record(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """The server stored the batch, the phone never heard: it sends again, and there is one record."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.go("note")
    page.fill("#text", "Campaign posters at the gate.")
    lost = []

    def swallow(route: Any) -> None:
        if route.request.method == "POST" and len(lost) < 2:
            route.fetch()
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    handset.context.route("**/api/v1/sync/", swallow)
    page.click("note-screen button.button-main")
    page.wait_for_selector("records-screen .badge-sent")
    assert len(lost) == 2
    assert Note.objects.get().text == "Campaign posters at the gate."


def test_two_people_on_one_phone_and_signing_out_with_unsent_work(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """Each sees their own; signing out warns, keeps what is unsent and sends it later."""
    _first, code = make_observer("Alba", "Able")
    _second, other = make_observer("Bodil", "Baker")
    page = handset.start()
    handset.enrol(code)
    handset.context.set_offline(True)
    handset.go("note")
    page.fill("#text", "Written by Alba.")
    page.click("note-screen button.button-main")
    page.wait_for_selector("records-screen .badge-waiting")
    handset.go("settings")
    page.click("text=Sign out")
    page.wait_for_selector("text=Not sent yet: 1.")
    handset.shot("07-sign-out")
    page.click("text=Sign out >> nth=-1")
    page.wait_for_selector("enrol-screen")
    handset.context.route("**/api/v1/sync/", lambda route: route.abort())
    handset.context.set_offline(False)
    handset.enrol(other)
    handset.go("records")
    page.wait_for_selector("records-screen")
    assert page.locator("text=Written by Alba.").count() == 0
    assert len(handset.records()) == 1
    handset.context.unroute("**/api/v1/sync/")
    handset.go("settings")
    page.click("text=Fetch what is new")
    page.wait_for_function("() => document.querySelector('#toast')?.textContent")
    page.wait_for_timeout(500)
    note = Note.objects.get()
    assert note.text == "Written by Alba."
    assert note.person.given_name == "Alba"
    assert handset.records() == []


def test_revoked_phone_keeps_its_records(handset: Phone, make_observer: Callable[..., Any], coordinator: User) -> None:
    """A revoked phone says so and keeps what it has; a new code brings it back."""
    assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    revoke_device(Device.objects.get(), by=user_actor(coordinator))
    handset.go("note")
    page.fill("#text", "After the token ended.")
    page.click("note-screen button.button-main")
    page.wait_for_selector("records-screen")
    handset.go("today")
    page.wait_for_selector("text=Nothing is lost")
    handset.shot("08-revoked")
    assert handset.records()[0]["state"] == "waiting"
    page.click("text=Type a new code")
    handset.enrol(make_code(assignment.person, assignment.mission, by=user_actor(coordinator)))
    handset.go("records")
    page.wait_for_selector("records-screen .badge-sent")
    assert Note.objects.get().text == "After the token ended."


def test_long_station_list(handset: Phone, make_observer: Callable[..., Any], polling: Any) -> None:
    """A list too long for the engine: any station can still be chosen off line, and brings its municipality along."""
    rows = [
        Station(mission=polling, code=f"L{n:04}", name=f"School {n}", municipality=f"Town {n}", district="Област", setting="rural")
        for n in range(1100)
    ]
    Station.objects.bulk_create(rows)
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.context.set_offline(True)
    handset.go("new")
    page.click("button.tile:has-text('Voting')")
    handset.turn_to("station")
    for chosen in ("L0777", "L1099"):
        if page.locator("[data-name=station] .chosen").count():
            page.click("[data-name=station] .chosen button")
        page.fill("[data-name=station] input", chosen)
        page.locator("[data-name=station] .list-pick .row").first.click()
        page.wait_for_selector(f"[data-name=station] .chosen:has-text('{chosen}')")
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-waiting")
    handset.context.set_offline(False)
    page.wait_for_selector("records-screen .badge-sent")
    stored = Observation.objects.get()
    assert stored.station.code == "L1099"
    assert (stored.answers["H04"], stored.answers["H05"]) == ("Town 1099", "rural")
