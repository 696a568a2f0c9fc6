"""Other fixed reference data: deadline rules and missions of the past."""

from __future__ import annotations

from django.db import models

from missions.enums import Anchor, MissionState, SourceMark
from missions.models.country import Country, localised


class DeadlineRule(models.Model):
    """A deadline counted from polling day (observation-rules 5), as data."""

    code = models.SlugField(max_length=40, unique=True)
    label_en = models.CharField(max_length=120)
    label_fr = models.CharField(max_length=120)
    label_de = models.CharField(max_length=120)
    anchor = models.CharField(max_length=20, choices=Anchor.choices, default=Anchor.POLLING_DAY)
    offset_days = models.SmallIntegerField()
    state = models.CharField(max_length=20, choices=MissionState.choices)
    done_in = models.CharField(
        max_length=20, choices=MissionState.choices, blank=True, help_text="Reaching this state meets the deadline; empty: by hand."
    )
    owner_role = models.CharField(max_length=20)
    formats = models.JSONField(default=list, blank=True, help_text="Formats the rule applies to; empty: all.")
    source_mark = models.CharField(max_length=1, choices=SourceMark.choices)
    source = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The milestone's name in the reader's language."""
        return localised(self, "label")


class PastMission(models.Model):
    """A mission before Scrutin, from public documents; rows not `verified` keep that mark wherever they are shown."""

    code = models.SlugField(max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="past_missions")
    country_name = models.CharField(max_length=100)
    election = models.CharField(max_length=200)
    election_days = models.JSONField(default=list, blank=True)
    format = models.CharField(max_length=120, blank=True)
    delegation = models.CharField(max_length=200, blank=True)
    teams = models.CharField(max_length=60, blank=True)
    stations_visited = models.CharField(max_length=120, blank=True)
    adopted_text = models.CharField(max_length=200, blank=True)
    document_ref = models.CharField(max_length=60, blank=True)
    adopted_on = models.CharField(max_length=60, blank=True)
    partners = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=40)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-year", "country_name", "code"]

    def __str__(self) -> str:
        return f"{self.country_name} {self.year}"

    @property
    def is_verified(self) -> bool:
        """Whether the row was read in a primary source."""
        return self.status == "verified"
