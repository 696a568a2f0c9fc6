"""The API of planning: preparations, deadlines, timeline, notes, presence, tasks - through the services of the pages."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import user_actor
from missions.models import MeetingNote, Preparation
from missions.services import meetings, notes, preparations, releases

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def meeting(mission, as_coordinator):
    row = meetings.plan_meeting(
        mission, by=as_coordinator, kind="ngo", title="NGOs", start_day=mission.first_day, start_time=time(10), end_time=time(11),
        is_for_all=True,
    )  # fmt: skip
    releases.release_programme(mission, by=as_coordinator)
    return row


def queries(api, url):
    api.get(url)
    with CaptureQueriesContext(connection) as found:
        assert api.get(url).status_code == 200
    return len(found)


def codes(answer):
    return [error["code"] for error in answer.json()["errors"]]


# --- preparations -------------------------------------------------------------------------------------------------


def test_preparations_are_added_changed_done_and_taken_off(mission, api_for, coordinator, observer_a):
    api, seat = api_for(coordinator), mission.assignments.get(person=observer_a.person)
    sent = {"mission": mission.reference, "title": "Hire a bus", "owner": str(seat.uuid), "offset_days": -10}
    made = api.post(f"{V1}/preparations/", sent, format="json")
    assert (made.status_code, made.json()["owner"]["name"], made.json()["who"]) == (201, observer_a.person.name, observer_a.person.name)
    assert made.json()["due_on"] == (mission.polling_day - timedelta(days=10)).isoformat()
    assert api.post(f"{V1}/preparations/", sent, format="json").json()["uuid"] == made.json()["uuid"], "asked twice, once there"
    url = f"{V1}/preparations/{made.json()['uuid']}/"
    changed = api.patch(url, {"note": "Twelve seats.", "seen_at": made.json()["updated_at"]}, format="json")
    assert (changed.status_code, changed.json()["note"], changed.json()["offset_days"]) == (200, "Twelve seats.", -10)
    stale = api.patch(url, {"note": "Ten.", "seen_at": made.json()["updated_at"]}, format="json")
    assert (stale.status_code, codes(stale)) == (409, ["stale"])
    mine = api_for(observer_a)
    assert mine.patch(url, {"note": "Mine."}, format="json").status_code == 403
    assert mine.post(f"{url}done/").json()["done_at"], "its owner marks it as done"
    assert mine.post(f"{url}reopen/").json()["done_at"] is None
    assert mine.post(f"{url}remove/").status_code == 403
    assert api.post(f"{url}remove/").json()["removed_at"]
    assert mine.get(url).status_code == 404
    assert codes(api.post(f"{url}done/")) == ["preparation_removed"]
    assert [row["uuid"] for row in api.get(f"{V1}/preparations/?removed=true").json()["results"]] == [made.json()["uuid"]]
    assert api.get(f"{V1}/preparations/?q=x&mission={mission.reference}").json()["count"] == 0
    assert mine.get(f"{V1}/preparations/?removed=true").json()["count"] == 0
    assert api.post(f"{url}restore/").json()["removed_at"] is None


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"title": "x"}, 400),
        ({"mission": "XX-2027-1", "title": "x"}, 404),
        ({"title": " "}, 400),
        ({"title": "x", "owner": str(uuid4())}, 400),
        ({"title": "x", "due_on": "soon"}, 400),
    ],
)
def test_bad_preparations(mission, api_for, coordinator, sent, status):
    values = sent if "mission" in sent or sent == {"title": "x"} else {"mission": mission.reference, **sent}
    assert api_for(coordinator).post(f"{V1}/preparations/", values, format="json").status_code == status
    assert not Preparation.objects.exists()


def test_preparations_are_narrowed_and_ask_as_often_for_three_as_for_one(
    mission, api_for, coordinator, observer_a, outsider, as_coordinator
):
    seat = mission.assignments.get(person=observer_a.person)
    api, url = api_for(coordinator), f"{V1}/preparations/?mission={mission.reference}"
    first = preparations.add_preparation(mission, by=as_coordinator, title="No 0", owner=seat, due_on=mission.first_day)
    one = queries(api, url)
    for number in (1, 2):
        preparations.add_preparation(mission, by=as_coordinator, title=f"No {number}", owner=seat, due_on=mission.last_day)
    assert queries(api, url) == one
    preparations.complete_preparation(first, by=as_coordinator)
    for more, count in (("", 3), ("&open=true", 2), (f"&owner={seat.uuid}", 3), (f"&due_to={mission.first_day}", 1), ("&page_size=1", 3)):
        assert api.get(url + more).json()["count"] == count, more
    assert len(api.get(url + "&page_size=1").json()["results"]) == 1
    assert api_for(observer_a).get(url).json()["count"] == 3
    assert api_for(outsider).get(url).json()["count"] == 0


# --- deadlines and timeline ---------------------------------------------------------------------------------------


def test_a_deadline_is_moved_with_a_reason_met_and_opened_again(mission, api_for, coordinator, observer_a):
    row = mission.milestones.filter(done_at=None).first()
    api, url = api_for(coordinator), f"{V1}/milestones/{row.uuid}/"
    assert api.post(f"{url}move/", {"to": "2027-09-01"}, format="json").status_code == 400
    assert api.post(f"{url}move/", {"to": "2027-09-01", "reason": " "}, format="json").status_code == 400
    moved = api.post(f"{url}move/", {"to": "2027-09-01", "reason": "The Bureau meets then."}, format="json").json()
    assert (moved["effective_on"], moved["reason"], moved["due_on"]) == ("2027-09-01", "The Bureau meets then.", row.due_on.isoformat())
    assert api.post(f"{url}done/").json()["done_at"]
    assert codes(api.post(f"{url}move/", {"to": "2027-09-02", "reason": "x"}, format="json")) == ["milestone_done"]
    assert api.post(f"{url}reopen/").json()["done_at"] is None
    assert api_for(observer_a).post(f"{url}done/").status_code == 403


def test_the_timeline_of_a_mission(mission, api_for, coordinator, observer_a, outsider, as_coordinator):
    preparations.add_preparation(mission, by=as_coordinator, title="Hire a bus", due_on=mission.first_day)
    url = f"{V1}/missions/{mission.reference}/timeline/"
    line = api_for(observer_a).get(url).json()
    assert {"polling", "visit"} <= {row["tone"] for row in line["rows"]} and line["first"] <= line["today"] or line["rows"]
    assert "Hire a bus" in {row["label"] for row in line["rows"]}
    short = api_for(coordinator).get(f"{url}?until=polling").json()
    assert 0 < len(short["rows"]) < len(line["rows"])
    assert api_for(outsider).get(url).status_code == 404
    assert api_for(None).get(url).status_code == 401


# --- notes --------------------------------------------------------------------------------------------------------


def test_a_note_is_written_corrected_and_classified(meeting, api_for, coordinator, observer_a, observer_b):
    mine, other, desk = api_for(observer_a), api_for(observer_b), api_for(coordinator)
    sent = {"meeting": str(meeting.uuid), "topic": "L05", "text": "Old lists.", "rating": "some_concern"}
    made = mine.post(f"{V1}/meeting-notes/", sent, format="json")
    assert (made.status_code, made.json()["access"], made.json()["version"]) == (201, "team", 1)
    url = f"{V1}/meeting-notes/{made.json()['uuid']}/"
    fixed = mine.patch(url, {"text": "New lists.", "seen_version": 1}, format="json").json()
    assert (fixed["text"], fixed["rating"], fixed["version"], bool(fixed["corrected_at"])) == ("New lists.", "some_concern", 2, True)
    assert codes(mine.patch(url, {"text": "x", "seen_version": 1}, format="json")) == ["stale"]
    assert other.patch(url, {"text": "Mine."}, format="json").status_code == 403
    (earlier,) = other.get(f"{url}history/").json()
    assert (earlier["version"], earlier["text"], earlier["replaced_by"]) == (1, "Old lists.", observer_a.person.name)
    assert mine.post(f"{url}access/", {"access": "public"}, format="json").status_code == 403
    assert desk.post(f"{url}access/", {"access": "nobody"}, format="json").status_code == 400
    assert desk.post(f"{url}access/", {"access": "secretariat"}, format="json").json()["access"] == "secretariat"
    for path in (url, f"{url}history/"):
        assert other.get(path).status_code == mine.get(path).status_code == 404
    assert desk.get(f"{url}history/").json()[0]["access"] == "team"


def test_bad_notes_and_strangers(meeting, api_for, coordinator, outsider, publisher):
    sent = {"meeting": str(meeting.uuid), "topic": "L05", "text": "x"}
    api = api_for(coordinator)
    for values, attr in (({"topic": "L99"}, "topic"), ({"text": ""}, "text"), ({"rating": "bad"}, "rating"), ({"access": "all"}, "access")):
        answer = api.post(f"{V1}/meeting-notes/", sent | values, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert api.post(f"{V1}/meeting-notes/", sent | {"meeting": str(uuid4())}, format="json").status_code == 404
    assert api_for(outsider).post(f"{V1}/meeting-notes/", sent, format="json").status_code == 404
    assert api_for(publisher).post(f"{V1}/meeting-notes/", sent, format="json").status_code == 403
    assert api_for(None).post(f"{V1}/meeting-notes/", sent, format="json").status_code == 401
    assert not MeetingNote.objects.exists()


def test_notes_by_access_level_filters_and_queries(meeting, mission, api_for, coordinator, observer_a, outsider, as_coordinator):
    url = f"{V1}/meeting-notes/"
    notes.write_note(meeting, by=as_coordinator, topic="L05", text="Team.", rating="in_order")
    one = queries(api_for(coordinator), url)
    notes.write_note(meeting, by=as_coordinator, topic="L06", text="Secret.", access="secretariat")
    notes.write_note(meeting, by=as_coordinator, topic="L06", text="Public.", access="public", rating="serious_concern")
    assert queries(api_for(coordinator), url) == one
    for user, texts in ((coordinator, {"Team.", "Secret.", "Public."}), (observer_a, {"Team.", "Public."}), (outsider, set())):
        assert {row["text"] for row in api_for(user).get(url).json()["results"]} == texts
    for more, count in (("topic=L06", 2), ("rating=in_order", 1), ("access=public", 1), (f"meeting={meeting.uuid}", 3)):
        assert api_for(coordinator).get(f"{url}?{more}&mission={mission.reference}").json()["count"] == count, more
    assert api_for(coordinator).get(f"{url}?mission=XX-2027-9").json()["count"] == 0


# --- presence and tasks -------------------------------------------------------------------------------------------


def test_presence_is_noted_from_the_beginning_on(meeting, mission, api_for, observer_a, publisher, outsider):
    url, seat = f"{V1}/meetings/{meeting.uuid}/presence/", mission.assignments.get(person=observer_a.person)
    sent = {"present": [str(seat.uuid)], "others": "Nadia, chair."}
    mine = api_for(observer_a)
    assert mine.get(url).json()["noted_at"] is None
    assert codes(mine.post(url, sent, format="json")) == ["meeting_not_begun"]
    with time_machine.travel(meeting.starts_at + timedelta(minutes=5), tick=False):
        assert codes(mine.post(url, sent | {"present": [str(uuid4())]}, format="json")) == ["unknown_person"]
        found = mine.post(url, sent, format="json").json()
        assert ([row["name"] for row in found["present"]], found["others"]) == ([observer_a.person.name], "Nadia, chair.")
        assert api_for(publisher).post(url, sent, format="json").status_code == 403
        assert api_for(outsider).post(url, sent, format="json").status_code == 404
        assert mine.post(f"{V1}/meetings/{meeting.uuid}/held/").json()["state"] == "held"
    assert mine.get(url).json() == found


def test_tasks_are_added_and_marked(meeting, mission, api_for, observer_a, observer_b, publisher, outsider):
    seat, mine = mission.assignments.get(person=observer_b.person), api_for(observer_a)
    sent = {"meeting": str(meeting.uuid), "text": "Send the law.", "assignment": str(seat.uuid), "due_on": "2027-11-01"}
    made = mine.post(f"{V1}/meeting-tasks/", sent, format="json")
    assert (made.status_code, made.json()["assignment"]["name"], made.json()["mission"]) == (201, observer_b.person.name, mission.reference)
    one = queries(mine, f"{V1}/meeting-tasks/")
    for number in (1, 2):
        mine.post(f"{V1}/meeting-tasks/", sent | {"text": f"No {number}"}, format="json")
    assert queries(mine, f"{V1}/meeting-tasks/") == one
    url = f"{V1}/meeting-tasks/{made.json()['uuid']}/"
    done = mine.post(f"{url}done/").json()["done_at"]
    assert done and mine.post(f"{url}done/").json()["done_at"] == done
    for more, count in (("open=true", 2), ("open=false", 1), (f"assignment={seat.uuid}", 3), ("due_to=2027-10-31", 0)):
        assert mine.get(f"{V1}/meeting-tasks/?{more}").json()["count"] == count, more
    assert mine.post(f"{url}reopen/").json()["done_at"] is None
    assert api_for(publisher).post(f"{url}done/").status_code == 403
    assert api_for(outsider).post(f"{url}done/").status_code == 404
    assert api_for(outsider).post(f"{V1}/meeting-tasks/", sent, format="json").status_code == 404
    assert mine.post(f"{V1}/meeting-tasks/", sent | {"assignment": str(uuid4())}, format="json").status_code == 400
    assert mine.post(f"{V1}/meeting-tasks/", sent | {"text": " "}, format="json").status_code == 400


def test_a_meeting_that_is_not_released_has_no_tasks_and_takes_no_notes_of_the_delegation(mission, api_for, observer_a, as_coordinator):
    draft = meetings.plan_meeting(
        mission, by=as_coordinator, kind="ngo", title="Draft", start_day=mission.first_day, start_time=time(10), end_time=time(11)
    )
    task = notes.add_task(draft, by=as_coordinator, text="Send the law.")
    api = api_for(observer_a)
    assert api.get(f"{V1}/meeting-tasks/{task.uuid}/").status_code == 404
    assert api.post(f"{V1}/meeting-notes/", {"meeting": str(draft.uuid), "topic": "L05", "text": "x"}, format="json").status_code == 404
    assert user_actor(observer_a) and not MeetingNote.objects.exists()
