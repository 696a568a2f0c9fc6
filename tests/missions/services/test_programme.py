"""Meetings, clashes, invitations, releases, calendars, notes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from icalendar import Calendar

from accounts.services.links import LinkGone, open_link
from core import clock
from core.actors import user_actor
from core.documents import freeze
from core.enums import Access
from core.errors import Invalid, NotAllowed, NotNow, Stale
from core.models import OutboxMail, Reminder
from core.readers import choose
from core.reminders import sweep_reminders
from missions import facts
from missions.enums import MeetingState, ParticipantAnswer
from missions.models import Meeting, MeetingNote
from missions.services import calendars, invitations, meetings, notes, releases
from missions.services.organisations import add_contact, create_organisation
from tests.conftest_missions import LETTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(mission):
    """The second day of the mission."""
    return mission.first_day + timedelta(days=1)


@pytest.fixture
def ngo(bulgaria, as_coordinator):
    """A non-governmental organisation with a contact."""
    row = create_organisation(by=as_coordinator, name="Институт за честни избори", kind="ngo", country=bulgaria, other_name="Fair Polls")
    add_contact(row, by=as_coordinator, name="Nadia Note", email="ngo@example.org", language="de")
    return row


@pytest.fixture
def plan(mission, as_coordinator, day):
    """Plan a meeting of the mission: `plan("10:00", "11:00", organisations=[ngo])`."""

    def make(start: str = "10:00", end: str = "11:00", **values) -> Meeting:
        values = {"kind": "ngo", "title": "NGOs", "start_day": day} | values
        return meetings.plan_meeting(
            mission, by=as_coordinator, start_time=time.fromisoformat(start), end_time=time.fromisoformat(end), **values
        )

    return make


def assignment_of(mission, user):
    return mission.assignments.get(person=user.person)


# --- times --------------------------------------------------------------------------------------------------------


def test_local_time_is_the_truth(plan):
    meeting = plan("10:00", "11:30", start_day=date(2027, 7, 1))
    assert meeting.starts_at == datetime(2027, 7, 1, 7, 0, tzinfo=UTC)
    assert meeting.zone == "Europe/Sofia"


@pytest.mark.parametrize(("start", "end"), [("11:00", "10:00"), ("10:00", "10:00")])
def test_end_before_start(plan, start, end):
    with pytest.raises(Invalid) as refusal:
        plan(start, end)
    assert refusal.value.code == "end_before_start"


def test_the_hour_that_the_clocks_skip(plan):
    with pytest.raises(Invalid) as refusal:
        plan("03:30", "05:00", start_day=date(2027, 3, 28))
    assert refusal.value.code == "skipped_hour"


def test_the_hour_that_the_clocks_repeat(plan):
    first = plan("03:15", "03:45", start_day=date(2027, 10, 31))
    second = plan("03:15", "03:45", start_day=date(2027, 10, 31), start_fold=1, end_fold=1)
    assert second.starts_at - first.starts_at == timedelta(hours=1)
    stamps = [
        row["dtstart"].dt.astimezone(UTC)
        for row in Calendar.from_ical(calendars.ics(map(calendars.event_of_meeting, (first, second)), name="x")).walk("VEVENT")
    ]
    assert sorted(stamps) == [first.starts_at, second.starts_at]


def test_over_midnight(plan, day):
    meeting = plan("22:00", "01:00", end_day=day + timedelta(days=1))
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=3)


def test_new_zone_data_keeps_wall_time(plan, as_coordinator):
    meeting = plan()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=meeting.starts_at - timedelta(hours=1))
    assert meetings.recompute_instants(by=as_coordinator).moved == 1
    meeting.refresh_from_db()
    assert (meeting.start_time, meeting.starts_at.astimezone(UTC).hour) in {(time(10), 7), (time(10), 8)}


# --- clashes ------------------------------------------------------------------------------------------------------


def test_a_person_is_not_in_two_places(plan, mission, observer_a):
    person = assignment_of(mission, observer_a)
    plan(title="Ministry", people=[person])
    with pytest.raises(NotNow) as refusal:
        plan("10:30", "11:30", people=[person])
    assert [item.code for item in refusal.value.missing] == ["clash_person"]
    assert "Ministry" in refusal.value.missing[0].sentence
    assert "Alba Able" in refusal.value.missing[0].sentence
    plan("11:00", "12:00", people=[person])


def test_many_people_who_clash_are_told_in_one_line(plan, mission, make_assignment):
    for number in range(6):
        make_assignment(mission, "observer", "Number", f"No{number}")
    plan(is_for_all=True)
    with pytest.raises(NotNow) as refusal:
        plan(is_for_all=True)
    (item,) = refusal.value.missing
    assert "Number No0" in item.sentence
    assert "and 3 others" in item.sentence


def test_a_meeting_for_all_is_for_everyone(plan, mission, observer_a):
    plan(is_for_all=True)
    with pytest.raises(NotNow):
        plan("10:30", "11:30", people=[assignment_of(mission, observer_a)])


def test_tracks_may_meet_at_the_same_time(plan, mission, as_coordinator, observer_a, observer_b):
    north = meetings.create_track(mission, by=as_coordinator, name="North", members=[assignment_of(mission, observer_a)])
    south = meetings.create_track(mission, by=as_coordinator, name="South", members=[assignment_of(mission, observer_b)])
    plan(is_for_all=True, track=north)
    plan(is_for_all=True, track=south)
    with pytest.raises(NotNow):
        plan(is_for_all=True, track=south)


def test_a_person_in_two_missions(plan, make_mission, make_assignment, as_coordinator, mission, observer_a, day):
    other = make_mission()
    there = make_assignment(other, user=observer_a)
    meetings.plan_meeting(
        other, by=as_coordinator, kind="other", title="Elsewhere", start_day=day, start_time=time(10), end_time=time(12), people=[there]
    )
    with pytest.raises(NotNow) as refusal:
        plan(people=[assignment_of(mission, observer_a)])
    assert "Elsewhere" in refusal.value.missing[0].sentence


def test_organisations_and_rooms(plan, ngo):
    plan(organisations=[ngo], place="Hotel", room="Blue")
    with pytest.raises(NotNow) as refusal:
        plan("10:30", "11:30", organisations=[ngo], place="hotel", room="BLUE")
    assert {item.code for item in refusal.value.missing} == {"clash_organisation", "clash_room"}
    plan("10:30", "11:30", place="Ministry", room="Blue")


def test_a_cancelled_meeting_clashes_with_nothing(plan, as_coordinator, mission, observer_a):
    meeting = plan(people=[assignment_of(mission, observer_a)])
    meetings.cancel_meeting(meeting, by=as_coordinator, reason="Ill.")
    plan(people=[assignment_of(mission, observer_a)])


def test_two_hundred_meetings_in_a_day(plan, day):
    for number in range(200):
        minute = number * 5
        plan(f"{minute // 60:02}:{minute % 60:02}", f"{(minute + 5) // 60:02}:{(minute + 5) % 60:02}", is_for_all=True, title=str(number))
    assert Meeting.objects.filter(start_day=day).count() == 200


# --- changes ------------------------------------------------------------------------------------------------------


def test_the_second_editor_is_told(plan, as_coordinator):
    meeting = plan()
    meetings.change_meeting(meeting, by=as_coordinator, seen_sequence=0, place="Hotel")
    with pytest.raises(Stale):
        meetings.change_meeting(meeting, by=as_coordinator, seen_sequence=0, place="Ministry")
    meeting.refresh_from_db()
    assert (meeting.place, meeting.sequence) == ("Hotel", 1)


def test_only_coordinators_plan(mission, observer_a, day):
    with pytest.raises(NotAllowed):
        meetings.plan_meeting(
            mission, by=user_actor(observer_a), kind="ngo", title="x", start_day=day, start_time=time(10), end_time=time(11)
        )


# --- invitations --------------------------------------------------------------------------------------------------


@pytest.fixture
def invited(plan, ngo, as_coordinator):
    """An invited organisation: its row, the link's token, the link's actor."""
    row, url = invitations.invite(plan(organisations=[ngo], place="Hotel").participants.get(), by=as_coordinator)
    token = url.rstrip("/").rsplit("/", 1)[1]
    return row, token, open_link(token, purpose=invitations.PURPOSE)[1]


def test_the_invitation_goes_out_with_a_calendar_file(invited):
    mail = OutboxMail.objects.get(template="missions/mail/meeting_invitation")
    assert (mail.address, mail.language) == ("ngo@example.org", "de")
    calendar = Calendar.from_ical(mail.attachments.get().file.read())
    assert calendar["method"] == "REQUEST"
    assert calendar.walk("VEVENT")[0]["attendee"] == "mailto:ngo@example.org"


def test_accepting_by_link_with_a_paper(invited):
    row, _token, by = invited
    row = invitations.answer(
        row, by=by, answer="accepted", people="Nadia Note", comment="Step-free access.", paper=LETTER, paper_name="p.pdf"
    )
    assert (row.answer, row.people, row.paper.name) == (ParticipantAnswer.ACCEPTED, "Nadia Note", "p.pdf")
    assert invitations.answer(row, by=by, answer="declined").answer == ParticipantAnswer.DECLINED


def test_bad_answers(invited, plan, ngo, as_coordinator):
    row, _token, by = invited
    with pytest.raises(Invalid):
        invitations.answer(row, by=by, answer="perhaps")
    with pytest.raises(Invalid):
        invitations.answer(row, by=by, answer="accepted", paper=b"MZ\x90\x00", paper_name="paper.pdf")
    other = plan("15:00", "16:00", organisations=[ngo]).participants.get()
    with pytest.raises(NotAllowed):
        invitations.answer(other, by=by, answer="accepted")


def test_a_change_of_time_asks_again(invited, as_coordinator):
    row, token, by = invited
    invitations.answer(row, by=by, answer="accepted")
    meetings.change_meeting(row.meeting, by=as_coordinator, start_time=time(9), end_time=time(10))
    row.refresh_from_db()
    assert row.answer == ParticipantAnswer.INVITED
    assert OutboxMail.objects.filter(template="missions/mail/meeting_changed").count() == 1
    with pytest.raises(LinkGone):
        open_link(token)
    assert [item.pk for item in invitations.unanswered(Meeting.objects.all())] == [row.pk]


def test_a_change_of_the_description_tells_nobody(invited, as_coordinator):
    meetings.change_meeting(invited[0].meeting, by=as_coordinator, description="For us only.")
    assert not OutboxMail.objects.filter(template="missions/mail/meeting_changed").exists()


def test_cancelling_tells_and_kills_the_link(invited, as_coordinator):
    row, token, by = invited
    meetings.cancel_meeting(row.meeting, by=as_coordinator, reason="The delegation is late.")
    mail = OutboxMail.objects.get(template="missions/mail/meeting_cancelled")
    event = Calendar.from_ical(mail.attachments.get().file.read()).walk("VEVENT")[0]
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    with pytest.raises(LinkGone):
        open_link(token)
    with pytest.raises(NotNow):
        invitations.answer(row, by=as_coordinator, answer="accepted")


def test_no_answer_when_it_is_over(invited):
    row, _token, by = invited
    with time_machine.travel(row.meeting.ends_at + timedelta(minutes=1)), pytest.raises(NotNow):
        invitations.answer(row, by=by, answer="accepted")


def test_nobody_to_invite(plan, bulgaria, as_coordinator):
    silent = create_organisation(by=as_coordinator, name="Silent", kind="ngo", country=bulgaria)
    with pytest.raises(Invalid):
        invitations.invite(plan(organisations=[silent]).participants.get(), by=as_coordinator)


# --- releases and calendars ---------------------------------------------------------------------------------------


def events(feed):
    """Without the reader's duties."""
    rows = Calendar.from_ical(calendars.ics_of(feed)).walk("VEVENT")
    return {str(row["uid"]): row for row in rows if not str(row["uid"]).startswith("duty-")}


