"""Organisations and meetings: invite by secure link, answer, tell changes and cancellations."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.services.links import issue_link, revoke_links_of
from core import audit, clock
from core.actors import SYSTEM, Actor
from core.enums import Access, Language
from core.errors import Invalid, NotNow
from core.files import DOCX, PDF, store_file
from core.outbox import queue_mail
from core.rights import authorize
from missions.enums import EXPECTED_ANSWERS, MeetingState, ParticipantAnswer
from missions.models import Contact, Meeting, Organisation, Participant
from missions.models.programme import end_day_of
from missions.services.calendars import event_of_meeting, ics
from missions.services.papers import check_paper
from missions.services.walltime import instant

PURPOSE = "meeting.answer"
ANSWERS = frozenset({ParticipantAnswer.ACCEPTED, ParticipantAnswer.TENTATIVE, ParticipantAnswer.DECLINED, ParticipantAnswer.PROPOSED})
LONGEST_OVER_MIDNIGHT = timedelta(hours=8)
NO_PROPOSAL = {"proposed_day": None, "proposed_start": None, "proposed_end": None}


@transaction.atomic
def invite(participant: Participant, *, by: Actor, contact: Contact | None = None) -> tuple[Participant, str]:
    """Invite an organisation by mail with a secure link and a calendar file. Returns the row and the link's address.

    Invited again, it gets a fresh link and the old one is dead. Raises Invalid where no contact has an address.
    """
    participant = _locked(participant)
    meeting = participant.meeting
    authorize(by, "missions.change_programme", meeting)
    _check_open(meeting)
    contact = contact or participant.contact or _any_contact(participant)
    if contact is None or not contact.email:
        sentence = _("“%(organisation)s” has no contact with an e-mail address.") % {"organisation": participant.organisation}
        raise Invalid(sentence, code="contact_missing", attr="contact")
    url = _issue(participant, contact, by=by)
    participant.contact, participant.invited_at = contact, clock.now()
    participant.answer = ParticipantAnswer.INVITED
    set_values(participant, NO_PROPOSAL)
    participant.save_changes("contact", "invited_at", "answer", *NO_PROPOSAL)
    audit.record(by, "missions.organisation_invited", meeting, data={"organisation": str(_asked(participant).uuid)})
    _mail(participant, "meeting_invitation", f"{participant.invited_at.isoformat()}", url=url)
    return participant, url


@transaction.atomic
def answer(
    participant: Participant,
    *,
    by: Actor,
    answer: str,
    comment: str | None = None,
    people: str | None = None,
    access_needs: str | None = None,
    paper: Any = None,
    paper_name: str = "",
    proposed_day: date | None = None,
    proposed_start: time | None = None,
    proposed_end: time | None = None,
) -> Participant:
    """Record an organisation's answer, by its link or by the coordinator on its behalf; it may change its mind until the meeting.

    `proposed` takes a day and two times in the meeting's zone. Texts that are not given stay. paper: bytes or a file, PDF or
    DOCX by its content, at most 20 MB. Raises Invalid naming the field, NotNow for a meeting that is cancelled or over.
    """
    participant = _locked(participant)
    authorize(by, "missions.answer_meeting", participant)
    _check_open(participant.meeting)
    if answer not in ANSWERS:
        raise Invalid(_("Accept or decline the invitation, or propose another time."), attr="answer")
    values: dict[str, Any] = {"answer": answer, "answered_at": clock.now(), **NO_PROPOSAL}
    if answer == ParticipantAnswer.PROPOSED:
        values |= _proposal(participant.meeting, proposed_day, proposed_start, proposed_end)
    texts = {"comment": comment, "people": people, "access_needs": access_needs}
    values |= {name: text.strip() for name, text in texts.items() if text is not None}
    if paper is not None:
        name = paper_name or getattr(paper, "name", "paper.pdf")
        values["paper"] = check_paper(store_file(paper, name=name, by=by, access=Access.TEAM, allow={PDF, DOCX}))
    set_values(participant, values)
    participant.save_changes(*values)
    audit.record(by, "missions.meeting_answered", participant.meeting, data={"answer": answer, "participant": str(participant.uuid)})
    return participant


@transaction.atomic
def withdraw(participant: Participant, *, by: Actor) -> Participant:
    """Take an invitation back: its link is dead, the organisation is told, its calendar takes the meeting out. Twice is once."""
    participant = _locked(participant)
    meeting = participant.meeting
    authorize(by, "missions.change_programme", meeting)
    if participant.answer == ParticipantAnswer.NOT_INVITED:
        return participant
    _check_open(meeting)
    # A calendar passes over what has no higher number: also a later invitation to the same meeting.
    meeting.sequence += 1
    meeting.save_changes("sequence")
    tell_withdrawal(participant, by=by, sequence=meeting.sequence)
    set_values(participant, {"answer": ParticipantAnswer.NOT_INVITED, "invited_at": None, "answered_at": None, **NO_PROPOSAL})
    participant.save_changes("answer", "invited_at", "answered_at", *NO_PROPOSAL)
    audit.record(by, "missions.invitation_withdrawn", meeting, data={"organisation": str(_asked(participant).uuid)})
    return participant


def tell_change(meeting: Meeting, *, by: Actor, ask_again: bool, agreed: Participant | None = None) -> None:
    """Mail the change to every organisation that was invited; where the time changed, its answer counts no more.

    agreed: whose proposal the new time is: it is told so, keeps its link and is not asked again.
    """
    for row in _invited(meeting):
        if agreed is not None and row.pk == agreed.pk:
            _mail(row, "meeting_agreed", str(meeting.sequence), url=another_link(row))
            continue
        if ask_again:
            set_values(row, {"answer": ParticipantAnswer.INVITED, "invited_at": clock.now(), **NO_PROPOSAL})
            row.save_changes("answer", "invited_at", *NO_PROPOSAL)
        url = _issue(row, row.contact, by=by) if row.contact else ""
        _mail(row, "meeting_changed", str(meeting.sequence), url=url)


def tell_cancellation(meeting: Meeting, *, by: Actor, only: Participant | None = None) -> None:
    """Mail the cancellation to every organisation that was invited, or to one that is no longer wanted; their links are dead."""
    if only is not None:
        tell_withdrawal(only, by=by, sequence=meeting.sequence + 1)  # the number that the meeting gets by losing it
        return
    for row in _invited(meeting):
        revoke_links_of(row, by=by, purpose=PURPOSE)
        _mail(row, "meeting_cancelled", str(meeting.sequence), cancelled=True)


def tell_withdrawal(participant: Participant, *, by: Actor, sequence: int) -> None:
    """Mail one organisation that it is no longer asked; its link is dead."""
    revoke_links_of(participant, by=by, purpose=PURPOSE)
    _mail(participant, "meeting_withdrawn", str(sequence), cancelled=True, sequence=sequence)


def tell_proposal_declined(participant: Participant, *, by: Actor, proposed: str, reason: str) -> None:
    """Mail an organisation that the time it proposed does not suit, with a fresh link."""
    url = _issue(participant, participant.contact, by=by)
    asked_at = participant.invited_at.isoformat() if participant.invited_at else ""
    _mail(participant, "meeting_proposal_declined", asked_at, url=url, proposed=proposed, why=reason)


def unanswered(meetings: Any) -> Any:
    """Organisations that were invited and have not answered."""
    rows = Participant.objects.filter(meeting__in=meetings, answer=ParticipantAnswer.INVITED)
    return rows.exclude(meeting__state=MeetingState.CANCELLED).select_related("meeting__mission", "organisation", "contact")


def proposals(meetings: Any) -> Any:
    """Organisations that propose another time and wait for our answer."""
    rows = Participant.objects.filter(meeting__in=meetings, answer=ParticipantAnswer.PROPOSED)
    return rows.exclude(meeting__state=MeetingState.CANCELLED).select_related("meeting__mission", "organisation", "contact")


def another_link(participant: Participant) -> str:
    """One more address by which to answer, for a reminder; the one in the invitation goes on working."""
    return _new_link(participant, participant.contact, by=SYSTEM)


def _proposal(meeting: Meeting, day: date | None, start: time | None, end: time | None) -> dict[str, Any]:
    """A proposed time, checked: whole, in the future, on the clock, another than the one that is planned.

    It may go over midnight: an end that is earlier on the clock is one of the next day. Where that would take longer than
    LONGEST_OVER_MIDNIGHT, the two times are rather taken for a slip of the pen.
    """
    for value, name in ((day, "proposed_day"), (start, "proposed_start"), (end, "proposed_end")):
        if value is None:
            raise Invalid(_("Give the day and both times that would suit you."), code="proposal_incomplete", attr=name)
    assert day is not None and start is not None and end is not None  # for the type checker
    end_day = end_day_of(day, start, end)
    begins = instant(day, start, meeting.zone, attr="proposed_start")
    lasts = instant(end_day, end, meeting.zone, attr="proposed_end") - begins
    if lasts <= timedelta(0) or (end_day > day and lasts > LONGEST_OVER_MIDNIGHT):
        raise Invalid(_("The proposed time ends before it starts."), code="end_before_start", attr="proposed_end")
    if begins <= clock.now():
        raise Invalid(_("The proposed time is past."), code="proposal_past", attr="proposed_day")
    if (day, start, end_day, end) == (meeting.start_day, meeting.start_time, meeting.end_day, meeting.end_time):
        raise Invalid(_("This is the time of the meeting: accept it, or propose another one."), code="same_time", attr="proposed_start")
    return {"proposed_day": day, "proposed_start": start, "proposed_end": end}


def set_values(row: Any, values: dict[str, Any]) -> None:
    """Set attributes; saving them is the caller's."""
    for name, value in values.items():
        setattr(row, name, value)


