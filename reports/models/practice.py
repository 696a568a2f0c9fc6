"""Good practice of civil participation that a mission met with (issue of the Congress' own collection)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.rules import sees_all_missions
from core.enums import Language
from core.models import Record
from reports.enums import PracticeLevel, PracticeState, PracticeStep
from reports.models.visibility import missions_read_by

TEXTS = ("title", "text", "lesson")
"""What is written of a practice, in every language."""


class GoodPracticeQuerySet(models.QuerySet["GoodPractice"]):
    """Questions asked of good practices."""

    def visible_to(self, user: Any) -> GoodPracticeQuerySet:
        """Practices of the missions that `user` reads, and for the global roles those of other collections; the public ones have
        their own page."""
        found = Q(mission__in=missions_read_by(user))
        return self.filter(found | Q(mission=None)) if sees_all_missions(user) else self.filter(found)

    def collected(self) -> GoodPracticeQuerySet:
        """Practices read in from other collections."""
        return self.filter(mission=None)

    def out(self) -> GoodPracticeQuerySet:
        """Practices that everybody reads."""
        return self.filter(state=PracticeState.PUBLISHED)


class GoodPractice(Record):
    """What was done well, by whom, at which step, and what others can learn. Texts of `core.translations`: `title`, `text`, `lesson`.

    Where it was heard (`meeting`, `note`) stays at the desk, always. `source_name` is what the public reads of who told it: only
    with `source_agreed`, the source's own yes. `published_languages` are those a publisher let out.

    One that was read in from another collection has no mission: `collection` names that collection, `source_id` what it is called
    there, `source_url` its page there, `licence` under which terms its words may be given on.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.PROTECT, null=True, blank=True, related_name="practices")
    collection = models.CharField(max_length=200, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="practices")
    meeting = models.ForeignKey("missions.Meeting", on_delete=models.SET_NULL, null=True, blank=True, related_name="practices")
    note = models.ForeignKey("missions.MeetingNote", on_delete=models.SET_NULL, null=True, blank=True, related_name="practices")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PracticeState, default=PracticeState.DRAFT)
    level = models.CharField(max_length=12, choices=PracticeLevel)
    step = models.CharField(max_length=14, choices=PracticeStep)
    actors = models.JSONField(default=list)
    place = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    code_section = models.CharField(max_length=120, blank=True)
    web = models.URLField(blank=True)
    source_name = models.CharField(max_length=200, blank=True)
    source_agreed = models.BooleanField(default=False)
    authentic_language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    published_languages = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True, blank=True)
    search = models.TextField(blank=True)
    added_by = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = GoodPracticeQuerySet.as_manager()

    class Meta:
        ordering = ["mission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "number"], name="practice_number_per_mission"),
            models.UniqueConstraint(fields=["collection", "source_id"], condition=Q(mission=None), name="practice_once_per_collection"),
            models.CheckConstraint(
                condition=Q(mission__isnull=False, collection="") | Q(mission=None) & ~Q(collection="") & ~Q(source_id="") & ~Q(licence=""),
                name="practice_of_mission_or_collection",
            ),
            models.CheckConstraint(condition=~Q(state="published") | Q(published_at__isnull=False), name="practice_published_with_day"),
            models.CheckConstraint(condition=Q(source_name="") | Q(source_agreed=True), name="practice_source_with_its_yes"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The short name used at the desk: `GP3`; of one from another collection `C3`."""
        return f"{'GP' if self.mission_id else 'C'}{self.number}"

    def get_absolute_url(self) -> str:
        """Where it is worked on at the desk."""
        if self.mission is None:
            return reverse("reports:collected_practice", args=[self.uuid])
        return reverse("reports:practice", args=[self.mission.reference, self.uuid])
