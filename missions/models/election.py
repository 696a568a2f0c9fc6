"""Elections and their polling days."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from core.models import Record
from missions.enums import ElectionKind
from missions.models.country import Country, localised
from missions.validators import validate_zone


class Election(Record):
    """An election in a country: what is elected, where, on which polling days."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="elections")
    kind = models.CharField(max_length=20, choices=ElectionKind.choices)
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    title_de = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=200, blank=True, help_text="Empty: the whole country.")
    zone = models.CharField(max_length=64, validators=[validate_zone])

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
