"""The API of findings, recommendations and reports. Rights and services are those of the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import translations
from core.api import RefusalSerializer, RightsPermission, api_actor
from core.errors import Invalid
from core.languages import reader_language
from missions.models import Mission
from reports.api import filters, serializers
from reports.api.word import ReportDocumentsMixin
from reports.lifecycle import FINDING_MOVES, MOVES
from reports.models import Finding, FollowUp, Recommendation, Report, Standard, Topic
from reports.models.visibility import missions_read_by
from reports.services import chain, comparison, consultation, findings, followup, lifecycle, publication, recommendations, reports

COMPARE = [
    OpenApiParameter("from", str, description="Number of a version, or `now`; else the newest version."),
    OpenApiParameter("to", str, description="Number of a version, or `now`, which is also the default."),
    OpenApiParameter("language", str, description="`en`, `fr` or `de`; else one that both have."),
]


class TextsMixin:
    """Loads the texts of a page's rows in one query and gives them to the serializer."""

    text_field = ""

    def paginate_queryset(self, queryset: Any) -> Any:
        """The page, with its texts."""
        rows = super().paginate_queryset(queryset)  # type: ignore[misc]
        self.loaded = translations.texts_of_many(rows or [], self.text_field)
        return rows

    def get_serializer_context(self) -> dict[str, Any]:
        """Texts for the list; a single row asks for its own."""
        context = super().get_serializer_context()  # type: ignore[misc]
        return context | ({"texts": self.loaded} if hasattr(self, "loaded") else {})


def _mission(request: Request, reference: str | None) -> Mission:
    if not reference:
        raise Invalid(_("Name the mission by its reference."), code="mission", attr="mission")
    return get_object_or_404(missions_read_by(request.user), reference=reference)


