"""Background work of reports: thin entrances to services."""

from __future__ import annotations

from celery import shared_task

from reports.services import retention


@shared_task(name="reports.delete_leftovers")
def delete_leftovers() -> int:
    """Delete unsaved words and Word documents whose time is over."""
    return retention.delete_leftovers().total()
