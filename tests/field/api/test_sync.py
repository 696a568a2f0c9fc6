"""The phone's batch door."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from field.models import FieldSettings, Incident, Note, Observation, SubmissionConflict
from field.services import sync
from observers.models import TeamMember

pytestmark = pytest.mark.django_db
UNKNOWN = "<data id='x' version='1'><meta><instanceID>uuid:6f1f2e0e-3a3c-4d52-9d5e-000000000001</instanceID></meta></data>"


def post(phone, *items, **more):
    return phone.post("/api/v1/sync/", {"items": list(items), **more}, format="json")


class TestObservations:
    def test_stores_and_evaluates(self, phone, item, stations, team):
        response = post(phone, item("B", B10="yes", B35="A sentence."))
        assert response.status_code == 200, response.content
        result = response.json()["results"][0]
        assert (result["result"], result["severity"], result["flags"]["B10"]) == ("created", 3, 3)
        row = Observation.objects.get()
        assert (row.station.code, row.team, row.setting, row.slot) == ("S001", team, "urban", "before_13")
        assert row.answers["H14"] == ["citizen_group"]
        assert not row.is_incomplete, row.unanswered

    def test_answers_the_same_twice(self, phone, item, stations):
        one = item("B", B10="yes")
        first, second = post(phone, one).json()["results"][0], post(phone, one).json()["results"][0]
        assert (first["result"], second["result"]) == ("created", "already")
        assert {**first, "result": ""} == {**second, "result": ""}
        assert Observation.objects.count() == 1

    def test_keeps_other_content_under_the_same_uuid(self, phone, item, stations):
        uuid = uuid4()
        post(phone, item("B", uuid=uuid))
        result = post(phone, item("B", uuid=uuid, B10="yes")).json()["results"][0]
        assert result["result"] == "conflict"
        post(phone, item("B", uuid=uuid, B10="yes"))
        assert (Observation.objects.count(), SubmissionConflict.objects.count()) == (1, 1)

    def test_the_same_uuid_twice_in_one_batch(self, phone, item, stations):
        one = item("B")
        results = post(phone, one, one).json()["results"]
        assert [result["result"] for result in results] == ["created", "already"]

    def test_a_correction_replaces(self, phone, item, stations):
        first, second = uuid4(), uuid4()
        post(phone, item("B", uuid=first))
        result = post(phone, item("B", uuid=second, replaces=first, B11="no")).json()["results"][0]
        assert result["result"] == "revision"
        old, new = Observation.objects.get(uuid=first), Observation.objects.get(uuid=second)
        assert (old.is_current, new.is_current, new.root) == (False, True, first)

    def test_a_correction_the_phone_names_beside_the_form(self, phone, item, stations):
        """The form lost its `deprecatedID` on the way: the item's `replaces` still makes it a correction, and one record counts."""
        first, second = uuid4(), uuid4()
        post(phone, item("B", uuid=first))
        correction = item("B", uuid=second, B11="no") | {"replaces": str(first)}
        assert "deprecatedID" not in correction["xml"]
        assert post(phone, correction).json()["results"][0]["result"] == "revision"
        assert post(phone, correction).json()["results"][0]["result"] == "already"
        old, new = Observation.objects.get(uuid=first), Observation.objects.get(uuid=second)
        assert (old.is_current, new.is_current, new.root, new.replaces) == (False, True, first, first)
        assert Observation.objects.current().count() == 1

    @pytest.mark.parametrize("named", ["itself", "", None, 7, "not a uuid", ["x"]])
    def test_a_replaces_that_says_nothing(self, phone, item, stations, named):
        uuid = uuid4()
        result = post(phone, item("B", uuid=uuid) | {"replaces": str(uuid) if named == "itself" else named}).json()["results"][0]
        assert result["result"] == "created"
        assert Observation.objects.get().replaces is None

    def test_the_form_goes_before_the_item(self, phone, item, stations):
        first, other, second = uuid4(), uuid4(), uuid4()
        post(phone, item("B", uuid=first), item("B", uuid=other))
        post(phone, item("B", uuid=second, replaces=first) | {"replaces": str(other)})
        assert set(Observation.objects.current().values_list("uuid", flat=True)) == {other, second}

    def test_a_correction_that_comes_first_waits(self, phone, item, stations):
        first, second, third = uuid4(), uuid4(), uuid4()
        assert post(phone, item("B", uuid=third, replaces=second)).json()["results"][0]["waiting"] is True
        assert post(phone, item("B", uuid=second, replaces=first)).json()["results"][0]["waiting"] is True
        assert post(phone, item("B", uuid=first)).json()["results"][0]["result"] == "created"
        rows = {row.uuid: row for row in Observation.objects.all()}
        assert [rows[uuid].is_current for uuid in (first, second, third)] == [False, False, True]
        assert {row.root for row in rows.values()} == {first}
        assert not any(row.is_waiting for row in rows.values())

    def test_a_record_of_another_mission_is_not_replaced(self, phone, item, stations, make_mission):
        theirs, mine = uuid4(), uuid4()
        post(phone, item("B", uuid=theirs))
        Observation.objects.filter(uuid=theirs).update(mission=make_mission("election_day"))
        assert post(phone, item("B", uuid=mine, replaces=theirs)).json()["results"][0]["waiting"] is True
        rows = {row.uuid: row for row in Observation.objects.all()}
        assert rows[theirs].is_current and rows[mine].is_current
        assert rows[theirs].root == theirs

    def test_a_kind_that_is_no_word_is_refused(self, phone):
        assert post(phone, {"kind": ["note"]}).json()["results"][0]["code"] == "kind"

    def test_marks_what_is_odd_and_keeps_it(self, phone, item, stations):
        result = post(phone, item("B", station=None, station_typed="9 бис", B11=None, H11=-5)).json()["results"][0]
        assert (result["result"], result["is_unmatched"], result["is_incomplete"]) == ("created", True, True)
        row = Observation.objects.get()
        assert (row.station_text, row.station, row.is_forced) == ("9 бис", None, True)
        assert row.unanswered == ["B11"]
        assert row.broken == ["H11"]

    def test_marks_a_wrong_clock(self, phone, item, stations):
        assert post(phone, item("B"), sent_at="2001-01-01T00:00:00+00:00").status_code == 200
        assert Observation.objects.get().is_clock_odd

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"kind": "poem"}, "kind"),
            ({"xml": "<data"}, "xml"),
            ({"xml": "<!DOCTYPE data [<!ENTITY a 'b'>]><data id='x'>&a;</data>"}, "xml"),
            ({"xml": None}, "xml"),
            ({"xml": UNKNOWN}, "form"),
            ({"xml": "<data id='scrutin-B' version='2026.1'/>"}, "instance_id"),
            ({"mission": "XX-2026-1"}, "mission"),
        ],
    )
    def test_refuses_what_it_cannot_read_or_place(self, phone, item, stations, change, code):
        good = item("B")
        results = post(phone, good | change, item("B")).json()["results"]
        assert (results[0]["result"], results[0]["code"]) == ("refused", code)
        assert results[0]["detail"]
        assert results[1]["result"] == "created"

    def test_the_number_of_queries_does_not_grow(self, phone, item, stations, django_assert_max_num_queries):
        post(phone, item("B"))
        one, many = [item("B")], [item("B") for _number in range(20)]
        with django_assert_max_num_queries(12):
            post(phone, *one)
        with django_assert_max_num_queries(12):
            post(phone, *many)


