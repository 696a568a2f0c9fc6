"""What people judge of a national delegation: points a to c of Charter 2.2 (membership-rules R2)."""

from __future__ import annotations

from django.db import models

from core.models import Record
from observers.enums import CompositionPoint, JudgementOutcome


class CompositionJudgement(Record):
    """One judgement of one point, as of a day; a later one takes its place from its own day on, and both stay."""

    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="composition_judgements")
    point = models.CharField(max_length=1, choices=CompositionPoint.choices)
    outcome = models.CharField(max_length=10, choices=JudgementOutcome.choices)
    reason = models.TextField()
    judged_on = models.DateField()
    judged_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["country_id", "point", "-judged_on", "-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.country_id} {self.point}: {self.outcome}"
