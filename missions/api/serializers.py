"""What the API says about missions, requests, stations, meetings, organisations and milestones; `planning` has the rest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from rest_framework import serializers

from missions.enums import Lateness
from missions.models import (
    Assignment,
    Decision,
    Election,
    Meeting,
    Milestone,
    Mission,
    Organisation,
    Participant,
    PollingDay,
    Request,
    Station,
)
from missions.services.elections import is_invited
from missions.services.intake import SHORT_DAYS, lateness
from missions.services.releases import as_released


class PollingDaySerializer(serializers.ModelSerializer):
    """A polling day with its legal hours, local time."""

    class Meta:
        model = PollingDay
        fields = ("uuid", "day", "round", "is_repeat", "opens_at", "closes_at")


class MissionSerializer(serializers.ModelSerializer):
    """A mission."""

    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    title = serializers.CharField(read_only=True)
    polling_days = PollingDaySerializer(many=True, read_only=True)
    next_due_on = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Mission
        fields = (
            "uuid", "reference", "country", "title", "title_en", "title_fr", "title_de", "format", "state", "state_since", "zone",
            "first_day", "last_day", "polling_days", "next_due_on",
        )  # fmt: skip


class MissingSerializer(serializers.Serializer):
    """One thing that stands in the way of a move."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    url = serializers.CharField()


class AvailableMoveSerializer(serializers.Serializer):
    """A move that this reader may make now."""

    action = serializers.CharField()
    label = serializers.CharField()
    target = serializers.CharField()
    needs_note = serializers.BooleanField()
    missing = MissingSerializer(many=True)
    then = serializers.CharField(help_text="What the move produces or opens.")
    meets = serializers.ListField(child=serializers.CharField(), help_text="The deadlines that it marks as done.")


class HistoryLineSerializer(serializers.Serializer):
    """One line of a mission's history: who, when, what, why."""

    at = serializers.DateTimeField()
    action = serializers.CharField()
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    by = serializers.CharField()
    note = serializers.CharField()


class MoveSerializer(serializers.Serializer):
    """A move to make. `seen_state`: the state the caller last saw; another one now is answered 409 `stale`."""

    action = serializers.CharField()
    note = serializers.CharField(required=False, allow_blank=True, default="")
    seen_state = serializers.CharField(required=False, allow_blank=True, default="")


class DecisionSerializer(serializers.ModelSerializer):
    """The Bureau's decision."""

    class Meta:
        model = Decision
        fields = ("uuid", "outcome", "format", "decided_on", "reference", "reasons", "has_pre_electoral", "is_public", "answered_at")


