"""API of forms and their versions: read, upload, publish, close; the files of a version."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from core.api import RightsPermission, api_actor
from core.files import XLSX
from core.rights import allowed
from field.enums import FormStage
from field.models import Form, FormVersion
from field.services import forms
from field.views.forms import download, version_files
from missions.models import Mission


class FormBrief(serializers.ModelSerializer):
    """A version as the list of its form names it."""

    class Meta:
        model = FormVersion
        fields = ["uuid", "version", "state", "languages", "unchecked_languages", "validation", "published_at"]


class FormSerializer(serializers.ModelSerializer):
    """A form with its versions, the newest first; `mission` is null for a form of the library."""

    mission = serializers.CharField(source="mission.reference", default=None, read_only=True)
    versions = FormBrief(many=True, read_only=True)

    class Meta:
        model = Form
        fields = ["uuid", "code", "form_id", "stage", "mission", "title_en", "title_fr", "title_de", "versions"]


class FormVersionSerializer(FormBrief):
    """A version with what it asks."""

    form = serializers.UUIDField(source="form.uuid", read_only=True)
    form_id = serializers.CharField(source="form.form_id", read_only=True)
    code = serializers.CharField(source="form.code", read_only=True)
    mission = serializers.CharField(source="form.mission.reference", default=None, read_only=True)

    class Meta:
        model = FormVersion
        fields = [*FormBrief.Meta.fields, "form", "form_id", "code", "mission"]


class VersionDetail(FormVersionSerializer):
    """With the questions: code, kind, label by language, options, conditions."""

    questions = serializers.JSONField(read_only=True)

    class Meta:
        model = FormVersion
        fields = [*FormVersionSerializer.Meta.fields, "questions"]


class UploadSerializer(serializers.Serializer):
    """An XLSForm or XForm for a mission."""

    mission = serializers.CharField(help_text="Reference of the mission.")
    file = serializers.FileField(help_text="XLSForm (.xls, .xlsx) or XForm (.xml).")
    stage = serializers.ChoiceField(choices=FormStage.choices, default=FormStage.OTHER)
    code = serializers.CharField(required=False, default="", max_length=20, allow_blank=True)
    publish = serializers.BooleanField(required=False, default=False)


class UploadedSerializer(serializers.Serializer):
    """What was stored."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())
    version = FormVersionSerializer()


def visible_forms(request: Request) -> QuerySet[Form]:
    """The library's forms and those of missions whose content the caller reads; nothing to who is in no mission."""
    actor = api_actor(request)
    missions = [row for row in Mission.objects.visible_to(request.user) if allowed(actor, "field.view_form", row)]
    rows = Form.objects.filter(mission__in=missions)
    return rows | Form.objects.filter(mission__isnull=True) if missions or allowed(actor, "field.view_form", None) else rows


class FormFilter(django_filters.FilterSet):
    """By mission (its own forms and those of the library that it uses), code, stage."""

    mission = django_filters.CharFilter(method="of_mission", label="Its own forms and those of the library that it uses.")

    class Meta:
        model = Form
        fields = ["code", "stage", "form_id"]

    def of_mission(self, rows: QuerySet[Form], name: str, value: str) -> QuerySet[Form]:
        """What phones of the mission fetch."""
        mission = Mission.objects.filter(reference=value).first()
        return rows.filter(pk__in=Form.objects.for_mission(mission).values("pk")) if mission else rows.none()


