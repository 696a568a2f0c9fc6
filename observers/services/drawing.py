"""Drawing teams and stops by optimisation; the seed and the bound that was reached are kept (observation-rules 6)."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import folded
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import MEMBER_ROLES, AssignmentRole
from missions.models import Assignment, Mission, Station
from observers.deployment.routes import RouteSolution, TimedStop, solve_routes, time_route
from observers.deployment.sampling import Place, choose_spread, draw_districts, draw_free, draw_stations
from observers.deployment.teams import Rider, TeamSolution, sizes_for, solve_teams
from observers.enums import AreaRule, StopKind, StopOutcome, TeamRole
from observers.models import DeploymentDraw, Stop, Team, TeamMember
from observers.services.deployment import instant_of, place_of_results, plan_content, polling_hours
from observers.services.teams import is_released, note_change, riders_for

audit.register_code("observers.deployment_drawn", gettext_lazy("Drew teams and stops."))

RIDING_ROLES = MEMBER_ROLES | {AssignmentRole.PARTNER}
VISITS = 13


@dataclass(frozen=True)
class Asked:
    """What a draw was asked, checked."""

    day: date
    opens: time
    closes: time
    teams: int
    visits: int
    seed: int
    rule: str
    level: int
    districts: list[str]
    tabulations: int

    def told(self) -> dict[str, Any]:
        """As it is kept beside the draw."""
        names = ("teams", "visits", "rule", "level", "districts", "tabulations")
        return {name: getattr(self, name) for name in names} | {"day": self.day.isoformat()}


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
    rule: str = AreaRule.STRATA,
    level: int = 0,
    tabulations: int = 0,
    with_staff: bool = False,
    reason: str = "",
) -> DeploymentDraw:
    """Draw up teams of two or three and their stops for a polling day; what was drawn before for that day is replaced.

    Who is locked in a team stays in it. teams: half of the people unless given. visits: voting visits per team beside
    opening and closing. seed: kept; from the mission's reference unless given. level: which level of the list the areas
    are (1 is the largest); 0: the districts. districts: only these areas; else all, or as many as there are teams, drawn
    by size. rule "free": each team gets an area, opening and closing are drawn in it, the visits are its own choice.
    tabulations: how many teams follow the results to where they are tabulated. The same lists and seed give the same plan.
    Once a version is released the draw is a late change with its reason, and the next version is released after it.
    Raises NotNow once the day has begun: then teams change by hand.
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
    seed = seed if seed is not None else int(hashlib.sha256(mission.reference.encode()).hexdigest()[:8], 16)
    asked = Asked(day, opens, closes, count, visits, seed, rule, level, districts or [], min(tabulations, count))
    _refuse_impossible(mission, riding, asked)
    stations = list(Station.objects.for_mission(mission).order_by("code"))
    routes, used, drawn = _ways(stations, asked)
    crews, locked = _crews(mission, assignments, riding, asked)
    left_out = _write(mission, by, asked, crews, routes, locked, assignments, {s.code: s for s in stations})
    outcome = {"districts": used, "stations": drawn, "left_out": left_out, **_reached(crews, routes), "locked": len(locked)}
    draw = DeploymentDraw.objects.create(mission=mission, seed=seed, asked=asked.told(), outcome=outcome, made_by=str(by))
    note_change(mission, by=by, code="drawn", reason=reason, data={"seed": seed, "teams": count})
    audit.record(by, "observers.deployment_drawn", mission, data={"seed": seed, "teams": count, "stations": drawn})
    return draw


def _reached(crews: TeamSolution, routes: RouteSolution) -> dict[str, Any]:
    """How good teams and routes are, and how good they could be at best."""
    return {
        "teams": {"status": crews.status, "cost": crews.objective, "bound": crews.bound, "costs": dict(crews.costs)},
        "routes": {"status": routes.assignment_status, "metres": routes.metres, "bound": routes.bound, "gap": routes.gap},
    }


def draw_one_day(mission: Mission, *, by: Actor, **asked: Any) -> list[DeploymentDraw]:
    """`draw_deployment`, for callers that draw one day or every day."""
    return [draw_deployment(mission, by=by, **asked)]


@transaction.atomic
def draw_every_day(mission: Mission, *, by: Actor, **asked: Any) -> list[DeploymentDraw]:
    """Draw each polling day of the mission by the same answers; one that cannot be drawn, and none is."""
    asked.pop("day", None)
    days = sorted(row.day for row in mission.polling_days.all())
    return [draw_deployment(mission, by=by, day=day, **asked) for day in days]


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


