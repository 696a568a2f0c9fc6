"""Polling days seen from a mission: what moving, adding or removing one would do, before it is done (observation-rules A9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions import joining
from missions.enums import ENDED, FIELD_FORMATS, ROAD, MissionFormat, MissionState, VisitKind
from missions.models import Election, Mission, PollingDay
from missions.services.deadlines import Change, milestone_changes
from missions.services.missions import (
    add_polling_day,
    change_mission,
    change_polling_day,
    check_hours,
    choose_polling_days,
    create_mission,
    default_days,
    plan_visit,
)
from missions.services.preparations import PreparationChange, preparation_changes
from missions.services.visits import VisitOutlook, move_visits, visit_outlooks

OBSERVED = frozenset(ROAD[ROAD.index(MissionState.ELECTION_DAY) :])


@dataclass(frozen=True)
class Outlook:
    """What another set of polling days would do to one mission; nothing is saved.

    days_by: by how many days its first polling day moves. is_outside: it would lie outside the days of the mission. visits: those that
    hang on a polling day that moves. main_meetings: planned meetings of the main visit, which stay on their days if it moves.
    is_new: the mission would be opened; what is told of it is what it would begin with.
    """

    mission: Mission
    changes: list[Change] = field(default_factory=list)
    preparations: list[PreparationChange] = field(default_factory=list)
    days_by: int = 0
    is_outside: bool = False
    visits: list[VisitOutlook] = field(default_factory=list)
    main_meetings: int = 0
    is_new: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing would change."""
        return not (self.changes or self.preparations or self.is_outside or self.visits or self.is_new)


def outlook(mission: Mission, polling: Iterable[date], *, moved: tuple[date, date] | None = None) -> Outlook:
    """What the mission would look like with these polling days. moved: the one that moves, from and to, where it is one."""
    days, before = sorted(polling), mission.polling_day
    first = days[0] if days else None
    is_outside = bool(
        first
        and mission.format in FIELD_FORMATS
        and mission.first_day
        and mission.last_day
        and not mission.first_day <= first <= mission.last_day
    )
    days_by = (first - before).days if first and before else 0
    main = mission.meetings.planned().filter(visit__kind=VisitKind.MAIN) if is_outside and days_by else None
    return Outlook(
        mission,
        milestone_changes(mission, days),
        preparation_changes(mission, days),
        days_by,
        is_outside,
        visit_outlooks(mission, days_by=days_by, moved=moved),
        main.count() if main is not None else 0,
    )


def outlook_of_move(polling_day: PollingDay, day: date, *, opens_at: time | None = None, closes_at: time | None = None) -> list[Outlook]:
    """What moving a polling day does to every mission that observes it. Raises what `move_polling_day` would."""
    check_movable(polling_day, day)
    check_day(polling_day.election, day, opens_at, closes_at, leave_out=polling_day)
    rows = polling_day.missions.prefetch_related("polling_days").order_by("reference")
    moved = (polling_day.day, day)
    return [
        outlook(mission, [day if row.pk == polling_day.pk else row.day for row in mission.polling_days.all()], moved=moved)
        for mission in rows
    ]


@transaction.atomic
def move_polling_day(
    polling_day: PollingDay,
    *,
    by: Actor,
    day: date,
    opens_at: time | None,
    closes_at: time | None,
    shift_days: bool = False,
    visits: Collection[UUID] | None = None,
) -> list[Change]:
    """Move a polling day or its hours; deadlines and preparations follow, but for those moved by hand.

    shift_days: the days of each mission and its main visit move with its first polling day, where they would not fit. visits: the
    other visits that move along; None: those that lie ahead on the days the rules propose (`visits.visit_outlooks`).
    """
    authorize(by, "missions.register_request")
    outlooks = outlook_of_move(polling_day, day, opens_at=opens_at, closes_at=closes_at)
    changes = change_polling_day(polling_day, by=by, day=day, opens_at=opens_at, closes_at=closes_at)
    for item in outlooks:
        mission = item.mission
        if shift_days and item.is_outside and mission.first_day and mission.last_day:
            step = timedelta(days=item.days_by)
            change_mission(mission, by=by, first_day=mission.first_day + step, last_day=mission.last_day + step)
        move_visits(item.visits, by=by, chosen=visits)
    return changes


def check_movable(polling_day: PollingDay, day: date) -> None:
    """Raise NotNow where people observed on this day already: it stays what it was."""
    if day == polling_day.day or polling_day.day > clock.today(polling_day.election.zone):
        return
    observed = polling_day.missions.filter(state__in=OBSERVED).order_by("reference").first()
    if observed is not None:
        sentence = _("%(mission)s observed on this day already (“%(state)s”): the day stays. Only its hours can be changed.")
        values = {"mission": observed.reference, "state": observed.get_state_display()}
        raise NotNow(sentence % values, code="polling_day_observed")


def check_day(election: Election, day: date, opens_at: time | None, closes_at: time | None, *, leave_out: PollingDay | None = None) -> None:
    """Raise Invalid for hours out of order, or for a day that is a polling day of this election already."""
    check_hours(opens_at, closes_at)
    others = election.polling_days.filter(day=day)
    if (others if leave_out is None else others.exclude(pk=leave_out.pk)).exists():
        raise Invalid(_("%(day)s is already a polling day of this election.") % {"day": day}, code="polling_day_twice", attr="day")


