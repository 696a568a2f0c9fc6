"""Answers to invitations that arrive as mail (iMIP): a mailbox is read, its calendar replies go where uploaded ones go.

The mailbox belongs to the secretariat and is only read: nothing in it is moved, marked or deleted. What was read is known by
the Message-ID (`MailedReply`), so that a mailbox may be read again and again.
"""

from __future__ import annotations

import hashlib
import mailbox
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import GlobalRole
from accounts.models import User
from core import audit
from core.actors import Actor
from core.enums import Language
from core.errors import DomainError, Invalid
from core.late import Late
from core.outbox import queue_mail
from core.rights import authorize
from missions.models import MailedReply, Meeting, Participant
from missions.services.calendars import DOMAIN
from missions.services.replies import REPLY_BYTES, answer_by_file

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Late("icalendar")

METHODS = frozenset({"REPLY", "COUNTER"})
MAIL_BYTES = 25 * 1024 * 1024


def read_mailbox(path: str | Path, *, by: Actor) -> dict[str, Any]:
    """Read an mbox file, a Maildir or a folder of .eml files. Returns `{taken, refused: [{message, why}], known}`.

    Each mail is taken or refused by itself, once: read again, it is `known`. A refused calendar answer is told to the
    coordinators by mail; a mail that carries none is refused and told to nobody. Raises Invalid for a path that is no mailbox.
    """
    authorize(by, "missions.answer_meeting", None)
    taken, known = 0, 0
    refused: list[dict[str, str]] = []
    for data in _mails(Path(path)):
        head = BytesHeaderParser(policy=policy.compat32).parsebytes(data[: 256 * 1024])
        named = " ".join(str(head.get("Message-ID", "")).split())
        key = hashlib.sha256(named.encode(errors="replace") or data).hexdigest()
        if MailedReply.objects.filter(key=key).exists():
            known += 1
            continue
        why = _take(data, key, by=by)
        if why:
            refused.append({"message": named or key[:16], "why": why})
        else:
            taken += 1
    return {"taken": taken, "refused": refused, "known": known}


@transaction.atomic
def _take(data: bytes, key: str, *, by: Actor) -> str:
    """Take one mail; why not, in a sentence, where it cannot be taken."""
    mail: EmailMessage | None = None
    reply, participant = b"", None
    try:
        mail = _parsed(data)
        reply = _reply_in(mail)
        participant = _invited(reply, mail)
        with transaction.atomic():
            answer_by_file(participant, by=by, file=reply)
    except DomainError as refusal:
        why = str(refusal.sentence)
        MailedReply.objects.create(key=key, participant=participant, why=why)
        if mail is not None and reply:
            _tell_coordinators(mail, key, why, participant)
        return why
    MailedReply.objects.create(key=key, participant=participant)
    audit.record(by, "missions.reply_mailed", participant.meeting, data={"participant": str(participant.uuid)})
    return ""


def _mails(path: Path) -> Iterator[bytes]:
    """The raw mails of a mailbox, in its order."""
    try:
        if path.is_dir() and ((path / "cur").is_dir() or (path / "new").is_dir()):
            files = [file for part in ("cur", "new") if (path / part).is_dir() for file in (path / part).iterdir() if file.is_file()]
            yield from (file.read_bytes() for file in sorted(files, key=lambda file: file.name))
        elif path.is_dir():
            yield from (file.read_bytes() for file in sorted(path.iterdir()) if file.suffix.lower() == ".eml" and file.is_file())
        elif path.is_file():
            yield from _of_mbox(path)
        else:
            raise Invalid(_("There is no mailbox at %(path)s.") % {"path": path}, code="no_mailbox", attr="mailbox")
    except OSError as error:
        values = {"path": path, "why": error.strerror or error}
        raise Invalid(_("The mailbox at %(path)s cannot be read: %(why)s.") % values, code="no_mailbox", attr="mailbox") from None


