"""C1-C14 for a given set of persons: ok, warning or breach, with the numbers (observation-rules 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from observers.composition.candidates import Candidate, Question, needed_women, targets_for
from observers.composition.shares import places_of, share_places
from observers.membership.verdicts import said_of

USUAL_SIZE = (10, 15)


@dataclass(frozen=True)
class Criterion:
    """One line of the composition's result."""

    code: str
    label: str
    level: str
    sentence: str
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def can_override(self) -> bool:
        """Warnings may be set aside with a written reason; a breach of C5, membership, code or interest may not."""
        return self.level == "warning" or (self.level == "breach" and self.code in {"C1", "C4"})

    def as_json(self) -> dict[str, Any]:
        """The criterion as `compose --json` prints it."""
        return {"code": self.code, "label": self.label, "level": self.level, "sentence": self.sentence, "numbers": self.numbers}


def judge(members: Sequence[Candidate], question: Question, *, locks_limit_women: bool = False) -> list[Criterion]:
    """All criteria for `members`, in the order of the page."""
    return [
        _size(members, question),
        *_groups(members, question),
        _women(members, locks_limit_women),
        _observed_state(members),
        _membership(members),
        _states(members),
        _chambers(members),
        _languages(members, question),
        _experience(members, question),
        _rotation(members),
        _youth(members),
    ]


def _size(members: Sequence[Candidate], question: Question) -> Criterion:
    low, high = USUAL_SIZE
    count = len(members)
    numbers = {"members": count, "asked": question.size, "usual": [low, high]}
    label = _("Size")
    if count > question.size:
        sentence = _("%(members)s members, more than the %(asked)s asked for.") % numbers
        return Criterion("C1", label, "breach", sentence, numbers)
    if count < question.size:
        return Criterion("C1", label, "warning", _("%(members)s of %(asked)s members so far.") % numbers, numbers)
    if not low <= count <= high:
        words = {"members": count, "low": low, "high": high}
        sentence = ngettext(
            "%(members)s member; usual are %(low)s to %(high)s.", "%(members)s members; usual are %(low)s to %(high)s.", count
        )
        return Criterion("C1", label, "warning", sentence % words, numbers)
    return Criterion("C1", label, "ok", ngettext("%(members)s member.", "%(members)s members.", count) % numbers, numbers)


def _groups(members: Sequence[Candidate], question: Question) -> list[Criterion]:
    shares = share_places(question.group_members, len(members))
    have = Counter(c.group for c in members)
    rows = [
        {
            "group": s.code,
            "have": have[s.code],
            "places": s.places,
            "quota": s.quota,
            "floor": s.floor,
            "rest": s.rest,
            "members": s.members,
        }
        for s in shares
    ]
    off = [row for row in rows if row["have"] != row["places"]]
    unknown = sorted(set(have) - {s.code for s in shares})
    told = ", ".join(f"{row['group']} {row['have']}/{row['places']}" for row in rows)
    numbers = {"groups": rows, "method": "largest_remainder", "unknown": unknown}
    if off or unknown:
        sentence = _("The shares of the political groups are not met (have/share): %(told)s.")
    else:
        sentence = _("The political groups have their shares (have/share): %(told)s.")
    result = [Criterion("C2", _("Political groups"), "warning" if off or unknown else "ok", sentence % {"told": told}, numbers)]
    alone = next((row for row in rows if row["group"] == "NR"), None)
    if alone is not None:
        fair = have["NR"] >= places_of(shares)["NR"]
        sentence = ngettext(
            "Members without a group have %(have)s place; their share is %(places)s.",
            "Members without a group have %(have)s places; their share is %(places)s.",
            have["NR"],
        )
        sentence %= alone
        result.append(Criterion("C3", _("Members without a group"), "ok" if fair else "warning", sentence, alone))
    return result


def _women(members: Sequence[Candidate], locks_limit: bool) -> Criterion:
    have, needed = sum(c.is_woman for c in members), needed_women(len(members))
    not_stated = sum(c.gender == "not_stated" for c in members)
    numbers = {"women": have, "needed": needed, "members": len(members), "not_stated": not_stated}
    if have >= needed:
        return Criterion("C4", _("Women"), "ok", _("%(women)s women of %(members)s; at least %(needed)s are needed.") % numbers, numbers)
    sentence = _("Only %(women)s women of %(members)s; at least %(needed)s are needed.") % numbers
    if locks_limit:
        sentence += " " + _("The locked choices make more impossible.")
    return Criterion("C4", _("Women"), "breach", sentence, numbers)


def _observed_state(members: Sequence[Candidate]) -> Criterion:
    bad = [c.name for c in members if "R14.2" in c.refused]
    if bad:
        sentence = _("Belongs to the delegation of the observed state: %(names)s.") % {"names": ", ".join(bad)}
        return Criterion("C5", _("Observed state"), "breach", sentence, {"persons": len(bad)})
    return Criterion("C5", _("Observed state"), "ok", _("Nobody belongs to the observed state."), {"persons": 0})


def _membership(members: Sequence[Candidate]) -> Criterion:
    bad = [c for c in members if "R14.1" in c.refused]
    grace = [c for c in members if c.standing and "R14.1" not in c.refused]
    numbers = {"refused": len(bad), "grace": len(grace)}
    if bad:
        return Criterion("R14.1", _("Membership"), "breach", " ".join(said_of(c.name, c.refused["R14.1"]) for c in bad), numbers)
    if grace:
        return Criterion("R14.1", _("Membership"), "ok", " ".join(said_of(c.name, c.standing) for c in grace), numbers)
    return Criterion("R14.1", _("Membership"), "ok", _("All are members on every day of the mission."), numbers)


