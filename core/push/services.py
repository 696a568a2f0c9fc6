"""Who wants urgent reminders on which screen, and a message on its way there: a row of the outbox, claimed and recorded like a mail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.enums import MailChannel, MailState
from core.errors import Invalid, NotNow
from core.models import OutboxMail, PushSubscription
from core.push.encryption import decoded, encrypted, reader_key
from core.push.keys import authorization
from core.push.outside import check_address, post, public_addresses

MOST = 10  # screens of one reader
OF_USE = timedelta(hours=4)
GONE = (404, 410)


class Gone(Exception):
    """The browser does not want our messages any more."""


@transaction.atomic
def subscribe(address: str, *, endpoint: str, p256dh: str, auth: str, device: str = "") -> PushSubscription:
    """Show this reader's urgent reminders in this browser. Twice is once; a browser that changed hands belongs to its new reader.

    Raises Invalid for an endpoint that is not a public https address or for keys that are none, NotNow past ten browsers.
    """
    host, port = check_address(endpoint)
    try:
        public_addresses(host, port)
    except OSError as error:
        raise Invalid(_("No push service is known at %(host)s.") % {"host": host}, code="endpoint", attr="endpoint") from error
    try:
        reader_key(p256dh)
        if len(decoded(auth)) != 16:
            raise ValueError
    except ValueError as error:
        raise Invalid(_("The keys of this browser cannot be read: switch it off and on again."), code="push_keys", attr="keys") from error
    others = PushSubscription.objects.filter(address=address.lower())
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    if others.exclude(digest=digest).count() >= MOST:
        raise NotNow(_("You have %(count)s browsers already: remove one first.") % {"count": MOST}, code="push_many")
    values = {"address": address.lower(), "endpoint": endpoint, "p256dh": p256dh, "auth": auth, "device": device[:120]}
    return PushSubscription.objects.update_or_create(digest=digest, defaults={**values, "updated_at": clock.now()})[0]


def subscriptions_of(addresses: Collection[str]) -> QuerySet[PushSubscription]:
    """The browsers of these readers."""
    return PushSubscription.objects.filter(address__in={address.lower() for address in addresses})


def unsubscribe(addresses: Collection[str], *, uuid: UUID | None = None, endpoint: str = "") -> int:
    """Show nothing more in one of these readers' browsers. Returns how many were removed. Safe to repeat."""
    rows = subscriptions_of(addresses)
    if endpoint:
        rows = rows.filter(digest=hashlib.sha256(endpoint.encode()).hexdigest())
    elif uuid is not None:
        rows = rows.filter(uuid=uuid)
    else:
        return 0
    return rows.delete()[1].get("core.PushSubscription", 0)


def queue_for(mail: OutboxMail) -> list[OutboxMail]:
    """A message to each browser of this urgent mail's reader, in the caller's transaction. A second call adds none."""
    from core.tasks import send_mail_task  # tasks import this module

    keys = []
    for row in subscriptions_of([mail.address]):
        with translation.override(mail.language):
            subject = _("Something urgent waits for you")
            made = OutboxMail(
                channel=MailChannel.PUSH,
                subscription=row,
                key=f"push:{mail.uuid}:{row.uuid}",
                address=mail.address,
                name=mail.name,
                language=mail.language,
                template=mail.template,
                subject=subject,
                body=_("Open the inbox to read it."),
                mission=mail.mission,
                urgent=True,
                state=MailState.HELD if mail.state == MailState.HELD else MailState.QUEUED,
                next_at=clock.real_now(),
            )
        made.message_id = f"<{made.uuid}@scrutin>"
        keys.append(made)
    OutboxMail.objects.bulk_create(keys, ignore_conflicts=True)
    made_now = list(OutboxMail.objects.filter(uuid__in=[one.uuid for one in keys]))
    for one in made_now if mail.state != MailState.HELD else []:
        send_mail_task.apply_async_on_commit(args=(one.pk,), queue="urgent")
    return made_now


def deliver(message: OutboxMail) -> None:
    """Hand a message to the push service. Raises Gone, and removes the browser, where it does not want any; OSError for what may pass.

    Nothing private is in it, though only the browser can read it: it lies open on a locked screen. Sent again under the same
    topic and tag, it takes the place of the first.
    """
    row = message.subscription
    if row is None:
        raise Gone
    parts = urlsplit(row.endpoint)
    content = {"title": message.subject, "body": message.body, "url": reverse("core:inbox"), "tag": str(message.uuid)}
    headers = {
        "TTL": str(int(OF_USE.total_seconds())),
        "Urgency": "high",
        "Topic": message.uuid.hex,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": authorization(f"{parts.scheme}://{parts.netloc}"),
        "User-Agent": f"Scrutin ({urlsplit(settings.SCRUTIN_URL).hostname})",
    }
    body = encrypted(json.dumps(content, ensure_ascii=False).encode(), p256dh=row.p256dh, auth=row.auth)
    status = post(row.endpoint, body=body, headers=headers)
    if status in GONE:
        row.delete()
        raise Gone
    if not 200 <= status < 300:
        raise OSError(f"the push service answered {status}")
