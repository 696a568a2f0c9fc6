"""Texts that people write, in several languages."""

from __future__ import annotations

from django.db import models

from core.enums import Language, TextState
from core.models.base import Record


class Translation(Record):
    """The text of one field of one owner in one language. The owner says which language is authentic.

    `source_hash` is the hash of the authentic text this one was made from: when that changes, this one is stale.
    """

    owner_type = models.CharField(max_length=60)
    owner_uuid = models.UUIDField()
    field = models.CharField(max_length=40)
    language = models.CharField(max_length=5, choices=Language)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=TextState, default=TextState.MISSING)
    source_hash = models.CharField(max_length=64, blank=True)
    changed_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_type", "owner_uuid", "field", "language"], name="one_text_per_language")]

    def __str__(self) -> str:
        return f"{self.owner_type}.{self.field} [{self.language}]"
