"""`manage.py deploy_teams MISSION [--json]`: teams and stops (DESIGN 5)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import SYSTEM
from core.errors import DomainError
from missions.models import Mission
from observers.services.drawing import VISITS, describe_deployment, draw_deployment


class Command(BaseCommand):
    """Draw teams and stops."""

    help = "Draws teams and stops for polling day by the stated rule; the seed is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Mission, number of teams, visits, seed, districts."""
        parser.add_argument("mission", help="reference of the mission, for example BG-2026-1")
        parser.add_argument("--json", action="store_true", help="print teams and stops as JSON")
        parser.add_argument("--teams", type=int, help="number of teams (default: half of the observers)")
        parser.add_argument("--visits", type=int, default=VISITS, help="visits per team beside opening and closing (default %(default)s)")
        parser.add_argument("--seed", type=int, help="seed of the draw (default: from the reference)")
        parser.add_argument("--district", action="append", default=[], help="draw in this district only; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw; exit 1 with one sentence where that is not possible."""
        mission = Mission.objects.filter(reference=options["mission"]).first()
        if mission is None:
            raise CommandError(f"There is no mission {options['mission']}.")
        try:
            draw_deployment(
                mission,
                by=SYSTEM,
                teams=options["teams"],
                visits=options["visits"],
                seed=options["seed"],
                districts=options["district"] or None,
            )
        except DomainError as error:
            raise CommandError(error.sentence) from error
        answer = describe_deployment(mission)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"seed {answer['seed']}, {answer['status']}, distance at most {answer['gap']:.1%} above the bound")
        for team in answer["teams"]:
            names = ", ".join(member["name"] for member in team["members"])
            self.stdout.write(f"{team['name']} ({team['area']}): {names}; {len(team['stops'])} stops")
