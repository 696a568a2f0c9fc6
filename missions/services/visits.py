"""Visits of a mission: their days, and whether they follow a polling day that moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import MeetingState, VisitKind
from missions.models import DeadlineRule, Mission, Visit

# Default window of a mission (observation-rules 5, end): arrive E-3, leave E+1 evening.
ARRIVE_BEFORE, LEAVE_AFTER = 3, 1
# The pre-electoral visit begins on the day that this deadline rule proposes.
PRE_ELECTORAL_RULE = "pre_electoral"


@dataclass(frozen=True)
class VisitOutlook:
    """What a moved polling day would do to one visit; nothing is saved.

    starts_on, ends_on: where it would stand. stays: why it does not follow of itself: `begun`, `held`, `past` (it would begin on a
    day that is past), or `by_hand` (its days are not those that the rules propose); empty: it follows. Only one that was set by hand
    can still be taken along. meetings: how many planned meetings it has; like those of the main visit they stay on their days.
    """

    visit: Visit
    starts_on: date
    ends_on: date
    stays: str = ""
    meetings: int = 0

    @property
    def can_follow(self) -> bool:
        """Whether the coordinator can choose."""
        return self.stays in {"", "by_hand"}

    @property
    def reason(self) -> str:
        """Why it stays, in words; empty where it follows."""
        return {
            "begun": _("It has begun or is over: it stays."),
            "held": _("A meeting of it was held: it stays."),
            "past": _("It would begin on a day that is past: it stays."),
            "by_hand": _("Its days were set by hand: it stays unless you take it along."),
        }.get(self.stays, "")


def visit_outlooks(mission: Mission, *, days_by: int, moved: tuple[date, date] | None = None) -> list[VisitOutlook]:
    """The visits that hang on a polling day that moves: the pre-electoral one on the first, that of a second round on its own.

    days_by: by how many days the first polling day moves. moved: the polling day that moves, from and to, where it is one.
    The main visit is not among them: it moves with the days of the mission.
    """
    first, found = mission.polling_day, []
    offset = DeadlineRule.objects.filter(code=PRE_ELECTORAL_RULE).values_list("offset_days", flat=True).first()
    for visit in mission.visits.all():
        if visit.kind == VisitKind.PRE_ELECTORAL and first and days_by:
            usual = offset is not None and visit.starts_on == first + timedelta(days=offset)
            found.append(_outlook(visit, timedelta(days=days_by), usual))
        elif visit.kind == VisitKind.SECOND_ROUND and moved and moved[0] != moved[1] and visit.starts_on <= moved[0] <= visit.ends_on:
            usual = (visit.starts_on, visit.ends_on) == usual_days(moved[0])
            found.append(_outlook(visit, moved[1] - moved[0], usual))
    return found


def usual_days(polling_day: date) -> tuple[date, date]:
    """The default window around a polling day."""
    return polling_day - timedelta(days=ARRIVE_BEFORE), polling_day + timedelta(days=LEAVE_AFTER)


@transaction.atomic
def move_visits(outlooks: Iterable[VisitOutlook], *, by: Actor, chosen: Collection[UUID] | None = None) -> list[Visit]:
    """Move the visits as an outlook said. chosen: those that are to follow; None: those that follow of themselves.

    A visit that cannot follow stays, chosen or not. The caller has authorised the act this is part of.
    """
    moved = []
    for row in outlooks:
        wanted = not row.stays if chosen is None else row.can_follow and row.visit.uuid in chosen
        if wanted and (row.visit.starts_on, row.visit.ends_on) != (row.starts_on, row.ends_on):
            row.visit.starts_on, row.visit.ends_on = row.starts_on, row.ends_on
            row.visit.save_changes("starts_on", "ends_on")
            audit.record(by, "missions.visit_changed", row.visit, fields=["starts_on", "ends_on"])
            moved.append(row.visit)
    return moved


@transaction.atomic
def change_visit(visit: Visit, *, by: Actor, starts_on: date, ends_on: date, is_online: bool = False, place: str = "") -> Visit:
    """Change days and place of a visit. The main visit's days are those of the mission: change them there. The same again is a no-op."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("mission").get(pk=visit.pk)
    authorize(by, "missions.change_mission", visit.mission)
    if visit.mission.has_ended:
        sentence = _("The mission is over: “%(state)s”.") % {"state": visit.mission.get_state_display()}
        raise NotNow(sentence, code="mission_over")
    if ends_on < starts_on:
        raise Invalid(_("The last day lies before the first."), code="days_out_of_order", attr="ends_on")
    if visit.kind == VisitKind.MAIN and (starts_on, ends_on) != (visit.starts_on, visit.ends_on):
        raise Invalid(_("The days of the main visit are those of the mission: change them there."), code="main_visit", attr="starts_on")
    values: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on, "is_online": is_online, "place": place.strip()}
    changed = [name for name, value in values.items() if getattr(visit, name) != value]
    for name in changed:
        setattr(visit, name, values[name])
    if changed:
        visit.save_changes(*changed)
        audit.record(by, "missions.visit_changed", visit, fields=changed)
    return visit


def _outlook(visit: Visit, step: timedelta, is_usual: bool) -> VisitOutlook:
    today, starts_on = clock.today(visit.mission.zone), visit.starts_on + step
    meetings = list(visit.meetings.exclude(state=MeetingState.CANCELLED).values_list("state", flat=True))
    if visit.starts_on <= today:
        stays = "begun"
    elif MeetingState.HELD in meetings:
        stays = "held"
    elif starts_on <= today:
        stays = "past"
    else:
        stays = "" if is_usual else "by_hand"
    return VisitOutlook(visit, starts_on, visit.ends_on + step, stays, len(meetings))
