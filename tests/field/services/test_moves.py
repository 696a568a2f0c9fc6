"""A record at the wrong station: moved by its observer for an hour, by the coordinator always; each move stays readable."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from core.actors import user_actor
from core.errors import Invalid, NotAllowed
from core.models import AuditEntry
from field.models import Observation, StationMove
from field.services import moves
from observers.models import TeamMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(phone, item, stations):
    """A record that the phone sent, at S001."""
    assert post(phone, item("B"))["result"] == "created"
    return Observation.objects.get()


def post(client, one):
    return client.post("/api/v1/sync/", {"items": [one]}, format="json").json()["results"][0]


def move_of(row, station="S002", **more):
    return {"kind": "move", "uuid": str(uuid4()), "mission": row.mission.reference, "record": str(row.uuid), "station": station, **more}


def test_the_observer_moves_it_once_and_it_stays_readable(phone, sent, client, coordinator):
    one = move_of(sent, reason="Next door.", at=sent.received_at.isoformat())
    assert [post(phone, one)["result"] for _time in range(3)] == ["created", "already", "already"]
    sent.refresh_from_db()
    assert (sent.station.code, sent.answers["station"]) == ("S002", "S001")
    move = StationMove.objects.get()
    assert (move.before, move.after, move.reason, move.is_phone) == ("S001 School S001", "S002 School S002", "Next door.", True)
    assert AuditEntry.objects.filter(action="field.station_moved").count() == 1
    client.force_login(coordinator)
    page = client.get(reverse("field:record", args=[sent.mission.reference, sent.uuid])).content.decode()
    assert "from S001 School S001 to S002 School S002" in page
    assert "by the observer" in page
    change = phone.get("/api/v1/sync/changes/").json()["changes"][0]
    assert change["station"] == "S002"


def test_a_move_made_in_time_and_sent_late_counts(phone, sent):
    Observation.objects.update(received_at=sent.received_at - timedelta(hours=5))
    made = sent.received_at - timedelta(hours=4, minutes=1)
    assert post(phone, move_of(sent, at=made.isoformat()))["result"] == "created"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"record": str(uuid4())}, "record"),
        ({"record": None}, "record"),
        ({"station": "S999"}, "station"),
        ({"station": None}, "station"),
        ({"uuid": "?"}, "uuid"),
        ({"mission": "XX-2026-1"}, "mission"),
    ],
)
def test_what_cannot_be_moved_is_refused_with_a_sentence(phone, sent, change, code):
    result = post(phone, move_of(sent) | change)
    assert (result["result"], result["code"]) == ("refused", code)
    assert result["detail"]
    assert not StationMove.objects.exists()


def test_after_an_hour_the_coordinator_moves_it(phone, sent, stations, coordinator):
    Observation.objects.update(received_at=sent.received_at - timedelta(hours=1, minutes=1))
    assert post(phone, move_of(sent))["code"] == "too_late"
    sent.refresh_from_db()
    with pytest.raises(Invalid):
        moves.move_station(sent, stations[1], by=user_actor(coordinator), reason=" ")
    moves.move_station(sent, stations[1], by=user_actor(coordinator), reason="They rang.")
    sent.refresh_from_db()
    assert sent.station.code == "S002"
    assert not StationMove.objects.get().is_phone


def test_nobody_else_of_the_team_moves_it(phone, sent, team, make_team, make_device, api_for, stations):
    mate = make_team("Mates", given="Bodil").members.get()
    TeamMember.objects.filter(pk=mate.pk).update(team=team)
    other = api_for(None)
    other.credentials(HTTP_AUTHORIZATION=f"Token {make_device(mate.person.user)[1]}")
    assert post(other, move_of(sent))["code"] == "not_allowed"
    with pytest.raises(NotAllowed):
        moves.move_station(sent, stations[1], by=user_actor(mate.person.user), reason="Mine.")


def test_a_move_in_the_batch_of_its_record(phone, item, stations, polling):
    """Whatever their order in the batch."""
    record = item("B")
    move = {"kind": "move", "uuid": str(uuid4()), "mission": polling.reference, "record": record["uuid"], "station": "S003"}
    results = phone.post("/api/v1/sync/", {"items": [move, record]}, format="json").json()["results"]
    assert [result["result"] for result in results] == ["created", "created"]
    assert [result["kind"] for result in results] == ["move", "observation"]
    assert Observation.objects.get().station.code == "S003"


def test_a_correction_does_not_take_the_record_back(phone, item, sent):
    """The phone corrects an answer and does not know of the move: it stays where it was moved; one that names another goes there."""
    post(phone, move_of(sent))
    second, third = uuid4(), uuid4()
    assert post(phone, item("B", uuid=second, replaces=sent.uuid, B11="no"))["result"] == "revision"
    assert Observation.objects.get(uuid=second).station.code == "S002"
    assert post(phone, item("B", uuid=third, replaces=second, station="S003"))["result"] == "revision"
    assert Observation.objects.get(uuid=third).station.code == "S003"


def test_what_counts_is_moved_also_when_the_phone_names_an_older_version(phone, item, sent):
    second = uuid4()
    post(phone, item("B", uuid=second, replaces=sent.uuid, B11="no"))
    assert post(phone, move_of(sent))["result"] == "created"
    assert Observation.objects.get(uuid=second).station.code == "S002"
