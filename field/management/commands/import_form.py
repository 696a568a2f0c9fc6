"""Import a form."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actors import SYSTEM
from field.enums import FormStage
from field.services.forms import import_form
from missions.models import Mission


class Command(BaseCommand):
    """`manage.py import_form FILE [--publish] [--mission BG-2026-1]`."""

    help = "Imports an XLSForm (.xls, .xlsx) or XForm (.xml); prints JSON. Refusals name sheet and row; nothing is stored then."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and where it belongs."""
        parser.add_argument("file")
        parser.add_argument("--publish", action="store_true")
        parser.add_argument("--mission", help="the form belongs to this mission only")
        parser.add_argument("--stage", choices=FormStage.values, default=FormStage.OTHER.value)
        parser.add_argument("--code", default="", help="short code, e.g. A")
        parser.add_argument("--no-validate", action="store_true", help="skip ODK Validate")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import; exit 1 if anything was refused."""
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        mission = None
        if options["mission"]:
            mission = Mission.objects.filter(reference=options["mission"]).first()
            if mission is None:
                raise CommandError(f"There is no mission {options['mission']}.")
        answer = import_form(
            path.read_bytes(),
            name=path.name,
            by=SYSTEM,
            mission=mission,
            publish=options["publish"],
            stage=options["stage"],
            code=options["code"],
            validate=not options["no_validate"],
        )
        self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
        if answer.refused:
            sys.exit(1)
