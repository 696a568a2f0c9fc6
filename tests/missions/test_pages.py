"""The pages as people use them: who sees what, whole ways by clicking, the number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import user_actor
from core.models import OutboxMail, StoredFile
from missions.enums import Criterion, MissionState, RequestState
from missions.models import Mission, Organisation, Request
from missions.services import calendars, meetings, releases
from missions.services.organisations import create_organisation
from tests.conftest_missions import LETTER

pytestmark = pytest.mark.django_db


def pdf(name="letter.pdf", content=LETTER):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def request_fields(**values):
    day = clock.today("Europe/Sofia") + timedelta(days=90)
    return {
        "authority_name": "Central Election Commission",
        "authority_type": "election_commission",
        "office_held": "Chair",
        "contact_name": "Mila Office",
        "contact_email": "office@example.org",
        "language": "en",
        "election_kind": "local",
        "day_1": day.isoformat(),
        "opens_1": "07:00",
        "closes_1": "20:00",
    } | values


# --- who sees what ------------------------------------------------------------------------------------------------


PAGES = {
    "missions:mission": {"coordinator": 200, "auditor": 200, "observer_a": 200, "outsider": 404},
    "missions:mission_edit": {"coordinator": 200, "auditor": 403, "observer_a": 403, "outsider": 404},
    "missions:programme": {"coordinator": 200, "auditor": 200, "observer_a": 200, "outsider": 404},
    "missions:meeting_new": {"coordinator": 200, "auditor": 403, "observer_a": 403, "outsider": 404},
    "missions:stations": {"coordinator": 200, "auditor": 200, "observer_a": 200, "outsider": 404},
    "missions:track_new": {"coordinator": 200, "observer_a": 403, "outsider": 404},
    "missions:visit_new": {"coordinator": 200, "observer_a": 403, "outsider": 404},
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_mission(mission, client_for, name, request):
    url = reverse(name, args=[mission.reference])
    assert client_for(None).get(url).status_code == 302
    for cast, status in PAGES[name].items():
        assert client_for(request.getfixturevalue(cast)).get(url).status_code == status, cast


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("missions:requests", {"coordinator": 200, "auditor": 200, "outsider": 403}),
        ("missions:requests_csv", {"coordinator": 200, "auditor": 200, "outsider": 403}),
        ("missions:request_new", {"coordinator": 200, "auditor": 403}),
        ("missions:request_link", {"coordinator": 200, "publisher": 403}),
        ("missions:organisations", {"coordinator": 200, "publisher": 200, "outsider": 403}),
        ("missions:organisation_new", {"coordinator": 200, "publisher": 403}),
        ("missions:mission_watch", {"coordinator": 200, "auditor": 403}),
        ("missions:missions", {"coordinator": 200, "outsider": 200}),
        ("missions:past_missions", {"coordinator": 200, "outsider": 200}),
        ("missions:my_calendar", {"coordinator": 200, "outsider": 200}),
    ],
)
def test_pages_of_the_desk(client_for, name, seen, request):
    assert client_for(None).get(reverse(name)).status_code == 302
    for cast, status in seen.items():
        assert client_for(request.getfixturevalue(cast)).get(reverse(name)).status_code == status, cast


def test_somebody_asked_sees_the_mission_but_not_its_content(mission, make_assignment, client_for):
    user = make_assignment(mission, "observer", "Asta", "Asked", state="asked").person.user
    client = client_for(user)
    assert client.get(mission.get_absolute_url()).status_code == 200
    assert client.get(reverse("missions:programme", args=[mission.reference])).status_code == 403
    assert Mission.objects.visible_to(user).get() == mission


def test_somebody_withdrawn_sees_nothing(mission, make_assignment, client_for):
    user = make_assignment(mission, "observer", "Willa", "Gone", state="withdrawn").person.user
    assert client_for(user).get(mission.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("shown", ["", "?show=all&q=BG"])
def test_the_list_asks_as_often_for_one_mission_as_for_three(make_mission, client_for, coordinator, shown):
    client = client_for(coordinator)
    make_mission()
    client.get("/" + shown)
    with CaptureQueriesContext(connection) as one:
        client.get("/" + shown)
    make_mission()
    make_mission()
    with CaptureQueriesContext(connection) as three:
        answer = client.get("/" + shown)
    assert len(three) == len(one)
    assert answer.content.count(b"BG-20") >= 3


def test_other_lists_have_constant_queries(mission, make_request, client_for, coordinator, observer_a, as_coordinator, bulgaria):
    client = client_for(coordinator)

    def count():
        found = []
        for url in (
            reverse("missions:requests"),
            reverse("missions:organisations"),
            reverse("missions:programme", args=[mission.reference]),
        ):
            client.get(url)
            with CaptureQueriesContext(connection) as context:
                client.get(url)
            found.append(len(context))
        return found

    def add(number):
        make_request()
        row = create_organisation(by=as_coordinator, name=f"NGO {number}", kind="ngo", country=bulgaria)
        values = {"kind": "ngo", "title": "x", "start_day": mission.first_day, "organisations": [row]}
        start = clock.now().replace(hour=8 + number, minute=0).time()
        meetings.plan_meeting(mission, by=as_coordinator, start_time=start, end_time=start.replace(minute=30), **values)

    add(0)
    before = count()
    add(1)
    add(2)
    assert count() == before


# --- whole ways ---------------------------------------------------------------------------------------------------


def test_from_the_link_to_the_accepted_mission_by_clicking(client, client_for, coordinator, bulgaria, deadline_rules):
    desk = client_for(coordinator)
    desk.post(
        reverse("missions:request_link"),
        {"country": "BG", "contact_name": "Mila Office", "contact_email": "office@example.org", "language": "en"},
    )
    body = OutboxMail.objects.get(template="missions/mail/request_form").body
    url = next(word for word in body.split() if "/link/" in word)
    page = client.get(url, follow=True)
    assert page.status_code == 200
    form_url = page.redirect_chain[-1][0]
    assert client.post(form_url, request_fields(save="1", contact_email="")).status_code == 302
    refused = client.post(form_url, request_fields(submit="1"))
    assert refused.status_code == 400
    assert "letter of invitation" in refused.content.decode()
    assert client.post(form_url, request_fields(submit="1", letter=pdf(content=b"MZ\x90 not a pdf"))).status_code == 400
    assert client.post(form_url, request_fields(submit="1", letter=pdf())).status_code == 302
    row = Request.objects.get()
    assert row.state == RequestState.RECEIVED

    assert desk.get(row.get_absolute_url()).status_code == 200
    assert desk.post(reverse("missions:request_documents", args=[row.uuid])).status_code == 409
    desk.post(reverse("missions:request_register", args=[row.uuid]), {"election": "", "authority": ""})
    mission = Mission.objects.get()
    note = reverse("missions:request_note", args=[row.uuid])
    assert desk.get(note).status_code == 200
    incomplete = desk.post(note, {"submit_to_bureau": "1", "proposed_format": "observation"})
    assert incomplete.status_code == 409
    answers = {f"answer_{code}": "yes" for code in Criterion.values}
    assert desk.post(note, {**answers, "proposed_format": "observation", "submit_to_bureau": "1"}).status_code == 302
    decision = {
        "outcome": "accepted",
        "format": "observation",
        "decided_on": clock.today().isoformat(),
        "reference": "CG-BUR(2026)1",
        "reasons": "Relevance.",
    }
    decide = reverse("missions:request_decide", args=[row.uuid])
    assert desk.post(decide, {**decision, "format": ""}).status_code == 400
    assert desk.post(decide, decision).status_code == 302
    mission.refresh_from_db()
    assert mission.state == MissionState.ACCEPTED
    assert "its note stays as the Bureau had it" in desk.get(note, follow=True).content.decode()
    assert desk.post(note, {**answers, "proposed_format": "remote"}).status_code == 409
    assert Request.objects.get().proposed_format == "observation"
    assert desk.post(reverse("missions:request_answer", args=[row.uuid]), {"text": "We come."}).status_code == 302
    assert OutboxMail.objects.filter(template="missions/mail/request_answer").count() == 1
    assert "Bureau" in client.get(form_url).content.decode()
    assert row.get_absolute_url() in desk.get(mission.get_absolute_url()).content.decode()


def test_a_letter_by_post_then_merge_split_withdraw(client_for, coordinator, bulgaria):
    desk = client_for(coordinator)
    today = clock.today().isoformat()
    for _number in range(3):
        answer = desk.post(reverse("missions:request_new"), request_fields(country="BG", received_on=today, letter=pdf()))
        assert answer.status_code == 302
    one, two, three = Request.objects.order_by("pk")
    shown = desk.get(two.get_absolute_url()).content.decode()
    assert str(one.uuid) in shown
    compare = reverse("missions:request_compare", args=[two.uuid, one.uuid])
    assert desk.post(compare, {"keep": str(one.uuid), "reason": ""}).status_code == 400
    assert desk.post(compare, {"keep": str(one.uuid), "reason": "Twice."}).status_code == 302
    parts = {"reason": "Two.", "kind_1": "local", "kind_2": "regional"}
    parts["polling_day_2"] = (clock.today() + timedelta(days=97)).isoformat()
    assert desk.get(reverse("missions:request_split", args=[three.uuid])).status_code == 200
    left_out = desk.post(reverse("missions:request_split", args=[three.uuid]), parts | {"polling_day_1": parts["polling_day_2"]})
    assert left_out.status_code == 400
    assert three.polling[0]["day"] in left_out.content.decode()
    parts["days_1"] = [three.polling[0]["day"]]
    assert desk.post(reverse("missions:request_split", args=[three.uuid]), parts).status_code == 302
    assert desk.post(reverse("missions:request_withdraw", args=[one.uuid]), {"reason": "Postponed."}).status_code == 302
    assert sorted(Request.objects.values_list("state", flat=True)) == ["merged", "received", "received", "split", "withdrawn"]
    table = desk.get(reverse("missions:requests_csv")).content.decode()
    assert table.count("\n") == 6
    assert desk.get(reverse("missions:request_edit", args=[one.uuid])).status_code == 200


def test_formulas_are_escaped_in_the_register(client_for, coordinator, make_request):
    make_request(authority_name="=HYPERLINK(1)")
    assert "'=HYPERLINK" in client_for(coordinator).get(reverse("missions:requests_csv")).content.decode()


def test_watch_edit_move_convert_and_deadlines(client_for, coordinator, bulgaria, deadline_rules):
    desk = client_for(coordinator)
    day = clock.today() + timedelta(days=200)
    values = {"country": "BG", "kind": "local", "title_en": "Local elections", "day_1": day.isoformat()}
    assert desk.post(reverse("missions:mission_watch"), values).status_code == 302
    mission = Mission.objects.get()
    assert mission.state == MissionState.WATCH
    refused = desk.post(reverse("missions:mission_move", args=[mission.reference]), {"action": "invite"})
    assert refused.status_code == 409
    assert "A1" in refused.content.decode()
    form = {"title_en": "Renamed", "zone": "Europe/Nowhere", "polling_days": [str(mission.polling_days.get().uuid)]}
    edit = reverse("missions:mission_edit", args=[mission.reference])
    assert desk.post(edit, form).status_code == 400
    assert desk.post(edit, {**form, "zone": "Europe/Sofia"}).status_code == 302
    polling = reverse("missions:polling_day", args=[mission.reference, mission.polling_days.get().uuid])
    assert desk.get(polling).status_code == 200
    assert desk.post(polling, {"day": (day + timedelta(days=7)).isoformat(), "opens_at": "07:00", "closes_at": "06:00"}).status_code == 400
    preview = desk.post(polling, {"day": (day + timedelta(days=7)).isoformat()})
    assert desk.post(polling, {"day": (day + timedelta(days=7)).isoformat(), "seen": preview.context_data["seen"]}).status_code == 302
    row = mission.milestones.get(rule__code="briefing_file")
    assert row.due_on == day - timedelta(days=3)
    url = reverse("missions:milestone", args=[mission.reference, row.uuid])
    desk.post(url, {"act": "move", "to": day.isoformat(), "reason": "Holiday."})
    desk.post(url, {"act": "done"})
    row.refresh_from_db()
    assert (row.moved_to, bool(row.done_at)) == (day, True)
    desk.post(url, {"act": "reopen"})
    Mission.objects.filter(pk=mission.pk).update(state="accepted")
    url, form = reverse("missions:mission_convert", args=[mission.reference]), {"format": "remote", "reason": "Crisis."}
    seen = desk.post(url, form).context["seen"]
    desk.post(url, form | {"seen": seen})
    mission.refresh_from_db()
    assert (mission.format, mission.title_en) == ("remote", "Renamed")
    visit = {"kind": "pre_electoral", "starts_on": day.isoformat(), "ends_on": (day - timedelta(days=1)).isoformat()}
    assert desk.post(reverse("missions:visit_new", args=[mission.reference]), visit).status_code == 400
    assert desk.post(reverse("missions:visit_new", args=[mission.reference]), visit | {"ends_on": day.isoformat()}).status_code == 302


def test_languages_are_codes(bulgaria, client_for, coordinator):
    desk = client_for(coordinator)
    values = {"name": "A", "kind": "ngo", "country": "BG", "partner_status": "none"}
    refused = desk.post(reverse("missions:organisation_new"), values | {"languages": "en, Romanian"})
    assert "“romanian” is not the code of a language" in refused.content.decode()
    assert not Organisation.objects.filter(name="A").exists()
    made = desk.post(reverse("missions:organisation_new"), values | {"languages": "EN; ro"})
    assert made.status_code == 302
    assert Organisation.objects.get(name="A").languages == ["en", "ro"]


def test_the_programme_by_clicking(client, client_for, coordinator, mission, observer_a, bulgaria):
    desk = client_for(coordinator)
    assert (
        desk.post(
            reverse("missions:organisation_new"), {"name": "Честен вот", "kind": "ngo", "country": "BG", "partner_status": "none"}
        ).status_code
        == 302
    )
    ngo = Organisation.objects.get(name="Честен вот")
    assert "Честен" in desk.get(reverse("missions:organisations"), {"q": "ЧЕСТЕН"}).content.decode()
    page = reverse("missions:organisation", args=[ngo.uuid])
    desk.post(page + "contacts/new/", {"name": "Nadia", "email": "n@example.org", "language": "en"})
    assert "n@example.org" in desk.get(page).content.decode()
    assert (
        desk.post(page + "edit/", {"name": "Честен вот", "kind": "ngo", "country": "BG", "partner_status": "guest_observer"}).status_code
        == 400
    )
    new = reverse("missions:meeting_new", args=[mission.reference])
    day = mission.first_day.isoformat()
    fields = {"kind": "ngo", "title": "NGOs", "start_day": day, "start_time": "10:00", "end_time": "11:00", "is_for_all": "on"}
    assert desk.get(new).status_code == 200
    assert desk.post(new, fields | {"organisations": [str(ngo.uuid)]}).status_code == 302
    clash = desk.post(new, fields | {"title": "Mayor"})
    assert clash.status_code == 409
    assert "already “NGOs”" in clash.content.decode()
    meeting = mission.meetings.get()
    row = meeting.participants.get()
    where = f"{meeting.get_absolute_url()}participants/{row.uuid}/invite/"
    desk.post(where, {"contact": ""})
    link = next(word for word in OutboxMail.objects.get(template="missions/mail/meeting_invitation").body.split() if "/link/" in word)
    answer_url = client.get(link, follow=True).redirect_chain[-1][0]
    assert client.post(answer_url, {"answer": ""}).status_code == 400
    assert client.post(answer_url, {"answer": "accepted", "people": "Nadia", "paper": pdf("p.pdf")}).status_code == 302
    paper = meeting.participants.get().paper
    shown = desk.get(meeting.get_absolute_url()).content.decode()
    assert paper.name in shown
    assert client_for(observer_a).get(reverse("core:file", args=[paper.uuid, paper.name])).status_code == 200
    assert client.get(reverse("core:file", args=[paper.uuid, paper.name])).status_code == 404
    programme = reverse("missions:programme", args=[mission.reference])
    assert "NGOs" not in client_for(observer_a).get(programme).content.decode()
    assert client_for(observer_a).get(meeting.get_absolute_url()).status_code == 404
    assert desk.post(programme + "release/", {"note": ""}).status_code == 302
    assert "NGOs" in client_for(observer_a).get(programme).content.decode()
    edit = meeting.get_absolute_url() + "edit/"
    assert desk.get(edit).status_code == 200
    changed = fields | {"start_time": "09:00", "end_time": "10:00", "organisations": [str(ngo.uuid)], "seen_sequence": "0"}
    assert desk.post(edit, changed).status_code == 302
    assert desk.post(edit, changed | {"start_time": "08:00"}).status_code == 409
    assert "was 10:00" in desk.get(programme).content.decode()
    assert "10:00–11:00" in client_for(observer_a).get(meeting.get_absolute_url()).content.decode()
    assert "09:00–10:00" in desk.get(meeting.get_absolute_url()).content.decode()
    as_observer = client_for(observer_a)
    note = {"topic": "L05", "text": "They saw pressure.", "access": "team"}
    assert as_observer.post(meeting.get_absolute_url() + "note/", note).status_code == 302
    assert "They saw pressure." in as_observer.get(meeting.get_absolute_url()).content.decode()
    assert "n@example.org" not in as_observer.get(meeting.get_absolute_url()).content.decode()
    assert as_observer.post(meeting.get_absolute_url() + "cancel/", {"reason": "x"}).status_code in {302, 403}
    assert desk.post(meeting.get_absolute_url() + "cancel/", {"reason": "Ill."}).status_code == 302
    assert desk.post(programme + "tracks/new/", {"name": "North"}).status_code == 302


def test_stations_by_clicking(client_for, coordinator, mission, observer_a):
    desk = client_for(coordinator)
    url = reverse("missions:stations", args=[mission.reference])
    upload = SimpleUploadedFile("list.csv", "Секция;Адрес;Брой;Избиратели\n1;ул. Шипка 1;;900\n2;ул. Шипка 2;;x\n".encode())
    page = desk.post(url + "upload/", {"file": upload})
    assert page.status_code == 302
    preview = desk.get(page["Location"])
    assert "ул. Шипка 1" in preview.content.decode()
    fields = {"column_0": "code", "column_1": "address", "column_2": "ignore", "column_3": "voters"}
    refused = desk.post(page["Location"], fields)
    assert refused.status_code == 400
    assert "nothing was stored" in refused.content.decode()
    checked = desk.post(page["Location"], fields | {"column_3": "ignore", "dry_run": "1"})
    assert checked.status_code == 200
    assert not mission.stations.exists()
    assert desk.post(page["Location"], fields | {"column_3": "ignore"}).status_code == 302
    found = client_for(observer_a).get(url, {"q": "ШИПКА 2"})
    assert found.content.decode().count("ул. Шипка") == 1
    assert client_for(observer_a).get(page["Location"]).status_code == 403
    kept = StoredFile.objects.count()
    for name, content, word in (
        ("x.xls", b"\xd0\xcf\x11\xe0old", ".xls"),
        ("x.csv", b"", "is empty"),
        ("x.csv", b"<html><body>No", "HTML"),
    ):
        told = desk.post(url + "upload/", {"file": SimpleUploadedFile(name, content)}, follow=True)
        assert told.redirect_chain[-1][0] == url and word in told.content.decode(), name
    assert StoredFile.objects.count() == kept


def test_a_station_is_corrected_on_its_page(client_for, coordinator, mission, observer_a):
    desk = client_for(coordinator)
    upload = SimpleUploadedFile("list.csv", b"Nr;Building;Address\n1;Old house;Main 1\n2;;Main 2\n")
    url = reverse("missions:stations", args=[mission.reference])
    page = desk.post(url + "upload/", {"file": upload})
    checked = desk.post(page["Location"], {"column_0": "ignore", "column_1": "building", "column_2": "address", "dry_run": "1"})
    assert "the codes are made from the place" in checked.content.decode()
    desk.post(page["Location"], {"column_0": "code", "column_1": "building", "column_2": "address"})
    found = desk.get(url, {"q": "old house"}).content.decode()
    assert "Old house" in found and "Main 2" not in found
    row, other = mission.stations.order_by("code")
    edit = reverse("missions:station_edit", args=[mission.reference, row.uuid])
    assert edit in found and edit not in client_for(observer_a).get(url).content.decode()
    data = {"code": "1", "address": "Main 1a", "building": "New house", "kind": "ordinary"}
    answer = desk.post(edit, data, follow=True)
    assert "Station 1 is saved." in answer.content.decode() and "Main 1a" in answer.content.decode()
    refused = desk.post(edit, data | {"code": "2"})
    assert refused.status_code == 400 and "Another station of this mission" in refused.content.decode()
    derived = other.building
    other_edit = reverse("missions:station_edit", args=[mission.reference, other.uuid])
    assert derived not in desk.get(other_edit).content.decode()
    desk.post(other_edit, {"code": "2", "address": "Main 2", "kind": "ordinary"})
    other.refresh_from_db()
    assert derived and other.building == derived
    assert client_for(observer_a).post(edit, data).status_code == 403


def test_my_calendar(client_for, observer_a):
    client = client_for(observer_a)
    first = client.get(reverse("missions:my_calendar")).content.decode()
    feed = calendars.feed_for(by=user_actor(observer_a))
    assert calendars.token_of(feed) in first
    client.post(reverse("missions:calendar_reset", args=[feed.uuid]))
    assert calendars.token_of(feed) not in client.get(reverse("missions:my_calendar")).content.decode()


def test_every_mission_page_at_every_state(make_mission, client_for, coordinator):
    mission = make_mission()
    client = client_for(coordinator)
    for state in MissionState:
        Mission.objects.filter(pk=mission.pk).update(state=state)
        assert client.get(mission.get_absolute_url()).status_code == 200, state


@pytest.mark.parametrize("language", ["fr", "de"])
def test_pages_in_other_languages(client_for, coordinator, mission, language):
    client = client_for(coordinator)
    client.cookies["django_language"] = language
    assert client.get(mission.get_absolute_url()).status_code == 200


def test_documents_are_drawn(client_for, coordinator, mission, as_coordinator, django_capture_on_commit_callbacks):
    meetings.plan_meeting(
        mission, by=as_coordinator, kind="ngo", title="NGOs", start_day=mission.first_day, start_time=clock.now().replace(hour=9).time(),
        end_time=clock.now().replace(hour=10).time(), is_for_all=True,
    )  # fmt: skip
    releases.release_programme(mission, by=as_coordinator)
    desk = client_for(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(reverse("missions:programme_documents", args=[mission.reference]))
    assert "/jobs/" in answer["Location"]
    assert "PDF" in desk.get(reverse("missions:programme", args=[mission.reference])).content.decode()
