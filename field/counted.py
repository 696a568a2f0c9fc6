"""What is counted and what comes out: the filters of a count, one figure, one question, and everything `figures()` answers.

Under 30 there is no share, only numbers; the counting itself is in `field.figures`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

SHARES_FROM = 30
OF_THE_STATIONS = "of the stations visited; not a sample of the country"


@dataclass(frozen=True)
class Filters:
    """Which observations are counted; nothing given means all."""

    form: str = ""
    area: str = ""
    setting: str = ""
    slot: str = ""
    team: str = ""
    day: date | None = None
    unit: str = "visit"  # or "station": the newest visit of each station and form

    def narrow(self, rows: Any) -> Any:
        """The query narrowed."""
        wanted: dict[str, Any] = {}
        if self.form:
            wanted["form__code"] = self.form
        if self.area:
            wanted["station__district"] = self.area
        if self.setting:
            wanted["setting"] = self.setting
        if self.slot:
            wanted["slot"] = self.slot
        if self.team:
            wanted["team__uuid"] = self.team
        if self.day:
            wanted["day"] = self.day
        return rows.filter(**wanted)


@dataclass(frozen=True)
class Share:
    """A figure: n of a denominator; `share` in per cent, None under 30.

    forms: of how many forms it was counted, where the denominator is not their number (members of boards): then the forms decide.
    """

    n: int
    denominator: int
    forms: int | None = None

    @property
    def share(self) -> float | None:
        """Per cent with one decimal."""
        counted = self.denominator if self.forms is None else min(self.forms, self.denominator)
        return round(100 * self.n / self.denominator, 1) if counted >= SHARES_FROM else None

    def as_json(self, **more: Any) -> dict[str, Any]:
        """n, denominator, share."""
        return {**more, "n": self.n, "denominator": self.denominator, "share": self.share}


@dataclass
class Item:
    """One question: how its answers are spread, and how many raised a flag."""

    form: str
    code: str
    kind: str
    label: dict[str, str]
    section: dict[str, str]
    severity: int | None
    standards: list[str]
    options: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    flagged: int = 0
    counted: int = 0
    answered: int = 0
    rule: str = ""

    @property
    def figure(self) -> Share:
        """Answers with a flag among answers that count."""
        return Share(self.flagged, self.counted)

    def as_json(self) -> dict[str, Any]:
        """For the API, the statement and the report."""
        options = [option | {"n": self.counts.get(option["name"], 0)} for option in self.options]
        body: dict[str, Any] = {"form": self.form, "code": self.code, "kind": self.kind, "label": self.label, "section": self.section}
        body |= {"severity": self.severity, "standards": self.standards, "options": options, "answered": self.answered, "rule": self.rule}
        return self.figure.as_json(**body)


@dataclass
class Figures:
    """What `figures()` answers."""

    forms: int = 0
    stations: int = 0
    teams: int = 0
    areas: int = 0
    urban: int = 0
    rural: int = 0
    stages: list[dict[str, Any]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    conduct: list[dict[str, Any]] = field(default_factory=list)
    access: Share = Share(0, 0)
    women_members: Share = Share(0, 0)
    women_mean: float | None = None
    women_chairs: Share = Share(0, 0)
    observers: list[dict[str, Any]] = field(default_factory=list)
    severities: dict[int, int] = field(default_factory=dict)
    incomplete: int = 0

    def top(self, limit: int = 10) -> list[Item]:
        """Items with flags: by severity, then by share (field-forms 5)."""
        rows = [item for item in self.items if item.flagged and item.severity]
        return sorted(rows, key=lambda item: (-(item.severity or 0), -item.flagged / item.counted, item.code))[:limit]

    def item(self, code: str) -> Item | None:
        """The figure of one question."""
        return next((item for item in self.items if item.code == code), None)

    def as_json(self) -> dict[str, Any]:
        """Everything, JSON-able."""
        return {
            "forms": self.forms,
            "stations": self.stations,
            "teams": self.teams,
            "areas": self.areas,
            "urban": self.urban,
            "rural": self.rural,
            "incomplete": self.incomplete,
            "stages": self.stages,
            "items": [item.as_json() for item in self.items],
            "top": [item.code for item in self.top()],
            "conduct": self.conduct,
            "access": self.access.as_json(),
            "women_members": self.women_members.as_json(mean=self.women_mean, forms=self.women_members.forms or 0),
            "women_chairs": self.women_chairs.as_json(),
            "observers": self.observers,
            "severities": {str(key): value for key, value in self.severities.items()},
            "scope": OF_THE_STATIONS,
        }
