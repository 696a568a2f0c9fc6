"""The API of planning and of what comes of meetings: preparations, notes, follow-up tasks. Rights and acts are those of the pages."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from core.api import api_actor
from core.errors import Invalid
from core.rights import allowed
from missions.api import filters, planning_serializers
from missions.api.base import ReadViewSet
from missions.models import Assignment, Meeting, MeetingNote, MeetingTask, Mission, Preparation
from missions.services import notes, preparations


def given(kind: type[Serializer], request: ApiRequest) -> dict[str, Any]:
    """What was sent, checked."""
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def somebody(mission: Mission, uuid: UUID | None, *, attr: str) -> Assignment | None:
    """The assignment of the mission behind a uuid. Raises Invalid where nobody of the mission has it."""
    if uuid is None:
        return None
    row = mission.assignments.live().select_related("person").filter(uuid=uuid).first()
    if row is None:
        raise Invalid(_("Nobody in this mission has the uuid %(uuid)s.") % {"uuid": uuid}, code="unknown_person", attr=attr)
    return row


class ActViewSet(ReadViewSet):
    """Lists and rows with acts: each answers the row as it is afterwards."""

    def again(self, uuid: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """The row anew."""
        return Response(self.get_serializer(self.get_queryset().get(uuid=uuid)).data, status=code)


@extend_schema(tags=["missions"])
class PreparationViewSet(ActViewSet):
    """Checklists of preparations. What was taken off a list is seen by those who may put it back, with `removed=true`."""

    serializer_class = planning_serializers.PreparationSerializer
    filterset_class = filters.PreparationFilter
    queryset = Preparation.objects.none()
    permission_map = {  # type: ignore[assignment]
        "list": None,
        "retrieve": "missions.view_preparation",
        "create": "missions.change_preparation",
        "partial_update": "missions.change_preparation",
        "done": "missions.complete_preparation",
        "reopen": "missions.complete_preparation",
        "remove": "missions.change_preparation",
        "restore": "missions.change_preparation",
    }

    def get_queryset(self) -> QuerySet[Preparation]:
        """Of missions in which the reader is, by their day."""
        rows = Preparation.objects.filter(mission__in=Mission.objects.open_to(self.request.user)).with_people().select_related("mission")
        if self.action == "list":
            rows = rows.filter(removed_at__isnull=self.request.query_params.get("removed") != "true")
        if not allowed(api_actor(self.request), "missions.change_preparation"):
            rows = rows.listed()
        return rows.order_by("mission__reference", "due_on", "order", "pk")

    @extend_schema(request=planning_serializers.PreparationNewSerializer, responses={201: planning_serializers.PreparationSerializer})
    def create(self, request: ApiRequest) -> Response:
        """Add a line of the mission's own; the same title again answers the line that is there."""
        values = given(planning_serializers.PreparationNewSerializer, request)
        mission = get_object_or_404(Mission.objects.visible_to(request.user), reference=values.pop("mission"))
        values["owner"] = somebody(mission, values.get("owner"), attr="owner")
        row = preparations.add_preparation(mission, by=api_actor(request), **values)
        return self.again(row.uuid, code=status.HTTP_201_CREATED)

    @extend_schema(request=planning_serializers.PreparationChangeSerializer, responses=planning_serializers.PreparationSerializer)
    def partial_update(self, request: ApiRequest, uuid: str) -> Response:
        """Change title, owner, day or note."""
        row = self.get_object()
        values = given(planning_serializers.PreparationChangeSerializer, request)
        if "owner" in values:
            values["owner"] = somebody(row.mission, values["owner"], attr="owner")
        seen = values.pop("seen_at", None)
        preparations.change_preparation(row, by=api_actor(request), seen_at=seen.astimezone(UTC).isoformat() if seen else "", **values)
        return self.again(uuid)

    @extend_schema(request=None, responses=planning_serializers.PreparationSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: ApiRequest, uuid: str) -> Response:
        """Mark it as done: the coordinator, or its owner."""
        preparations.complete_preparation(self.get_object(), by=api_actor(request))
        return self.again(uuid)

    @extend_schema(request=None, responses=planning_serializers.PreparationSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: ApiRequest, uuid: str) -> Response:
        """Take back that it is done."""
        preparations.reopen_preparation(self.get_object(), by=api_actor(request))
        return self.again(uuid)

    @extend_schema(request=None, responses=planning_serializers.PreparationSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: ApiRequest, uuid: str) -> Response:
        """Take it off the list."""
        preparations.remove_preparation(self.get_object(), by=api_actor(request))
        return self.again(uuid)

    @extend_schema(request=None, responses=planning_serializers.PreparationSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: ApiRequest, uuid: str) -> Response:
        """Put it back on the list."""
        preparations.restore_preparation(self.get_object(), by=api_actor(request))
        return self.again(uuid)


