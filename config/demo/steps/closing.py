"""What is written at the end: the mails, and a summary of everything."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

from config.demo.run import Run, expect, wait_for
from core.enums import MailState, ReminderState
from core.models import OutboxMail, Reminder
from core.outbox import as_message

STEP = "10 mails"
SLOW_SECONDS = 30


def gather(run: Run) -> None:
    """Wait until every mail has gone out, see that no reminder went twice, write them all down."""
    mission = run.mission
    mails = OutboxMail.objects.filter(mission=mission.reference)
    with run.step(STEP, "mails sent by the worker, each reminder once") as told:
        open_states = [MailState.QUEUED, MailState.SENDING]
        wait_for(lambda: not mails.filter(state__in=open_states).exists(), seconds=SLOW_SECONDS, sentence="Some mails were not sent.")
        failed = mails.filter(state=MailState.FAILED).count()
        expect(failed == 0, f"{failed} mails could not be sent.")
        reminders = Reminder.objects.filter(mission=mission.reference, state=ReminderState.SENT)
        keys = list(reminders.values_list("key", flat=True))
        alone = reminders.filter(mail__key__startswith="reminder:").count()
        sent = list(mails.filter(key__startswith="reminder:").values_list("key", flat=True))
        expect(len(keys) == len(set(keys)) and alone == len(sent) == len(set(sent)), "A reminder was sent twice, or not at all.")
        expect(not reminders.filter(mail=None).exists(), "A reminder is noted as sent and has no mail.")
        for number, mail in enumerate(mails.order_by("created_at", "pk"), start=1):
            run.write(f"mails/{number:03}-{_plain(mail.template)}-{_plain(mail.address)}.eml", as_message(mail).message().as_bytes())
        told(f"{mails.count()} mails, {len(keys)} reminders")
    summary = {"mission": mission.reference, "state": mission.state, "steps": [asdict(line) for line in run.lines]}
    run.write("summary.json", json.dumps(summary, ensure_ascii=False, indent=1))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.rpartition("/")[2].lower()).strip("-")