def test_releases_are_numbered_and_tell_what_changed(plan, mission, as_coordinator, observer_a):
    with pytest.raises(NotNow):
        releases.release_programme(mission, by=as_coordinator)
    one, two = plan(is_for_all=True, title="One"), plan("12:00", "13:00", title="Two")
    first = releases.release_programme(mission, by=as_coordinator)
    assert releases.release_programme(mission, by=as_coordinator) == first
    meetings.change_meeting(one, by=as_coordinator, start_time=time(9))
    meetings.cancel_meeting(two, by=as_coordinator, reason="x")
    three = plan("15:00", "16:00", title="Three")
    meetings.cancel_meeting(three, by=as_coordinator, reason="never released")
    second = releases.release_programme(mission, by=as_coordinator)
    assert second.version == 2
    found = [(change.kind, change.row["title"]) for change in releases.changes(first.content, second.content)]
    assert sorted(found) == [("cancelled", "Two"), ("changed", "One")]
    person = str(observer_a.person.uuid)
    assert [change.row["title"] for change in releases.changes(first.content, second.content, person=person)] == ["One"]


def test_feeds_show_what_is_released(plan, mission, as_coordinator, observer_a, observer_b):
    both = plan(is_for_all=True, title="Brief")
    own = plan("14:00", "15:00", title="Mayor", people=[assignment_of(mission, observer_a)])
    a, b = (calendars.feed_for(by=user_actor(user)) for user in (observer_a, observer_b))
    assert events(a) == {}
    releases.release_programme(mission, by=as_coordinator)
    assert {row["summary"] for row in events(a).values()} == {"Brief", "Mayor"}
    assert {row["summary"] for row in events(b).values()} == {"Brief"}
    meetings.cancel_meeting(both, by=as_coordinator, reason="x")
    assert events(b)[f"meeting-{both.uuid}@scrutin"]["status"] == "CONFIRMED"
    releases.release_programme(mission, by=as_coordinator)
    cancelled = events(b)[f"meeting-{both.uuid}@scrutin"]
    assert (cancelled["status"], cancelled["sequence"]) == ("CANCELLED", 1)
    assert len(events(calendars.feed_for(by=as_coordinator, mission=mission))) == 2
    assert own.uuid


