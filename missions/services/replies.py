"""Answers as calendar files (iTIP REPLY and COUNTER), as calendar applications write them."""

from __future__ import annotations

from datetime import datetime
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import Invalid
from core.late import Late
from core.rights import authorize
from missions.enums import ParticipantAnswer
from missions.models import Participant
from missions.models.programme import end_day_of
from missions.services import invitations
from missions.services.calendars import uid_of

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Late("icalendar")

REPLY_BYTES = 256 * 1024
MEANT = {
    "ACCEPTED": ParticipantAnswer.ACCEPTED,
    "TENTATIVE": ParticipantAnswer.TENTATIVE,
    "DECLINED": ParticipantAnswer.DECLINED,
}


def answer_by_file(participant: Participant, *, by: Actor, file: IO[bytes] | bytes) -> Participant:
    """Record the answer that a calendar file carries, uploaded by the contact or by the coordinator who got it by mail.

    Raises Invalid with a sentence for a file that is no calendar file, answers nothing, another meeting, or an earlier
    version of this one.
    """
    authorize(by, "missions.answer_meeting", participant)
    data = file if isinstance(file, bytes) else file.read(REPLY_BYTES + 1)
    return invitations.answer(participant, by=by, **read_reply(data, participant))


def read_reply(data: bytes, participant: Participant) -> dict[str, Any]:
    """What the file answers, as `invitations.answer` takes it."""
    calendar = _calendar(data)
    method = str(calendar.get("method", "")).strip().upper()
    if method not in {"REPLY", "COUNTER"}:
        found = method or _("none")
        raise _wrong(_("This calendar file is not an answer: its METHOD is “%(method)s”, not REPLY.") % {"method": found})
    events = [event for event in calendar.walk("VEVENT") if str(event.get("uid", "")).strip() == uid_of(participant.meeting)]
    if not events:
        raise _wrong(_("This calendar file answers another meeting: its UID is not the one of this meeting."), code="other_meeting")
    event = events[0]
    if participant.told_sequence is not None and _number(event.get("sequence", 0)) < participant.told_sequence:
        sentence = _("This calendar file answers an earlier version of the meeting, which has changed since.")
        raise _wrong(sentence, code="earlier_version")
    comment = str(event.get("comment", "")).strip() if not isinstance(event.get("comment"), list) else ""
    values: dict[str, Any] = {"comment": comment[:5000]} if comment else {}
    if method == "COUNTER":
        return {**values, "answer": ParticipantAnswer.PROPOSED, **_times(event, participant)}
    return {**values, "answer": _meaning(event, participant)}


def _calendar(data: bytes) -> icalendar.Calendar:
    if len(data) > REPLY_BYTES:
        raise _wrong(_("The calendar file is larger than 256 kB."))
    if b"BEGIN:VCALENDAR" not in data.upper():
        raise _wrong(_("This is not a calendar file: send the .ics file that your calendar makes when you answer."))
    try:
        found = icalendar.Calendar.from_ical(data)
    except Exception:  # the parser lets many kinds of errors through; whatever it was, the file cannot be read
        raise _wrong(_("This calendar file cannot be read.")) from None
    if not isinstance(found, icalendar.Calendar):
        raise _wrong(_("This calendar file cannot be read."))
    return found


def _meaning(event: icalendar.Component, participant: Participant) -> str:
    """The answer of the contact's own ATTENDEE line, or of the only one there is."""
    found = event.get("attendee") or []
    rows = found if isinstance(found, list) else [found]
    address = participant.contact.email.casefold() if participant.contact else ""
    own = [row for row in rows if str(row).casefold().removeprefix("mailto:").strip() == address]
    chosen = own[:1] or (rows if len(rows) == 1 else [])
    if not chosen:
        raise _wrong(_("This calendar file names nobody who was invited here."), code="other_attendee")
    said = str(getattr(chosen[0], "params", {}).get("PARTSTAT", "")).upper()
    if said not in MEANT:
        sentence = _("This calendar file says “%(answer)s”; it must accept, decline or accept provisionally.")
        raise _wrong(sentence % {"answer": said or "NEEDS-ACTION"}, code="no_answer")
    return MEANT[said]


def _times(event: icalendar.Component, participant: Participant) -> dict[str, Any]:
    """The time that a counter-proposal names, on the clocks of the meeting."""
    zone = ZoneInfo(participant.meeting.zone)
    try:
        start, end = event.decoded("dtstart"), event.decoded("dtend")
        local = [moment.astimezone(zone) if moment.tzinfo else moment for moment in (start, end)]
        if not all(isinstance(moment, datetime) for moment in local):
            raise TypeError
    except (KeyError, AttributeError, TypeError, ValueError, OverflowError):
        raise _wrong(_("This calendar file proposes no time with a start and an end."), code="no_time") from None
    values = [moment.time().replace(second=0, microsecond=0) for moment in local]
    if local[1].date() != end_day_of(local[0].date(), values[0], values[1]):
        raise _wrong(_("The proposed time ends on a later day than the next one, or not after it starts."), code="no_time")
    return {"proposed_day": local[0].date(), "proposed_start": values[0], "proposed_end": values[1]}


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _wrong(sentence: str, *, code: str = "not_a_reply") -> Invalid:
    return Invalid(sentence, code=code, attr="reply")
