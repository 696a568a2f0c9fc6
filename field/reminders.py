"""Reminders of this app: the form of an opening that has not come, and at night the forms a team still owes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core import clock
from core.enums import Timing, Unit
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, offsets_of, register
from field.enums import STATION_STAGES
from field.models import Observation
from field.services.live import missing_openings
from missions.enums import MissionState
from missions.models import Mission
from observers.enums import StopOutcome
from observers.models import Stop, Team, TeamMember

OPENING, FORMS = "field.opening_missing", "field.forms_missing"
FIRST_MINUTES = 90
GIVE_UP = timedelta(hours=14)
NIGHT = time(22, 30)
RUNNING = (MissionState.ELECTION_DAY, MissionState.DEBRIEFING)
NOT_VISITED = (StopOutcome.NOT_REACHED, StopOutcome.REFUSED, StopOutcome.CLOSED)


def _recipients(team: Team) -> list[Recipient]:
    rows = TeamMember.objects.filter(team=team, left_at__isnull=True).select_related("person")
    return [Recipient(row.person.email, row.person.name, row.person.language, row.person.zone) for row in rows if row.person.email]


def pending_openings(at: datetime) -> Iterator[Due]:
    """Openings planned so many minutes ago or more whose form A has not come."""
    offsets = [timedelta(minutes=minutes) for minutes in offsets_of(OPENING)]
    now = clock.now()
    for mission in Mission.objects.filter(state__in=RUNNING):
        for stop in missing_openings(mission, at - min(offsets)):
            if stop.outcome in NOT_VISITED or now - stop.planned_at > GIVE_UP:
                continue
            for recipient, after in product(_recipients(stop.team), offsets):
                if stop.planned_at + after > at:
                    continue
                yield Due(
                    object_uuid=stop.uuid,
                    recipient=recipient,
                    occurrence=_opening_of(stop.planned_at, after),
                    due_at=stop.planned_at + after,
                    context={"mission": mission.reference, "team": stop.team.name, "station": stop.station.label},
                    mission=mission.reference,
                    url="/field/",
                    expires_at=stop.planned_at + GIVE_UP,
                )


def _opening_of(planned_at: datetime, after: timedelta) -> str:
    """The first distance there was carries the instant alone: what was sent before there were others is not sent again."""
    minutes = int(after.total_seconds() // 60)
    return planned_at.isoformat() if minutes == FIRST_MINUTES else f"{planned_at.isoformat()}+{minutes}"


def opening_still_due(reminder: Reminder) -> bool:
    """The team has still sent no form of an opening, and the stop was not given up."""
    stop = Stop.objects.filter(uuid=reminder.object_id).exclude(outcome__in=NOT_VISITED).select_related("mission").first()
    return stop is not None and any(row.pk == stop.pk for row in missing_openings(stop.mission, stop.planned_at + timedelta(minutes=1)))


def owed(team: Team) -> int:
    """How many forms the plan expects of a team and has not got; stops that were given up are not owed."""
    expected = Stop.objects.filter(team=team).exclude(outcome__in=NOT_VISITED).count()
    came = Observation.objects.current().filter(team=team, form__stage__in=STATION_STAGES).count()
    return max(0, expected - came)


def pending_nights(at: datetime) -> Iterator[Due]:
    """Teams that owe forms at half past ten in the evening of their day."""
    for mission in Mission.objects.filter(state__in=RUNNING):
        for team in Team.objects.filter(mission=mission):
            due_at = datetime.combine(team.day, NIGHT, ZoneInfo(mission.zone))
            if not due_at <= at or clock.now() >= due_at + GIVE_UP or not owed(team):
                continue
            for recipient in _recipients(team):
                yield Due(
                    object_uuid=team.uuid,
                    recipient=recipient,
                    occurrence=team.day.isoformat(),
                    due_at=due_at,
                    context={"mission": mission.reference, "team": team.name, "missing": owed(team)},
                    mission=mission.reference,
                    url="/field/",
                    expires_at=due_at + GIVE_UP,
                )


def night_still_due(reminder: Reminder) -> bool:
    """The team still owes something."""
    team = Team.objects.filter(uuid=reminder.object_id).first()
    return team is not None and owed(team) > 0


def register_rules() -> None:
    """Register both rules."""
    register(
        ReminderRule(
            OPENING,
            pending_openings,
            opening_still_due,
            "field/mail/opening_missing",
            label=_("The form of an opening has not come"),
            anchor=_("after the planned time"),
            unit=Unit.MINUTES,
            offsets=(FIRST_MINUTES,),
            timing=Timing.AT_ONCE,
            is_duty=True,
        )
    )
    register(
        ReminderRule(
            FORMS,
            pending_nights,
            night_still_due,
            "field/mail/forms_missing",
            label=_("Forms are missing at the end of the day (half past ten in the evening)"),
            timing=Timing.AT_ONCE,
            is_duty=True,
        )
    )
