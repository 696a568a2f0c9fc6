"""Texts that the Congress adopted after missions before Scrutin: the parent of their recommendations, where ours have a report."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.rules import sees_all_missions
from core.languages import reader_language
from core.models import Record
from missions.history import say
from reports.references import format_adopted


class PastTextQuerySet(models.QuerySet["PastText"]):
    """Questions asked of texts adopted before Scrutin."""

    def visible_to(self, user: Any) -> PastTextQuerySet:
        """The desk's list is for the global roles; everybody else reads what is public on the public site."""
        return self.all() if sees_all_missions(user) else self.none()

    def out(self) -> PastTextQuerySet:
        """Texts that everybody reads."""
        return self.filter(is_public=True)


class PastText(Record):
    """One adopted text of a mission before Scrutin: what it is called, when it was adopted, where it can be read.

    It belongs to a mission of the history (`past_mission`), or says itself what was observed (`year`, `election`). Somebody typed it
    from the published document, so it can be corrected; the public reads it once a publisher let it out (`is_public`). `published_at`
    is the first time and stays when it is taken back.
    """

    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="past_texts")
    past_mission = models.ForeignKey("missions.PastMission", on_delete=models.PROTECT, null=True, blank=True, related_name="texts")
    year = models.PositiveSmallIntegerField()
    election = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=60, blank=True)
    adopted_on = models.DateField()
    title_en = models.CharField(max_length=300, blank=True)
    title_fr = models.CharField(max_length=300, blank=True)
    title_de = models.CharField(max_length=300, blank=True)
    document_ref = models.CharField(max_length=60, blank=True)
    web = models.URLField(max_length=500, blank=True)
    is_public = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)

    objects = PastTextQuerySet.as_manager()

    class Meta:
        ordering = ["-adopted_on", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="past_text_number_once"),
            models.UniqueConstraint(fields=["past_mission"], condition=Q(number=""), name="past_text_without_number_once"),
            models.CheckConstraint(condition=~Q(number="") | Q(past_mission__isnull=False), name="past_text_has_a_name"),
            models.CheckConstraint(condition=Q(is_public=False) | Q(published_at__isnull=False), name="past_text_public_since"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """How it is cited, in the reader's language."""
        return self.label_in(reader_language())

    def label_in(self, language: str) -> str:
        """How it is cited: its number, else its day."""
        if self.number:
            return format_adopted(self.number, language)
        return _("Recommendation of %(day)s") % {"day": date_format(self.adopted_on, "DATE_FORMAT")}

    def title_in(self, language: str) -> tuple[str, str]:
        """Title and its language: the one asked for, else English, else French; empty where none is known."""
        for code in (language, "en", "fr", "de"):
            if text := getattr(self, f"title_{code}"):
                return text, code
        return "", language

    @property
    def about(self) -> str:
        """The election that was observed, in the reader's language."""
        return say(self.past_mission.election).text if self.past_mission is not None else self.election

    def get_absolute_url(self) -> str:
        """Where it is kept at the desk."""
        return reverse("reports:past_text", args=[self.uuid])
