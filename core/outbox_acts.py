"""What people do with the outbox: let a held mail go, stop one, send one again, note what came back, bar an address."""

from __future__ import annotations

import email
import hashlib
import re
from email.message import Message
from email.policy import default
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import SYSTEM, Actor
from core.enums import MailChannel, MailState
from core.errors import Invalid, NotNow
from core.models import OutboxAttachment, OutboxMail, SuppressedAddress
from core.rights import authorize

WAITING = (MailState.HELD, MailState.QUEUED)
AGAIN = (MailState.SENT, MailState.FAILED, MailState.BOUNCED, MailState.STOPPED)


@transaction.atomic
def release_mail(mail: OutboxMail, *, by: Actor) -> None:
    """Let a held mail go. Raises NotNow for one that is not held."""
    from core.tasks import send_mail_task  # tasks import the outbox

    authorize(by, "core.change_outbox")
    _move(mail, (MailState.HELD,), _("This mail is not held back."), state=MailState.QUEUED, next_at=clock.real_now(), decided_by=str(by))
    audit.record(by, "mail.released", mail)
    send_mail_task.apply_async_on_commit(args=(mail.pk,), queue="urgent" if mail.urgent else "default")


@transaction.atomic
def stop_mail(mail: OutboxMail, *, by: Actor) -> None:
    """Let a mail that waits never go. Raises NotNow for one that is gone already."""
    authorize(by, "core.change_outbox")
    _move(mail, WAITING, _("Only a mail that waits can be stopped."), state=MailState.STOPPED, decided_by=str(by))
    audit.record(by, "mail.stopped", mail)


@transaction.atomic
def resend_mail(mail: OutboxMail, *, by: Actor) -> OutboxMail:
    """Send a mail that is over once more, as a mail of its own. Raises NotNow where it waits, or for an address that is barred."""
    from core.tasks import send_mail_task  # tasks import the outbox

    authorize(by, "core.change_outbox")
    if mail.state not in AGAIN:
        raise NotNow(_("This mail still waits."), code="mail_waits")
    if mail.channel == MailChannel.PUSH and mail.subscription is None:
        raise NotNow(_("Its browser does not want any more."), code="push_gone")
    if mail.channel == MailChannel.MAIL and SuppressedAddress.objects.filter(address=mail.address.lower()).exists():
        raise NotNow(_("Nothing is sent to %(address)s: take the address off the list first.") % {"address": mail.address}, code="barred")
    root = hashlib.sha256(mail.key.encode()).hexdigest()[:16]
    number = OutboxMail.objects.filter(key__startswith=f"again:{root}:").count() + 1
    copied = ("address", "name", "language", "template", "subject", "body", "mission", "urgent", "unsubscribe", "channel", "subscription")
    values = {name: getattr(mail, name) for name in copied}
    again = OutboxMail(key=f"again:{root}:{number}", next_at=clock.real_now(), decided_by=str(by), **values)
    again.message_id = f"<{again.uuid}@scrutin>"
    again.save()
    for row in mail.attachments.all():
        OutboxAttachment.objects.create(mail=again, file=row.file, position=row.position)
    audit.record(by, "mail.sent_again", again)
    send_mail_task.apply_async_on_commit(args=(again.pk,), queue="default")
    return again


@transaction.atomic
def suppress_address(address: str, *, reason: str, by: Actor) -> SuppressedAddress:
    """Send nothing to this address from now on; what waits for it is stopped when its turn comes. Safe to repeat."""
    authorize(by, "core.change_outbox")
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(_("“%(address)s” is no e-mail address.") % {"address": address}, code="address", attr="address") from error
    if not reason.strip():
        raise Invalid(_("Say why nothing is to be sent there."), code="reason", attr="reason")
    row, _created = SuppressedAddress.objects.get_or_create(address=address.lower(), defaults={"reason": reason[:300], "by": str(by)})
    audit.record(by, "mail.address_barred", row)
    return row


@transaction.atomic
def unsuppress_address(row: SuppressedAddress, *, by: Actor) -> None:
    """Send to this address again. What was stopped meanwhile stays stopped; it can be sent again."""
    authorize(by, "core.change_outbox")
    audit.record(by, "mail.address_opened", row)
    row.delete()


@transaction.atomic
def note_bounce(*, message_id: str = "", address: str = "", reason: str, permanent: bool) -> OutboxMail | None:
    """Note that a mail came back; one that came back for good bars its address. None where no mail of ours is meant. Safe to repeat."""
    rows = OutboxMail.objects.filter(channel=MailChannel.MAIL, state__in=(MailState.SENT, MailState.BOUNCED))
    if message_id:
        mail = rows.filter(message_id=f"<{message_id.strip().strip('<>')}>").first()
    else:
        mail = rows.filter(address__iexact=address.strip()).order_by("-sent_at").first() if address else None
    if mail is None:
        return None
    words = " ".join(reason.split())[:300] or _("no reason given")
    if mail.state == MailState.SENT:
        OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.BOUNCED, error=words)
        audit.record(SYSTEM, "mail.came_back", mail)
    if permanent:
        suppress_address(mail.address, reason=words, by=SYSTEM)
    mail.refresh_from_db()
    return mail


def read_bounce(raw: bytes) -> dict[str, Any] | None:
    """What a delivery report (RFC 3464) says: `message_id`, `address`, `reason`, `permanent`. None for any other mail."""
    message = email.message_from_bytes(raw, policy=default)
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    blocks = [block for block in status.get_payload() if isinstance(block, Message)]
    facts = next((block for block in blocks if block.get("Final-Recipient")), None)
    if facts is None or facts.get("Action", "").strip().lower() not in {"failed", "delayed"}:
        return None
    returned = next((part for part in message.walk() if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}), None)
    text = returned.as_string() if returned is not None else ""
    found = re.search(r"^Message-ID:\s*(<[^>]+>)", text, re.IGNORECASE | re.MULTILINE)
    code = facts.get("Status", "").strip()
    return {
        "message_id": found.group(1) if found else "",
        "address": facts["Final-Recipient"].split(";", 1)[-1].strip(),
        "reason": f"{code} {facts.get('Diagnostic-Code', '').split(';', 1)[-1].strip()}".strip(),
        "permanent": code.startswith("5"),
    }


def _move(mail: OutboxMail, sources: tuple[str, ...], sentence: str, **values: Any) -> None:
    if not OutboxMail.objects.filter(pk=mail.pk, state__in=sources).update(**values):
        raise NotNow(sentence, code="mail_state")
    mail.refresh_from_db()
