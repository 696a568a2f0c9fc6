"""Reminders to answer: an invitation to a delegation, a call for interest, a nomination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.services.recipients import recipient_of
from core import clock
from core.models import Reminder
from core.reminders import Due, ReminderRule, end_of, morning_of, offsets_of
from missions.enums import AssignmentState
from missions.models import Assignment
from observers.models import CallRecipient, Interest, Invitation, Nomination
from observers.services.calls import another_link, letter_context
from observers.services.eligibility import mission_days
from observers.services.nominations import link_to_accept, unanswered_nominations
from observers.services.reminding import said_of

ANSWER, CALL, NOMINATION = "observers.answer_invitation", "observers.answer_call", "observers.accept_nomination"


def pending_answers(at: datetime) -> Iterable[Due]:
    """Invitations still open so many days before their answer is due."""
    offsets = offsets_of(ANSWER)
    rows = Invitation.objects.filter(assignment__state=AssignmentState.ASKED).select_related("assignment__mission", "assignment__person")
    for row in rows:
        assignment = row.assignment
        for days in offsets:
            due = morning_of(row.answer_by - timedelta(days=days), assignment.person.zone)
            if row.sent_at < due <= at:
                context = said_of(assignment.mission, assignment.person.language, answer_by=row.answer_by)
                yield Due(
                    assignment.uuid,
                    recipient_of(assignment.person),
                    f"{row.answer_by}-{days}",
                    due,
                    context,
                    assignment.mission.reference,
                    expires_at=end_of(row.answer_by, assignment.person.zone),
                )


def answer_is_due(reminder: Reminder) -> bool:
    """The invitation is still unanswered."""
    return Assignment.objects.filter(uuid=reminder.object_id, state=AssignmentState.ASKED).exists()


def answers_are_due(rows: Sequence[Reminder]) -> set[int]:
    """The same for many."""
    asked = Assignment.objects.filter(uuid__in={row.object_id for row in rows}, state=AssignmentState.ASKED)
    uuids = {str(uuid) for uuid in asked.values_list("uuid", flat=True)}
    return {row.pk for row in rows if row.object_id in uuids}


def pending_calls(at: datetime) -> Iterable[Due]:
    """Calls for interest without an answer so many days before it is due."""
    offsets = offsets_of(CALL)
    rows = CallRecipient.objects.filter(call__withdrawn_at__isnull=True, call__answer_by__gte=clock.today(), sent_at__isnull=False)
    rows = rows.exclude(person__email="").exclude(
        Exists(Interest.objects.filter(mission=OuterRef("call__mission"), person=OuterRef("person")))
    )
    for row in rows.select_related("person", "call__mission__election").prefetch_related("call__mission__polling_days"):
        person, day, mission = row.person, row.call.answer_by, row.call.mission
        for days in offsets:
            due = morning_of(day - timedelta(days=days), person.zone)
            if row.sent_at is not None and row.sent_at < due <= at:
                to = recipient_of(person)
                end = end_of(day, person.zone)
                yield Due(row.uuid, to, f"{day}-{days}", due, letter_context(row), mission.reference, expires_at=end)


def call_is_due(reminder: Reminder) -> bool:
    """Still unanswered, and the day to answer by is the same."""
    row = CallRecipient.objects.filter(uuid=reminder.object_id, call__withdrawn_at__isnull=True).select_related("call").first()
    if row is None or not reminder.occurrence.startswith(row.call.answer_by.isoformat()):
        return False
    return not Interest.objects.filter(mission=row.call.mission_id, person=row.person_id).exists()


def call_link(reminder: Reminder) -> dict[str, Any]:
    """A fresh link for the reminder: the one in the letter is not stored."""
    row = CallRecipient.objects.select_related("person", "call__mission").get(uuid=reminder.object_id)
    return {"url": another_link(row)}


def pending_nominations(at: datetime) -> Iterable[Due]:
    """People whom a group nominated and who have not said whether they accept, so many days after the nomination."""
    offsets = offsets_of(NOMINATION)
    for row in unanswered_nominations().prefetch_related("mission__polling_days"):
        person, mission = row.person, row.mission
        day = row.created_at.astimezone(ZoneInfo(person.zone)).date()
        first, last = mission_days(mission)
        words = {"group": row.group.name_in(person.language), "first": first, "last": last}
        for days in offsets:
            due = morning_of(day + timedelta(days=days), person.zone)
            if row.created_at < due <= at:
                to = recipient_of(person)
                context = said_of(mission, person.language, **words)
                yield Due(row.uuid, to, f"{day}+{days}", due, context, mission.reference, expires_at=end_of(first, person.zone))


def nomination_is_due(reminder: Reminder) -> bool:
    """It still stands, and its person has neither answered nor been asked into the delegation."""
    return unanswered_nominations().filter(uuid=reminder.object_id).exists()


def nomination_link(reminder: Reminder) -> dict[str, Any]:
    """A fresh link by which to answer."""
    return {"url": link_to_accept(Nomination.objects.select_related("mission", "person").get(uuid=reminder.object_id))}


RULES = (
    ReminderRule(
        ANSWER,
        pending_answers,
        answer_is_due,
        "observers/mail/remind_answer",
        label=_("Answer the invitation to a delegation"),
        anchor=_("before the answer is due"),
        offsets=(3, 1),
        is_duty=True,
        still_due_many=answers_are_due,
    ),
    ReminderRule(
        CALL,
        pending_calls,
        call_is_due,
        "observers/mail/remind_call",
        fill=call_link,
        label=_("Answer a call for interest"),
        anchor=_("before the answer is due"),
        offsets=(3, 1),
    ),
    ReminderRule(
        NOMINATION,
        pending_nominations,
        nomination_is_due,
        "observers/mail/accept_nomination",
        fill=nomination_link,
        label=_("Accept a nomination"),
        anchor=_("after the nomination"),
        offsets=(1, 4, 7),
    ),
)
