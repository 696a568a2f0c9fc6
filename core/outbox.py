"""Mail: a row per mail with a unique key, sent by a worker that claims it by conditional update.

A crash between sending and recording leaves the row `sending`; when its lease ends it is sent again under the same
Message-ID, which mail servers and readers fold into one. That window is the only one (docs/reminders.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Letter:
    """One mail before it has a row. key: what makes it one. template: `<app>/mail/<name>`, of which subject and body are rendered.

    context: days in it (dates, or ISO texts such as "2026-12-04") are written as the reader writes them. mission: its reference.
    held: it waits in the outbox for somebody's yes.
    """

    key: str
    address: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    language: str = "en"
    zone: str = clock.STRASBOURG
    mission: str = ""
    urgent: bool = False
    held: bool = False
    subject: str = ""
    body: str = ""

    def written(self) -> Letter:
        """The same with subject and body in the reader's language."""
        if self.subject:
            return self
        with translation.override(self.language):
            days_in_words = {key: _in_words(value) for key, value in self.context.items()}
            values = {**days_in_words, "name": self.name, "zone": self.zone, "site_url": settings.SCRUTIN_URL}
            subject, body = rendered(self.template, values, language=self.language)
        return replace(self, subject=subject[:300], body=body)

    def as_row(self, at: datetime) -> OutboxMail:
        """The row to be stored, with its Message-ID, made at the business instant `at`."""
        mail = OutboxMail(
            created_at=at,
            updated_at=at,
            key=self.key,
            address=self.address,
            name=self.name,
            language=self.language,
            template=self.template,
            subject=self.subject,
            body=self.body,
            mission=self.mission,
            urgent=self.urgent,
            state=MailState.HELD if self.held else MailState.QUEUED,
            next_at=clock.real_now(),
        )
        mail.message_id = f"<{mail.uuid}@scrutin>"
        return mail


def queue_mail(
    *, key: str, address: str, template: str, mission: Any = None, attachments: Sequence[Attachment] = (), **values: Any
) -> OutboxMail:
    """Put one mail into the outbox, rendered now in the reader's language; it leaves once the transaction is committed.

    A second call with the same key returns the first mail and changes nothing. mission: a mission or its reference.
    values: `context`, `name`, `language`, `zone`, `urgent`, `held`, as `Letter` has them.
    """
    reference = getattr(mission, "reference", mission) or ""
    return queue_letter(Letter(key, address, template, mission=reference, **values), attachments=attachments)


def queue_letter(letter: Letter, *, attachments: Sequence[Attachment] = ()) -> OutboxMail:
    """The same for a letter, written or not."""
    from core.tasks import send_mail_task  # tasks import this module

    existing = OutboxMail.objects.filter(key=letter.key).first()
    if existing:
        return existing
    made = letter.written().as_row(clock.now())
    with transaction.atomic():
        OutboxMail.objects.bulk_create([made], ignore_conflicts=True)
        mail = OutboxMail.objects.get(key=letter.key)
        if mail.uuid != made.uuid:
            return mail
        for position, item in enumerate(attachments):
            file = item if isinstance(item, StoredFile) else store_file(item[2], name=item[0], mime=item[1], by=SYSTEM)
            OutboxAttachment.objects.create(mail=mail, file=file, position=position)
        if mail.state == MailState.QUEUED:
            send_mail_task.apply_async_on_commit(args=(mail.pk,), queue="urgent" if letter.urgent else "default")
    return mail


def queue_letters(letters: Sequence[Letter]) -> None:
    """Many written letters at once, with one bell. Keys that are there already are left as they are."""
    from core.tasks import send_outbox  # tasks import this module

    at = clock.now()  # asked once: a demonstration's clock is a row
    OutboxMail.objects.bulk_create([letter.written().as_row(at) for letter in letters], ignore_conflicts=True, batch_size=500)
    send_outbox.apply_async_on_commit(queue="default")


def rendered(template: str, values: dict[str, Any], *, language: str) -> tuple[str, str]:
    """Subject (one line) and body of a mail, in the active language."""
    subject = " ".join(_render(f"{template}.subject.txt", values).split())
    return subject, _render(f"{template}.body.txt", values).strip() + "\n"


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
