"""`manage.py sign_ins`: who can sign in to a demonstration, and with which password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.staff import sign_ins


class Command(BaseCommand):
    """Print role, address and password; nothing outside a demonstration."""

    help = "Prints the sign-in of each role. Only where SCRUTIN_DEMO=1."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        if not settings.SCRUTIN_DEMO:
            raise CommandError("There are known passwords only where SCRUTIN_DEMO=1.")
        rows = sign_ins()
        if not rows:
            self.stdout.write("No sign-in yet: run manage.py load_demonstration.")
            return
        self.stdout.write(f"{'role':<14} {'address':<28} password")
        for row in rows:
            self.stdout.write(f"{row.role:<14} {row.email:<28} {row.password}{'   (' + row.note + ')' if row.note else ''}")
