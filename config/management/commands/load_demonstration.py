"""`manage.py load_demonstration`: the three missions that `make run` shows, made where they are missing or out of date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Build the missing ones. Safe to repeat: returns at once where all three are there and polling day is today."""

    help = "Builds the demonstration missions of `make run`: on polling day, composing, published. Only where SCRUTIN_DEMO=1."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is stale."""
        from config.demo.run import DemoFailed  # models are not read before the check below
        from config.demo.stage import build, set_clock, stale_scenes

        if not settings.SCRUTIN_DEMO:
            raise CommandError("Demonstration missions are made only where SCRUTIN_DEMO=1.")
        for scene in stale_scenes():
            try:
                mission = build(scene, url=settings.SCRUTIN_URL, say=self._say(options))
            except DemoFailed as failure:
                set_clock()
                raise CommandError(str(failure)) from failure
            self.stdout.write(f"mission {mission.reference}: {mission.state}")
        set_clock()

    def _say(self, options: dict[str, Any]) -> Any:
        return self.stdout.write if options["verbosity"] > 1 else lambda text: None
