"""Recommendations: made from findings, adopted, then followed for years."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import folded
from accounts.rules import sees_all_missions
from core import clock
from core.enums import Language
from core.models import Record
from reports.enums import ActionType, Addressee, FollowUpStatus, Priority, RecommendationState, Relation
from reports.models.past_text import PastText
from reports.models.publication import Publication
from reports.models.visibility import missions_read_by


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    """Questions asked of recommendations."""

    def visible_to(self, user: Any) -> RecommendationQuerySet:
        """Recommendations of the missions that `user` reads, and for every account those that are published."""
        if not (user and user.is_authenticated and user.is_active):
            return self.none()
        out = Q(state=RecommendationState.ADOPTED, report__in=Publication.objects.out().values("report"))
        past = Q(past_text__in=PastText.objects.all() if sees_all_missions(user) else PastText.objects.out())
        return self.filter(Q(mission__in=missions_read_by(user)) | out | past)

    def for_mission(self, mission: Any) -> RecommendationQuerySet:
        """Recommendations of one mission."""
        return self.filter(mission=mission)

    def for_country(self, country: Any) -> RecommendationQuerySet:
        """Recommendations to one country, whatever the mission."""
        return self.filter(country=country)

    def live(self) -> RecommendationQuerySet:
        """Recommendations that were not withdrawn."""
        return self.exclude(state=RecommendationState.WITHDRAWN)

    def adopted(self) -> RecommendationQuerySet:
        """Recommendations adopted by the Congress; those of a text before Scrutin once that text was let out."""
        return self.filter(Q(past_text=None) | Q(past_text__is_public=True), state=RecommendationState.ADOPTED)

    def of_past(self) -> RecommendationQuerySet:
        """Recommendations of texts adopted before Scrutin, let out or not."""
        return self.filter(past_text__isnull=False)

    def with_status(self) -> Any:
        """Adds `status` and `status_on`: the latest assessment, `not_assessed` where there is none."""
        from reports.models.followup import FollowUp  # followup imports this module

        latest = FollowUp.objects.standing().filter(recommendation=OuterRef("pk")).order_by("-assessed_on", "-created_at", "-pk")
        return self.annotate(
            status=Coalesce(Subquery(latest.values("status")[:1]), Value(FollowUpStatus.NOT_ASSESSED.value)),
            status_on=Subquery(latest.values("assessed_on")[:1]),
        )

    def open_ones(self) -> Any:
        """Adopted recommendations that are not fully carried out and still apply."""
        done = [FollowUpStatus.FULLY, FollowUpStatus.NO_LONGER]
        return self.adopted().with_status().exclude(status__in=done)


class Recommendation(Record):
    """One action asked of one or more addressees. The draft is a text of `core.translations` (field `text`); the
    adopted wording stands in `AdoptedText` and never changes (triggers).

    It belongs to one of our missions, or to a text adopted before Scrutin (`past_text`), never to both. One of those is adopted
    from the start, has no draft and no findings, and somebody typed it: its wording and paragraph can be corrected.

    `number` orders the calls within the mission; `paragraph` is set at adoption ("5.a") and never again.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations")
    past_text = models.ForeignKey("reports.PastText", on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations")
    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="recommendations")
    report = models.ForeignKey("reports.Report", on_delete=models.SET_NULL, null=True, blank=True, related_name="recommendations")
    number = models.PositiveIntegerField()
    paragraph = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=10, choices=RecommendationState, default=RecommendationState.DRAFT)
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.NORMAL)
    action_type = models.CharField(max_length=12, choices=ActionType, default=ActionType.PRACTICE)
    topic = models.ForeignKey("reports.Topic", on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations")
    authentic_language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    findings = models.ManyToManyField("reports.Finding", related_name="recommendations", blank=True)
    adopted_on = models.DateField(null=True, blank=True)
    one_action_confirmed = models.BooleanField(default=False)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["mission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "number"], name="recommendation_number_per_mission"),
            models.CheckConstraint(condition=~Q(state="adopted") | Q(adopted_on__isnull=False), name="recommendation_adopted_with_day"),
            models.CheckConstraint(
                condition=Q(mission__isnull=False, past_text__isnull=True)
                | Q(mission__isnull=True, past_text__isnull=False, report__isnull=True, state="adopted"),
                name="recommendation_of_a_mission_or_a_past_text",
            ),
            models.UniqueConstraint(fields=["past_text", "paragraph"], name="recommendation_paragraph_per_past_text"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The paragraph once adopted, else the working number: `5.a` or `R3`."""
        return self.paragraph or f"R{self.number}"

    @property
    def is_adopted(self) -> bool:
        """Is the wording fixed?"""
        return self.state == RecommendationState.ADOPTED

    @property
    def text_number(self) -> str:
        """The number of the adopted text it stands in, as the desk knows it; empty before the adoption."""
        if self.past_text is not None:
            return self.past_text.label
        return self.report.recommendation_number if self.report else ""

    def get_absolute_url(self) -> str:
        """Where the recommendation is shown at the desk."""
        if self.mission is None:
            return reverse("reports:past_recommendation", args=[self.uuid])
        return reverse("reports:recommendation", args=[self.mission.reference, self.uuid])


class AdoptedText(models.Model):
    """The wording as adopted, one row per language. The database refuses every change of it (triggers of 0011); only a
    day of adoption that was recorded wrongly is corrected, and what somebody typed from a text before Scrutin."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="adopted_texts")
    language = models.CharField(max_length=8)
    text = models.TextField()
    search = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    adopted_on = models.DateField()
    is_authentic = models.BooleanField(default=False)
    was_checked = models.BooleanField(default=True)

    class Meta:
        ordering = ["recommendation", "language"]
        constraints = [models.UniqueConstraint(fields=["recommendation", "language"], name="adopted_text_once_per_language")]

    def __str__(self) -> str:
        return f"{self.recommendation_id} [{self.language}]"

    @classmethod
    def of(cls, recommendation: Recommendation, language: str, text: str, *, was_checked: bool) -> AdoptedText:
        """A row, not yet saved, with its checksum and its words for searching in any case and without accents."""
        return cls(
            recommendation=recommendation,
            language=language,
            text=text,
            search=folded(text),
            sha256=cls.digest(text),
            adopted_on=recommendation.adopted_on or clock.today(),
            is_authentic=language == recommendation.authentic_language,
            was_checked=was_checked,
        )

    @staticmethod
    def digest(text: str) -> str:
        """The checksum that the row keeps."""
        return hashlib.sha256(text.encode()).hexdigest()


class RecommendationStandard(models.Model):
    """A standard that a recommendation cites, with a free quotation of its paragraph."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="citations")
    standard = models.ForeignKey("reports.Standard", on_delete=models.PROTECT, related_name="citations", to_field="code")
    quotation = models.TextField(blank=True)

    class Meta:
        ordering = ["standard__order"]
        constraints = [models.UniqueConstraint(fields=["recommendation", "standard"], name="standard_once_per_recommendation")]

    def __str__(self) -> str:
        return self.standard_id


class RecommendationAddressee(models.Model):
    """Somebody who is asked to act."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="addressees")
    addressee = models.CharField(max_length=24, choices=Addressee)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["recommendation", "addressee"], name="addressee_once_per_recommendation")]

    def __str__(self) -> str:
        return self.addressee


class RecommendationRelation(models.Model):
    """A recommendation repeats, widens or replaces an earlier one to the same country."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="relations")
    earlier = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="later_relations")
    relation = models.CharField(max_length=8, choices=Relation)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "earlier"], name="relation_once_per_pair"),
            models.CheckConstraint(condition=~Q(recommendation=models.F("earlier")), name="relation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.relation} {self.earlier_id}"