def _of_mbox(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(5)
    if head and head != b"From ":
        sentence = _("%(path)s is no mailbox: it should be an mbox file, a Maildir or a folder of .eml files.")
        raise Invalid(sentence % {"path": path}, code="no_mailbox", attr="mailbox")
    box = mailbox.mbox(path, create=False)
    try:
        yield from (box.get_bytes(key) for key in box.keys())  # noqa: SIM118  (a mailbox iterates over mails, not keys)
    finally:
        box.close()


def _parsed(data: bytes) -> EmailMessage:
    if len(data) > MAIL_BYTES:
        raise _wrong(_("This mail is larger than 25 MB."))
    try:
        mail = message_from_bytes(data, policy=policy.default)
        _sender(mail), list(mail.walk())
    except Exception:  # the parser lets many kinds of errors through; whatever it was, the mail cannot be read
        raise _wrong(_("This mail cannot be read.")) from None
    return mail


def _reply_in(mail: EmailMessage) -> bytes:
    """The calendar answer that a mail carries."""
    for part in mail.walk():
        if part.get_content_type() not in {"text/calendar", "application/ics"}:
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        method = str(part.get_param("method") or "").upper() or _method_in(content)
        if method in METHODS:
            return content
    raise _wrong(_("This mail carries no answer of a calendar: no part of it is text/calendar with the method REPLY."), code="no_reply")


def _method_in(content: bytes) -> str:
    lines = (line.strip().upper() for line in content[:REPLY_BYTES].splitlines())
    return next((line.removeprefix(b"METHOD:").decode("ascii", "replace") for line in lines if line.startswith(b"METHOD:")), "")


def _invited(reply: bytes, mail: EmailMessage) -> Participant:
    """The organisation that was asked and answers here: by the meeting's UID and the address of the one who answers."""
    event = _event(reply)
    meeting = _meeting(str(event.get("uid", "")).strip())
    addresses = _addresses(event)
    rows = (
        meeting.participants.exclude(organisation=None).exclude(contact=None).select_related("organisation", "contact", "meeting__mission")
    )
    found = [row for row in rows if row.contact and row.contact.email and row.contact.email.casefold() in addresses]
    values = {"address": ", ".join(sorted(addresses)) or "–", "meeting": meeting.title}
    if not found:
        raise _wrong(_("%(address)s was not invited to “%(meeting)s”.") % values, code="not_invited")
    if len(found) > 1:
        sentence = _("Several organisations were invited to “%(meeting)s” at %(address)s: note their answers by hand.")
        raise _wrong(sentence % values, code="several")
    row, sender = found[0], _sender(mail)
    if row.contact is None or sender not in {row.contact.email.casefold(), *_sent_by(event)}:
        sentence = _("This answer of %(address)s was sent by %(sender)s: ask whether it is theirs, and upload it.")
        raise _wrong(sentence % {**values, "sender": sender or "–"}, code="other_sender")
    stamp = _stamp(event)
    if stamp and row.answered_at and stamp < row.answered_at.replace(microsecond=0):
        raise _wrong(_("A later answer of “%(organisation)s” is on file.") % {"organisation": row.organisation}, code="older_answer")
    return row


def _event(reply: bytes) -> icalendar.Component:
    try:
        if len(reply) > REPLY_BYTES:
            raise ValueError
        events = icalendar.Calendar.from_ical(reply).walk("VEVENT")
        return events[0]
    except Exception:  # as in `replies`: whatever the parser met, the file cannot be read
        raise _wrong(_("This calendar file cannot be read.")) from None


def _meeting(uid: str) -> Meeting:
    try:
        uuid = UUID(uid.removeprefix("meeting-").removesuffix(f"@{DOMAIN}"))
    except ValueError:
        uuid = None
    row = Meeting.objects.select_related("mission").filter(uuid=uuid).first() if uuid and uid.endswith(f"@{DOMAIN}") else None
    if row is None:
        raise _wrong(_("This calendar file answers no meeting of ours: its UID is “%(uid)s”.") % {"uid": uid[:80]}, code="other_meeting")
    return row


def _attendees(event: icalendar.Component) -> list[Any]:
    found = event.get("attendee") or []
    return found if isinstance(found, list) else [found]


def _addresses(event: icalendar.Component) -> set[str]:
    return {str(row).strip().casefold().removeprefix("mailto:") for row in _attendees(event)}


def _sent_by(event: icalendar.Component) -> set[str]:
    """Who may answer for an attendee, as the calendar file says (RFC 5545, SENT-BY)."""
    said = (str(getattr(row, "params", {}).get("SENT-BY", "")) for row in _attendees(event))
    return {text.strip().strip('"').casefold().removeprefix("mailto:") for text in said} - {""}


def _sender(mail: EmailMessage) -> str:
    return parseaddr(str(mail.get("From", "")))[1].casefold()


def _stamp(event: icalendar.Component) -> datetime | None:
    """When the answer was given (DTSTAMP, always in UTC)."""
    value = getattr(event.get("dtstamp"), "dt", None)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _tell_coordinators(mail: EmailMessage, key: str, why: str, participant: Participant | None) -> None:
    """A calendar answer that was not taken is somebody's work: the coordinators read from whom it came, and why not."""
    meeting = participant.meeting if participant else None
    for user in User.objects.filter(is_active=True, grants__role=GlobalRole.COORDINATOR).select_related("person").distinct():
        queue_mail(
            key=f"reply-refused:{key[:32]}:{user.uuid}",
            address=user.email,
            name=user.name,
            language=user.language or Language.EN,
            template="missions/mail/reply_refused",
            context={
                "sender": _sender(mail),
                "about": " ".join(str(mail.get("Subject", "")).split())[:200],
                "why": why,
                "path": meeting.get_absolute_url() if meeting else "",
            },
            mission=meeting.mission if meeting else None,
        )


def _wrong(sentence: str, *, code: str = "not_a_reply") -> Invalid:
    return Invalid(sentence, code=code, attr="reply")
