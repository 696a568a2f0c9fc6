"""What the API says about preparations, the timeline, notes of meetings and follow-up tasks."""

from __future__ import annotations

from rest_framework import serializers

from core.enums import Access
from missions.api.serializers import PersonOfMissionSerializer
from missions.enums import Rating
from missions.models import MeetingNote, MeetingNoteRevision, MeetingTask, Preparation


class PreparationSerializer(serializers.ModelSerializer):
    """A line of the checklist. `kind`: its code where it is of the default list; `who`: a person, a name or a role, in words."""

    mission = serializers.SlugRelatedField(slug_field="reference", read_only=True)
    kind = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    label = serializers.CharField(read_only=True)
    owner = PersonOfMissionSerializer(read_only=True, allow_null=True)
    who = serializers.CharField(read_only=True)

    class Meta:
        model = Preparation
        fields = (
            "uuid", "mission", "kind", "label", "owner", "owner_name", "owner_role", "who", "offset_days", "due_on", "note", "done_at",
            "removed_at", "updated_at",
        )  # fmt: skip


class PreparationChangeSerializer(serializers.Serializer):
    """What is changed of a line; what is not sent stays. `owner`: the uuid of an assignment of the mission.

    `seen_at`: the `updated_at` that the caller last saw; another one now is answered 409 `stale`.
    """

    title = serializers.CharField(required=False, max_length=200)
    owner = serializers.UUIDField(required=False, allow_null=True)
    owner_name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    due_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    seen_at = serializers.DateTimeField(required=False)


class PreparationNewSerializer(serializers.Serializer):
    """A line of a mission's own. `offset_days`: counted from the first polling day, in the place of a fixed day."""

    mission = serializers.CharField()
    title = serializers.CharField(max_length=200)
    owner = serializers.UUIDField(required=False, allow_null=True)
    owner_name = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    due_on = serializers.DateField(required=False, allow_null=True)
    offset_days = serializers.IntegerField(required=False, allow_null=True, min_value=-1000, max_value=1000)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class BarSerializer(serializers.Serializer):
    """One row of the timeline. `moved_from`: the computed day of a deadline that was moved by hand."""

    kind = serializers.CharField()
    label = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    tone = serializers.ChoiceField(choices=["state", "polling", "visit", "done", "open", "late"])
    state = serializers.CharField()
    moved_from = serializers.DateField(allow_null=True)
    note = serializers.CharField()


class TimelineSerializer(serializers.Serializer):
    """A mission on one line of time: states, polling days, visits, deadlines, preparations."""

    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    today = serializers.DateField()
    rows = BarSerializer(many=True)


class MeetingNoteSerializer(serializers.ModelSerializer):
    """A note of a meeting on one topic, with its rating and who may read it."""

    mission = serializers.CharField(source="meeting.mission.reference", read_only=True)
    meeting = serializers.UUIDField(source="meeting.uuid", read_only=True)
    author = serializers.CharField(source="author.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = MeetingNote
        fields = (
            "uuid", "mission", "meeting", "topic", "rating", "text", "access", "author", "version", "created_at", "corrected_at",
        )  # fmt: skip


class MeetingNoteRevisionSerializer(serializers.ModelSerializer):
    """An earlier version of a note: as it was, until when, and who corrected it."""

    replaced_by = serializers.CharField(source="replacer.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = MeetingNoteRevision
        fields = ("version", "topic", "rating", "text", "access", "written_at", "replaced_at", "replaced_by")


class NoteContentSerializer(serializers.Serializer):
    """A correction of one's own note; what is not sent stays. `seen_version`: another one now is answered 409 `stale`."""

    topic = serializers.CharField(required=False)
    text = serializers.CharField(required=False)
    rating = serializers.ChoiceField(choices=Rating.choices, required=False)
    seen_version = serializers.IntegerField(required=False)


class NoteNewSerializer(serializers.Serializer):
    """A note of a meeting: `topic` is L01 to L21."""

    meeting = serializers.UUIDField()
    topic = serializers.CharField()
    text = serializers.CharField()
    rating = serializers.ChoiceField(choices=Rating.choices, default=Rating.NOT_ASSESSED)
    access = serializers.ChoiceField(choices=Access.choices, default=Access.TEAM)


class NoteAccessSerializer(serializers.Serializer):
    """Who may read a note."""

    access = serializers.ChoiceField(choices=Access.choices)


class MeetingTaskSerializer(serializers.ModelSerializer):
    """What somebody will do after a meeting."""

    mission = serializers.CharField(source="meeting.mission.reference", read_only=True)
    meeting = serializers.UUIDField(source="meeting.uuid", read_only=True)
    assignment = PersonOfMissionSerializer(read_only=True, allow_null=True)

    class Meta:
        model = MeetingTask
        fields = ("uuid", "mission", "meeting", "text", "assignment", "due_on", "done_at")


class TaskNewSerializer(serializers.Serializer):
    """A follow-up task; `assignment`: the uuid of somebody in the mission."""

    meeting = serializers.UUIDField()
    text = serializers.CharField(max_length=300)
    assignment = serializers.UUIDField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
