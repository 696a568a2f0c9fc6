"""Drawing teams and stops by optimisation; the seed and the bound that was reached are kept (observation-rules 6)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import MEMBER_ROLES, AssignmentRole
from missions.models import Assignment, Mission, Station
from observers.deployment.routes import RouteSolution, solve_routes, time_route
from observers.deployment.sampling import Place, draw_districts, draw_stations
from observers.deployment.teams import Rider, TeamSolution, solve_teams
from observers.enums import StopOutcome, TeamRole
from observers.models import DeploymentDraw, Stop, Team, TeamMember
from observers.services.deployment import instant_of, plan_content, polling_hours
from observers.services.teams import is_released, note_change, riders_for

audit.register_code("observers.deployment_drawn", gettext_lazy("Drew teams and stops."))

RIDING_ROLES = MEMBER_ROLES | {AssignmentRole.PARTNER}
VISITS = 13


@transaction.atomic
def draw_deployment(
    mission: Mission,
    *,
    by: Actor,
    teams: int | None = None,
    visits: int = VISITS,
    seed: int | None = None,
    districts: list[str] | None = None,
    day: date | None = None,
    with_staff: bool = False,
    reason: str = "",
) -> DeploymentDraw:
    """Draw up teams of two or three and their stops for a polling day; what was drawn before for that day is replaced.

    teams: half of the people unless given. visits: voting visits per team beside opening and closing. districts: only
    these; else all, or as many as there are teams, drawn by size. seed: kept; from the mission's reference unless given.
    The same lists and seed give the same plan. Once a version is released the draw is a late change with its reason, and
    the next version is released after it. Raises NotNow once the day has begun: then teams change by hand.
    """
    authorize(by, "observers.change_deployment", mission)
    mission = Mission.objects.select_for_update().get(pk=mission.pk)
    day, opens, closes = polling_hours(mission, day)
    if mission.stops.filter(team__day=day).exclude(outcome=StopOutcome.PLANNED).exists():
        sentence = _("What became of stops on this day is recorded: change teams and stops by hand, with a reason.")
        raise NotNow(sentence, code="day_has_begun")
    assignments = list(mission.assignments.confirmed().select_related("person", "organisation__country").order_by("uuid"))
    roles = RIDING_ROLES | ({AssignmentRole.EXPERT, AssignmentRole.STAFF} if with_staff else frozenset())
    riding = [a for a in assignments if a.role in roles]
    count = teams or max(1, len(riding) // 2)
    _refuse_impossible(mission, riding, count, visits)
    seed = seed if seed is not None else int(hashlib.sha256(mission.reference.encode()).hexdigest()[:8], 16)
    stations = list(Station.objects.for_mission(mission).order_by("code"))
    places, used = _sample(stations, count, visits, seed, districts)
    riders = riders_for(riding, day)
    crews = solve_teams(list(riders.values()), count, seed=seed)
    routes = solve_routes(places, count, seed=seed)
    left_out = _write(mission, by, day, (opens, closes), crews, routes, riding, assignments, {s.code: s for s in stations})
    draw = DeploymentDraw.objects.create(
        mission=mission,
        seed=seed,
        asked={"teams": count, "visits": visits, "districts": districts or [], "day": day.isoformat()},
        outcome={
            "districts": used,
            "stations": len(places),
            "left_out": left_out,
            "teams": {"status": crews.status, "cost": crews.objective, "bound": crews.bound, "costs": dict(crews.costs)},
            "routes": {"status": routes.assignment_status, "metres": routes.metres, "bound": routes.bound, "gap": routes.gap},
        },
        made_by=str(by),
    )
    note_change(mission, by=by, code="drawn", reason=reason, data={"seed": seed, "teams": count})
    audit.record(by, "observers.deployment_drawn", mission, data={"seed": seed, "teams": count, "stations": len(places)})
    return draw


def describe_deployment(mission: Mission) -> dict[str, Any]:
    """What `deploy_teams --json` prints: the newest draw with its bound, the teams with members and stops."""
    draw = mission.deployment_draws.first()
    content = plan_content(mission)
    return {
        "seed": draw.seed if draw else None,
        "asked": draw.asked if draw else {},
        "status": draw.outcome["routes"]["status"] if draw else None,
        "gap": draw.outcome["routes"]["gap"] if draw else None,
        "teams_status": draw.outcome["teams"]["status"] if draw else None,
        "stations": draw.outcome["stations"] if draw else 0,
        "left_out": draw.outcome["left_out"] if draw else [],
        "teams": content["teams"],
    }


def _refuse_impossible(mission: Mission, riding: list[Assignment], count: int, visits: int) -> None:
    if len(riding) < 2:
        raise NotNow(_("Fewer than two observers are confirmed: there is no team to draw."), code="too_few_people")
    if not 1 <= count <= len(riding) // 2:
        words = {"most": len(riding) // 2, "people": len(riding)}
        raise Invalid(_("%(people)s observers make at most %(most)s teams of two.") % words, attr="teams")
    if not 0 <= visits <= 40:
        raise Invalid(_("A team makes between 0 and 40 visits."), attr="visits")
    if not Station.objects.for_mission(mission).exists():
        raise NotNow(_("No polling stations are imported."), code="stations_missing")


def _sample(stations: list[Station], teams: int, visits: int, seed: int, districts: list[str] | None) -> tuple[list[Place], list[str]]:
    places = [Place(s.code, s.district, s.municipality, s.setting, s.latitude, s.longitude) for s in stations]
    known = {p.district for p in places}
    unknown = set(districts or []) - known
    if unknown:
        raise Invalid(_("No station lies in: %(names)s.") % {"names": ", ".join(sorted(unknown))}, attr="districts")
    used = sorted(districts) if districts else draw_districts(places, teams, seed)
    return draw_stations([p for p in places if p.district in set(used)], teams * (visits + 2), seed), used


def _write(
    mission: Mission,
    by: Actor,
    day: date,
    hours: tuple[time, time],
    crews: TeamSolution,
    routes: RouteSolution,
    riding: list[Assignment],
    assignments: list[Assignment],
    stations: dict[str, Station],
) -> list[str]:
    """Write teams, members and stops in a few queries; returns codes of stations that did not fit into the day."""
    riding_now = TeamMember.objects.filter(team__mission=mission, day=day)
    if is_released(mission):  # who rode by a released version stays as history
        riding_now.filter(left_at__isnull=True).update(left_at=clock.now())
    else:
        riding_now.delete()
    Stop.objects.filter(mission=mission, team__day=day).delete()
    kept = {team.number: team for team in mission.teams.filter(day=day)}
    by_uuid = {str(a.uuid): a for a in riding}
    helpers = _share_helpers(assignments, len(crews.teams))
    members, stops, left_out = [], [], []
    for number, (crew, route) in enumerate(zip(crews.teams, routes.routes, strict=True), start=1):
        area = ", ".join(sorted({p.district for p in route if p.district}))[:300]
        team = kept.pop(number, None) or Team(mission=mission, day=day, number=number, name=_("Team %(number)s") % {"number": number})
        team.area = area
        team.save()
        leader = _leader(crew)
        for rider in crew:
            role = TeamRole.LEADER if rider is leader else TeamRole.MEMBER
            members.append(_member(team, by_uuid[rider.uuid], role))
        members += [
            _member(team, helper, TeamRole.INTERPRETER if helper.role == AssignmentRole.INTERPRETER else TeamRole.DRIVER)
            for helper in helpers[number - 1]
        ]
        timed, out = time_route(route, datetime.combine(day, time()), *hours)
        left_out += [p.code for p in out]
        for order, stop in enumerate(timed, start=1):
            stops.append(
                Stop(
                    team=team,
                    mission=mission,
                    station=stations[stop.place.code],
                    kind=stop.kind,
                    order=order,
                    local_day=stop.starts.date(),
                    local_time=stop.starts.time(),
                    zone=mission.zone,
                    planned_at=instant_of(stop.starts.date(), stop.starts.time(), mission.zone),
                )
            )
    Team.objects.filter(pk__in=[team.pk for team in kept.values()]).delete()
    TeamMember.objects.bulk_create(members)
    Stop.objects.bulk_create(stops)
    return sorted(left_out)


def _leader(crew: tuple[Rider, ...]) -> Rider:
    """Who has observed before leads; else the first."""
    return next((rider for rider in crew if rider.is_experienced), crew[0])


def _member(team: Team, assignment: Assignment, role: str) -> TeamMember:
    return TeamMember(team=team, assignment=assignment, person=assignment.person, day=team.day, role=role)


def _share_helpers(assignments: list[Assignment], teams: int) -> list[list[Assignment]]:
    """Interpreters and drivers, one after another to the teams."""
    shared: list[list[Assignment]] = [[] for _ in range(teams)]
    for role in (AssignmentRole.INTERPRETER, AssignmentRole.DRIVER):
        for number, helper in enumerate(a for a in assignments if a.role == role):
            if number < teams:
                shared[number].append(helper)
    return shared
