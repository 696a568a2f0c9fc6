"""What the API says of people, assignments, teams and stops."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Person
from missions.models import Assignment
from observers.enums import InterestAnswer, StopOutcome
from observers.membership.mandate import judge_mandate
from observers.models import Interest, InterestCall, Mandate, Membership, Nomination, RenewalSession, Stop, Team, TeamMember
from observers.services.delegations import DelegationReport, MemberListReport, Seat
from observers.services.standing import facts_of


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


class MembershipRowSerializer(MembershipSerializer):
    """One stretch of membership with whose it is."""

    person = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")

    class Meta(MembershipSerializer.Meta):
        fields = [
            "person",
            "name",
            *MembershipSerializer.Meta.fields,
            "extension_election_on",
            "extension_decided_by",
            "declared_on",
        ]


class MandateSerializer(serializers.ModelSerializer):
    """An office, and what R1 says of it."""

    person = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")
    verdict = serializers.SerializerMethodField()

    class Meta:
        model = Mandate
        fields = [
            "uuid",
            "person",
            "name",
            "title",
            "authority",
            "level",
            "starts_on",
            "polled_on",
            "ends_on",
            "is_general",
            "is_directly_elected",
            "is_answerable",
            "assembly_directly_elected",
            "individually_revocable",
            "revocation_in_law",
            "authority_between",
            "authority_self_governing",
            "authority_state_like",
            "authority_important",
            "verdict",
        ]

    @extend_schema_field(serializers.DictField())
    def get_verdict(self, row: Mandate) -> dict[str, Any]:
        """R1."""
        return judge_mandate(facts_of(row)).as_json()


class RenewalSessionSerializer(serializers.ModelSerializer):
    """A renewal session."""

    class Meta:
        model = RenewalSession
        fields = ["opens_on", "number", "is_expected", "planned_on", "notify_by", "source_mark"]


class SeatSerializer(serializers.Serializer):
    """One seat; vacant without a person."""

    number = serializers.IntegerField(allow_null=True)
    person = serializers.UUIDField(source="member.row.person.uuid", allow_null=True, default=None)
    name = serializers.CharField(source="member.row.person.name", allow_null=True, default=None)
    chamber = serializers.CharField(source="member.row.chamber", allow_null=True, default=None)
    group = serializers.CharField(source="member.row.group_code", allow_null=True, default=None)
    verdict = serializers.SerializerMethodField()
    regions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_verdict(self, seat: Seat) -> dict[str, Any] | None:
        """R14.1 of the person on the day."""
        return seat.member.verdict.as_json() if seat.member else None

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_regions(self, seat: Seat) -> dict[str, Any] | None:
        """R4 or R5, for somebody in the Chamber of Regions."""
        return seat.member.regions.as_json() if seat.member and seat.member.regions else None


class MemberListSerializer(serializers.Serializer):
    """Representatives or substitutes."""

    list = serializers.CharField(source="code")
    filled = serializers.IntegerField(source="numbers.inputs.filled")
    vacant = serializers.IntegerField()
    verdicts = serializers.SerializerMethodField()
    seats = SeatSerializer(many=True)

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_verdicts(self, one: MemberListReport) -> list[dict[str, Any]]:
        """R3, R2 and R6."""
        return [verdict.as_json() for verdict in (one.numbers, one.share, one.split)]


class NationalDelegationSerializer(serializers.Serializer):
    """One state's delegation on one day."""

    country = serializers.CharField(source="country.code")
    name = serializers.CharField(source="country.name")
    day = serializers.DateField()
    seats = serializers.IntegerField()
    lists = MemberListSerializer(many=True)
    verdicts = serializers.SerializerMethodField()
    events = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_verdicts(self, report: DelegationReport) -> list[dict[str, Any]]:
        """What the rules say of the delegation as a whole."""
        return [verdict.as_json() for verdict in (report.legislative, report.together) if verdict]

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_events(self, report: DelegationReport) -> list[dict[str, Any]]:
        """The calendar of terms; of one delegation only, not in the list."""
        return [event.as_json() for event in report.events]


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


class InterestCallSerializer(serializers.ModelSerializer):
    """A call for interest, with how many are asked and how many of them have answered."""

    mission = serializers.CharField(source="mission.reference")
    asked = serializers.IntegerField(read_only=True)
    answered = serializers.IntegerField(read_only=True)

    class Meta:
        model = InterestCall
        fields = ["uuid", "mission", "answer_by", "message", "created_at", "withdrawn_at", "withdrawn_reason", "asked", "answered"]


class OpenCallSerializer(serializers.Serializer):
    """What opens a call."""

    mission = serializers.CharField()
    answer_by = serializers.DateField()
    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class ExtendCallSerializer(serializers.Serializer):
    """A later day to answer by."""

    answer_by = serializers.DateField()


class InterestSerializer(serializers.ModelSerializer):
    """What somebody answered."""

    mission = serializers.CharField(source="mission.reference")
    person = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")

    class Meta:
        model = Interest
        fields = ["uuid", "mission", "person", "name", "answer", "note", "is_late", "answered_at"]


class RecordInterestSerializer(serializers.Serializer):
    """An answer that came by telephone or letter."""

    mission = serializers.CharField()
    person = serializers.UUIDField()
    answer = serializers.ChoiceField(choices=InterestAnswer.choices)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class NominationSerializer(serializers.ModelSerializer):
    """A nomination of a political group."""

    mission = serializers.CharField(source="mission.reference")
    person = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")
    group = serializers.CharField(source="group.code")

    class Meta:
        model = Nomination
        fields = ["uuid", "mission", "person", "name", "group", "note", "created_at", "withdrawn_at"]


class NominateSerializer(serializers.Serializer):
    """A nomination that the coordinator enters."""

    mission = serializers.CharField()
    person = serializers.UUIDField()
    group = serializers.CharField()
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
