"""Elections and their polling days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Max, Min, Q

from accounts.rules import sees_all_missions
from core.models import Record
from missions.enums import ElectionKind, MissionState
from missions.models.country import Country, localised
from missions.validators import validate_zone


class ElectionQuerySet(models.QuerySet):
    """Questions about elections."""

    def visible_to(self, user: Any) -> ElectionQuerySet:
        """The calendar of elections is the secretariat's: global roles see it, nobody else."""
        return self.all() if sees_all_missions(user) else self.none()

    def for_calendar(self) -> ElectionQuerySet:
        """With first and last polling day, in their order, and what the calendar shows in a constant number of queries."""
        rows = self.annotate(first_polling=Min("polling_days__day"), last_polling=Max("polling_days__day"))
        rows = rows.filter(first_polling__isnull=False).select_related("country").prefetch_related("polling_days", "missions")
        return rows.order_by("first_polling", "country__code", "pk")

    def coming(self, today: date) -> ElectionQuerySet:
        """Those whose last polling day is not yet over."""
        return self.for_calendar().filter(last_polling__gte=today)

    def past(self, today: date) -> ElectionQuerySet:
        """Those that are over, the latest first."""
        return self.for_calendar().filter(last_polling__lt=today).order_by("-first_polling", "country__code", "pk")

    def waiting(self) -> ElectionQuerySet:
        """Without an invitation on the register: no mission yet, or one on watch."""
        return self.exclude(missions__state__in=[state for state in MissionState if state != MissionState.WATCH])


class Election(Record):
    """An election in a country: what is elected, where, on which polling days."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="elections")
    kind = models.CharField(max_length=20, choices=ElectionKind.choices)
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_de = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=200, blank=True, help_text="Empty: the whole country.")
    zone = models.CharField(max_length=64, validators=[validate_zone])

    objects = ElectionQuerySet.as_manager()

    class Meta:
        ordering = ["country__name_en", "title_en"]

    def __str__(self) -> str:
        return f"{self.title}, {self.country}"

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return localised(self, "title")

    @property
    def first_day(self) -> date | None:
        """The first polling day, if one is known."""
        return min((row.day for row in self.polling_days.all()), default=None)


class PollingDay(Record):
    """A day on which votes are cast, with the legal hours in the election's zone."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="polling_days")
    day = models.DateField()
    round = models.PositiveSmallIntegerField(default=1)
    is_repeat = models.BooleanField(default=False, help_text="A repeat vote of an earlier day.")
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["election", "day"], name="missions_polling_day_once"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="missions_polling_hours_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()

    @property
    def date(self) -> date:
        """The day itself."""
        return self.day

    @property
    def opens(self) -> datetime | None:
        """The instant at which the polls open, aware, in the election's zone."""
        return self._at(self.opens_at)

    @property
    def closes(self) -> datetime | None:
        """The instant at which the polls close, aware, in the election's zone."""
        return self._at(self.closes_at)

    def _at(self, wall) -> datetime | None:
        return datetime.combine(self.day, wall, ZoneInfo(self.election.zone)) if wall else None
