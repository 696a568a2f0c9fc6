"""What goes wrong around a programme: very many meetings, organisations that go, days that are past, ends before starts."""

from __future__ import annotations

import io
import time as stopwatch
from datetime import date, time, timedelta

import pikepdf
import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.services.links import LinkGone, open_link
from core import clock
from core.documents import freeze, render
from core.errors import NotNow
from missions.models import Meeting, Organisation
from missions.services import invitations, meetings, organisations, releases

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(mission):
    return mission.first_day + timedelta(days=1)


@pytest.fixture
def plan(mission, as_coordinator, day):
    def make(start: str = "10:00", end: str = "11:00", **values) -> Meeting:
        values = {"kind": "ngo", "title": "NGOs", "start_day": day} | values
        times = {"start_time": time.fromisoformat(start), "end_time": time.fromisoformat(end)}
        return meetings.plan_meeting(mission, by=as_coordinator, **times, **values)

    return make


def test_two_hundred_meetings_in_a_day_are_shown_and_printed(plan, mission, client_for, coordinator, observer_a, as_coordinator):
    for number in range(200):
        start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (number * 5, number * 5 + 5))
        plan(start, end, title=f"No {number}", place=f"Place {number}", is_for_all=True)
    releases.release_programme(mission, by=as_coordinator)
    url = f"/missions/{mission.reference}/programme/"
    for user in (coordinator, observer_a):
        client, took = client_for(user), []
        for _time in range(3):
            begun = stopwatch.process_time()
            answer = client.get(url)
            took.append(stopwatch.process_time() - begun)
            assert answer.content.decode().count("No 1") >= 111
        assert min(took) < 1, f"{user}: {min(took):.2f} s"
    drawn = render(freeze("missions.programme", mission, "en", by=as_coordinator), "pdf").file.read()
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        assert len(pdf.pages) > 3


@pytest.fixture
def asked(plan, as_coordinator, bulgaria):
    """An organisation that was asked: itself, its row, its link's token."""
    ngo = organisations.create_organisation(by=as_coordinator, name="Fair Vote", kind="ngo", country=bulgaria)
    organisations.add_contact(ngo, by=as_coordinator, name="Nadia", email="ngo@example.org")
    row, url = invitations.invite(plan(organisations=[ngo]).participants.get(), by=as_coordinator)
    return ngo, row, url.rstrip("/").rsplit("/", 1)[1]


def test_an_organisation_that_is_asked_is_not_removed_under_the_meeting(asked, as_coordinator, client):
    ngo, row, token = asked
    for act in (organisations.remove_organisation, organisations.retire_organisation):
        with pytest.raises(NotNow):
            act(ngo, by=as_coordinator)
    with transaction.atomic(), pytest.raises(IntegrityError):  # not even past the service
        Organisation.objects.filter(pk=ngo.pk).delete()
    assert client.get(f"/link/{token}/meeting/").status_code == 200
    row.refresh_from_db()
    assert str(row) == "Fair Vote"


def test_the_link_of_an_organisation_that_was_taken_out_answers_with_a_sentence(asked, as_coordinator, client, client_for, coordinator):
    ngo, row, token = asked
    meeting = row.meeting
    meetings.cancel_meeting(meeting, by=as_coordinator, reason="Ill.")
    organisations.retire_organisation(ngo, by=as_coordinator)
    shown = client.get(f"/link/{token}/meeting/")
    assert (shown.status_code, "Ask the sender" in shown.content.decode()) == (410, True)
    assert "Fair Vote" in client_for(coordinator).get(meeting.get_absolute_url()).content.decode()
    with pytest.raises(NotNow):
        organisations.remove_organisation(ngo, by=as_coordinator)


def test_one_put_out_of_use_after_the_meeting_keeps_its_name_there_and_its_link_says_that_it_is_over(
    asked, as_coordinator, client, client_for, coordinator
):
    ngo, row, token = asked
    with time_machine.travel(row.meeting.ends_at + timedelta(hours=1), tick=False):
        organisations.retire_organisation(ngo, by=as_coordinator)
        assert "This meeting is over." in client.get(f"/link/{token}/meeting/").content.decode()
        assert client.post(f"/link/{token}/meeting/", {"answer": "accepted"}).status_code == 409
        assert "Fair Vote" in client_for(coordinator).get(row.meeting.get_absolute_url()).content.decode()


def test_one_taken_out_of_the_meeting_is_told_by_its_link(asked, as_coordinator, client):
    _ngo, row, token = asked
    meetings.change_meeting(row.meeting, by=as_coordinator, organisations=[])
    with pytest.raises(LinkGone):
        open_link(token)
    assert client.get(f"/link/{token}/meeting/").status_code == 410


def test_a_contact_that_is_forgotten_leaves_the_invitation_whole(asked, as_coordinator, client):
    ngo, row, token = asked
    organisations.remove_contact(ngo.contacts.get(), by=as_coordinator)
    assert client.post(f"/link/{token}/meeting/", {"answer": "accepted"}).status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.contact) == ("accepted", None)
    meetings.change_meeting(row.meeting, by=as_coordinator, start_time=time(8), end_time=time(9))
    meetings.cancel_meeting(row.meeting, by=as_coordinator, reason="Ill.")


def test_an_end_before_the_start_is_told_at_its_field(plan, mission, client_for, coordinator, day):
    desk, new = client_for(coordinator), f"/missions/{mission.reference}/meetings/new/"
    fields = {"kind": "ngo", "title": "NGOs", "start_day": day.isoformat(), "start_time": "11:00", "end_time": "10:00"}
    refused = desk.post(new, fields)
    assert refused.status_code == 400 and "The meeting ends before it starts." in refused.context["form"].errors["end_time"]
    assert desk.post(new, fields | {"end_day": (day - timedelta(days=1)).isoformat(), "end_time": "12:00"}).status_code == 400
    assert not Meeting.objects.exists()
    meeting = plan()
    with transaction.atomic(), pytest.raises(IntegrityError):
        Meeting.objects.filter(pk=meeting.pk).update(ends_at=meeting.starts_at)


def test_a_polling_day_in_the_past_leaves_the_programme_readable_and_warns(plan, mission, client_for, coordinator):
    plan()
    desk = client_for(coordinator)
    with time_machine.travel(clock.now() + timedelta(days=900), tick=False):
        desk.force_login(coordinator, backend="allauth.account.auth_backends.AuthenticationBackend")
        for name in ("programme/", "timeline/", "preparations/", "polling-days/"):
            assert desk.get(f"/missions/{mission.reference}/{name}").status_code == 200, name
        past = {"day": (date(2026, 1, 1)).isoformat(), "kind": "round", "observe": "none"}
        warned = desk.post(f"/missions/{mission.reference}/polling-days/", past)
        assert "lies in the past" in warned.content.decode()
        assert mission.election.polling_days.count() == 1
