"""`manage.py deploy_teams MISSION [--json]`: teams and stops (DESIGN 5)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import SYSTEM
from core.errors import DomainError
from missions.models import Mission
from observers.enums import AreaRule
from observers.services.drawing import VISITS, describe_deployment, draw_deployment, draw_every_day


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
        parser.add_argument("--district", action="append", default=[], help="draw in this area only; may be repeated")
        parser.add_argument(
            "--rule", choices=AreaRule.values, default=AreaRule.STRATA, help="how stations are spread (default %(default)s)"
        )
        parser.add_argument("--level", type=int, default=0, help="which level of the list the areas are (default 0: the districts)")
        parser.add_argument("--tabulations", type=int, default=0, help="how many teams follow the results to a tabulation")
        parser.add_argument("--day", default="", help="polling day as 2026-10-25, or all (default: the first)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw; exit 1 with one sentence where that is not possible."""
        mission = Mission.objects.filter(reference=options["mission"]).first()
        if mission is None:
            raise CommandError(f"There is no mission {options['mission']}.")
        asked = {name: options[name] for name in ("teams", "visits", "seed", "rule", "level", "tabulations")}
        try:
            if options["day"] == "all":
                draw_every_day(mission, by=SYSTEM, districts=options["district"] or None, **asked)
            else:
                day = _day(options["day"])
                draw_deployment(mission, by=SYSTEM, districts=options["district"] or None, day=day, **asked)
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


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError("Write --day like 2026-10-25, or all.") from None
