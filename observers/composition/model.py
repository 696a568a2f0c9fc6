"""The composition as a model for CP-SAT; `docs/composition.md` writes it out.

Persons who are alike in everything the rules look at form one class with one integer variable: their order within
the class is a tie-break after the proof, not a choice that the search has to make. One worker, a fixed seed and a
limit in deterministic time give the same answer on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.late import Late
from observers.composition.candidates import Candidate, ClassKey, Question, Targets, class_key, rank_among_equals, targets_for
from observers.composition.clash import EXCLUSIONS, is_excluded

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")


@dataclass(frozen=True)
class Solution:
    """What came out: persons, how sure it is, what each soft rule costs, and what the locks made impossible."""

    status: str
    chosen: tuple[Candidate, ...]
    objective: int = 0
    bound: float = 0.0
    costs: tuple[tuple[str, int], ...] = ()
    size: int = 0
    women_floor: int = 0
    deterministic_time: float = 0.0

    @property
    def gap(self) -> float:
        """Relative distance between the answer and the proven bound; 0 when proven."""
        return round(max(0.0, self.objective - self.bound) / max(1, abs(self.objective)), 4)


def solve(candidates: Sequence[Candidate], question: Question) -> Solution:
    """The best delegation for `question`; the caller has seen that no hard rules clash."""
    allowed = [c for c in candidates if not any(is_excluded(c, rule, question) for rule in EXCLUSIONS)]
    locked = [c for c in allowed if c.uuid in question.locked_in]
    size = max(question.size, len(locked))  # more locks than places: the size is a breach, the locks stand
    free = [c for c in allowed if c.uuid not in question.locked_in]
    targets = targets_for(question, size)
    attainable = sum(c.is_woman for c in locked) + min(size - len(locked), sum(c.is_woman for c in free))
    women_floor = min(targets.women, attainable)

    classes = _classes(allowed, question)
    model = cp_model.CpModel()
    counts: dict[ClassKey, cp_model.IntVar] = {}
    for number, (key, people) in enumerate(classes.items()):
        fixed = sum(c.uuid in question.locked_in for c in people)
        counts[key] = model.new_int_var(fixed, len(people), f"n{number}")
    model.add(sum(counts.values()) == size)
    model.add(sum(v for key, v in counts.items() if key[3]) >= women_floor)
    costs = _soft_rules(model, counts, question, targets, size)
    model.minimize(sum(costs.values()))

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = question.seed % (2**31 - 1)
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = question.deterministic_limit
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solution("impossible", (), size=size, women_floor=women_floor)
    chosen: list[Candidate] = []
    for key, people in classes.items():
        chosen += _take(people, solver.value(counts[key]), question)
    return Solution(
        status="optimal" if status == cp_model.OPTIMAL else "feasible",
        chosen=tuple(sorted(chosen, key=lambda c: (c.country, c.name, c.uuid))),
        objective=round(solver.objective_value),
        bound=solver.best_objective_bound,
        costs=tuple((name, int(solver.value(cost))) for name, cost in costs.items()),
        size=size,
        women_floor=women_floor,
        deterministic_time=round(solver.response_proto.deterministic_time, 3),
    )


def _classes(allowed: Sequence[Candidate], question: Question) -> dict[ClassKey, list[Candidate]]:
    found: dict[ClassKey, list[Candidate]] = defaultdict(list)
    for candidate in allowed:
        found[class_key(candidate, question)].append(candidate)
    return dict(sorted(found.items()))


def _take(people: list[Candidate], count: int, question: Question) -> list[Candidate]:
    """`count` persons of one class: locked ones first, then by `rank_among_equals`."""
    return sorted(people, key=lambda c: (c.uuid not in question.locked_in, *rank_among_equals(c, question)))[:count]


def _soft_rules(
    model: cp_model.CpModel, counts: dict[ClassKey, cp_model.IntVar], question: Question, targets: Targets, size: int
) -> dict[str, cp_model.LinearExprT]:
    """The cost of each soft rule, as expressions over shortfall variables."""
    weights = question.weights

    def has(position: int, value: object) -> Callable[[ClassKey], bool]:
        return lambda key: key[position] == value

    def total(test: Callable[[ClassKey], bool]) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.sum([v for key, v in counts.items() if test(key)])

    def short(name: str, target: int, test: Callable[[ClassKey], bool]) -> cp_model.IntVar:
        missing = model.new_int_var(0, max(0, target), f"short_{name}")
        model.add(missing >= target - total(test))
        return missing

    # The places add up to the size, so that a surplus in one group is a shortfall in another: one side is enough.
    groups = [short(f"group_{code}", places, has(1, code)) for code, places in sorted(targets.groups.items())]
    chambers = [short(f"chamber_{letter}", targets.chamber, has(2, letter)) for letter in ("L", "R")]
    surplus = []
    for country in sorted({key[0] for key in counts}):
        extra = model.new_int_var(0, size, f"extra_{country}")
        model.add(extra >= total(has(0, country)) - 1)
        surplus.append(extra)
    return {
        "groups": weights.groups * cp_model.LinearExpr.sum(groups),
        "states": weights.states * cp_model.LinearExpr.sum(surplus),
        "chambers": weights.chambers * cp_model.LinearExpr.sum(chambers),
        "languages": weights.languages * short("working", targets.working_language, has(4, True)),
        "local_language": weights.local_language * short("local", targets.local_language, has(5, True)),
        "experience": weights.experience * short("experienced", targets.experienced, has(6, True)),
        "first_time": weights.first_time * short("first", targets.first_time, has(6, False)),
        "rotation": weights.rotation * cp_model.LinearExpr.sum([key[7] * v for key, v in counts.items()]),
        "conditions": weights.conditions * total(has(8, True)),
        "nominated": weights.nominated * total(has(9, False)),
    }
