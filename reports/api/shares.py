"""The API of shares without n and denominator: where they stand in a mission's texts, and a publisher's yes."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import RefusalSerializer, RightsPermission, api_actor
from core.errors import Invalid
from core.rights import authorize
from missions.models import Mission
from reports.models import AcceptedShare
from reports.models.visibility import missions_read_by
from reports.services import accepted_shares


class AcceptedShareSerializer(serializers.ModelSerializer):
    """A publisher's yes to one sentence."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True)

    class Meta:
        model = AcceptedShare
        fields = ("uuid", "mission", "digest", "sentence", "shares", "reason", "accepted_at")


class StandingShareSerializer(serializers.Serializer):
    """One sentence at one place."""

    place = serializers.CharField()
    url = serializers.CharField()
    language = serializers.CharField()
    sentence = serializers.CharField()
    shares = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField(help_text="SHA-256 of its words: by this it is accepted.")
    accepted = AcceptedShareSerializer(allow_null=True)


class AcceptSerializer(serializers.Serializer):
    """Which sentences of a mission may stand, and why."""

    mission = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField(max_length=64), max_length=500, help_text="Digests.")
    reason = serializers.CharField(max_length=500)


@extend_schema(tags=["reports"])
class ShareViewSet(viewsets.GenericViewSet):
    """Shares without n and denominator in the texts of a mission."""

    serializer_class = StandingShareSerializer
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    pagination_class = None
    filterset_class = None
    queryset = AcceptedShare.objects.none()
    permission_map = {"list": None, "accept": None, "destroy": "reports.accept_share"}

    def get_queryset(self) -> Any:
        """What was accepted in the missions that the reader sees."""
        return AcceptedShare.objects.visible_to(self.request.user).select_related("mission")

    @extend_schema(
        parameters=[OpenApiParameter("mission", str, required=True, description="Reference of the mission.")],
        responses={200: StandingShareSerializer(many=True), 400: RefusalSerializer},
    )
    def list(self, request: Request) -> Response:
        """Every such sentence in findings, recommendations, report, texts and good practice, with the yes where there is one."""
        mission = _mission(request, request.query_params.get("mission", ""))
        authorize(api_actor(request), "reports.view_shares", mission)
        return Response(StandingShareSerializer(accepted_shares.shares_of_mission(mission), many=True).data)

    @extend_schema(request=AcceptSerializer, responses={200: AcceptedShareSerializer(many=True), 400: RefusalSerializer})
    @action(detail=False, methods=["post"])
    def accept(self, request: Request) -> Response:
        """Let sentences stand, with a reason: a publisher's act. Asked twice, answered twice."""
        given = AcceptSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        mission = _mission(request, data["mission"])
        made = accepted_shares.accept_shares(mission, data["sentences"], by=api_actor(request), reason=data["reason"])
        return Response(AcceptedShareSerializer(made, many=True).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, uuid: Any) -> Response:
        """Take a yes back; what is published stays as it is."""
        accepted_shares.take_back_share(self.get_object(), by=api_actor(request))
        return Response(status=204)


def _mission(request: Request, reference: str) -> Mission:
    if not reference:
        raise Invalid(_("Name the mission by its reference."), code="mission", attr="mission")
    return get_object_or_404(missions_read_by(request.user), reference=reference)
