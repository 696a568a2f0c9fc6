"""Composition: 15 of 612 members by all rules, twenty seeded instances (DESIGN 8)."""

from __future__ import annotations

from collections.abc import Iterator

from bench.runner import bench
from observers.composition.propose import compose
from tests.observers.composition.synthetic import congress, question

seeds = iter(range(1, 1000))


@bench("15 of 612 members, all rules", n=1, runs=20, seconds=1, worst=10)
def compose_delegation() -> Iterator[None]:
    """Each run is another Congress; a result that is not proven best fails."""
    candidates, asked = congress(next(seeds)), question(15)
    yield
    outcome = compose(candidates, asked)
    assert outcome["status"] == "optimal", outcome["status"]
