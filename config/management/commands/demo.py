"""`manage.py demo --to STATE [--out DIR]`: the demonstration mission, driven through the real services (DESIGN 5)."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.stack import Stack, StackError

OWN_STACK = {"SCRUTIN_DEMO": "1", "SCRUTIN_SWEEP_SECONDS": "2"}


class Command(BaseCommand):
    """Drive the demonstration mission up to a state and write what it produced.

    With `SCRUTIN_URL`, against the application that runs there (which has `SCRUTIN_DEMO=1`); without, web, worker and
    broker are started on free ports and stopped at the end. Exit 1 and the reason when any guard fails.
    """

    help = "Drives the demonstration mission through the real services up to a state; last line: mission <reference>."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to reach, and where to write."""
        parser.add_argument("--to", default="closed", metavar="STATE", help="the state to reach; closed is the whole main job")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write what is produced to this folder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start what is missing, or drive."""
        if not os.environ.get("SCRUTIN_URL"):
            sys.exit(self._with_own_stack(options))
        self._drive(options)

    def _with_own_stack(self, options: dict[str, Any]) -> int:
        again = ["manage.py", "demo", "--to", options["to"]]
        if options["out"]:
            again += ["--out", str(options["out"].resolve())]
        try:
            stack = Stack.on_free_ports(var=settings.VAR, label="demo", environment=OWN_STACK, say=self.stdout.write)
            if stack.run(["manage.py", "prepare"]):
                return 1
            with stack:
                return stack.run(again)
        except StackError as error:
            raise CommandError(str(error)) from error

    def _drive(self, options: dict[str, Any]) -> None:
        from config.demo.driver import TARGETS, drive  # needs the database, which the starting half does not
        from config.demo.run import DemoFailed, Run
        from config.demo.timeline import Timeline
        from core import clock

        if not settings.SCRUTIN_DEMO:
            raise CommandError("Set SCRUTIN_DEMO=1, here and for the application at SCRUTIN_URL: the demonstration moves its clock.")
        if options["to"] not in TARGETS:
            raise CommandError(f"“{options['to']}” is no state that a demonstration can reach; choose one of: {', '.join(TARGETS)}.")
        zone = "Europe/Sofia"
        today = clock.real_now().astimezone(ZoneInfo(zone)).date()
        run = Run(
            url=os.environ["SCRUTIN_URL"],
            timeline=Timeline.starting_today(today, zone),
            out=options["out"],
            say=self.stdout.write,
        )
        start = time.monotonic()
        try:
            drive(run, options["to"])
        except DemoFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(f"{'':<12} {'all':<52} {'':<44} {time.monotonic() - start:6.1f}")
        self.stdout.write(f"mission {run.mission.reference}")
