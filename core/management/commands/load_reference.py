"""`manage.py load_reference`: load or refresh the reference data. Safe to run again."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from core import reference


class Command(BaseCommand):
    """Load the reference data of every app."""

    help = "Loads or refreshes the reference data: states, rules, standards, forms, past missions. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all loaders in one transaction and print what each did."""
        with transaction.atomic():
            answers = reference.load_all()
        for name, answer in answers.items():
            self.stdout.write(f"{name}: {json.dumps(answer)}")
