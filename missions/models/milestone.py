"""What is due in a mission, from which rule."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from core.models import Record
from missions.models.mission import Mission
from missions.models.reference import DeadlineRule


class MilestoneQuerySet(models.QuerySet):
    """Questions about milestones."""

    def open(self) -> MilestoneQuerySet:
        """Not done yet."""
        return self.filter(done_at__isnull=True)

    def by_day(self) -> MilestoneQuerySet:
        """With `day`, the day that counts, in its order."""
        return self.annotate(day=Coalesce("moved_to", "due_on")).order_by("day", "rule__order")

    def overdue(self, on: date) -> MilestoneQuerySet:
        """Open, and due before `on`."""
        return self.open().by_day().filter(day__lt=on)


class Milestone(Record):
    """A deadline of a mission: computed from polling day in the mission's zone, or moved by hand with a reason."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="milestones")
    rule = models.ForeignKey(DeadlineRule, on_delete=models.PROTECT, related_name="milestones")
    due_on = models.DateField()
    moved_to = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "rule"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "rule"], name="missions_milestone_once"),
            models.CheckConstraint(condition=Q(moved_to__isnull=True) | ~Q(reason=""), name="missions_moved_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.mission}: {self.rule}"

    @property
    def effective_on(self) -> date:
        """The day that counts: moved by hand, else computed."""
        return self.moved_to or self.due_on

    def is_overdue(self, on: date) -> bool:
        """Open although its day is past."""
        return self.done_at is None and self.effective_on < on
