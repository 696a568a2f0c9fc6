"""`manage.py import_stations MISSION FILE [--map column=field ...] [--dry-run]` (DESIGN 5)."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import SYSTEM
from core.errors import DomainError
from missions.models import Mission
from missions.services.columns import FIELDS
from missions.services.stations import import_stations, review_stations


class Command(BaseCommand):
    """Imports polling stations and prints what was done as JSON; exit 1 with nothing stored where a row is refused.

    With --dry-run what the reader should know of the list (swapped coordinates, two spellings) goes to standard error.
    """

    help = "Import the polling stations of a mission from CSV, TSV, JSON or XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """MISSION FILE [--map column=field ...] [--dry-run]."""
        parser.add_argument("mission", help="reference of the mission, like BG-2026-1")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map",
            nargs="+",
            action="extend",
            default=[],
            metavar="column=field",
            help="what a column is; several may be code, name, address or level: " + ", ".join(FIELDS),
        )
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print, exit."""
        try:
            answer = self._import(options)
        except DomainError as refusal:
            answer = _refused(str(refusal.sentence), refusal.attr or "")
        except FileNotFoundError:
            answer = _refused(f"There is no file {options['file']}.", "file")
        except OSError as error:
            answer = _refused(f"The file cannot be read: {error.strerror}.", "file")
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        if answer["refused"]:
            sys.exit(1)

    def _import(self, options: dict[str, Any]) -> dict[str, Any]:
        mission = Mission.objects.filter(reference=options["mission"]).first()
        if mission is None:
            raise CommandError(f"There is no mission {options['mission']}.")
        mapping = {}
        for pair in options["map"]:
            column, found, field = pair.rpartition("=")
            if not found:
                raise CommandError(f"--map takes column=field, not {pair!r}.")
            mapping[column] = field
        with options["file"].open("rb") as source:
            if not options["dry_run"]:
                return import_stations(mission, by=SYSTEM, source=source, name=options["file"].name, mapping=mapping)
            answer = review_stations(mission, by=SYSTEM, source=source, name=options["file"].name, mapping=mapping)
        for note in answer["notes"]:
            self.stderr.write(f"Row {note['row']}: {note['why']}" if note["row"] else note["why"])
        return {name: answer[name] for name in ("created", "updated", "unchanged", "refused")}


def _refused(why: str, column: str) -> dict[str, Any]:
    return {"created": 0, "updated": 0, "unchanged": 0, "refused": [{"row": 0, "column": column, "why": why}]}
