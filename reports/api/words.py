"""The API of translations: the texts of a mission beside a language, and the fixed words of documents."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import RefusalSerializer, RightsPermission, api_actor
from core.errors import Invalid
from core.languages import language_name
from core.rights import authorize
from missions.models import Mission
from reports.models.visibility import missions_read_by
from reports.services import fixed_words, translating

KINDS = ", ".join(f"`{kind}`" for kind in translating.KINDS)
ASKED = [
    OpenApiParameter("mission", str, required=True, description="Reference of the mission."),
    OpenApiParameter("language", str, required=True, description="`fr`, `de`, or a language of the host country (`hy`)."),
]


class TextRowSerializer(serializers.Serializer):
    """One text beside its translation."""

    kind = serializers.CharField(max_length=20, help_text=KINDS)
    key = serializers.CharField(help_text="UUID of what the text belongs to; of a question, a key.")
    part = serializers.CharField(help_text="`titles`, `findings`, `recommendations`, a chapter of the memorandum, `questions`.")
    label = serializers.CharField()
    original_language = serializers.CharField()
    original = serializers.CharField()
    text = serializers.CharField()
    state = serializers.CharField(help_text="`missing`, `machine` (not checked), `checked`, `stale`.")
    is_fixed = serializers.BooleanField(help_text="Adopted wording: it no longer changes.")
    seen = serializers.CharField(help_text="Send it back with a translation: one that somebody else wrote meanwhile is then refused.")


class TranslationSerializer(serializers.Serializer):
    """One translation to be written."""

    kind = serializers.CharField(max_length=20, help_text=KINDS)
    key = serializers.CharField(max_length=60)
    text = serializers.CharField(allow_blank=True, max_length=100_000)
    checked = serializers.BooleanField(required=False, default=False, help_text="Read against the original.")
    seen = serializers.CharField(required=False, default="", allow_blank=True, max_length=64)


class TranslationsSerializer(serializers.Serializer):
    """Translations of one mission into one language: all are written, or none."""

    mission = serializers.CharField(max_length=40)
    language = serializers.CharField(max_length=8)
    texts = TranslationSerializer(many=True)


class WrittenSerializer(serializers.Serializer):
    """How many were written; what said the same before is not counted."""

    written = serializers.IntegerField()


@extend_schema(tags=["reports"])
class TranslationViewSet(viewsets.GenericViewSet):
    """Every text that a mission's statement and report print, with its original, its translation and how far that is checked."""

    serializer_class = TextRowSerializer
    permission_classes = [RightsPermission]
    pagination_class = None
    permission_map = {"list": None, "create": None}
    queryset = Mission.objects.none()

    @extend_schema(parameters=ASKED, responses={200: TextRowSerializer(many=True), 400: RefusalSerializer}, filters=False)
    def list(self, request: Request) -> Response:
        """The texts in their order."""
        asked = serializers.CharField(max_length=40, allow_blank=True).run_validation(request.query_params.get("mission", ""))
        mission = self._mission(request, asked)
        authorize(api_actor(request), "reports.view_report", mission)
        rows = translating.rows(mission, request.query_params.get("language", ""))
        return Response(TextRowSerializer(rows, many=True).data)

    @extend_schema(
        request=TranslationsSerializer, responses={200: WrittenSerializer, 400: RefusalSerializer, 409: RefusalSerializer}, filters=False
    )
    def create(self, request: Request) -> Response:
        """Write translations, all or none; 409 where somebody else wrote one since it was read."""
        given = TranslationsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        mission = self._mission(request, given.validated_data["mission"])
        authorize(api_actor(request), "reports.translate_texts", mission)
        language, texts = given.validated_data["language"], given.validated_data["texts"]
        return Response({"written": translating.save_translations(mission, language, texts, by=api_actor(request))})

    def _mission(self, request: Request, reference: str) -> Mission:
        if not reference:
            raise Invalid(_("Name the mission by its reference."), code="mission", attr="mission")
        return get_object_or_404(missions_read_by(request.user), reference=reference)


