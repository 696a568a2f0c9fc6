"""The smaller texts of a mission: announcement, media advisory, speaking notes, press release (report-structure 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from core.enums import Language
from core.models import Record
from reports.enums import MissionTextKind, MissionTextState
from reports.models.visibility import missions_read_by


class MissionTextQuerySet(models.QuerySet["MissionText"]):
    """Questions asked of texts."""

    def visible_to(self, user: Any) -> MissionTextQuerySet:
        """Texts of the missions that `user` reads."""
        return self.filter(mission__in=missions_read_by(user))

    def live(self) -> MissionTextQuerySet:
        """Texts that were not withdrawn."""
        return self.exclude(state=MissionTextState.WITHDRAWN)


class MissionText(Record):
    """One text of the family, composed from the facts of the mission and edited by people until it is released.

    Title and body are texts of `core.translations` (fields `title`, `body`); `languages` may name a language of the host
    country too. In a body a blank line parts paragraphs, `# ` begins a heading and `- ` an entry of a list. `contact` is
    printed at the end. `held_on`, `held_at` (wall time at `place`): the press conference, or the session.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.PROTECT, related_name="texts")
    kind = models.CharField(max_length=16, choices=MissionTextKind)
    state = models.CharField(max_length=10, choices=MissionTextState, default=MissionTextState.DRAFT)
    authentic_language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    languages = models.JSONField(default=list)
    contact = models.TextField(blank=True)
    held_on = models.DateField(null=True, blank=True)
    held_at = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    correction_note = models.CharField(max_length=500, blank=True)
    composed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = MissionTextQuerySet.as_manager()

    class Meta:
        ordering = ["mission", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "kind"], condition=~Q(state="withdrawn"), name="mission_text_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.mission} {self.kind}"

    @property
    def is_editable(self) -> bool:
        """May its words be changed now?"""
        return self.state == MissionTextState.DRAFT

    def get_absolute_url(self) -> str:
        """Where it is worked on at the desk."""
        return reverse("reports:text", args=[self.mission.reference, self.kind])


class MissionTextVersionQuerySet(models.QuerySet["MissionTextVersion"]):
    """Questions asked of released versions."""

    def out(self, at: datetime | None = None) -> MissionTextVersionQuerySet:
        """Versions for the public whose embargo has passed, to the second; not what was withdrawn before, for it never was public.

        A withdrawn text is written no more, so that its last change is the withdrawal.
        """
        never = Q(text__state=MissionTextState.WITHDRAWN, text__updated_at__lt=models.F("embargo_until"))
        return self.filter(is_public=True, embargo_until__lte=at or clock.now()).exclude(never)

    def current(self, at: datetime | None = None) -> MissionTextVersionQuerySet:
        """Of every text the newest version that is out, unless the text was withdrawn."""
        newer = MissionTextVersion.objects.out(at).filter(text=models.OuterRef("text"), number__gt=models.OuterRef("number"))
        return self.out(at).exclude(text__state=MissionTextState.WITHDRAWN).filter(~models.Exists(newer))


class MissionTextVersion(Record):
    """A released version: content by language, checksum, from which instant it may be published. The database refuses
    every change (triggers); documents and the public page are drawn from this row alone."""

    text = models.ForeignKey(MissionText, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    slug = models.SlugField(max_length=120)
    languages = models.JSONField(default=list)
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    unchecked = models.JSONField(default=dict)
    search = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)
    embargo_until = models.DateTimeField()
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=60)

    objects = MissionTextVersionQuerySet.as_manager()

    class Meta:
        ordering = ["text", "-number"]
        indexes = [models.Index(fields=["slug", "embargo_until"], name="mission_text_slug")]
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="mission_text_version_number")]

    def __str__(self) -> str:
        return f"{self.slug} v{self.number}"

    @property
    def mission(self) -> Any:
        """The mission under whose reference the log names it, and whose roles count."""
        return self.text.mission

    @property
    def authentic_language(self) -> str:
        """The language it was written in."""
        return self.text.authentic_language

    def is_out(self, at: datetime | None = None) -> bool:
        """Is it public and has the embargo passed?"""
        return self.is_public and self.embargo_until <= (at or clock.now())

    def get_absolute_url(self) -> str:
        """The text it is a version of, at the desk."""
        return self.text.get_absolute_url()

    def public_url(self, language: str) -> str:
        """Its page on the public site."""
        return reverse("reports:public_text", args=[language, self.slug])
