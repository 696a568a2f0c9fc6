"""The API of texts and recommendations from before Scrutin. Rights and services are those of the pages."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import RefusalSerializer, RightsPermission, api_actor
from core.errors import Invalid
from missions.models import Country, PastMission
from reports.api.filters import PastTextFilter
from reports.api.serializers import RecommendationSerializer
from reports.enums import Addressee
from reports.models import PastText, Recommendation, Topic
from reports.services import past_recommendations, past_texts
from reports.services.past_import import import_past

FILE_BYTES = 10 * 1024 * 1024


class PastTextSerializer(serializers.ModelSerializer):
    """A text adopted before Scrutin."""

    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    mission = serializers.SlugRelatedField(source="past_mission", slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = PastText
        fields = (
            "uuid", "country", "mission", "year", "election", "number", "adopted_on", "title_en", "title_fr", "title_de", "document_ref",
            "web", "is_public", "published_at", "version",
        )  # fmt: skip


class PastTextWriteSerializer(serializers.Serializer):
    """A new text, or corrections of one (`version` names the one that was read).

    `mission`: code of the history; without it country, year, election.
    """

    country = serializers.SlugRelatedField(slug_field="code", queryset=Country.objects.all(), required=False)
    mission = serializers.SlugRelatedField(
        source="past_mission", slug_field="code", queryset=PastMission.objects.all(), required=False, allow_null=True
    )
    year = serializers.IntegerField(required=False)
    election = serializers.CharField(required=False, allow_blank=True)
    number = serializers.CharField(required=False, allow_blank=True)
    adopted_on = serializers.DateField(required=False)
    title_en = serializers.CharField(required=False, allow_blank=True)
    title_fr = serializers.CharField(required=False, allow_blank=True)
    title_de = serializers.CharField(required=False, allow_blank=True)
    document_ref = serializers.CharField(required=False, allow_blank=True)
    web = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)


class PastRecommendationWriteSerializer(serializers.Serializer):
    """A recommendation as it was adopted, or corrections of one (`version` names the one that was read)."""

    version = serializers.IntegerField(required=False)
    paragraph = serializers.CharField(required=False)
    wording = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    addressees = serializers.ListField(child=serializers.ChoiceField(choices=Addressee.choices), required=False)
    standards = serializers.ListField(child=serializers.CharField(), required=False)
    priority = serializers.CharField(required=False)
    action_type = serializers.CharField(required=False)
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.all(), required=False, allow_null=True)


class PastImportSerializer(serializers.Serializer):
    """A list: CSV, TSV, XLSX or JSON. `map`: `{column: field}` as JSON; `dry_run` only checks."""

    file = serializers.FileField()
    map = serializers.CharField(required=False, default="")
    dry_run = serializers.BooleanField(required=False, default=False)


class PastRefusedSerializer(serializers.Serializer):
    """One cell that cannot be taken."""

    row = serializers.IntegerField()
    column = serializers.CharField()
    why = serializers.CharField()


class PastImportedSerializer(serializers.Serializer):
    """What an import did; with anything refused, nothing."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    texts = serializers.IntegerField()
    assessed = serializers.IntegerField()
    refused = PastRefusedSerializer(many=True)


UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
REFUSED = {400: RefusalSerializer}


