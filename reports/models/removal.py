"""The key that lets an adopted or frozen text be deleted at all."""

from __future__ import annotations

from django.db import models

from core.models import Record


class Removal(Record):
    """Says that the texts of one mission were removed, when, by whom and why. Without such a row the triggers of 0002
    refuse to delete an adopted text, a frozen version or a statement; written only by `services.removal`."""

    mission_uuid = models.UUIDField(unique=True)
    mission_reference = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    removed_by = models.CharField(max_length=60)
