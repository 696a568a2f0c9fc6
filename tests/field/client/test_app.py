"""The app as such: what is there off line after one visit, what it loads and from where, storage thrown away, an app that is too old."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.models import User
from core import clock
from core.actors import user_actor
from core.models.jobs import OutboxMail
from field.models import Incident, Note
from field.services import sync
from field.services.devices import make_code
from missions.models import ProgrammeRelease
from observers.models import Stop
from tests.field.client.conftest import Phone
from tests.field.client.test_worker import write_note
from tests.field.conftest import DAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST_LOAD = 500_000
MEETING = {
    "uuid": "6f1f2e0e-3a3c-4d52-9d5e-0000000000aa",
    "title": "Briefing with the commission",
    "kind": "briefing",
    "everyone": True,
    "people": [],
    "start_day": f"{DAY}",
    "start_time": "06:30:00",
    "start_fold": 0,
    "end_day": f"{DAY}",
    "end_time": "07:00:00",
    "end_fold": 0,
    "zone": "Europe/Sofia",
    "place": "Town hall",
    "room": "2",
    "link": "",
    "state": "confirmed",
    "description": "",
    "organisations": ["CEC"],
}
POEM = {
    "kind": "poem",
    "uuid": "6f1f2e0e-3a3c-4d52-9d5e-0000000000ab",
    "is_mine": True,
    "mission": "XX",
    "finished_at": "2027-10-24T09:00:00Z",
    "received_at": "2027-10-24T09:00:00Z",
}
KEPT = """async () => {
    const rooms = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    return (await Promise.all(rooms.map((one) => one.keys()))).flat().map((one) => one.url);
}"""
FETCH = "async (url) => [...new Uint8Array(await (await fetch(url, {cache: 'no-store'})).arrayBuffer())]"
PERSIST = """if (navigator.storage) navigator.storage.persist = () => {
    window.asked = (window.asked || 0) + 1;
    return Promise.resolve(false);
};"""


@pytest.fixture
def furnished(make_observer: Callable[..., Any], stations: list) -> tuple[Any, str]:
    """An observer whose mission has a programme, a stop, a station with a point on the map."""
    assignment, code = make_observer()
    mission = assignment.mission
    stations[0].latitude, stations[0].longitude, stations[0].address = 42.6977, 23.3219, "Main street 1"
    stations[0].save()
    release = {"version": 1, "released_at": clock.now(), "released_by": "system", "content": {"meetings": [MEETING]}}
    ProgrammeRelease.objects.create(mission=mission, **release)
    values = {"kind": "voting", "local_day": DAY, "local_time": "09:30", "zone": "Europe/Sofia", "planned_at": f"{DAY}T06:30:00Z"}
    Stop.objects.create(team=mission.teams.get(), station=stations[0], order=1, mission=mission, **values)
    return assignment, code


def test_after_one_visit_everything_is_there_off_line(handset: Phone, furnished: tuple[Any, str], coordinator: User) -> None:
    """Programme, team, stops, stations with map points, forms, code of conduct, contacts, emergency number, one's own past records."""
    assignment, code = furnished
    page = handset.start()
    handset.enrol(code)
    write_note(handset, "Sent from the phone that was lost.")
    page.wait_for_selector("records-screen .badge-sent")
    handset.kill()

    anew = Phone(handset.playwright, handset.profile.parent / "anew", handset.origin)
    try:
        page = anew.start()
        anew.enrol(make_code(assignment.person, assignment.mission, by=user_actor(coordinator)))
        page.wait_for_selector("text=Updated")
        anew.context.set_offline(True)
        page.reload()
        page.wait_for_selector("today-screen .card")
        today = page.inner_text("today-screen")
        meeting = ("Briefing with the commission", "Town hall, 2", "CEC")
        for text in ("Next stop", "School S001", "09:30", "Team 1", "Alba Able", *meeting, "Emergency number: 112"):
            assert text in today, text
        assert page.locator("today-screen a[href='tel:112']").is_visible()
        mail = page.locator("today-screen a[href^='mailto:']")
        assert mail.count() >= 1
        assert mail.first.get_attribute("aria-label")
        anew.go("stations")
        page.wait_for_selector("stations-screen >> text=All stations (3)")
        rows = page.locator("stations-screen section:nth-of-type(2) .row").all_inner_texts()
        assert [code in row for row, code in zip(rows, ("S001", "S002", "S003"), strict=True)] == [True] * 3
        anew.shot("stations-codes")
        anew.go("station/S001")
        page.wait_for_selector("text=Main street 1")
        page.wait_for_selector("text=42.69770, 23.32190")
        assert page.locator("station-screen a[href^='geo:42.6977,23.3219']").is_visible()
        anew.go("conduct")
        assert len(page.inner_text("conduct-screen .prose")) > 500
        anew.go("records")
        page.wait_for_selector("records-screen .row:has-text('Sent from the phone that was lost.')")
        for form in ("Opening", "Voting", "Closing", "Tabulation"):
            anew.go("new")
            page.click(f"button.tile:has-text('{form}')")
            page.wait_for_selector("form-screen .question")
        assert anew.problems == []
    finally:
        anew.kill()


