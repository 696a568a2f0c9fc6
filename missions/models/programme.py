"""The programme: tracks, meetings, participants, released versions, notes, calendar feeds."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.rules import sees_all_missions
from core.enums import Access
from core.models import Record
from missions.enums import FeedKind, MeetingKind, MeetingState, ParticipantAnswer, Rating
from missions.models.assignment import Assignment, Visit
from missions.models.mission import Mission
from missions.models.organisation import Contact, Organisation
from missions.validators import validate_topic, validate_zone


def end_day_of(day: date, start: time, end: time) -> date:
    """The day on which what begins on `day` ends: an end that is not later on the clock is one of the next day."""
    return day if end > start else day + timedelta(days=1)


class Track(Record):
    """A part of a split delegation with its own programme."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="tracks")
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0)
    members = models.ManyToManyField(Assignment, blank=True, related_name="tracks")

    class Meta:
        ordering = ["order", "name"]
        constraints = [models.UniqueConstraint(fields=["mission", "name"], name="missions_track_name_once")]

    def __str__(self) -> str:
        return self.name


class MeetingQuerySet(models.QuerySet):
    """Questions about meetings."""

    def visible_to(self, user: Any) -> MeetingQuerySet:
        """All for the global roles; for the delegation those that a version of its programme has told."""
        if sees_all_missions(user):
            return self.all()
        told = ProgrammeRelease.objects.latest_of(Mission.objects.open_to(user))
        return self.filter(uuid__in=[row["uuid"] for content in told.values_list("content", flat=True) for row in content["meetings"]])

    def planned(self) -> MeetingQuerySet:
        """Neither held nor cancelled."""
        return self.filter(state=MeetingState.PLANNED)

    def standing(self) -> MeetingQuerySet:
        """Not cancelled."""
        return self.exclude(state=MeetingState.CANCELLED)


class Meeting(Record):
    """A meeting. Local wall time, fold and zone are the truth; `starts_at` and `ends_at` are derived (DESIGN 3, "Times")."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="meetings")
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings")
    kind = models.CharField(max_length=30, choices=MeetingKind.choices)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    start_day = models.DateField()
    start_time = models.TimeField()
    start_fold = models.PositiveSmallIntegerField(default=0)
    end_day = models.DateField()
    end_time = models.TimeField()
    end_fold = models.PositiveSmallIntegerField(default=0)
    zone = models.CharField(max_length=64, validators=[validate_zone])
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    place = models.CharField(max_length=200, blank=True)
    room = models.CharField(max_length=80, blank=True)
    link = models.URLField(blank=True)
    languages = models.JSONField(default=list, blank=True)
    is_for_all = models.BooleanField(default=False, help_text="For the whole delegation, or the whole track.")
    state = models.CharField(max_length=20, choices=MeetingState.choices, default=MeetingState.PLANNED)
    cancelled_reason = models.CharField(max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    present = models.ManyToManyField(Assignment, blank=True, related_name="attended_meetings")
    present_others = models.TextField(blank=True, help_text="Who came from the other side, with functions.")
    presence_at = models.DateTimeField(null=True, blank=True, help_text="When it was noted who was present.")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="missions_meeting_in_order"),
            models.CheckConstraint(condition=Q(start_fold__in=[0, 1], end_fold__in=[0, 1]), name="missions_meeting_fold"),
        ]
        indexes = [models.Index(fields=["mission", "starts_at"], name="missions_meeting_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The meeting's page on the desk."""
        return reverse("missions:meeting", args=[self.mission.reference, self.uuid])