def _states(members: Sequence[Candidate]) -> Criterion:
    counts = Counter(c.country for c in members)
    double = {code: n for code, n in sorted(counts.items()) if n > 1}
    numbers = {"states": len(counts), "members": len(members), "more_than_one": double}
    if double:
        told = ", ".join(f"{code} {n}" for code, n in double.items())
        sentence = _("%(states)s states for %(members)s members; more than one from: %(told)s.") % {**numbers, "told": told}
        return Criterion("C9", _("Spread of states"), "warning", sentence, numbers)
    return Criterion("C9", _("Spread of states"), "ok", _("%(states)s states, one member each.") % numbers, numbers)


def _chambers(members: Sequence[Candidate]) -> Criterion:
    local, regions = sum(c.chamber == "L" for c in members), sum(c.chamber == "R" for c in members)
    numbers = {"local": local, "regions": regions}
    balanced = min(local, regions) >= len(members) // 3
    sentence = _("%(local)s from the Chamber of Local Authorities, %(regions)s from the Chamber of Regions.") % numbers
    return Criterion("C10", _("Both chambers"), "ok" if balanced else "warning", sentence, numbers)


def _languages(members: Sequence[Candidate], question: Question) -> Criterion:
    targets = targets_for(question, len(members))
    working = sum(c.speaks_working_language for c in members)
    local = sum(bool(c.languages & question.observed_languages) for c in members)
    numbers = {"working": working, "needed": targets.working_language, "local": local}
    level = "ok" if working >= targets.working_language else "warning"
    sentence = _("%(working)s speak English or French (one per team: %(needed)s); %(local)s speak a language of the country.")
    return Criterion("C11", _("Languages"), level, sentence % numbers, numbers)


def _experience(members: Sequence[Candidate], question: Question) -> Criterion:
    targets = targets_for(question, len(members))
    old = sum(c.is_experienced for c in members)
    numbers = {"experienced": old, "first_time": len(members) - old, "needed": targets.experienced, "wanted_first_time": targets.first_time}
    level = "ok" if old >= targets.experienced and len(members) - old >= targets.first_time else "warning"
    sentence = _("%(experienced)s have observed before (one per team: %(needed)s); %(first_time)s go for the first time.")
    return Criterion("C12", _("Experience"), level, sentence % numbers, numbers)


def _rotation(members: Sequence[Candidate]) -> Criterion:
    again = [c for c in members if c.recent]
    numbers = {"again": len(again), "members": len(members)}
    if 3 * len(again) > len(members):
        sentence = _("%(again)s of %(members)s took part in a mission of the last twelve months.") % numbers
        return Criterion("C13", _("Rotation"), "warning", sentence, numbers)
    sentence = _("%(again)s of %(members)s took part in a mission of the last twelve months.") % numbers
    return Criterion("C13", _("Rotation"), "ok", sentence, numbers)


def _youth(members: Sequence[Candidate]) -> Criterion:
    youth = sum(c.member_list == "youth" for c in members)
    if youth:
        sentence = ngettext("%(count)s youth delegate is in.", "%(count)s youth delegates are in.", youth) % {"count": youth}
        return Criterion("C14", _("Youth delegates"), "warning", sentence, {"youth": youth})
    return Criterion("C14", _("Youth delegates"), "ok", _("No youth delegate takes part, as is the default."), {"youth": 0})


def reasons_for(candidate: Candidate, members: Sequence[Candidate], question: Question) -> list[str]:
    """Why this person is in: what would be lacking without."""
    targets = targets_for(question, len(members))
    reasons = []
    if candidate.uuid in question.locked_in:
        reasons.append(_("Locked in by the coordinator."))
    if candidate.group in targets.groups:
        words = {"places": targets.groups[candidate.group], "group": candidate.group}
        sentence = ngettext(
            "Takes the place of %(group)s.", "Takes one of the %(places)s places of %(group)s.", targets.groups[candidate.group]
        )
        reasons.append(sentence % words)
    if candidate.answer == "yes":
        reasons.append(_("Said that they are available."))
    elif candidate.answer == "conditions":
        reasons.append(_("Available on conditions: %(note)s") % {"note": candidate.note or "–"})
    if candidate.nominated_by:
        reasons.append(_("Nominated by %(group)s.") % {"group": candidate.nominated_by})
    if sum(c.country == candidate.country for c in members) == 1:
        reasons.append(_("The only member from %(country)s.") % {"country": candidate.country_name or candidate.country})
    if candidate.is_woman:
        reasons.append(_("Counts towards the third of women."))
    if candidate.languages & question.observed_languages:
        reasons.append(_("Speaks a language of the country."))
    if not candidate.is_experienced:
        reasons.append(_("Observes for the first time."))
    elif candidate.recent:
        sentence = ngettext(
            "Took part in %(count)s mission of the last twelve months.",
            "Took part in %(count)s missions of the last twelve months.",
            candidate.recent,
        )
        reasons.append(sentence % {"count": candidate.recent})
    else:
        sentence = ngettext(
            "Has observed %(count)s mission, not in the last twelve months.",
            "Has observed %(count)s missions, none in the last twelve months.",
            candidate.missions,
        )
        reasons.append(sentence % {"count": candidate.missions})
    if candidate.standing:
        reasons.append(candidate.standing)
    return reasons