@extend_schema(tags=["reports"])
class PastTextViewSet(viewsets.ReadOnlyModelViewSet):
    """Texts that the Congress adopted before Scrutin; their recommendations are under `recommendations?past_text=`."""

    serializer_class = PastTextSerializer
    filterset_class = PastTextFilter
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    queryset = PastText.objects.none()
    permission_map = {
        "list": "reports.view_past_text",
        "retrieve": "reports.view_past_text",
        "create": "reports.write_past_text",
        "partial_update": "reports.write_past_text",
        "destroy": "reports.write_past_text",
        "release": "reports.release_past_text",
        "take_back": "reports.release_past_text",
        "recommendations": "reports.write_past_text",
        "recommendation": "reports.write_past_text",
        "bring_in": "reports.write_past_text",
    }

    def get_queryset(self) -> QuerySet[PastText]:
        """Texts the reader sees."""
        return PastText.objects.visible_to(self.request.user).select_related("country", "past_mission")

    @extend_schema(request=PastTextWriteSerializer, responses={201: PastTextSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Enter a text."""
        values = given_in(PastTextWriteSerializer, request)
        values.pop("version", None)
        row = past_texts.enter_text(by=api_actor(request), **({"adopted_on": None} | values))
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=PastTextWriteSerializer, responses={200: PastTextSerializer, **REFUSED})
    def partial_update(self, request: Request, uuid: Any) -> Response:
        """Correct a text; 409 where somebody saved it after `version`."""
        values = given_in(PastTextWriteSerializer, request)
        row = past_texts.correct_text(self.get_object(), version=values.pop("version", 0), by=api_actor(request), **values)
        return Response(self.get_serializer(row).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, uuid: Any) -> Response:
        """Take out a text that is not public, with its recommendations."""
        past_texts.remove_text(self.get_object(), by=api_actor(request))
        return Response(status=204)

    @extend_schema(request=None, responses=PastTextSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, uuid: Any) -> Response:
        """Let the public read it."""
        return Response(self.get_serializer(past_texts.release_text(self.get_object(), by=api_actor(request))).data)

    @extend_schema(request=None, responses=PastTextSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, uuid: Any) -> Response:
        """The public no longer reads it."""
        return Response(self.get_serializer(past_texts.take_back_text(self.get_object(), by=api_actor(request))).data)

    @extend_schema(request=PastRecommendationWriteSerializer, responses={201: RecommendationSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def recommendations(self, request: Request, uuid: Any) -> Response:
        """Enter a recommendation of the text."""
        values = given_in(PastRecommendationWriteSerializer, request)
        values.pop("version", None)
        values = {"paragraph": "", "wording": {}} | values
        row = past_recommendations.enter_recommendation(self.get_object(), by=api_actor(request), **values)
        return Response(self._said(row), status=201)

    @extend_schema(methods=["PATCH"], request=PastRecommendationWriteSerializer, responses={200: RecommendationSerializer, **REFUSED})
    @extend_schema(methods=["DELETE"], request=None, responses={204: None})
    @action(detail=True, methods=["patch", "delete"], filterset_class=None, url_path=f"recommendations/(?P<recommendation>{UUID})")
    def recommendation(self, request: Request, uuid: Any, recommendation: str) -> Response:
        """Correct a recommendation, or take it out while the text is not public."""
        row, by = get_object_or_404(Recommendation, past_text=self.get_object(), uuid=recommendation), api_actor(request)
        if request.method == "DELETE":
            past_recommendations.remove_recommendation(row, by=by)
            return Response(status=204)
        values = given_in(PastRecommendationWriteSerializer, request)
        row = past_recommendations.correct_recommendation(row, version=values.pop("version", 0), by=by, **values)
        return Response(self._said(row))

    @extend_schema(
        request={"multipart/form-data": PastImportSerializer}, responses={200: PastImportedSerializer, 400: PastImportedSerializer}
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser, FormParser, JSONParser])
    def bring_in(self, request: Request) -> Response:
        """Import a list, one recommendation per row: all or nothing, safe to repeat."""
        values = given_in(PastImportSerializer, request)
        upload = small_enough(values["file"])
        by = api_actor(request)
        answer = import_past(by=by, source=upload.file, name=upload.name, mapping=mapping_of(values["map"]), dry_run=values["dry_run"])
        return Response(answer, status=400 if answer["refused"] else 200)

    def _said(self, row: Recommendation) -> Any:
        rows = Recommendation.objects.with_status().select_related("past_text", "country", "topic")
        return RecommendationSerializer(rows.get(pk=row.pk), context=self.get_serializer_context()).data


def given_in(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was sent, as `serializer` reads it. Raises ValidationError."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def small_enough(upload: Any) -> Any:
    """The upload. Raises Invalid for one that is too large."""
    if upload.size > FILE_BYTES:
        raise Invalid(_("The file is larger than %(most)s MB.") % {"most": FILE_BYTES // 1024**2}, code="too_large", attr="file")
    return upload


def mapping_of(text: str) -> dict[str, str] | None:
    """`{column: field}` from JSON. Raises Invalid."""
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Invalid(_("The map is an object in JSON: {column: field}."), code="map", attr="map")
    return found
