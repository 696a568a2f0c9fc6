"""The API of a report's Word documents: freezing and drawing a draft, its files, bringing one back, what it would change, taking it over.

The rights are those of the pages: who may change the report.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import RefusalSerializer, RightsPermission, api_actor
from core.documents import documents_of
from core.enums import Language
from core.errors import Invalid
from core.files import DOCX, PDF
from core.models import DocumentFile
from core.rights import authorize
from core.views import file_response
from reports.api.serializers import VersionSerializer
from reports.models import Report, ReportVersion, WordImport
from reports.services import versions, word_import, word_margin

UUID = "[0-9a-f-]{36}"
DRAWN = {**{(200, mime): OpenApiTypes.BINARY for mime in (PDF, DOCX, "text/html")}, (200, "application/json"): OpenApiTypes.OBJECT}
REFUSED = {400: RefusalSerializer, 409: RefusalSerializer}


class DrawnFileSerializer(serializers.Serializer):
    """One drawn file of a version."""

    language = serializers.CharField(source="document.language")
    format = serializers.CharField()
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")


class FrozenSerializer(serializers.Serializer):
    """A version that was frozen just now, and the job that draws it: ask for its files until they are there."""

    version = VersionSerializer()
    job = serializers.UUIDField()


class WordImportSerializer(serializers.ModelSerializer):
    """A Word document that came back. `made`: the number of the version that it became."""

    report = serializers.SlugRelatedField(slug_field="uuid", read_only=True)
    number = serializers.IntegerField(source="version.number", read_only=True, help_text="Of the version it was drawn from.")
    name = serializers.CharField(source="file.name", read_only=True)
    made = serializers.SlugRelatedField(slug_field="number", read_only=True, allow_null=True)

    class Meta:
        model = WordImport
        fields = ("uuid", "report", "number", "language", "name", "state", "brought_at", "ends_at", "made")


class PlanEntrySerializer(serializers.Serializer):
    """What would change at one place. `stored`: what the report (or the finding) says by now, where that is not the version's text."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["changed", "moved", "removed", "new", "unplaced", "call", "finding", "title"])
    uuid = serializers.CharField(help_text="Of the paragraph, the recommendation or the finding; empty for what is new.")
    number = serializers.CharField()
    label = serializers.CharField(required=False, help_text="Of a finding.")
    base = serializers.CharField(help_text="As the version says it.")
    shown = serializers.CharField(help_text="As the document says it.")
    stored = serializers.CharField(required=False)
    clashes = serializers.BooleanField(required=False, help_text="It was changed here too since that version.")
    both_shown = serializers.CharField(required=False, help_text="Both changes in one text, where they do not touch.")
    is_moved = serializers.BooleanField(required=False)
    to = serializers.CharField(required=False, help_text="Chapter it stands in now.")
    after = serializers.CharField(required=False, help_text="What it stands behind now: a uuid, or the `name` of another new entry.")
    name = serializers.CharField(required=False)
    by_words = serializers.BooleanField(required=False, help_text="Its mark was lost: known by its words.")
    lost_figures = serializers.ListField(child=serializers.CharField(), required=False, help_text="Live figures that were typed over.")


class NoticeSerializer(serializers.Serializer):
    """What differs and stays as it is in the report."""

    text = serializers.CharField()
    url = serializers.CharField(required=False)


class WordCommentSerializer(serializers.Serializer):
    """A comment in the margin."""

    author = serializers.CharField()
    text = serializers.CharField()
    at = serializers.CharField()
    uuid = serializers.CharField(help_text="Of its paragraph.")
    number = serializers.CharField()
    about = serializers.CharField()


class WordPlanSerializer(WordImportSerializer):
    """A Word document with everything that it would change."""

    entries = serializers.SerializerMethodField()
    notices = NoticeSerializer(source="plan.notices", many=True, read_only=True)
    comments = WordCommentSerializer(source="plan.comments", many=True, read_only=True)

    class Meta(WordImportSerializer.Meta):
        fields = (*WordImportSerializer.Meta.fields, "entries", "notices", "comments")  # type: ignore[assignment]

    @extend_schema_field(PlanEntrySerializer(many=True))
    def get_entries(self, row: WordImport) -> Any:
        """The entries; `plan.items` as a source would ask the dictionary for its pairs."""
        return PlanEntrySerializer(row.plan["items"], many=True).data