class TestRequests:
    def test_a_stranger_is_told(self, api_for):
        response = api_for(None).post("/api/v1/sync/", {"items": []}, format="json")
        assert response.status_code == 401

    def test_an_unknown_token_is_told(self, phone):
        phone.credentials(HTTP_AUTHORIZATION="Token abc")
        response = post(phone)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "device_unknown")

    def test_a_body_that_is_not_json(self, phone):
        response = phone.generic("POST", "/api/v1/sync/", b"{", content_type="application/json")
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "json")

    def test_a_compressed_body(self, phone, item, stations):
        body = gzip.compress(json.dumps({"items": [item("B")]}).encode())
        response = phone.generic("POST", "/api/v1/sync/", body, content_type="application/json", HTTP_CONTENT_ENCODING="gzip")
        assert response.json()["results"][0]["result"] == "created"

    def test_too_many_items(self, phone):
        assert post(phone, *[{"kind": "note"}] * 201).status_code == 413

    def test_an_observer_of_another_mission(self, api_for, make_device, item, stations, outsider):
        _device, token = make_device(outsider)
        client = api_for(None)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        assert post(client, item("B")).json()["results"][0]["code"] == "mission"


class TestIncidents:
    def test_gets_a_number_and_alerts(self, phone, polling, forms, stations, coordinator, django_capture_on_commit_callbacks, mailoutbox):
        answers = {
            "I01": "2027-10-24T09:10:00+03:00",
            "I02": "School 1",
            "I03": "threat",
            "I04": "seen_by_team",
            "I05": "critical",
            "I06": "yes",
            "I07": "A threat.",
            "I09": "yes",
        }
        one = {
            "kind": "incident",
            "uuid": str(uuid4()),
            "mission": polling.reference,
            "answers": answers,
            "finished_at": "2027-10-24T09:10:00+03:00",
        }
        with django_capture_on_commit_callbacks(execute=True):
            result = post(phone, one).json()["results"][0]
        assert (result["result"], result["number"], result["severity"]) == ("created", f"{polling.reference}-I01", 3)
        incident = Incident.objects.get()
        assert (incident.kind, incident.is_danger, incident.is_call_back) == ("threat", True, True)
        assert any("I01" in mail.subject for mail in mailoutbox)
        again = post(phone, one).json()["results"][0]
        assert (again["result"], again["number"]) == ("already", result["number"])


