"""The app of findings, recommendations, reports and their publication."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Registers what lower apps ask of this one."""

    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Fill the registries of core and missions."""
