"""Reminders of this app: the one-year check of adopted recommendations (observation-rules F1) and an embargo that ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import GlobalRole
from accounts.models import User
from core import clock
from core.enums import Timing
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, offsets_of, register
from missions.models import Mission
from missions.models.country import localised
from reports.models import Recommendation
from reports.services.followup import ONE_YEAR, one_year_check_due

ONE_YEAR_CODE = "reports.one_year"
FIRST_DISTANCE = 14


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
    """One occasion per mission, reader and distance before its recommendations have been adopted for a year."""
    offsets = offsets_of(ONE_YEAR_CODE)
    rows = (
        one_year_check_due(at.date() + timedelta(days=max(offsets, default=0)))
        .select_related("mission__country")
        .order_by("mission", "number")
    )
    missions: dict[int, tuple[Mission, list[Recommendation]]] = {}
    for row in rows:
        missions.setdefault(row.mission_id, (row.mission, []))[1].append(row)
    for mission, waiting in missions.values():
        adopted_on = min(row.adopted_on for row in waiting if row.adopted_on)
        year_on = adopted_on + timedelta(days=ONE_YEAR)
        for recipient, days in product(recipients_of(mission), offsets):
            due = datetime.combine(year_on - timedelta(days=days), time(7), UTC)
            if due > at:
                continue
            yield Due(
                object_uuid=mission.uuid,
                recipient=recipient,
                occurrence=_occurrence(adopted_on, days),
                due_at=due,
                context={
                    "mission": mission.reference,
                    "country": localised(mission.country, "name", recipient.language),
                    "count": len(waiting),
                    "adopted_on": adopted_on.isoformat(),
                    "year_on": year_on.isoformat(),
                },
                mission=mission.reference,
                url=reverse("reports:recommendations", args=[mission.reference]),
            )


def _occurrence(adopted_on: date, days: int) -> str:
    """The first distance there was carries the day alone: what was sent before there were others is not sent again."""
    return f"adopted-{adopted_on.isoformat()}" if days == FIRST_DISTANCE else f"adopted-{adopted_on.isoformat()}-{days}"


def still_due_one_year(reminder: Reminder) -> bool:
    """Is there still a recommendation that nobody assessed?"""
    mission = Mission.objects.filter(uuid=reminder.object_id).first()
    if mission is None:
        return False
    return one_year_check_due(clock.today() + timedelta(days=max(offsets_of(ONE_YEAR_CODE), default=0))).filter(mission=mission).exists()


def register_all() -> None:
    """Register the rules."""
    register(
        ReminderRule(
            ONE_YEAR_CODE,
            pending_one_year,
            still_due_one_year,
            "reports/mail/one_year",
            label=_("Recommendations are soon one year old and not assessed"),
            anchor=_("before the year is over"),
            offsets=(FIRST_DISTANCE,),
            timing=Timing.WORKDAYS,
            is_duty=True,
            expires_after=timedelta(days=60),
        )
    )
