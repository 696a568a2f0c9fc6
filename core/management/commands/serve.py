"""`manage.py serve`: the whole of Scrutin on one machine, until Ctrl-C. `make run` is this with `SCRUTIN_DEMO=1`."""

from __future__ import annotations

import os
import signal
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from core.stack import Stack, StackError


class Command(BaseCommand):
    """Prepare the database, start broker, web, worker and scheduler, load the demonstration, wait.

    Ends with code 0 after Ctrl-C or SIGTERM and leaves nothing running; with 1 and one sentence when it cannot go on.
    """

    help = "Run broker, web, worker and scheduler together until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument("--no-demonstration", action="store_true", help="do not load the demonstration missions")

    def handle(self, *args: Any, **options: Any) -> None:
        extra = {"SCRUTIN_URL": os.environ["SCRUTIN_URL"]} if os.environ.get("SCRUTIN_URL") else {}
        stack = Stack(
            var=settings.VAR,
            host=options["host"],
            port=options["port"],
            redis_url=os.environ.get("REDIS_URL") or None,
            environment=extra,
            say=self._say,
        )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        self.stack = stack
        try:
            self._serve(stack, demonstration=settings.SCRUTIN_DEMO and not options["no_demonstration"])
        except StackError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            pass
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave children behind
            self._say("Stopping.")
            stack.stop()
        self._say("Stopped; nothing is left running.")

    def _interrupt(self, number: int, frame: object) -> None:
        self.stack.stop_soon()
        raise KeyboardInterrupt

    def _serve(self, stack: Stack, *, demonstration: bool) -> None:
        stack.claim()
        call_command("prepare", stdout=self.stdout)
        connections.close_all()
        stack.start_broker()
        stack.start_services()
        self._say(f"Scrutin answers at {stack.url} (logs in {stack.logs}).")
        if demonstration:
            self._demonstrate(stack)
        self._say(f"\nOpen {stack.url} in a browser. Ctrl-C stops everything.")
        stack.wait()

    def _demonstrate(self, stack: Stack) -> None:
        commands = get_commands()
        self._say("Seeing to the demonstration; the first time this takes a minute or two.")
        if "load_demonstration" in commands and stack.run(["manage.py", "load_demonstration"]) != 0:
            self._say("The demonstration could not be loaded; the reason stands above. Scrutin itself is running.")
        if "sign_ins" in commands:
            stack.run(["manage.py", "sign_ins"])

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
