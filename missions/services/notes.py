"""Notes of meetings, who was there, and what was promised: evidence for findings later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.enums import Access
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import MeetingState, Rating
from missions.models import Assignment, Meeting, MeetingNote, MeetingTask
from missions.validators import validate_topic


@transaction.atomic
def write_note(
    meeting: Meeting, *, by: Actor, topic: str, text: str, access: str = Access.TEAM, rating: str = Rating.NOT_ASSESSED
) -> MeetingNote:
    """Write a note on one topic (L01-L21) with its rating and access level. Raises Invalid for an empty text or an unknown topic."""
    authorize(by, "missions.write_note", meeting)
    try:
        validate_topic(topic)
    except ValidationError as error:
        raise Invalid(error.messages[0], attr="topic") from None
    if not text.strip():
        raise Invalid(_("The note is empty."), attr="text")
    if access not in Access.values:
        raise Invalid(_("There is no such access level."), attr="access")
    if rating not in Rating.values:
        raise Invalid(_("There is no such rating."), attr="rating")
    note = MeetingNote.objects.create(
        meeting=meeting, topic=topic, rating=rating, text=text.strip(), access=access, written_by=str(by), author=by.person
    )
    audit.record(by, "missions.note_written", meeting, data={"topic": topic, "access": access, "rating": rating})
    return note


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


def _check_begun(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise NotNow(_("The meeting was cancelled."), code="meeting_closed")
    if meeting.state == MeetingState.PLANNED and meeting.starts_at > clock.now():
        raise NotNow(_("The meeting has not begun."), code="meeting_not_begun")
