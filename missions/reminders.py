"""Reminders of this app: deadlines that come near, and organisations that have not answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.enums import GlobalRole
from accounts.models import Person, User
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, register
from missions.enums import AssignmentRole
from missions.models import Milestone, Mission

# A deadline is announced this many days before, at nine in the morning of the mission's zone.
DAYS_BEFORE = 3
AT = time(9)


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


def register_all() -> None:
    """Register the rules; called once from `MissionsConfig.ready()`."""
    register(ReminderRule("missions.milestone_due", pending_milestones, milestone_still_due, "missions/mail/milestone_due"))
