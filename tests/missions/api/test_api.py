"""The API: who sees what, moves with what is missing, constant queries."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from missions.models import Mission, Organisation, Station
from missions.services import meetings, releases
from missions.services.lifecycle import move_mission

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def full(mission, as_coordinator):
    """A mission with a station and a planned, not yet released meeting."""
    Station.objects.create(mission=mission, code="12", name="Училище", address="ул. Шипка 1")
    meetings.plan_meeting(
        mission,
        by=as_coordinator,
        kind="ngo",
        title="NGOs",
        start_day=mission.first_day,
        start_time=time(10),
        end_time=time(11),
        is_for_all=True,
    )
    return mission


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("missions/", {"coordinator": 1, "auditor": 1, "observer_a": 1, "outsider": 0}),
        ("stations/", {"coordinator": 1, "observer_a": 1, "outsider": 0}),
        ("meetings/", {"coordinator": 1, "observer_a": 0, "outsider": 0}),
        ("milestones/", {"coordinator": 16, "observer_a": 16, "outsider": 0}),
    ],
)
def test_lists_by_reader(full, api_for, path, counts, request):
    assert api_for(None).get(f"{V1}/{path}").status_code == 401
    for cast, count in counts.items():
        answer = api_for(request.getfixturevalue(cast)).get(f"{V1}/{path}")
        assert (answer.status_code, answer.json()["count"]) == (200, count), cast


@pytest.mark.parametrize(("cast", "status"), [("coordinator", 200), ("auditor", 200), ("observer_a", 403), ("outsider", 403)])
def test_the_register_is_the_secretariat_s(full, api_for, cast, status, request):
    client = api_for(request.getfixturevalue(cast))
    for path in (f"requests/{full.request.uuid}/", "requests/", "organisations/"):
        found = client.get(f"{V1}/{path}").status_code
        assert found == status or (found == 404 and status == 403 and "-" in path)


def test_meetings_come_with_a_release(full, api_for, observer_a, coordinator, as_coordinator):
    releases.release_programme(full, by=as_coordinator)
    (row,) = api_for(observer_a).get(f"{V1}/meetings/?mission={full.reference}").json()["results"]
    assert (row["start_time"], row["zone"], row["is_for_all"]) == ("10:00:00", "Europe/Sofia", True)
    meetings.change_meeting(full.meetings.get(), by=as_coordinator, start_time=time(9))
    assert api_for(observer_a).get(f"{V1}/meetings/{row['uuid']}/").json()["start_time"] == "10:00:00"
    assert api_for(coordinator).get(f"{V1}/meetings/{row['uuid']}/").json()["start_time"] == "09:00:00"


def test_one_mission(full, api_for, observer_a, outsider):
    row = api_for(observer_a).get(f"{V1}/missions/{full.reference}/").json()
    assert (row["reference"], row["country"], row["state"]) == (full.reference, "BG", "accepted")
    assert row["polling_days"][0]["opens_at"] == "07:00:00"
    assert api_for(outsider).get(f"{V1}/missions/{full.reference}/").status_code == 404


def test_moves(full, api_for, coordinator, observer_a):
    client = api_for(coordinator)
    url = f"{V1}/missions/{full.reference}/moves/"
    assert [row["action"] for row in client.get(url).json()] == ["compose", "cancel"]
    assert api_for(observer_a).get(url).json() == []
    assert api_for(observer_a).post(url, {"action": "compose"}).status_code == 403
    assert client.post(url, {"action": "fly"}).json()["errors"][0]["attr"] == "action"
    assert client.post(url, {"action": "cancel"}).status_code == 400
    moved = client.post(url, {"action": "compose", "seen_state": "accepted"})
    assert (moved.status_code, moved.json()["state"]) == (200, "composing")
    assert client.post(url, {"action": "compose"}).status_code == 200
    stale = client.post(url, {"action": "cancel", "note": "x", "seen_state": "accepted"})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "stale")
    missing = client.post(url, {"action": "prepare"})
    assert missing.status_code == 409
    codes = {row["code"] for row in missing.json()["errors"]}
    assert {"something_missing", "head_missing"} <= codes
    assert all(row["attr"] for row in missing.json()["errors"][1:])


def test_searching_in_any_script(full, api_for, coordinator, as_coordinator, bulgaria):
    Organisation.objects.create(name="Честен вот", kind="ngo", country=bulgaria)
    client = api_for(coordinator)
    assert client.get(f"{V1}/stations/", {"q": "УЧИЛИЩЕ шипка"}).json()["count"] == 1
    assert client.get(f"{V1}/organisations/", {"q": "ЧЕСТЕН"}).json()["count"] == 1
    assert client.get(f"{V1}/missions/", {"country": "AM"}).json()["count"] == 0
    assert client.get(f"{V1}/milestones/", {"open": "true", "mission": full.reference}).json()["count"] > 0


def test_the_number_of_queries_does_not_grow(make_mission, api_for, coordinator):
    client = api_for(coordinator)
    make_mission()
    paths = [f"{V1}/{name}/" for name in ("missions", "requests", "milestones")]

    def count():
        with CaptureQueriesContext(connection) as context:
            for path in paths:
                assert client.get(path).status_code == 200
        return len(context)

    count()
    before = count()
    make_mission()
    make_mission()
    assert count() == before
    assert Mission.objects.count() == 3


def test_visible_to_and_the_view_permission_agree(full, make_mission, request, make_assignment):
    other = make_mission()
    asked = make_assignment(full, "observer", "Asta", "Asked", state="asked").person.user
    casts = [request.getfixturevalue(name) for name in ("coordinator", "publisher", "auditor", "administrator", "observer_a", "outsider")]
    for user in [*casts, asked]:
        for mission in (full, other):
            assert Mission.objects.visible_to(user).filter(pk=mission.pk).exists() is user.has_perm("missions.view_mission", mission)
    assert full.first_day + timedelta(days=4) == full.last_day


def test_history(mission, api_for, coordinator, observer_a, outsider, as_coordinator, monkeypatch):
    monkeypatch.setattr("missions.checks._checks", {})
    move_mission(mission, "compose", by=as_coordinator, note="Calls sent.")
    path = f"{V1}/missions/{mission.reference}/history/"
    for reader in (coordinator, observer_a):
        (line,) = api_for(reader).get(path).json()
        assert (line["action"], line["by"], line["note"]) == ("compose", coordinator.name, "Calls sent.")
        assert (line["before"], line["after"]) == ("Accepted", "Composing the delegation")
    assert api_for(outsider).get(path).status_code == 404
    assert api_for(None).get(path).status_code == 401
