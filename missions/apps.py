"""The missions app: what happens from an invitation to the follow-up of a report."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MissionsConfig(AppConfig):
    """Fills the registries that this app offers to or uses from others."""

    name = "missions"
    verbose_name = _("Missions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register reference data, guards, log sentences, links, tabs, documents and reminders."""
        from core import audit, reference
        from missions import rules  # noqa: F401  (declares the permissions)
        from missions.log import SENTENCES
        from missions.services import guards
        from missions.services.reference import load_countries, load_deadline_rules, load_past_missions

        for code, sentence in SENTENCES.items():
            audit.register_code(code, sentence)
        reference.register(10, "countries", load_countries)
        reference.register(11, "deadline rules", load_deadline_rules)
        reference.register(12, "past missions", load_past_missions)
        guards.register()
