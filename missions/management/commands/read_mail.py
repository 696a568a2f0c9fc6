"""`manage.py read_mail [MAILBOX]`: answers to invitations that arrived as mail."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.actors import SYSTEM
from core.errors import DomainError
from missions.services.mailbox import read_mailbox


class Command(BaseCommand):
    """Prints JSON `{taken, refused: [{message, why}], known}`; exit 1 where there is no mailbox to read. Safe to repeat."""

    help = "Reads calendar answers to invitations from an mbox file, a Maildir or a folder of .eml files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """[MAILBOX]."""
        parser.add_argument("mailbox", nargs="?", default=settings.SCRUTIN_MAILBOX, help="by default the one of SCRUTIN_MAILBOX")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, print."""
        if not options["mailbox"]:
            raise CommandError("Name a mailbox, or set SCRUTIN_MAILBOX.")
        try:
            answer = read_mailbox(options["mailbox"], by=SYSTEM)
        except DomainError as refusal:
            answer = {"taken": 0, "refused": [{"message": "", "why": str(refusal.sentence)}], "known": 0}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
            sys.exit(1)
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