class RequestSerializer(serializers.ModelSerializer):
    """A request in the register."""

    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    mission = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    lateness = serializers.SerializerMethodField()
    first_day = serializers.DateField(read_only=True, allow_null=True)
    merged_into = serializers.UUIDField(source="merged_into.uuid", read_only=True, allow_null=True, default=None)
    split_from = serializers.UUIDField(source="split_from.uuid", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Request
        fields = (
            "uuid", "country", "authority_name", "authority_type", "office_held", "election_kind", "election_title", "area", "polling",
            "first_day", "channel", "state", "received_on", "registered_at", "lateness", "ended_reason", "merged_into", "split_from",
            "proposed_format", "proposed_size", "decision", "mission",
        )  # fmt: skip

    def get_mission(self, row: Request) -> str | None:
        """The reference of its mission."""
        mission = getattr(row, "mission", None)
        return mission.reference if mission else None

    def get_decision(self, row: Request) -> dict[str, Any] | None:
        """The Bureau's decision, if there is one."""
        decision = getattr(row, "decision", None)
        return DecisionSerializer(decision).data if decision else None

    def get_lateness(self, row: Request) -> Lateness:
        """How late it came (observation-rules A4)."""
        return lateness(row)


class ElectionSerializer(serializers.ModelSerializer):
    """An election of the calendar. `invite_by`: the day by which an invitation is in time (E-60)."""

    country = serializers.SlugRelatedField(slug_field="code", read_only=True)
    title = serializers.CharField(read_only=True)
    polling_days = PollingDaySerializer(many=True, read_only=True)
    missions = serializers.SlugRelatedField(slug_field="reference", many=True, read_only=True)
    first_day = serializers.DateField(source="first_polling", read_only=True)
    last_day = serializers.DateField(source="last_polling", read_only=True)
    invite_by = serializers.SerializerMethodField()
    is_invited = serializers.SerializerMethodField()

    class Meta:
        model = Election
        fields = (
            "uuid", "country", "kind", "title", "title_en", "title_fr", "title_de", "area", "zone", "first_day", "last_day", "polling_days",
            "invite_by", "is_invited", "missions",
        )  # fmt: skip

    def get_invite_by(self, row: Any) -> date:
        """E-60 (observation-rules A4)."""
        return row.first_polling - timedelta(days=SHORT_DAYS)

    def get_is_invited(self, row: Any) -> bool:
        """Whether an invitation is on the register."""
        return is_invited(row)


class StationSerializer(serializers.ModelSerializer):
    """A polling station."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True)

    class Meta:
        model = Station
        fields = (
            "uuid", "mission", "code", "name", "address", "municipality", "district", "levels", "latitude", "longitude", "setting",
            "kind", "voters", "building",
        )  # fmt: skip


class OrganisationSerializer(serializers.ModelSerializer):
    """An organisation, without its contacts."""

    country = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Organisation
        fields = (
            "uuid", "name", "other_name", "kind", "country", "partner_status", "status_from", "status_to", "languages", "website",
        )  # fmt: skip


class PersonOfMissionSerializer(serializers.ModelSerializer):
    """Somebody of the mission in a meeting."""

    name = serializers.CharField(source="person.name", read_only=True)
    person = serializers.UUIDField(source="person.uuid", read_only=True)

    class Meta:
        model = Assignment
        fields = ("uuid", "person", "name", "role")


class ParticipantSerializer(serializers.ModelSerializer):
    """Who takes part: a person of the mission or an organisation."""

    assignment = PersonOfMissionSerializer(read_only=True, allow_null=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Participant
        fields = ("uuid", "assignment", "organisation", "answer")


class MeetingSerializer(serializers.ModelSerializer):
    """A meeting: local wall time and zone, and the derived instants."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True)
    track = serializers.SlugRelatedField(slug_field="name", read_only=True)
    participants = ParticipantSerializer(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = (
            "uuid", "mission", "kind", "title", "description", "start_day", "start_time", "start_fold", "end_day", "end_time", "end_fold",
            "zone", "starts_at", "ends_at", "place", "room", "link", "languages", "track", "is_for_all", "state", "sequence",
            "participants",
        )  # fmt: skip

    def to_representation(self, instance: Meeting) -> dict[str, Any]:
        """As released, where the reader reads a released version."""
        content = self.context.get("released", {}).get(instance.mission_id)
        return super().to_representation(as_released(instance, content) if content else instance)


class PresenceSerializer(serializers.ModelSerializer):
    """Who was present: people of the mission, and in words who came from the other side. `noted_at` is empty until somebody noted it."""

    present = PersonOfMissionSerializer(many=True, read_only=True)
    others = serializers.CharField(source="present_others", read_only=True)
    noted_at = serializers.DateTimeField(source="presence_at", read_only=True, allow_null=True)

    class Meta:
        model = Meeting
        fields = ("uuid", "present", "others", "noted_at")


class PresenceWriteSerializer(serializers.Serializer):
    """Who was present: uuids of assignments of the mission, and the others in words. The last one counts."""

    present = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)
    others = serializers.CharField(required=False, allow_blank=True, default="")


class MoveMilestoneSerializer(serializers.Serializer):
    """Another day for a deadline, and why."""

    to = serializers.DateField()
    reason = serializers.CharField()


class MilestoneSerializer(serializers.ModelSerializer):
    """A deadline."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True)
    rule = serializers.SlugRelatedField(slug_field="code", read_only=True)
    label = serializers.CharField(source="rule.label", read_only=True)
    source_mark = serializers.CharField(source="rule.source_mark", read_only=True)
    effective_on = serializers.DateField(read_only=True)

    class Meta:
        model = Milestone
        fields = ("uuid", "mission", "rule", "label", "source_mark", "due_on", "moved_to", "reason", "effective_on", "done_at")