class TestNotes:
    def test_stores_once(self, phone, polling, stations):
        one = {
            "kind": "note",
            "uuid": str(uuid4()),
            "mission": polling.reference,
            "text": "A <b>queue</b>.",
            "topic": "L07",
            "station": "S003",
            "severity": 1,
        }
        assert [post(phone, one).json()["results"][0]["result"] for _time in range(2)] == ["created", "already"]
        assert post(phone, one | {"text": "Other"}).json()["results"][0]["result"] == "conflict"
        note = Note.objects.get()
        assert (note.text, note.station.code, note.topic) == ("A <b>queue</b>.", "S003", "L07")

    def test_half_a_letter_and_a_null_do_not_keep_a_note_from_being_stored(self, phone, polling):
        one = {"kind": "note", "uuid": str(uuid4()), "mission": polling.reference, "text": "A queue \ud83d", "place": "School\x00 2"}
        body = json.dumps({"items": [one]})
        results = [phone.generic("POST", "/api/v1/sync/", body, content_type="application/json").json()["results"] for _time in range(2)]
        assert [result[0]["result"] for result in results] == ["created", "already"]
        assert (Note.objects.get().text, Note.objects.get().place) == ("A queue ?", "School 2")

    def test_a_note_of_another_mission_is_not_replaced(self, phone, polling, make_mission):
        theirs = Note.objects.create(uuid=uuid4(), mission=make_mission("election_day"), text="Theirs.")
        one = {"kind": "note", "uuid": str(uuid4()), "mission": polling.reference, "text": "Mine.", "replaces": str(theirs.uuid)}
        assert post(phone, one).json()["results"][0]["result"] == "revision"
        theirs.refresh_from_db()
        assert theirs.is_current

    def test_needs_a_text(self, phone, polling):
        one = {"kind": "note", "uuid": str(uuid4()), "mission": polling.reference, "text": "  "}
        assert post(phone, one).json()["results"][0]["code"] == "text"


