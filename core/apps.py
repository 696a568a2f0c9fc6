"""Registration of the app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The house."""

    name = "core"

    def ready(self) -> None:
        """Let the document engine register its job and its files' readers; print days as the house does."""
        from core import dates
        from core.documents import access, jobs  # noqa: F401

        dates.install()
