"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """The house."""

    name = "core"

    def ready(self) -> None:
        """Let the document engine register its job and its files' readers; print days as the house does."""
        from core import audit, dates
        from core.documents import access, jobs  # noqa: F401

        dates.install()
        audit.register_code("reminders.rule_changed", _("Changed a reminder rule."))
        audit.register_code("reminders.rule_reset", _("Let a reminder rule be as it came."))
