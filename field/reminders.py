"""Reminders of this app: the form of an opening that has not come, and at night the forms a team still owes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from itertools import product
from zoneinfo import ZoneInfo

from django.db.models import Max, Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import GlobalRole
from accounts.services.recipients import holders_of, recipient_of
from core import clock
from core.enums import Timing, Unit
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, offsets_of, register
from field.enums import STATION_STAGES, ReviewState
from field.models import Observation
from field.services.live import missing_openings
from missions.enums import AssignmentRole, MissionState
from missions.models import Mission
from observers.enums import StopOutcome
from observers.models import Stop, Team, TeamMember

OPENING, FORMS = "field.opening_missing", "field.forms_missing"
SILENT, FLAG = "field.team_silent", "field.flag_unread"
LATE_FORM = timedelta(hours=3)
FIRST_MINUTES = 90
GIVE_UP = timedelta(hours=14)
NIGHT = time(22, 30)
RUNNING = (MissionState.ELECTION_DAY, MissionState.DEBRIEFING)
NOT_VISITED = (StopOutcome.NOT_REACHED, StopOutcome.REFUSED, StopOutcome.CLOSED)


def _recipients(team: Team) -> list[Recipient]:
    rows = TeamMember.objects.filter(team=team, left_at__isnull=True).select_related("person")
    return [recipient_of(row.person) for row in rows if row.person.email]


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
                    context={"mission": mission.reference, "team": stop.team.label_in(recipient.language), "station": stop.station.label},
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
                    context={"mission": mission.reference, "team": team.label_in(recipient.language), "missing": owed(team)},
                    mission=mission.reference,
                    url="/field/",
                    expires_at=due_at + GIVE_UP,
                )


def night_still_due(reminder: Reminder) -> bool:
    """The team still owes something."""
    team = Team.objects.filter(uuid=reminder.object_id).first()
    return team is not None and owed(team) > 0


def leaders_of(mission: Mission, *, everybody: bool = True) -> list[Recipient]:
    """The head of delegation; with `everybody` the coordinators as well. Where there is no head, the coordinators."""
    heads = mission.assignments.seated().with_role(AssignmentRole.HEAD).exclude(person__email="").select_related("person")
    people = [row.person for row in heads]
    if everybody or not people:
        people += holders_of(GlobalRole.COORDINATOR)
    return [recipient_of(one) for one in {one.pk: one for one in people}.values()]


def last_heard(team: Team) -> datetime | None:
    """When the last form of a team came; before the first, when its first stop was planned. None without a plan."""
    came = Observation.objects.filter(team=team).aggregate(at=Max("received_at"))["at"]
    return came or Stop.objects.filter(team=team).aggregate(at=Min("planned_at"))["at"]


def pending_silence(at: datetime) -> Iterator[Due]:
    """Teams on their polling day of which nothing came for so many minutes, until their last stop was planned."""
    offsets, now = [timedelta(minutes=minutes) for minutes in offsets_of(SILENT)], clock.now()
    for mission in Mission.objects.filter(state__in=RUNNING):
        zone = ZoneInfo(mission.zone)
        for team in Team.objects.filter(mission=mission, day=now.astimezone(zone).date()):
            heard, end = last_heard(team), Stop.objects.filter(team=team).aggregate(at=Max("planned_at"))["at"]
            if heard is None or end is None or not owed(team):
                continue
            url = reverse("field:live", args=[mission.reference])
            since = heard.astimezone(zone).strftime("%H:%M")
            for recipient, after in product(leaders_of(mission), offsets):
                if heard + after <= min(at, end + LATE_FORM):
                    yield Due(
                        object_uuid=team.uuid,
                        recipient=recipient,
                        occurrence=f"{heard.isoformat()}+{int(after.total_seconds() // 60)}",
                        due_at=heard + after,
                        context={"mission": mission.reference, "team": team.label_in(recipient.language), "since": since},
                        mission=mission.reference,
                        url=url,
                        expires_at=end + GIVE_UP,
                    )


def silence_still_due(reminder: Reminder) -> bool:
    """Nothing came since."""
    team = Team.objects.filter(uuid=reminder.object_id).first()
    heard = last_heard(team) if team else None
    return heard is not None and reminder.occurrence.startswith(f"{heard.isoformat()}+")


def pending_flags(at: datetime) -> Iterator[Due]:
    """Flags of severity 3 that nobody looked at: first to the head of delegation, then to the coordinators too."""
    offsets = sorted(offsets_of(FLAG))
    rows = Observation.objects.current().critical().filter(mission__state__in=RUNNING, received_at__gt=clock.now() - GIVE_UP)
    for row in rows.select_related("mission", "team").only("uuid", "flags", "received_at", "team", "mission"):
        seen = set(row.reviews.exclude(state=ReviewState.NEW).values_list("code", flat=True))
        for code in sorted(code for code, severity in row.flags.items() if severity == 3 and code not in seen):
            for step, minutes in enumerate(offsets):
                due_at = row.received_at + timedelta(minutes=minutes)
                for recipient in leaders_of(row.mission, everybody=step > 0) if due_at <= at else []:
                    yield Due(
                        object_uuid=row.uuid,
                        recipient=recipient,
                        occurrence=f"{code}+{minutes}",
                        due_at=due_at,
                        context={
                            "mission": row.mission.reference,
                            "code": code,
                            "team": row.team.label_in(recipient.language) if row.team else "?",
                            "received": row.received_at.astimezone(ZoneInfo(row.mission.zone)).strftime("%H:%M"),
                        },
                        mission=row.mission.reference,
                        url=row.get_absolute_url(),
                        expires_at=row.received_at + GIVE_UP,
                        series=code,
                    )


def flag_still_due(reminder: Reminder) -> bool:
    """Nobody looked at it, and no correction took it back."""
    code = reminder.occurrence.rsplit("+", 1)[0]
    row = Observation.objects.current().filter(uuid=reminder.object_id).first()
    return row is not None and row.flags.get(code) == 3 and not row.reviews.filter(code=code).exclude(state=ReviewState.NEW).exists()


def register_rules() -> None:
    """Register the rules: all are duties, told at once."""
    duty = partial(ReminderRule, timing=Timing.AT_ONCE, is_duty=True)
    urgent = partial(duty, unit=Unit.MINUTES)
    silence = {"label": _("A team is silent on polling day"), "anchor": _("after its last form")}
    register(urgent(SILENT, pending_silence, silence_still_due, "field/mail/team_silent", offsets=(120,), **silence))
    flag = {
        "label": _("Nobody looked at a critical flag (first the head of delegation, then the coordinators)"),
        "anchor": _("after it came"),
    }
    register(urgent(FLAG, pending_flags, flag_still_due, "field/mail/flag_unread", offsets=(20, 10), **flag))
    opening = {"label": _("The form of an opening has not come"), "anchor": _("after the planned time")}
    register(urgent(OPENING, pending_openings, opening_still_due, "field/mail/opening_missing", offsets=(FIRST_MINUTES,), **opening))
    night = _("Forms are missing at the end of the day (half past ten in the evening)")
    register(duty(FORMS, pending_nights, night_still_due, "field/mail/forms_missing", label=night))
