"""Forms and their versions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from core.models import Record
from field.enums import FormStage, VersionState
from missions.models import Mission


class FormQuerySet(models.QuerySet):
    """Questions about forms."""

    def for_mission(self, mission: Mission) -> FormQuerySet:
        """The library's forms and the mission's own; a form of the mission takes the place of the library's with the same code."""
        own = Form.objects.filter(mission=mission).values("code")
        return self.filter(Q(mission=mission) | Q(mission__isnull=True) & ~Q(code__in=own)).order_by("position", "code")

    def visible_to(self, user: Any) -> FormQuerySet:
        """The library's forms and those of the missions whose content the user sees."""
        return self.filter(Q(mission__isnull=True) | Q(mission__in=Mission.objects.open_to(user)))


class Form(Record):
    """A checklist, in the library (no mission) or of one mission. What it asks is in its versions."""

    mission = models.ForeignKey("missions.Mission", null=True, blank=True, on_delete=models.CASCADE, related_name="forms")
    code = models.CharField(max_length=20)
    form_id = models.CharField(max_length=64)
    stage = models.CharField(max_length=20, choices=FormStage.choices, default=FormStage.OTHER)
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_de = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=50)

    objects = FormQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["form_id"], condition=Q(mission__isnull=True), name="field_library_form_id_once"),
            models.UniqueConstraint(fields=["mission", "form_id"], condition=Q(mission__isnull=False), name="field_mission_form_id_once"),
            models.UniqueConstraint(fields=["mission", "code"], condition=Q(mission__isnull=False), name="field_mission_form_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    @property
    def title(self) -> str:
        """The title in the reader's language, else English."""
        return getattr(self, f"title_{(get_language() or 'en')[:2]}", "") or self.title_en

    @property
    def current(self) -> FormVersion | None:
        """The newest published version."""
        return self.versions.filter(state=VersionState.PUBLISHED).order_by("-published_at", "-pk").first()


class FormVersionQuerySet(models.QuerySet):
    """Questions about versions."""

    def published(self) -> FormVersionQuerySet:
        """Versions that phones may fill in."""
        return self.filter(state=VersionState.PUBLISHED)

    def known(self) -> FormVersionQuerySet:
        """Versions under which answers are accepted: published, and closed ones that somebody still held."""
        return self.exclude(state=VersionState.DRAFT)


class FormVersion(Record):
    """One version of a form: the XLSForm as given, the XForm as served, what it asks. A published version never changes."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    xlsform = models.ForeignKey("core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    xform = models.TextField()
    md5 = models.CharField(max_length=32)
    languages = models.JSONField(default=list)
    unchecked_languages = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    validation = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        ordering = ["form_id", "-pk"]
        constraints = [models.UniqueConstraint(fields=["form", "version"], name="field_form_version_once")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.version}"
