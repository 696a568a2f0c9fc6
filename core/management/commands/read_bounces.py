"""Note the mails that came back, from a mailbox file."""

from __future__ import annotations

import json
import mailbox
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.outbox_acts import note_bounce, read_bounce


class Command(BaseCommand):
    """`read_bounces FILE`: an mbox file or a Maildir folder of delivery reports. Safe to repeat: the mailbox is only read."""

    help = "Note mails that came back, from an mbox file or a Maildir folder; prints {noted, unknown, other}."

    def add_arguments(self, parser: CommandParser) -> None:
        """The mailbox."""
        parser.add_argument("mailbox")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read every mail of it."""
        path = Path(options["mailbox"])
        if not path.exists():
            raise CommandError(f"There is no mailbox {path}: give an mbox file or a Maildir folder.")
        box = mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
        told = {"noted": 0, "unknown": 0, "other": 0}
        for key in box.iterkeys():
            facts = read_bounce(box.get_bytes(key))
            if facts is None:
                told["other"] += 1
            else:
                told["noted" if note_bounce(**facts) else "unknown"] += 1
        self.stdout.write(json.dumps(told))
