"""The words of a gathered mail, and what is left of it when one of its missions goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation

from core import reminder_rules
from core.models import OutboxMail, Reminder
from core.outbox import Letter
from core.quiet import local_day

TEMPLATE = "core/mail/digest"


def digest_context(lines: Iterable[tuple[Reminder, str]], day: date) -> dict[str, Any]:
    """What the template of a gathered mail says: for each reminder its subject and its address."""
    return {"items": [{"subject": subject, "url": row.context.get("url", "")} for row, subject in lines], "day": day}


@transaction.atomic
def forget_mission(reference: str) -> None:
    """Remove the reminders of a mission, and its lines from gathered mails that name other missions too. Safe to repeat."""
    going = Reminder.objects.filter(mission=reference)
    mails = list(OutboxMail.objects.filter(template=TEMPLATE, mission="", pk__in=going.values("mail")))
    going.delete()
    for mail in mails:
        rest = list(Reminder.objects.filter(mail=mail).order_by("due_at", "id"))
        if not rest:
            mail.delete()
            continue
        with translation.override(mail.language):
            lines = [(row, _subject(row)) for row in rest]
        day = local_day(mail.created_at, rest[0].zone)
        letter = Letter("", mail.address, TEMPLATE, digest_context(lines, day), mail.name, mail.language, rest[0].zone).written()
        missions = {row.mission for row in rest}
        values = {"subject": letter.subject, "body": letter.body, "mission": missions.pop() if len(missions) == 1 else ""}
        OutboxMail.objects.filter(pk=mail.pk).update(**values)


def _subject(row: Reminder) -> str:
    rule = reminder_rules.rules.get(row.rule)
    if rule is None:
        return row.rule
    return Letter("", row.address, rule.template, row.context, row.name, row.language, row.zone).written().subject
