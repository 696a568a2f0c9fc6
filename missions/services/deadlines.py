"""Deadlines of a mission: computed from polling day, moved by hand with a reason, done (observation-rules 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import INFORMATION_FORMATS, ROAD, Anchor
from missions.models import DeadlineRule, Milestone, Mission
from missions.services.preparations import recompute_preparations

# The milestone whose day stands for "adoption": the session's vote, or the committee where there is no recommendation.
ADOPTION_RULE, INFORMATION_RULE = "adoption", "committee"


@dataclass(frozen=True)
class Change:
    """What a recomputation does to one milestone; `old` is None for a new one, `new` is None for one that goes."""

    rule: DeadlineRule
    old: date | None
    new: date | None
    is_kept: bool = False  # moved by hand: the computed day changes, the day that counts does not
    kept_on: date | None = None  # the day that counts and stays, where it was moved by hand
    is_done: bool = False


def rules_for(mission: Mission) -> list[DeadlineRule]:
    """The rules that apply to the mission's format, those that others are counted from first."""
    rules = [rule for rule in DeadlineRule.objects.all() if not rule.formats or mission.format in rule.formats]
    return sorted(rules, key=lambda rule: (rule.anchor == Anchor.ADOPTION, rule.order))


def milestone_changes(mission: Mission, polling: Iterable[date] | None = None) -> list[Change]:
    """What recomputing would change, with the polling days as they are or as given; nothing is saved."""
    days = sorted(polling) if polling is not None else sorted(row.day for row in mission.polling_days.all())
    known = {row.rule_id: row for row in mission.milestones.select_related("rule")}
    changes: list[Change] = []
    computed: dict[str, date] = {}
    for rule in rules_for(mission) if days else []:
        due_on = _due_on(mission, rule, days, known, computed)
        if due_on is None:
            continue
        row = known.pop(rule.pk, None)
        computed[rule.code] = _counting_day(mission, row, due_on)
        if row is None or row.due_on != due_on:
            changes.append(_change(rule, row, due_on))
        if row is not None:
            known[rule.pk] = row
    applicable = {rule.pk for rule in rules_for(mission)}
    changes += [Change(row.rule, row.due_on, None) for row in known.values() if row.rule_id not in applicable and row.done_at is None]
    return changes


@transaction.atomic
def recompute_milestones(mission: Mission, *, by: Actor) -> list[Change]:
    """Bring milestones and preparations in step with polling days, format and rules; what was moved by hand or is done keeps its day.

    Safe to repeat: the second time nothing changes. The caller has authorised the act this is part of.
    """
    done = set(mission.milestones.filter(done_at__isnull=False).values_list("rule", flat=True))
    changes = [change for change in milestone_changes(mission) if change.rule.pk not in done]  # what is done stays as it was
    gone = [change.rule.pk for change in changes if change.new is None]
    if gone:
        mission.milestones.filter(rule__in=gone, done_at=None).delete()
    rows = [Milestone(mission=mission, rule=change.rule, due_on=change.new) for change in changes if change.new]
    # In one statement: a mission has some sixteen, and whoever opens one at the same time gets the same rows.
    Milestone.objects.bulk_create(rows, update_conflicts=True, unique_fields=["mission", "rule"], update_fields=["due_on", "updated_at"])
    recompute_preparations(mission)
    complete_reached(mission, by=by)
    if changes:
        audit.record(by, "missions.milestones_computed", mission, data={"changed": [change.rule.code for change in changes]})
    return changes


def complete_reached(mission: Mission, *, by: Actor) -> None:
    """Mark as done what the mission's state says is done. Called by the writer of the state."""
    if mission.state not in ROAD:
        return
    reached = [state.value for state in ROAD[: ROAD.index(mission.state) + 1]]
    now = clock.now()
    mission.milestones.filter(rule__done_in__in=reached, done_at=None).update(done_at=now, done_by=str(by), updated_at=now)


@transaction.atomic
def move_milestone(milestone: Milestone, *, by: Actor, to: date, reason: str) -> Milestone:
    """Set the day that counts by hand. Raises Invalid without a reason, NotNow where it is done."""
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("mission", "rule").get(pk=milestone.pk)
    authorize(by, "missions.change_milestone", milestone)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why the deadline is moved."), code="reason_missing", attr="reason")
    if milestone.done_at:
        raise NotNow(_("This deadline is already met."), code="milestone_done")
    if (milestone.moved_to, milestone.reason) == (to, reason):
        return milestone
    milestone.moved_to, milestone.reason = to, reason
    milestone.save_changes("moved_to", "reason")
    audit.record(by, "missions.milestone_moved", milestone, fields=["moved_to", "reason"], data={"rule": milestone.rule.code})
    _recompute_dependents(milestone, by=by)
    return milestone


@transaction.atomic
def complete_milestone(milestone: Milestone, *, by: Actor) -> Milestone:
    """Mark it done. Asked twice, it stays done since the first time."""
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("mission", "rule").get(pk=milestone.pk)
    authorize(by, "missions.change_milestone", milestone)
    if milestone.done_at is None:
        milestone.done_at, milestone.done_by = clock.now(), str(by)
        milestone.save_changes("done_at", "done_by")
        audit.record(by, "missions.milestone_done", milestone, data={"rule": milestone.rule.code})
        _recompute_dependents(milestone, by=by)
    return milestone


@transaction.atomic
def reopen_milestone(milestone: Milestone, *, by: Actor) -> Milestone:
    """Take back that it is done."""
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("mission", "rule").get(pk=milestone.pk)
    authorize(by, "missions.change_milestone", milestone)
    if milestone.done_at:
        milestone.done_at, milestone.done_by = None, ""
        milestone.save_changes("done_at", "done_by")
        audit.record(by, "missions.milestone_reopened", milestone, data={"rule": milestone.rule.code})
        _recompute_dependents(milestone, by=by)
    return milestone


def adoption_rule(mission: Mission) -> str:
    """The rule whose day stands for the adoption of the mission's product."""
    return INFORMATION_RULE if mission.format in INFORMATION_FORMATS else ADOPTION_RULE


def _recompute_dependents(milestone: Milestone, *, by: Actor) -> None:
    if milestone.rule.code == adoption_rule(milestone.mission):
        recompute_milestones(milestone.mission, by=by)


def _due_on(mission: Mission, rule: DeadlineRule, days: list[date], known: dict[int, Milestone], computed: dict[str, date]) -> date | None:
    if rule.anchor == Anchor.ADOPTION:
        anchor = computed.get(adoption_rule(mission))
    else:
        anchor = days[-1] if rule.anchor == Anchor.LAST_POLLING_DAY else days[0]
    return anchor + timedelta(days=rule.offset_days) if anchor else None


def _change(rule: DeadlineRule, row: Milestone | None, due_on: date) -> Change:
    if row is None:
        return Change(rule, None, due_on)
    return Change(rule, row.due_on, due_on, bool(row.moved_to or row.done_at), row.moved_to, bool(row.done_at))


def _counting_day(mission: Mission, row: Milestone | None, due_on: date) -> date:
    """The day others are counted from: when it was done (in the mission's zone), else as moved, else as computed."""
    if row is not None and row.done_at:
        return row.done_at.astimezone(ZoneInfo(mission.zone)).date()
    return row.moved_to if row is not None and row.moved_to else due_on
