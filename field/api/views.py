"""Read-only API of field data: observations, incidents, figures."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.api import RightsPermission, api_actor
from core.rights import allowed
from field.figures import figures
from field.models import Incident, Observation
from field.views.filters import filters_of
from missions.models import Mission


class ObservationSerializer(serializers.ModelSerializer):
    """One observation with its answers by question code."""

    mission = serializers.CharField(source="mission.reference")
    form = serializers.CharField(source="form.code")
    version = serializers.CharField(source="form_version.version")
    team = serializers.SerializerMethodField()
    station = serializers.SerializerMethodField()

    class Meta:
        model = Observation
        fields = [
            "uuid", "root", "replaces", "is_current", "is_waiting", "mission", "form", "version", "team", "station", "day", "slot",
            "setting",
            "answers", "flags", "warnings", "severity", "is_incomplete", "is_unmatched", "is_forced", "is_clock_odd", "source", "language",
            "reason", "started_at", "finished_at", "received_at",
        ]  # fmt: skip

    def get_team(self, row: Observation) -> str:
        """The team's name."""
        return row.team.name if row.team else row.team_label

    def get_station(self, row: Observation) -> str:
        """The station's code, or what was typed."""
        return row.station.code if row.station else row.station_text


class ObservationFilter(django_filters.FilterSet):
    """By mission, form, mark, time."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    form = django_filters.CharFilter(field_name="form__code")
    station = django_filters.CharFilter(field_name="station__code")
    team = django_filters.UUIDFilter(field_name="team__uuid")
    flag = django_filters.CharFilter(field_name="flags", lookup_expr="has_key")
    received_since = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    severity_min = django_filters.NumberFilter(field_name="severity", lookup_expr="gte")

    class Meta:
        model = Observation
        fields = ["day", "setting", "slot", "is_current", "is_incomplete", "is_unmatched"]


class ObservationViewSet(ReadOnlyModelViewSet):
    """Observations of the missions that the caller sees, newest first."""

    queryset = Observation.objects.none()
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilter
    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": "field.view_observation"}
    lookup_field = "uuid"

    def get_queryset(self) -> Any:
        """Visible ones. Those only asked to take part in a mission do not see its records."""
        if getattr(self, "swagger_fake_view", False):
            return Observation.objects.none()
        missions = [
            row for row in Mission.objects.visible_to(self.request.user) if allowed(api_actor(self.request), "field.view_observation", row)
        ]
        return (
            Observation.objects.filter(mission__in=missions)
            .with_names()
            .defer("raw_xml", "packed", "form_version__xform", "form_version__questions")
        )


class IncidentSerializer(serializers.ModelSerializer):
    """One incident."""

    number = serializers.CharField()
    mission = serializers.CharField(source="mission.reference")
    observation = serializers.UUIDField(source="observation.uuid")
    owner = serializers.SerializerMethodField()

    class Meta:
        model = Incident
        fields = [
            "uuid",
            "number",
            "mission",
            "observation",
            "kind",
            "seriousness",
            "is_danger",
            "is_call_back",
            "place",
            "text",
            "happened_at",
            "state",
            "owner",
            "created_at",
            "updated_at",
        ]

    def get_owner(self, row: Incident) -> str | None:
        """The owner's uuid."""
        return str(row.owner.uuid) if row.owner else None


class IncidentViewSet(ReadOnlyModelViewSet):
    """Incidents of the missions that the caller sees."""

    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer
    filterset_fields = ["state", "kind", "is_danger"]
    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": "field.view_observation"}
    lookup_field = "uuid"

    def get_queryset(self) -> Any:
        """Visible ones."""
        if getattr(self, "swagger_fake_view", False):
            return Incident.objects.none()
        missions = [
            row for row in Mission.objects.visible_to(self.request.user) if allowed(api_actor(self.request), "field.view_observation", row)
        ]
        return (
            Incident.objects.filter(mission__in=missions).select_related("mission", "observation", "owner").order_by("-created_at", "-pk")
        )


class FiguresView(APIView):
    """The figures of a mission: the same counting as page, CSV and report."""

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in ("form", "area", "setting", "slot", "team", "day", "unit")],
        responses={200: OpenApiTypes.OBJECT},
        operation_id="figures_retrieve",
    )
    def get(self, request: Request, reference: str) -> Response:
        """Count now."""
        mission = Mission.objects.visible_to(request.user).filter(reference=reference).first()
        if mission is None:
            raise Http404
        if not allowed(api_actor(request), "field.view_figures", mission):
            raise PermissionDenied
        return Response(figures(mission, filters_of(request.query_params)).as_json())
