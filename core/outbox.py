"""Mail: a row per mail with a unique key, sent by a worker that claims it by conditional update.

A crash between sending and recording leaves the row `sending`; when its lease ends it is sent again under the same
Message-ID, which mail servers and readers fold into one. That window is the only one (docs/reminders.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template import Context
from django.template.loader import get_template
from django.utils import formats, translation

from core import clock
from core.actors import SYSTEM
from core.enums import MailState
from core.files import store_file
from core.models import OutboxAttachment, OutboxMail, StoredFile

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
RETRY_AFTER = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8)]

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
UNQUOTABLE = str.maketrans("", "", '"\\')

Attachment = tuple[str, str, bytes] | StoredFile


def queue_mail(
    *,
    key: str,
    address: str,
    template: str,
    context: dict[str, Any] | None = None,
    name: str = "",
    language: str = "en",
    zone: str = clock.STRASBOURG,
    attachments: Sequence[Attachment] = (),
    mission: Any = None,
    urgent: bool = False,
) -> OutboxMail:
    """Put one mail into the outbox, rendered now in the reader's language; it leaves once the transaction is committed.

    key: what makes it one; a second call with the same key returns the first mail and changes nothing.
    template: `<app>/mail/<name>`, of which `.subject.txt` and `.body.txt` are rendered. mission: a mission or its reference.
    context: days in it (dates, or ISO texts such as "2026-12-04") are written as the reader writes them.
    """
    from core.tasks import send_mail_task  # tasks import this module

    existing = OutboxMail.objects.filter(key=key).first()
    if existing:
        return existing
    with translation.override(language):
        days_in_words = {key: _in_words(value) for key, value in (context or {}).items()}
        values = {**days_in_words, "name": name, "zone": zone, "site_url": settings.SCRUTIN_URL}
        subject = " ".join(_render(f"{template}.subject.txt", values).split())
        body = _render(f"{template}.body.txt", values).strip() + "\n"
    with transaction.atomic():
        mail, created = OutboxMail.objects.get_or_create(
            key=key,
            defaults={
                "address": address,
                "name": name,
                "language": language,
                "template": template,
                "subject": subject[:300],
                "body": body,
                "mission": getattr(mission, "reference", mission) or "",
                "urgent": urgent,
                "next_at": clock.real_now(),
                "message_id": "",
            },
        )
        if not created:
            return mail
        mail.message_id = f"<{mail.uuid}@scrutin>"
        mail.save(update_fields=["message_id"])
        for position, item in enumerate(attachments):
            file = item if isinstance(item, StoredFile) else store_file(item[2], name=item[0], mime=item[1], by=SYSTEM)
            OutboxAttachment.objects.create(mail=mail, file=file, position=position)
        send_mail_task.apply_async_on_commit(args=(mail.pk,), queue="urgent" if urgent else "default")
    return mail


def send_one(pk: int) -> bool:
    """Claim and send one mail. False where it is not due, already sent, or somebody else has it."""
    start = clock.real_now()
    due = Q(state=MailState.QUEUED, next_at__lte=start) | Q(state=MailState.SENDING, lease_until__lt=start)
    claimed = OutboxMail.objects.filter(due, pk=pk).update(state=MailState.SENDING, lease_until=start + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    mail = OutboxMail.objects.prefetch_related("attachments__file").get(pk=pk)
    try:
        as_message(mail).send(fail_silently=False)
    except Exception as error:
        log.warning("mail_failed", mail=str(mail.uuid), error=type(error).__name__)
        over = mail.attempts > len(RETRY_AFTER)
        OutboxMail.objects.filter(pk=pk).update(
            state=MailState.FAILED if over else MailState.QUEUED,
            next_at=start if over else start + RETRY_AFTER[mail.attempts - 1],
            error=f"{type(error).__name__}: {error}"[:500],
            lease_until=None,
        )
        return False
    OutboxMail.objects.filter(pk=pk).update(state=MailState.SENT, sent_at=clock.now(), lease_until=None, error="")
    return True


def as_message(mail: OutboxMail) -> EmailMessage:
    """The mail as Django sends it: stable Message-ID, marked as automatic."""
    name = " ".join(mail.name.translate(UNQUOTABLE).split())
    to = f'"{name}" <{mail.address}>' if name else mail.address
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated", "Content-Language": mail.language}
    message = EmailMessage(subject=mail.subject, body=mail.body, to=[to], headers=headers)
    for attachment in mail.attachments.all():
        message.attach(attachment.file.name, attachment.file.read(), attachment.file.mime)
    return message


def send_due(*, limit: int = 500) -> int:
    """Send what is due and was not sent through its own bell, urgent first. Returns how many went out."""
    now: datetime = clock.real_now()
    due = Q(state=MailState.QUEUED, next_at__lte=now) | Q(state=MailState.SENDING, lease_until__lt=now)
    keys = OutboxMail.objects.filter(due).order_by("-urgent", "next_at", "id").values_list("pk", flat=True)[:limit]
    return sum(send_one(pk) for pk in list(keys))


def resend(mail: OutboxMail) -> None:
    """Queue a failed mail again."""
    OutboxMail.objects.filter(pk=mail.pk, state=MailState.FAILED).update(state=MailState.QUEUED, attempts=0, next_at=clock.real_now())


def _in_words(value: Any) -> Any:
    """A day, or the days of a list, in the active language; anything else as it is."""
    if isinstance(value, list):
        return [_in_words(item) for item in value]
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        with suppress(ValueError):  # what only looks like a day stays as it is
            value = date.fromisoformat(value)
    return formats.date_format(value) if type(value) is date else value


def _render(name: str, values: dict[str, Any]) -> str:
    """Plain text: nothing is escaped for HTML."""
    return get_template(name).template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]