class WordBringSerializer(serializers.Serializer):
    """A document that comes back; number and language only where it does not say from which version it was drawn."""

    report = serializers.UUIDField()
    file = serializers.FileField()
    number = serializers.IntegerField(required=False, min_value=1)
    language = serializers.ChoiceField(choices=Language.choices, required=False, default="")


class WordDecisionSerializer(serializers.Serializer):
    """What becomes of one entry.

    do: `word`, `both` or `keep` for a changed text; `remove` or `keep` for one that is missing; `leave`, `start:<chapter>`,
    `after:<uuid or name>` or `replace:<uuid>` for one that is new. move: its new place is taken too.
    """

    entry = serializers.IntegerField(min_value=0)
    do = serializers.CharField(required=False, default="", allow_blank=True)
    move = serializers.BooleanField(required=False, default=False)


class WordTakeSerializer(serializers.Serializer):
    """Decisions on the entries of a plan; an entry that is not named stays as it is in the report."""

    decisions = WordDecisionSerializer(many=True)
    checked = serializers.BooleanField(required=False, default=False, help_text="A translation was read against the original.")
    comments = serializers.BooleanField(required=False, default=False, help_text="Keep the comments in the margin as remarks.")


class ReportDocumentsMixin:
    """What a report's API has for its drafts: freeze and draw, the files of a version, the Word document with the open remarks."""

    @extend_schema(request=None, responses={201: FrozenSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def freeze(self, request: Request, uuid: Any) -> Response:
        """Freeze what the report says now as its next version, and let it be drawn in its languages and formats."""
        by = api_actor(request)
        version = versions.freeze_draft(self.get_object(), by=by)  # type: ignore[attr-defined]
        job = versions.render_version(version, by=by)
        return Response(FrozenSerializer({"version": version, "job": job.uuid}).data, status=201)

    @extend_schema(responses=DrawnFileSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, url_path=r"versions/(?P<number>\d+)/files")
    def files(self, request: Request, uuid: Any, number: str) -> Response:
        """The drawn files of a version, the newest drawing of each language and format."""
        found = _drawn(_version(self.get_object(), number))  # type: ignore[attr-defined]
        return Response(DrawnFileSerializer(found.values(), many=True).data)

    @extend_schema(responses=DRAWN, filters=False)
    @action(
        detail=True,
        methods=["get"],
        pagination_class=None,
        url_path=r"versions/(?P<number>\d+)/files/(?P<language>[^/]+)/(?P<kind>[^/]+)",
    )
    def file(self, request: Request, uuid: Any, number: str, language: str, kind: str) -> Any:
        """One drawn file; the Word document is what people edit and bring back."""
        found = _drawn(_version(self.get_object(), number)).get((language, kind))  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        return file_response(found.file, inline=False)

    @extend_schema(responses={(200, DOCX): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, url_path=r"word-draft/(?P<language>[a-z]{2})")
    def word_draft(self, request: Request, uuid: Any, language: str) -> HttpResponse:
        """The newest version as a Word document with the open remarks in its margin, drawn now and kept nowhere."""
        name, data = word_margin.draw_with_remarks(self.get_object(), language, by=api_actor(request))  # type: ignore[attr-defined]
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(data, content_type=DOCX, headers=headers)


@extend_schema(tags=["reports"])
class WordImportViewSet(viewsets.GenericViewSet):
    """Word documents that came back: compared, decided entry by entry, taken over as the next version."""

    serializer_class = WordPlanSerializer
    permission_classes = [RightsPermission]
    parser_classes = [JSONParser, MultiPartParser, FormParser]
    lookup_field = "uuid"
    lookup_value_regex = UUID
    filterset_class = None
    queryset = WordImport.objects.none()
    permission_map = {
        "list": None,
        "create": None,
        **dict.fromkeys(("retrieve", "compare", "take", "put_aside", "document"), "reports.change_report"),
    }

    def get_queryset(self) -> Any:
        """Documents of reports that the reader sees."""
        rows = WordImport.objects.filter(report__in=Report.objects.visible_to(self.request.user))
        return rows.select_related("report", "version", "file", "made").defer("version__content", "made__content").order_by("-brought_at")

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        """The rights are those of the report: all its missions count."""
        super().check_object_permissions(request, obj.report)

    @extend_schema(
        parameters=[OpenApiParameter("report", OpenApiTypes.UUID, required=True)],
        responses={200: WordImportSerializer(many=True), 400: RefusalSerializer},
    )
    def list(self, request: Request) -> Response:
        """The documents that came back for a report, newest first."""
        report = _report(request, request.query_params.get("report", ""))
        authorize(api_actor(request), "reports.change_report", report)
        rows = self.paginate_queryset(self.get_queryset().filter(report=report).defer("plan"))
        return self.get_paginated_response(WordImportSerializer(rows, many=True).data)

    @extend_schema(request={"multipart/form-data": WordBringSerializer}, responses={201: WordPlanSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Bring a document back: what it would change. Nothing of the report changes yet."""
        report = _report(request, request.data.get("report", ""))
        authorize(api_actor(request), "reports.change_report", report)
        given = WordBringSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values.pop("report")
        row = word_import.bring_document(report, by=api_actor(request), **values)
        return Response(WordPlanSerializer(row).data, status=201)

    @extend_schema(responses=WordPlanSerializer)
    def retrieve(self, request: Request, uuid: Any) -> Response:
        """A document with everything it would change."""
        return Response(WordPlanSerializer(self.get_object()).data)

    @extend_schema(request=None, responses={200: WordPlanSerializer, **REFUSED})
    @action(detail=True, methods=["post"])
    def compare(self, request: Request, uuid: Any) -> Response:
        """Compare it with the report as it is now: after a 409 for what was changed meanwhile."""
        return Response(WordPlanSerializer(word_import.compare_again(self.get_object(), by=api_actor(request))).data)

    @extend_schema(request=WordTakeSerializer, responses={201: VersionSerializer, **REFUSED})
    @action(detail=True, methods=["post"])
    def take(self, request: Request, uuid: Any) -> Response:
        """Take over what was decided as the report's next version: all of it or nothing; 409 where something changed meanwhile."""
        given = WordTakeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        decisions = {f"do_{one['entry']}": one["do"] for one in data["decisions"]}
        decisions |= {f"move_{one['entry']}": "yes" for one in data["decisions"] if one["move"]}
        options = {"checked": data["checked"], "with_comments": data["comments"]}
        made = word_import.take_document(self.get_object(), by=api_actor(request), decisions=decisions, **options)
        return Response(VersionSerializer(made).data, status=201)

    @extend_schema(request=None, responses={200: WordImportSerializer, **REFUSED})
    @action(detail=True, methods=["post"], url_path="put-aside")
    def put_aside(self, request: Request, uuid: Any) -> Response:
        """Put it aside; the report stays as it was."""
        row = self.get_object()
        word_import.drop_document(row, by=api_actor(request))
        return Response(WordImportSerializer(self.get_queryset().get(pk=row.pk)).data)

    @extend_schema(responses={(200, DOCX): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], pagination_class=None)
    def document(self, request: Request, uuid: Any) -> Any:
        """The document as it came."""
        return file_response(self.get_object().file, inline=False)


def _report(request: Request, uuid: Any) -> Report:
    try:
        wanted = serializers.UUIDField().to_internal_value(uuid)
    except serializers.ValidationError:
        raise Invalid(_("Name the report by its UUID."), code="report", attr="report") from None
    return get_object_or_404(Report.objects.visible_to(request.user), uuid=wanted)


def _version(report: Report, number: str) -> ReportVersion:
    return get_object_or_404(report.versions.defer("content"), number=int(number))


def _drawn(version: ReportVersion) -> dict[tuple[str, str], DocumentFile]:
    """The newest file of each language and format."""
    found: dict[tuple[str, str], DocumentFile] = {}
    for document in documents_of(version, versions.KIND):
        for drawn in document.files.all():
            found.setdefault((document.language, drawn.format), drawn)
    return found
