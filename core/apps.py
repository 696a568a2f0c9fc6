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
        audit.register_code("mail.released", _("Let a held mail go."))
        audit.register_code("mail.stopped", _("Stopped a mail."))
        audit.register_code("mail.sent_again", _("Sent a mail again."))
        audit.register_code("mail.came_back", _("A mail came back."))
        audit.register_code("mail.address_barred", _("Barred an address from mail."))
        audit.register_code("mail.address_opened", _("Opened an address for mail again."))
        audit.register_code("mail.text_changed", _("Changed the words of a mail."))
        audit.register_code("mail.text_reset", _("Let the words of a mail be as they came."))
        audit.register_code("reminders.rule_reset", _("Let a reminder rule be as it came."))
