"""What each soft rule costs a given delegation, and what the next best swap would change. Plain counting, no solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from observers.composition.candidates import Candidate, Question, Targets, class_key, needed_women, rank_among_equals, targets_for
from observers.composition.clash import EXCLUSIONS, is_excluded
from observers.composition.criteria import judge


class Tally:
    """The counts that the soft rules look at; one person can be taken out and another put in."""

    def __init__(self, members: Iterable[Candidate], question: Question) -> None:
        self.question = question
        self.groups: Counter[str] = Counter()
        self.countries: Counter[str] = Counter()
        self.marks: Counter[str] = Counter()
        for member in members:
            self.add(member)

    def add(self, person: Candidate, sign: int = 1) -> None:
        """Put somebody in; `sign=-1` takes out."""
        self.groups[person.group] += sign
        self.countries[person.country] += sign
        marks = self.marks
        marks["size"] += sign
        marks[f"chamber_{person.chamber}"] += sign
        marks["women"] += sign * person.is_woman
        marks["working"] += sign * person.speaks_working_language
        marks["local"] += sign * bool(person.languages & self.question.observed_languages)
        marks["experienced"] += sign * person.is_experienced
        marks["recent"] += sign * min(person.recent, 3)
        marks["conditions"] += sign * (person.answer == "conditions")
        marks["not_nominated"] += sign * (not person.nominated_by)

    def costs(self, targets: Targets) -> dict[str, int]:
        """The cost of each soft rule: the same terms as the model's (`docs/composition.md`)."""
        weights, marks = self.question.weights, self.marks

        def short(target: int, have: int) -> int:
            return max(0, target - have)

        return {
            "groups": weights.groups * sum(short(places, self.groups[code]) for code, places in targets.groups.items()),
            "states": weights.states * sum(n - 1 for n in self.countries.values() if n > 1),
            "chambers": weights.chambers * sum(short(targets.chamber, marks[f"chamber_{letter}"]) for letter in "LR"),
            "languages": weights.languages * short(targets.working_language, marks["working"]),
            "local_language": weights.local_language * short(targets.local_language, marks["local"]),
            "experience": weights.experience * short(targets.experienced, marks["experienced"]),
            "first_time": weights.first_time * short(targets.first_time, marks["size"] - marks["experienced"]),
            "rotation": weights.rotation * marks["recent"],
            "conditions": weights.conditions * marks["conditions"],
            "nominated": weights.nominated * marks["not_nominated"],
        }

    def cost_of_adding(self, person: Candidate, targets: Targets) -> int:
        """By how much the sum of `costs` changes when `person` joins: what `add` and counting anew would say, without counting."""
        weights, marks = self.question.weights, self.marks
        helps = [
            (weights.groups, self.groups[person.group] < targets.groups.get(person.group, 0)),
            (weights.chambers, person.chamber in "LR" and marks[f"chamber_{person.chamber}"] < targets.chamber),
            (weights.languages, person.speaks_working_language and marks["working"] < targets.working_language),
            (weights.local_language, marks["local"] < targets.local_language and person.languages & self.question.observed_languages),
            (weights.experience, person.is_experienced and marks["experienced"] < targets.experienced),
            (weights.first_time, not person.is_experienced and marks["size"] - marks["experienced"] < targets.first_time),
        ]
        return (
            weights.states * (self.countries[person.country] > 0)
            + weights.rotation * min(person.recent, 3)
            + weights.conditions * (person.answer == "conditions")
            + weights.nominated * (not person.nominated_by)
            - sum(weight for weight, does in helps if does)
        )


def costs_of(members: Sequence[Candidate], question: Question) -> dict[str, int]:
    """What each soft rule costs these persons, counted for the number that they are."""
    return Tally(members, question).costs(targets_for(question, len(members)))


def best_swaps(candidates: Sequence[Candidate], members: Sequence[Candidate], question: Question) -> list[dict[str, Any]]:
    """For each member who is not locked the best swap that keeps the hard rules, the best of all first.

    `{out, out_name, in, in_name, country, chamber, group, changes: {rule: cost}, total, levels: {code: [before, after]}}`; `total` is
    negative where the swap is an improvement, which happens to delegations that were changed by hand only.
    """
    inside = {member.uuid for member in members}
    pool: dict[tuple, Candidate] = {}
    for person in sorted((c for c in candidates if c.uuid not in inside), key=lambda c: rank_among_equals(c, question)):
        if not any(is_excluded(person, rule, question) for rule in EXCLUSIONS):
            pool.setdefault(class_key(person, question), person)
    tally, targets = Tally(members, question), targets_for(question, len(members))
    before, levels = tally.costs(targets), {c.code: c.level for c in judge(members, question)}
    barred = {m.uuid for m in members if any(is_excluded(m, rule, question) for rule in EXCLUSIONS)}
    found: list[tuple[tuple, dict[str, Any]]] = []
    for out in members:
        if out.uuid in question.locked_in:
            continue
        best = _best_for(out, pool.values(), tally, targets, question)
        if best is None:
            continue
        person, after = best
        changes = {rule: after[rule] - cost for rule, cost in before.items() if after[rule] != cost}
        others = [person if m.uuid == out.uuid else m for m in members]
        later = {c.code: c.level for c in judge(others, question)}
        swap = {
            "out": out.uuid,
            "out_name": out.name,
            "in": person.uuid,
            "in_name": person.name,
            "country": person.country,
            "chamber": person.chamber,
            "group": person.group,
            "changes": changes,
            "total": sum(changes.values()),
            "levels": {code: [level, later[code]] for code, level in levels.items() if code in later and later[code] != level},
        }
        short = max(0, needed_women(len(members)) - sum(c.is_woman for c in others))
        found.append(((out.uuid not in barred, short, swap["total"], out.name, out.uuid), swap))
    return [swap for _key, swap in sorted(found, key=lambda item: item[0])]


def _best_for(
    out: Candidate, pool: Iterable[Candidate], tally: Tally, targets: Targets, question: Question
) -> tuple[Candidate, dict[str, int]] | None:
    """Who costs least in this place, the third of women kept (or not worsened where it is missing)."""
    needed, women = targets.women, tally.marks["women"]
    tally.add(out, -1)
    best: tuple[tuple[int, int], Candidate] | None = None
    for person in pool:  # in the order of rank, so that the first of equals stays
        after = women - out.is_woman + person.is_woman
        if after < min(needed, women):
            continue
        key = (max(0, needed - after), tally.cost_of_adding(person, targets))
        if best is None or key < best[0]:
            best = (key, person)
    if best is not None:
        tally.add(best[1])
    costs = tally.costs(targets)
    if best is not None:
        tally.add(best[1], -1)
    tally.add(out)
    return (best[1], costs) if best else None
