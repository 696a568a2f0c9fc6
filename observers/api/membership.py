"""The API of membership: stretches, mandates, national delegations, renewal sessions; all as on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rules import sees_all_missions
from core.api import RightsPermission
from missions.models import Country
from observers.api import filters, serializers
from observers.api.filters import day_of
from observers.models import Mandate, Membership, RenewalSession
from observers.services.delegations import delegation_on, delegations_on

ON = OpenApiParameter("on", OpenApiTypes.DATE, description="the day asked about; today unless given")


@extend_schema(tags=["observers"])
class MembershipViewSet(viewsets.ReadOnlyModelViewSet):
    """Stretches of membership, for the secretariat; everybody sees their own."""

    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": "observers.view_membership"}
    serializer_class = serializers.MembershipRowSerializer
    filterset_class = filters.MembershipFilter
    lookup_field = "uuid"
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        """What this reader may see."""
        rows = Membership.objects.visible_to(self.request.user).select_related("person", "country", "group")
        return rows.order_by("country__code", "member_list", "seat", "starts_on", "pk")


@extend_schema(tags=["observers"])
class MandateViewSet(viewsets.ReadOnlyModelViewSet):
    """Offices held and lost, with what R1 says of each."""

    permission_classes = [RightsPermission]
    permission_map = {"list": "observers.view_membership", "retrieve": "observers.view_membership"}
    serializer_class = serializers.MandateSerializer
    filterset_class = filters.MandateFilter
    lookup_field = "uuid"
    queryset = Mandate.objects.none()

    def get_queryset(self) -> QuerySet[Mandate]:
        """All for the global roles; for others nothing exists here."""
        if not sees_all_missions(self.request.user):
            return Mandate.objects.none()
        return Mandate.objects.select_related("person").order_by("person__family_name", "starts_on", "pk")


@extend_schema(tags=["observers"])
class RenewalSessionViewSet(viewsets.ReadOnlyModelViewSet):
    """Renewal sessions, by the day they open."""

    permission_classes = [RightsPermission]
    permission_map = {"list": "observers.view_membership", "retrieve": "observers.view_membership"}
    serializer_class = serializers.RenewalSessionSerializer
    lookup_field = "opens_on"
    lookup_value_regex = r"\d{4}-\d{2}-\d{2}"
    queryset = RenewalSession.objects.none()

    def get_queryset(self) -> QuerySet[RenewalSession]:
        """All of them, for the global roles."""
        return RenewalSession.objects.order_by("opens_on") if sees_all_missions(self.request.user) else RenewalSession.objects.none()

    def get_object(self) -> Any:
        """By the day; what is no day of the calendar is not found."""
        try:
            date.fromisoformat(self.kwargs["opens_on"])
        except ValueError:
            self.kwargs["opens_on"] = "1000-01-01"
        return super().get_object()


@extend_schema(tags=["observers"])
class NationalDelegationViewSet(viewsets.GenericViewSet):
    """National delegations as on a day: seats, lists, verdicts R2-R7; one of them with its calendar of terms."""

    permission_classes = [RightsPermission]
    permission_map = {"list": "observers.view_membership", "retrieve": "observers.view_membership"}
    serializer_class = serializers.NationalDelegationSerializer
    lookup_field = "code"
    lookup_value_regex = r"[A-Za-z]{2}"
    queryset = Country.objects.none()

    def get_queryset(self) -> QuerySet[Country]:
        """Member states, for the global roles."""
        return Country.objects.filter(is_member=True).order_by("code") if sees_all_missions(self.request.user) else Country.objects.none()

    @extend_schema(parameters=[ON], responses=serializers.NationalDelegationSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every state, page by page."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(delegations_on(day_of(request), page or []), many=True).data)

    @extend_schema(parameters=[ON])
    def retrieve(self, request: Request, code: str) -> Response:
        """One state."""
        country = get_object_or_404(self.get_queryset(), code=code.upper())
        return Response(self.get_serializer(delegation_on(day_of(request), country)).data)
