"""What the API says about findings, recommendations and reports."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import translations
from core.enums import Language
from core.languages import reader_language
from reports.enums import Addressee, FollowUpBasis, FollowUpStatus
from reports.models import (
    Dialogue,
    Finding,
    FindingWording,
    FollowUp,
    Publication,
    Recommendation,
    Report,
    ReportVersion,
    Standard,
    Topic,
)
from reports.models.visibility import missions_read_by
from reports.services import chain, public

TEXTS = {
    "type": "object",
    "additionalProperties": {"type": "object", "properties": {"text": {"type": "string"}, "state": {"type": "string"}}},
}

MISSING = {"type": "array", "items": {"type": "object", "properties": {"code": {"type": "string"}, "sentence": {"type": "string"}}}}


def texts_field(owner: Any, field: str, known: dict[Any, Any] | None) -> dict[str, dict[str, str]]:
    """Texts by language with their state, from what the list loaded or from the database."""
    rows = known.get(owner.uuid, {}) if known is not None else translations.texts(owner, field)
    return {code: {"text": row.text, "state": row.state} for code, row in rows.items()}


def is_inside(row: Recommendation, context: dict[str, Any]) -> bool:
    """Does the reader see the mission? Others have of a published recommendation what the public site shows, and no more.

    Of a text from before Scrutin all that is entered is what the public site shows: there are no drafts.
    """
    if "inside" not in context:  # once for the page
        user = context["request"].user if "request" in context else AnonymousUser()
        context["inside"] = set(missions_read_by(user).values_list("pk", flat=True))
    return row.past_text_id is not None or row.mission_id in context["inside"]


def for_the_public(context: dict[str, Any]) -> dict[str, Any]:
    """Adopted wordings and days of adoption that the public site shows: `texts` (keys), `days` (by report)."""
    if "public" not in context:
        out = Publication.objects.current().only("report_id", "cover")
        context["public"] = {
            "texts": set(public.public_texts().values_list("pk", flat=True)),
            "days": {one.report_id: one.cover["adopted_on"] for one in out},
        }
    return context["public"]


class StandardSerializer(serializers.ModelSerializer):
    """A standard with how far it was re-read."""

    class Meta:
        model = Standard
        fields = ("code", "instrument", "reference", "provision", "title_en", "title_fr", "title_de", "themes", "checked")


class TopicSerializer(serializers.ModelSerializer):
    """A long-term topic."""

    standards = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)

    class Meta:
        model = Topic
        fields = ("code", "title_en", "title_fr", "title_de", "prompts_en", "prompts_fr", "prompts_de", "standards", "translation_state")


class SourceSerializer(serializers.Serializer):
    """One piece of evidence as the reader may see it; `internal` where they may not."""

    kind = serializers.CharField()
    label = serializers.CharField()
    detail = serializers.CharField()
    is_hidden = serializers.BooleanField()
    url = serializers.CharField()
    version = serializers.IntegerField(help_text="Of a note of a meeting: the version that is used; 0 elsewhere.")
    is_changed = serializers.BooleanField(help_text="The note was corrected since.")


class FindingSerializer(serializers.ModelSerializer):
    """A finding with its sources."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True)
    topic = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    statement = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    recommendations = serializers.SlugRelatedField(slug_field="uuid", many=True, read_only=True)

    class Meta:
        model = Finding
        fields = (
            "uuid", "mission", "number", "statement", "authentic_language", "topic", "phase", "seriousness", "kind", "confidence", "state",
            "access", "version", "evidence", "recommendations",
        )  # fmt: skip

    @extend_schema_field(TEXTS)
    def get_statement(self, row: Finding) -> dict[str, dict[str, str]]:
        """Texts by language."""
        return texts_field(row, "statement", self.context.get("texts"))

    @extend_schema_field(SourceSerializer(many=True))
    def get_evidence(self, row: Finding) -> list[dict[str, Any]]:
        """Sources, hidden where the reader may not see them."""
        user = self.context["request"].user if "request" in self.context else AnonymousUser()
        if "behind" not in self.context:  # once for the page
            rows = self.parent.instance if isinstance(self.parent, serializers.ListSerializer) else [row]
            self.context["behind"] = chain.behind_of(link for one in rows for link in one.evidence.all())
        behind, language = self.context["behind"], reader_language()
        shown = [chain.as_source(link, row, user, language, behind=behind) for link in row.evidence.all()]
        return SourceSerializer(shown, many=True).data


