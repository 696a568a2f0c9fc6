"""What the composition knows of a person and of the question it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from observers.composition.shares import places_of, share_places

WORKING_LANGUAGES = frozenset({"en", "fr"})


@dataclass(frozen=True)
class Candidate:
    """A member of the Congress on the mission's days. `refused` holds the sentences that bar the person, by rule.

    `nominated_by` is the code of the political group that put the person forward; `note` what was said with the answer.
    """

    uuid: str
    name: str
    country: str
    chamber: str
    group: str
    gender: str
    languages: frozenset[str] = frozenset()
    missions: int = 0
    recent: int = 0
    answer: str = ""
    member_list: str = "representative"
    standing: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    country_name: str = ""
    nominated_by: str = ""
    note: str = ""

    @property
    def is_woman(self) -> bool:
        """Counts towards the third of women (C4)."""
        return self.gender == "woman"

    @property
    def is_experienced(self) -> bool:
        """Has observed before (C12)."""
        return self.missions > 0

    @property
    def speaks_working_language(self) -> bool:
        """Speaks English or French (C11)."""
        return bool(self.languages & WORKING_LANGUAGES)


@dataclass(frozen=True)
class Weights:
    """How much each soft rule counts: what one unit of shortfall costs. The coordinator sees and sets them."""

    groups: int = 40
    states: int = 20
    chambers: int = 8
    languages: int = 6
    local_language: int = 2
    experience: int = 4
    first_time: int = 4
    rotation: int = 3
    conditions: int = 2
    nominated: int = 0


@dataclass(frozen=True)
class Question:
    """What is asked of the composition."""

    size: int
    observed_country: str
    observed_languages: frozenset[str] = frozenset()
    group_members: Mapping[str, int] = field(default_factory=dict)
    locked_in: frozenset[str] = frozenset()
    locked_out: frozenset[str] = frozenset()
    weights: Weights = Weights()
    seed: int = 1
    deterministic_limit: float = 30.0

    def as_json(self) -> dict[str, Any]:
        """The question as it is stored beside its answer."""
        return {
            "size": self.size,
            "locked_in": sorted(self.locked_in),
            "locked_out": sorted(self.locked_out),
            "weights": dict(self.weights.__dict__),
            "seed": self.seed,
            "group_members": dict(sorted(self.group_members.items())),
            "deterministic_limit": self.deterministic_limit,
        }


@dataclass(frozen=True)
class Targets:
    """The numbers that the soft rules aim at for a delegation of a given size."""

    women: int
    groups: Mapping[str, int]
    chamber: int
    working_language: int
    local_language: int
    experienced: int
    first_time: int


def needed_women(size: int) -> int:
    """At least one third, rounded up (C4)."""
    return -(-size // 3)


def targets_for(question: Question, size: int) -> Targets:
    """C2-C4, C10-C12 in numbers: half of each chamber, one speaker of EN or FR and one experienced person per team of two."""
    return Targets(
        women=needed_women(size),
        groups=places_of(share_places(question.group_members, size)),
        chamber=size // 2,
        working_language=-(-size // 2),
        local_language=min(2, size),
        experienced=-(-size // 2),
        first_time=size // 5,
    )


ClassKey = tuple[str, str, str, bool, bool, bool, bool, int, bool, bool]


def class_key(candidate: Candidate, question: Question) -> ClassKey:
    """Everything the rules look at in a person; who put them forward only where nominations weigh something."""
    return (
        candidate.country,
        candidate.group,
        candidate.chamber,
        candidate.is_woman,
        candidate.speaks_working_language,
        bool(candidate.languages & question.observed_languages),
        candidate.is_experienced,
        min(candidate.recent, 3),
        candidate.answer == "conditions",
        bool(candidate.nominated_by) and question.weights.nominated > 0,
    )


def rank_among_equals(candidate: Candidate, question: Question) -> tuple[bool, bool, int, str]:
    """Among persons of one class: who said yes, who is nominated, who has observed least, then a draw by seed and uuid."""
    draw = hashlib.sha256(f"{question.seed}:{candidate.uuid}".encode()).hexdigest()
    return (candidate.answer != "yes", not candidate.nominated_by, candidate.missions, draw)
