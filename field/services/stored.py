"""What polling day holds about a person (`accounts.stored`): phones, and what they wrote."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import stored
from accounts.models import Person
from field.models import Attachment, Device, EnrolmentCode, Incident, Note, Observation


def register() -> None:
    """Register the sections of field. Safe to repeat."""
    stored.register(60, "phones", _("Phones"), phones, models=("field.Device", "field.EnrolmentCode"))
    stored.register(61, "observations", _("Observations"), observations, models=("field.Observation",))
    stored.register(62, "notes", _("Notes"), notes, models=("field.Note",))
    stored.register(63, "pictures", _("Pictures"), pictures, models=("field.Attachment",))
    stored.register(64, "incidents", _("Incidents in hand"), incidents, models=("field.Incident",))


def phones(person: Person) -> Iterable[dict[str, Any]]:
    """Phones enrolled and codes made; no token and no code."""
    devices = Device.objects.filter(person=person).order_by("pk")
    codes = EnrolmentCode.objects.filter(person=person).select_related("mission").order_by("pk")
    return [
        *stored.values(devices, "name", "platform", "app_version", "language", "created_at", "last_seen_at", "expires_at", "revoked_at"),
        *stored.values(codes, "mission__reference", "created_at", "expires_at", "used_at"),
    ]


def observations(person: Person) -> Iterable[dict[str, Any]]:
    """Forms that the person filled in; their content belongs to the mission and is named by uuid."""
    rows = Observation.objects.filter(person=person).select_related("mission", "station", "form").order_by("pk")
    return stored.values(rows, "uuid", "mission__reference", "form__code", "station__code", "day", "is_current")


def notes(person: Person) -> Iterable[dict[str, Any]]:
    """Notes that the person wrote."""
    rows = Note.objects.filter(person=person).select_related("mission").order_by("pk")
    return stored.values(rows, "uuid", "mission__reference", "topic", "text", "place", "at", "access")


def pictures(person: Person) -> Iterable[dict[str, Any]]:
    """Pictures that the person sent."""
    rows = Attachment.objects.filter(person=person).select_related("mission").order_by("pk")
    return stored.values(rows, "uuid", "mission__reference", "name", "size", "state", "created_at")


def incidents(person: Person) -> Iterable[dict[str, Any]]:
    """Incidents that the person took in hand."""
    rows = Incident.objects.filter(owner__person=person).select_related("mission").order_by("pk")
    return stored.values(rows, "uuid", "mission__reference", "kind", "state", "happened_at")
