"""An earlier mission as the template of a new one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry
from missions.enums import MeetingKind, ParticipantAnswer
from missions.models import Mission, Organisation
from missions.services import meetings, preparations, templates
from missions.services.organisations import create_organisation
from missions.services.reference import load_preparation_kinds

pytestmark = pytest.mark.django_db
OLD, NEW = date(2027, 4, 4), date(2027, 10, 24)
PARTS = ["tracks", "meetings", "preparations"]


@pytest.fixture(autouse=True)
def _winter():
    with time_machine.travel(datetime(2027, 1, 10, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def source(make_mission, make_election, as_coordinator, bulgaria, make_assignment):
    load_preparation_kinds()
    mission = make_mission(election=make_election("BG", OLD))
    staff = make_assignment(mission, "staff", "Stella", "Staff")
    track = meetings.create_track(mission, by=as_coordinator, name="South")
    ngo = create_organisation(by=as_coordinator, name="Fair Vote", kind="ngo", country=bulgaria)
    values = {"start_day": OLD - timedelta(days=2), "start_time": time(10), "end_time": time(11)}
    meeting = meetings.plan_meeting(
        mission, by=as_coordinator, kind=MeetingKind.NGO, title="Round table", organisations=[ngo], place="Sofia", room="1", **values
    )
    meeting.participants.update(answer=ParticipantAnswer.ACCEPTED, comment="We come.", people="Somebody")
    later = values | {"start_time": time(12), "end_time": time(13)}
    meetings.plan_meeting(mission, by=as_coordinator, kind="internal", title="Start", track=track, is_for_all=True, **later)
    gone = meetings.plan_meeting(mission, by=as_coordinator, kind="court", title="Court", **values | {"start_day": OLD})
    meetings.cancel_meeting(gone, by=as_coordinator, reason="No time.")
    preparations.list_preparations(mission, by=as_coordinator)
    row = mission.preparations.get(kind__code="hotels")
    preparations.change_preparation(row, by=as_coordinator, due_on=OLD - timedelta(days=50))
    preparations.complete_preparation(row, by=as_coordinator)
    preparations.add_preparation(mission, by=as_coordinator, title="Flags", owner=staff, due_on=OLD - timedelta(days=3))
    return mission


@pytest.fixture
def target(make_mission, make_election):
    return make_mission(election=make_election("BG", NEW))


def lines(parts):
    return {part.code: part.lines for part in parts}


def test_what_would_be_copied_is_told_and_nothing_is_saved(source, target, as_coordinator):
    found = lines(templates.plan_copy(target, source, by=as_coordinator))
    assert found["tracks"] == ["South"]
    assert len(found["meetings"]) == 2
    assert "10:00: Round table" in found["meetings"][0]
    assert "22 October 2027" in found["meetings"][0] or "Oct. 22, 2027" in found["meetings"][0]
    assert any("Flags" in line for line in found["preparations"])
    assert (target.meetings.count(), target.preparations.count(), target.tracks.count()) == (0, 0, 0)


def test_the_programme_moves_with_polling_day(source, target, as_coordinator):
    results = templates.copy_from(target, source, by=as_coordinator, parts=PARTS)
    assert {row.code: row.made for row in results} | {"preparations": 0} == {"tracks": 1, "meetings": 2, "preparations": 0}
    first, second = target.meetings.all()
    assert (first.title, first.start_day, first.start_time, first.place) == ("Round table", NEW - timedelta(days=2), time(10), "Sofia")
    assert (second.title, second.is_for_all, second.track) == ("Start", True, target.tracks.get(name="South"))
    asked = first.participants.get()
    assert (asked.organisation.name, asked.answer) == ("Fair Vote", ParticipantAnswer.NOT_INVITED)
    assert (asked.comment, asked.people, asked.invited_at) == ("", "", None)
    assert AuditEntry.objects.get(action="missions.copied").data["from"] == source.reference


def test_the_checklist_comes_open_with_owners_by_role(source, target, as_coordinator, make_assignment):
    staff = make_assignment(target, "staff", "Sigrid", "Other")
    templates.copy_from(target, source, by=as_coordinator, parts=["preparations"])
    rows = {row.label: row for row in target.preparations.with_people()}
    assert (rows["Flags"].owner, rows["Flags"].due_on) == (staff, NEW - timedelta(days=3))
    hotels = rows["Hotels booked"]
    assert (hotels.owner, hotels.due_on, hotels.done_at) == (staff, NEW - timedelta(days=50), None)
    assert len(rows) == source.preparations.count()


def test_twice_does_not_double(source, target, as_coordinator):
    templates.copy_from(target, source, by=as_coordinator, parts=PARTS)
    again = templates.copy_from(target, source, by=as_coordinator, parts=PARTS)
    assert [row.made for row in again] == [0, 0, 0]
    assert target.meetings.count() == 2
    assert not any(lines(templates.plan_copy(target, source, by=as_coordinator)).values())


@pytest.fixture
def elsewhere(source, make_mission, make_election):
    """A new mission to another country; the source met somebody in Bulgarian."""
    source.meetings.filter(title="Round table").update(languages=["bg", "en"], description="With Mrs Example of Fair Vote.")
    source.meetings.filter(title="Start").update(languages=["en"], description="Safety.")
    return make_mission(election=make_election("AM", NEW))


def test_another_country_gets_no_organisations_no_places_no_names_and_its_own_languages(source, elsewhere, as_coordinator):
    told = lines(templates.plan_copy(elsewhere, source, by=as_coordinator))["meetings"]
    assert "10:00: Non-governmental organisations" in told[0], "What is shown is what comes."
    templates.copy_from(elsewhere, source, by=as_coordinator, parts=["meetings"])
    meeting = elsewhere.meetings.get(kind=MeetingKind.NGO)
    assert (meeting.title, meeting.description, meeting.languages) == ("Non-governmental organisations", "", ["hy", "en"])
    assert (meeting.place, meeting.room, meeting.participants.count()) == ("", "", 0)
    assert (meeting.zone, meeting.start_time) == ("Asia/Yerevan", time(10))
    own = elsewhere.meetings.get(kind=MeetingKind.INTERNAL)
    assert (own.title, own.description, own.languages) == ("Start", "Safety.", ["en"])
    again = templates.copy_from(elsewhere, source, by=as_coordinator, parts=["meetings"])
    assert [row.made for row in again] == [0]


def test_a_usual_title_and_a_meeting_of_no_kind_in_another_country(source, elsewhere, as_coordinator, bulgaria):
    values = {"start_day": OLD - timedelta(days=1), "end_time": time(12)}
    row = create_organisation(by=as_coordinator, name="Kurier", kind="media", country=bulgaria)
    meetings.plan_meeting(source, by=as_coordinator, kind="ministry", title="Ministry of justice", start_time=time(9), **values)
    meetings.plan_meeting(
        source, by=as_coordinator, kind="other", title="Visit to Kurier", organisations=[row], start_time=time(11), **values
    )
    templates.copy_from(elsewhere, source, by=as_coordinator, parts=["meetings"])
    assert set(elsewhere.meetings.filter(start_day=NEW - timedelta(days=1)).values_list("title", flat=True)) == {
        "Ministry of justice",
        "Media",
    }


def test_in_the_same_country_an_organisation_is_followed(source, target, as_coordinator, bulgaria):
    old = source.meetings.get(title="Round table").participants.get().organisation
    new = create_organisation(by=as_coordinator, name="Fairer Vote", kind="ngo", country=bulgaria)
    source.meetings.filter(title="Round table").update(title="Fair Vote")
    Organisation.objects.filter(pk=old.pk).update(is_active=False, merged_into=new)
    templates.copy_from(target, source, by=as_coordinator, parts=["meetings"])
    meeting = target.meetings.get(kind=MeetingKind.NGO)
    assert (meeting.title, meeting.participants.get().organisation) == ("Fairer Vote", new)


def test_in_the_same_country_an_organisation_out_of_use_is_left_out(source, target, as_coordinator):
    organisation = source.meetings.get(title="Round table").participants.get().organisation
    source.meetings.filter(title="Round table").update(title="Fair Vote")
    Organisation.objects.filter(pk=organisation.pk).update(is_active=False)
    templates.copy_from(target, source, by=as_coordinator, parts=["meetings"])
    meeting = target.meetings.get(kind=MeetingKind.NGO)
    assert (meeting.title, meeting.participants.count(), meeting.place) == ("Non-governmental organisations", 0, "Sofia")


def test_what_cannot_be_copied_is_told_and_the_rest_is(source, target, as_coordinator):
    ngo = source.meetings.get(title="Round table").participants.get().organisation
    values = {"start_day": NEW - timedelta(days=2), "start_time": time(9), "end_time": time(12)}
    meetings.plan_meeting(target, by=as_coordinator, kind="ngo", title="Long talk", organisations=[ngo], **values)
    (result,) = templates.copy_from(target, source, by=as_coordinator, parts=["meetings"])
    assert result.made == 1
    assert len(result.refused) == 1
    assert "Round table" in result.refused[0]
    assert "Long talk" in result.refused[0]


def test_refusals(source, target, as_coordinator, observer_a, head, publisher):
    for parts in ([], ["everything"]):
        with pytest.raises(Invalid):
            templates.copy_from(target, source, by=as_coordinator, parts=parts)
    with pytest.raises(Invalid):
        templates.copy_from(target, target, by=as_coordinator, parts=PARTS)
    for user in (observer_a, head, publisher):
        with pytest.raises(NotAllowed):
            templates.copy_from(target, source, by=user_actor(user), parts=PARTS)
    source.polling_days.clear()
    with pytest.raises(NotNow):
        templates.copy_from(target, Mission.objects.get(pk=source.pk), by=as_coordinator, parts=PARTS)
    Mission.objects.filter(pk=target.pk).update(state="closed")
    with pytest.raises(NotNow):
        templates.copy_from(target, source, by=as_coordinator, parts=PARTS)


def test_sources_are_those_whose_content_the_reader_sees(source, target, make_mission, make_election, coordinator, outsider):
    far = make_mission(election=make_election("AM", NEW + timedelta(days=30)))
    assert list(templates.sources_for(target, coordinator)) == [source, far], "The same country comes first."
    assert list(templates.sources_for(target, outsider)) == []
