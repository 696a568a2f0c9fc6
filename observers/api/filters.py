"""Filters of the API."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.enums import Gender
from accounts.models import Person
from core import clock
from core.errors import Invalid
from missions.models import Assignment
from observers.enums import Chamber, MemberList
from observers.models import Interest, InterestCall, Mandate, Membership, Nomination, Stop, Team


def day_of(request: Request) -> date:
    """The day that `?on=` asks about. Raises Invalid for what is no day."""
    text = request.query_params.get("on", "").strip()
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("“%(value)s” is not a date: write 2026-03-24.") % {"value": text}, attr="on") from error


class PersonFilter(django_filters.FilterSet):
    """As the list of people: by name, and by membership on a day (today unless `on` is given)."""

    q = django_filters.CharFilter(method="named", label="words of the name, in any script, without accents")
    country = django_filters.CharFilter(method="of_membership", label="code of the state")
    group = django_filters.CharFilter(method="of_membership", label="code of the group")
    chamber = django_filters.ChoiceFilter(method="of_membership", choices=Chamber.choices)
    list = django_filters.ChoiceFilter(method="of_membership", choices=MemberList.choices)
    gender = django_filters.ChoiceFilter(choices=Gender.choices)
    on = django_filters.DateFilter(method="on_day", label="members on this day")

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = ["gender"]

    def named(self, rows: Any, name: str, value: str) -> QuerySet[Person]:
        """Words of the name."""
        return rows.named(value)

    def of_membership(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        """Those with such a membership on the day; on any day where none is given."""
        day = self.form.cleaned_data.get("on")
        fields = {"country": "country__code__iexact", "group": "group__code", "chamber": "chamber", "list": "member_list"}
        asked = {lookup: self.form.cleaned_data[key] for key, lookup in fields.items() if self.form.cleaned_data.get(key)}
        memberships = Membership.objects.on(day) if day else Membership.objects.all()
        return rows.filter(pk__in=memberships.filter(**asked).values("person"))

    def on_day(self, rows: QuerySet[Person], name: str, value: date) -> QuerySet[Person]:
        """Members on a day."""
        return rows.filter(pk__in=Membership.objects.on(value).values("person"))


class MembershipFilter(django_filters.FilterSet):
    """By person, state, list, chamber, group, credentials and day."""

    person = django_filters.UUIDFilter(field_name="person__uuid")
    country = django_filters.CharFilter(field_name="country__code", lookup_expr="iexact")
    list = django_filters.ChoiceFilter(field_name="member_list", choices=MemberList.choices)
    group = django_filters.CharFilter(field_name="group__code")
    on = django_filters.DateFilter(method="on_day", label="running on this day")

    class Meta:
        model = Membership
        fields: ClassVar[list[str]] = ["person", "country", "list", "chamber", "group", "credential", "on"]

    def on_day(self, rows: Any, name: str, value: date) -> QuerySet[Membership]:
        """Recorded as running on a day."""
        return rows.on(value)


class MandateFilter(django_filters.FilterSet):
    """By person, level and day."""

    person = django_filters.UUIDFilter(field_name="person__uuid")
    country = django_filters.CharFilter(method="of_country", label="code of the state for which the person sits or sat")
    on = django_filters.DateFilter(method="on_day", label="held on this day")

    class Meta:
        model = Mandate
        fields: ClassVar[list[str]] = ["person", "level", "country", "on"]

    def of_country(self, rows: QuerySet[Mandate], name: str, value: str) -> QuerySet[Mandate]:
        """Of members of a state's delegation, now or before."""
        return rows.filter(person__in=Membership.objects.filter(country__code__iexact=value).values("person"))

    def on_day(self, rows: QuerySet[Mandate], name: str, value: date) -> QuerySet[Mandate]:
        """Held on a day; the last day counts."""
        return rows.filter(starts_on__lte=value).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=value))


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


class InterestCallFilter(django_filters.FilterSet):
    """By mission, and whether it still runs."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    is_withdrawn = django_filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = InterestCall
        fields = ["mission", "is_withdrawn"]


class InterestFilter(django_filters.FilterSet):
    """By mission, person, answer, and whether it came late."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    person = django_filters.UUIDFilter(field_name="person__uuid")

    class Meta:
        model = Interest
        fields = ["mission", "person", "answer", "is_late"]


class NominationFilter(django_filters.FilterSet):
    """By mission, group and person, and whether it was taken back."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    group = django_filters.CharFilter(field_name="group__code")
    person = django_filters.UUIDFilter(field_name="person__uuid")
    is_withdrawn = django_filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Nomination
        fields = ["mission", "group", "person", "is_withdrawn"]
