"""The API of what the delegation says about paragraphs: list, make, reply, decide, open again, change and take back one's own."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import RefusalSerializer, RightsPermission, api_actor
from reports.enums import RemarkKind
from reports.models import ParagraphRemark, RemarkEntry, Report, ReportParagraph
from reports.services import remark_threads, remarks


def _name_of(user: Any) -> str:
    return user.name if user is not None else ""


class RemarkEntrySerializer(serializers.ModelSerializer):
    """A reply, a decision, or what the author did. Of a changed remark `text` is what stood there before."""

    author = serializers.SerializerMethodField()

    class Meta:
        model = RemarkEntry
        fields = ("uuid", "act", "text", "author", "role", "at")

    def get_author(self, row: RemarkEntry) -> str:
        """The name."""
        return _name_of(row.author)


class RemarkSerializer(serializers.ModelSerializer):
    """A comment or a suggestion with its thread. `base` is the text it was written about; `paragraph` is null where that was removed."""

    report = serializers.SlugRelatedField(slug_field="uuid", read_only=True)
    paragraph = serializers.SlugRelatedField(slug_field="uuid", read_only=True)
    author = serializers.SerializerMethodField()
    entries = RemarkEntrySerializer(many=True, read_only=True)

    class Meta:
        model = ParagraphRemark
        fields = (
            "uuid", "report", "paragraph", "kind", "language", "text", "why", "base", "author", "role", "state", "answer", "said_at",
            "entries",
        )  # fmt: skip

    def get_author(self, row: ParagraphRemark) -> str:
        """The name; of a comment from a Word document the one that stands there."""
        return _name_of(row.author) or row.author_name


class RemarkWriteSerializer(serializers.Serializer):
    """A remark on a paragraph."""

    paragraph = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=RemarkKind.choices)
    language = serializers.CharField(max_length=8, help_text="A language of the report.")
    text = serializers.CharField(max_length=remarks.LONGEST)
    why = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class RemarkChangeSerializer(serializers.Serializer):
    """Other words for one's own remark."""

    text = serializers.CharField(max_length=remarks.LONGEST)
    why = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class RemarkReplySerializer(serializers.Serializer):
    """A reply."""

    text = serializers.CharField(max_length=remarks.LONGEST)


class RemarkAcceptSerializer(serializers.Serializer):
    """`version`: of the paragraph, as it was read; a suggestion is taken over into it."""

    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    answer = serializers.CharField(required=False, allow_blank=True, default="")


class RemarkRejectSerializer(serializers.Serializer):
    """Why the text stays as it is."""

    answer = serializers.CharField()


class RemarkReopenSerializer(serializers.Serializer):
    """Why it is discussed again."""

    reason = serializers.CharField()


class RemarkFilter(django_filters.FilterSet):
    """Remarks."""

    report = django_filters.UUIDFilter(field_name="report__uuid")
    paragraph = django_filters.UUIDFilter(field_name="paragraph__uuid")
    mission = django_filters.CharFilter(field_name="report__missions__reference", distinct=True)

    class Meta:
        model = ParagraphRemark
        fields = ("report", "paragraph", "mission", "state", "kind", "language")


SHOWN = {200: RemarkSerializer, 400: RefusalSerializer, 409: RefusalSerializer}
MADE = {201: RemarkSerializer, 400: RefusalSerializer, 409: RefusalSerializer}


@extend_schema(tags=["reports"])
class RemarkViewSet(viewsets.ReadOnlyModelViewSet):
    """What the delegation says about the paragraphs of a report, until the adoption; with every reply and decision."""

    serializer_class = RemarkSerializer
    filterset_class = RemarkFilter
    permission_classes = [RightsPermission]
    lookup_field = "uuid"
    queryset = ParagraphRemark.objects.none()
    permission_map = {
        "list": None,
        "retrieve": "reports.view_remarks",
        "create": None,
        "partial_update": "reports.remark_paragraph",
        "reply": "reports.remark_paragraph",
        "take_back": "reports.remark_paragraph",
        "reopen": "reports.remark_paragraph",
        "accept": "reports.change_report",
        "reject": "reports.change_report",
    }

    def get_queryset(self) -> QuerySet[ParagraphRemark]:
        """Remarks the reader sees, in a constant number of queries."""
        rows = ParagraphRemark.objects.visible_to(self.request.user).select_related("report", "paragraph", "author__person")
        return rows.prefetch_related("entries__author__person").order_by("said_at", "pk")

    def check_object_permissions(self, request: Request, obj: ParagraphRemark) -> None:
        """The rights are those of the report: all its missions count."""
        super().check_object_permissions(request, obj.report)

    @extend_schema(request=RemarkWriteSerializer, responses=MADE)
    def create(self, request: Request) -> Response:
        """Comment on a paragraph, or suggest another wording of it."""
        values = _given(RemarkWriteSerializer, request)
        rows = ReportParagraph.objects.filter(section__report__in=Report.objects.visible_to(request.user)).select_related("section__report")
        row = remarks.make_remark(get_object_or_404(rows, uuid=values.pop("paragraph")), by=api_actor(request), **values)
        return self._shown(row, status=201)

    @extend_schema(request=RemarkChangeSerializer, responses=SHOWN)
    def partial_update(self, request: Request, uuid: Any) -> Response:
        """Put one's own remark better while nobody has answered."""
        return self._shown(
            remark_threads.change_remark(self.get_object(), by=api_actor(request), **_given(RemarkChangeSerializer, request))
        )

    @extend_schema(request=RemarkReplySerializer, responses=MADE)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, uuid: Any) -> Response:
        """Say something under it."""
        row = self.get_object()
        remark_threads.reply_to_remark(row, by=api_actor(request), **_given(RemarkReplySerializer, request))
        return self._shown(row, status=201)

    @extend_schema(request=RemarkAcceptSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, uuid: Any) -> Response:
        """Take a suggestion over into the paragraph, or agree with a comment; 409 where the paragraph was saved after `version`."""
        return self._shown(remarks.accept_remark(self.get_object(), by=api_actor(request), **_given(RemarkAcceptSerializer, request)))

    @extend_schema(request=RemarkRejectSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, uuid: Any) -> Response:
        """Leave the text as it is, with an answer."""
        return self._shown(remarks.reject_remark(self.get_object(), by=api_actor(request), **_given(RemarkRejectSerializer, request)))

    @extend_schema(request=RemarkReopenSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, uuid: Any) -> Response:
        """Discuss a decided remark again: its author, or who may change the report."""
        return self._shown(
            remark_threads.reopen_remark(self.get_object(), by=api_actor(request), **_given(RemarkReopenSerializer, request))
        )

    @extend_schema(request=None, responses=SHOWN)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, uuid: Any) -> Response:
        """Take one's own remark back while nobody has answered."""
        return self._shown(remark_threads.take_back_remark(self.get_object(), by=api_actor(request)))

    def _shown(self, row: ParagraphRemark, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, status=status)


def _given(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
