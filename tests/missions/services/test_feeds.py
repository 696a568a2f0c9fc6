"""Calendar files as two independent readers understand them: Python's icalendar, and ical.js; both in UTC, around clock changes."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from icalendar import Calendar

from core.actors import user_actor
from core.duties import Duty
from missions.models import CalendarFeed
from missions.services import calendars, meetings, releases
from missions.services.calendars import Event, ics
from tests.ci_rules import in_ci

READER = Path(__file__).with_name("read_ics.mjs")
PACKAGE = Path(settings.BASE_DIR) / "node_modules" / "ical.js" / "package.json"
ZONES = ["Europe/Sofia", "Europe/Paris", "Europe/Kyiv", "Europe/Istanbul", "Asia/Tbilisi", "Asia/Yerevan", "Europe/London", "UTC"]
# The days around both clock changes of 2027, and one in summer.
DAYS = [
    date(2027, 3, 27),
    date(2027, 3, 28),
    date(2027, 3, 29),
    date(2027, 7, 1),
    date(2027, 10, 30),
    date(2027, 10, 31),
    date(2027, 11, 1),
]
TITLES = {
    "Cyrillic": "Централна избирателна комисия и районни избирателни комисии; среща, първа част: ",
    "Georgian": "საარჩევნო კომისიის თავმჯდომარესთან შეხვედრა, პირველი ნაწილი; ",
    "Armenian": "Կենտրոնական ընտրական հանձնաժողովի հետ հանդիպում, առաջին մաս; ",
    "Greek": "Συνάντηση με την Κεντρική Εφορευτική Επιτροπή, πρώτο μέρος; ",
}


def by_ical_js(raw: bytes) -> dict[str, dict[str, Any]]:
    """What ical.js reads. Where it cannot run, the test is skipped on a desk and fails in CI."""
    node = shutil.which("node")
    if node is None or not PACKAGE.exists():
        why = "ical.js cannot run: node or the node packages are missing (make setup)"
        pytest.fail(why) if in_ci() else pytest.skip(why)
    done = subprocess.run([node, str(READER)], input=raw, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return {row["uid"]: row for row in json.loads(done.stdout)}


def by_icalendar(raw: bytes) -> dict[str, Any]:
    return {str(row["uid"]): row for row in Calendar.from_ical(raw).walk("VEVENT")}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def event(uid: str, day: date, start: time, zone: str, *, fold: int = 0, **values: Any) -> Event:
    end = time(start.hour, start.minute + 20)
    common = {"title": "Meeting", "end_day": day, "end_time": end, "stamp": datetime(2027, 1, 1, tzinfo=UTC)}
    return Event(uid=uid, start_day=day, start_time=start, zone=zone, start_fold=fold, end_fold=fold, **{**common, **values})


@pytest.mark.parametrize("zone", ZONES)
def test_two_readers_see_the_same_instants_around_the_clock_changes(zone: str) -> None:
    """Every hour of the night, also those that the clocks skip or show twice: the first and the second time."""
    events = [
        event(f"{day}-{hour}-{fold}", day, time(hour, 30), zone, fold=fold)
        for day in DAYS
        for hour in (0, 1, 2, 3, 4, 12)
        for fold in (0, 1)
    ]
    raw = ics(events, name="x")
    one, two = by_icalendar(raw), by_ical_js(raw)
    wrong = []
    for row in events:
        local = datetime.combine(row.start_day, row.start_time, ZoneInfo(zone)).replace(fold=row.start_fold)
        want = local.astimezone(UTC)
        seen = (one[row.uid]["dtstart"].dt.astimezone(UTC), utc(two[row.uid]["start"]))
        if seen != (want, want):
            wrong.append((row.uid, want, seen))
        assert utc(two[row.uid]["end"]) - utc(two[row.uid]["start"]) == timedelta(minutes=20)
    assert wrong == []


def test_a_zone_is_told_once_and_for_the_years_of_the_events() -> None:
    raw = ics([event("1", DAYS[0], time(12), "Europe/Sofia"), event("2", DAYS[-1], time(12), "Europe/Sofia")], name="x")
    assert raw.count(b"BEGIN:VTIMEZONE") == 1
    assert b"RDATE:1" not in raw
    assert by_ical_js(raw)["1"]["tzid"] == "Europe/Sofia"


def test_an_empty_calendar_can_be_read() -> None:
    raw = ics([], name="x")
    assert by_icalendar(raw) == by_ical_js(raw) == {}


@pytest.mark.parametrize("script", TITLES)
def test_long_titles_are_folded_between_letters(script: str) -> None:
    title = (TITLES[script] * 6)[:200]
    raw = ics(
        [event("1", DAYS[3], time(12), "Asia/Tbilisi", title=title, place=title, description=f"{title}\nsecond line, \\ and ;")], name=title
    )
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two
    assert str(by_icalendar(raw)["1"]["summary"]) == title
    assert by_ical_js(raw)["1"]["summary"] == title


@pytest.mark.django_db
def test_the_feed_of_a_mission_as_both_read_it(mission, as_coordinator, observer_a, client) -> None:
    """Released, moved and cancelled: the UID stays, SEQUENCE rises, CANCELLED is kept; over the wire, by its address."""

    def plan(title: str, start: time) -> Any:
        values = {"kind": "other", "title": title, "start_day": date(2027, 10, 31), "end_time": time(start.hour, 55), "is_for_all": True}
        return meetings.plan_meeting(mission, by=as_coordinator, start_time=start, **values)

    moved, off = plan("Moves", time(3, 30)), plan("Off", time(12))
    releases.release_programme(mission, by=as_coordinator)
    own = calendars.feed_for(by=user_actor(observer_a))
    token = calendars.token_of(calendars.feed_for(by=as_coordinator, mission=mission))
    before = by_ical_js(client.get(f"/calendar/{token}.ics").content)
    meetings.change_meeting(moved, by=as_coordinator, start_time=time(4, 30), end_time=time(5), start_fold=0, end_fold=0)
    meetings.cancel_meeting(off, by=as_coordinator, reason="Ill.")
    releases.release_programme(mission, by=as_coordinator)
    raw = client.get(f"/calendar/{token}.ics").content
    one, two = by_icalendar(raw), by_ical_js(raw)
    assert set(before) == set(one) == set(two) == {calendars.uid_of(moved), calendars.uid_of(off)}
    moved.refresh_from_db()
    row = two[calendars.uid_of(moved)]
    assert utc(row["start"]) == one[row["uid"]]["dtstart"].dt.astimezone(UTC) == moved.starts_at
    assert (row["status"], row["sequence"], before[row["uid"]]["sequence"]) == ("CONFIRMED", 1, 0)
    assert (two[calendars.uid_of(off)]["status"], str(one[calendars.uid_of(off)]["status"])) == ("CANCELLED", "CANCELLED")
    own_entries = {uid for uid in by_ical_js(calendars.ics_of(own)) if not uid.startswith("duty-")}
    assert own_entries == set(two)


@pytest.mark.django_db
def test_a_meeting_in_an_hour_that_new_zone_data_took_away_stays_readable(mission, as_coordinator) -> None:
    """Planned at 12:30, the wall time then falls into a skipped hour: both readers still see one and the same instant."""
    meeting = meetings.plan_meeting(
        mission, by=as_coordinator, kind="other", title="Gone", start_day=date(2027, 3, 28), start_time=time(12, 30), end_time=time(12, 50)
    )
    type(meeting).objects.filter(pk=meeting.pk).update(start_time=time(3, 30), end_time=time(3, 50))
    meeting.refresh_from_db()
    raw = ics([calendars.event_of_meeting(meeting)], name="x")
    assert utc(by_ical_js(raw)[calendars.uid_of(meeting)]["start"]) == by_icalendar(raw)[calendars.uid_of(meeting)]["dtstart"].dt


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_coordinator_resets_the_address_of_a_mission(
    mission, client_for, coordinator, publisher, observer_a, as_coordinator, client
) -> None:
    feed = calendars.feed_for(by=as_coordinator, mission=mission)
    old, url = calendars.token_of(feed), f"/calendar/{feed.uuid}/reset/"
    page = client_for(coordinator).get(f"/missions/{mission.reference}/programme/").content.decode()
    assert old in page
    assert url in page
    for user in (publisher, observer_a):
        assert client_for(user).post(url).status_code == 404
    assert client.get(f"/calendar/{old}.ics").status_code == 200
    assert client_for(coordinator).post(url).status_code == 302
    assert client.get(f"/calendar/{old}.ics").status_code == 404
    feed.refresh_from_db()
    assert client.get(f"/calendar/{calendars.token_of(feed)}.ics").status_code == 200


@pytest.mark.django_db
def test_somebody_else_s_own_address_is_nobody_s_to_reset(client_for, observer_a, coordinator) -> None:
    feed = calendars.feed_for(by=user_actor(observer_a))
    assert client_for(coordinator).post(f"/calendar/{feed.uuid}/reset/").status_code == 404
    assert CalendarFeed.objects.get(pk=feed.pk).turn == 0


def test_my_calendar_names_the_feeds_of_mission_and_team(world) -> None:
    by = user_actor(world.users["observer_a"])
    page = world.clients["observer_a"].get("/calendar/").content.decode()
    for feed in (calendars.feed_for(by=by, mission=world.mission), calendars.feed_for(by=by, team=world.team.uuid)):
        assert calendars.address_of(feed) in page
    other = calendars.feed_for(by=user_actor(world.users["observer_b"]), team=world.teams[1].uuid)
    assert calendars.address_of(other) not in page


def test_a_coordinator_resets_the_address_of_a_team(world) -> None:
    feed = calendars.feed_for(by=user_actor(world.users["observer_b"]), team=world.teams[1].uuid)
    old, url = calendars.token_of(feed), f"/calendar/{feed.uuid}/reset/"
    assert url not in world.clients["observer_b"].get("/calendar/").content.decode()
    assert world.clients["observer_b"].post(url).status_code == 404
    page = world.clients["coordinator"].get("/calendar/").content.decode()
    assert old in page
    assert url in page
    assert world.clients["coordinator"].post(url).status_code == 302
    assert world.clients["stranger"].get(f"/calendar/{old}.ics").status_code == 404


def test_the_feed_of_a_team_as_both_read_it(world) -> None:
    feed = calendars.feed_for(by=user_actor(world.users["observer_a"]), team=world.team.uuid)
    raw = calendars.ics_of(feed)
    row = by_ical_js(raw)[f"stop-{world.stop.uuid}@scrutin"]
    assert utc(row["start"]) == by_icalendar(raw)[row["uid"]]["dtstart"].dt.astimezone(UTC) == world.stop.planned_at.astimezone(UTC)
    assert row["sequence"] == 1


def test_duties_stand_on_their_day_and_nobody_is_busy(monkeypatch: pytest.MonkeyPatch, observer_a: Any) -> None:
    """Due until midnight: on that day, the one with 25 hours as well; due at an hour: the half hour before."""
    place = ZoneInfo("Europe/Paris")
    values = {"title": "Sign the code", "since": datetime(2027, 10, 1, tzinfo=UTC), "zone": "Europe/Paris", "url": "https://x/"}
    owed = [
        Duty("duty-day", until=datetime(2027, 11, 1, 0, tzinfo=place).astimezone(UTC), **values),
        Duty("duty-hour", until=datetime(2027, 10, 31, 9, tzinfo=place).astimezone(UTC), **values),
    ]
    asked: list[set[str]] = []

    def told(addresses: set[str]) -> list[Duty]:
        asked.append(addresses)
        return owed

    monkeypatch.setattr(calendars, "duties_of", told)
    raw = calendars.ics_of(calendars.feed_for(by=user_actor(observer_a)))
    assert observer_a.person.email in asked[0]
    found = by_icalendar(raw)
    whole, hour = found["duty-day@scrutin"], found["duty-hour@scrutin"]
    assert (whole["dtstart"].dt, whole["dtend"].dt, whole["transp"]) == (date(2027, 10, 31), date(2027, 11, 1), "TRANSPARENT")
    assert hour["dtend"].dt.astimezone(UTC) == owed[1].until
    js = by_ical_js(raw)
    assert js["duty-day@scrutin"]["start"].startswith("2027-10-31") and utc(js["duty-hour@scrutin"]["end"]) == owed[1].until
