"""Which team goes where, in which order, at what time.

Bases are chosen by exchange, then stations are given to them by CP-SAT with a number of stops per team that differs by
one at most: that step is proven. A Lagrangian bound over all choices of bases says how far the whole can be from the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from core.geometry import metres_between
from core.late import Late
from observers.deployment.sampling import Place

if TYPE_CHECKING:
    import numpy as np
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")
    np = Late("numpy")

SAME_TOWN, SAME_DISTRICT, ELSEWHERE = 3_000, 20_000, 120_000
ROAD_FACTOR, METRES_PER_MINUTE = 1.3, 800
VISIT, BEFORE_OPENING, BEFORE_CLOSING = timedelta(minutes=30), timedelta(minutes=30), timedelta(minutes=15)
OPENING = BEFORE_OPENING + timedelta(minutes=15)
"""How long an opening is watched: until a quarter of an hour after the polls open."""
COUNT = timedelta(hours=3)
"""From the close of the polls to the tabulation: the count, and the way of the results."""


@dataclass(frozen=True)
class RouteSolution:
    """Places by team, in the order of visiting; metres from the bases in all, and the proven lower bound."""

    routes: tuple[tuple[Place, ...], ...]
    metres: int
    bound: int
    assignment_status: str

    @property
    def gap(self) -> float:
        """Relative distance to the bound."""
        return round(max(0, self.metres - self.bound) / self.metres, 4) if self.metres else 0.0


def distance(one: Place, other: Place) -> int:
    """Metres: by coordinates where both have them, else a stated guess by municipality and district."""
    here, there = (one.latitude, one.longitude), (other.latitude, other.longitude)
    if here[0] is not None and here[1] is not None and there[0] is not None and there[1] is not None:
        return round(metres_between(here[0], here[1], there[0], there[1]))
    if one.code == other.code:
        return 0
    if one.district != other.district:
        return ELSEWHERE
    return SAME_TOWN if one.municipality == other.municipality else SAME_DISTRICT


def solve_routes(places: Sequence[Place], teams: int, *, seed: int = 1, limit: float = 10.0) -> RouteSolution:
    """Give the places to `teams` teams and order each team's way."""
    places = sorted(places, key=lambda p: p.code)
    if not places:
        return RouteSolution(tuple(() for _ in range(teams)), 0, 0, "optimal")
    matrix = np.array([[distance(a, b) for b in places] for a in places], dtype=np.int64)
    bases = _choose_bases(matrix, min(teams, len(places)))
    status, owner = _assign(matrix, bases, seed, limit)
    for _round in range(3):
        moved = _recentre(matrix, owner, len(bases))
        if moved == bases:
            break
        bases = moved
        status, owner = _assign(matrix, bases, seed, limit)
    metres = int(sum(matrix[i, bases[t]] for i, t in enumerate(owner)))
    groups = [[i for i, t in enumerate(owner) if t == team] for team in range(len(bases))]
    routes = [tuple(places[i] for i in _order(matrix, group, bases[t])) for t, group in enumerate(groups)]
    routes += [()] * (teams - len(routes))
    return RouteSolution(tuple(routes), metres, min(metres, lower_bound(matrix, len(bases))), status)


def _choose_bases(matrix: np.ndarray, count: int) -> list[int]:
    """Greedy choice, then exchanges while one shortens the way: the same answer each time."""
    chosen: list[int] = [int(matrix.sum(axis=0).argmin())]
    near = matrix[:, chosen[0]].copy()
    while len(chosen) < count:
        totals = np.minimum(near[:, None], matrix).sum(axis=0)
        totals[chosen] = totals.max() + 1
        chosen.append(int(totals.argmin()))
        near = np.minimum(near, matrix[:, chosen[-1]])
    for _round in range(20):
        best, change = int(matrix[:, chosen].min(axis=1).sum()), None
        for position in range(count):
            others = [c for k, c in enumerate(chosen) if k != position]
            near = matrix[:, others].min(axis=1) if others else np.full(len(matrix), np.iinfo(np.int64).max)
            totals = np.minimum(near[:, None], matrix).sum(axis=0)
            candidate = int(totals.argmin())
            if int(totals[candidate]) < best and candidate not in chosen:
                best, change = int(totals[candidate]), (position, candidate)
        if change is None:
            break
        chosen[change[0]] = change[1]
    return sorted(chosen)


