"""The mission, its reference, its history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Max, Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.rules import sees_all_missions
from core.models import Record
from missions.enums import ENDED, LIVE_ASSIGNMENTS, SEATED_ASSIGNMENTS, MissionFormat, MissionState
from missions.models.country import Country, localised
from missions.models.election import Election, PollingDay
from missions.models.request import Request
from missions.validators import validate_reference, validate_zone


class ReferenceCounter(models.Model):
    """The last running number given per country and year; taken under the row's lock."""

    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "year"], name="missions_one_counter")]

    def __str__(self) -> str:
        return f"{self.country_id}-{self.year}-{self.last}"


class MissionQuerySet(models.QuerySet):
    """Questions about missions."""

    def visible_to(self, user: Any) -> MissionQuerySet:
        """All for the global roles; for others those in which they have a live assignment."""
        if sees_all_missions(user):
            return self.all()
        if not (user and user.is_authenticated and user.is_active and getattr(user, "person_id", None)):
            return self.none()
        # One live assignment per person and mission: the join yields no mission twice.
        return self.filter(assignments__person=user.person_id, assignments__state__in=LIVE_ASSIGNMENTS)

    def open_to(self, user: Any) -> MissionQuerySet:
        """Those whose content the reader may see: all for the global roles; for others those in which they are seated."""
        if sees_all_missions(user):
            return self.all()
        if not (user and user.is_authenticated and user.is_active and getattr(user, "person_id", None)):
            return self.none()
        return self.filter(assignments__person=user.person_id, assignments__state__in=SEATED_ASSIGNMENTS)

    def running(self) -> MissionQuerySet:
        """Neither closed nor declined nor cancelled."""
        return self.exclude(state__in=ENDED)

    def with_polling(self) -> MissionQuerySet:
        """With `first_polling` and `last_polling`, the days of their first and last polling day."""
        return self.annotate(first_polling=Min("polling_days__day"), last_polling=Max("polling_days__day"))

    def with_next_deadline(self) -> MissionQuerySet:
        """With `next_due_on`, the day of the earliest milestone that is not done."""
        milestones: Any = self.model._meta.get_field("milestones").related_model
        due = (
            milestones.objects.filter(mission=models.OuterRef("pk"), done_at__isnull=True)
            .annotate(day=Coalesce("moved_to", "due_on"))
            .order_by("day", "rule__order")
        )
        return self.annotate(
            next_due_on=models.Subquery(due.values("day")[:1]),
            next_due_rule=models.Subquery(due.values("rule_id")[:1]),
        )


class Mission(Record):
    """A mission of the Congress. `state` is written by `missions.services.lifecycle` alone."""

    reference = models.CharField(max_length=16, unique=True, validators=[validate_reference])
    request = models.OneToOneField(Request, null=True, blank=True, on_delete=models.PROTECT, related_name="mission")
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="missions")
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="missions")
    polling_days = models.ManyToManyField(PollingDay, blank=True, related_name="missions")
    format = models.CharField(max_length=20, choices=MissionFormat.choices, default=MissionFormat.OBSERVATION)
    state = models.CharField(max_length=20, choices=MissionState.choices, default=MissionState.WATCH, editable=False)
    zone = models.CharField(max_length=64, validators=[validate_zone])
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_de = models.CharField(max_length=200, blank=True)
    state_since = models.DateTimeField(null=True, blank=True)
    station_columns = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What each column of the last list of stations was: {heading: field}."
    )
    continues = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="continuations",
        help_text="The mission whose second round or repeat vote this one observes; both end in one report.",
    )

    objects = MissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__isnull=True) | Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="missions_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """The mission's page on the desk."""
        return reverse("missions:mission", args=[self.reference])

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return localised(self, "title")

    @property
    def polling_day(self) -> date | None:
        """The first polling day the mission observes (E)."""
        if "first_polling" in self.__dict__:
            return self.__dict__["first_polling"]
        return min((row.day for row in self.polling_days.all()), default=None)

    @property
    def has_ended(self) -> bool:
        """Closed, declined or cancelled."""
        return self.state in ENDED


class MissionMove(Record):
    """One line of a mission's history: a move of its state, or a conversion of its format."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="moves")
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, choices=MissionState.choices)
    to_state = models.CharField(max_length=20, choices=MissionState.choices)
    from_format = models.CharField(max_length=20, choices=MissionFormat.choices)
    to_format = models.CharField(max_length=20, choices=MissionFormat.choices)
    note = models.TextField(blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.action}"