@transaction.atomic
def add_round(
    mission: Mission,
    *,
    by: Actor,
    day: date,
    round: int = 1,
    is_repeat: bool = False,
    opens_at: time | None = None,
    closes_at: time | None = None,
    observe: bool = True,
) -> tuple[PollingDay, list[Change]]:
    """Add a second round or a repeat vote to the mission's election; `observe`: this mission observes it too.

    A second round that no visit covers gets one, on the default days around it.

    Asked twice with the same day and kind, the day that is there is answered.
    """
    authorize(by, "missions.register_request")
    known = mission.election.polling_days.filter(day=day, round=round, is_repeat=is_repeat).first()
    row = known or add_polling_day(
        mission.election, by=by, day=day, round=round, opens_at=opens_at, closes_at=closes_at, is_repeat=is_repeat
    )
    if known is None:
        audit.record(by, "missions.polling_day_added", mission, data={"round": round, "is_repeat": is_repeat})
    if not observe or mission.polling_days.filter(pk=row.pk).exists():
        return row, []
    _check_open(mission)
    changes = choose_polling_days(mission, by=by, polling_days=[*mission.polling_days.all(), row])
    covered = mission.visits.filter(starts_on__lte=day, ends_on__gte=day).exists()
    if round > 1 and mission.format in FIELD_FORMATS and not covered:
        first, last = default_days([day])
        plan_visit(mission, by=by, kind=VisitKind.SECOND_ROUND, starts_on=first or day, ends_on=last or day)
    return row, changes


@transaction.atomic
def remove_polling_day(polling_day: PollingDay, *, by: Actor) -> None:
    """Delete a day on which no vote is cast after all. Refused while a mission observes it, or where it is past."""
    authorize(by, "missions.register_request")
    observers = list(polling_day.missions.order_by("reference").values_list("reference", flat=True))
    if observers:
        sentence = _("Observed by %(missions)s: choose other polling days there first.")
        raise NotNow(sentence % {"missions": ", ".join(observers)}, code="polling_day_in_use")
    if polling_day.election.polling_days.count() == 1:
        raise NotNow(_("An election keeps at least one polling day: move it instead."), code="last_polling_day")
    audit.record(by, "missions.polling_day_removed", polling_day.election)
    polling_day.delete()


@transaction.atomic
def open_second_mission(mission: Mission, *, by: Actor, polling_days: Sequence[PollingDay]) -> Mission:
    """Open a second mission for a second round or a repeat vote; both end in one report (A9).

    It begins in `watch` with the same format and counts on the invitation and decision of the first. Asked twice for the same
    days, the mission that is there is answered. Higher apps join it to what the first has (`missions.joining`).
    """
    mission = Mission.objects.select_for_update(of=("self",)).select_related("election").get(pk=mission.pk)
    authorize(by, "missions.register_request")
    if not polling_days:
        raise Invalid(_("Choose at least one polling day."), code="polling_day_missing", attr="polling_days")
    wanted = {row.pk for row in polling_days}
    for known in mission.continuations.exclude(state__in=ENDED):
        if wanted == {row.pk for row in known.polling_days.all()}:
            return known
    if wanted & {row.pk for row in mission.polling_days.all()}:
        raise NotNow(_("The first mission observes this day itself: take it out there first."), code="polling_day_in_use")
    second = create_mission(by=by, election=mission.election, format=mission.format, polling_days=list(polling_days))
    second.continues = mission
    second.save_changes("continues")
    if all(row.round > 1 for row in polling_days):
        second.visits.filter(kind=VisitKind.MAIN).update(kind=VisitKind.SECOND_ROUND)
    audit.record(by, "missions.second_mission_opened", second, data={"first": mission.reference})
    joining.join(mission, second, by=by)
    return second


def outlook_of_format(mission: Mission, format: str) -> Outlook:
    """What converting the mission to another format does to its deadlines. Raises Invalid for a format that does not exist."""
    if format not in MissionFormat.values:
        raise Invalid(_("There is no such format of a mission."), code="format", attr="format")
    converted = copy(mission)
    converted.format = format
    return outlook(converted, [row.day for row in mission.polling_days.all()])


def outlook_of_second(mission: Mission, *, by: Actor, polling_days: Sequence[PollingDay]) -> Outlook:
    """With which deadlines and days a second mission would begin: it is opened and taken back, so that nothing can differ.

    Raises what `open_second_mission` would.
    """
    found = None
    with transaction.atomic():
        known = set(mission.continuations.values_list("pk", flat=True))
        second = open_second_mission(mission, by=by, polling_days=polling_days)
        if second.pk not in known:
            rows = second.milestones.select_related("rule").order_by("due_on", "rule__order")
            changes = [Change(row.rule, None, row.due_on, is_done=row.done_at is not None) for row in rows]
            visits = [VisitOutlook(row, row.starts_on, row.ends_on) for row in second.visits.all()]
            found = Outlook(second, changes, visits=visits, is_new=True)
        transaction.set_rollback(True)
    return found or Outlook(second)


def outlook_of_round(mission: Mission, *, by: Actor, observe: str, **values: Any) -> list[Outlook]:
    """What adding a polling day would do: to this mission where it observes it, or with what a second one would begin. See `add_round`."""
    check_day(mission.election, values["day"], values.get("opens_at"), values.get("closes_at"))
    if observe == "this":
        return [outlook(mission, [*(row.day for row in mission.polling_days.all()), values["day"]])]
    if observe != "second":
        return []
    with transaction.atomic():
        row, _changes = add_round(mission, by=by, observe=False, **values)
        found = outlook_of_second(mission, by=by, polling_days=[row])
        transaction.set_rollback(True)
    return [found]


def _check_open(mission: Mission) -> None:
    if mission.has_ended:
        raise NotNow(_("The mission is over: “%(state)s”.") % {"state": mission.get_state_display()}, code="mission_over")
