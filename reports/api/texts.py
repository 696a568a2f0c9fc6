"""The API of the mission's smaller texts and of good practice (read only, but for lists of other collections);
the chain of evidence in both directions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import RefusalSerializer, RightsPermission, api_actor
from core.enums import Language
from core.errors import Invalid
from core.languages import reader_language
from field.models import Observation
from reports.api.past import PastImportSerializer, PastRefusedSerializer, given_in, mapping_of, small_enough
from reports.api.serializers import TEXTS, ChainSerializer, texts_field
from reports.enums import EvidenceKind
from reports.models import GoodPractice, MissionText, MissionTextVersion, ReportParagraph
from reports.models.visibility import missions_read_by
from reports.services import chain
from reports.services.practice_import import import_practices

UP = ("answer", "note", "meeting", "incident")


class MissionTextVersionSerializer(serializers.ModelSerializer):
    """A released version without its content."""

    class Meta:
        model = MissionTextVersion
        fields = ("uuid", "number", "slug", "languages", "checksum", "unchecked", "is_public", "embargo_until", "frozen_at")


class MissionTextSerializer(serializers.ModelSerializer):
    """An announcement, advisory, speaking notes or press release."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True)
    title = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()
    versions = MissionTextVersionSerializer(many=True, read_only=True)

    class Meta:
        model = MissionText
        fields = (
            "uuid", "mission", "kind", "state", "authentic_language", "languages", "title", "body", "contact", "held_on", "held_at",
            "place", "version", "versions",
        )  # fmt: skip

    @extend_schema_field(TEXTS)
    def get_title(self, row: MissionText) -> dict[str, dict[str, str]]:
        """Titles by language."""
        return texts_field(row, "title", None)

    @extend_schema_field(TEXTS)
    def get_body(self, row: MissionText) -> dict[str, dict[str, str]]:
        """Words by language."""
        return texts_field(row, "body", None)


class GoodPracticeSerializer(serializers.ModelSerializer):
    """A good practice; where it was heard is told on its page alone, to who may know."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True, allow_null=True)
    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    lesson = serializers.SerializerMethodField()
    actors = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = GoodPractice
        fields = (
            "uuid", "mission", "country", "number", "state", "level", "step", "actors", "place", "year", "code_section", "web",
            "source_name", "source_agreed", "collection", "source_id", "source_url", "licence",
            "authentic_language", "published_languages", "published_at", "title", "text", "lesson",
            "version",
        )  # fmt: skip

    @extend_schema_field(TEXTS)
    def get_title(self, row: GoodPractice) -> dict[str, dict[str, str]]:
        """Titles by language."""
        return texts_field(row, "title", None)

    @extend_schema_field(TEXTS)
    def get_text(self, row: GoodPractice) -> dict[str, dict[str, str]]:
        """What is done, by language."""
        return texts_field(row, "text", None)

    @extend_schema_field(TEXTS)
    def get_lesson(self, row: GoodPractice) -> dict[str, dict[str, str]]:
        """What others can learn, by language."""
        return texts_field(row, "lesson", None)


class PracticeImportSerializer(PastImportSerializer):
    """A list of another collection. collection, licence, language: of practices that do not name their own."""

    collection = serializers.CharField()
    licence = serializers.CharField(required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False, default=Language.EN)


class PracticesImportedSerializer(serializers.Serializer):
    """What an import did; with anything refused, nothing."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    reopened = serializers.IntegerField()
    own = serializers.IntegerField()
    refused = PastRefusedSerializer(many=True)


class UsesSerializer(serializers.Serializer):
    """Every text that uses one piece of evidence."""

    findings = ChainSerializer(many=True)
    paragraphs = serializers.ListField(child=serializers.UUIDField())
    recommendations = serializers.ListField(child=serializers.UUIDField())
    practices = serializers.ListField(child=serializers.UUIDField())
    statements = serializers.ListField(child=serializers.UUIDField())
    report_versions = serializers.ListField(child=serializers.UUIDField())


class MissionTextFilter(django_filters.FilterSet):
    """Texts."""

    mission = django_filters.CharFilter(field_name="mission__reference")

    class Meta:
        model = MissionText
        fields = ("mission", "kind", "state")


class GoodPracticeFilter(django_filters.FilterSet):
    """Good practices."""

    mission = django_filters.CharFilter(field_name="mission__reference")
    country = django_filters.CharFilter(field_name="country__code")

    class Meta:
        model = GoodPractice
        fields = ("mission", "country", "collection", "state", "level", "step")


