"""Composition: 15 of 612 members by all rules; teams and ways: 15 teams over 200 stations (DESIGN 8)."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator

from bench.runner import bench, gap
from observers.composition.propose import compose
from observers.deployment.routes import solve_routes
from observers.deployment.sampling import Place, draw_stations
from observers.deployment.teams import Rider, solve_teams
from tests.observers.composition.synthetic import congress, question

seeds = iter(range(1, 1000))
scarce = iter(range(1, 1000))


@bench("15 of 612 members, all rules", n=1, runs=20, seconds=1, worst=10)
def compose_delegation() -> Iterator[None]:
    """Each run is another Congress; where the best is not proven the gap is shown, and no answer at all fails."""
    candidates, asked = congress(next(seeds)), question(15)
    yield
    outcome = compose(candidates, asked)
    assert outcome["status"] in {"optimal", "feasible"}, outcome["status"]
    gap(outcome["gap"])


@bench("15 of 612 members, few available", n=1, runs=20, seconds=1, worst=10)
def compose_scarce_delegation() -> Iterator[None]:
    """Six to twelve in a hundred are available, so that the soft rules fight."""
    seed = next(scarce)
    candidates, asked = congress(seed, availability=0.06 + 0.02 * (seed % 4)), question(15, seed=seed)
    yield
    outcome = compose(candidates, asked)
    assert outcome["status"] in {"optimal", "feasible"}, outcome["status"]
    gap(outcome["gap"])


@bench("15 teams over 200 stations", n=1, runs=5, seconds=10)
def deploy_teams() -> Generator[None, None, str]:
    """Stations drawn in 20 districts, shared among 15 teams and ordered, with the bound; and 30 people mixed into the teams."""
    draw = random.Random(3)
    places = [
        Place(f"{n:04}", f"D{n % 20}", f"T{n % 80}", draw.choice(["urban", "rural"]), 42 + 1.5 * draw.random(), 23 + 5 * draw.random())
        for n in range(600)
    ]
    riders = [
        Rider(str(n), f"R{n}", f"C{n % 20}", draw.choice("ABCDE"), draw.choice(["woman", "man"]), frozenset({"en"}), draw.random() < 0.5)
        for n in range(30)
    ]
    yield
    ways = solve_routes(draw_stations(places, 200, seed=7), 15)
    crews = solve_teams(riders, 15)
    assert ways.assignment_status == "optimal" and crews.status == "optimal"
    assert ways.gap < 0.2, ways.gap
    gap(ways.gap)
    return f"gap of the ways {ways.gap:.1%}, teams proven best"


@bench("30 people into 15 teams, locks and interpreters", n=1, runs=5, seconds=10)
def deploy_locked_teams() -> Generator[None, None, str]:
    """Six are locked in their teams, ten interpreters must be understood: still proven best."""
    draw = random.Random(5)
    spoken = [frozenset({"en"}), frozenset({"fr"}), frozenset({"en", "fr"})]
    riders = [
        Rider(str(n), f"R{n}", f"C{n % 20}", draw.choice("ABCDE"), draw.choice(["woman", "man"]), draw.choice(spoken), draw.random() < 0.5)
        for n in range(30)
    ]
    interpreters = [Rider(f"i{n}", f"I{n}", languages=draw.choice(spoken)) for n in range(10)]
    yield
    crews = solve_teams(riders, 15, fixed={str(n): n + 1 for n in range(6)}, interpreters=interpreters)
    assert crews.status in {"optimal", "feasible"}, crews.status
    gap = (crews.objective - crews.bound) / crews.objective if crews.objective else 0.0
    return f"{crews.status}, gap {gap:.1%}"
