"""Reminders of this app: deadlines that come near, and preparations that somebody sees to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse

from accounts.enums import GlobalRole
from accounts.models import Person, User
from core import clock
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, register
from missions.enums import BEFORE_ELECTION_DAY, SEATED_ASSIGNMENTS, AssignmentRole, MeetingState, ParticipantAnswer
from missions.models import Milestone, Mission, Participant, Preparation
from missions.services.invitations import another_link, facts_for

# A deadline is announced this many days before, at nine in the morning of the mission's zone.
DAYS_BEFORE = 3
AT = time(9)
# Who has not answered an invitation is asked again after two days, then these days before, never twice within a day.
ASK_AGAIN_AFTER = timedelta(hours=48)
ASK_AGAIN_DAYS = (3, 1)
ASK_APART = timedelta(hours=24)


def pending_milestones(at: datetime) -> Iterator[Due]:
    """Open deadlines of running missions within the next days; one reminder per day on which it counts."""
    horizon = at.date() + timedelta(days=DAYS_BEFORE + 1)
    rows = Milestone.objects.open().by_day().filter(day__lte=horizon, mission__in=Mission.objects.running())
    for milestone in rows.select_related("mission", "rule"):
        day = milestone.effective_on
        zone = ZoneInfo(milestone.mission.zone)
        due_at = datetime.combine(day - timedelta(days=DAYS_BEFORE), AT, zone)
        end = datetime.combine(day + timedelta(days=1), time(0), zone)
        if not due_at <= at < end:
            continue
        for recipient in _owners(milestone):
            yield Due(
                object_uuid=milestone.uuid,
                recipient=recipient,
                occurrence=day.isoformat(),
                due_at=due_at,
                context={
                    "label": getattr(milestone.rule, f"label_{recipient.language}", milestone.rule.label_en),
                    "due_on": day.isoformat(),
                    "mission": milestone.mission.reference,
                },
                mission=milestone.mission.reference,
                url=milestone.mission.get_absolute_url(),
            )


def milestone_still_due(reminder: Reminder) -> bool:
    """Still open, on the same day, in a mission that still runs."""
    milestone = Milestone.objects.open().filter(uuid=reminder.object_id).select_related("mission").first()
    if milestone is None or milestone.mission.has_ended:
        return False
    return milestone.effective_on.isoformat() == reminder.occurrence


def pending_preparations(at: datetime) -> Iterator[Due]:
    """Open preparations with an owner in the mission, while it prepares; one reminder per day on which they are due."""
    horizon = at.date() + timedelta(days=DAYS_BEFORE + 1)
    rows = Preparation.objects.open().filter(due_on__range=(at.date() - timedelta(days=1), horizon), owner__state__in=SEATED_ASSIGNMENTS)
    rows = rows.filter(mission__state__in=BEFORE_ELECTION_DAY).exclude(owner__person__email="")
    for row in rows.select_related("mission", "kind", "owner__person"):
        zone = ZoneInfo(row.mission.zone)
        due_at = datetime.combine(row.due_on - timedelta(days=DAYS_BEFORE), AT, zone)
        if not due_at <= at < datetime.combine(row.due_on + timedelta(days=1), time(0), zone):
            continue
        recipient = _recipient(row.owner.person)
        yield Due(
            object_uuid=row.uuid,
            recipient=recipient,
            occurrence=row.due_on.isoformat(),
            due_at=due_at,
            context={
                "label": row.title or getattr(row.kind, f"label_{recipient.language}", row.label),
                "due_on": row.due_on.isoformat(),
                "mission": row.mission.reference,
            },
            mission=row.mission.reference,
            url=reverse("missions:preparations", args=[row.mission.reference]),
        )


def preparation_still_due(reminder: Reminder) -> bool:
    """Still open, on the same day, with the same owner, in a mission that still prepares."""
    row = Preparation.objects.open().filter(uuid=reminder.object_id).select_related("mission", "owner__person").first()
    if row is None or row.owner is None or row.mission.state not in BEFORE_ELECTION_DAY:
        return False
    return (row.due_on.isoformat() if row.due_on else "", row.owner.person.email) == (reminder.occurrence, reminder.address)


def _owners(milestone: Milestone) -> list[Recipient]:
    """Whom the rule names: somebody of the mission in that role, else the coordinators."""
    role = milestone.rule.owner_role
    if role in AssignmentRole.values:
        seated = milestone.mission.assignments.seated().with_role(role).select_related("person")
        found = [_recipient(row.person) for row in seated if row.person.email]
        if found:
            return found
    coordinators: QuerySet[User] = User.objects.filter(is_active=True, grants__role=GlobalRole.COORDINATOR).select_related("person")
    return [_recipient(user.person, user) for user in coordinators]


def _recipient(person: Person | None, user: User | None = None) -> Recipient:
    if person is not None and person.email:
        return Recipient(person.email, person.name, person.language, person.zone)
    return Recipient(user.email, user.name, user.language or "en") if user is not None else Recipient("")


def pending_answers(at: datetime) -> Iterator[Due]:
    """Organisations that were invited and have not answered: two days after the invitation, then three days and one day before.

    Of occasions that came close together, or passed while nothing ran, only the last one is told.
    """
    rows = Participant.objects.filter(answer=ParticipantAnswer.INVITED, invited_at__isnull=False, contact__email__gt="")
    rows = rows.filter(meeting__state=MeetingState.PLANNED, meeting__starts_at__gt=at, meeting__mission__in=Mission.objects.running())
    for row in rows.select_related("meeting__mission", "organisation", "contact"):
        passed = [(code, due_at) for code, due_at in _asking_times(row) if due_at <= at]
        if not passed or row.contact is None:
            continue
        code, due_at = passed[-1]
        yield Due(
            object_uuid=row.uuid,
            recipient=Recipient(row.contact.email, row.contact.name, row.contact.language, row.meeting.zone),
            occurrence=f"{code}:{_asked_for(row)}",
            due_at=due_at,
            context=facts_for(row),
            mission=row.meeting.mission.reference,
        )


def answer_still_due(reminder: Reminder) -> bool:
    """Still without an answer, for the same time of a meeting to come, and still for this contact."""
    row = _participant(reminder)
    if row is None or row.answer != ParticipantAnswer.INVITED or row.contact is None or row.meeting.mission.has_ended:
        return False
    to_come = row.meeting.state == MeetingState.PLANNED and row.meeting.starts_at > clock.now()
    same = reminder.occurrence.split(":", 1)[1] == _asked_for(row) and row.contact.email.lower() == reminder.address.lower()
    return to_come and same


def answer_link(reminder: Reminder) -> dict[str, Any]:
    """A fresh address by which to answer: the first one was told once and is kept nowhere."""
    row = _participant(reminder)
    return {"url": another_link(row)} if row is not None else {}


def _participant(reminder: Reminder) -> Participant | None:
    return Participant.objects.filter(uuid=reminder.object_id).select_related("meeting__mission", "organisation", "contact").first()


def _asking_times(row: Participant) -> list[tuple[str, datetime]]:
    """When this organisation is asked again: after the invitation, before the meeting, and never twice within a day."""
    zone, day, asked_at = ZoneInfo(row.meeting.zone), row.meeting.start_day, row.invited_at
    assert asked_at is not None  # the query asked for it
    wanted = [("after", asked_at + ASK_AGAIN_AFTER)]
    wanted += [(f"before{days}", datetime.combine(day - timedelta(days=days), AT, zone)) for days in ASK_AGAIN_DAYS]
    found: list[tuple[str, datetime]] = []
    last = asked_at
    for code, due_at in sorted(wanted, key=lambda item: item[1]):
        if due_at - last >= ASK_APART and due_at < row.meeting.starts_at:
            found.append((code, due_at))
            last = due_at
    return found


def _asked_for(row: Participant) -> str:
    """Which asking this is: a meeting that moved, or an invitation sent again, is another one."""
    return f"{row.meeting.starts_at:%Y%m%dT%H%M}:{row.invited_at:%Y%m%dT%H%M}" if row.invited_at else ""


def register_all() -> None:
    """Register the rules; called once from `MissionsConfig.ready()`."""
    unanswered = "missions/mail/meeting_unanswered"
    register(ReminderRule("missions.meeting_unanswered", pending_answers, answer_still_due, unanswered, fill=answer_link))
    register(ReminderRule("missions.milestone_due", pending_milestones, milestone_still_due, "missions/mail/milestone_due"))
    register(ReminderRule("missions.preparation_due", pending_preparations, preparation_still_due, "missions/mail/preparation_due"))
