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
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.template import Context
from django.template.loader import get_template
from django.utils import formats, translation
from django.utils.html import escape, urlize
from django.utils.translation import gettext as _

from core import clock, mail_texts
from core.actors import SYSTEM
from core.bulk import insert_missing
from core.enums import MailChannel, MailState
from core.files import store_file
from core.models import OutboxAttachment, OutboxMail, StoredFile, SuppressedAddress
from core.push import services as push

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
ROUND = 50  # mails that one worker claims together
RETRY_AFTER = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8)]

DAY_LETTERS = 10
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
UNQUOTABLE = str.maketrans("", "", '"\\')

Attachment = tuple[str, str, bytes] | StoredFile


@dataclass(frozen=True)
class Letter:
    """One mail before it has a row. key: what makes it one. template: `<app>/mail/<name>`, of which subject and body are rendered.

    context: days in it (dates, or ISO texts such as "2026-12-04") are written as the reader writes them. mission: its reference.
    held: it waits in the outbox for somebody's yes. inbox_only: its reader wants no mail of it. unsubscribe: where one says so.
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
    inbox_only: bool = False
    unsubscribe: str = ""
    subject: str = ""
    body: str = ""

    def written(self) -> Letter:
        """The same with subject and body in the reader's language."""
        if self.subject:
            return self
        with translation.override(self.language):
            days_in_words = {key: _in_words(value, self.language) for key, value in self.context.items()}
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
            state=MailState.INBOX if self.inbox_only else MailState.HELD if self.held else MailState.QUEUED,
            unsubscribe=self.unsubscribe,
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
    insert_missing([letter.written().as_row(at) for letter in letters])
    send_outbox.apply_async_on_commit(queue="default")


def rendered(template: str, values: dict[str, Any], *, language: str) -> tuple[str, str]:
    """Subject (one line) and body of a mail in the active language: the house's own words where there are any."""
    own = mail_texts.own_text(template, language)
    if own is not None:
        return mail_texts.filled(own.subject, own.body, values)
    subject = " ".join(_render(f"{template}.subject.txt", values).split())
    return subject, _render(f"{template}.body.txt", values).strip() + "\n"


def send_one(pk: int, *, connection: Any = None) -> bool:
    """Claim and send one mail. False where it is not due, already sent, for an address that is barred, or somebody else has it.

    connection: one to the mail server that is open already.
    """
    return _send_many([pk], connection) == 1


def _send_many(keys: Sequence[int], connection: Any = None) -> int:
    """Claim these mails together, then hand over and record one by one. Returns how many went out.

    Killed at work, a worker leaves the rest of its round claimed: they were not handed over, and go when the lease ends.
    """
    mails = _claimed(keys)
    barred = {row.address: row.reason for row in SuppressedAddress.objects.filter(address__in={mail.address.lower() for mail in mails})}
    return sum(_hand_over(mail, connection, barred.get(mail.address.lower())) for mail in mails)


def _claimed(keys: Sequence[int]) -> list[OutboxMail]:
    """Those of the mails that nobody else has and whose time has come, in the order given."""
    start, claim = clock.real_now(), uuid4()
    values = {"state": MailState.SENDING, "lease_until": start + LEASE, "claim": claim}
    if not OutboxMail.objects.filter(_is_due(start), pk__in=keys).update(**values, attempts=F("attempts") + 1):
        return []
    found = {
        row.pk: row
        for row in OutboxMail.objects.filter(pk__in=keys, claim=claim).select_related("subscription").prefetch_related("attachments__file")
    }
    return [found[key] for key in keys if key in found]


def _is_due(now: datetime) -> Q:
    """Never tried, or its time has come, or whoever had it is dead. A first try waits for no clock: it may have been set back."""
    return Q(state=MailState.QUEUED) & (Q(attempts=0) | Q(next_at__lte=now)) | Q(state=MailState.SENDING, lease_until__lt=now)


