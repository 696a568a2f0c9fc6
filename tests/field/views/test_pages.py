"""The desk's pages of field work."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.actors import SYSTEM
from field.enums import ConflictState, IncidentState, ReviewState
from field.models import Device, FormVersion, Incident, Observation, SubmissionConflict
from field.services import reviews
from field.services.wordings import text_of
from observers.models import Team
from tests.field.conftest import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def records(phone, item, stations):
    """A critical record, one with a typed station, a correction, a conflict and an incident."""
    first, second = uuid4(), uuid4()
    incident = item("B") | {
        "kind": "incident",
        "xml": None,
        "answers": {"I02": "Street", "I03": "threat", "I05": "critical", "I06": "yes", "I07": "<script>alert(1)</script>", "I09": "yes"},
    }
    items = [
        item("B", uuid=first, B10="yes", B35="The <b>mayor</b> stood inside."),
        item("A", station=None, station_typed="99"),
        item("B", uuid=first, B10="no"),
        item("C", uuid=second, station="S002"),
        item("C", uuid=uuid4(), replaces=second, station="S002", C25="yes"),
        incident,
    ]
    response = phone.post("/api/v1/sync/", {"items": items}, format="json")
    assert [row["result"] for row in response.json()["results"]] == ["created", "created", "conflict", "created", "revision", "created"]
    return Observation.objects.get(uuid=first)


def pages(mission, record):
    names = ["live", "live_content", "live_map", "records", "figures", "forms", "devices"]
    found = [reverse(f"field:{name}", args=[mission.reference]) for name in names]
    found += [record.get_absolute_url(), Incident.objects.get().get_absolute_url()]
    found += [reverse("field:version", args=[mission.reference, record.form_version.uuid])]
    found += [reverse("field:version_file", args=[mission.reference, record.form_version.uuid, kind]) for kind in ("xlsx", "xml")]
    return found


def test_every_page_opens(client_for, coordinator, polling, records):
    client = client_for(coordinator)
    for url in pages(polling, records):
        response = client.get(url)
        assert response.status_code == 200, url
        if "text/html" in response["Content-Type"]:
            body = response.content.decode()
            assert "<script>alert" not in body and "<b>mayor" not in body, url
            assert "style=" not in body, url


def test_an_outsider_sees_nothing(client_for, outsider, polling, records):
    client = client_for(outsider)
    for url in pages(polling, records):
        assert client.get(url).status_code == 404, url


def test_a_stranger_signs_in(client_for, polling, records):
    for url in pages(polling, records):
        assert client_for(None).get(url).status_code == 302, url


def test_an_observer_sees_but_does_not_enrol_or_export(client_for, team, polling, records):
    client = client_for(team.members.get().person.user)
    assert client.get(reverse("field:live", args=[polling.reference])).status_code == 200
    assert client.get(reverse("field:devices", args=[polling.reference])).status_code == 403
    assert client.get(reverse("field:export", args=[polling.reference])).status_code == 403


def test_live_says_not_modified(client_for, coordinator, polling, records, phone, item):
    client, url = client_for(coordinator), reverse("field:live_content", args=[polling.reference])
    tag = client.get(url)["ETag"]
    assert client.get(url, HTTP_IF_NONE_MATCH=tag).status_code == 304
    phone.post("/api/v1/sync/", {"items": [item("B")]}, format="json")
    assert client.get(url, HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_queries_of_lists_do_not_grow(client_for, coordinator, polling, records, phone, item, django_assert_max_num_queries):
    client = client_for(coordinator)
    urls = [reverse(f"field:{name}", args=[polling.reference]) for name in ("live", "records", "figures", "devices", "forms")]
    counts = {}
    for url in urls:
        with django_assert_max_num_queries(60) as found:
            client.get(url)
        counts[url] = len(found)
    phone.post("/api/v1/sync/", {"items": [item("B", B10="yes") for _number in range(10)]}, format="json")
    for url in urls:
        with django_assert_max_num_queries(counts[url]):
            client.get(url)


def note_item(mission, text, **more):
    return {"kind": "note", "uuid": str(uuid4()), "mission": mission.reference, "text": text, **more}


def test_quick_notes_stand_on_the_live_page(client_for, coordinator, polling, records, phone, stations):
    old = note_item(polling, "Bought <b>votes</b>.", severity=3, station="S001")
    later = [note_item(polling, "Posters at the gate.", place="Market"), note_item(polling, "The queue is long.")]
    corrected = note_item(polling, "A very long queue.", replaces=later[1]["uuid"])
    phone.post("/api/v1/sync/", {"items": [old, *later, corrected]}, format="json")
    url = reverse("field:live", args=[polling.reference])
    body = client_for(coordinator).get(url + "?day=all").content.decode()
    assert "Bought &lt;b&gt;votes&lt;/b&gt;." in body
    assert body.index("Bought") < body.index("A very long queue.")
    assert "Posters at the gate." in body and "Market" in body
    assert "The queue is long." not in body
    assert "Bought" in client_for(coordinator).get(reverse("field:live_content", args=[polling.reference]) + "?day=all").content.decode()
    assert "Bought" not in client_for(coordinator).get(url + "?day=2001-01-01").content.decode()


def test_queries_of_notes_do_not_grow(client_for, coordinator, polling, phone, stations, django_assert_max_num_queries):
    client, url = client_for(coordinator), reverse("field:live_content", args=[polling.reference])
    phone.post("/api/v1/sync/", {"items": [note_item(polling, "One.", station="S001")]}, format="json")
    client.get(url)
    with django_assert_max_num_queries(60) as found:
        client.get(url)
        count = len(found)
    phone.post("/api/v1/sync/", {"items": [note_item(polling, f"Note {n}.", station="S002") for n in range(3)]}, format="json")
    with django_assert_max_num_queries(count):
        client.get(url)


def test_acknowledges_a_flag(client_for, coordinator, polling, records):
    url = reverse("field:review", args=[polling.reference, records.uuid])
    assert client_for(coordinator).post(url, {"code": "B10", "state": "settled", "note": "Called.", "back": "live"}).status_code == 302
    review = records.reviews.get()
    assert (review.code, review.state, review.note) == ("B10", ReviewState.SETTLED, "Called.")


def test_takes_the_other_content_as_a_correction(client_for, coordinator, polling, records):
    conflict = SubmissionConflict.objects.get()
    url = reverse("field:decide_conflict", args=[polling.reference, conflict.uuid])
    client_for(coordinator).post(url, {"decision": "take_other", "reason": "The second is right."})
    conflict.refresh_from_db()
    records.refresh_from_db()
    assert (conflict.state, records.is_current) == (ConflictState.TOOK_OTHER, False)
    new = Observation.objects.get(replaces=records.uuid)
    assert (new.is_current, new.answers["B10"], new.reason) == (True, "no", "The second is right.")


def test_moves_a_record_to_its_station(client_for, coordinator, polling, records):
    row = Observation.objects.get(is_unmatched=True)
    url = reverse("field:move_station", args=[polling.reference, row.uuid])
    client_for(coordinator).post(url, {"station": "S003", "reason": "Typed by hand."})
    row.refresh_from_db()
    assert (row.station.code, row.is_unmatched) == ("S003", False)


def test_a_refused_move_keeps_what_was_typed(client_for, coordinator, polling, records):
    row, client = Observation.objects.get(is_unmatched=True), client_for(coordinator)
    url = reverse("field:move_station", args=[polling.reference, row.uuid])
    typed = {"station": "S999", "reason": "They rang: it was the school."}
    response = client.post(url, typed)
    body = response.content.decode()
    assert response.status_code == 400
    assert "This mission has no station with the code “S999”." in body
    assert all(f'value="{text}"' in body for text in typed.values())
    assert re.search(r'<details class="card mb-4" open>\s*<summary[^>]*>Wrong station', body)
    response = client.post(url, {"station": "S003", "reason": ""})
    assert (response.status_code, 'value="S003"' in response.content.decode()) == (400, True)
    row.refresh_from_db()
    assert row.is_unmatched
    assert client.get(url).status_code == 405


def test_a_refused_step_of_an_incident_keeps_the_note(client_for, coordinator, polling, records):
    incident, client = Incident.objects.get(), client_for(coordinator)
    url = reverse("field:incident_act", args=[polling.reference, incident.uuid])
    Incident.objects.update(state=IncidentState.CLOSED)  # by somebody else, meanwhile
    response = client.post(url, {"act": "close", "note": "Police came."})
    assert response.status_code == 302  # asked twice, done once
    response = client.post(url, {"act": "call_back", "note": "They are safe."})
    assert (response.status_code, "They are safe.</textarea>" in response.content.decode()) == (409, True)
    assert "cannot be done now" in response.content.decode()


def test_an_incident_is_taken_and_closed(client_for, coordinator, polling, records):
    incident, client = Incident.objects.get(), client_for(coordinator)
    url = reverse("field:incident_act", args=[polling.reference, incident.uuid])
    client.post(url, {"act": "take"})
    client.post(url, {"act": "close"})
    incident.refresh_from_db()
    assert (incident.state, incident.owner) == (IncidentState.IN_HAND, coordinator)
    client.post(url, {"act": "close", "note": "Police came."})
    incident.refresh_from_db()
    assert incident.state == IncidentState.CLOSED
    assert [step.act for step in incident.steps.all()] == ["received", "take", "close"]


def test_the_time_of_an_incident_is_read_in_the_zone_of_the_mission(client_for, coordinator, polling, phone, item):
    answers = {"I01": f"{DAY}T09:30:00.000+00:00", "I02": "Street", "I06": "no"}
    phone.post("/api/v1/sync/", {"items": [item("B") | {"kind": "incident", "xml": None, "answers": answers}]}, format="json")
    incident, client = Incident.objects.select_related("observation").get(), client_for(coordinator)
    assert polling.zone == "Europe/Sofia"
    for url in (incident.get_absolute_url(), incident.observation.get_absolute_url()):
        assert f"<strong>{DAY} 12:30</strong>" in client.get(url).content.decode()


def test_the_live_page_asks_for_a_call_back_until_it_is_made(client_for, coordinator, polling, records):
    incident, client = Incident.objects.get(), client_for(coordinator)
    live, act = (reverse(f"field:{name}", args=args) for name, args in (
        ("live_content", [polling.reference]), ("incident_act", [polling.reference, incident.uuid]),
    ))  # fmt: skip
    assert "· call back" in client.get(live + "?day=all").content.decode()
    client.post(act, {"act": "take", "note": "I call them."})
    assert "· call back" in client.get(live + "?day=all").content.decode()
    client.post(act, {"act": "call_back", "note": "They are safe."})
    assert "· call back" not in client.get(live + "?day=all").content.decode()
    client.post(act, {"act": "close", "note": "Police came."})
    assert "· call back" not in client.get(live + "?day=all").content.decode()


@pytest.mark.parametrize("text", [f"{DAY}T09:30", "0001-01-01T00:00:00+14:00", "yesterday"])
def test_a_moment_without_a_zone_or_sense_is_shown_as_it_was_written(text):
    assert text_of({"kind": "datetime"}, text, "Europe/Sofia") == text[:16].replace("T", " ")


def test_exports_csv_without_formulas(client_for, coordinator, polling, records, phone, item):
    phone.post("/api/v1/sync/", {"items": [item("B", B35="=cmd|' /C calc'!A0")]}, format="json")
    response = client_for(coordinator).get(reverse("field:export", args=[polling.reference]), {"form": "B"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    heads = lines[0].split(",")
    assert {"uuid", "B10", "H14", "H14/citizen_group", "flag_B10"} <= set(heads)
    assert len(lines) == 3
    assert "'=cmd" in lines[2]


def test_uploads_a_form(client_for, coordinator, polling, records):
    client = client_for(coordinator)
    row: FormVersion = records.form_version
    upload = SimpleUploadedFile("form.xlsx", row.xlsform.read())
    response = client.post(reverse("field:upload_form", args=[polling.reference]), {"file": upload, "stage": "voting", "code": "B"})
    assert response.status_code == 302
    stored = FormVersion.objects.get(form__mission=polling)
    assert (stored.state, stored.form.code) == ("draft", "B")
    bad = SimpleUploadedFile("form.xlsx", b"not a workbook")
    response = client.post(reverse("field:upload_form", args=[polling.reference]), {"file": bad, "stage": "voting"})
    assert (response.status_code, b"not an Excel workbook" in response.content) == (400, True)


def test_what_is_asked_before_a_wipe_is_not_what_is_asked_before_a_revocation(client_for, coordinator, polling, phone):
    page = client_for(coordinator).get(reverse("field:devices", args=[polling.reference])).content.decode()
    row = page[page.index(reverse("field:revoke", args=[polling.reference, phone.device.uuid])) :]
    asked = re.findall(r'data-confirm="([^"]+)"', row[: row.index("</form>")])
    assert len(asked) == 2
    assert "forgets the mission" in asked[1] and "forgets" not in asked[0]


def test_the_coordinator_renames_a_phone(client_for, coordinator, polling, phone):
    url, client = reverse("field:rename", args=[polling.reference, phone.device.uuid]), client_for(coordinator)
    before = phone.get("/api/v1/sync/bootstrap/")
    assert client.post(url, {"name": "  Blue   phone "}).status_code == 302
    assert "Blue phone" in client.get(reverse("field:devices", args=[polling.reference])).content.decode()
    after = phone.get("/api/v1/sync/bootstrap/", headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after.json()["device"]["name"]) == (200, "Blue phone")
    refused = client.post(url, {"name": " "})
    assert (refused.status_code, "by which the phone is known" in refused.content.decode()) == (400, True)
    assert Device.objects.get().name == "Blue phone"


def test_revokes_a_phone(client_for, coordinator, polling, records, phone):
    url = reverse("field:revoke", args=[polling.reference, phone.device.uuid])
    client_for(coordinator).post(url, {"wipe": "1"})
    assert Device.objects.get().revoked_at
    response = phone.get("/api/v1/sync/bootstrap/")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "device_wipe")


def test_the_live_page_opens_on_the_day_and_its_totals_are_those_of_its_rows(client_for, coordinator, polling, records, make_team):
    other = make_team("Team Old", given="Olga")
    Team.objects.filter(pk=other.pk).update(day=DAY - timedelta(days=7))
    late = Observation.objects.get(is_unmatched=True)
    Observation.objects.filter(pk=late.pk).update(day=DAY - timedelta(days=7), team=other, flags={"A10": 3}, severity=3)
    url = reverse("field:live", args=[polling.reference])
    page = client_for(coordinator).get(url)
    seen = page.context["live"]
    assert page.context["day"] == DAY and [row.name for row in seen.teams] == ["Team 1"]
    assert f'value="{DAY}" selected' in page.content.decode() and "24 October 2027" in page.content.decode()
    everything = client_for(coordinator).get(url, {"day": "all"}).context["live"]
    assert {row.name for row in everything.teams} == {"Team 1", "Team Old"}
    for found in (seen, everything):
        assert [cell.received for cell in found.totals] == [sum(row.cells[n].received for row in found.teams) for n in range(4)]
        assert found.critical_open == sum(row.critical for row in found.teams)
    assert everything.critical_open == seen.critical_open + 1
    Observation.objects.filter(pk=late.pk).update(day=DAY)  # a team of another day wrote about this one
    seen = client_for(coordinator).get(url).context["live"]
    assert {row.name for row in seen.teams} == {"Team 1", "Team Old"} and seen.critical_open == everything.critical_open
    code = next(code for code, level in records.flags.items() if level == 3)
    reviews.review_flag(records, code, ReviewState.SETTLED, by=SYSTEM, note="Called.")
    assert client_for(coordinator).get(url).context["live"].critical_open == seen.critical_open - 1


def test_times_are_those_of_the_missions_zone_and_it_is_said(client_for, coordinator, polling, records):
    local = records.received_at.astimezone(ZoneInfo("Europe/Sofia"))
    for url in (reverse("field:records", args=[polling.reference]), records.get_absolute_url()):
        page = client_for(coordinator).get(url).content.decode()
        assert page.count("Times of day are those of Europe/Sofia.") == 1 and local.strftime("%H:%M") in page


def test_acts_say_what_they_did(client_for, coordinator, polling, records):
    client = client_for(coordinator)
    incident = Incident.objects.get()
    acts = {
        reverse("field:incident_act", args=[polling.reference, incident.uuid]): (
            {"act": "take"},
            f"{incident.number}: the step is recorded.",
        ),
        reverse("field:review", args=[polling.reference, records.uuid]): (
            {"code": "B10", "state": "seen"},
            "What was done about the flag is recorded.",
        ),
        reverse("field:settings", args=[polling.reference]): ({"emergency_number": "112"}, "What phones may do is saved."),
    }
    for url, (data, sentence) in acts.items():
        assert sentence in client.post(url, data, follow=True).content.decode(), url