def test_first_load_is_small_and_from_here_alone(handset: Phone, furnished: tuple[Any, str]) -> None:
    """All that the page and its worker fetch, gzipped, is under 500 kB (DESIGN 8); nothing leaves for another origin; a strict policy."""
    _assignment, code = furnished
    asked: set[str] = set()
    policies: list[str] = []

    def heard(response: Any) -> None:
        asked.add(response.url)
        if urlsplit(response.url).path == "/field/":
            policies.append(response.headers.get("content-security-policy", ""))

    page = handset.start("/field/manifest.webmanifest")
    handset.context.on("response", heard)
    page.goto(f"{handset.origin}/field/")
    page.wait_for_selector("enrol-screen")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(500)
    kept = page.evaluate(KEPT)
    first = {url.partition("?")[0] for url in {*asked, *kept} if url.startswith("http")}
    assert any("engine-" in url for url in first), first
    weight = 0
    for url in first:
        body = page.evaluate(FETCH, url)
        weight += len(gzip.compress(bytes(body), 6))
    print(f"first load: {weight} bytes gzipped in {len(first)} files")
    assert weight < FIRST_LOAD
    handset.enrol(code)
    for path in ("today", "stations", "new", "incident", "note", "records", "more", "conduct", "settings"):
        handset.go(path)
        page.wait_for_timeout(100)
    handset.go("new")
    page.click("button.tile:has-text('Voting')")
    page.wait_for_selector("form-screen .question")
    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in asked if url.startswith("http")} == {handset.origin}
    policy = policies[0]
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy
    assert "unsafe-inline" not in policy and "http" not in policy


def test_storage_thrown_away_is_noticed_and_said(handset: Phone, make_observer: Callable[..., Any], coordinator: User) -> None:
    """The browser deleted the app's database: the first page says so and what to do; `persist()` had been asked for."""
    assignment, code = make_observer()
    handset.start("/field/manifest.webmanifest")
    handset.context.add_init_script(PERSIST)
    page = handset.page
    page.goto(f"{handset.origin}/field/")
    handset.enrol(code)
    assert page.evaluate("window.asked") >= 1
    handset.go("settings")
    page.wait_for_selector("text=This browser may delete the data when the phone is full")
    page.reload()
    page.wait_for_selector("settings-screen")
    assert page.evaluate("window.asked") == 1
    page.goto("about:blank")
    cdp = handset.context.new_cdp_session(page)
    cdp.send("Storage.clearDataForOrigin", {"origin": handset.origin, "storageTypes": "indexeddb"})
    page.goto(f"{handset.origin}/field/")
    page.wait_for_selector("text=This browser has deleted what the app kept here.")
    handset.shot("storage-lost")
    handset.enrol(make_code(assignment.person, assignment.mission, by=user_actor(coordinator)))
    page.reload()
    page.wait_for_selector("today-screen .card")
    assert page.locator("text=This browser has deleted").count() == 0


def test_an_app_too_old_for_the_server_keeps_its_records(
    handset: Phone, make_observer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to update, on the first page and in the outbox; the record waits; once it is understood again it goes, once."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    monkeypatch.setattr(sync, "OLDEST_APP", "99.0.0")
    write_note(handset, "From an old app.")
    page.wait_for_selector("records-screen .row:has-text('Update it; your records stay on the phone')")
    page.wait_for_selector("text=This app is too old for the server.")
    handset.shot("too-old")
    handset.go("today")
    page.wait_for_selector("text=This app is too old for the server.")
    assert [row["state"] for row in handset.records()] == ["waiting"]
    assert not Note.objects.exists()
    monkeypatch.undo()
    handset.go("records")
    page.click("text=Send now")
    page.wait_for_selector("records-screen .badge-sent")
    assert page.locator("text=This app is too old").count() == 0
    assert Note.objects.count() == 1


def test_an_old_app_does_not_stumble_over_what_a_newer_server_says(handset: Phone, make_observer: Callable[..., Any]) -> None:
    """Unknown results, kinds and fields: the record waits and goes later; nothing of one's own is overwritten."""
    _assignment, code = make_observer()
    answers: list[str] = []

    def newer(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        body |= {"planet": "Mars", "changes": [POEM]}
        if not answers:
            for result in body["results"]:
                result["result"] = "sealed"
        answers.append(route.request.url)
        route.fulfill(response=answer, json=body)

    page = handset.start()
    handset.enrol(code)
    handset.context.route("**/api/v1/sync/", newer)
    write_note(handset, "Understood later.")
    page.wait_for_selector("records-screen .row:has-text('Understood later.') .badge-sent")
    assert len(answers) >= 2
    assert Note.objects.count() == 1
    handset.context.unroute("**/api/v1/sync/")
    for path in ("today", "records", "stations"):
        handset.go(path)
        page.wait_for_selector("main h1")


def test_danger_shows_the_number_first_and_the_coordinator_is_alerted_with_the_network(
    handset: Phone, make_observer: Callable[..., Any], stations: list, coordinator: User
) -> None:
    """One tap: number to call, people to write to; filled off line; alerted the moment there is a network, before what waits longer."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    handset.context.set_offline(True)
    write_note(handset, "Waits already.")
    handset.go("incident")
    page.click("text=Yes, in danger")
    box = page.locator("incident-screen .emergency")
    assert box.locator("a").first.get_attribute("href") == "tel:112"
    top = page.locator("incident-screen .emergency a").first.bounding_box()
    assert top is not None and top["y"] < 300
    mails = box.locator("a[href^='mailto:']")
    assert mails.count() >= 1
    assert coordinator.person.email in mails.first.inner_text()
    page.click("text=Report the incident")
    page.wait_for_selector("form-screen a[href='tel:112']")
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-waiting >> nth=1")
    requests: list[str] = []
    handset.context.on("request", lambda request: requests.append(request.post_data or "") if request.method == "POST" else None)
    handset.context.set_offline(False)
    page.wait_for_selector("text=Nothing is waiting")
    assert Incident.objects.get().is_danger
    first = next(body for body in requests if "items" in body)
    assert first.index("scrutin-I") < first.index("Waits already.")
    assert OutboxMail.objects.filter(subject__contains="I01").exists()
