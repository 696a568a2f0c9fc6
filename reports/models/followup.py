"""What became of recommendations."""

from __future__ import annotations

from django.db import models

from core.enums import Access, Language
from core.models import Record
from reports.enums import FollowUpBasis, FollowUpStatus


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Questions asked of assessments."""

    def standing(self) -> FollowUpQuerySet:
        """Assessments that were not taken back: these alone give a status and are told to the public."""
        return self.filter(withdrawn_at=None)


class FollowUp(Record):
    """One assessment of one recommendation on one day; the latest that stands is its status. The note is a text of
    `core.translations` (field `note`); only a public note reaches the tracker. One that was wrong is taken back with a
    reason and stays readable at the desk."""

    recommendation = models.ForeignKey("reports.Recommendation", on_delete=models.CASCADE, related_name="follow_ups")
    status = models.CharField(max_length=20, choices=FollowUpStatus)
    basis = models.CharField(max_length=20, choices=FollowUpBasis)
    assessed_on = models.DateField()
    access = models.CharField(max_length=12, choices=Access, default=Access.PUBLIC)
    authentic_language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    dialogue = models.ForeignKey("reports.Dialogue", on_delete=models.SET_NULL, null=True, blank=True, related_name="follow_ups")
    document = models.ForeignKey("core.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    assessed_by = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=60, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_on", "-created_at", "-pk"]


class Dialogue(Record):
    """One meeting or letter of the post-electoral dialogue (observation-rules F6)."""

    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="dialogues")
    mission = models.ForeignKey("missions.Mission", on_delete=models.PROTECT, null=True, blank=True, related_name="dialogues")
    held_on = models.DateField()
    counterpart = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    is_online = models.BooleanField(default=False)
    recommendations = models.ManyToManyField("reports.Recommendation", related_name="dialogues", blank=True)
    commitment = models.TextField(blank=True)
    deadline_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)
    access = models.CharField(max_length=12, choices=Access, default=Access.SECRETARIAT)
    recorded_by = models.CharField(max_length=60)

    class Meta:
        ordering = ["-held_on", "-pk"]
