"""The deployment plan: drawn, changed by hand, released in versions, followed through the day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, Missing, NotNow
from core.rights import authorize
from core.statements import prepared
from missions.models import Mission, Station
from observers.deployment.teams import TeamRule
from observers.enums import PlanState, StopKind, StopOutcome
from observers.membership.dates import say
from observers.membership.verdicts import said_of
from observers.models import DeploymentPlan, Stop, Team
from observers.services.coverage import coverage
from observers.services.eligibility import FIELD, verdicts
from observers.services.facts import stops_of, team_of
from observers.services.teams import is_released, judge_teams, note_change

audit.register_code("observers.plan_released", gettext_lazy("Released a version of the deployment plan."))
audit.register_code("observers.team_rule_set_aside", gettext_lazy("Set a warning about teams aside when the plan was released."))
audit.register_code("observers.stop_planned", gettext_lazy("Planned a stop."))
audit.register_code("observers.stop_changed", gettext_lazy("Changed a stop."))
audit.register_code("observers.stop_removed", gettext_lazy("Removed a stop."))
audit.register_code("observers.stop_recorded", gettext_lazy("Recorded what became of a stop."))

__all__ = [
    "add_stop",
    "change_stop",
    "coverage",
    "instant_of",
    "mark_visited",
    "planned_stops",
    "plan_content",
    "polling_hours",
    "record_stop",
    "release_plan",
    "remove_stop",
    "stops_of",
    "team_of",
]

OPENS, CLOSES = time(7), time(20)
NIGHT_ENDS = time(6)
"""A count begun on polling day belongs to it until then."""


def instant_of(day: date, wall: time, zone: str, fold: int = 0) -> datetime:
    """The instant of a wall time: the derived half of a stop's time (DESIGN 3, "Times")."""
    return datetime.combine(day, wall, ZoneInfo(zone)).replace(fold=fold).astimezone(ZoneInfo("UTC"))


def polling_hours(mission: Mission, day: date | None = None) -> tuple[date, time, time]:
    """Polling day with its legal hours; the first one unless a day is given. Raises NotNow where none is known."""
    rows = sorted(mission.polling_days.all(), key=lambda row: row.day)
    row = next((r for r in rows if day is None or r.day == day), None)
    if row is None:
        raise NotNow(_("The mission has no polling day on that date."), code="no_polling_day")
    return row.day, row.opens_at or OPENS, row.closes_at or CLOSES


@transaction.atomic
def add_stop(
    team: Team,
    station: Station,
    *,
    by: Actor,
    kind: str,
    local_time: time,
    local_day: date | None = None,
    fold: int = 0,
    place: str = "",
    reason: str = "",
) -> Stop:
    """Plan a stop of a team. The same station for the same purpose is planned once.

    place: where a tabulation is; unless given, the commission of the station's municipality. A closing, count or
    tabulation before six in the morning is on the day after (DESIGN 3, "Times").
    """
    authorize(by, "observers.change_deployment", team.mission)
    if station.mission_id != team.mission_id or not station.is_listed:
        raise Invalid(_("The station is not on the list of this mission."), attr="station")
    known = team.stops.filter(station=station, kind=kind).first()
    if known is not None:
        return known
    if local_day is None and kind in {StopKind.CLOSING, StopKind.TABULATION} and local_time < NIGHT_ENDS:
        local_day = team.day + timedelta(days=1)
    day, zone = local_day or team.day, team.mission.zone
    if kind == StopKind.TABULATION:
        place = place.strip() or place_of_results(station)
    row = Stop.objects.create(
        team=team,
        mission=team.mission,
        station=station,
        kind=kind,
        local_day=day,
        local_time=local_time,
        fold=fold,
        zone=zone,
        place=place.strip()[:300],
        planned_at=instant_of(day, local_time, zone, fold),
        order=(team.stops.aggregate(last=Max("order"))["last"] or 0) + 1,
    )
    sort_stops(team)
    row.refresh_from_db(fields=["order"])
    note_change(team.mission, by=by, team=team, code="stop_added", reason=reason, data={"station": station.code, "kind": kind})
    audit.record(by, "observers.stop_planned", row, data={"station": station.code, "kind": kind})
    return row


