"""Another time proposed, answers as calendar files, invitations withdrawn, papers, and who is reminded."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch
from zipfile import ZipFile

import pytest
import time_machine
from icalendar import Calendar

from accounts.services.links import LinkGone, open_link
from core import clock, reminder_rules
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import OutboxMail, Reminder
from core.outbox import as_message
from core.reminders import sweep_reminders
from missions.enums import ParticipantAnswer
from missions.models import Meeting, Participant
from missions.services import calendars, invitations, meetings, proposals, replies
from missions.services.organisations import add_contact, create_organisation
from tests.missions.services.test_feeds import by_ical_js

pytestmark = pytest.mark.django_db
DAY = date(2027, 6, 10)
NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_june():
    """Nine days before the meetings of these tests."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def make_row(mission, as_coordinator, bulgaria):
    """An invited organisation with its meeting: its row and the actor of its link."""
    numbers = iter(range(1, 50))

    def make(**values):
        number = next(numbers)
        name = values.pop("name", f"Watch {number}")
        ngo = create_organisation(by=as_coordinator, name=name, kind="ngo", country=bulgaria)
        add_contact(ngo, by=as_coordinator, name="Nadia Note", email=f"ngo{number}@example.org", language=values.pop("language", "fr"))
        common = {
            "kind": "ngo",
            "title": f"NGOs {number}",
            "start_day": DAY,
            "start_time": time(8 + number),
            "end_time": time(8 + number, 45),
        }
        meeting = meetings.plan_meeting(mission, by=as_coordinator, organisations=[ngo], **{**common, **values})
        row, url = invitations.invite(meeting.participants.get(), by=as_coordinator)
        return row, open_link(token_of(url), purpose=invitations.PURPOSE)[1], url

    return make


@pytest.fixture
def invited(make_row):
    """One invited organisation: its row, the actor of its link, the address."""
    return make_row()


