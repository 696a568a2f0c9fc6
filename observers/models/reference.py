"""Dated reference data of membership: charter versions, renewal sessions, groups, seats, marks of states.

Numbers of the rules live here, not in code: a new version of the Charter is a new row.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models import Named
from observers.enums import MarkKind, Rounding, ShareBase, ShareLists


class DatedQuerySet(models.QuerySet):
    """Rows with `valid_from` and an open or closed `valid_to`."""

    def on(self, day: date) -> DatedQuerySet:
        """Rows in force on `day`; the last day counts."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class CharterVersion(models.Model):
    """One version of the Charter, with the numbers that the rules take from it (membership-rules, head; R2, R8, R11, R12)."""

    code = models.CharField(max_length=10, unique=True)
    text = models.CharField(max_length=100)
    valid_from = models.DateField()
    term_years = models.PositiveSmallIntegerField()
    minority_percent = models.PositiveSmallIntegerField(default=30)
    minority_rounding = models.CharField(max_length=10, choices=Rounding.choices, default=Rounding.UP)
    minority_base = models.CharField(max_length=10, choices=ShareBase.choices, default=ShareBase.FILLED)
    minority_lists = models.CharField(max_length=10, choices=ShareLists.choices, default=ShareLists.EACH)
    grace_months = models.PositiveSmallIntegerField(default=6)
    window_months = models.PositiveSmallIntegerField(default=4)
    extension_months = models.PositiveSmallIntegerField(default=6)
    source_mark = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["valid_from"]

    def __str__(self) -> str:
        return self.code


class RenewalSession(models.Model):
    """The opening of a session that renews the Congress: an event of the calendar, never computed (R8).

    `planned_on` is the day under which it stands in the reference data, where it was moved away from it; `notify_by` the day
    by which states are asked to name their delegations (R13.2).
    """

    opens_on = models.DateField(unique=True)
    planned_on = models.DateField(null=True, blank=True)
    notify_by = models.DateField(null=True, blank=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    is_expected = models.BooleanField(default=False, help_text=_("The date is expected, not yet fixed."))
    source_mark = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["opens_on"]

    def __str__(self) -> str:
        return self.opens_on.isoformat()


class PoliticalGroup(models.Model):
    """A political group of the Congress under one name, or the members without a group (congress.md 4)."""

    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200, blank=True)
    name_de = models.CharField(max_length=200, blank=True)
    abbreviation_en = models.CharField(max_length=20)
    abbreviation_fr = models.CharField(max_length=20, blank=True)
    abbreviation_de = models.CharField(max_length=20, blank=True)
    is_group = models.BooleanField(default=True, help_text=_("False for members who belong to no group."))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    checked = models.CharField(max_length=20, default="read", help_text=_("How far the row was checked against its source."))

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The name in the language in use, else in English."""
        return self.name_in(get_language() or "en")

    @property
    def abbreviation(self) -> str:
        """The abbreviation in the language in use, else the English one."""
        return self.abbreviation_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """The name in `language`, else in English."""
        return getattr(self, f"name_{language[:2]}", "") or self.name_en

    def abbreviation_in(self, language: str) -> str:
        """The abbreviation in `language`, else the English one."""
        return getattr(self, f"abbreviation_{language[:2]}", "") or self.abbreviation_en


class SeatAllocation(models.Model):
    """How many representatives a state has, and as many substitutes, with validity (Charter 2.3)."""

    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="seat_allocations")
    seats = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["country__code", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["country", "valid_from"], name="observers_seats_once_per_day")]

    def __str__(self) -> str:
        return f"{self.country_id}: {self.seats}"


class StateMark(Named):
    """A dated fact about a state on which the chambers' rules rest (R4, R5). Empty until the Congress' lists are entered."""

    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="membership_marks")
    kind = models.CharField(max_length=30, choices=MarkKind.choices)
    authority = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source_mark = models.CharField(max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["country__code", "kind", "valid_from"]

    def __str__(self) -> str:
        return f"{self.country_id}: {self.kind}"
