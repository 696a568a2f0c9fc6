"""Background work of the field app: thin entrances to services."""

from __future__ import annotations

from celery import shared_task

from field.services import plausibility


@shared_task(name="field.check_plausibility")
def check_plausibility() -> int:
    """Checks across records that changed lately (P1, P4, P6, P8)."""
    return plausibility.sweep()