@extend_schema(tags=["reports"])
class FindingViewSet(TextsMixin, viewsets.ReadOnlyModelViewSet):
    """Findings with statement and evidence; what the reader may not see of the evidence is `internal`."""

    serializer_class = serializers.FindingSerializer
    filterset_class = filters.FindingFilter
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    queryset = Finding.objects.none()
    text_field = "statement"
    permission_map = {
        "list": None,
        "retrieve": "reports.view_finding",
        "create": None,
        "partial_update": "reports.change_finding",
        "move": "reports.view_finding",
        "wordings": "reports.view_finding",
        "reword": "reports.view_finding",
    }

    def get_queryset(self) -> QuerySet[Finding]:
        """Findings the reader sees, in a constant number of queries."""
        rows = Finding.objects.visible_to(self.request.user).select_related("mission", "topic")
        return rows.prefetch_related("evidence", "recommendations").order_by("mission", "number")

    @extend_schema(request=serializers.FindingWriteSerializer, responses={201: serializers.FindingSerializer})
    def create(self, request: Request) -> Response:
        """Write down a finding."""
        given = serializers.FindingWriteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values.pop("version", None)
        mission = _mission(request, values.pop("mission", None))
        values = {"statement": {}, "phase": ""} | values
        row = findings.add_finding(mission=mission, by=api_actor(request), **values)
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=serializers.FindingWriteSerializer, responses=serializers.FindingSerializer)
    def partial_update(self, request: Request, uuid: Any) -> Response:
        """Change an open finding; 409 where somebody saved it after `version`."""
        given = serializers.FindingWriteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values.pop("mission", None)
        row = findings.change_finding(self.get_object(), version=values.pop("version", 0), by=api_actor(request), **values)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=serializers.ReportMoveSerializer, responses=serializers.FindingSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, uuid: Any) -> Response:
        """Agree, open again, drop."""
        given = serializers.ReportMoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        name = given.validated_data["action"]
        if name not in FINDING_MOVES:
            raise Invalid(_("There is no such move."), code="action", attr="action")
        row = findings.move_finding(self.get_object(), name, by=api_actor(request), note=given.validated_data["note"])
        return Response(self.get_serializer(row).data)

    @extend_schema(responses=serializers.FindingWordingSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def wordings(self, request: Request, uuid: Any) -> Response:
        """What the statement said before, newest first."""
        return Response(serializers.FindingWordingSerializer(self.get_object().wordings.all(), many=True).data)

    @extend_schema(
        request=serializers.RewordSerializer, responses={200: serializers.FindingSerializer, 400: RefusalSerializer, 409: RefusalSerializer}
    )
    @action(detail=True, methods=["post"])
    def reword(self, request: Request, uuid: Any) -> Response:
        """Write the statement anew in one language; of an agreed finding by who may agree. What it said before stays in `wordings`."""
        given = serializers.RewordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = findings.reword_finding(self.get_object(), by=api_actor(request), **given.validated_data)
        return Response(self.get_serializer(row).data)


@extend_schema(tags=["reports"])
class RecommendationViewSet(TextsMixin, viewsets.ReadOnlyModelViewSet):
    """Recommendations with wording, addressees, standards and status; `chain` walks down to the answers."""

    serializer_class = serializers.RecommendationSerializer
    filterset_class = filters.RecommendationFilter
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    queryset = Recommendation.objects.none()
    text_field = "text"
    permission_map = {
        "list": None,
        "retrieve": None,
        "create": None,
        "partial_update": "reports.change_recommendation",
        "chain": None,
        "assess": "reports.assess_recommendation",
    }

    def get_queryset(self) -> QuerySet[Recommendation]:
        """Recommendations the reader sees, in a constant number of queries."""
        standing = Prefetch("follow_ups", FollowUp.objects.standing())
        rows = Recommendation.objects.visible_to(self.request.user).with_status().select_related("mission", "past_text", "country", "topic")
        return rows.prefetch_related("adopted_texts", "addressees", "citations", "findings", standing).order_by(
            "mission", "past_text", "number"
        )

    @extend_schema(request=serializers.RecommendationWriteSerializer, responses={201: serializers.RecommendationSerializer})
    def create(self, request: Request) -> Response:
        """Draft a recommendation."""
        given = serializers.RecommendationWriteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values.pop("version", None)
        mission = _mission(request, values.pop("mission", None))
        row = recommendations.draft_recommendation(mission=mission, by=api_actor(request), **({"text": {}} | values))
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, status=201)

    @extend_schema(request=serializers.RecommendationWriteSerializer, responses=serializers.RecommendationSerializer)
    def partial_update(self, request: Request, uuid: Any) -> Response:
        """Change a draft; 409 where somebody saved it after `version`, or where it is adopted."""
        given = serializers.RecommendationWriteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values.pop("mission", None)
        row = recommendations.change_recommendation(self.get_object(), version=values.pop("version", 0), by=api_actor(request), **values)
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)

    @extend_schema(responses=serializers.ChainSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def chain(self, request: Request, uuid: Any) -> Response:
        """Findings and their sources; confidential ones are `internal`."""
        nodes = chain.from_recommendation(self.get_object(), request.user, reader_language())
        return Response(serializers.ChainSerializer(nodes, many=True).data)

    @extend_schema(request=serializers.AssessSerializer, responses={201: serializers.FollowUpSerializer})
    @action(detail=True, methods=["post"])
    def assess(self, request: Request, uuid: Any) -> Response:
        """Record what became of it."""
        given = serializers.AssessSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = followup.assess_recommendation(self.get_object(), by=api_actor(request), **given.validated_data)
        return Response(serializers.FollowUpSerializer(row).data, status=201)


@extend_schema(tags=["reports"])
class ReportViewSet(ReportDocumentsMixin, TextsMixin, viewsets.ReadOnlyModelViewSet):
    """Reports on missions that the reader sees, their moves and frozen versions."""

    serializer_class = serializers.ReportSerializer
    filterset_class = filters.ReportFilter
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    queryset = Report.objects.none()
    text_field = "title"
    permission_map = {
        "list": None,
        "retrieve": "reports.view_report",
        "partial_update": "reports.change_report",
        "moves": "reports.view_report",
        "versions": "reports.view_report",
        "compare": "reports.view_report",
        "extend": "reports.extend_consultation",
        "freeze": "reports.freeze_report",
        "files": "reports.view_report",
        "file": "reports.view_report",
        "word_draft": "reports.change_report",
    }

    def get_queryset(self) -> QuerySet[Report]:
        """Reports the reader sees."""
        return Report.objects.visible_to(self.request.user).select_related("country").prefetch_related("missions").order_by("-year", "pk")

    @extend_schema(
        request=serializers.ReportWriteSerializer,
        responses={200: serializers.ReportSerializer, 400: RefusalSerializer, 409: RefusalSerializer},
    )
    def partial_update(self, request: Request, uuid: Any) -> Response:
        """Change what the cover says, and in which languages the report is written; 409 where somebody saved it after `version`."""
        given = serializers.ReportWriteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = reports.change_report(self.get_object(), by=api_actor(request), **given.validated_data)
        return Response(self.get_serializer(row).data)

    @extend_schema(methods=["GET"], responses=serializers.AvailableReportMoveSerializer(many=True), filters=False)
    @extend_schema(methods=["POST"], request=serializers.ReportMoveSerializer, responses=serializers.ReportSerializer)
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def moves(self, request: Request, uuid: Any) -> Response:
        """The moves that may be made, or make one; publishing has its page.

        `withdraw` takes `notice` (language to text, English at least) of a public report, else `note`.
        """
        report = self.get_object()
        if request.method == "GET":
            return Response(serializers.AvailableReportMoveSerializer(lifecycle.available_moves(report, request.user), many=True).data)
        given = serializers.ReportMoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        name, notice = values.pop("action"), values.pop("notice", None)
        if name not in MOVES or name == "publish":
            raise Invalid(_("There is no such move here."), code="action", attr="action")
        if name == "withdraw":
            report = publication.withdraw_report(report, by=api_actor(request), note=values["note"], notice=notice)
            return Response(self.get_serializer(report).data)
        return Response(self.get_serializer(lifecycle.move_report(report, name, by=api_actor(request), **values)).data)

    @extend_schema(
        request=serializers.ExtendSerializer, responses={200: serializers.ReportSerializer, 400: RefusalSerializer, 409: RefusalSerializer}
    )
    @action(detail=True, methods=["post"], url_path="extend-consultation")
    def extend(self, request: Request, uuid: Any) -> Response:
        """Give the authorities more time for their comments; they are told by mail, their link stays the same."""
        given = serializers.ExtendSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        report = self.get_object()
        consultation.extend_consultation(report, by=api_actor(request), **given.validated_data)
        report.refresh_from_db()
        return Response(self.get_serializer(report).data)

    @extend_schema(responses=serializers.VersionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def versions(self, request: Request, uuid: Any) -> Response:
        """Frozen versions with their checksums."""
        rows = self.get_object().versions.select_related("corrects").defer("content", "corrects__content")
        return Response(serializers.VersionSerializer(rows, many=True).data)

    @extend_schema(parameters=COMPARE, responses={200: serializers.ComparisonSerializer, 400: RefusalSerializer}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def compare(self, request: Request, uuid: Any) -> Response:
        """Two versions by place: added, removed, changed with its words, moved. `now` stands for the report as it is."""
        report, given = self.get_object(), request.query_params
        rows = list(report.versions.defer("content"))
        old, new = comparison.sides_asked(rows, given.get("from", ""), given.get("to", ""))
        language = given.get("language") or comparison.language_of(report, rows, (old, new), report.authentic_language)
        changes = comparison.compare(comparison.side_of(report, old, language), comparison.side_of(report, new, language))
        shown = [change for change in changes if change.is_change]
        result = {"old": old, "new": new, "language": language, "counts": comparison.counted(changes), "changes": shown}
        return Response(serializers.ComparisonSerializer(result).data)


@extend_schema(tags=["reference"])
class StandardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The standards that recommendations cite, with how far each was re-read."""

    serializer_class = serializers.StandardSerializer
    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": None}
    lookup_field = "code"
    lookup_value_regex = r"[^/]+"
    queryset = Standard.objects.all()


@extend_schema(tags=["reference"])
class TopicViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The long-term topics L01-L21."""

    serializer_class = serializers.TopicSerializer
    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": None}
    lookup_field = "code"
    queryset = Topic.objects.prefetch_related("standards")
