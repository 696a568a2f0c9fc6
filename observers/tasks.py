"""Background work of observers: thin entrances to services."""

from __future__ import annotations

from celery import shared_task

from observers.services import accreditation


@shared_task(name="observers.delete_identity_data")
def delete_identity_data() -> int:
    """Delete identity data whose time is over."""
    return accreditation.sweep_identity_data()
