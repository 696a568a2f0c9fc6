"""The log of who did what."""

from __future__ import annotations

from django.db import models

from core import clock
from core.models.base import Named


class AuditEntry(Named):
    """One act. Inserted unsealed in the act's own transaction; a sweep numbers and hash-chains entries in order.

    Append-only: triggers on both databases refuse a change (but for the seal, once) and a deletion.
    """

    at = models.DateTimeField(default=clock.now, editable=False)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    mission = models.CharField(max_length=24, blank=True)
    fields = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    number = models.BigIntegerField(null=True, unique=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["mission", "-at"], name="audit_mission"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.object_id}"
