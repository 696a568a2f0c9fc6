"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts, people, secure links."""

    name = "accounts"

    def ready(self) -> None:
        """Register the purpose of password links and the menu entries."""
        from accounts.services import stored
        from accounts.services.links import register_purpose
        from accounts.services.people import refresh_search
        from core import reference
        from core.navigation import register_entry

        stored.register()
        reference.register(5, "names", refresh_search)
        register_purpose("account.password", grants={"accounts.set_password"}, view_name="accounts:password_by_link")
        register_entry(
            80, _("Accounts"), "accounts:accounts", icon="person-gear", permission="accounts.view_accounts", prefix="/administration/"
        )
        register_entry(81, _("Inbox"), "core:inbox", icon="inbox", prefix="/inbox/")
        register_entry(82, _("Reminders"), "core:reminder_rules", icon="bell", permission="core.view_reminders", prefix="/reminders/")
        register_entry(85, _("Outbox"), "core:outbox", icon="envelope", permission="core.view_outbox", prefix="/outbox/")
        register_entry(90, _("Jobs"), "core:jobs", icon="gear", permission="core.view_jobs", prefix="/jobs/")
        register_entry(95, _("Log"), "core:log", icon="journal-text", permission="core.view_log", prefix="/log/")