def test_calendar_files_are_sound(plan):
    long = "Централна избирателна комисия და საარჩევნო კომისია " * 4
    meeting = plan("09:30", "10:30", title=long.strip()[:200], start_day=date(2027, 10, 31))
    raw = calendars.ics([calendars.event_of_meeting(meeting)], name="x")
    assert raw == calendars.ics([calendars.event_of_meeting(meeting)], name="x")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    calendar = Calendar.from_ical(raw)
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Sofia"]
    event = calendar.walk("VEVENT")[0]
    assert str(event["summary"]) == long.strip()[:200]
    assert event["dtstart"].dt.astimezone(UTC) == meeting.starts_at


def test_a_team_s_stops_come_from_the_app_that_knows_teams(mission, head, monkeypatch):
    moment = datetime(2027, 10, 24, 4, 30, tzinfo=UTC)
    stop = {"uuid": "1", "title": "Opening: 12", "starts_at": moment, "zone": "Europe/Sofia", "place": "School 12"}
    monkeypatch.setitem(facts._facts, "team_events", lambda uuid: {"name": "Team 1", "mission": mission, "stops": [stop]})
    monkeypatch.setitem(facts._facts, "team_of", lambda person, mission, day: mission)
    for feed in (calendars.feed_for(by=user_actor(head), team=mission.uuid), calendars.feed_for(by=user_actor(head))):
        event = events(feed)["stop-1@scrutin"]
        assert event["dtstart"].dt == moment
        assert str(event["dtstart"].dt.tzinfo) == "Europe/Sofia"


