"""The API: read what pages show, and move missions. Rights are those of the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from accounts.rules import sees_all_missions
from core import clock
from core.api import api_actor
from core.errors import Invalid
from missions.api import filters, planning_serializers, serializers
from missions.api.base import ReadViewSet
from missions.api.planning import given, somebody
from missions.lifecycle import MOVES
from missions.models import Election, Meeting, Milestone, Mission, Organisation, ProgrammeRelease, Request, Station
from missions.services import deadlines, lifecycle, meetings, notes
from missions.services.timeline import timeline_of


@extend_schema(tags=["missions"])
class MissionViewSet(ReadViewSet):
    """Missions that the reader sees, by reference."""

    serializer_class = serializers.MissionSerializer
    filterset_class = filters.MissionFilter
    lookup_field = "reference"
    lookup_value_regex = r"[A-Z]{2}-\d{4}-\d+"
    queryset = Mission.objects.none()
    permission_map = {  # type: ignore[assignment]
        "list": "missions.view_mission",
        "retrieve": "missions.view_mission",
        "moves": "missions.view_mission",
        "history": "missions.view_mission",
        "timeline": "missions.view_milestone",
    }

    def get_queryset(self) -> QuerySet[Mission]:
        """With polling days and the next deadline, in a constant number of queries."""
        rows = Mission.objects.visible_to(self.request.user).with_next_deadline()
        return rows.select_related("country").prefetch_related("polling_days").order_by("reference")

    @extend_schema(
        methods=["GET"],
        responses=serializers.AvailableMoveSerializer(many=True),
        filters=False,
        description="Moves that the reader may make now, with what is missing.",
    )
    @extend_schema(
        methods=["POST"], request=serializers.MoveSerializer, responses=serializers.MissionSerializer, description="Make a move."
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def moves(self, request: ApiRequest, reference: str) -> Response:
        """The moves that may be made, or make one."""
        mission = self.get_object()
        if request.method == "GET":
            rows = lifecycle.available_moves(mission, request.user)
            return Response(serializers.AvailableMoveSerializer(rows, many=True).data)
        given = serializers.MoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        name = values.pop("action")
        if name not in MOVES:
            raise Invalid(f"There is no move “{name}”; the moves are: {', '.join(MOVES)}.", attr="action")
        lifecycle.move_mission(mission, name, by=api_actor(request), **values)
        return Response(self.get_serializer(self.get_queryset().get(pk=mission.pk)).data)

    @extend_schema(
        responses=serializers.HistoryLineSerializer(many=True),
        filters=False,
        description="Moves and conversions of the mission: who, when, why. The first comes first.",
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def history(self, request: ApiRequest, reference: str) -> Response:
        """The mission's history in words."""
        return Response(serializers.HistoryLineSerializer(lifecycle.history_of(self.get_object()), many=True).data)

    @extend_schema(
        responses=planning_serializers.TimelineSerializer,
        filters=False,
        parameters=[
            OpenApiParameter("until", str, enum=["polling"], description="Only what begins up to a week after the last polling day.")
        ],
        description="States, polling days, visits, deadlines and preparations with their days.",
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def timeline(self, request: ApiRequest, reference: str) -> Response:
        """The mission on one line of time."""
        mission = self.get_object()
        line = timeline_of(mission, until_polling=request.query_params.get("until") == "polling")
        empty = {"first": None, "last": None, "today": clock.today(mission.zone), "rows": []}
        return Response(planning_serializers.TimelineSerializer(line or empty).data)


@extend_schema(tags=["missions"])
class RequestViewSet(ReadViewSet):
    """The register of requests, for the secretariat."""

    serializer_class = serializers.RequestSerializer
    filterset_class = filters.RequestFilter
    queryset = Request.objects.none()
    permission_map = {"list": "missions.view_request", "retrieve": "missions.view_request"}  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Request]:
        """All but those that an authority is still filling in."""
        rows = Request.objects.visible_to(self.request.user).on_register()
        return rows.select_related("country", "election", "decision", "mission", "merged_into", "split_from").prefetch_related(
            "election__polling_days"
        )


@extend_schema(tags=["missions"])
class ElectionViewSet(ReadViewSet):
    """The calendar of elections, for the secretariat, by polling day."""

    serializer_class = serializers.ElectionSerializer
    filterset_class = filters.ElectionFilter
    queryset = Election.objects.none()
    permission_map = {"list": "missions.view_election", "retrieve": "missions.view_election"}  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Election]:
        """Those with a polling day, in a constant number of queries."""
        return Election.objects.visible_to(self.request.user).for_calendar()


