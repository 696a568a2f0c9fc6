"""The statement of preliminary conclusions, as frozen after the debriefing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse

from core.models import Record
from reports.models.visibility import missions_read_by


class StatementQuerySet(models.QuerySet["Statement"]):
    """Questions asked of statements."""

    def visible_to(self, user: Any) -> StatementQuerySet:
        """Statements of the missions that `user` sees."""
        return self.filter(mission__in=missions_read_by(user))


class Statement(Record):
    """A frozen statement: content by language and checksum. A new one is a new numbered row; the database refuses
    changes of the old (triggers of 0002)."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField()
    languages = models.JSONField(default=list)
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    unchecked = models.JSONField(default=dict)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=60)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["mission", "-number"]
        constraints = [models.UniqueConstraint(fields=["mission", "number"], name="statement_number_per_mission")]

    def __str__(self) -> str:
        return f"{self.mission} {self.number}"

    @property
    def authentic_language(self) -> str:
        """English unless the content says otherwise."""
        return str(self.languages[0]) if self.languages else "en"

    def get_absolute_url(self) -> str:
        """The page with every statement of the mission and its files."""
        return reverse("reports:statement", args=[self.mission.reference])
