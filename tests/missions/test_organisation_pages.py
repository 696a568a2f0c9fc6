"""Pages about organisations and their answers: filters, queries, merging, importing, answering by link and by file."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from missions.models import Meeting, Organisation
from missions.services import invitations, meetings, releases
from missions.services.organisations import add_contact, create_organisation
from tests.missions.services.test_invitations import docx, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(as_coordinator, bulgaria):
    """Add an organisation with a contact."""

    def add(name: str, **values) -> Organisation:
        row = create_organisation(by=as_coordinator, name=name, **{"kind": "ngo", "country": bulgaria, **values})
        add_contact(row, by=as_coordinator, name="Nadia Note", email=f"n{row.pk}@example.org")
        return row

    return add


@pytest.fixture
def plan(mission, as_coordinator):
    """Plan a meeting of tomorrow with organisations."""

    def add(hour: int, *rows: Organisation) -> Meeting:
        day = clock.today() + timedelta(days=1)
        values = {"kind": "ngo", "title": f"At {hour}", "start_day": day, "start_time": time(hour), "end_time": time(hour, 50)}
        return meetings.plan_meeting(mission, by=as_coordinator, organisations=rows, **values)

    return add


def queries(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as context:
        assert client.get(url).status_code == 200
    return len(context)


def names_on(client, **wanted) -> set[str]:
    return {row.name for row in client.get(reverse("missions:organisations"), wanted).context["object_list"]}


def test_the_list_is_filtered(client_for, coordinator, make, make_country, as_coordinator):
    desk, today = client_for(coordinator), clock.today()
    term = {"partner_status": "guest_observer", "status_from": today - timedelta(days=700)}
    make("Ended", **term, status_to=today - timedelta(days=1))
    make("Ending", **term, status_to=today + timedelta(days=30))
    make("Holds", **term, status_to=today + timedelta(days=900))
    make("Institution", partner_status="institutional", country=make_country("AL"))
    make("Ministry", kind="ministry")
    assert names_on(desk, phase="ended") == {"Ended"}
    assert names_on(desk, phase="ending") == {"Ending"}
    assert names_on(desk, phase="holds") == {"Ending", "Holds", "Institution"}
    assert names_on(desk, status="institutional") == names_on(desk, country="AL") == {"Institution"}
    assert names_on(desk, kind="ministry") == {"Ministry"}
    assert names_on(desk, phase="nonsense", status="nonsense", kind="nonsense") >= {"Ended", "Ministry"}
    row = Organisation.objects.get(name="Ministry")
    assert desk.post(reverse("missions:organisation_retire", args=[row.uuid])).status_code == 302
    assert names_on(desk, shown="retired") == {"Ministry"}
    assert names_on(desk, kind="ministry") == set()
    assert desk.post(reverse("missions:organisation_restore", args=[row.uuid])).status_code == 302
    ending = Organisation.objects.get(name="Ending")
    assert "ends on" in desk.get(ending.get_absolute_url()).content.decode()
    assert desk.post(reverse("missions:organisation_renew", args=[ending.uuid])).status_code == 302
    assert "Earlier:" in desk.get(ending.get_absolute_url()).content.decode()


def test_queries_do_not_grow_with_rows(client_for, coordinator, make, plan, mission, as_coordinator):
    desk, row = client_for(coordinator), make("Watch 0", partner_status="observer")
    first = plan(8, row)
    pages = [reverse("missions:organisations"), row.get_absolute_url(), reverse("missions:programme", args=[mission.reference])]
    invitations.invite(first.participants.get(), by=as_coordinator)
    pages.append(first.get_absolute_url())
    pages.append(reverse("missions:organisation_merge", args=[row.uuid]) + "?q=watch")
    make("Watch A")
    before = [queries(desk, url) for url in pages]
    more = [make(f"Watch {number}", partner_status="observer") for number in (1, 2)]
    for hour in (10, 12):
        invitations.invite(plan(hour, row).participants.get(), by=as_coordinator)
    meetings.change_meeting(first, by=as_coordinator, organisations=[row, *more])
    assert [queries(desk, url) for url in pages] == before


def test_one_that_is_invited_cannot_be_put_out_of_use_or_removed(client_for, coordinator, make, plan, as_coordinator):
    desk, row = client_for(coordinator), make("Watch")
    meeting = plan(10, row)
    invitations.invite(meeting.participants.get(), by=as_coordinator)
    for act in ("retire", "remove"):
        answer = desk.post(
            reverse(f"missions:organisation_{act}", args=[row.uuid]), headers={"referer": "http://testserver/organisations/"}
        )
        assert answer.status_code == 409
        assert meeting.get_absolute_url() in answer.content.decode()
    unused = make("Never")
    assert desk.post(reverse("missions:organisation_remove", args=[unused.uuid])).status_code == 302
    assert desk.get(unused.get_absolute_url()).status_code == 404


def test_merging_by_clicking(client_for, coordinator, make, plan):
    desk, kept, doubled = client_for(coordinator), make("Честен вот"), make("Chesten Vot")
    plan(10, doubled)
    merge = reverse("missions:organisation_merge", args=[kept.uuid])
    assert f"{merge}?other={doubled.uuid}" in desk.get(kept.get_absolute_url()).content.decode()
    assert str(doubled.uuid) in desk.get(merge, {"q": "chesten"}).content.decode()
    assert "n2@" not in desk.get(merge, {"other": doubled.uuid}).content.decode()
    assert desk.post(merge, {"other": "nobody"}).status_code == 400
    assert desk.post(merge, {"other": kept.uuid}).status_code == 400
    assert desk.post(merge, {"other": doubled.uuid}).status_code == 302
    assert desk.post(merge, {"other": doubled.uuid}).status_code == 409
    page = desk.get(kept.get_absolute_url())
    assert "Chesten Vot" in page.content.decode()
    assert "At 10" in page.content.decode()
    old = desk.get(doubled.get_absolute_url()).content.decode()
    assert kept.get_absolute_url() in old
    assert "/edit/" not in old
    assert desk.post(doubled.get_absolute_url() + "contacts/new/", {"name": "X", "language": "en"}).status_code == 409
    trace = kept.merges.get()
    assert desk.post(reverse("missions:merge_undo", args=[doubled.uuid, trace.uuid])).status_code == 404
    assert desk.post(reverse("missions:merge_undo", args=[kept.uuid, trace.uuid])).status_code == 302
    assert names_on(desk, q="chesten") == {"Честен вот", "Chesten Vot"}


def test_a_list_is_imported_by_clicking(client_for, coordinator, bulgaria, publisher):
    desk, url = client_for(coordinator), reverse("missions:organisations_upload")
    assert client_for(publisher).get(url).status_code == 403
    assert desk.post(url, {"file": SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0old")}).status_code == 400
    text = "\ufeffNom;Type;Pays;Remarque\nCercle;ONG;Bulgarie;ok\n\nRonde;club;Bulgarie;\n"
    page = desk.post(url, {"file": SimpleUploadedFile("liste.csv", text.encode())})
    assert page.status_code == 302
    shown = desk.get(page["Location"])
    fields = {f"column_{number}": column["field"] for number, column in enumerate(shown.context["shown"]["columns"])}
    assert list(fields.values()) == ["name", "kind", "country", "note"]
    refused = desk.post(page["Location"], fields)
    assert refused.status_code == 400
    assert "nothing was stored" in refused.content.decode()
    assert [(item["row"], item["column"]) for item in refused.context["refused"]] == [(4, "Type")]
    fields["column_1"] = "ignore"
    assert desk.post(page["Location"], fields).status_code == 400
    page = desk.post(url, {"file": SimpleUploadedFile("liste.csv", text.replace("club", "ONG").encode())})
    fields["column_1"] = "kind"
    assert desk.post(page["Location"], fields | {"dry_run": "1"}).status_code == 200
    assert not Organisation.objects.exists()
    assert desk.post(page["Location"], fields | {"column_0": "ignore"}).status_code == 400
    assert desk.post(page["Location"], fields).status_code == 302
    assert names_on(desk) == {"Cercle", "Ronde"}
    assert client_for(publisher).get(page["Location"]).status_code == 403


def test_an_answer_by_file_on_both_pages(client, client_for, coordinator, make, plan, as_coordinator):
    desk, row = client_for(coordinator), plan(10, make("Watch")).participants.get()
    row, url = invitations.invite(row, by=as_coordinator)
    link = client.get(url, follow=True).redirect_chain[-1][0]

    def sent(data: bytes):
        return SimpleUploadedFile("answer.ics", data, content_type="text/calendar")

    assert client.post(link, {"by_file": "1"}).status_code == 400
    wrong = client.post(link, {"by_file": "1", "reply": sent(b"%PDF-1.4")})
    assert wrong.status_code == 400
    assert "This is not a calendar file" in wrong.content.decode()
    assert client.post(link, {"by_file": "1", "reply": sent(reply(row, "TENTATIVE"))}).status_code == 302
    row.refresh_from_db()
    assert row.answer == "tentative"
    there = reverse("missions:participant_reply", args=[row.meeting.mission.reference, row.meeting.uuid, row.uuid])
    assert desk.post(there).status_code == 400
    assert desk.post(there, {"reply": sent(reply(row, "DECLINED"))}).status_code == 302
    row.refresh_from_db()
    assert row.answer == "declined"


def test_the_coordinator_answers_for_them_and_keeps_what_they_wrote(client, client_for, coordinator, make, plan, as_coordinator):
    desk, row = client_for(coordinator), plan(10, make("Watch")).participants.get()
    row, url = invitations.invite(row, by=as_coordinator)
    link = client.get(url, follow=True).redirect_chain[-1][0]
    bad = SimpleUploadedFile("p.docx", docx("x.txt"))
    assert client.post(link, {"answer": "accepted", "paper": bad}).status_code == 400
    fields = {"answer": "accepted", "people": "Nadia", "access_needs": "Step-free"}
    assert client.post(link, fields).status_code == 302
    there = reverse("missions:participant_answer", args=[row.meeting.mission.reference, row.meeting.uuid, row.uuid])
    assert desk.post(there, {"answer": "declined"}).status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.people, row.access_needs) == ("declined", "Nadia", "Step-free")
    assert desk.post(there, {"answer": "perhaps"}).status_code == 400
    withdraw = there.replace("/answer/", "/withdraw/")
    assert desk.post(withdraw).status_code == 302
    assert client.get(url, follow=True).status_code == 410


def test_a_clash_names_the_other_meeting_when_a_proposal_is_taken(client, client_for, coordinator, make, plan, as_coordinator):
    desk, watch = client_for(coordinator), make("Watch")
    row, other = plan(10, watch).participants.get(), plan(14, watch)
    row, url = invitations.invite(row, by=as_coordinator)
    link = client.get(url, follow=True).redirect_chain[-1][0]
    fields = {"answer": "proposed", "proposed_day": other.start_day.isoformat(), "proposed_start": "14:00", "proposed_end": "14:30"}
    assert client.post(link, fields | {"proposed_end": "13:00"}).status_code == 400
    assert client.post(link, fields).status_code == 302
    there = reverse("missions:participant_accept_time", args=[row.meeting.mission.reference, row.meeting.uuid, row.uuid])
    refused = desk.post(there)
    assert refused.status_code == 409
    assert other.get_absolute_url() in refused.content.decode()
    turn_down = there.replace("accept_time", "decline_time")
    assert desk.post(turn_down, {"reason": ""}).status_code == 400
    assert desk.post(turn_down, {"reason": "We meet the mayor then."}).status_code == 302
    row.refresh_from_db()
    assert row.answer == "invited"


def test_a_note_is_shown_to_whom_it_is_for(client_for, coordinator, observer_a, make, plan, mission, as_coordinator):
    open_note, closed = make("Open", note="Bring a map.", note_access="team"), make("Closed", note="Be careful.", note_access="secretariat")
    meeting = plan(10, open_note, closed)
    releases.release_programme(mission, by=as_coordinator)
    seen = client_for(observer_a).get(meeting.get_absolute_url()).content.decode()
    assert "Bring a map." in seen
    assert "Be careful." not in seen
    assert "Be careful." in client_for(coordinator).get(meeting.get_absolute_url()).content.decode()
