"""By what the lists of the API can be narrowed."""

from __future__ import annotations

import django_filters

from reports.models import Finding, PastText, Recommendation, Report


class FindingFilter(django_filters.FilterSet):
    """Findings."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    topic = django_filters.CharFilter(field_name="topic__code")

    class Meta:
        model = Finding
        fields = ("mission", "topic", "state", "kind", "phase", "seriousness")


class RecommendationFilter(django_filters.FilterSet):
    """Recommendations."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    country = django_filters.CharFilter(field_name="country__code")
    topic = django_filters.CharFilter(field_name="topic__code")
    status = django_filters.CharFilter(field_name="status")
    past_text = django_filters.UUIDFilter(field_name="past_text__uuid")

    class Meta:
        model = Recommendation
        fields = ("mission", "past_text", "country", "topic", "state", "priority", "status")


class PastTextFilter(django_filters.FilterSet):
    """Texts adopted before Scrutin."""

    country = django_filters.CharFilter(field_name="country__code")
    mission = django_filters.CharFilter(field_name="past_mission__code")

    class Meta:
        model = PastText
        fields = ("country", "mission", "year", "is_public")


class ReportFilter(django_filters.FilterSet):
    """Reports."""

    mission = django_filters.CharFilter(field_name="missions__reference")
    country = django_filters.CharFilter(field_name="country__code")

    class Meta:
        model = Report
        fields = ("mission", "country", "state", "kind", "year")
