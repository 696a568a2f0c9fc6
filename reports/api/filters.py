"""By what the lists of the API can be narrowed."""

from __future__ import annotations

import django_filters

from reports.models import Finding, Recommendation, Report


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

    class Meta:
        model = Recommendation
        fields = ("mission", "country", "topic", "state", "priority", "status")


class ReportFilter(django_filters.FilterSet):
    """Reports."""

    mission = django_filters.CharFilter(field_name="missions__reference")
    country = django_filters.CharFilter(field_name="country__code")

    class Meta:
        model = Report
        fields = ("mission", "country", "state", "kind", "year")
