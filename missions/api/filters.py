"""By what the lists of the API can be narrowed."""

from __future__ import annotations

import django_filters

from missions.enums import DecisionOutcome
from missions.models import Election, Meeting, MeetingNote, MeetingTask, Milestone, Mission, Organisation, Preparation, Request, Station


class MissionFilter(django_filters.FilterSet):
    """Missions."""

    country = django_filters.CharFilter(field_name="country__code")

    class Meta:
        model = Mission
        fields = ("state", "format", "country")


class RequestFilter(django_filters.FilterSet):
    """Requests; `q` finds words in what the authority wrote. The list of the desk and its table are narrowed by the same."""

    country = django_filters.CharFilter(field_name="country__code")
    outcome = django_filters.ChoiceFilter(field_name="decision__outcome", choices=DecisionOutcome.choices)
    year = django_filters.NumberFilter(field_name="received_on", lookup_expr="year", min_value=1990, max_value=2999)
    received_from = django_filters.DateFilter(field_name="received_on", lookup_expr="gte")
    received_to = django_filters.DateFilter(field_name="received_on", lookup_expr="lte")
    q = django_filters.CharFilter(method="find")

    class Meta:
        model = Request
        fields = ("state", "country", "channel", "outcome", "year")

    def find(self, rows, name: str, value: str):
        """Every word."""
        return rows.matching(value)


class ElectionFilter(django_filters.FilterSet):
    """Elections of the calendar, by their polling days too; `waiting=true`: those without an invitation on the register."""

    country = django_filters.CharFilter(field_name="country__code")
    polling_from = django_filters.DateFilter(field_name="last_polling", lookup_expr="gte")
    polling_to = django_filters.DateFilter(field_name="first_polling", lookup_expr="lte")
    waiting = django_filters.BooleanFilter(method="wait")

    class Meta:
        model = Election
        fields = ("country", "kind")

    def wait(self, rows, name: str, value: bool):
        """Without an invitation."""
        return rows.waiting() if value else rows


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


class PreparationFilter(django_filters.FilterSet):
    """Preparations; `open=true` leaves out those that are done, `removed=true` tells those that were taken off the list."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    kind = django_filters.CharFilter(field_name="kind__code")
    owner = django_filters.UUIDFilter(field_name="owner__uuid")
    open = django_filters.BooleanFilter(field_name="done_at", lookup_expr="isnull")
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    removed = django_filters.BooleanFilter(field_name="removed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Preparation
        fields = ("mission", "kind", "owner", "open", "due_to", "removed")


class MeetingNoteFilter(django_filters.FilterSet):
    """Notes of meetings."""

    mission = django_filters.CharFilter(field_name="meeting__mission__reference")
    meeting = django_filters.UUIDFilter(field_name="meeting__uuid")

    class Meta:
        model = MeetingNote
        fields = ("mission", "meeting", "topic", "rating", "access")


class MeetingTaskFilter(django_filters.FilterSet):
    """Follow-up tasks; `open=true` leaves out those that are done."""

    mission = django_filters.CharFilter(field_name="meeting__mission__reference")
    meeting = django_filters.UUIDFilter(field_name="meeting__uuid")
    assignment = django_filters.UUIDFilter(field_name="assignment__uuid")
    open = django_filters.BooleanFilter(field_name="done_at", lookup_expr="isnull")
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = MeetingTask
        fields = ("mission", "meeting", "assignment", "open", "due_to")


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
