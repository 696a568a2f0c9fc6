"""Filters of the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts.models import Person
from missions.models import Assignment
from observers.models import Membership, Stop, Team


class PersonFilter(django_filters.FilterSet):
    """By name, state and day."""

    q = django_filters.CharFilter(method="named", label="words of the name, without accents")
    country = django_filters.CharFilter(method="of_country", label="code of the state")
    on = django_filters.DateFilter(method="on_day", label="members on this day")

    class Meta:
        model = Person
        fields: list[str] = []

    def named(self, rows: Any, name: str, value: str) -> QuerySet[Person]:
        """Words of the name."""
        return rows.named(value)

    def of_country(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        """Members of a state's delegation, now or before."""
        return rows.filter(pk__in=Membership.objects.filter(country__code=value.upper()).values("person"))

    def on_day(self, rows: QuerySet[Person], name: str, value: date) -> QuerySet[Person]:
        """Members on a day."""
        return rows.filter(pk__in=Membership.objects.on(value).values("person"))


class AssignmentFilter(django_filters.FilterSet):
    """By mission, state and role."""

    mission = django_filters.CharFilter(field_name="mission__reference")

    class Meta:
        model = Assignment
        fields = ["mission", "state", "role"]


class TeamFilter(django_filters.FilterSet):
    """By mission and day."""

    mission = django_filters.CharFilter(field_name="mission__reference")

    class Meta:
        model = Team
        fields = ["mission", "day"]


class StopFilter(django_filters.FilterSet):
    """By mission, team, kind and outcome."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    team = django_filters.UUIDFilter(field_name="team__uuid")

    class Meta:
        model = Stop
        fields = ["mission", "team", "kind", "outcome"]