def _refuse_impossible(mission: Mission, riding: list[Assignment], asked: Asked) -> None:
    if len(riding) < 2:
        raise NotNow(_("Fewer than two observers are confirmed: there is no team to draw."), code="too_few_people")
    if not 1 <= asked.teams <= len(riding) // 2:
        words = {"most": len(riding) // 2, "people": len(riding)}
        raise Invalid(_("%(people)s observers make at most %(most)s teams of two.") % words, attr="teams")
    if not 0 <= asked.visits <= 40:
        raise Invalid(_("A team makes between 0 and 40 visits."), attr="visits")
    if asked.rule not in AreaRule.values:
        raise Invalid(_("There is no such rule for areas."), attr="rule")
    if not Station.objects.for_mission(mission).exists():
        raise NotNow(_("No polling stations are imported."), code="stations_missing")


def area_of(station: Station, level: int) -> str:
    """The area in which a station lies: its district, or a level of the list (1 is the largest)."""
    if not level:
        return station.district
    return station.levels[level - 1] if len(station.levels) >= level else ""


def areas_of(mission: Mission) -> dict[int, list[str]]:
    """The areas of the mission's list by level, each in its order; level 0 are the districts. One query."""
    names: dict[int, set[str]] = {0: set()}
    for district, levels in Station.objects.for_mission(mission).values_list("district", "levels").distinct():
        names[0].add(district)
        for number, name in enumerate(levels, start=1):
            names.setdefault(number, set()).add(name)
    return {number: sorted(areas - {""}, key=folded) for number, areas in sorted(names.items())}


def levels_of(areas: dict[int, list[str]]) -> list[tuple[int, str]]:
    """The levels that can be areas: number, and how many areas it has, with the first of them. areas: `areas_of`."""
    found = []
    for number, areas_here in areas.items():
        if number and len(areas_here) > 1:
            words = {"number": number, "count": len(areas_here), "first": ", ".join(areas_here[:2])[:60]}
            found.append((number, _("Level %(number)s of the list: %(count)s areas (%(first)s …)") % words))
    return found


def _ways(stations: list[Station], asked: Asked) -> tuple[RouteSolution, list[str], int]:
    """The way of each team, the areas that are used, and how many stations were drawn."""
    places = [
        Place(s.code, area_of(s, asked.level), s.municipality, s.setting, s.latitude, s.longitude)
        for s in stations
        if not asked.level or area_of(s, asked.level)
    ]
    unknown = set(asked.districts) - {p.district for p in places}
    if unknown:
        raise Invalid(_("No station lies in: %(names)s.") % {"names": ", ".join(sorted(unknown))}, attr="districts")
    if not places:
        raise Invalid(_("The list of stations has no level %(level)s.") % {"level": asked.level}, attr="level")
    used = sorted(asked.districts) if asked.districts else draw_districts(places, asked.teams, asked.seed)
    places = [p for p in places if p.district in set(used)]
    if asked.rule == AreaRule.FREE:
        drawn = draw_free(places, asked.teams, asked.seed)
        return RouteSolution(tuple(map(tuple, drawn)), 0, 0, "optimal"), used, len({p.code for way in drawn for p in way})
    sample = draw_stations(places, asked.teams * (asked.visits + 2), asked.seed)
    return solve_routes(sample, asked.teams, seed=asked.seed), used, len(sample)


def _crews(
    mission: Mission, assignments: list[Assignment], riding: list[Assignment], asked: Asked
) -> tuple[TeamSolution, dict[str, TeamMember]]:
    """The mix of the teams, and who is locked in one, by uuid of the assignment."""
    interpreters = [a for a in assignments if a.role == AssignmentRole.INTERPRETER]
    rows = TeamMember.objects.filter(team__mission=mission, day=asked.day, left_at__isnull=True, is_locked=True)
    locked = {str(row.assignment.uuid): row for row in rows.select_related("team", "assignment")}
    for row in locked.values():
        if row.team.number > asked.teams:
            words = {"team": row.team.label, "teams": asked.teams}
            sentence = _("%(team)s holds somebody who is locked in it, and only %(teams)s teams are asked: unlock them first.")
            raise Invalid(sentence % words, code="locked_team_missing", attr="teams")
    riders = riders_for([*riding, *interpreters], asked.day)
    fixed = {uuid: row.team.number for uuid, row in locked.items()}
    held = Counter(fixed[str(a.uuid)] for a in riding if str(a.uuid) in fixed)
    sizes = sizes_for(len(riding), asked.teams, held)
    for number, kept in sorted(held.items()):
        if kept > sizes[number - 1]:
            words = {"number": number, "kept": kept, "size": sizes[number - 1]}
            sentence = _("Team %(number)s has room for %(size)s observers and %(kept)s are locked in it: unlock some, or ask fewer teams.")
            raise Invalid(sentence % words, code="locks_do_not_fit", attr="teams")
    beside = [riders[a.pk] for a in interpreters]
    crews = solve_teams([riders[a.pk] for a in riding], asked.teams, fixed=fixed, interpreters=beside, seed=asked.seed)
    if crews.status == "impossible":
        sentence = _("Those who are locked leave no way to make teams, perhaps two interpreters in one team: unlock some.")
        raise Invalid(sentence, code="locks_do_not_fit", attr="teams")
    return crews, locked


def _write(
    mission: Mission,
    by: Actor,
    asked: Asked,
    crews: TeamSolution,
    routes: RouteSolution,
    locked: dict[str, TeamMember],
    assignments: list[Assignment],
    stations: dict[str, Station],
) -> list[str]:
    """Write teams, members and stops in a few queries; returns codes of stations that did not fit into the day."""
    day = asked.day
    riding_now = TeamMember.objects.filter(team__mission=mission, day=day)
    if is_released(mission):  # who rode by a released version stays as history
        riding_now.filter(left_at__isnull=True).update(left_at=clock.now())
    else:
        riding_now.delete()
    Stop.objects.filter(mission=mission, team__day=day).delete()
    kept = {team.number: team for team in mission.teams.filter(day=day)}
    by_uuid = {str(a.uuid): a for a in assignments}
    drivers = _share_drivers(assignments, len(crews.teams), locked)
    areas = [", ".join(sorted({p.district for p in route if p.district}))[:300] for route in routes.routes]
    to_tabulation = choose_spread(areas, asked.tabulations, asked.seed)
    members, stops, left_out = [], [], []
    for index, (crew, route) in enumerate(zip(crews.teams, routes.routes, strict=True)):
        number = index + 1
        team = kept.pop(number, None) or Team(mission=mission, day=day, number=number, name=_("Team %(number)s") % {"number": number})
        team.area = areas[index]
        team.save()
        leader = _leader(crew, locked)
        seats = [(rider.uuid, TeamRole.LEADER if rider is leader else TeamRole.MEMBER) for rider in crew]
        seats += [(rider.uuid, TeamRole.INTERPRETER) for rider in (crews.interpreters[index] if crews.interpreters else ())]
        seats += [(str(driver.uuid), TeamRole.DRIVER) for driver in drivers[index]]
        members += [_member(team, by_uuid[uuid], role, is_locked=uuid in locked) for uuid, role in seats]
        timed, out = time_route(route, datetime.combine(day, time()), asked.opens, asked.closes, tabulates=index in to_tabulation)
        left_out += [p.code for p in out]
        stops += [_stop(mission, team, order, stop, stations) for order, stop in enumerate(timed, start=1)]
    Team.objects.filter(pk__in=[team.pk for team in kept.values()]).delete()
    TeamMember.objects.bulk_create(members)
    Stop.objects.bulk_create(stops)
    return sorted(left_out)


def _stop(mission: Mission, team: Team, order: int, stop: TimedStop, stations: dict[str, Station]) -> Stop:
    station = stations[stop.place.code]
    return Stop(
        team=team,
        mission=mission,
        station=station,
        kind=stop.kind,
        place=place_of_results(station) if stop.kind == StopKind.TABULATION else "",
        order=order,
        local_day=stop.starts.date(),
        local_time=stop.starts.time(),
        zone=mission.zone,
        planned_at=instant_of(stop.starts.date(), stop.starts.time(), mission.zone),
    )


def _leader(crew: tuple[Rider, ...], locked: dict[str, TeamMember]) -> Rider:
    """Who leads and is locked in the team; else who has observed before; else the first."""
    kept = next((rider for rider in crew if rider.uuid in locked and locked[rider.uuid].role == TeamRole.LEADER), None)
    return kept or next((rider for rider in crew if rider.is_experienced), crew[0])


def _member(team: Team, assignment: Assignment, role: str, *, is_locked: bool) -> TeamMember:
    return TeamMember(team=team, assignment=assignment, person=assignment.person, day=team.day, role=role, is_locked=is_locked)


def _share_drivers(assignments: list[Assignment], teams: int, locked: dict[str, TeamMember]) -> list[list[Assignment]]:
    """Drivers, one after another to the teams; who is locked stays. Others who are locked beside a team stay with it too."""
    shared: list[list[Assignment]] = [[] for _ in range(teams)]
    drivers = [a for a in assignments if a.role == AssignmentRole.DRIVER]
    for driver in drivers:
        if str(driver.uuid) in locked:
            shared[locked[str(driver.uuid)].team.number - 1].append(driver)
    free = iter(driver for driver in drivers if str(driver.uuid) not in locked)
    for seats in shared:
        if not seats and (spare := next(free, None)) is not None:
            seats.append(spare)
    return shared
