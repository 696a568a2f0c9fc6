"""One question, one answer: clash, or the best delegation with its criteria and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from observers.composition.candidates import Candidate, Question, needed_women
from observers.composition.clash import smallest_clash
from observers.composition.criteria import judge, reasons_for
from observers.composition.model import solve
from observers.composition.swaps import best_swaps


def compose(candidates: Sequence[Candidate], question: Question, *, with_swaps: bool = True) -> dict[str, Any]:
    """The proposal in the shape of `compose --json`: `{status, gap, members, criteria, clash}`, with costs and next best swaps."""
    clash = smallest_clash(candidates, question)
    if clash:
        return {"status": "impossible", "gap": None, "members": [], "criteria": [], "clash": clash, "costs": {}}
    solution = solve(candidates, question)
    if solution.status == "impossible":
        return {"status": "impossible", "gap": None, "members": [], "criteria": [], "clash": [], "costs": {}}
    return {
        "status": solution.status,
        "gap": solution.gap,
        "members": describe(solution.chosen, question),
        "criteria": [
            c.as_json() for c in judge(solution.chosen, question, locks_limit_women=solution.women_floor < needed_women(solution.size))
        ],
        "clash": [],
        "costs": dict(solution.costs),
        "swaps": best_swaps(candidates, solution.chosen, question) if with_swaps else [],
        "objective": solution.objective,
        "bound": round(solution.bound, 2),
        "deterministic_time": solution.deterministic_time,
    }


def describe(members: Sequence[Candidate], question: Question) -> list[dict[str, Any]]:
    """The members as `compose --json` prints them."""
    return [
        {
            "uuid": c.uuid,
            "name": c.name,
            "country": c.country,
            "chamber": c.chamber,
            "group": c.group,
            "gender": c.gender,
            "reasons": reasons_for(c, members, question),
        }
        for c in members
    ]
