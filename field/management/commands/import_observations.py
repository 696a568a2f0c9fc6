"""Import observations collected elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actors import SYSTEM
from field.models import Form
from field.services.imports import import_observations
from missions.models import Mission


class Command(BaseCommand):
    """`manage.py import_observations FORM FILE [--repeats FILE ...] [--mission BG-2026-1] [--map column=code ...] [--dry-run]`."""

    help = "Imports answers (CSV, XLSX, ZIP; Kobo and ODK exports with repeats); prints JSON. If a row is refused, nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        """Form, file, mapping."""
        parser.add_argument("form", help="code or form_id, e.g. B")
        parser.add_argument("file")
        parser.add_argument("--repeats", nargs="*", default=[], metavar="FILE", help="CSV files named after repeats: form-person.csv")
        parser.add_argument("--mission", help="may be left out where only one mission has the form or there is one mission")
        parser.add_argument("--map", nargs="*", default=[], metavar="column=code")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import; exit 1 if anything was refused."""
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        beside = [Path(name) for name in options["repeats"]]
        for other in beside:
            if not other.is_file():
                raise CommandError(f"There is no file {other}.")
        mission = self._mission(options["mission"])
        forms = Form.objects.for_mission(mission)
        form = forms.filter(code=options["form"]).first() or forms.filter(form_id=options["form"]).first()
        version = form.current if form else None
        if version is None:
            raise CommandError(f"The mission {mission.reference} has no published form {options['form']}.")
        pairs = dict(pair.split("=", 1) for pair in options["map"] if "=" in pair)
        answer = import_observations(
            version,
            mission,
            path.read_bytes(),
            name=path.name,
            by=SYSTEM,
            mapping=pairs,
            beside=[(other.name, other.read_bytes()) for other in beside],
            dry_run=options["dry_run"],
        )
        self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
        if answer.refused:
            sys.exit(1)

    def _mission(self, reference: str | None) -> Mission:
        rows = Mission.objects.filter(reference=reference) if reference else Mission.objects.all()
        found = list(rows[:2])
        if len(found) != 1:
            raise CommandError("Say which mission: --mission BG-2026-1." if not reference else f"There is no mission {reference}.")
        return found[0]
