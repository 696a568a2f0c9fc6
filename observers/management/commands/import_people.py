"""`manage.py import_people FILE [--dry-run]`: members of the Congress from CSV or XLSX (DESIGN 5)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import SYSTEM
from core.errors import DomainError
from observers.services.people_import import import_people


class Command(BaseCommand):
    """Import people."""

    help = "Imports members from CSV or XLSX; prints what was created, updated, unchanged, refused. Exit 1: nothing stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File and dry run."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only try: store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import; the answer is JSON."""
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            answer = import_people(content, name=path.name, by=SYSTEM, dry_run=options["dry_run"])
        except DomainError as error:
            answer = {"created": 0, "updated": 0, "unchanged": 0, "refused": [{"row": 0, "column": "", "why": str(error.sentence)}]}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if answer["refused"]:
            raise SystemExit(1)
