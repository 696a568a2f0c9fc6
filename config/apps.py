"""The project as an app: its commands, and the reading of every app's `rules.py`."""

from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project."""

    name = "config"

    def ready(self) -> None:
        """Declare every permission before the first request."""
        for app in ("accounts", "missions", "observers", "field", "reports"):
            import_module(f"{app}.rules")