def _issue(participant: Participant, contact: Contact | None, *, by: Actor) -> str:
    revoke_links_of(participant, by=by, purpose=PURPOSE)
    return _new_link(participant, contact, by=by)


def _new_link(participant: Participant, contact: Contact | None, *, by: Actor) -> str:
    left = max(participant.meeting.ends_at - clock.now(), timedelta(0))
    _link, url = issue_link(
        by=by,
        purpose=PURPOSE,
        subject=participant,
        expires_at=clock.real_now() + left + timedelta(days=1),
        language=contact.language if contact else Language.EN,
        name=contact.name if contact else "",
        address=contact.email if contact else "",
    )
    return url


def _mail(
    participant: Participant,
    template: str,
    occurrence: str,
    *,
    url: str = "",
    cancelled: bool = False,
    sequence: int | None = None,
    **more: Any,
) -> None:
    """One mail to the contact with the calendar file as it is now; none where nobody has an address."""
    contact, meeting = participant.contact, participant.meeting
    if contact is None or not contact.email:
        return
    event = event_of_meeting(meeting, is_cancelled=cancelled or meeting.state == MeetingState.CANCELLED, sequence=sequence)
    method = "CANCEL" if event.is_cancelled else "REQUEST"
    content = ics([event], name=meeting.title, method=method, attendee=contact.email, attendee_name=_asked(participant).name)
    queue_mail(
        key=f"{template}:{participant.uuid}:{occurrence}",
        address=contact.email,
        name=contact.name,
        language=contact.language,
        zone=meeting.zone,
        template=f"missions/mail/{template}",
        context={"url": url, **facts_for(participant), **more},
        attachments=[("invitation.ics", f"text/calendar; method={method}", content)],
        mission=meeting.mission,
    )
    participant.told_sequence = event.sequence
    participant.save_changes("told_sequence")


