"""Devices and the one-time codes that enrol them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef
from knox.models import get_token_model

from accounts.rules import is_administrator, is_coordinator
from core.models import Record
from core.statements import prepared
from missions.models import Mission

# Who hands over a form, and to which mission: one with an assignment of that person, present or past.
MISSION = """
SELECT m.uuid FROM missions_mission m WHERE m.reference = %s
    AND EXISTS (SELECT 1 FROM missions_assignment a WHERE a.mission_id = m.id AND a.person_id = {person})
"""
SENDER_FIELDS = ("id", "uuid", "user_id", "person_id", "digest", "expires_at", "last_seen_at", "revoked_at", "is_wipe_asked")
SENDER = f"""
SELECT {", ".join(f"d.{name}" for name in SENDER_FIELDS)},
    u.is_active AS is_account_active,
    EXISTS (SELECT 1 FROM {{token}} t WHERE t.digest = d.digest) AS has_token,
    ({MISSION.format(person="d.person_id")}) AS mission_uuid
FROM field_device d JOIN accounts_user u ON u.id = d.user_id WHERE d.digest = %s
"""


class DeviceQuerySet(models.QuerySet):
    """Questions about devices."""

    def working(self) -> DeviceQuerySet:
        """Not revoked."""
        return self.filter(revoked_at__isnull=True)

    def with_token(self) -> DeviceQuerySet:
        """With `has_token`: the token still lives."""
        return self.annotate(has_token=Exists(get_token_model().objects.filter(digest=OuterRef("digest"))))

    def of_sender(self, digest: str, reference: str) -> Any:
        """The device with that digest, with `has_token`, `is_account_active` and `mission_uuid`; its other
        fields are deferred. None where there is no such device."""
        sql = SENDER.format(token=get_token_model()._meta.db_table)
        if connection.vendor != "postgresql":
            return next(iter(self.raw(sql, [reference, digest])), None)
        with prepared() as cursor:
            cursor.execute(sql, [reference, digest])
            row = cursor.fetchone()
        if row is None:
            return None
        found: Any = self.model.from_db(self.db, SENDER_FIELDS, row[: len(SENDER_FIELDS)])
        found.is_account_active, found.has_token, found.mission_uuid = row[len(SENDER_FIELDS) :]
        return found

    def mission_sent_to(self, device: Device, reference: str) -> UUID | None:
        """The UUID of the mission of that reference, if the device's person has, or had, an assignment in it."""
        with prepared() as cursor:
            cursor.execute(MISSION.format(person="%s"), [reference, device.person_id])
            row = cursor.fetchone()
        return UUID(str(row[0])) if row else None

    def for_mission(self, mission: Mission) -> DeviceQuerySet:
        """Devices of the people of a mission."""
        return self.filter(person__in=mission.assignments.values("person"))

    def visible_to(self, user: Any) -> DeviceQuerySet:
        """All for coordinators and administrators, who enrol and revoke them; else one's own."""
        if is_coordinator(user) or is_administrator(user):
            return self.all()
        return self.filter(user=user) if user and user.is_authenticated and user.is_active else self.none()


class Device(Record):
    """One person on one phone, with one knox token: the one whose hash is `digest`.

    No foreign key: the digest outlives the token, so that a revoked phone is told that it was revoked.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="devices")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="devices")
    digest = models.CharField(max_length=128, unique=True)
    name = models.CharField(max_length=100)
    platform = models.CharField(max_length=200, blank=True)
    app_version = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, default="en")
    expires_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    clock_offset = models.IntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=80, blank=True)
    is_wipe_asked = models.BooleanField(default=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class EnrolmentCode(Record):
    """A one-time code for one person. Only its hash is kept; used by conditional UPDATE, so that it works once."""

    code_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="enrolment_codes")
    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="enrolment_codes")
    made_by = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.uuid)


class FieldSettings(Record):
    """What phones may do in one mission, and whom to call first. Photos and position are off unless somebody allowed them."""

    mission = models.OneToOneField("missions.Mission", on_delete=models.CASCADE, related_name="field_settings")
    may_photograph = models.BooleanField(default=False)
    may_locate = models.BooleanField(default=False)
    emergency_number = models.CharField(max_length=20, default="112")

    def __str__(self) -> str:
        return str(self.mission_id)
