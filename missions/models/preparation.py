"""What has to be prepared for a mission (observation-rules 5, S5): accreditation, travel, hotels, safety note."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.enums import GlobalRole
from core.models import Record
from missions.enums import AssignmentRole
from missions.models.assignment import Assignment
from missions.models.country import localised
from missions.models.mission import Mission


class PreparationKind(models.Model):
    """One line of the default checklist, as data."""

    code = models.SlugField(max_length=40, unique=True)
    label_en = models.CharField(max_length=120)
    label_fr = models.CharField(max_length=120)
    label_de = models.CharField(max_length=120)
    offset_days = models.SmallIntegerField(help_text="Days from the first polling day; negative: before it.")
    owner_role = models.CharField(max_length=20)
    formats = models.JSONField(default=list, blank=True, help_text="Formats it applies to; empty: all.")
    source = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return localised(self, "label")


class PreparationQuerySet(models.QuerySet):
    """Questions about preparations."""

    def listed(self) -> PreparationQuerySet:
        """Not taken off the list."""
        return self.filter(removed_at__isnull=True)

    def open(self) -> PreparationQuerySet:
        """On the list and not done yet."""
        return self.listed().filter(done_at__isnull=True)

    def with_people(self) -> PreparationQuerySet:
        """With what a list shows of each, in one query."""
        return self.select_related("kind", "owner__person")


class Preparation(Record):
    """One line of a mission's checklist: of the default list (`kind`) or of its own (`title`).

    `offset_days` counts from the first polling day, and `due_on` follows it; without it `due_on` was set by hand and stays.
    `owner` is a person of the mission; without one, `owner_name` (free) or `owner_role` says who is to see to it.
    """

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="preparations")
    kind = models.ForeignKey(PreparationKind, null=True, blank=True, on_delete=models.PROTECT, related_name="preparations")
    title = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(Assignment, null=True, blank=True, on_delete=models.SET_NULL, related_name="preparations")
    owner_name = models.CharField(max_length=120, blank=True)
    owner_role = models.CharField(max_length=20, blank=True)
    offset_days = models.SmallIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PreparationQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "kind"], name="missions_preparation_once"),
            models.CheckConstraint(condition=Q(kind__isnull=False) | ~Q(title=""), name="missions_preparation_named"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What is to be prepared, in the reader's language where it is of the default list."""
        return self.title or (self.kind.label if self.kind else "")

    @property
    def who(self) -> Any:
        """Who is to see to it: a person, a name, or a role."""
        if self.owner is not None:
            return self.owner.person.name
        return self.owner_name or role_label(self.owner_role)

    def is_overdue(self, on: date) -> bool:
        """Open although its day is past."""
        return self.done_at is None and self.due_on is not None and self.due_on < on


def role_label(role: str) -> Any:
    """A role of the mission in words; the secretariat's coordinator has no role in it."""
    labels: dict[str, Any] = {**dict(GlobalRole.choices), **dict(AssignmentRole.choices)}
    return labels.get(role, "")