def facts_for(participant: Participant) -> dict[str, Any]:
    """What mails to an organisation say about the meeting, in the language of its contact."""
    meeting = participant.meeting
    with translation.override(participant.contact.language if participant.contact else Language.EN):
        next_day = f" ({date_format(meeting.end_day)})" if meeting.end_day > meeting.start_day else ""
        return {
            "title": meeting.title,
            "organisation": _asked(participant).name,
            "day": date_format(meeting.start_day, "DATE_FORMAT"),
            "start": meeting.start_time.strftime("%H:%M"),
            "end": meeting.end_time.strftime("%H:%M") + next_day,
            "meeting_zone": meeting.zone,
            "place": ", ".join(part for part in (meeting.place, meeting.room) if part),
            "link": meeting.link,
            "reason": meeting.cancelled_reason,
        }


def _invited(meeting: Meeting) -> list[Participant]:
    rows = meeting.participants.exclude(organisation=None).filter(answer__in=EXPECTED_ANSWERS)
    return list(rows.select_related("organisation", "contact", "meeting__mission"))


def _any_contact(participant: Participant) -> Contact | None:
    return _asked(participant).contacts.exclude(email="").first()


def _locked(participant: Participant) -> Participant:
    rows = Participant.objects.select_for_update(of=("self",)).select_related("meeting__mission", "organisation", "contact")
    found = rows.get(pk=participant.pk)
    _asked(found)
    return found


def _asked(participant: Participant) -> Organisation:
    if participant.organisation is None:
        raise Invalid(_("Only organisations are invited this way."), code="not_an_organisation")
    return participant.organisation


def _check_open(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise NotNow(_("The meeting was cancelled."), code="meeting_closed")
    if meeting.state == MeetingState.HELD or meeting.ends_at <= clock.now():
        raise NotNow(_("The meeting is over."), code="meeting_over")