class WordLanguageSerializer(serializers.Serializer):
    """A language of the host countries, and how many fixed words it lacks."""

    language = serializers.CharField()
    name = serializers.CharField()
    total = serializers.IntegerField()
    missing = serializers.IntegerField()


class FixedWordSerializer(serializers.Serializer):
    """One fixed word of documents."""

    key = serializers.CharField()
    english = serializers.CharField()
    french = serializers.CharField()
    text = serializers.CharField(help_text="Empty where nobody has translated it.")
    is_old = serializers.BooleanField(help_text="The English has changed since it was translated.")
    hint = serializers.CharField(help_text="Where it stands.")


class ChangedSerializer(serializers.Serializer):
    """How many words were changed."""

    changed = serializers.IntegerField()


class WordsFileSerializer(serializers.Serializer):
    """The table as it was given out, filled in."""

    file = serializers.FileField()


@extend_schema(tags=["reports"])
class FixedWordViewSet(viewsets.GenericViewSet):
    """The fixed words that documents in a language of a host country are drawn with. What was frozen keeps the words it was drawn with."""

    serializer_class = FixedWordSerializer
    permission_classes = [RightsPermission]
    pagination_class = None
    lookup_field = "language"
    lookup_value_regex = r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?"
    permission_map = {
        "list": "reports.view_words",
        "retrieve": "reports.view_words",
        "partial_update": "reports.translate_words",
        "table": "reports.view_words",
        "read_in": "reports.translate_words",
    }
    queryset = Mission.objects.none()

    @extend_schema(responses=WordLanguageSerializer(many=True), filters=False)
    def list(self, request: Request) -> Response:
        """The languages that words may be translated into."""
        found = []
        for code in fixed_words.host_languages():
            names = {"language": code, "name": language_name(code)}
            found.append(names | {"total": len(fixed_words.needed(code)), "missing": len(fixed_words.missing(code))})
        return Response(WordLanguageSerializer(found, many=True).data)

    @extend_schema(operation_id="fixed_words_retrieve", responses=FixedWordSerializer(many=True), filters=False)
    def retrieve(self, request: Request, language: str) -> Response:
        """Every word that documents in the language need."""
        self._allow(request, "reports.view_words")
        return Response(FixedWordSerializer(fixed_words.entries(_known(language)), many=True).data)

    @extend_schema(
        request={"application/json": {"type": "object", "additionalProperties": {"type": "string", "maxLength": fixed_words.LONGEST}}},
        responses={200: ChangedSerializer, 400: RefusalSerializer},
    )
    def partial_update(self, request: Request, language: str) -> Response:
        """Write words by key, all or none; an empty one is taken out."""
        self._allow(request, "reports.translate_words")
        given = serializers.DictField(child=serializers.CharField(allow_blank=True)).run_validation(request.data)
        return Response({"changed": fixed_words.save_words(_known(language), given, by=api_actor(request))})

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], url_path="table")
    def table(self, request: Request, language: str) -> HttpResponse:
        """The words as a table for a translator outside the house: key, English, French, the language."""
        self._allow(request, "reports.view_words")
        response = HttpResponse(fixed_words.as_csv(_known(language)), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="fixed-words-{language}.csv"'
        return response

    @extend_schema(request={"multipart/form-data": WordsFileSerializer}, responses={200: ChangedSerializer, 400: RefusalSerializer})
    @action(detail=True, methods=["post"], url_path="import", parser_classes=[MultiPartParser, FormParser, JSONParser])
    def read_in(self, request: Request, language: str) -> Response:
        """Read a filled table in, all or nothing; empty cells change nothing."""
        self._allow(request, "reports.translate_words")
        _known(language)
        file = request.FILES.get("file")
        if file is None:
            raise Invalid(_("Choose a file."), code="required", attr="file")
        words = fixed_words.read_csv(language, file.read(fixed_words.MAX_BYTES + 1))
        return Response({"changed": fixed_words.save_words(language, words, by=api_actor(request))})

    def _allow(self, request: Request, permission: str) -> None:
        authorize(api_actor(request), permission)


def _known(language: str) -> str:
    """The language, if a country has it; 404 otherwise."""
    if language not in fixed_words.host_languages():
        raise Http404
    return language