@transaction.atomic
def change_stop(stop: Stop, *, by: Actor, local_time: time | None = None, station: Station | None = None, reason: str = "") -> Stop:
    """Move a stop to another time or station."""
    authorize(by, "observers.change_deployment", stop.mission)
    changed = []
    if local_time is not None and local_time != stop.local_time:
        stop.local_time, stop.planned_at = local_time, instant_of(stop.local_day, local_time, stop.zone, stop.fold)
        changed += ["local_time", "planned_at"]
    if station is not None and station.pk != stop.station_id:
        if station.mission_id != stop.mission_id:
            raise Invalid(_("The station is not on the list of this mission."), attr="station")
        stop.station = station
        changed.append("station")
    if changed:
        stop.save_changes(*changed)
        sort_stops(stop.team)
        note_change(
            stop.mission, by=by, team=stop.team, code="stop_changed", reason=reason, data={"stop": str(stop.uuid), "fields": changed}
        )
        audit.record(by, "observers.stop_changed", stop, fields=changed)
    return stop


@transaction.atomic
def remove_stop(stop: Stop, *, by: Actor, reason: str = "") -> None:
    """Take a stop out of the plan; one that has an outcome stays."""
    authorize(by, "observers.change_deployment", stop.mission)
    if stop.outcome != StopOutcome.PLANNED:
        raise NotNow(_("What became of this stop is recorded: it stays in the plan."), code="stop_has_outcome")
    note_change(
        stop.mission, by=by, team=stop.team, code="stop_removed", reason=reason, data={"station": stop.station.code, "kind": stop.kind}
    )
    audit.record(by, "observers.stop_removed", stop, data={"station": stop.station.code, "kind": stop.kind})
    stop.delete()


def sort_stops(team: Team) -> None:
    """Number the stops of a team by their time."""
    for number, row in enumerate(team.stops.order_by("planned_at", "pk"), start=1):
        if row.order != number:
            Stop.objects.filter(pk=row.pk).update(order=number)


@transaction.atomic
def record_stop(stop: Stop, *, by: Actor, outcome: str, reason: str = "") -> Stop:
    """Say what became of a stop: visited; not reached, refused or closed with a reason. Said twice, kept once."""
    authorize(by, "observers.record_stop", stop)
    row = Stop.objects.select_for_update().get(pk=stop.pk)
    if (row.outcome, row.reason) == (outcome, reason.strip()):
        return row
    if outcome not in StopOutcome.values:
        raise Invalid(_("There is no such outcome."), attr="outcome")
    if outcome in {StopOutcome.NOT_REACHED, StopOutcome.REFUSED, StopOutcome.CLOSED} and not reason.strip():
        raise Invalid(_("Write the reason why the station was not observed."), code="reason_missing", attr="reason")
    row.outcome, row.reason, row.outcome_at = outcome, reason.strip(), clock.now()
    row.save_changes("outcome", "reason", "outcome_at")
    audit.record(by, "observers.stop_recorded", row, fields=["outcome"], data={"outcome": outcome})
    return row


def planned_stops(seen: Collection[tuple[int, int, str]]) -> list[int]:
    """Keys of stops that are still planned though a form came from there: `(team, station, kind)` each, for `mark_visited`.

    Asked for each form that comes in, of which most come from a stop that is marked already: that costs one narrow question.
    """
    if not seen:
        return []
    teams, stations = {team for team, _station, _kind in seen}, {station for _team, station, _kind in seen}
    places = [", ".join(["%s"] * len(part)) for part in (teams, stations)]
    sql = "SELECT id, team_id, station_id, kind FROM observers_stop WHERE outcome = %s AND team_id IN ({}) AND station_id IN ({})"
    with prepared() if len(seen) == 1 else connection.cursor() as cursor:
        cursor.execute(sql.format(*places), [StopOutcome.PLANNED.value, *teams, *stations])
        return [pk for pk, *facts in cursor.fetchall() if tuple(facts) in seen]