@extend_schema(tags=["missions"])
class MeetingNoteViewSet(ActViewSet):
    """Notes of meetings that the reader may read, with their ratings."""

    serializer_class = planning_serializers.MeetingNoteSerializer
    filterset_class = filters.MeetingNoteFilter
    queryset = MeetingNote.objects.none()
    permission_map = {  # type: ignore[assignment]
        "list": None,
        "retrieve": "missions.view_note",
        "create": None,  # who may write is asked about the meeting, by the service
        "partial_update": "missions.correct_note",
        "access": "missions.classify_note",
        "history": "missions.view_note",
    }

    def get_queryset(self) -> QuerySet[MeetingNote]:
        """In the order of the meetings."""
        rows = MeetingNote.objects.visible_to(self.request.user).select_related("meeting__mission", "author")
        return rows.order_by("meeting__starts_at", "created_at", "pk")

    @extend_schema(request=planning_serializers.NoteNewSerializer, responses={201: planning_serializers.MeetingNoteSerializer})
    def create(self, request: ApiRequest) -> Response:
        """Write a note."""
        values = given(planning_serializers.NoteNewSerializer, request)
        meeting = get_object_or_404(Meeting.objects.visible_to(request.user), uuid=values.pop("meeting"))
        note = notes.write_note(meeting, by=api_actor(request), **values)
        return Response(self.get_serializer(note).data, status=status.HTTP_201_CREATED)  # its author may not read what is the secretariat's

    @extend_schema(request=planning_serializers.NoteContentSerializer, responses=planning_serializers.MeetingNoteSerializer)
    def partial_update(self, request: ApiRequest, uuid: str) -> Response:
        """Correct one's own note; the earlier version stays."""
        note = self.get_object()
        values = {name: getattr(note, name) for name in ("topic", "text", "rating")}
        notes.correct_note(note, by=api_actor(request), **values | given(planning_serializers.NoteContentSerializer, request))
        return self.again(uuid)

    @extend_schema(request=planning_serializers.NoteAccessSerializer, responses=planning_serializers.MeetingNoteSerializer)
    @action(detail=True, methods=["post"])
    def access(self, request: ApiRequest, uuid: str) -> Response:
        """Set who may read it."""
        notes.classify_note(self.get_object(), by=api_actor(request), **given(planning_serializers.NoteAccessSerializer, request))
        return self.again(uuid)

    @extend_schema(
        responses=planning_serializers.MeetingNoteRevisionSerializer(many=True),
        filters=False,
        description="Earlier versions that the reader may read, the newest first.",
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def history(self, request: ApiRequest, uuid: str) -> Response:
        """What it said before."""
        note = notes.with_history([self.get_object()], request.user)[0]
        return Response(planning_serializers.MeetingNoteRevisionSerializer(note.history, many=True).data)  # type: ignore[attr-defined]


@extend_schema(tags=["missions"])
class MeetingTaskViewSet(ActViewSet):
    """Follow-up tasks of the meetings that the reader sees."""

    serializer_class = planning_serializers.MeetingTaskSerializer
    filterset_class = filters.MeetingTaskFilter
    queryset = MeetingTask.objects.none()
    permission_map = {  # type: ignore[assignment]
        "list": None,
        "retrieve": "missions.view_programme",
        "create": None,  # who may add one is asked about the meeting, by the service
        "done": "missions.write_note",
        "reopen": "missions.write_note",
    }

    def get_queryset(self) -> QuerySet[MeetingTask]:
        """By their day."""
        rows = MeetingTask.objects.filter(meeting__in=Meeting.objects.visible_to(self.request.user))
        return rows.select_related("meeting__mission", "assignment__person").order_by("due_on", "pk")

    @extend_schema(request=planning_serializers.TaskNewSerializer, responses={201: planning_serializers.MeetingTaskSerializer})
    def create(self, request: ApiRequest) -> Response:
        """Add a task to a meeting."""
        values = given(planning_serializers.TaskNewSerializer, request)
        meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("mission"), uuid=values.pop("meeting"))
        values["assignment"] = somebody(meeting.mission, values.get("assignment"), attr="assignment")
        return self.again(notes.add_task(meeting, by=api_actor(request), **values).uuid, code=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=planning_serializers.MeetingTaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: ApiRequest, uuid: str) -> Response:
        """Mark it as done."""
        notes.mark_task(self.get_object(), by=api_actor(request), done=True)
        return self.again(uuid)

    @extend_schema(request=None, responses=planning_serializers.MeetingTaskSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: ApiRequest, uuid: str) -> Response:
        """Open it again."""
        notes.mark_task(self.get_object(), by=api_actor(request), done=False)
        return self.again(uuid)
