"""What a rule answers: its number, its outcome, what it looked at, the dates that matter, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Verdict:
    """The answer of one rule. `rule` is the number of the page ("R11"); `parts` are the verdicts it rests on."""

    rule: str
    outcome: str
    sentence: str
    inputs: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    parts: tuple[Verdict, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Does this verdict let somebody pass? A warning does; a refusal does not."""
        return self.outcome in {"ok", "eligible", "allowed", "warning", "full", "consultative", "grace", "extended"}

    def as_json(self) -> dict[str, Any]:
        """The verdict as the API prints it."""
        return {
            "rule": self.rule,
            "outcome": self.outcome,
            "sentence": self.sentence,
            "inputs": {key: _plain(value) for key, value in self.inputs.items()},
            "dates": {key: day.isoformat() for key, day in self.dates.items()},
            "parts": [part.as_json() for part in self.parts],
        }


def said_of(name: str, sentence: str) -> str:
    """A sentence with whom or what it is about before it; French sets a space before the colon."""
    return _("%(name)s: %(sentence)s") % {"name": name, "sentence": sentence}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