class TestChanges:
    def test_gives_a_new_phone_everything(self, phone, item, stations):
        post(phone, item("B", B10="yes"))
        body = phone.get("/api/v1/sync/changes/").json()
        assert [change["flags"] for change in body["changes"]] == [{"B10": 3}]
        assert body["has_more"] is False

    def test_a_second_phone_gets_the_forms_of_its_own_person(self, phone, item, stations, team, make_team, make_device, api_for):
        """So that they can be corrected there; not to the phone that made them, not to a team-mate."""
        one = item("B", B10="yes")
        post(phone, one)
        second = api_for(None)
        second.credentials(HTTP_AUTHORIZATION=f"Token {make_device(team.members.get().person.user)[1]}")
        mate = make_team("Mates", given="Bodil").members.get()
        TeamMember.objects.filter(pk=mate.pk).update(team=team)
        other = api_for(None)
        other.credentials(HTTP_AUTHORIZATION=f"Token {make_device(mate.person.user)[1]}")
        seen = {
            name: client.get("/api/v1/sync/changes/").json()["changes"][0]
            for name, client in (("own", phone), ("second", second), ("mate", other))
        }
        assert seen["second"]["xml"] == one["xml"]
        assert "xml" not in seen["own"] and "xml" not in seen["mate"]
        assert not seen["mate"]["is_mine"]

    def test_a_corrected_note_names_its_correction(self, phone, polling):
        first, second = str(uuid4()), str(uuid4())
        note = {"kind": "note", "uuid": first, "mission": polling.reference, "text": "A queue."}
        post(phone, note)
        post(phone, note | {"uuid": second, "text": "A long queue.", "replaces": first})
        changes = {change["uuid"]: change for change in phone.get("/api/v1/sync/changes/").json()["changes"]}
        assert (changes[first]["replaced_by"], changes[second]["replaced_by"]) == (second, None)

    def test_queries_do_not_grow_with_the_records(self, phone, item, stations, team, make_device, api_for, django_assert_max_num_queries):
        second = api_for(None)
        second.credentials(HTTP_AUTHORIZATION=f"Token {make_device(team.members.get().person.user)[1]}")
        post(phone, item("B"))
        with CaptureQueriesContext(connection) as found:
            second.get("/api/v1/sync/changes/")
            count = len(found)
        post(phone, item("B"), item("B"), item("B"))
        with django_assert_max_num_queries(count):
            assert len(second.get("/api/v1/sync/changes/").json()["changes"]) == 4

    def test_another_team_is_not_shown(self, phone, item, stations, make_team, make_device, api_for):
        post(phone, item("B"))
        other = make_team("Team 2", given="Bodil")
        _device, token = make_device(other.members.get().person.user)
        client = api_for(None)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        assert client.get("/api/v1/sync/changes/").json()["changes"] == []


