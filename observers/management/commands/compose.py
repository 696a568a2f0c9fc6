"""`manage.py compose MISSION [--json]`: the proposal for a delegation (DESIGN 5)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import SYSTEM
from core.errors import DomainError
from missions.models import Mission
from observers.services.candidates import DEFAULT_SIZE
from observers.services.composition import propose


class Command(BaseCommand):
    """Propose a delegation and store the proposal."""

    help = "Proposes a delegation by the rules; with --json prints {status, gap, members, criteria, clash}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Mission, size and locks."""
        parser.add_argument("mission", help="reference of the mission, for example BG-2026-1")
        parser.add_argument("--json", action="store_true", help="print the proposal as JSON")
        parser.add_argument("--size", type=int, default=DEFAULT_SIZE, help="members of the Congress (default %(default)s)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--lock", action="append", default=[], metavar="UUID", help="this person must be in")
        parser.add_argument("--exclude", action="append", default=[], metavar="UUID", help="this person must stay out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Propose; exit 1 with one sentence where that is not possible."""
        mission = Mission.objects.filter(reference=options["mission"]).first()
        if mission is None:
            raise CommandError(f"There is no mission {options['mission']}.")
        try:
            proposal = propose(
                mission, by=SYSTEM, size=options["size"], seed=options["seed"], locked_in=options["lock"], locked_out=options["exclude"]
            )
        except DomainError as error:
            raise CommandError(error.sentence) from error
        outcome = {key: proposal.outcome[key] for key in ("status", "gap", "members", "criteria", "clash")}
        if options["json"]:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False, indent=2))
        else:
            self._print(outcome)
        if outcome["status"] == "impossible":
            raise SystemExit(1)

    def _print(self, outcome: dict[str, Any]) -> None:
        self.stdout.write(f"{outcome['status']}" + (f", gap {outcome['gap']:.1%}" if outcome["gap"] else ""))
        for member in outcome["members"]:
            self.stdout.write(f"  {member['name']}: {member['country']} ({member['chamber']}, {member['group']})")
        for row in outcome["criteria"]:
            self.stdout.write(f"{row['code']:6} {row['level']:8} {row['sentence']}")
        for row in outcome["clash"]:
            self.stdout.write(f"clash: {row['label']}: {row['sentence']}")
