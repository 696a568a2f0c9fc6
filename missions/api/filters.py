"""By what the lists of the API can be narrowed."""

from __future__ import annotations

import django_filters

from missions.models import Meeting, Milestone, Mission, Organisation, Request, Station


class MissionFilter(django_filters.FilterSet):
    """Missions."""

    country = django_filters.CharFilter(field_name="country__code")

    class Meta:
        model = Mission
        fields = ("state", "format", "country")


class RequestFilter(django_filters.FilterSet):
    """Requests."""

    country = django_filters.CharFilter(field_name="country__code")

    class Meta:
        model = Request
        fields = ("state", "country")


class StationFilter(django_filters.FilterSet):
    """Stations; `q` finds words in code, name, address and place."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    q = django_filters.CharFilter(method="find")

    class Meta:
        model = Station
        fields = ("mission", "district", "municipality", "code")

    def find(self, rows, name: str, value: str):
        """Every word, in any script."""
        return rows.matching(value)


class MeetingFilter(django_filters.FilterSet):
    """Meetings."""

    mission = django_filters.CharFilter(field_name="mission__reference")

    class Meta:
        model = Meeting
        fields = ("mission", "state", "kind", "start_day")


class MilestoneFilter(django_filters.FilterSet):
    """Deadlines; `open=true` leaves out those that are done."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    open = django_filters.BooleanFilter(field_name="done_at", lookup_expr="isnull")

    class Meta:
        model = Milestone
        fields = ("mission", "open")


class OrganisationFilter(django_filters.FilterSet):
    """Organisations; `q` finds by name in any script."""

    country = django_filters.CharFilter(field_name="country__code")
    q = django_filters.CharFilter(method="find")

    class Meta:
        model = Organisation
        fields = ("kind", "country", "partner_status")

    def find(self, rows, name: str, value: str):
        """Every word, in any script."""
        return rows.named(value)