def _hand_over(mail: OutboxMail, connection: Any, barred: str | None) -> bool:
    """Give a claimed mail to the mail server and record it, while it is still ours."""
    mine, start = OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim), clock.real_now()
    if mail.lease_until is None or mail.lease_until - start < LEASE / 6:  # the round took too long: others may have it in a moment
        mine.update(state=MailState.QUEUED, lease_until=None, claim=None, attempts=F("attempts") - 1)
        return False
    if barred is not None and mail.channel == MailChannel.MAIL:
        mine.update(state=MailState.STOPPED, error=barred, lease_until=None)
        return False
    try:
        _deliver(mail, connection)
    except push.Gone:
        mine.update(state=MailState.STOPPED, error=_("The browser does not want any more."), lease_until=None)
        return False
    except Exception as error:
        if connection is not None and mail.channel == MailChannel.MAIL:
            with suppress(Exception):
                connection.close()  # the next mail opens it anew
        log.warning("mail_failed", mail=str(mail.uuid), error=type(error).__name__)
        over = mail.attempts > len(RETRY_AFTER)
        mine.update(
            state=MailState.FAILED if over else MailState.QUEUED,
            next_at=start if over else start + RETRY_AFTER[mail.attempts - 1],
            error=f"{type(error).__name__}: {error}"[:500],
            lease_until=None,
        )
        return False
    mine.update(state=MailState.SENT, sent_at=clock.now(), lease_until=None, error="")
    return True


def _deliver(mail: OutboxMail, connection: Any) -> None:
    if mail.channel == MailChannel.PUSH:
        push.deliver(mail)
        return
    message = as_message(mail)
    message.connection = connection
    message.send(fail_silently=False)


def as_message(mail: OutboxMail) -> EmailMultiAlternatives:
    """The mail as Django sends it: to one reader, plain text and HTML, stable Message-ID, marked as automatic."""
    name = " ".join(mail.name.translate(UNQUOTABLE).split())
    to = f'"{name}" <{mail.address}>' if name else mail.address
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated", "Content-Language": mail.language}
    if mail.key.startswith(("reminder:", "digest:")):
        headers["List-Id"] = f"Scrutin reminders <reminders.{urlsplit(settings.SCRUTIN_URL).hostname}>"
    if mail.unsubscribe:
        headers |= {"List-Unsubscribe": f"<{mail.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    body = mail.body
    if mail.unsubscribe:
        with translation.override(mail.language):
            body += "\n-- \n" + _("No more mail of this kind: %(url)s") % {"url": mail.unsubscribe} + "\n"
    message = EmailMultiAlternatives(subject=mail.subject, body=body, to=[to], headers=headers)
    message.attach_alternative(as_html(body, subject=mail.subject, language=mail.language), "text/html")
    for attachment in mail.attachments.all():
        message.attach(attachment.file.name, attachment.file.read(), attachment.file.mime)
    return message


def as_html(text: str, *, subject: str, language: str) -> str:
    """A plain body as a small page: paragraphs, line breaks, links; nothing from outside, no image that tells on its reader."""
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]
    paragraphs = "".join(f"<p>{urlize(escape(block)).replace(chr(10), '<br>')}</p>" for block in blocks)
    title = escape(subject)
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body style="font-family:sans-serif">{paragraphs}</body></html>'


def send_due(*, limit: int = 500) -> int:
    """Send what is due and was not sent through its own bell, urgent first. Returns how many went out."""
    now: datetime = clock.real_now()
    keys = list(OutboxMail.objects.filter(_is_due(now)).order_by("-urgent", "next_at", "id").values_list("pk", flat=True)[:limit])
    rounds = [keys[start : start + ROUND] for start in range(0, len(keys), ROUND)]
    if len(keys) < 2:
        return sum(map(_send_many, rounds))
    sent = 0
    with suppress(Exception), get_connection() as connection:
        for some in rounds:
            sent += _send_many(some, connection)
        return sent
    return sent + sum(map(_send_many, rounds))  # no connection for all: each tries its own, and notes why it cannot


def _in_words(value: Any, language: str) -> Any:
    """A day, or the days of a list, in that language, which is the active one; anything else as it is."""
    if isinstance(value, list):
        return [_in_words(item, language) for item in value]
    if isinstance(value, str) and len(value) == DAY_LETTERS and ISO_DAY.fullmatch(value):
        with suppress(ValueError):  # what only looks like a day stays as it is
            value = date.fromisoformat(value)
    return _day_in_words(value, language) if type(value) is date else value


@lru_cache(maxsize=1024)
def _day_in_words(day: date, language: str) -> str:
    """Told once for many: a sweep writes the same deadline to a whole delegation."""
    return formats.date_format(day)


def _render(name: str, values: dict[str, Any]) -> str:
    """Plain text: nothing is escaped for HTML."""
    return get_template(name).template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]