class FindingWordingSerializer(serializers.ModelSerializer):
    """What a statement said before, in one language."""

    class Meta:
        model = FindingWording
        fields = ("uuid", "language", "text", "replaced_at", "source")


class FindingWriteSerializer(serializers.Serializer):
    """A new finding, or changes of one (`version` names the one that was read)."""

    mission = serializers.CharField(required=False)
    statement = serializers.DictField(child=serializers.CharField(), required=False)
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.all(), required=False, allow_null=True)
    phase = serializers.CharField(required=False)
    seriousness = serializers.IntegerField(required=False)
    kind = serializers.CharField(required=False)
    confidence = serializers.CharField(required=False)
    access = serializers.CharField(required=False)
    version = serializers.IntegerField(required=False)


class RewordSerializer(serializers.Serializer):
    """Another wording of a statement (`version` names the finding's that was read)."""

    language = serializers.ChoiceField(choices=Language.choices)
    text = serializers.CharField()
    version = serializers.IntegerField()
    checked = serializers.BooleanField(required=False, default=False, help_text="A translation was read against the original.")


class ReportMoveSerializer(serializers.Serializer):
    """A move of a finding or a report, with what it asks for."""

    action = serializers.CharField()
    note = serializers.CharField(required=False, allow_blank=True, default="")
    adopted_on = serializers.DateField(required=False)
    number = serializers.CharField(required=False)
    recommendation_number = serializers.CharField(required=False)
    resolution_number = serializers.CharField(required=False)
    until = serializers.DateField(required=False)
    notice = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)


class FollowUpSerializer(serializers.ModelSerializer):
    """One assessment."""

    class Meta:
        model = FollowUp
        fields = ("uuid", "status", "basis", "assessed_on", "access")


class AssessSerializer(serializers.Serializer):
    """A new assessment."""

    status = serializers.ChoiceField(choices=FollowUpStatus.choices)
    basis = serializers.ChoiceField(choices=FollowUpBasis.choices)
    assessed_on = serializers.DateField(required=False)
    note = serializers.DictField(child=serializers.CharField(), required=False)


