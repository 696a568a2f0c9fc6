"""`manage.py health [PART ...]`: what `/readyz` says, for a container's health check and for a person at a terminal."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.health import check_all


class Command(BaseCommand):
    """Print each part and whether it is well; exit 1 when one that was asked for is not."""

    help = "Ask database, cache, broker, storage, worker and scheduler whether they are well."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", nargs="*", help="only these (all)")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = [health for health in check_all() if not options["part"] or health.part in options["part"]]
        for health in asked:
            self.stdout.write(f"{health.part}: {'ok' if health.ok else health.why}")
        if not all(health.ok for health in asked):
            sys.exit(1)
