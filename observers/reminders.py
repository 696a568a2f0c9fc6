"""Reminder rules of this app: memberships that end, and those of `reminders_answers` and `reminders_papers` (DESIGN 3, "Reminders")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import product

from django.utils.translation import gettext_lazy as _

from accounts.services.recipients import coordinators
from core import clock
from core.enums import Timing
from core.models import Reminder
from core.reminders import Due, ReminderRule, end_of, morning_of, offsets_of, register
from missions.enums import LIVE_ASSIGNMENTS
from missions.models import Assignment, Mission
from observers import reminders_answers, reminders_papers
from observers.models import Membership

ENDING = "observers.membership_ending"


def pending_memberships(at: datetime) -> Iterable[Due]:
    """Memberships of people in running delegations that end soon: to the coordinators."""
    offsets, today = offsets_of(ENDING), clock.today()
    last = at.date() + timedelta(days=max(offsets, default=0) + 1)
    people = Assignment.objects.filter(state__in=LIVE_ASSIGNMENTS, mission__in=Mission.objects.running()).select_related(
        "mission", "person"
    )
    by_person: dict[int, list[Assignment]] = {}
    for row in people:
        by_person.setdefault(row.person_id, []).append(row)
    ending = Membership.objects.filter(person__in=by_person, ends_on__range=(today, last), extended_until=None)
    for membership, recipient, days in product(ending, coordinators(), offsets):
        assert membership.ends_on is not None  # the query asked for it
        due = morning_of(membership.ends_on - timedelta(days=days), clock.STRASBOURG)
        assignment = by_person[membership.person_id][0]
        if due <= at:
            yield Due(
                membership.uuid,
                recipient,
                f"{membership.ends_on}-{days}",
                due,
                {"mission": assignment.mission.reference, "person": assignment.person.name, "ends_on": membership.ends_on.isoformat()},
                assignment.mission.reference,
                assignment.mission.get_absolute_url(),
                expires_at=end_of(membership.ends_on, clock.STRASBOURG),
            )


def membership_still_ends(reminder: Reminder) -> bool:
    """It still ends on that day, and its holder is still in a running delegation."""
    row = Membership.objects.filter(uuid=reminder.object_id, extended_until=None).first()
    if row is None or not reminder.occurrence.startswith(f"{row.ends_on}-"):
        return False
    running = Mission.objects.running()
    return Assignment.objects.filter(person=row.person_id, state__in=LIVE_ASSIGNMENTS, mission__in=running).exists()


RULES = (
    ReminderRule(
        ENDING,
        pending_memberships,
        membership_still_ends,
        "observers/mail/membership_ending",
        label=_("The membership of somebody in a delegation ends"),
        anchor=_("before its last day"),
        offsets=(30, 7),
        timing=Timing.DIGEST,
    ),
)


def register_rules() -> None:
    """Register the rules of this app. Safe to repeat."""
    register(*RULES, *reminders_answers.RULES, *reminders_papers.RULES)
