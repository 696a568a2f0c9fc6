"""What missions hold about a person (`accounts.stored`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import stored
from accounts.models import Person
from missions.models import Assignment, CalendarFeed, MeetingNote, MeetingNoteRevision, ProgrammeReading


def register() -> None:
    """Register the sections of missions. Safe to repeat."""
    stored.register(40, "missions", _("Missions"), assignments, models=("missions.Assignment",))
    stored.register(
        45, "programme", _("Programme: read, and calendar feeds"), programme, models=("missions.ProgrammeReading", "missions.CalendarFeed")
    )
    stored.register(
        46, "meeting_notes", _("Notes of meetings"), meeting_notes, models=("missions.MeetingNote", "missions.MeetingNoteRevision")
    )


def assignments(person: Person) -> Iterable[dict[str, Any]]:
    """In which missions, as what, since when."""
    rows = Assignment.objects.filter(person=person).select_related("mission", "organisation").order_by("pk")
    return stored.values(
        rows, "mission__reference", "role", "is_rapporteur", "state", "organisation__name", "asked_at", "answered_at", "confirmed_at",
        "ended_at", "answer_note", "arrives_on", "leaves_on",
    )  # fmt: skip


def programme(person: Person) -> Iterable[dict[str, Any]]:
    """Which version of a programme was read last, and which calendar feeds there are; never their addresses."""
    read = ProgrammeReading.objects.filter(person=person).select_related("mission").order_by("pk")
    feeds = CalendarFeed.objects.filter(person=person).select_related("mission").order_by("pk")
    return [
        *stored.values(read, "mission__reference", "version", "updated_at"),
        *stored.values(feeds, "kind", "mission__reference", "created_at"),
    ]


def meeting_notes(person: Person) -> Iterable[dict[str, Any]]:
    """Notes that the person wrote, and how they read before they were corrected."""
    rows = MeetingNote.objects.filter(author=person).select_related("meeting__mission").order_by("pk")
    earlier = MeetingNoteRevision.objects.filter(note__author=person).select_related("note__meeting__mission").order_by("pk")
    return [
        *stored.values(rows, "meeting__mission__reference", "meeting__title", "topic", "text", "access", "created_at"),
        *stored.values(earlier, "note__meeting__mission__reference", "note__meeting__title", "version", "topic", "text", "written_at"),
    ]
