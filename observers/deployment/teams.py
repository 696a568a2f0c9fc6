"""Teams: mixed by state, group, gender and experience, with a language in common, the interpreter's too; never one state only.

Observation-rules 6 and C11, C12.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.late import Late

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")

WORKING = ("en", "fr")
LARGEST = 3
"""A team has two or three observers (observation-rules 6)."""


@dataclass(frozen=True)
class Rider:
    """Somebody who rides in a team."""

    uuid: str
    name: str
    country: str = ""
    group: str = ""
    gender: str = ""
    languages: frozenset[str] = frozenset()
    is_experienced: bool = False


@dataclass(frozen=True)
class TeamSolution:
    """Riders by team number (from 1), interpreters likewise, how sure it is, what it costs."""

    teams: tuple[tuple[Rider, ...], ...]
    status: str
    objective: int = 0
    bound: float = 0.0
    costs: Mapping[str, int] = field(default_factory=dict)
    interpreters: tuple[tuple[Rider, ...], ...] = ()


COSTS = {"one_state": 200, "language": 40, "interpreter": 30, "experience": 20, "gender": 10, "group": 8, "same_state": 4}


def sizes_for(people: int, teams: int, locked: Mapping[int, int] | None = None) -> list[int]:
    """Team sizes that differ by one at most. locked: how many must ride in a team (from 1): the larger teams are theirs."""
    sizes = [people // teams] * teams
    order = sorted(range(teams), key=lambda t: (-(locked or {}).get(t + 1, 0), t))
    for team in order[: people % teams]:
        sizes[team] += 1
    return sizes


def solve_teams(
    riders: Sequence[Rider],
    count: int,
    *,
    fixed: Mapping[str, int] | None = None,
    interpreters: Sequence[Rider] = (),
    seed: int = 1,
    limit: float = 10.0,
) -> TeamSolution:
    """The best mix into `count` teams. `fixed`: team number (from 1) by uuid, where somebody must ride there.

    Each interpreter rides in a team of his own, as far as there are teams; observers and interpreter have a language in
    common. A team of one state only is so dear that it is formed only where nothing else is possible. "impossible" where
    more are fixed in a team than it has places.
    """
    fixed = fixed or {}
    people = sorted(riders, key=lambda r: r.uuid)
    speakers = sorted(interpreters, key=lambda r: (r.uuid not in fixed, r.uuid))[:count]
    locked = Counter(fixed[r.uuid] for r in people if r.uuid in fixed)
    sizes = sizes_for(len(people), count, locked)
    model = cp_model.CpModel()
    rides = _rides(model, "x", people, count, fixed)
    speaks = _rides(model, "y", speakers, count, fixed)
    for t in range(count):
        model.add(sum(rides[i, t] for i in range(len(people))) == sizes[t])
        if speakers:
            model.add(sum(speaks[k, t] for k in range(len(speakers))) <= 1)
    if not fixed and not speakers:
        _break_symmetry(model, rides, people, sizes)
    costs: dict[str, list[cp_model.IntVar]] = defaultdict(list)
    for t in range(count):
        _judge_in_model(model, rides, people, t, sizes[t], costs)
        _common_language(model, rides, people, speaks, speakers, t, costs)
    model.minimize(sum(COSTS[name] * sum(terms) for name, terms in costs.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (2**31 - 1)
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = limit
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return TeamSolution((), "impossible")
    teams = tuple(tuple(r for i, r in enumerate(people) if solver.value(rides[i, t])) for t in range(count))
    beside = tuple(tuple(r for k, r in enumerate(speakers) if solver.value(speaks[k, t])) for t in range(count))
    told = {name: sum(int(solver.value(term)) for term in terms) for name, terms in costs.items()}
    name = "optimal" if status == cp_model.OPTIMAL else "feasible"
    return TeamSolution(teams, name, round(solver.objective_value), solver.best_objective_bound, told, beside)


def _rides(
    model: cp_model.CpModel, name: str, people: Sequence[Rider], count: int, fixed: Mapping[str, int]
) -> dict[tuple[int, int], cp_model.IntVar]:
    """Who rides in which team: everybody in one, and where somebody is fixed, there."""
    rides = {(i, t): model.new_bool_var(f"{name}{i}_{t}") for i in range(len(people)) for t in range(count)}
    for i, rider in enumerate(people):
        model.add_exactly_one(rides[i, t] for t in range(count))
        if rider.uuid in fixed:
            model.add(rides[i, fixed[rider.uuid] - 1] == 1)
    return rides


def _break_symmetry(model: cp_model.CpModel, rides: dict, people: Sequence[Rider], sizes: Sequence[int]) -> None:
    """Teams of one size are alike until somebody rides in them: the first riders go to the first teams of that size."""
    for i in range(min(len(people), len(sizes))):
        seen: set[int] = set()
        for t, size in enumerate(sizes):
            earlier = [u for u in range(t) if sizes[u] == size]
            if earlier and t - earlier[0] > i:
                model.add(rides[i, t] == 0)
            seen.add(size)


def _judge_in_model(
    model: cp_model.CpModel, rides: dict, people: Sequence[Rider], t: int, size: int, costs: dict[str, list[cp_model.IntVar]]
) -> None:
    def has(name: str, value: str) -> Callable[[Rider], bool]:
        return lambda rider: getattr(rider, name) == value

    def of(test: Callable[[Rider], bool]) -> list[cp_model.IntVar]:
        return [rides[i, t] for i, rider in enumerate(people) if test(rider)]

    def penalty(name: str) -> cp_model.IntVar:
        cost = model.new_bool_var(f"{name}_{t}_{len(costs[name])}")
        costs[name].append(cost)
        return cost

    if size >= 2:
        one_state, one_group, one_gender = penalty("one_state"), penalty("group"), penalty("gender")
        for country in sorted({r.country for r in people}):
            same = of(has("country", country))
            if len(same) >= 2:
                model.add(sum(same) <= size - 1 + one_state)
                if size >= 3:
                    model.add(sum(same) <= 1 + (size - 1) * penalty("same_state"))
        for group in sorted({r.group for r in people if r.group}):
            model.add(cp_model.LinearExpr.sum(of(has("group", group))) <= size - 1 + one_group)
        for gender in sorted({r.gender for r in people}):
            model.add(cp_model.LinearExpr.sum(of(has("gender", gender))) <= size - 1 + one_gender)
    model.add(sum(of(lambda r: r.is_experienced)) >= 1 - penalty("experience"))


def _common_language(
    model: cp_model.CpModel,
    rides: dict,
    people: Sequence[Rider],
    speaks: dict,
    speakers: Sequence[Rider],
    t: int,
    costs: dict[str, list[cp_model.IntVar]],
) -> None:
    """English or French in common, or another language that their interpreter has; the interpreter speaks it too."""
    lacking = model.new_bool_var(f"language_{t}")
    costs["language"].append(lacking)
    common = []
    for language in (*WORKING, *sorted(set().union(*(r.languages for r in speakers)) - set(WORKING))):
        shared = model.new_bool_var(f"common_{t}_{language}")
        common.append(shared)
        for i, rider in enumerate(people):
            if language not in rider.languages:
                model.add_implication(rides[i, t], shared.Not())
        for k, speaker in enumerate(speakers):
            if language not in speaker.languages:
                model.add_implication(speaks[k, t], shared.Not())
        if language not in WORKING:
            model.add(sum(speaks[k, t] for k, speaker in enumerate(speakers) if language in speaker.languages) >= shared)
    model.add(sum(common) >= 1 - lacking)
    if speakers:  # an interpreter in a team without a common language is of no use to some of it
        unheard = model.new_bool_var(f"interpreter_{t}")
        costs["interpreter"].append(unheard)
        model.add(unheard >= lacking + sum(speaks[k, t] for k in range(len(speakers))) - 1)


@dataclass(frozen=True)
class TeamRule:
    """One rule of a team, as the page shows it live."""

    code: str
    level: str
    sentence: str


def judge_team(riders: Sequence[Rider], interpreters: Sequence[Rider] = ()) -> list[TeamRule]:
    """The rules of one team: what is not as it should be. An empty list is a good team."""
    found: list[TeamRule] = []
    states = {r.country for r in riders if r.country}
    if len(riders) < 2:
        found.append(TeamRule("size", "breach", _("A team has two or three observers; this one has %(count)s.") % {"count": len(riders)}))
        return found
    if len(riders) > LARGEST:
        found.append(TeamRule("size", "warning", _("A team has two or three observers; this one has %(count)s.") % {"count": len(riders)}))
    if len(states) == 1 and all(r.country for r in riders):
        found.append(TeamRule("one_state", "breach", _("All come from one state.")))
    if interpreters:
        for speaker in interpreters:
            if not speaker.languages.intersection(*(r.languages for r in riders)):
                sentence = _("They have no language in common with the interpreter, %(name)s.")
                found.append(TeamRule("interpreter", "warning", sentence % {"name": speaker.name}))
    elif not any(all(language in r.languages for r in riders) for language in WORKING):
        found.append(TeamRule("language", "warning", _("They have neither English nor French in common.")))
    if not any(r.is_experienced for r in riders):
        found.append(TeamRule("experience", "warning", _("Nobody has observed before.")))
    if len({r.gender for r in riders}) == 1:
        found.append(TeamRule("gender", "warning", _("All are of one gender.")))
    if len({r.group for r in riders}) == 1 and riders[0].group:
        found.append(TeamRule("group", "warning", _("All belong to one political group.")))
    return found
