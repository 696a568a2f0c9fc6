"""Findings and what they rest on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.rules import sees_all_missions
from core.enums import Access, Language
from core.models import Record
from reports.enums import OPEN_TO_TEAM, Confidence, EvidenceKind, FindingKind, FindingState, Phase, Seriousness
from reports.lifecycle import FINDING_AGREED
from reports.models.visibility import missions_read_by


class FindingQuerySet(models.QuerySet["Finding"]):
    """Questions asked of findings."""

    def visible_to(self, user: Any) -> FindingQuerySet:
        """Findings of the missions that `user` reads; narrower ones than the team's for the global roles only."""
        rows = self.filter(mission__in=missions_read_by(user))
        return rows if sees_all_missions(user) else rows.filter(access__in=OPEN_TO_TEAM)

    def for_mission(self, mission: Any) -> FindingQuerySet:
        """Findings of one mission."""
        return self.filter(mission=mission)

    def agreed(self) -> FindingQuerySet:
        """Findings that the delegation stands behind."""
        return self.filter(state__in=FINDING_AGREED)

    def printed(self) -> FindingQuerySet:
        """Findings whose own text may stand in a statement or a recommendation: what only the secretariat reads never does."""
        return self.filter(access__in=OPEN_TO_TEAM)

    def live(self) -> FindingQuerySet:
        """Findings that were not dropped."""
        return self.exclude(state=FindingState.DROPPED)

    def with_evidence(self) -> FindingQuerySet:
        """Evidence and topic in the same three queries, however many rows."""
        return self.select_related("topic").prefetch_related("evidence", "recommendations")


class Finding(Record):
    """What the delegation found, with topic, weight and evidence. The statement is a text of `core.translations`
    (field `statement`); `authentic_language` names the language it was written in.

    `origin` names the figure or flag a suggestion came from, so that suggesting again makes nothing twice.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveIntegerField()
    topic = models.ForeignKey("reports.Topic", on_delete=models.PROTECT, related_name="findings", null=True, blank=True)
    phase = models.CharField(max_length=12, choices=Phase)
    seriousness = models.PositiveSmallIntegerField(choices=Seriousness, default=Seriousness.MINOR)
    kind = models.CharField(max_length=14, choices=FindingKind, default=FindingKind.CONCERN)
    confidence = models.CharField(max_length=8, choices=Confidence, default=Confidence.MEDIUM)
    state = models.CharField(max_length=16, choices=FindingState, default=FindingState.DRAFT)
    access = models.CharField(max_length=12, choices=Access, default=Access.TEAM)
    authentic_language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    origin = models.CharField(max_length=60, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    drop_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["mission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "number"], name="finding_number_per_mission"),
            models.UniqueConstraint(fields=["mission", "origin"], condition=~Q(origin=""), name="finding_suggested_once"),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(drop_reason=""), name="finding_dropped_with_reason"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The short name used beside a text: `F12`."""
        return f"F{self.number}"

    @property
    def is_positive(self) -> bool:
        """Does the text welcome it?"""
        return self.kind in {FindingKind.WELCOME, FindingKind.GOOD_PRACTICE}

    def get_absolute_url(self) -> str:
        """Where the finding is shown at the desk."""
        return reverse("reports:finding", args=[self.mission.reference, self.uuid])


class Evidence(Record):
    """One thing a finding rests on.

    The row names what it points to by `kind` and `object_uuid` (an answer: the observation's root uuid and `item`),
    not by foreign keys: evidence outlives the retention of what was observed, and keeps what it said in `frozen`.
    A figure keeps n, denominator and the day it was counted.
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=16, choices=EvidenceKind)
    object_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    item = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=300)
    frozen = models.JSONField(default=dict)
    access = models.CharField(max_length=12, choices=Access, default=Access.TEAM)
    added_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["kind", "item"], name="evidence_kind_item")]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "kind", "object_uuid", "item"], condition=Q(object_uuid__isnull=False), name="evidence_once_per_finding"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_public(self) -> bool:
        """May a reader outside know what this is?"""
        return self.access == Access.PUBLIC


class FindingWording(Record):
    """What the statement of a finding said before it was written anew, in one language. A row is never changed.

    `source`: where the new words came from, if not from the finding's own page (a Word document, say).
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=8)
    text = models.TextField()
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=60)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-replaced_at", "-pk"]


class FindingComment(Record):
    """One remark in the discussion of a finding."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()

    class Meta:
        ordering = ["created_at", "pk"]