class TestBootstrap:
    def test_has_what_the_phone_needs(self, phone, polling, forms, stations):
        response = phone.get("/api/v1/sync/bootstrap/")
        mission = response.json()["missions"][0]
        assert mission["reference"] == polling.reference
        assert [form["form"] for form in mission["forms"]] == ["A", "B", "C", "D", "I"]
        assert mission["teams"][0]["is_mine"]
        assert mission["polling_days"][0]["opens_at"] == "07:00"
        assert phone.get("/api/v1/sync/bootstrap/", HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 304
        form = mission["forms"][1]
        assert b"scrutin-B" in phone.get("/api/v1/sync/" + form["url"]).content
        tables = {media["name"]: phone.get("/api/v1/sync/" + media["url"]).content.decode() for media in form["media"]}
        assert "S003" in tables["stations.csv"]
        assert "2027-10-24,2027-10-24,2027-10-24,07:00,20:00,420,1200" in tables["mission.csv"]
        assert "Team 1" in tables["mission.csv"]
        assert len(phone.get("/api/v1/sync/" + mission["stations"]["url"]).json()) == 3


def test_the_phone_is_told_the_building_that_a_list_names(phone, polling, stations):
    one, two, _three = stations
    for row, building in ((one, "Лицей"), (two, "ABCDEFGH")):  # the second is a key that an import derived
        row.building = building
        row.save_changes("building")
    told = {row["code"]: row["building"] for row in phone.get(f"/api/v1/sync/missions/{polling.reference}/stations.json").json()}
    assert told == {"S001": "Лицей", "S002": "", "S003": ""}


def test_the_position_of_a_record_is_kept_where_the_mission_allows_it(phone, item, stations, polling):
    """To three decimals; elsewhere, and where it says nothing, none."""
    where = {"position": {"lat": 42.69751, "lon": 23.32415}}
    note = {"kind": "note", "mission": polling.reference, "text": "A queue."}
    post(phone, item("B") | where, note | {"uuid": str(uuid4())} | where)
    assert (Observation.objects.get().latitude, Note.objects.get().latitude) == (None, None)
    FieldSettings.objects.create(mission=polling, may_locate=True)
    second, third = uuid4(), uuid4()
    post(phone, item("B", uuid=second) | where, note | {"uuid": str(third)} | where, item("B") | {"position": {"lat": "x", "lon": 4}})
    for row in (Observation.objects.get(uuid=second), Note.objects.get(uuid=third)):
        assert (row.latitude, row.longitude) == (42.698, 23.324)
    assert Observation.objects.filter(latitude__isnull=False).count() == 1


def test_an_app_too_old_keeps_its_records_and_is_told(phone, item, stations, monkeypatch):
    """Every item waits (`later`), nothing is stored, the sentence says what to do; a new enough app, or one that does not say, is taken."""
    one = item("B")
    monkeypatch.setattr(sync, "OLDEST_APP", "2.0.0")
    body = post(phone, one, "?", app_version="1.9.9").json()
    assert body["oldest_app"] == "2.0.0"
    assert [(result["result"], result["code"]) for result in body["results"]] == [("later", "update"), ("refused", "item")]
    assert "Update" in body["results"][0]["detail"]
    assert not Observation.objects.exists()
    for version in ("2.0.0", "10.0.0", "test", "", None):
        assert not sync.is_too_old(version)
    assert post(phone, one, app_version="2.0.0").json()["results"][0]["result"] == "created"


def test_a_second_phone_gets_the_photo_of_its_own_persons_record(phone, item, stations, team, make_team, make_device, api_for):
    """Named in the changes and read at an address of its own; by nobody else."""
    uuid, parent = uuid4(), uuid4()
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, "PNG")
    sent = f"/api/v1/sync/attachments/{uuid}/?parent={parent}&name=1.png"
    assert phone.generic("PUT", sent, out.getvalue(), content_type="image/png").json()["result"] == "created"
    post(phone, item("B", uuid=parent))
    second, other = api_for(None), api_for(None)
    second.credentials(HTTP_AUTHORIZATION=f"Token {make_device(team.members.get().person.user)[1]}")
    mate = make_team("Mates", given="Bodil").members.get()
    TeamMember.objects.filter(pk=mate.pk).update(team=team)
    other.credentials(HTTP_AUTHORIZATION=f"Token {make_device(mate.person.user)[1]}")
    told = second.get("/api/v1/sync/changes/").json()["changes"][0]["attachments"]
    assert [(row["uuid"], row["name"]) for row in told] == [(str(uuid), "1.png")]
    url = f"/api/v1/sync/attachments/{uuid}/file/"
    answer = second.get(url)
    assert answer["Content-Type"] == "image/jpeg"
    assert (len(answer.content), hashlib.sha256(answer.content).hexdigest()) == (told[0]["size"], told[0]["sha256"])
    assert "attachments" not in other.get("/api/v1/sync/changes/").json()["changes"][0]
    assert other.get(url).status_code == 404
    assert "attachments" not in phone.get("/api/v1/sync/changes/").json()["changes"][0]