def test_feed_addresses(mission, observer_a, outsider, client):
    feed = calendars.feed_for(by=user_actor(observer_a))
    token = calendars.token_of(feed)
    answer = client.get(f"/calendar/{token}.ics")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert client.get(f"/calendar/{token}.ics", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"/calendar/{token[:-1]}x.ics").status_code == 404
    assert client.get("/calendar/nothing.ics").status_code == 404
    with pytest.raises(NotAllowed):
        calendars.reset_feed(feed, by=user_actor(outsider))
    calendars.reset_feed(feed, by=user_actor(observer_a))
    assert client.get(f"/calendar/{token}.ics").status_code == 404
    feed.refresh_from_db()
    observer_a.is_active = False
    observer_a.save()
    assert client.get(f"/calendar/{calendars.token_of(feed)}.ics").status_code == 404


@pytest.mark.parametrize(("language", "titles"), [("en", ("of the delegation", "of meetings")), ("fr", None), ("de", None)])
def test_the_programme_as_a_document(plan, mission, ngo, as_coordinator, make_assignment, language, titles):
    inge = make_assignment(mission, "interpreter", "Inge", "Inter")
    inge.person.languages = ["bg", "en"]
    inge.person.save()
    plan(organisations=[ngo], link="https://example.org/room", description="Ask about the lists.", languages=["bg"], people=[inge])
    plan("17:00", "18:00", kind="internal", title="Among ourselves")
    meetings.create_track(mission, by=as_coordinator, name="North", members=[inge])
    releases.release_programme(mission, by=as_coordinator)
    inside, outside = (freeze("missions.programme", mission, language, by=as_coordinator, outside=flag) for flag in (False, True))
    for words in ("Among ourselves", "Ask about the lists.", "example.org/room", "Inge Inter: bg, en", "North"):
        assert words in str(inside.content)
        assert words not in str(outside.content)
    for document in (inside, outside):
        assert ngo.name in str(document.content)
        assert "ngo@example.org" not in str(document.content)
        assert "Nadia Note" not in str(document.content)
    assert inside.title != outside.title or titles is None
    for document, title in zip((inside, outside), titles or (), strict=False):
        assert title in document.title