def token_of(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[1]


def mails(name: str):
    return OutboxMail.objects.filter(template=f"missions/mail/{name}").order_by("pk")


def sent_event(mail):
    calendar = Calendar.from_ical(mail.attachments.get().file.read())
    return str(calendar["method"]), calendar.walk("VEVENT")[0]


# --- the calendar file in the mail --------------------------------------------------------------------------------


def test_the_mail_carries_a_request_that_calendars_recognise(invited):
    mail = mails("meeting_invitation").get()
    part = next(part for part in as_message(mail).message().walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    assert part["Content-Type"].lower().count("charset") == 1
    row = by_ical_js(mail.attachments.get().file.read())[calendars.uid_of(invited[0].meeting)]
    assert (row["method"], row["sequence"], row["status"]) == ("REQUEST", 0, "CONFIRMED")
    assert "10 juin 2027" in mail.body


def test_the_sequence_rises_and_the_uid_stays(invited, as_coordinator):
    row = invited[0]
    meetings.change_meeting(row.meeting, by=as_coordinator, place="Hotel")
    meetings.change_meeting(row.meeting, by=as_coordinator, start_time=time(7))
    meetings.cancel_meeting(row.meeting, by=as_coordinator, reason="Late.")
    found = [sent_event(mail) for mail in (*mails("meeting_invitation"), *mails("meeting_changed"), *mails("meeting_cancelled"))]
    assert [(method, int(event["sequence"])) for method, event in found] == [("REQUEST", 0), ("REQUEST", 1), ("REQUEST", 2), ("CANCEL", 3)]
    assert {str(event["uid"]) for _method, event in found} == {calendars.uid_of(row.meeting)}


# --- another time -------------------------------------------------------------------------------------------------


def propose(row, by, day=DAY, start=time(15), end=time(16)):
    return invitations.answer(row, by=by, answer="proposed", proposed_day=day, proposed_start=start, proposed_end=end, people="Nadia")


def test_a_proposal_is_taken_and_the_meeting_moves(invited, as_coordinator):
    row = propose(*invited[:2])
    assert [item.pk for item in invitations.proposals(Meeting.objects.all())] == [row.pk]
    assert not invitations.unanswered(Meeting.objects.all())
    row = proposals.accept_proposal(row, by=as_coordinator)
    assert (row.answer, row.proposed_day, row.people) == (ParticipantAnswer.ACCEPTED, None, "Nadia")
    meeting = Meeting.objects.get()
    assert (meeting.start_day, meeting.start_time, meeting.end_time, meeting.sequence) == (DAY, time(15), time(16), 1)
    assert meeting.starts_at == datetime(2027, 6, 10, 12, tzinfo=UTC)
    assert not mails("meeting_changed"), "who proposed the time is not asked whether it suits"
    told = mails("meeting_agreed").get()
    assert sent_event(told)[0] == "REQUEST" and "15:00" in told.body
    assert open_link(token_of(invited[2])), "the link of the invitation goes on working"
    with pytest.raises(NotNow):
        proposals.accept_proposal(row, by=as_coordinator)


def test_a_proposal_over_midnight_ends_on_the_next_day(invited, as_coordinator):
    row = propose(*invited[:2], start=time(22, 30), end=time(0, 30))
    assert (row.proposed_day, row.proposed_end_day) == (DAY, DAY + timedelta(days=1))
    row = proposals.accept_proposal(row, by=as_coordinator)
    meeting = Meeting.objects.get()
    assert (meeting.start_day, meeting.end_day, meeting.ends_at - meeting.starts_at) == (DAY, DAY + timedelta(days=1), timedelta(hours=2))
    told = mails("meeting_agreed").get()
    assert "22:30" in told.body and "00:30 (11 juin 2027)" in told.body
    with pytest.raises(Invalid) as refusal:
        propose(row, as_coordinator, start=time(22, 30), end=time(0, 30))
    assert refusal.value.code == "same_time"


def test_a_proposal_over_midnight_is_turned_down_with_both_days(invited, as_coordinator):
    row = propose(*invited[:2], start=time(22, 30), end=time(0, 30))
    proposals.decline_proposal(row, by=as_coordinator, reason="Too late.")
    assert "10 juin 2027, 22:30–00:30 (11 juin 2027)" in mails("meeting_proposal_declined").get().body


def test_a_proposal_over_midnight_on_both_pages(invited, client, client_for, coordinator):
    row, _by, url = invited
    link = f"/link/{token_of(url)}/meeting/"
    fields = {"answer": "proposed", "proposed_day": DAY.isoformat(), "proposed_start": "22:30", "proposed_end": "00:30"}
    assert client.post(link, fields | {"proposed_end": "07:30"}).status_code == 400
    assert client.post(link, fields).status_code == 302
    shown = "10 June 2027, 22:30–00:30 (11 June 2027)"
    assert shown in client.get(link).content.decode()
    desk, page = client_for(coordinator), row.meeting.get_absolute_url()
    assert shown in desk.get(page).content.decode()
    assert desk.post(f"{page}participants/{row.uuid}/accept_time/").status_code == 302
    assert shown in desk.get(page).content.decode()
    assert shown in client.get(link).content.decode()


def test_a_proposal_into_a_taken_room_is_refused(make_row, as_coordinator):
    row, by, _url = make_row(place="Hotel", room="Blue")
    other, _by, _url = make_row(title="Court", place="Hotel", room="Blue")
    row = propose(row, by, start=other.meeting.start_time, end=other.meeting.end_time)
    with pytest.raises(NotNow) as refusal:
        proposals.accept_proposal(row, by=as_coordinator)
    assert "Court" in refusal.value.missing[0].sentence
    row.refresh_from_db()
    assert row.answer == ParticipantAnswer.PROPOSED


def test_a_proposal_is_turned_down_with_a_mail(invited, as_coordinator):
    row, by, url = invited
    row = propose(row, by)
    with pytest.raises(Invalid):
        proposals.decline_proposal(row, by=as_coordinator, reason=" ")
    row = proposals.decline_proposal(row, by=as_coordinator, reason="We leave at 14:00.")
    assert (row.answer, row.proposed_day) == (ParticipantAnswer.INVITED, None)
    mail = mails("meeting_proposal_declined").get()
    assert "We leave at 14:00." in mail.body
    assert "15:00–16:00" in mail.body
    with pytest.raises(LinkGone):
        open_link(token_of(url))
    fresh = next(word for word in mail.body.split() if "/link/" in word)
    assert invitations.answer(row, by=open_link(token_of(fresh))[1], answer="accepted").answer == ParticipantAnswer.ACCEPTED
    with pytest.raises(NotNow):
        proposals.decline_proposal(row, by=as_coordinator, reason="Again.")


@pytest.mark.parametrize(
    ("values", "attr", "code"),
    [
        ({"proposed_day": None}, "proposed_day", "proposal_incomplete"),
        ({"proposed_end": None}, "proposed_end", "proposal_incomplete"),
        ({"proposed_end": time(14)}, "proposed_end", "end_before_start"),
        ({"proposed_day": date(2027, 5, 1)}, "proposed_day", "proposal_past"),
        ({"proposed_day": date(2028, 3, 26), "proposed_start": time(3, 30)}, "proposed_start", "skipped_hour"),
        ({"proposed_start": time(9), "proposed_end": time(9, 45)}, "proposed_start", "same_time"),
    ],
)
def test_proposals_that_cannot_be(invited, values, attr, code):
    row, by, _url = invited
    given = {"proposed_day": DAY, "proposed_start": time(15), "proposed_end": time(16), **values}
    with pytest.raises(Invalid) as refusal:
        invitations.answer(row, by=by, answer="proposed", **given)
    assert (refusal.value.attr, refusal.value.code) == (attr, code)
    row.refresh_from_db()
    assert row.answer == ParticipantAnswer.INVITED


def test_who_may_decide_about_a_proposal(invited, observer_a):
    row, by, _url = invited
    row = propose(row, by)
    for actor in (user_actor(observer_a), by):
        with pytest.raises(NotAllowed):
            proposals.accept_proposal(row, by=actor)
        with pytest.raises(NotAllowed):
            proposals.decline_proposal(row, by=actor, reason="x")


def test_a_meeting_that_moves_otherwise_ends_a_proposal(invited, as_coordinator):
    row = propose(*invited[:2])
    meetings.change_meeting(row.meeting, by=as_coordinator, start_time=time(7), end_time=time(8))
    row.refresh_from_db()
    assert (row.answer, row.proposed_day) == (ParticipantAnswer.INVITED, None)


# --- answers ------------------------------------------------------------------------------------------------------


def test_what_is_not_given_stays(invited, as_coordinator):
    row, by, _url = invited
    invitations.answer(row, by=by, answer="accepted", people="Nadia", access_needs="Step-free way.", comment="Gladly.")
    row = invitations.answer(row, by=as_coordinator, answer="declined")
    assert (row.answer, row.people, row.access_needs, row.comment) == ("declined", "Nadia", "Step-free way.", "Gladly.")


def docx(*names: str) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def test_papers_are_what_they_say(invited):
    row, by, _url = invited
    good = docx("[Content_Types].xml", "word/document.xml")
    assert invitations.answer(row, by=by, answer="accepted", paper=good, paper_name="p.docx").paper.name == "p.docx"
    for content in (
        docx("[Content_Types].xml"),
        docx("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        good[:40],
        b"plain",
    ):
        with pytest.raises(Invalid) as refusal:
            invitations.answer(row, by=by, answer="accepted", paper=content, paper_name="q.docx")
        assert refusal.value.attr == "file"
    row.refresh_from_db()
    assert row.paper.name == "p.docx"


def test_an_invitation_is_withdrawn_and_can_be_sent_again(invited, as_coordinator, client):
    row, by, url = invited
    invitations.answer(row, by=by, answer="accepted", people="Nadia")
    row = invitations.withdraw(row, by=as_coordinator)
    assert (row.answer, row.invited_at) == (ParticipantAnswer.NOT_INVITED, None)
    assert invitations.withdraw(row, by=as_coordinator).answer == ParticipantAnswer.NOT_INVITED
    method, event = sent_event(mails("meeting_withdrawn").get())
    assert (method, int(event["sequence"]), str(event["status"])) == ("CANCEL", 1, "CANCELLED")
    page = client.get(url, follow=True)
    assert page.status_code == 410
    assert "withdrawn" in page.content.decode()
    assert client.post(f"/link/{token_of(url)}/meeting/", {"answer": "accepted"}).status_code == 410
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        invitations.invite(row, by=as_coordinator)
    assert int(sent_event(mails("meeting_invitation").last())[1]["sequence"]) == 1


def test_an_organisation_taken_out_of_a_meeting_is_told_with_a_higher_number(invited, as_coordinator, client):
    row, _by, url = invited
    meetings.change_meeting(row.meeting, by=as_coordinator, organisations=[])
    method, event = sent_event(mails("meeting_withdrawn").get())
    assert (method, int(event["sequence"]), Meeting.objects.get().sequence) == ("CANCEL", 1, 1)
    assert client.get(url, follow=True).status_code == 410


# --- answers as calendar files ------------------------------------------------------------------------------------


def reply(row, partstat="ACCEPTED", *, method="REPLY", uid="", attendee="", sequence=0, more="") -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Some Calendar//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid or calendars.uid_of(row.meeting)}",
        f"SEQUENCE:{sequence}",
        "DTSTAMP:20270601T090000Z",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{attendee or row.contact.email.upper()}",
        *more.split("\n"),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(line for line in lines if line or line == lines[-1]).encode()


@pytest.mark.parametrize(("partstat", "answer"), [("ACCEPTED", "accepted"), ("TENTATIVE", "tentative"), ("DECLINED", "declined")])
def test_a_reply_is_read(invited, partstat, answer):
    row, by, _url = invited
    row = replies.answer_by_file(row, by=by, file=reply(row, partstat, more="COMMENT:Ще дойдем двама."))
    assert (row.answer, row.comment) == (answer, "Ще дойдем двама.")


def test_a_reply_may_come_from_another_address_of_the_same_office(invited, as_coordinator):
    row = replies.answer_by_file(invited[0], by=as_coordinator, file=reply(invited[0], attendee="office@example.com"))
    assert row.answer == ParticipantAnswer.ACCEPTED


def test_a_counter_proposal_as_a_file(invited):
    row, by, _url = invited
    more = "DTSTART:20270611T120000Z\nDTEND:20270611T130000Z"
    row = replies.answer_by_file(row, by=by, file=reply(row, "TENTATIVE", method="COUNTER", more=more))
    assert (row.answer, row.proposed_day, row.proposed_start, row.proposed_end) == ("proposed", date(2027, 6, 11), time(15), time(16))


def test_a_counter_proposal_over_midnight_as_a_file(invited):
    row, by, _url = invited
    more = "DTSTART:20270611T193000Z\nDTEND:20270611T213000Z"
    row = replies.answer_by_file(row, by=by, file=reply(row, "TENTATIVE", method="COUNTER", more=more))
    assert (row.proposed_day, row.proposed_start, row.proposed_end, row.proposed_end_day) == (
        date(2027, 6, 11),
        time(22, 30),
        time(0, 30),
        date(2027, 6, 12),
    )


def test_files_that_answer_nothing_get_a_sentence(invited, make_row):
    row, by, _url = invited
    other = make_row()[0]
    good = reply(row)
    wrong = {
        "not a calendar": b"%PDF-1.4 nothing",
        "empty": b"",
        "cut": good[:40],
        "bytes": b"BEGIN:VCALENDAR\xff\xfe\x00" + good,
        "nested": good.replace(b"END:VEVENT", b"BEGIN:VEVENT"),
        "two": good + good,
        "our own file": calendars.ics([calendars.event_of_meeting(row.meeting)], name="x", method="REQUEST"),
        "another meeting": reply(row, uid=calendars.uid_of(other.meeting)),
        "no answer": reply(row, "NEEDS-ACTION"),
        "delegated": reply(row, "DELEGATED"),
        "nobody here": reply(row, attendee="a@example.com", more="ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@example.com"),
        "too large": good + b"X" * 300_000,
        "no time": reply(row, method="COUNTER"),
        "two days": reply(row, method="COUNTER", more="DTSTART:20270611T120000Z\nDTEND:20270612T130000Z"),
        "backwards": reply(row, method="COUNTER", more="DTSTART:20270611T120000Z\nDTEND:20270611T110000Z"),
        "a day only": reply(row, method="COUNTER", more="DTSTART;VALUE=DATE:20270611\nDTEND;VALUE=DATE:20270612"),
    }
    for name, data in wrong.items():
        with pytest.raises(Invalid) as refusal:
            replies.answer_by_file(row, by=by, file=io.BytesIO(data))
        assert str(refusal.value.sentence).endswith("."), name
        row.refresh_from_db()
        assert row.answer == ParticipantAnswer.INVITED, name


def test_a_reply_to_an_earlier_version_is_refused(invited, as_coordinator):
    row = invited[0]
    old = reply(row)
    meetings.change_meeting(row.meeting, by=as_coordinator, description="For us only.")
    assert replies.answer_by_file(row, by=as_coordinator, file=old).answer == ParticipantAnswer.ACCEPTED
    meetings.change_meeting(row.meeting, by=as_coordinator, start_time=time(7))
    row.refresh_from_db()
    with pytest.raises(Invalid) as refusal:
        replies.answer_by_file(row, by=as_coordinator, file=old)
    assert refusal.value.code == "earlier_version"
    assert replies.answer_by_file(row, by=as_coordinator, file=reply(row, sequence=2)).answer == ParticipantAnswer.ACCEPTED


def test_who_may_upload_a_reply(invited, make_row, observer_a):
    row, _by, _url = invited
    for actor in (user_actor(observer_a), make_row()[1]):
        with pytest.raises(NotAllowed):
            replies.answer_by_file(row, by=actor, file=reply(row))


def test_a_reply_to_a_cancelled_meeting(invited, as_coordinator):
    row = invited[0]
    meetings.cancel_meeting(row.meeting, by=as_coordinator, reason="Ill.")
    row.refresh_from_db()
    with pytest.raises(NotNow):
        replies.answer_by_file(row, by=as_coordinator, file=reply(row, sequence=9))


# --- reminders ----------------------------------------------------------------------------------------------------


def sweep_until(end: datetime, *, step: timedelta = timedelta(hours=2)) -> list[tuple[str, str, str]]:
    """Sweep every two hours until `end`, for this rule alone; what was sent: when, to whom, in which language."""
    at, found = clock.real_now(), []
    this = {name: rule for name, rule in reminder_rules.rules.items() if name == "missions.meeting_unanswered"}
    while at < end:
        at += step
        with time_machine.travel(at, tick=False), patch.dict(reminder_rules.rules, this, clear=True):
            before = set(mails("meeting_unanswered").values_list("pk", flat=True))
            sweep_reminders()
            fresh = mails("meeting_unanswered").exclude(pk__in=before)
            found += [(f"{at:%d %H:%M}", mail.address, mail.language) for mail in fresh]
    return found


def test_who_has_not_answered_is_reminded_exactly_three_times_in_their_language(make_row, as_coordinator):
    silent = make_row(language="de")[0]
    for answer in ("accepted", "declined", "tentative"):
        row, by, _url = make_row()
        invitations.answer(row, by=by, answer=answer)
    row, by, _url = make_row()
    propose(row, by, start=time(20), end=time(21))
    end = silent.meeting.ends_at + timedelta(days=1)
    # After two days; at nine in Sofia three days and one day before.
    assert sweep_until(end) == [(f"{when}", "ngo1@example.org", "de") for when in ("03 08:00", "07 06:00", "09 06:00")]
    assert set(Reminder.objects.filter(rule="missions.meeting_unanswered").values_list("address", flat=True)) == {"ngo1@example.org"}


def test_the_link_in_a_reminder_works_and_so_does_the_first_one(invited):
    row, by, url = invited
    assert len(sweep_until(NOW + timedelta(days=2))) == 1
    link = next(word for word in mails("meeting_unanswered").get().body.split() if "/link/" in word)
    assert link != url
    assert open_link(token_of(link), purpose=invitations.PURPOSE)[2] == row
    assert open_link(token_of(url), purpose=invitations.PURPOSE)[2] == row
    assert invitations.answer(row, by=by, answer="accepted").answer == ParticipantAnswer.ACCEPTED
    assert sweep_until(row.meeting.ends_at) == []


def test_still_due_is_asked_at_sending(invited, monkeypatch):
    """Answered between the row and the mail: nothing is sent."""
    row, by, _url = invited
    with time_machine.travel(NOW + timedelta(hours=49), tick=False):
        monkeypatch.setattr("core.reminders.settle", lambda *given: 0)
        sweep_reminders()
        monkeypatch.undo()
        assert Reminder.objects.get(rule="missions.meeting_unanswered").state == "due"
        invitations.answer(row, by=by, answer="declined")
        sweep_reminders()
    assert Reminder.objects.get(rule="missions.meeting_unanswered").state == "dropped"
    assert not mails("meeting_unanswered").exists()


@pytest.mark.parametrize("act", ["cancel", "withdraw", "move", "contact"])
def test_reminders_end_with_what_they_are_about(invited, as_coordinator, act):
    row = invited[0]
    if act == "cancel":
        meetings.cancel_meeting(row.meeting, by=as_coordinator, reason="Ill.")
    elif act == "withdraw":
        invitations.withdraw(row, by=as_coordinator)
    elif act == "move":
        with time_machine.travel(NOW + timedelta(hours=40), tick=False):
            meetings.change_meeting(row.meeting, by=as_coordinator, start_time=time(7))
    else:
        Participant.objects.filter(pk=row.pk).update(contact=None)
    sent = sweep_until(NOW + timedelta(days=3))
    assert sent == []


def test_short_notice_is_not_answered_with_a_heap_of_reminders(make_row):
    """Invited a day and a half before: one reminder, on the morning of the day before, is too close; none comes."""
    with time_machine.travel(datetime(2027, 6, 8, 20, 0, tzinfo=UTC), tick=False):
        row = make_row()[0]
        assert sweep_until(row.meeting.ends_at) == []


def test_a_scheduler_that_stood_still_sends_the_last_reminder_only(invited):
    with time_machine.travel(datetime(2027, 6, 9, 7, 0, tzinfo=UTC), tick=False):
        sweep_reminders()
    assert mails("meeting_unanswered").count() == 1
