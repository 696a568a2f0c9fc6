"""Base models."""

from __future__ import annotations

import uuid

from django.db import models

from core import clock


class Named(models.Model):
    """A row that the outside names by `uuid`; the primary key never leaves the house."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Record(Named):
    """A named row that knows when it was made and last changed (business time, UTC)."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def save_changes(self, *fields: str) -> None:
        """Save the named fields and `updated_at`, nothing else."""
        self.updated_at = clock.now()
        self.save(update_fields=[*fields, "updated_at"])


class ClockOffset(models.Model):
    """The demonstration's clock: one row, seconds added to real time (see `core.clock`)."""

    seconds = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.seconds} s"
