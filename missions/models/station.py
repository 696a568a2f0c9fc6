"""Polling stations of a mission."""

from __future__ import annotations

import re
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import folded
from core.models import Record
from core.romanisation import romanised
from missions.enums import StationKind, StationSetting
from missions.models.mission import Mission

# The key that an import derives for stations under one roof whose building the list does not name.
DERIVED_BUILDING = re.compile("[A-Z2-7]{8}")


class StationQuerySet(models.QuerySet):
    """Questions about stations."""

    def for_mission(self, mission: Mission) -> StationQuerySet:
        """Of one mission, still on the list."""
        return self.filter(mission=mission, is_listed=True)

    def matching(self, words: str) -> StationQuerySet:
        """Whose code, name, address or place contains every word, in any case, without accents; Latin letters find other scripts."""
        found = self
        for word in folded(words).split():
            found = found.filter(search__contains=word)
        return found


class Station(Record):
    """A polling station. `building` is the same for stations under one roof; `levels` is the place as the list gave it."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="stations")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=500, blank=True)
    municipality = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=200, blank=True)
    levels = models.JSONField(default=list, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    setting = models.CharField(max_length=10, choices=StationSetting.choices, blank=True)
    kind = models.CharField(max_length=20, choices=StationKind.choices, default=StationKind.ORDINARY)
    voters = models.PositiveIntegerField(null=True, blank=True)
    building = models.CharField(max_length=200, blank=True)
    search = models.TextField(editable=False, blank=True)
    is_listed = models.BooleanField(default=True, help_text="Off: taken from the list after somebody used it.")

    objects = StationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "code"], name="missions_station_code_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="missions_station_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["mission", "building"], name="missions_station_building"),
            models.Index(fields=["mission", "district", "municipality"], name="missions_station_place"),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search words in step with the texts."""
        self.search = self.search_words()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(*args, **kwargs)

    def search_words(self) -> str:
        """What the station is found by; bulk writers set `search` to it themselves."""
        said = [self.code, self.name, self.address, self.municipality, self.district, self.building_name, *map(str, self.levels)]
        plain = folded(" ".join(dict.fromkeys(part for part in said if part)))
        latin = romanised(plain)
        return plain if latin == plain else f"{plain} {latin}"

    @property
    def building_name(self) -> str:
        """The building as the list names it; empty where the import derived a key from the address."""
        return "" if DERIVED_BUILDING.fullmatch(self.building) else self.building

    @property
    def label(self) -> str:
        """Code, place, name and building in one line; the address where it has neither name nor building."""
        named = dict.fromkeys((self.name, self.building_name))
        parts = (self.code, self.municipality, *(named if any(named) else [self.address]))
        return " · ".join(part for part in parts if part)