@extend_schema(tags=["missions"])
class StationViewSet(ReadViewSet):
    """Polling stations."""

    serializer_class = serializers.StationSerializer
    filterset_class = filters.StationFilter
    queryset = Station.objects.none()
    read = "missions.view_station"

    def get_queryset(self) -> QuerySet[Station]:
        """Listed ones, of missions in which the reader is."""
        return Station.objects.filter(mission__in=Mission.objects.open_to(self.request.user), is_listed=True).select_related("mission")


@extend_schema(tags=["missions"])
class MeetingViewSet(ReadViewSet):
    """Meetings: for the secretariat as planned, for the delegation as the last version of the programme tells them."""

    serializer_class = serializers.MeetingSerializer
    filterset_class = filters.MeetingFilter
    queryset = Meeting.objects.none()
    permission_map = {  # type: ignore[assignment]
        "list": None,
        "retrieve": "missions.view_programme",
        "presence": "missions.view_programme",  # who may note it is asked by the service
        "held": "missions.write_note",
    }

    def get_queryset(self) -> QuerySet[Meeting]:
        """With participants, in a constant number of queries."""
        rows = Meeting.objects.visible_to(self.request.user)
        return rows.select_related("mission", "track").prefetch_related("participants__assignment__person", "participants__organisation")

    def get_serializer_context(self) -> dict[str, Any]:
        """For the delegation, the last version of each of its programmes."""
        context = super().get_serializer_context()
        if self.request.user.is_authenticated and not sees_all_missions(self.request.user):
            told = ProgrammeRelease.objects.latest_of(Mission.objects.open_to(self.request.user))
            context["released"] = dict(told.values_list("mission", "content"))
        return context

    @extend_schema(methods=["GET"], responses=serializers.PresenceSerializer, filters=False, description="Who was present.")
    @extend_schema(
        methods=["POST"],
        request=serializers.PresenceWriteSerializer,
        responses=serializers.PresenceSerializer,
        description="Note who was present; the last one counts.",
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def presence(self, request: ApiRequest, uuid: str) -> Response:
        """Who was present, or note it."""
        meeting = self.get_object()
        if request.method == "POST":
            values = given(serializers.PresenceWriteSerializer, request)
            present = [row for one in values["present"] if (row := somebody(meeting.mission, one, attr="present"))]
            notes.note_presence(meeting, by=api_actor(request), present=present, others=values["others"])
            meeting.refresh_from_db()
        return Response(serializers.PresenceSerializer(meeting).data)

    @extend_schema(request=None, responses=serializers.MeetingSerializer)
    @action(detail=True, methods=["post"])
    def held(self, request: ApiRequest, uuid: str) -> Response:
        """Mark the meeting as held, from its day on."""
        meetings.hold_meeting(self.get_object(), by=api_actor(request))
        return Response(self.get_serializer(self.get_queryset().get(uuid=uuid)).data)


@extend_schema(tags=["missions"])
class MilestoneViewSet(ReadViewSet):
    """Deadlines."""

    serializer_class = serializers.MilestoneSerializer
    filterset_class = filters.MilestoneFilter
    queryset = Milestone.objects.none()
    permission_map = {  # type: ignore[assignment]
        "list": None,
        "retrieve": "missions.view_milestone",
        "move": "missions.change_milestone",
        "done": "missions.change_milestone",
        "reopen": "missions.change_milestone",
    }

    def get_queryset(self) -> QuerySet[Milestone]:
        """Of missions in which the reader is."""
        return (
            Milestone.objects.filter(mission__in=Mission.objects.open_to(self.request.user))
            .select_related("mission", "rule")
            .order_by("due_on", "pk")
        )

    @extend_schema(request=serializers.MoveMilestoneSerializer, responses=serializers.MilestoneSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: ApiRequest, uuid: str) -> Response:
        """Set the day that counts by hand, with a reason."""
        deadlines.move_milestone(self.get_object(), by=api_actor(request), **given(serializers.MoveMilestoneSerializer, request))
        return self._again(uuid)

    @extend_schema(request=None, responses=serializers.MilestoneSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: ApiRequest, uuid: str) -> Response:
        """Mark it as met."""
        deadlines.complete_milestone(self.get_object(), by=api_actor(request))
        return self._again(uuid)

    @extend_schema(request=None, responses=serializers.MilestoneSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: ApiRequest, uuid: str) -> Response:
        """Take back that it is met."""
        deadlines.reopen_milestone(self.get_object(), by=api_actor(request))
        return self._again(uuid)

    def _again(self, uuid: str) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(uuid=uuid)).data)


@extend_schema(tags=["missions"])
class OrganisationViewSet(ReadViewSet):
    """Organisations, for the secretariat."""

    serializer_class = serializers.OrganisationSerializer
    filterset_class = filters.OrganisationFilter
    queryset = Organisation.objects.active()
    permission_map = {"list": "missions.view_organisation", "retrieve": "missions.view_organisation"}  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Organisation]:
        """Active ones."""
        return Organisation.objects.active().select_related("country")
