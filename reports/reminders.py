"""Reminders of this app: the one-year check of adopted recommendations (observation-rules F1) and an embargo that ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from django.urls import reverse

from accounts.enums import GlobalRole
from accounts.models import User
from core import clock
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, register
from missions.models import Mission
from missions.models.country import localised
from reports.models import Recommendation
from reports.services.followup import ONE_YEAR, one_year_check_due

ONE_YEAR_CODE = "reports.one_year"
NOTICE = timedelta(days=14)


def recipients_of(mission: Mission) -> list[Recipient]:
    """Coordinators and the mission's rapporteurs, each in their own language and zone."""
    people = {row.person for row in mission.assignments.confirmed().with_role("rapporteur").select_related("person")}
    people |= {
        user.person
        for user in User.objects.filter(grants__role=GlobalRole.COORDINATOR, is_active=True).select_related("person")
        if user.person
    }
    return [Recipient(address=one.email, name=one.name, language=one.language, zone=one.zone) for one in people if one.email]


def pending_one_year(at: datetime) -> Iterable[Due]:
    """One occasion per mission and reader, a fortnight before its recommendations have been adopted for a year."""
    day = at.date() + NOTICE
    rows = one_year_check_due(day).select_related("mission__country").order_by("mission", "number")
    missions: dict[int, tuple[Mission, list[Recommendation]]] = {}
    for row in rows:
        missions.setdefault(row.mission_id, (row.mission, []))[1].append(row)
    for mission, waiting in missions.values():
        adopted_on = min(row.adopted_on for row in waiting if row.adopted_on)
        due = datetime.combine(adopted_on + timedelta(days=ONE_YEAR) - NOTICE, time(7), UTC)
        for recipient in recipients_of(mission):
            yield Due(
                object_uuid=mission.uuid,
                recipient=recipient,
                occurrence=f"adopted-{adopted_on.isoformat()}",
                due_at=due,
                context={
                    "mission": mission.reference,
                    "country": localised(mission.country, "name", recipient.language),
                    "count": len(waiting),
                    "adopted_on": adopted_on.isoformat(),
                    "year_on": (adopted_on + timedelta(days=ONE_YEAR)).isoformat(),
                },
                mission=mission.reference,
                url=reverse("reports:recommendations", args=[mission.reference]),
            )


def still_due_one_year(reminder: Reminder) -> bool:
    """Is there still a recommendation that nobody assessed?"""
    mission = Mission.objects.filter(uuid=reminder.object_id).first()
    if mission is None:
        return False
    return one_year_check_due(clock.today() + NOTICE).filter(mission=mission).exists()


def register_all() -> None:
    """Register the rules."""
    register(ReminderRule(ONE_YEAR_CODE, pending_one_year, still_due_one_year, "reports/mail/one_year"))
