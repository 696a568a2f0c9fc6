"""The fixed words of documents in languages beside ours, as people translated them."""

from __future__ import annotations

from django.db import models

from core.models import Record


class FixedWord(Record):
    """One fixed word or sentence of our documents in a language of a host country. Translated once, used by every later mission.

    `key`: of `reports/data/wording.csv`, or `page.<key>` of the engine's words (`core/documents/words.py`). `source`: the English that it
    was translated from. What is released freezes the words it was drawn with, so that a row may be corrected at any time.
    """

    language = models.CharField(max_length=8)
    key = models.CharField(max_length=60)
    text = models.CharField(max_length=600)
    source = models.CharField(max_length=600)
    changed_by = models.CharField(max_length=60)

    class Meta:
        ordering = ["language", "key"]
        constraints = [models.UniqueConstraint(fields=["language", "key"], name="fixed_word_once")]

    def __str__(self) -> str:
        return f"{self.key} [{self.language}]"