class FormViewSet(ReadOnlyModelViewSet):
    """Forms that the caller sees; POST uploads a version of a mission's form."""

    queryset = Form.objects.none()
    serializer_class = FormSerializer
    filterset_class = FormFilter
    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": "field.view_form", "create": "field.change_form"}
    lookup_field = "uuid"
    parser_classes = [MultiPartParser, FormParser]

    def get_queryset(self) -> Any:
        """Visible ones."""
        if getattr(self, "swagger_fake_view", False):
            return Form.objects.none()
        versions = FormVersion.objects.defer("xform", "questions")
        rows = visible_forms(self.request).select_related("mission").prefetch_related(Prefetch("versions", versions))
        return rows.order_by("position", "code", "pk")

    def check_object_permissions(self, request: Request, obj: Form) -> None:
        """What the list shows may be opened: the library's forms belong to no mission that could be asked."""

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={201: UploadedSerializer, 200: UploadedSerializer})
    def create(self, request: Request) -> Response:
        """Upload an XLSForm or XForm: 201 for a new version, 200 for a draft that was replaced or nothing new, 400 with every fault."""
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        mission = Mission.objects.visible_to(request.user).filter(reference=values["mission"]).first()
        if mission is None:
            raise serializers.ValidationError({"mission": [_("There is no mission “%(reference)s”.") % {"reference": values["mission"]}]})
        file = values["file"]
        answer = forms.import_form(
            file.read(),
            name=file.name,
            by=api_actor(request),
            mission=mission,
            publish=values["publish"],
            stage=values["stage"],
            code=values["code"],
        )
        if answer.refused or answer.version is None:
            raise serializers.ValidationError({"file": [_sentence(row) for row in answer.refused]})
        body = {key: getattr(answer, key) for key in ("created", "updated", "unchanged", "warnings")}
        body["version"] = FormVersionSerializer(answer.version).data
        return Response(body, status=201 if answer.created else 200)


def _sentence(row: dict[str, Any]) -> str:
    """Sheet, row and column before the reason, as far as they are known."""
    place = [f"{name} {row[name]}" for name in ("sheet", "row", "column") if row.get(name)]
    return f"{', '.join(place)}: {row['why']}" if place else str(row["why"])


class VersionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Versions of the forms that the caller sees, with their files; publishing and closing."""

    queryset = FormVersion.objects.none()
    serializer_class = FormVersionSerializer
    filterset_fields = ["state", "version"]
    permission_classes = [RightsPermission]
    permission_map = {"list": None, "retrieve": "field.view_form", "file": "field.view_form", "publish": None, "close": None}
    lookup_field = "uuid"

    def get_queryset(self) -> Any:
        """Versions of visible forms."""
        if getattr(self, "swagger_fake_view", False):
            return FormVersion.objects.none()
        rows = FormVersion.objects.filter(form__in=visible_forms(self.request)).select_related("form__mission", "xlsform")
        return rows.defer("xform", "questions") if self.action == "list" else rows

    def get_serializer_class(self) -> Any:
        """Questions where one version is asked for."""
        return VersionDetail if self.action == "retrieve" else FormVersionSerializer

    def check_object_permissions(self, request: Request, obj: FormVersion) -> None:
        """As for forms; the services ask for the acts."""

    @extend_schema(request=None, responses=FormVersionSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, uuid: str) -> Response:
        """Let phones fetch this version. Asked twice, it is done once."""
        version = forms.publish_version(self.get_object(), by=api_actor(request))
        return Response(FormVersionSerializer(version).data)

    @extend_schema(request=None, responses=FormVersionSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, uuid: str) -> Response:
        """Serve this version no longer; what was filled in with it is still accepted."""
        version = forms.close_version(self.get_object(), by=api_actor(request))
        return Response(FormVersionSerializer(version).data)

    @extend_schema(
        parameters=[OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=["xlsx", "regenerated", "xml"])],
        responses={(200, mime): OpenApiTypes.BINARY for mime in (XLSX, forms.XLS, "text/xml")},
    )
    @action(detail=True, methods=["get"], url_path="file/(?P<kind>xlsx|regenerated|xml)")
    def file(self, request: Request, uuid: str, kind: str) -> HttpResponse:
        """The XLSForm as given (`xlsx`), one made from the version (`regenerated`), or the XForm (`xml`)."""
        return download(*version_files(self.get_object(), kind))