@transaction.atomic
def mark_visited(wanted: list[int], *, by: Actor) -> list[Stop]:
    """Stops from which a form came are visited (`planned_stops`). What a person recorded stays as it is."""
    rows = list(Stop.objects.select_for_update().filter(pk__in=wanted, outcome=StopOutcome.PLANNED).order_by("pk"))
    for row in rows:
        authorize(by, "observers.record_stop", row)
        row.outcome, row.outcome_at = StopOutcome.VISITED, clock.now()
        row.save_changes("outcome", "outcome_at")
        audit.record(by, "observers.stop_recorded", row, fields=["outcome"], data={"outcome": row.outcome, "from": "form"})
    return rows


def place_of(station: Station) -> tuple[str, ...]:
    """Where a station is, for people on their way: municipality, building where the list names one, address or name."""
    return (station.municipality, station.building_name, station.address or station.name)


def place_of_results(station: Station) -> str:
    """Where the results of a station are tabulated, as far as a list tells: the commission of its municipality or district."""
    area = station.municipality or station.district
    return _("Election commission, %(area)s") % {"area": area} if area else _("Election commission")


def plan_content(mission: Mission) -> dict[str, Any]:
    """Teams, members and stops as plain data: what a release freezes and hashes."""
    teams = mission.teams.with_plan()
    return {
        "mission": mission.reference,
        "teams": [
            {
                "uuid": str(team.uuid),
                "number": team.number,
                "name": team.name,
                "day": team.day.isoformat(),
                "area": team.area,
                "members": [{"assignment": str(m.assignment.uuid), "name": m.assignment.person.name, "role": m.role} for m in team.present],
                "stops": [
                    {
                        "uuid": str(stop.uuid),
                        "kind": stop.kind,
                        "station": stop.station.code,
                        "place": stop.place or ", ".join(part for part in place_of(stop.station) if part),
                        "local_day": stop.local_day.isoformat(),
                        "local_time": stop.local_time.strftime("%H:%M"),
                        "planned_at": stop.planned_at.isoformat(),
                    }
                    for stop in sorted(team.stops.all(), key=lambda s: (s.order, s.pk))
                ],
            }
            for team in teams
        ],
    }


@transaction.atomic
def release_plan(mission: Mission, *, by: Actor, note: str = "", reasons: Mapping[str, str] | None = None) -> DeploymentPlan:
    """Release the plan to the delegation as a new version. Released twice without a change, released once.

    reasons: why a warning about teams is set aside, by code of the rule; kept with the version, beside the hashed plan.
    Raises NotNow with everything that stands in the way: R14.1-4 for everybody in a team, empty teams, teams of one
    person or of one state, teams on a day that is no polling day, and warnings without a written reason.
    """
    authorize(by, "observers.release_deployment", mission)
    mission = Mission.objects.select_for_update().get(pk=mission.pk)
    missing = missing_for_release(mission)
    warnings = warnings_for_release(mission) if not missing else []
    url = reverse("observers:deployment", args=[mission.reference])
    given = {code: reason.strip() for code, reason in (reasons or {}).items() if reason.strip()}
    for warning in warnings:
        if not (warning.reason or warning.code in given):
            sentence = _("%(sentence)s A written reason is needed.") % {"sentence": warning.sentence}
            missing.append(Missing(f"reason_{warning.code}", sentence, url))
    if missing:
        raise NotNow(_("The deployment plan cannot be released yet."), code="plan_incomplete", missing=missing)
    content = plan_content(mission)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    last = mission.deployment_plans.order_by("-version").first()
    if last is not None and last.sha256 == digest:
        return last
    if last is not None:
        mission.deployment_plans.filter(state=PlanState.RELEASED).update(state=PlanState.SUPERSEDED)
    kept_reasons = {w.code: {"teams": w.teams, "reason": given.get(w.code) or w.reason} for w in warnings}
    plan = DeploymentPlan.objects.create(
        mission=mission,
        version=(last.version if last else 0) + 1,
        content=content | {"draws": drawn_for(mission), "reasons": kept_reasons},
        sha256=digest,
        note=note.strip(),
        released_at=clock.now(),
        released_by=str(by),
    )
    audit.record(by, "observers.plan_released", mission, data={"version": plan.version, "sha256": digest})
    for code in (w.code for w in warnings if w.code in given):
        audit.record(by, "observers.team_rule_set_aside", mission, data={"rule": code, "version": plan.version})
    return plan


