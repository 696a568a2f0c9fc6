"""Thin entrances from Celery."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings

from core.actors import SYSTEM
from missions.services.mailbox import read_mailbox

log = structlog.get_logger(__name__)


@shared_task(name="missions.read_mail")
def read_mail() -> None:
    """Read the answers that arrived as mail; nothing where no mailbox is set (any more)."""
    if not settings.SCRUTIN_MAILBOX:
        return
    answer = read_mailbox(settings.SCRUTIN_MAILBOX, by=SYSTEM)
    if answer["taken"] or answer["refused"]:
        log.info("mailbox_read", taken=answer["taken"], refused=len(answer["refused"]))
