"""Reports: sections, numbered paragraphs, frozen versions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from core.enums import Language
from core.models import Record
from reports import lifecycle
from reports.enums import ReportKind, ReportState, SectionCode, VersionReason
from reports.models.visibility import missions_read_by


class ReportQuerySet(models.QuerySet["Report"]):
    """Questions asked of reports."""

    def visible_to(self, user: Any) -> ReportQuerySet:
        """Reports on missions that `user` sees."""
        return self.filter(missions__in=missions_read_by(user)).distinct()

    def for_mission(self, mission: Any) -> ReportQuerySet:
        """Reports that cover one mission."""
        return self.filter(missions=mission)

    def live(self) -> ReportQuerySet:
        """Reports that were not withdrawn."""
        return self.exclude(state=ReportState.WITHDRAWN)


class Report(Record):
    """A report on one or more missions. Title: texts of `core.translations` (field `title`). `number` is stored as
    typed; `number_parts` is a reading of it (report-structure 3). Only `services.lifecycle` writes `state`."""

    missions = models.ManyToManyField("missions.Mission", related_name="reports")
    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=ReportKind, default=ReportKind.REPORT)
    state = models.CharField(max_length=14, choices=ReportState, default=ReportState.DRAFT)
    year = models.PositiveSmallIntegerField()
    languages = models.JSONField(default=list)
    authentic_language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    number = models.CharField(max_length=60, blank=True)
    number_parts = models.JSONField(default=dict)
    session = models.CharField(max_length=80, blank=True)
    committee = models.CharField(max_length=120, blank=True)
    committee_on = models.DateField(null=True, blank=True)
    adopted_on = models.DateField(null=True, blank=True)
    recommendation_number = models.CharField(max_length=60, blank=True)
    resolution_number = models.CharField(max_length=60, blank=True)
    consultation_until = models.DateField(null=True, blank=True)
    transmitted_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "country", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="report_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["adopted", "published", "transmitted"]) | Q(adopted_on__isnull=False),
                name="report_adopted_with_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_kind_display()} {self.uuid}"

    @cached_property
    def mission(self) -> Any:
        """The first of its missions: under its reference the desk and the log name the report."""
        return self.missions.order_by("pk").first()

    @property
    def is_editable(self) -> bool:
        """May its texts be changed now?"""
        return self.state in lifecycle.EDITABLE

    @property
    def has_recommendation(self) -> bool:
        """Limited and remote formats end in an information report without one (observation-rules A8)."""
        return self.kind == ReportKind.REPORT

    def get_absolute_url(self) -> str:
        """Where the report is worked on at the desk."""
        return reverse("reports:report", args=[self.mission.reference]) if self.mission else "/"


class ReportSection(Record):
    """A chapter of the explanatory memorandum, or the summary."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sections")
    code = models.CharField(max_length=20, choices=SectionCode)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["report", "position"]
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="section_once_per_report")]

    def __str__(self) -> str:
        return self.get_code_display()


class ReportParagraph(Record):
    """The unit of writing. Text: `core.translations` (field `text`). `version` rises at every save; a save against an
    older version is refused with both texts (`services.paragraphs`). Numbers are given when a version is frozen."""

    section = models.ForeignKey(ReportSection, on_delete=models.CASCADE, related_name="paragraphs")
    position = models.PositiveIntegerField()
    authentic_language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    findings = models.ManyToManyField("reports.Finding", related_name="paragraphs", blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["section", "position", "pk"]


class ReportMove(Record):
    """One step in the life of a report: who moved it, from where, with which note."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="moves")
    action = models.CharField(max_length=20)
    source = models.CharField(max_length=14, choices=ReportState)
    target = models.CharField(max_length=14, choices=ReportState)
    by = models.CharField(max_length=60)
    note = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["moved_at", "pk"]


class ReportVersion(Record):
    """A frozen version: content by language, checksum, reason. The database refuses every change (triggers of 0002);
    documents are rendered from this row alone. A correction names the version it corrects."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, choices=VersionReason)
    languages = models.JSONField(default=list)
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    unchecked = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    note = models.TextField(blank=True)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=60)

    class Meta:
        ordering = ["report", "-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="report_version_number")]

    def __str__(self) -> str:
        return f"{self.report} v{self.number}"

    @property
    def authentic_language(self) -> str:
        """The language the report was written in."""
        return self.report.authentic_language

    def get_absolute_url(self) -> str:
        """The version as it reads, with its files, at the desk."""
        return reverse("reports:version", args=[self.report.mission.reference, self.number])
