"""The live page: where the teams have been, what is overdue, two observers at one station."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from core import clock
from core.actors import SYSTEM
from field.enums import IncidentState
from field.models import Incident, Observation
from field.services.ingest import Submission, ingest
from field.services.live_visits import visits_of
from field.templatetags.field import age
from missions.models import Station
from observers.services.deployment import add_stop, record_stop
from tests.field.conftest import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(polling, stations, team, make_team):
    """Team 1 opens S001 and votes at S003; team 2 opens S002. Two stations have coordinates."""
    second = make_team("Team 2")
    Station.objects.filter(code="S001").update(latitude=42.7, longitude=23.3)
    Station.objects.filter(code="S003").update(latitude=42.8, longitude=23.4)
    add_stop(team, station=stations[0], kind="opening", local_time=time(6, 30), by=SYSTEM)
    add_stop(team, station=stations[2], kind="voting", local_time=time(11), by=SYSTEM)
    return add_stop(second, station=stations[1], kind="opening", local_time=time(6, 30), by=SYSTEM)


@pytest.fixture
def send(polling, make_xml):
    def run(code, **values):
        (result,) = ingest([Submission(make_xml(code, **values), polling)])
        return Observation.objects.get(uuid=result.uuid)

    return run


def read(client, name, polling):
    response = client.get(reverse(f"field:{name}", args=[polling.reference]), {"day": str(DAY)})
    assert response.status_code == 200
    return response


def test_points_of_visits_and_of_the_plan(plan, send, client_for, coordinator, polling):
    send("B", B10="yes", B35="The mayor stood inside.")
    body = read(client_for(coordinator), "live_map", polling).json()
    found = {feature["properties"]["station"][:4]: feature for feature in body["features"]}
    assert set(found) == {"S001", "S003"}  # the third has no coordinates
    assert found["S001"]["geometry"] == {"type": "Point", "coordinates": [23.3, 42.7]}
    first, other = found["S001"]["properties"], found["S003"]["properties"]
    assert (first["state"], first["teams"], first["stages"]) == ("critical", "Team 1", "Voting")
    assert (first["time"], first["pair"]) == ("09:00", False)
    assert (other["state"], other["teams"], other["time"], other["forms"]) == ("planned", "Team 1", "11:00", 0)


def test_two_observers_at_one_station_stand_as_a_pair(plan, send, client_for, coordinator, polling, django_assert_num_queries):
    first, second = send("B"), send("B", H01="Team 2")
    send("B", H01="Team 2", station="S002")
    send("B", H07="15:00:00.000+03:00", H08="15:30:00.000+03:00", H01="Team 2")
    with django_assert_num_queries(2):
        (pair,) = visits_of(polling, DAY).pairs
    assert [uuid for uuid, _who in pair.records] == [first.uuid, second.uuid]
    assert [who for _uuid, who in pair.records] == ["Team 1", "Team 2"]
    client = client_for(coordinator)
    body = read(client, "live_content", polling).content.decode()
    assert "Two observers at one station" in body
    assert first.get_absolute_url() in body
    assert second.get_absolute_url() in body
    points = read(client, "live_map", polling).json()["features"]
    assert [point["properties"]["pair"] for point in points] == [True, False]


def test_a_pair_within_one_team_is_told_apart_by_name(plan, send, polling, make_person):
    first, second = send("B"), send("B", H07="11:00:00.000+02:00")
    for row, given in ((first, "Alba"), (second, "Bodil")):
        Observation.objects.filter(pk=row.pk).update(person=make_person(given, "Able"))
    (pair,) = visits_of(polling, DAY).pairs
    assert [who for _uuid, who in pair.records] == ["Team 1, Alba Able", "Team 1, Bodil Able"]


def test_one_observer_twice_is_no_pair(plan, send, polling):
    send("B")
    send("B", H11=5)
    assert visits_of(polling, DAY).pairs == []


def test_openings_are_missing_until_a_form_or_a_reason_came(plan, send, client_for, coordinator, polling, monkeypatch):
    client = client_for(coordinator)
    zone = ZoneInfo(polling.zone)
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(DAY, time(7, 0), zone))
    assert "No form of an opening is overdue." in read(client, "live_content", polling).content.decode()
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(DAY, time(8, 10), zone))
    body = read(client, "live_content", polling).content.decode()
    assert body.count("planned for 06:30, 1 h 40 ago") == 2
    send("A")
    body = read(client, "live_content", polling).content.decode()
    assert body.count("planned for 06:30, 1 h 40 ago") == 1
    assert "Team 2 · planned" in body
    record_stop(plan, by=SYSTEM, outcome="closed", reason="The door was locked.")
    assert "No form of an opening is overdue." in read(client, "live_content", polling).content.decode()


def test_who_sees_the_map(client_for, outsider, coordinator, polling):
    url = reverse("field:live_map", args=[polling.reference])
    assert client_for(outsider).get(url).status_code == 404
    assert client_for(None).get(url).status_code == 302
    assert client_for(coordinator).get(url).json() == {"type": "FeatureCollection", "features": []}
    assert "No visit yet, and no stop in the plan." in read(client_for(coordinator), "live", polling).content.decode()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-5, "0 min"), (0, "0 min"), (59, "59 min"), (60, "1 h 00"), (188, "3 h 08"), (1439, "23 h 59"), (3060, "2 d 3 h")],
)
def test_an_age_is_said_in_hours_and_minutes(minutes, words):
    now = datetime(2026, 11, 8, 12, tzinfo=UTC)
    assert age(now - timedelta(minutes=minutes), now) == words


def test_incidents_come_before_flags_and_notes_and_danger_before_all(plan, send, client_for, coordinator, polling):
    danger, closed, newest = (send("I", I02=text, I06=in_danger) for text, in_danger in (("One", "yes"), ("Two", "yes"), ("Three", "no")))
    Incident.objects.filter(observation=closed).update(state=IncidentState.CLOSED)
    numbers = [Incident.objects.get(observation=row).number for row in (danger, newest, closed)]
    body = read(client_for(coordinator), "live", polling).content.decode()
    places = [body.index(text) for text in (*numbers, "critical-title", "openings-title", "teams-title", "notes-title")]
    assert places == sorted(places)