# --- notes --------------------------------------------------------------------------------------------------------


def test_notes_by_access_level(plan, as_coordinator, observer_a, outsider, coordinator):
    meeting = plan()
    notes.write_note(meeting, by=user_actor(observer_a), topic="L03", text="They doubt the voters' lists.")
    notes.write_note(meeting, by=as_coordinator, topic="L21", text="For us.", access=Access.SECRETARIAT)
    assert MeetingNote.objects.visible_to(coordinator).count() == 2
    assert MeetingNote.objects.visible_to(observer_a).count() == 1
    assert MeetingNote.objects.visible_to(outsider).count() == 0
    with pytest.raises(NotAllowed):
        notes.write_note(meeting, by=user_actor(outsider), topic="L03", text="x")
    for topic, text in (("L22", "x"), ("L03", " ")):
        with pytest.raises(Invalid):
            notes.write_note(meeting, by=as_coordinator, topic=topic, text=text)


def test_holding_a_meeting(plan, as_coordinator):
    meeting = plan()
    with pytest.raises(NotNow) as early:
        meetings.hold_meeting(meeting, by=as_coordinator)
    assert early.value.code == "meeting_to_come"
    with time_machine.travel(meeting.starts_at, tick=False):
        meeting = meetings.hold_meeting(meeting, by=as_coordinator)
    assert meeting.state == MeetingState.HELD
    with pytest.raises(NotNow):
        meetings.cancel_meeting(meeting, by=as_coordinator, reason="x")
    assert clock.now()


def test_a_meeting_on_a_saturday_is_told_two_hours_before(mission, plan, observer_a):
    """It is urgent: weekends do not hold it; and a meeting that moved is another occasion."""
    saturday = mission.first_day + timedelta(days=(5 - mission.first_day.weekday()) % 7)
    meeting = plan("09:00", "10:00", start_day=saturday, people=[assignment_of(mission, observer_a)])

    def sweep(before):
        with time_machine.travel(meeting.starts_at - before, tick=False):
            sweep_reminders()
        rows = Reminder.objects.filter(rule="missions.meeting_soon", object_id=str(meeting.uuid), state="sent")
        return [row.occurrence.rsplit("-", 1)[1] for row in rows.order_by("pk")]

    assert sweep(timedelta(hours=25)) == []
    assert sweep(timedelta(hours=24)) == sweep(timedelta(hours=3)) == ["24"]
    assert sweep(timedelta(hours=2)) == sweep(timedelta(minutes=5)) == ["24", "2"]
    assert meeting.starts_at.astimezone(ZoneInfo(meeting.zone)).weekday() == 5


def test_the_own_feed_holds_what_one_owes_until_it_is_done_or_unwanted(mission, observer_a, observer_b):
    feed = calendars.feed_for(by=user_actor(observer_a))

    def owed():
        rows = Calendar.from_ical(calendars.ics_of(feed)).walk("VEVENT")
        return {str(row["summary"]): row["dtstart"].dt for row in rows if str(row["uid"]).startswith("duty-observers.remind_code")}

    (day,) = owed().values()
    assert day == mission.first_day
    choose(observer_a.person.email, by_mail=True, muted=[], by_calendar=False)
    assert owed() == {}
    choose(observer_a.person.email, by_mail=True, muted=[])
    mission.assignments.filter(person=observer_a.person).update(state="withdrawn")
    cache.clear()
    assert owed() == {}, "who left owes nothing"