class Participant(Record):
    """Somebody who takes part in a meeting: a person of the mission, or an organisation that is asked."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    assignment = models.ForeignKey(Assignment, null=True, blank=True, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="participations")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="participations")
    answer = models.CharField(max_length=20, choices=ParticipantAnswer.choices, default=ParticipantAnswer.NOT_INVITED)
    invited_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    people = models.TextField(blank=True, help_text="Names of those who come, as the organisation gave them.")
    access_needs = models.TextField(blank=True, help_text="What those who come need for access; for the secretariat and the head only.")
    proposed_day = models.DateField(null=True, blank=True)
    proposed_start = models.TimeField(null=True, blank=True)
    proposed_end = models.TimeField(null=True, blank=True)
    told_sequence = models.PositiveIntegerField(null=True, blank=True, help_text="The sequence in the last calendar file it was sent.")
    paper = models.ForeignKey("core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(assignment__isnull=False, organisation__isnull=True) | Q(assignment__isnull=True, organisation__isnull=False),
                name="missions_participant_is_one",
            ),
            models.CheckConstraint(
                condition=~Q(answer=ParticipantAnswer.PROPOSED)
                | Q(proposed_day__isnull=False, proposed_start__isnull=False, proposed_end__isnull=False),
                name="missions_proposal_has_a_time",
            ),
            models.UniqueConstraint(fields=["meeting", "assignment"], name="missions_person_in_meeting_once"),
            models.UniqueConstraint(fields=["meeting", "organisation"], name="missions_organisation_in_meeting_once"),
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.assignment)

    @property
    def mission(self) -> Mission:
        """The mission of the meeting: rights are asked about it."""
        return self.meeting.mission

    @property
    def proposed_end_day(self) -> date | None:
        """The day on which the proposed time ends: the next one where its end stands earlier on the clock than its beginning."""
        if self.proposed_day is None or self.proposed_start is None or self.proposed_end is None:
            return None
        return end_day_of(self.proposed_day, self.proposed_start, self.proposed_end)


class MailedReply(Record):
    """A mail of the mailbox that was read: taken as somebody's answer, or refused. What it said is not kept here.

    `key` is the SHA-256 of its Message-ID, of the whole mail where it has none: so that a mail is read once.
    """

    key = models.CharField(max_length=64, unique=True)
    participant = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="mailed_replies")
    why = models.TextField(blank=True, help_text="Why it was refused; empty: taken.")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.why}".strip()


class ProgrammeReleaseQuerySet(models.QuerySet):
    """Questions about released versions."""

    def latest_of(self, missions: models.QuerySet[Mission]) -> ProgrammeReleaseQuerySet:
        """The last version of each mission."""
        later = self.model._default_manager.filter(mission=models.OuterRef("mission"), version__gt=models.OuterRef("version"))
        return self.filter(~models.Exists(later), mission__in=missions)


class ProgrammeRelease(Record):
    """A released version of the programme: what readers were told, never changed."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="programme_releases")
    version = models.PositiveIntegerField()
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=80)
    note = models.TextField(blank=True)
    content = models.JSONField()

    objects = ProgrammeReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["mission", "version"], name="missions_programme_version_once")]

    def __str__(self) -> str:
        return f"{self.mission} v{self.version}"


class ProgrammeReading(Record):
    """The version of a programme that a person has seen: what is newer is shown to them as new."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="programme_readings")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="programme_readings")
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "person"], name="missions_one_reading")]

    def __str__(self) -> str:
        return f"{self.mission_id} {self.person_id} v{self.version}"


class MeetingNoteQuerySet(models.QuerySet):
    """Questions about notes."""

    def visible_to(self, user: Any) -> MeetingNoteQuerySet:
        """Notes of the missions that `user` sees; `secretariat` and wider unpublished levels for the global roles only."""
        if sees_all_missions(user):
            return self.all()
        own = self.filter(meeting__mission__in=Mission.objects.open_to(user))
        return own.filter(access__in=[Access.TEAM, Access.PUBLIC])


class MeetingNote(Record):
    """What was said in a meeting; evidence for findings later. Its author may correct it: `version` counts, earlier texts stay."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="meeting_notes")
    topic = models.CharField(max_length=3, validators=[validate_topic])
    rating = models.CharField(max_length=20, choices=Rating.choices, default=Rating.NOT_ASSESSED)
    text = models.TextField()
    access = models.CharField(max_length=20, choices=Access.choices, default=Access.TEAM)
    written_by = models.CharField(max_length=80)
    author = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    corrected_at = models.DateTimeField(null=True, blank=True, help_text="When this version was written; empty: never corrected.")

    objects = MeetingNoteQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.topic}"

    @property
    def mission(self) -> Mission:
        """The mission of the meeting: rights are asked about it."""
        return self.meeting.mission


class MeetingNoteRevision(Record):
    """An earlier version of a note, as it was until it was corrected; never changed. `access` is the level it had then."""

    note = models.ForeignKey(MeetingNote, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    topic = models.CharField(max_length=3)
    rating = models.CharField(max_length=20, choices=Rating.choices)
    text = models.TextField()
    access = models.CharField(max_length=20, choices=Access.choices)
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=80)
    replacer = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["note", "version"], name="missions_note_version_once")]

    def __str__(self) -> str:
        return f"{self.note} v{self.version}"


class MeetingTask(Record):
    """What somebody promised to do after a meeting: what, who, until when, done."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(max_length=300)
    assignment = models.ForeignKey(Assignment, null=True, blank=True, on_delete=models.SET_NULL, related_name="meeting_tasks")
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)
    written_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def mission(self) -> Mission:
        """The mission of the meeting: rights are asked about it."""
        return self.meeting.mission


class CalendarFeed(Record):
    """A subscription address. The token is derived from `uuid` and `turn`; a new turn makes the old address dead."""

    kind = models.CharField(max_length=10, choices=FeedKind.choices)
    mission = models.ForeignKey(Mission, null=True, blank=True, on_delete=models.CASCADE, related_name="feeds")
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="feeds")
    team_uuid = models.UUIDField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(kind="person"), name="missions_one_personal_feed"),
            models.UniqueConstraint(fields=["person"], condition=Q(kind="elections"), name="missions_one_elections_feed"),
            models.UniqueConstraint(fields=["mission"], condition=Q(kind="mission"), name="missions_one_mission_feed"),
            models.UniqueConstraint(fields=["team_uuid"], condition=Q(kind="team"), name="missions_one_team_feed"),
            models.CheckConstraint(
                condition=Q(kind__in=["person", "elections"], person__isnull=False)
                | Q(kind="mission", mission__isnull=False)
                | Q(kind="team", team_uuid__isnull=False),
                name="missions_feed_has_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"
