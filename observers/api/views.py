"""The API of observers: thin views over the services."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person
from accounts.rules import sees_all_missions
from core.api import RightsPermission, api_actor
from missions.enums import SEATED_ASSIGNMENTS
from missions.models import Assignment
from observers.api import filters, serializers
from observers.api.filters import day_of
from observers.membership.eligibility import judge_day
from observers.models import Stop, Team
from observers.services.assignments import answer_invitation, confirm_assignment, withdraw_assignment
from observers.services.deployment import record_stop
from observers.services.eligibility import SHOWN
from observers.services.standing import load_calendar, load_standings


@extend_schema(tags=["observers"])
class PersonViewSet(viewsets.ReadOnlyModelViewSet):
    """People with their memberships, for the secretariat."""

    permission_classes = [RightsPermission]
    permission_map = dict.fromkeys(("list", "retrieve", "membership"), "observers.view_membership")
    serializer_class = serializers.PersonSerializer
    filterset_class = filters.PersonFilter
    lookup_field = "uuid"
    queryset = Person.objects.none()

    def get_queryset(self) -> QuerySet[Person]:
        """Everybody for the global roles, memberships loaded; for others nobody exists here."""
        if not sees_all_missions(self.request.user):
            return Person.objects.none()
        return (
            Person.objects.standing()
            .prefetch_related("memberships__country", "memberships__group")
            .order_by("family_name", "given_name", "pk")
        )

    @extend_schema(
        parameters=[OpenApiParameter("on", OpenApiTypes.DATE, description="the day asked about; today unless given")],
        responses=serializers.VerdictSerializer,
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def membership(self, request: Request, uuid: str) -> Response:
        """What the rules say of this person on a day: rule, dates, sentence."""
        person = get_object_or_404(self.get_queryset(), uuid=uuid)  # the filters of the list would hide who is no member that day
        verdict = judge_day(load_standings([person.pk])[person.pk], load_calendar(), day_of(request), **SHOWN)
        return Response(verdict.as_json())


@extend_schema(tags=["observers"])
class AssignmentViewSet(viewsets.ReadOnlyModelViewSet):
    """Who is in a mission; answer, confirm and withdraw."""

    permission_classes = [RightsPermission]
    permission_map = {
        "list": None,
        "retrieve": "observers.view_assignment",
        "answer": "observers.answer_assignment",
        "confirm": "observers.change_delegation",
        "withdraw": "observers.change_delegation",
    }
    serializer_class = serializers.AssignmentSerializer
    filterset_class = filters.AssignmentFilter
    lookup_field = "uuid"
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        """All for the global roles; else one's own, and those of missions one is seated in."""
        rows = Assignment.objects.select_related("mission", "person", "organisation").prefetch_related("declarations")
        user: Any = self.request.user
        if not sees_all_missions(user):
            own = user.person_id or 0
            seated = Assignment.objects.filter(person=own, state__in=SEATED_ASSIGNMENTS).values("mission")
            rows = rows.filter(Q(person=own) | Q(mission__in=seated))
        return rows.order_by("mission__reference", "person__family_name", "pk")

    @extend_schema(request=serializers.AnswerSerializer, responses=serializers.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, uuid: str) -> Response:
        """Accept or decline an invitation."""
        row = self.get_object()
        given = serializers.AnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        answer_invitation(row, by=api_actor(request), **given.validated_data)
        return self._again(uuid)

    @extend_schema(request=None, responses=serializers.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, uuid: str) -> Response:
        """Confirm; refused with rule and date where R14.1-3 does not hold."""
        confirm_assignment(self.get_object(), by=api_actor(request))
        return self._again(uuid)

    @extend_schema(request=serializers.ReasonSerializer, responses=serializers.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uuid: str) -> Response:
        """Take somebody out of the mission, with a reason."""
        row = self.get_object()
        given = serializers.ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        withdraw_assignment(row, by=api_actor(request), **given.validated_data)
        return self._again(uuid)

    def _again(self, uuid: str) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(uuid=uuid)).data)


@extend_schema(tags=["observers"])
class TeamViewSet(viewsets.ReadOnlyModelViewSet):
    """Teams with members and the uuids of their stops."""

    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": "observers.view_deployment"}
    serializer_class = serializers.TeamSerializer
    filterset_class = filters.TeamFilter
    lookup_field = "uuid"
    queryset = Team.objects.none()

    def get_queryset(self) -> QuerySet[Team]:
        """Of missions the reader is seated in."""
        return (
            Team.objects.visible_to(self.request.user).with_plan().select_related("mission").order_by("mission__reference", "day", "number")
        )


@extend_schema(tags=["observers"])
class StopViewSet(viewsets.ReadOnlyModelViewSet):
    """Stops of the teams, and what became of them."""

    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": "observers.view_deployment", "record": "observers.record_stop"}
    serializer_class = serializers.StopSerializer
    filterset_class = filters.StopFilter
    lookup_field = "uuid"
    queryset = Stop.objects.none()

    def get_queryset(self) -> QuerySet[Stop]:
        """Of missions the reader is seated in."""
        return (
            Stop.objects.visible_to(self.request.user).select_related("mission", "team", "station").order_by("team__number", "order", "pk")
        )

    @extend_schema(request=serializers.OutcomeSerializer, responses=serializers.StopSerializer)
    @action(detail=True, methods=["post"])
    def record(self, request: Request, uuid: str) -> Response:
        """Say what became of a stop."""
        stop = self.get_object()
        given = serializers.OutcomeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        record_stop(stop, by=api_actor(request), **given.validated_data)
        return Response(self.get_serializer(self.get_queryset().get(uuid=uuid)).data)
