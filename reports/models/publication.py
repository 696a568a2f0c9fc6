"""What the public may see, from which instant."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.urls import reverse

from core import clock
from core.enums import Language
from core.models import Record
from reports.models.report import ReportVersion

COVER = ("adopted_on", "number", "recommendation_number", "resolution_number")
"""What of a version's cover the public site shows in lists."""


def cover_of(version: ReportVersion) -> dict[str, str]:
    """Day and numbers as a frozen version says them; every language says the same."""
    content = next(iter(version.content["languages"].values()))
    return {name: content["cover"].get(name) or "" for name in COVER}


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Questions asked of publications."""

    def out(self, at: datetime | None = None) -> PublicationQuerySet:
        """Publications whose embargo has passed, to the second; the public site starts from here and nowhere else.

        What was withdrawn before its second never was public and never will be: it has no address and no notice.
        """
        never = models.Q(withdrawn_at__lt=models.F("embargo_until"))
        return self.filter(embargo_until__lte=at or clock.now()).exclude(never)

    def current(self, at: datetime | None = None) -> PublicationQuerySet:
        """For every report the newest version that is out and not withdrawn."""
        newer = Publication.objects.out(at).filter(report=models.OuterRef("report"), version__number__gt=models.OuterRef("version__number"))
        return self.out(at).filter(withdrawn_at__isnull=True).filter(~models.Exists(newer.filter(withdrawn_at__isnull=True)))


class Publication(Record):
    """One version of a report, published from `embargo_until` on, in `languages`, under `slug`.

    `unchecked_accepted` names the languages whose unchecked texts a person let in (DESIGN 3, "Languages of content"). `cover` is what
    the version says of its numbers and its day of adoption: the public site shows these and not what the report says by now.
    """

    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="publications")
    version = models.OneToOneField("reports.ReportVersion", on_delete=models.PROTECT, related_name="publication")
    slug = models.SlugField(max_length=120)
    embargo_until = models.DateTimeField()
    languages = models.JSONField(default=list)
    titles = models.JSONField(default=dict)
    cover = models.JSONField(default=dict)
    unchecked_accepted = models.JSONField(default=list)
    notice = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_notice = models.JSONField(default=dict)
    published_by = models.CharField(max_length=60)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-embargo_until", "-pk"]
        indexes = [models.Index(fields=["slug", "embargo_until"], name="publication_slug")]

    def __str__(self) -> str:
        return self.slug

    def is_out(self, at: datetime | None = None) -> bool:
        """Has the embargo passed?"""
        return self.embargo_until <= (at or clock.now())

    @property
    def adopted_on(self) -> date | None:
        """The day of adoption as this version says it."""
        return date.fromisoformat(self.cover["adopted_on"]) if self.cover.get("adopted_on") else None

    def public_url(self, language: str) -> str:
        """The page of the report on the public site; in a language of the host country it has its own."""
        name = "public_report" if language in Language.values else "public_host_report"
        return reverse(f"reports:{name}", args=[language, self.slug])

    def page_for(self, language: str) -> str:
        """The page to name to a reader of `language`: the public site speaks our three, of others those it is published in."""
        return self.public_url(language if language in Language.values or language in self.languages else Language.EN)
