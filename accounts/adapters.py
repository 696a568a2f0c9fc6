"""Sign-in: accounts are made by the secretariat, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Accounts have no user name beside their address."""

    def format_email_subject(self, subject: str) -> str:
        """Say which product writes, not on which host it runs."""
        return f"Scrutin: {subject}"
