"""What the API says of people, assignments, teams and stops."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Person
from missions.models import Assignment
from observers.enums import StopOutcome
from observers.models import Membership, Stop, Team, TeamMember


class MembershipSerializer(serializers.ModelSerializer):
    """One stretch of membership."""

    country = serializers.CharField(source="country.code")
    group = serializers.CharField(source="group_code")
    list = serializers.CharField(source="member_list")

    class Meta:
        model = Membership
        fields = [
            "uuid",
            "country",
            "list",
            "seat",
            "chamber",
            "group",
            "starts_on",
            "ends_on",
            "end_reason",
            "credential",
            "extended_until",
        ]


class PersonSerializer(serializers.ModelSerializer):
    """A person with all stretches of membership."""

    memberships = MembershipSerializer(many=True)

    class Meta:
        model = Person
        fields = [
            "uuid",
            "given_name",
            "family_name",
            "other_name",
            "email",
            "language",
            "zone",
            "gender",
            "languages",
            "language_levels",
            "memberships",
        ]


class VerdictSerializer(serializers.Serializer):
    """The answer of one rule."""

    rule = serializers.CharField()
    outcome = serializers.CharField()
    sentence = serializers.CharField()
    inputs = serializers.DictField()
    dates = serializers.DictField(child=serializers.DateField())
    parts = serializers.ListField(child=serializers.DictField())


class AssignmentSerializer(serializers.ModelSerializer):
    """A person in a mission."""

    mission = serializers.CharField(source="mission.reference")
    person = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")
    organisation = serializers.CharField(source="organisation.name", read_only=True, allow_null=True, default=None)
    declarations = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = [
            "uuid",
            "mission",
            "person",
            "name",
            "role",
            "is_rapporteur",
            "state",
            "organisation",
            "asked_at",
            "answered_at",
            "confirmed_at",
            "declarations",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_declarations(self, row: Assignment) -> list[str]:
        """Kinds of the declarations that are current."""
        return sorted(item.kind for item in row.declarations.all() if item.is_current)


class AnswerSerializer(serializers.Serializer):
    """An answer to an invitation."""

    accept = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ReasonSerializer(serializers.Serializer):
    """A written reason."""

    reason = serializers.CharField()


class TeamMemberSerializer(serializers.ModelSerializer):
    """Somebody in a team."""

    assignment = serializers.UUIDField(source="assignment.uuid")
    name = serializers.CharField(source="assignment.person.name")

    class Meta:
        model = TeamMember
        fields = ["uuid", "assignment", "name", "role"]


class StopSerializer(serializers.ModelSerializer):
    """A station on a team's way."""

    mission = serializers.CharField(source="mission.reference")
    team = serializers.UUIDField(source="team.uuid")
    station = serializers.CharField(source="station.code")
    station_uuid = serializers.UUIDField(source="station.uuid")

    class Meta:
        model = Stop
        fields = [
            "uuid",
            "mission",
            "team",
            "station",
            "station_uuid",
            "kind",
            "order",
            "local_day",
            "local_time",
            "zone",
            "planned_at",
            "outcome",
            "reason",
            "outcome_at",
        ]


class TeamSerializer(serializers.ModelSerializer):
    """A team with members and stops."""

    mission = serializers.CharField(source="mission.reference")
    members = serializers.SerializerMethodField()
    stops = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ["uuid", "mission", "day", "number", "name", "area", "members", "stops"]

    @extend_schema_field(TeamMemberSerializer(many=True))
    def get_members(self, team: Any) -> Any:
        """Those who ride now."""
        return TeamMemberSerializer(team.present, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_stops(self, team: Team) -> list[str]:
        """Uuids of the stops in their order."""
        return [str(stop.uuid) for stop in sorted(team.stops.all(), key=lambda s: (s.order, s.pk))]


class OutcomeSerializer(serializers.Serializer):
    """What became of a stop."""

    outcome = serializers.ChoiceField(choices=StopOutcome.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="")
