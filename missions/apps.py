"""The missions app: what happens from an invitation to the follow-up of a report."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MissionsConfig(AppConfig):
    """Fills the registries that this app offers to or uses from others."""

    name = "missions"
    verbose_name = _("Missions")
    default_auto_field = "django.db.models.BigAutoField"