class RecommendationSerializer(serializers.ModelSerializer):
    """A recommendation: drafts, adopted wording, addressees, standards, findings, status."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True, allow_null=True)
    past_text = serializers.SlugRelatedField(
        slug_field="uuid",
        read_only=True,
        allow_null=True,
        help_text="The text from before Scrutin that it stands in.",
    )
    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    topic = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    text = serializers.SerializerMethodField()
    adopted = serializers.SerializerMethodField()
    adopted_on = serializers.SerializerMethodField()
    addressees = serializers.SerializerMethodField()
    standards = serializers.SerializerMethodField()
    findings = serializers.SlugRelatedField(slug_field="uuid", many=True, read_only=True)
    follow_ups = FollowUpSerializer(many=True, read_only=True)
    status = serializers.CharField(read_only=True)

    class Meta:
        model = Recommendation
        fields = (
            "uuid", "mission", "past_text", "country", "number", "paragraph", "state", "text", "adopted", "adopted_on", "priority",
            "action_type", "topic", "addressees", "standards", "findings", "status", "follow_ups", "version",
        )  # fmt: skip

    @extend_schema_field(TEXTS)
    def get_text(self, row: Recommendation) -> dict[str, dict[str, str]]:
        """Drafts by language; to people of the mission alone."""
        if not is_inside(row, self.context):
            return {}
        return texts_field(row, "text", self.context.get("texts"))

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_adopted(self, row: Recommendation) -> dict[str, str]:
        """Adopted wording by language: to who does not see the mission only what is public of it."""
        rows = list(row.adopted_texts.all())
        if not is_inside(row, self.context):
            rows = [one for one in rows if one.pk in for_the_public(self.context)["texts"]]
        return {one.language: one.text for one in rows}

    @extend_schema_field({"type": ["string", "null"], "format": "date"})
    def get_adopted_on(self, row: Recommendation) -> str | None:
        """The day of adoption; outside, as it is published: a correction under embargo is not told."""
        inside = row.adopted_on.isoformat() if row.adopted_on else None
        return inside if is_inside(row, self.context) else for_the_public(self.context)["days"].get(row.report_id, inside)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": Addressee.values}})
    def get_addressees(self, row: Recommendation) -> list[str]:
        """Codes of the addressees."""
        return [one.addressee for one in row.addressees.all()]

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_standards(self, row: Recommendation) -> list[str]:
        """Codes of the standards."""
        return [one.standard_id for one in row.citations.all()]


class RecommendationWriteSerializer(serializers.Serializer):
    """A new recommendation, or changes of one (`version` names the one that was read)."""

    mission = serializers.CharField(required=False)
    text = serializers.DictField(child=serializers.CharField(), required=False)
    findings = serializers.SlugRelatedField(slug_field="uuid", queryset=Finding.objects.all(), many=True, required=False)
    standards = serializers.ListField(child=serializers.CharField(), required=False)
    addressees = serializers.ListField(child=serializers.ChoiceField(choices=Addressee.choices), required=False)
    priority = serializers.CharField(required=False)
    action_type = serializers.CharField(required=False)
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.all(), required=False, allow_null=True)
    one_action_confirmed = serializers.BooleanField(required=False)
    version = serializers.IntegerField(required=False)


class ChainSerializer(serializers.Serializer):
    """A finding of the chain with its sources."""

    finding = serializers.UUIDField(source="finding.uuid")
    label = serializers.CharField(source="finding.label")
    statement = serializers.CharField()
    sources = SourceSerializer(many=True)


class VersionSerializer(serializers.ModelSerializer):
    """A frozen version without its content."""

    corrects = serializers.SlugRelatedField(slug_field="number", read_only=True, allow_null=True)

    class Meta:
        model = ReportVersion
        fields = ("uuid", "number", "reason", "languages", "checksum", "unchecked", "corrects", "frozen_at")


class PieceSerializer(serializers.Serializer):
    """A stretch of text that stayed, was added or removed."""

    kind = serializers.ChoiceField(choices=["same", "added", "removed"])
    text = serializers.CharField()


class ChangeSerializer(serializers.Serializer):
    """What became of one place of a report."""

    kind = serializers.ChoiceField(choices=["same", "added", "removed", "changed"])
    is_moved = serializers.BooleanField()
    chapter = serializers.CharField()
    old_chapter = serializers.CharField()
    old_number = serializers.CharField()
    number = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()
    pieces = PieceSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    """Two versions of a report against each other: what differs, and how many places of each kind there are."""

    old = serializers.CharField(help_text="Number of a version, or `now`.")
    new = serializers.CharField(help_text="Number of a version, or `now`.")
    language = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    changes = ChangeSerializer(many=True)


class ReportSerializer(serializers.ModelSerializer):
    """A report."""

    missions = serializers.SlugRelatedField(slug_field="reference", many=True, read_only=True)
    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    title = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = (
            "uuid", "missions", "country", "kind", "state", "year", "languages", "title", "number", "number_parts", "session", "committee",
            "adopted_on", "recommendation_number", "resolution_number", "transmitted_on", "version",
        )  # fmt: skip

    @extend_schema_field(TEXTS)
    def get_title(self, row: Report) -> dict[str, dict[str, str]]:
        """Titles by language."""
        return texts_field(row, "title", self.context.get("texts"))


class ReportWriteSerializer(serializers.Serializer):
    """Changes of a report's cover (`version` names the one that was read)."""

    version = serializers.IntegerField()
    languages = serializers.ListField(
        child=serializers.CharField(max_length=8), required=False, help_text="`en`, `fr`, `de`, and those of the host country."
    )
    title = serializers.DictField(child=serializers.CharField(max_length=300), required=False)
    session = serializers.CharField(max_length=80, required=False, allow_blank=True)
    committee = serializers.CharField(max_length=120, required=False, allow_blank=True)


class ExtendSerializer(serializers.Serializer):
    """Until which later day the authorities may comment, and why; the reason stays at the desk."""

    until = serializers.DateField()
    reason = serializers.CharField(max_length=2000)


class AvailableReportMoveSerializer(serializers.Serializer):
    """A move that the reader may make now."""

    action = serializers.CharField()
    label = serializers.CharField()
    needs_note = serializers.BooleanField()
    missing = serializers.SerializerMethodField()

    @extend_schema_field(MISSING)
    def get_missing(self, row: Any) -> list[dict[str, str]]:
        """What still stands in the way."""
        return [{"code": one.code, "sentence": str(one.sentence)} for one in row.missing]


class DialogueSerializer(serializers.ModelSerializer):
    """One meeting or letter of the dialogue."""

    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    recommendations = serializers.SlugRelatedField(slug_field="uuid", many=True, read_only=True)

    class Meta:
        model = Dialogue
        fields = (
            "uuid",
            "country",
            "held_on",
            "counterpart",
            "place",
            "is_online",
            "recommendations",
            "commitment",
            "deadline_on",
            "result",
        )
