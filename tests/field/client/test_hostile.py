"""Markup in every text, in a real browser: on the phone, at the desk and on the map it stays a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from field.models import Note
from missions.models import Station
from tests.field.client.conftest import Phone
from tests.field.test_hostile import MARKUP

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_markup_stays_text_on_the_phone_at_the_desk_and_on_the_map(
    handset: Phone, make_observer: Callable[..., Any], stations: list, client_for: Callable[..., Any], coordinator: Any, polling: Any
) -> None:
    Station.objects.filter(code="S001").update(name=MARKUP, address=MARKUP, municipality=MARKUP, latitude=42.7, longitude=23.3)
    assignment, code = make_observer("<b>Alba</b>", "<i>Able</i>")
    page = handset.start()
    handset.enrol(code)
    handset.go("new")
    page.click("button.tile:has-text('Voting')")
    handset.turn_to("station")
    page.fill("[data-name=station] input", "S001")
    page.locator("[data-name=station] .list-pick .row").first.click()
    page.wait_for_selector("[data-name=station] .chosen:has-text('<img src=x')")
    handset.turn_to("H04")
    assert page.locator("[data-name=H04] input").input_value().startswith("<img src=x")
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-sent")
    handset.go("note")
    page.fill("#text", MARKUP)
    page.click("note-screen button.button-main")
    page.wait_for_function("() => document.querySelectorAll('records-screen .badge-sent').length === 2")
    assert Note.objects.get().text == MARKUP
    for path in ("today", "records", "settings", f"record/{Note.objects.get().uuid}"):
        handset.go(path)
        page.wait_for_timeout(300)
        assert not page.evaluate("window.broken") and page.locator("img[src=x]").count() == 0
    assert page.locator("text=<img src=x").count()

    session = client_for(coordinator).cookies["sessionid"].value
    handset.context.add_cookies([{"name": "sessionid", "value": session, "url": handset.origin}])
    desk = handset.context.new_page()
    desk.goto(f"{handset.origin}{reverse('field:live', args=[polling.reference])}?day=all")
    desk.wait_for_selector("#visits-map path.leaflet-interactive")
    desk.locator("#visits-map path.leaflet-interactive").first.hover()
    desk.wait_for_selector(".leaflet-tooltip:has-text('<img src=x')")
    assert not desk.evaluate("window.broken") and desk.locator("img[src=x]").count() == 0
    assert assignment.person.given_name == "<b>Alba</b>"
