"""The API of the call for interest, its answers and the nominations: for the secretariat."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person
from core.api import RightsPermission, api_actor
from missions.models import Mission
from observers.api import filters, serializers
from observers.models import CallRecipient, Interest, InterestCall, Nomination, PoliticalGroup
from observers.services.calls import extend_call, open_call, record_interest, withdraw_call
from observers.services.nominations import nominate, withdraw_nomination

READ = {"list": "observers.view_calls", "retrieve": "observers.view_calls"}


def mission_of(request: Request, reference: str) -> Mission:
    """The mission, if the reader may see it; else it does not exist."""
    return get_object_or_404(Mission.objects.visible_to(request.user).select_related("country", "election"), reference=reference)


@extend_schema(tags=["observers"])
class InterestCallViewSet(viewsets.ReadOnlyModelViewSet):
    """Calls for interest: open, extend, withdraw."""

    permission_classes = [RightsPermission]
    permission_map = {**READ, **dict.fromkeys(("create", "extend", "withdraw"), "observers.call_interest")}
    serializer_class = serializers.InterestCallSerializer
    filterset_class = filters.InterestCallFilter
    lookup_field = "uuid"
    queryset = InterestCall.objects.none()

    def get_queryset(self) -> QuerySet[InterestCall]:
        """All for the global roles, with counts."""
        said = Interest.objects.filter(mission=OuterRef("call__mission"), person=OuterRef("person"))
        answered = CallRecipient.objects.filter(Exists(said)).values("pk")
        return (
            InterestCall.objects.visible_to(self.request.user)
            .select_related("mission")
            .annotate(
                asked=Count("recipients", distinct=True),
                answered=Count("recipients", filter=Q(recipients__in=answered), distinct=True),
            )
            .order_by("-created_at", "-pk")
        )

    @extend_schema(request=serializers.OpenCallSerializer, responses={201: serializers.InterestCallSerializer})
    def create(self, request: Request) -> Response:
        """Open a call; the letters go out in the background."""
        given = serializers.OpenCallSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        row = open_call(mission_of(request, data.pop("mission")), by=api_actor(request), **data)
        return self._again(row.uuid, status=201)

    @extend_schema(request=serializers.ExtendCallSerializer, responses=serializers.InterestCallSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, uuid: str) -> Response:
        """Give more time; who has not answered is told."""
        row = self.get_object()
        given = serializers.ExtendCallSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        extend_call(row, by=api_actor(request), **given.validated_data)
        return self._again(uuid)

    @extend_schema(request=serializers.ReasonSerializer, responses=serializers.InterestCallSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uuid: str) -> Response:
        """End the call with a reason; everybody who was asked is told."""
        row = self.get_object()
        given = serializers.ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        withdraw_call(row, by=api_actor(request), **given.validated_data)
        return self._again(uuid)

    def _again(self, uuid: Any, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(uuid=uuid)).data, status=status)


@extend_schema(tags=["observers"])
class InterestViewSet(viewsets.ReadOnlyModelViewSet):
    """Answers on who is available; the coordinator enters those that came another way."""

    permission_classes = [RightsPermission]
    permission_map = {**READ, "create": "observers.call_interest"}
    serializer_class = serializers.InterestSerializer
    filterset_class = filters.InterestFilter
    lookup_field = "uuid"
    queryset = Interest.objects.none()

    def get_queryset(self) -> QuerySet[Interest]:
        """All for the global roles."""
        rows = Interest.objects.visible_to(self.request.user).select_related("mission", "person")
        return rows.order_by("mission__reference", "person__family_name", "pk")

    @extend_schema(request=serializers.RecordInterestSerializer, responses={201: serializers.InterestSerializer})
    def create(self, request: Request) -> Response:
        """Enter an answer; the newest of a person counts."""
        given = serializers.RecordInterestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        mission, person = mission_of(request, data.pop("mission")), get_object_or_404(Person, uuid=data.pop("person"))
        row = record_interest(mission, person, by=api_actor(request), **data)
        return Response(self.get_serializer(row).data, status=201)


@extend_schema(tags=["observers"])
class NominationViewSet(viewsets.ReadOnlyModelViewSet):
    """Nominations of the political groups: enter, take back."""

    permission_classes = [RightsPermission]
    permission_map = {**READ, "create": "observers.nominate", "withdraw": "observers.nominate"}
    serializer_class = serializers.NominationSerializer
    filterset_class = filters.NominationFilter
    lookup_field = "uuid"
    queryset = Nomination.objects.none()

    def get_queryset(self) -> QuerySet[Nomination]:
        """All for the global roles."""
        rows = Nomination.objects.visible_to(self.request.user).select_related("mission", "person", "group")
        return rows.order_by("mission__reference", "group__order", "person__family_name", "pk")

    @extend_schema(request=serializers.NominateSerializer, responses={201: serializers.NominationSerializer})
    def create(self, request: Request) -> Response:
        """Nominate; refused with rule and date for somebody who may not go."""
        given = serializers.NominateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        mission, person = mission_of(request, data["mission"]), get_object_or_404(Person, uuid=data["person"])
        group = get_object_or_404(PoliticalGroup, code=data["group"])
        row = nominate(mission, person, group, by=api_actor(request), note=data["note"])
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=None, responses=serializers.NominationSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uuid: str) -> Response:
        """Take a nomination back."""
        row = withdraw_nomination(self.get_object(), by=api_actor(request))
        return Response(self.get_serializer(row).data)