def _assign(matrix: np.ndarray, bases: list[int], seed: int, limit: float) -> tuple[str, list[int]]:
    """Each place to one base, numbers per base differing by one at most, least metres: solved to the proof."""
    count, teams = len(matrix), len(bases)
    model = cp_model.CpModel()
    x = [[model.new_bool_var(f"x{i}_{t}") for t in range(teams)] for i in range(count)]
    for row in x:
        model.add_exactly_one(row)
    for t in range(teams):
        total = sum(x[i][t] for i in range(count))
        model.add(total >= count // teams)
        model.add(total <= -(-count // teams))
    # Hundreds of metres: small coefficients keep the search short, and nobody plans a day by single metres.
    model.minimize(sum(int(matrix[i, bases[t]] // 100) * x[i][t] for i in range(count) for t in range(teams)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (2**31 - 1)
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = limit
    status = solver.solve(model)
    owner = [next(t for t in range(teams) if solver.value(x[i][t])) for i in range(count)]
    return ("optimal" if status == cp_model.OPTIMAL else "feasible"), owner


def _recentre(matrix: np.ndarray, owner: list[int], teams: int) -> list[int]:
    """The best base of each group as it is now."""
    bases = []
    for team in range(teams):
        group = [i for i, t in enumerate(owner) if t == team]
        totals = matrix[np.ix_(group, group)].sum(axis=0)
        bases.append(group[int(totals.argmin())])
    return sorted(bases)


def lower_bound(matrix: np.ndarray, count: int, *, rounds: int = 300) -> int:
    """No choice of `count` bases can need fewer metres: Lagrangian bound by subgradient steps, in whole metres."""
    cost = matrix.astype(np.float64)
    prices = np.partition(cost, 1, axis=1)[:, 1] if len(cost) > 1 else np.zeros(len(cost))
    best, scale = 0.0, 1.0
    upper = float(cost[:, _choose_bases(matrix, count)].min(axis=1).sum())
    for number in range(rounds):
        reduced = np.minimum(0.0, cost - prices[:, None])
        totals = reduced.sum(axis=0)
        opened = np.argpartition(totals, count - 1)[:count]
        value = float(prices.sum() + totals[opened].sum())
        best = max(best, value)
        slope = 1.0 - (reduced[:, opened] < 0).sum(axis=1)
        norm = float((slope**2).sum())
        if norm == 0 or upper - value < 0.5:
            break
        scale *= 0.98 if number else 1.0
        prices = np.maximum(0.0, prices + 1.5 * scale * (upper - value) / norm * slope)
    return int(max(0.0, best - 1e-6))


def _order(matrix: np.ndarray, group: list[int], base: int) -> list[int]:
    """From the base to the nearest next, then without crossings (2-opt)."""
    left = set(group)
    way = [base] if base in left else [min(left)]
    left.discard(way[0])
    while left:
        way.append(min(left, key=lambda j: (int(matrix[way[-1], j]), j)))
        left.discard(way[-1])
    improved = True
    while improved:
        improved = False
        for i in range(1, len(way) - 1):
            for j in range(i + 1, len(way)):
                after = int(matrix[way[j], way[j + 1]]) if j + 1 < len(way) else 0
                now = int(matrix[way[i - 1], way[i]]) + after
                new = int(matrix[way[i - 1], way[j]]) + (int(matrix[way[i], way[j + 1]]) if j + 1 < len(way) else 0)
                if new < now:
                    way[i : j + 1] = reversed(way[i : j + 1])
                    improved = True
    return way


@dataclass(frozen=True)
class TimedStop:
    """A place with what is watched there, and when, in local wall time."""

    place: Place
    kind: str
    starts: datetime


def time_route(
    route: Sequence[Place], day: datetime, opens: time, closes: time, *, tabulates: bool = False
) -> tuple[list[TimedStop], list[Place]]:
    """Opening at the first place, visits on the way, closing and count at the last; what does not fit before closing is given back.

    `day`: midnight of the polling day, naive local time. tabulates: the results of the last place are followed to where
    they are tabulated, three hours after the polls close: that may be the next day.
    """
    if not route:
        return [], []
    stops, left_out = _timed(route, day, opens, closes)
    if tabulates:
        stops.append(TimedStop(route[-1], "tabulation", datetime.combine(day.date(), closes) + COUNT))
    return stops, left_out


def _timed(route: Sequence[Place], day: datetime, opens: time, closes: time) -> tuple[list[TimedStop], list[Place]]:
    opening = datetime.combine(day.date(), opens) - BEFORE_OPENING
    closing = datetime.combine(day.date(), closes) - BEFORE_CLOSING
    stops = [TimedStop(route[0], "opening", opening)]
    if len(route) == 1:
        return [*stops, TimedStop(route[0], "closing", closing)], []
    at, here = opening + OPENING, route[0]
    left_out: list[Place] = []
    for place in route[1:-1]:
        arrives = _quarter(at + travel(here, place))
        if arrives + VISIT + travel(place, route[-1]) > closing:
            left_out.append(place)
            continue
        stops.append(TimedStop(place, "voting", arrives))
        at, here = arrives + VISIT, place
    spare = closing - (at + travel(here, route[-1]))
    return [*_spread(stops, spare), TimedStop(route[-1], "closing", closing)], left_out


def _spread(stops: list[TimedStop], spare: timedelta) -> list[TimedStop]:
    """The spare time of the day shared among the visits, in steps of five minutes: the afternoon is observed too."""
    visits = len(stops) - 1
    if visits < 1 or spare <= timedelta(0):
        return stops
    minutes = int(spare.total_seconds() // 60)
    return [
        stop if number == 0 else replace(stop, starts=stop.starts + timedelta(minutes=minutes * (number - 1) // visits // 5 * 5))
        for number, stop in enumerate(stops)
    ]


def travel(one: Place, other: Place) -> timedelta:
    """Time on the road: 48 km/h over 1.3 times the distance, five minutes at least."""
    return timedelta(minutes=max(5, round(distance(one, other) * ROAD_FACTOR / METRES_PER_MINUTE)))


def _quarter(at: datetime) -> datetime:
    """The next full five minutes."""
    over = at.minute % 5
    return at + timedelta(minutes=(5 - over) % 5)
