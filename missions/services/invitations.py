"""Organisations and meetings: invite by secure link, answer, tell changes and cancellations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.links import issue_link, revoke_links_of
from core import audit, clock
from core.actors import Actor
from core.enums import Access, Language
from core.errors import Invalid, NotNow
from core.files import DOCX, PDF, store_file
from core.outbox import queue_mail
from core.rights import authorize
from missions.enums import MeetingState, ParticipantAnswer
from missions.models import Contact, Meeting, Organisation, Participant
from missions.services.calendars import event_of_meeting, ics

PURPOSE = "meeting.answer"
ICS = "text/calendar; charset=utf-8"


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
    participant.save_changes("contact", "invited_at", "answer")
    audit.record(by, "missions.organisation_invited", meeting, data={"organisation": str(_asked(participant).uuid)})
    _mail(participant, "meeting_invitation", f"{participant.invited_at.isoformat()}", url=url)
    return participant, url


@transaction.atomic
def answer(
    participant: Participant,
    *,
    by: Actor,
    answer: str,
    comment: str = "",
    people: str = "",
    paper: Any = None,
    paper_name: str = "",
) -> Participant:
    """Record an organisation's answer, by its link or by the coordinator on its behalf; it may change its mind until the meeting.

    paper: bytes or a file, PDF or DOCX by its content, at most 20 MB.
    """
    participant = _locked(participant)
    authorize(by, "missions.answer_meeting", participant)
    _check_open(participant.meeting)
    if answer not in {ParticipantAnswer.ACCEPTED, ParticipantAnswer.DECLINED}:
        raise Invalid(_("Accept or decline the invitation."), attr="answer")
    fields = ["answer", "answered_at", "comment", "people"]
    if paper is not None:
        name = paper_name or getattr(paper, "name", "paper.pdf")
        participant.paper = store_file(paper, name=name, by=by, access=Access.TEAM, allow={PDF, DOCX})
        fields.append("paper")
    participant.answer, participant.answered_at = answer, clock.now()
    participant.comment, participant.people = comment.strip(), people.strip()
    participant.save_changes(*fields)
    audit.record(by, "missions.meeting_answered", participant.meeting, data={"answer": answer, "participant": str(participant.uuid)})
    return participant


def tell_change(meeting: Meeting, *, by: Actor, ask_again: bool) -> None:
    """Mail the change to every organisation that was invited; where the time changed, its answer counts no more."""
    for row in _invited(meeting):
        if ask_again and row.answer == ParticipantAnswer.ACCEPTED:
            row.answer = ParticipantAnswer.INVITED
            row.save_changes("answer")
        url = _issue(row, row.contact, by=by) if row.contact else ""
        _mail(row, "meeting_changed", str(meeting.sequence), url=url)


def tell_cancellation(meeting: Meeting, *, by: Actor, only: Participant | None = None) -> None:
    """Mail the cancellation to every organisation that was invited, or to one that is no longer wanted; their links are dead."""
    rows = [only] if only is not None else _invited(meeting)
    for row in rows:
        revoke_links_of(row, by=by, purpose=PURPOSE)
        _mail(row, "meeting_cancelled", str(meeting.sequence), cancelled=True)


def unanswered(meetings: Any) -> Any:
    """Organisations that were invited and have not answered."""
    rows = Participant.objects.filter(meeting__in=meetings, answer=ParticipantAnswer.INVITED)
    return rows.exclude(meeting__state=MeetingState.CANCELLED).select_related("meeting", "organisation", "contact")


def _issue(participant: Participant, contact: Contact | None, *, by: Actor) -> str:
    revoke_links_of(participant, by=by, purpose=PURPOSE)
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


def _mail(participant: Participant, template: str, occurrence: str, *, url: str = "", cancelled: bool = False) -> None:
    contact, meeting = participant.contact, participant.meeting
    if contact is None or not contact.email:
        return
    event = event_of_meeting(meeting, is_cancelled=cancelled or meeting.state == MeetingState.CANCELLED)
    method = "CANCEL" if event.is_cancelled else "REQUEST"
    queue_mail(
        key=f"{template}:{participant.uuid}:{occurrence}",
        address=contact.email,
        name=contact.name,
        language=contact.language,
        zone=meeting.zone,
        template=f"missions/mail/{template}",
        context={
            "url": url,
            "title": meeting.title,
            "organisation": _asked(participant).name,
            "day": meeting.start_day.isoformat(),
            "start": meeting.start_time.strftime("%H:%M"),
            "end": meeting.end_time.strftime("%H:%M"),
            "meeting_zone": meeting.zone,
            "place": ", ".join(part for part in (meeting.place, meeting.room) if part),
            "link": meeting.link,
            "reason": meeting.cancelled_reason,
        },
        attachments=[("invitation.ics", ICS, ics([event], name=meeting.title, method=method, attendee=contact.email))],
        mission=meeting.mission,
    )


def _invited(meeting: Meeting) -> list[Participant]:
    rows = meeting.participants.exclude(organisation=None).exclude(answer=ParticipantAnswer.NOT_INVITED)
    return list(rows.exclude(answer=ParticipantAnswer.DECLINED).select_related("organisation", "contact", "meeting__mission"))


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
    if meeting.ends_at <= clock.now():
        raise NotNow(_("The meeting is over."), code="meeting_over")