BESIDE = ("reasons", "draws")
"""What a version keeps beside the plan that is hashed."""


@dataclass(frozen=True)
class TeamWarning:
    """A rule that some teams do not keep and that may be set aside; `reason` is the one written for the version before."""

    code: str
    sentence: str
    teams: list[str]
    reason: str = ""


def warnings_for_release(mission: Mission, judged: Mapping[Team, list[TeamRule]] | None = None) -> list[TeamWarning]:
    """The warnings about teams, one per rule. A reason given for a released version holds while the same teams are meant.

    judged: the teams, loaded `with_plan()`, with their rules, where a page has them already.
    """
    if judged is None:
        rows = list(mission.teams.with_plan())
        rules = judge_teams(rows)
        judged = {team: rules[team.pk] for team in rows}
    last = mission.deployment_plans.filter(state=PlanState.RELEASED).first()
    before = last.content.get("reasons", {}) if last else {}
    found: dict[str, tuple[list[str], list[str]]] = {}
    for team, kept in judged.items():
        for rule in kept:
            if rule.level == "warning" and team.present:
                uuids, said = found.setdefault(rule.code, ([], []))
                uuids.append(str(team.uuid))
                said.append(said_of(name_among(team, judged), rule.sentence))
    return [
        TeamWarning(code, " ".join(said), uuids, before[code]["reason"] if before.get(code, {}).get("teams") == uuids else "")
        for code, (uuids, said) in found.items()
    ]


def name_among(team: Team, teams: Iterable[Team]) -> str:
    """What a team is called among others: with its day where they go out on several."""
    return team.label if len({one.day for one in teams}) < 2 else f"{team.label}, {say(team.day)}"


def is_plan_changed(plan: DeploymentPlan, mission: Mission) -> bool:
    """Does the working copy differ from a released version?"""
    return {name: value for name, value in plan.content.items() if name not in BESIDE} != plan_content(mission)


def drawn_for(mission: Mission) -> list[dict[str, Any]]:
    """By which rule and seed the teams of each day were drawn, the newest draw of a day: stated in every plan."""
    found: dict[str, dict[str, Any]] = {}
    for draw in mission.deployment_draws.all():
        facts = {name: draw.asked.get(name) for name in ("rule", "level", "visits", "districts")}
        found.setdefault(draw.asked.get("day", ""), {"seed": draw.seed, "gap": draw.outcome["routes"]["gap"], **facts})
    days = {team.day.isoformat() for team in mission.teams.all()}
    return [{"day": day, **facts} for day, facts in sorted(found.items()) if day in days]


def missing_for_release(mission: Mission) -> list[Missing]:
    """What stands in the way of a release. A team that was emptied after a release rides no more, and needs nothing."""
    url = reverse("observers:deployment", args=[mission.reference])
    people_url = reverse("observers:delegation", args=[mission.reference])
    teams = list(mission.teams.with_plan())
    if not teams:
        return [Missing("no_teams", _("There are no teams yet."), url)]
    found = []
    riding = [m.assignment for team in teams for m in team.present]
    answers = verdicts({a.pk: a for a in riding}.values(), mission, stage=FIELD)
    by_pk = {a.pk: a for a in riding}
    for pk, answer in answers.items():
        found += [Missing(part.rule, said_of(by_pk[pk].person.name, part.sentence), people_url) for part in answer.parts if not part.is_ok]
    judged = judge_teams(teams)
    days = {row.day for row in mission.polling_days.all()}
    for day in sorted({team.day for team in teams} - days):
        sentence = _("Teams and stops are planned for %(day)s, which is no polling day of the mission.")
        found.append(Missing("plan_on_other_day", sentence % {"day": say(day)}, url))
    released = is_released(mission)
    for team in teams:
        if not team.present:
            if released and not team.stops.all():
                continue
            found.append(Missing("team_empty", _("%(team)s has no members.") % {"team": name_among(team, teams)}, url))
        elif not team.stops.all():
            found.append(Missing("team_without_stops", _("%(team)s has no stops.") % {"team": name_among(team, teams)}, url))
        found += [
            Missing(rule.code, said_of(name_among(team, teams), rule.sentence), url)
            for rule in judged[team.pk]
            if rule.level == "breach" and team.present
        ]
    return found
