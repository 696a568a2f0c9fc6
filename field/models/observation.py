"""Observations, what contradicts them, and what the desk did about their flags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Q
from django.urls import reverse

from core import clock
from core.models import Named, Record
from core.statements import prepared
from field.enums import ConflictState, ReviewState, Slot, Source
from missions.models import Mission

# What a door asks of a record that may be stored already.
KNOWN = (
    "uuid", "content_hash", "severity", "flags", "is_incomplete", "is_unmatched", "is_waiting", "replaces", "root", "is_current",
    "mission",
)  # fmt: skip


class ObservationQuerySet(models.QuerySet):
    """Questions about observations."""

    def under(self, uuids: Sequence[UUID], own: Sequence[UUID]) -> Iterable[Any]:
        """What is stored under `uuids`, and corrections that wait for one of `own`; with the fields of `KNOWN`, the others deferred.

        Mostly nothing is: that is asked in ready SQL, for writing the query anew costs more than answering it.
        """
        prepare = Observation._meta.get_field("uuid").get_db_prep_value
        values = [prepare(uuid, connection) for uuid in (*uuids, *own)]
        here, waiting = (", ".join(["%s"] * len(part)) for part in (uuids, own))
        where = f"uuid IN ({here})" + (f" OR (is_waiting AND replaces IN ({waiting}))" if own else "")
        with prepared() if len(values) <= 2 else connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM field_observation WHERE {where} LIMIT 1", values)
            if cursor.fetchone() is None:
                return ()
        return self.filter(Q(uuid__in=uuids) | Q(is_waiting=True, replaces__in=own)).only(*KNOWN)

    def visible_to(self, user: Any) -> ObservationQuerySet:
        """Observations of the missions whose content the user sees."""
        return self.filter(mission__in=Mission.objects.open_to(user))

    def for_mission(self, mission: Mission) -> ObservationQuerySet:
        """Of one mission."""
        return self.filter(mission=mission)

    def current(self) -> ObservationQuerySet:
        """The newest of each chain of corrections: what counts."""
        return self.filter(is_current=True)

    def critical(self) -> ObservationQuerySet:
        """With a flag of severity 3."""
        return self.filter(severity=3)

    def with_names(self) -> ObservationQuerySet:
        """With form, team, station and person loaded."""
        return self.select_related("form", "form_version", "team", "station", "person", "mission")

    def received_since(self, at: datetime) -> ObservationQuerySet:
        """Received at or after an instant."""
        return self.filter(received_at__gte=at)


class Observation(Named):
    """One filled-in form. The UUID is the phone's; `raw_xml` is the evidence, `answers` the truth that is counted.

    A correction has its own UUID, names the one it `replaces` and carries the first as `root`. The server never drops
    an observation for its content: what is odd about it is in the marks (`is_…`, `flags`, `warnings`).
    """

    uuid = models.UUIDField(unique=True, editable=False)
    root = models.UUIDField(db_index=True)
    replaces = models.UUIDField(null=True, blank=True, db_index=True)
    is_current = models.BooleanField(default=True)
    is_waiting = models.BooleanField(default=False)
    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="observations")
    form = models.ForeignKey("field.Form", on_delete=models.PROTECT, related_name="observations")
    form_version = models.ForeignKey("field.FormVersion", on_delete=models.PROTECT, related_name="observations")
    device = models.ForeignKey("field.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="observations")
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="observations")
    team = models.ForeignKey("observers.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="observations")
    team_label = models.CharField(max_length=100, blank=True)
    station = models.ForeignKey("missions.Station", null=True, blank=True, on_delete=models.SET_NULL, related_name="observations")
    station_text = models.CharField(max_length=200, blank=True)
    day = models.DateField(null=True, blank=True)
    slot = models.CharField(max_length=10, choices=Slot.choices, blank=True, default="")
    setting = models.CharField(max_length=10, blank=True)
    content_hash = models.CharField(max_length=64)
    packed = models.BinaryField(null=True, blank=True)
    flags = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    broken = models.JSONField(default=list)
    unanswered = models.JSONField(default=list)
    severity = models.SmallIntegerField(null=True, blank=True)
    is_incomplete = models.BooleanField(default=False)
    is_unmatched = models.BooleanField(default=False)
    is_forced = models.BooleanField(default=False)
    is_clock_odd = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.SYNC)
    language = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    clock_offset = models.IntegerField(default=0)
    received_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    # Last on purpose: SQLite keeps a row's columns in order and need not read these pages while it counts.
    answers = models.JSONField(default=dict)
    raw_xml = models.TextField()

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["mission", "is_current", "form"], name="field_obs_counted"),
            models.Index(fields=["mission", "-received_at"], name="field_obs_newest"),
            models.Index(fields=["mission", "changed_at"], name="field_obs_changes"),
            models.Index(fields=["mission", "severity"], condition=Q(severity=3), name="field_obs_critical"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def get_absolute_url(self) -> str:
        """The record's page at the desk."""
        return reverse("field:record", args=[self.mission.reference, self.uuid])

    @property
    def place(self) -> str:
        """The station's code and name, or what was typed."""
        return f"{self.station.code} {self.station.name}".strip() if self.station else self.station_text


class StationMove(Record):
    """A record was set to another station after it was sent. The phone makes the UUID, so that sending it again moves nothing twice."""

    observation = models.ForeignKey(Observation, on_delete=models.CASCADE, related_name="station_moves")
    before = models.CharField(max_length=320, blank=True)
    after = models.CharField(max_length=320)
    reason = models.TextField(blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.observation_id} {self.after}"

    @property
    def is_phone(self) -> bool:
        """Moved by the observer, from the phone."""
        return self.made_by.startswith("device:")


class SubmissionConflict(Record):
    """The same UUID with other content: kept until a person decides."""

    submission = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, default="observation")
    raw = models.TextField()
    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="submission_conflicts")
    device = models.ForeignKey("field.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=12, choices=ConflictState.choices, default=ConflictState.OPEN)
    reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["submission", "content_hash"], name="field_conflict_once")]

    def __str__(self) -> str:
        return f"{self.submission} {self.content_hash[:8]}"


class FlagReview(Record):
    """What the desk did about one flag (`B10`) or one check across records (`P6`) of one observation."""

    observation = models.ForeignKey(Observation, on_delete=models.CASCADE, related_name="reviews")
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.NEW)
    note = models.TextField(blank=True)
    made_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["observation", "code"], name="field_review_once")]

    def __str__(self) -> str:
        return f"{self.observation_id} {self.code}"
