"""Why no delegation is possible: the smallest set of hard rules that cannot be kept together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from observers.composition.candidates import Candidate, Question, needed_women
from observers.membership.verdicts import said_of

EXCLUSIONS = ("R14.1", "R14.2", "available", "locked_out")
NAMED = 6
"""Up to so many whom a rule bars, all are named; whoever is locked in and barred always is."""
HARD_RULES = (*EXCLUSIONS, "locked_in", "size", "women")


def is_excluded(candidate: Candidate, rule: str, question: Question) -> bool:
    """Does one exclusion rule bar this person?"""
    if rule == "available":
        return candidate.answer == "no"
    if rule == "locked_out":
        return candidate.uuid in question.locked_out
    return rule in candidate.refused


def possible(candidates: Sequence[Candidate], question: Question, rules: frozenset[str]) -> bool:
    """Could a delegation keep all of `rules`? Counting decides it: no other hard rule couples two persons."""
    barred = [rule for rule in EXCLUSIONS if rule in rules]
    allowed = [c for c in candidates if not any(is_excluded(c, rule, question) for rule in barred)]
    uuids = {c.uuid for c in allowed}
    if "locked_in" in rules and not question.locked_in <= uuids:
        return False
    if "size" not in rules:
        return True
    if len(allowed) < question.size:
        return False
    # A third of women that only the locks prevent is a breach with a reason (DESIGN 3, "Guards"), not a clash.
    return "women" not in rules or sum(c.is_woman for c in allowed) >= needed_women(question.size)


def smallest_clash(candidates: Sequence[Candidate], question: Question) -> list[dict[str, Any]]:
    """The smallest set of hard rules that clash, each with its sentence; empty when a delegation is possible."""
    if possible(candidates, question, frozenset(HARD_RULES)):
        return []
    for count in range(1, len(HARD_RULES) + 1):
        for rules in combinations(HARD_RULES, count):
            if not possible(candidates, question, frozenset(rules)):
                return [
                    {"rule": rule, "label": rule_in_words(rule), "sentence": _sentence(rule, rules, candidates, question)} for rule in rules
                ]
    return []  # not reached: the whole set was seen to clash


def rule_in_words(rule: str) -> str:
    """What a hard rule is called, in the language in use; R14.2 is what observation-rules call C5."""
    names = {
        "R14.1": _("Membership (R14.1)"),
        "R14.2": _("Observed state (C5)"),
        "available": _("Availability"),
        "locked_in": _("Locked in"),
        "locked_out": _("Kept out"),
        "size": _("Size (C1)"),
        "women": _("One third women (C4)"),
    }
    return names[rule]


def _sentence(rule: str, rules: Sequence[str], candidates: Sequence[Candidate], question: Question) -> str:
    locked = [c for c in candidates if c.uuid in question.locked_in]
    if rule == "locked_in":
        # Of all who are locked in, those matter whom another rule of the clash bars.
        locked = [c for c in locked if any(is_excluded(c, other, question) for other in rules if other in EXCLUSIONS)] or locked
        known = {c.uuid for c in candidates}
        names = [c.name for c in locked] + [_("somebody who is no member on these days")] * len(question.locked_in - known)
        return _("These persons must be in: %(names)s.") % {"names": ", ".join(sorted(names))}
    if rule == "size":
        return _("The delegation must have %(size)s members.") % {"size": question.size}
    if rule == "women":
        return _("At least %(needed)s of them must be women (C4).") % {"needed": needed_women(question.size)}
    barred = [c for c in candidates if is_excluded(c, rule, question)]
    hit = [c for c in barred if c.uuid in question.locked_in]
    detail = " ".join(said_of(c.name, c.refused[rule]) for c in hit if rule in c.refused)
    said = [_bars(rule, len(barred)) % {"count": len(barred)}, detail]
    named = hit or (barred if len(barred) <= NAMED else [])
    if named and not detail:
        told = ", ".join(sorted(c.name for c in named))
        said.append(_("Among them: %(names)s.") % {"names": told} if len(named) < len(barred) else f"{told}.")
    return " ".join(part for part in said if part)


def _bars(rule: str, count: int) -> str:
    if rule == "R14.1":
        return ngettext(
            "Only valid members on every day of the mission may go (R14.1): this bars %(count)s person.",
            "Only valid members on every day of the mission may go (R14.1): this bars %(count)s persons.",
            count,
        )
    if rule == "R14.2":
        return ngettext(
            "Nobody from the observed state may go (C5): this bars %(count)s person.",
            "Nobody from the observed state may go (C5): this bars %(count)s persons.",
            count,
        )
    if rule == "available":
        return ngettext("%(count)s person said that they are not available.", "%(count)s persons said that they are not available.", count)
    return ngettext("%(count)s person must stay out.", "%(count)s persons must stay out.", count)
