"""Notes, incidents and attachments."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from core.enums import Access
from core.models import Named, Record
from field.enums import CLOSED_INCIDENTS, AttachmentState, IncidentState, NoteSource
from missions.models import Mission


class MissionRows(models.QuerySet):
    """Rows that hang on a mission."""

    def visible_to(self, user: Any) -> MissionRows:
        """Of the missions whose content the user sees."""
        return self.filter(mission__in=Mission.objects.open_to(user))


class NoteQuerySet(MissionRows):
    """Questions about notes."""

    def current(self) -> NoteQuerySet:
        """Not replaced by a newer text."""
        return self.filter(is_current=True)


class Note(Named):
    """A short text by an observer: by topic, at a station or from a meeting."""

    uuid = models.UUIDField(unique=True, editable=False)
    replaces = models.UUIDField(null=True, blank=True, db_index=True)
    is_current = models.BooleanField(default=True)
    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="notes")
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="notes")
    device = models.ForeignKey("field.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey("observers.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    station = models.ForeignKey("missions.Station", null=True, blank=True, on_delete=models.SET_NULL, related_name="notes")
    meeting = models.ForeignKey("missions.Meeting", null=True, blank=True, on_delete=models.SET_NULL, related_name="notes")
    text = models.TextField()
    topic = models.CharField(max_length=8, blank=True)
    place = models.CharField(max_length=300, blank=True)
    severity = models.SmallIntegerField(default=0)
    source = models.CharField(max_length=10, choices=NoteSource.choices, default=NoteSource.SEEN)
    access = models.CharField(max_length=12, choices=Access.choices, default=Access.TEAM)
    content_hash = models.CharField(max_length=64)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["mission", "changed_at"], name="field_note_changes")]

    def __str__(self) -> str:
        return str(self.uuid)


class IncidentQuerySet(MissionRows):
    """Questions about incidents."""

    def open(self) -> IncidentQuerySet:
        """Somebody still has to do something."""
        return self.exclude(state__in=CLOSED_INCIDENTS)


class Incident(Record):
    """What came in on form I, with a number and a follow-up. The answers stay in the observation."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="incidents")
    observation = models.OneToOneField("field.Observation", on_delete=models.CASCADE, related_name="incident")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40, blank=True)
    seriousness = models.CharField(max_length=20, blank=True)
    is_danger = models.BooleanField(default=False)
    is_call_back = models.BooleanField(default=False)
    place = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=IncidentState.choices, default=IncidentState.NEW)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="incidents")

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["mission_id", "-sequence"]
        constraints = [models.UniqueConstraint(fields=["mission", "sequence"], name="field_incident_number_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number people say on the phone: `BG-2026-1-I07`."""
        return f"{self.mission.reference}-I{self.sequence:02d}"

    @property
    def wants_call_back(self) -> bool:
        """The observers asked for a call and nobody has written one down, nor closed the incident."""
        return self.is_call_back and self.state in {IncidentState.NEW, IncidentState.IN_HAND}

    def get_absolute_url(self) -> str:
        """The incident's page at the desk."""
        return reverse("field:incident", args=[self.mission.reference, self.uuid])


class IncidentStep(Record):
    """One line of an incident's timeline."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.act}"


class Attachment(Record):
    """A picture of a record. It may come before its record; `parent` is the record's UUID, `name` the file name in its XML."""

    uuid = models.UUIDField(unique=True, editable=False)
    mission = models.ForeignKey("missions.Mission", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments")
    parent = models.UUIDField(db_index=True)
    name = models.CharField(max_length=255)
    device = models.ForeignKey("field.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=AttachmentState.choices, default=AttachmentState.PARTIAL)
    refusal = models.CharField(max_length=20, blank=True)
    stored = models.ForeignKey("core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MissionRows.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="stored") | Q(stored__isnull=False), name="field_attachment_stored_has_file"),
        ]

    def __str__(self) -> str:
        return self.name


class AttachmentPart(models.Model):
    """A part of an attachment on its way; deleted when the whole is stored."""

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="parts")
    start = models.PositiveBigIntegerField()
    end = models.PositiveBigIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["attachment", "start", "end"], name="field_part_once")]

    def __str__(self) -> str:
        return f"{self.attachment_id} {self.start}-{self.end}"
