"""Notes of meetings, who was there, and what was promised: evidence for findings later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules import sees_all_missions
from core import audit, clock
from core.actors import Actor
from core.enums import Access
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from missions.enums import MeetingState, Rating
from missions.models import Assignment, Meeting, MeetingNote, MeetingNoteRevision, MeetingTask
from missions.validators import validate_topic


@transaction.atomic
def write_note(
    meeting: Meeting, *, by: Actor, topic: str, text: str, access: str = Access.TEAM, rating: str = Rating.NOT_ASSESSED
) -> MeetingNote:
    """Write a note on one topic (L01-L21) with its rating and access level. Raises Invalid for an empty text or an unknown topic."""
    authorize(by, "missions.write_note", meeting)
    _check_content(topic, text, rating)
    _check_access(access)
    note = MeetingNote.objects.create(
        meeting=meeting, topic=topic, rating=rating, text=text.strip(), access=access, written_by=str(by), author=by.person
    )
    audit.record(by, "missions.note_written", meeting, data={"topic": topic, "access": access, "rating": rating})
    return note


@transaction.atomic
def correct_note(
    note: MeetingNote, *, by: Actor, topic: str, text: str, rating: str = Rating.NOT_ASSESSED, seen_version: int | None = None
) -> MeetingNote:
    """Correct one's own note; the earlier version stays as a revision. The same content again changes nothing.

    seen_version: the version that the author's page showed; another one now raises Stale.
    """
    note = MeetingNote.objects.select_for_update(of=("self",)).select_related("meeting__mission").get(pk=note.pk)
    authorize(by, "missions.correct_note", note)
    if seen_version is not None and seen_version != note.version:
        raise Stale(_("This note was corrected meanwhile; it is shown below as it is now."), code="stale")
    _check_content(topic, text, rating)
    if (note.topic, note.text, note.rating) == (topic, text.strip(), rating):
        return note
    now = clock.now()
    MeetingNoteRevision.objects.create(
        note=note,
        **{name: getattr(note, name) for name in ("version", "topic", "rating", "text", "access")},
        written_at=note.corrected_at or note.created_at,
        replaced_at=now,
        replaced_by=str(by),
        replacer=by.person,
    )
    note.topic, note.text, note.rating = topic, text.strip(), rating
    note.version, note.corrected_at = note.version + 1, now
    note.save_changes("topic", "text", "rating", "version", "corrected_at")
    audit.record(by, "missions.note_corrected", note.meeting, data={"note": str(note.uuid), "version": note.version, "topic": topic})
    return note


@transaction.atomic
def classify_note(note: MeetingNote, *, by: Actor, access: str) -> MeetingNote:
    """Set who may read a note. The same level again changes nothing; earlier versions keep the level that they had."""
    note = MeetingNote.objects.select_for_update(of=("self",)).select_related("meeting__mission").get(pk=note.pk)
    authorize(by, "missions.classify_note", note)
    _check_access(access)
    if note.access != access:
        before, note.access = note.access, access
        note.save_changes("access")
        audit.record(by, "missions.note_classified", note.meeting, data={"note": str(note.uuid), "before": before, "access": access})
    return note


def with_history(notes: Iterable[MeetingNote], user: Any) -> list[MeetingNote]:
    """The notes, each with `history`: its earlier versions that `user` may read, the newest first; one query for all.

    Who reads a note reads of its earlier versions those whose own level allowed it: what was taken out before a note was
    opened to more people stays closed.
    """
    rows = list(notes)
    found: dict[int, list[MeetingNoteRevision]] = {}
    earlier = MeetingNoteRevision.objects.filter(note__in=[row.pk for row in rows if row.version > 1]).select_related("replacer")
    if not sees_all_missions(user):
        earlier = earlier.filter(access__in=[Access.TEAM, Access.PUBLIC])
    for revision in earlier:
        found.setdefault(revision.note_id, []).append(revision)
    for row in rows:
        row.history = found.get(row.pk, [])  # type: ignore[attr-defined]
    return rows


@transaction.atomic
def note_presence(meeting: Meeting, *, by: Actor, present: Iterable[Assignment], others: str = "") -> Meeting:
    """Note who was present: people of the mission, and in words who came from the other side. The last one counts."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("mission").get(pk=meeting.pk)
    authorize(by, "missions.write_note", meeting)
    _check_begun(meeting)
    rows = list(present)
    if any(row.mission_id != meeting.mission_id for row in rows):
        raise Invalid(_("Somebody is not in this mission."), attr="present")
    meeting.present.set(rows)
    meeting.present_others, meeting.presence_at = others.strip(), clock.now()
    meeting.save_changes("present_others", "presence_at")
    audit.record(by, "missions.presence_noted", meeting, data={"present": len(rows)})
    return meeting


@transaction.atomic
def add_task(meeting: Meeting, *, by: Actor, text: str, assignment: Assignment | None = None, due_on: date | None = None) -> MeetingTask:
    """Note what somebody will do after the meeting, who, and until when."""
    meeting = Meeting.objects.select_related("mission").get(pk=meeting.pk)
    authorize(by, "missions.write_note", meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise NotNow(_("The meeting was cancelled."), code="meeting_closed")
    if not text.strip():
        raise Invalid(_("Say what is to be done."), attr="text")
    if assignment is not None and assignment.mission_id != meeting.mission_id:
        raise Invalid(_("Somebody is not in this mission."), attr="assignment")
    task = MeetingTask.objects.create(meeting=meeting, text=text.strip()[:300], assignment=assignment, due_on=due_on, written_by=str(by))
    audit.record(by, "missions.task_added", meeting, data={"task": str(task.uuid)})
    return task


@transaction.atomic
def mark_task(task: MeetingTask, *, by: Actor, done: bool) -> MeetingTask:
    """Mark a task as done, or open it again. Twice is once."""
    task = MeetingTask.objects.select_for_update(of=("self",)).select_related("meeting__mission").get(pk=task.pk)
    authorize(by, "missions.write_note", task.meeting)
    if bool(task.done_at) != done:
        task.done_at, task.done_by = (clock.now(), str(by)) if done else (None, "")
        task.save_changes("done_at", "done_by")
        audit.record(by, "missions.task_done" if done else "missions.task_reopened", task.meeting, data={"task": str(task.uuid)})
    return task


def _check_content(topic: str, text: str, rating: str) -> None:
    try:
        validate_topic(topic)
    except ValidationError as error:
        raise Invalid(error.messages[0], attr="topic") from None
    if not text.strip():
        raise Invalid(_("The note is empty."), attr="text")
    if rating not in Rating.values:
        raise Invalid(_("There is no such rating."), attr="rating")


def _check_access(access: str) -> None:
    if access not in Access.values:
        raise Invalid(_("There is no such access level."), attr="access")


def _check_begun(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise NotNow(_("The meeting was cancelled."), code="meeting_closed")
    if meeting.state == MeetingState.PLANNED and meeting.starts_at > clock.now():
        raise NotNow(_("The meeting has not begun."), code="meeting_not_begun")