@extend_schema(tags=["reports"])
class MissionTextViewSet(viewsets.ReadOnlyModelViewSet):
    """Texts of the missions that the reader reads, with their released versions."""

    serializer_class = MissionTextSerializer
    filterset_class = MissionTextFilter
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    queryset = MissionText.objects.none()
    permission_map = {"list": None, "retrieve": "reports.view_text"}

    def get_queryset(self) -> QuerySet[MissionText]:
        """Texts the reader sees."""
        return (
            MissionText.objects.visible_to(self.request.user)
            .select_related("mission")
            .prefetch_related("versions")
            .order_by("mission", "pk")
        )


@extend_schema(tags=["reports"])
class GoodPracticeViewSet(viewsets.ReadOnlyModelViewSet):
    """Good practices of the missions that the reader reads, and those of other collections.

    The published ones are on the public site for everybody.
    """

    serializer_class = GoodPracticeSerializer
    filterset_class = GoodPracticeFilter
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    queryset = GoodPractice.objects.none()
    permission_map = {"list": None, "retrieve": "reports.view_practice", "bring_in": "reports.import_practices"}

    def get_queryset(self) -> QuerySet[GoodPractice]:
        """Practices the reader sees."""
        return GoodPractice.objects.visible_to(self.request.user).select_related("mission", "country").order_by("mission", "number")

    @extend_schema(
        request={"multipart/form-data": PracticeImportSerializer},
        responses={200: PracticesImportedSerializer, 400: PracticesImportedSerializer},
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser, FormParser, JSONParser])
    def bring_in(self, request: Request) -> Response:
        """Read in a list of another collection, one practice per row: all or nothing, safe to repeat."""
        values = given_in(PracticeImportSerializer, request)
        upload = small_enough(values.pop("file"))
        mapping = mapping_of(values.pop("map"))
        answer = import_practices(by=api_actor(request), source=upload.file, name=upload.name, mapping=mapping, **values)
        return Response(answer, status=400 if answer["refused"] else 200)


@extend_schema(tags=["reports"])
class ChainViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The chain of evidence: down from a paragraph, up from what was observed or heard. Confidential sources are `internal`."""

    serializer_class = ChainSerializer
    permission_classes = [RightsPermission]
    pagination_class = None
    filter_backends: list[Any] = []
    queryset = ReportParagraph.objects.none()
    permission_map = {"list": None, "up": None, "retrieve": "reports.view_finding"}

    @extend_schema(
        parameters=[OpenApiParameter("paragraph", str, required=True, description="UUID of a paragraph of a report")],
        responses={200: ChainSerializer(many=True), 400: RefusalSerializer},
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Down: the findings of a paragraph and what they rest on."""
        readable = ReportParagraph.objects.filter(section__report__missions__in=missions_read_by(request.user)).distinct()
        row = get_object_or_404(readable, uuid=_uuid(request, "paragraph"))
        return Response(ChainSerializer(chain.from_paragraph(row, request.user, reader_language()), many=True).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, required=True, enum=UP),
            OpenApiParameter("uuid", str, required=True, description="UUID of the observation, note, meeting or incident"),
            OpenApiParameter("item", str, description="Code of a question, for one answer of an observation"),
        ],
        responses={200: UsesSerializer, 400: RefusalSerializer},
    )
    @action(detail=False, methods=["get"])
    def up(self, request: Request) -> Response:
        """Up: every text that uses it, directly or through a figure."""
        kind, uuid = request.query_params.get("kind", ""), _uuid(request, "uuid")
        if kind not in UP:
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": kind}, code="not_a_choice", attr="kind")
        uses = _uses(kind, uuid, request)
        data = {
            "findings": uses.findings,
            "paragraphs": [row.uuid for row, _text in uses.paragraphs],
            "recommendations": [row.uuid for row, _text in uses.recommendations],
            "practices": [row.uuid for row in uses.practices],
            "statements": [row.uuid for row in uses.statements],
            "report_versions": [row.uuid for row in uses.versions],
        }
        return Response(UsesSerializer(data).data)


def _uses(kind: str, uuid: str, request: Request) -> chain.Uses:
    user = request.user
    if kind == EvidenceKind.ANSWER:
        row = get_object_or_404(Observation.objects.visible_to(user), uuid=uuid)
        return chain.uses_of_answer(row, user, reader_language(), item=request.query_params.get("item", ""))
    if not chain.is_readable(kind, uuid, user):
        raise Http404
    return chain.uses_of(kind, uuid, user, reader_language())


def _uuid(request: Request, name: str) -> str:
    try:
        return str(serializers.UUIDField().to_internal_value(request.query_params.get(name, "")))
    except serializers.ValidationError:
        raise Invalid(_("Name it by its UUID."), code="uuid", attr=name) from None
