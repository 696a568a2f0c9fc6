"""The secretariat's own wording of the letters that answer an authority."""

from __future__ import annotations

from django.db import models

from core.enums import Language
from core.models import Record
from missions.enums import DecisionOutcome


class LetterTemplate(Record):
    """The wording of one answer in one language. Without a row the wording of the house counts; restoring it deletes the row."""

    kind = models.CharField(max_length=20, choices=DecisionOutcome.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    text = models.TextField(help_text="Plain text; an empty line begins a paragraph; variables in braces: {country}.")
    changed_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["kind", "language"]
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="missions_one_letter_per_language")]

    def __str__(self) -> str:
        return f"{self.kind} [{self.language}]"
