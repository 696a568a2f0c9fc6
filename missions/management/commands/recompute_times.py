"""`manage.py recompute_times`: new zone data are installed; planned meetings keep their wall time and get new instants."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from core.actors import SYSTEM
from missions.services.meetings import recompute_instants


class Command(BaseCommand):
    """Prints JSON `{moved, unchanged, refused: [{mission, meeting, uuid, day, start, end, why}]}`. Safe to repeat.

    refused: meetings that now lie in an hour that the clocks skip; they keep their times until somebody gives them others.
    """

    help = "Derives the instants of planned meetings anew from their local wall time, after new time zone data."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        done = recompute_instants(by=SYSTEM)
        refused = [
            {
                "mission": meeting.mission.reference,
                "meeting": meeting.title,
                "uuid": str(meeting.uuid),
                "day": meeting.start_day.isoformat(),
                "start": meeting.start_time.isoformat("minutes"),
                "end": meeting.end_time.isoformat("minutes"),
                "why": why,
            }
            for meeting, why in done.refused
        ]
        answer = {"moved": done.moved, "unchanged": done.unchanged, "refused": refused}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
