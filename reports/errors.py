"""Refusals that several services of this app share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import NotNow


def not_adopted() -> NotNow:
    """Nothing was adopted yet."""
    return NotNow(_("The report is not adopted yet."), code="not_adopted")
