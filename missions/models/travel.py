"""How long the way between two places of a mission takes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.models import Record
from missions.models.mission import Mission


class Travel(Record):
    """Minutes between two places, in either direction. Names are folded and in order, so that a pair is there once."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="travels")
    place_a = models.CharField(max_length=200)
    place_b = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place_a", "place_b"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "place_a", "place_b"], name="missions_one_travel"),
            models.CheckConstraint(condition=~Q(place_a=F("place_b")), name="missions_travel_between_two"),
            models.CheckConstraint(condition=Q(minutes__lte=1440), name="missions_travel_within_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.place_a} – {self.place_b}: {self.minutes}"
