"""`manage.py recompute_times`: new zone data are installed; planned meetings keep their wall time and get new instants."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actors import SYSTEM
from missions.services.meetings import recompute_instants


class Command(BaseCommand):
    """Prints how many meetings moved. Safe to repeat."""

    help = "Derives the instants of planned meetings anew from their local wall time, after new time zone data."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        self.stdout.write(f"{recompute_instants(by=SYSTEM)} meetings moved")
