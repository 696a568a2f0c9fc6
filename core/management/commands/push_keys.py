"""`manage.py push_keys`: the key by which push services know this installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.push.keys import public_key


class Command(BaseCommand):
    """Make the key pair where there is none, and print its public half."""

    help = "Make the key pair of this installation for web push, unless there is one, and print its public key."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        self.stdout.write(public_key())
