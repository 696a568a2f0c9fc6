"""What six teams write down on polling day: answers to forms A, B and C for every planned stop, and their oddities.

The distribution is plausible, not flattering: most visits are in order; steps without a ramp, family voting and results that
are not posted come back often enough to become findings. Everything follows from the seed.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

FORMS = Path(settings.BASE_DIR) / "field" / "data" / "field_forms.csv"
FORM_OF = {"opening": "A", "voting": "B", "closing": "C"}
WRONG_CLOCK_TEAM, CLOCK_ERROR = 4, timedelta(hours=3, minutes=12)
KIND_OF = {"A": "opening", "B": "voting", "C": "closing_counting"}
SCALE_OF = {"A": "A25", "B": "B34", "C": "C33"}
TEXT_OF = {"A": "A26", "B": "B35", "C": "C34"}

# Shares that differ from "nearly always in order": the story of this election.
SHARES: dict[str, dict[str, float]] = {
    "A19": {"unaided": 0.40, "with_help": 0.30, "not_possible": 0.26, "not_observed": 0.04},
    "B06": {"unaided": 0.42, "with_help": 0.27, "not_possible": 0.27, "not_observed": 0.04},
    "A20": {"yes": 0.70, "no": 0.25, "not_observed": 0.05},
    "B07": {"yes": 0.72, "no": 0.22, "not_observed": 0.06},
    "A17": {"yes": 0.30, "no": 0.10, "not_observed": 0.10, "not_applicable": 0.50},
    "A18": {"yes": 0.80, "no": 0.15, "not_applicable": 0.05},
    "B08": {"no": 0.85, "yes": 0.15},
    "B04": {"no": 0.90, "yes": 0.07, "not_observed": 0.03},
    "B14": {"yes": 0.95, "no": 0.03, "not_observed": 0.02},
    "B15": {"yes": 0.10, "not_applicable": 0.90},
    "B20": {"none": 0.88, "one_or_few": 0.10, "several": 0.02},
    "B21": {"none": 0.74, "one_or_few": 0.20, "several": 0.05, "many": 0.01},
    "B23": {"none": 0.94, "one_or_few": 0.05, "several": 0.01},
    "B24": {"none": 0.93, "one_or_few": 0.07},
    "B29": {"yes": 0.22, "no": 0.02, "not_observed": 0.16, "not_applicable": 0.60},
    "B05": {"no": 0.975, "yes": 0.01, "not_observed": 0.015},
    "C10": {"yes": 0.30, "not_applicable": 0.70},
    "C13": {"yes": 0.75, "no": 0.25},
    "C24": {"first_time": 0.72, "after_recount": 0.28},
    "C28": {"yes": 0.60, "no": 0.40},
    "H13": {"yes": 0.58, "no": 0.41, "chair_absent": 0.01},
}
REMARKS = {
    "A": (
        "The chair said that the box had been closed before our arrival; a member of the board contradicted.",
        "The board was one member short until half an hour after the opening.",
    ),
    "B": (
        "The board was told of it by the team leader's question and did not act while we were there.",
        "Seen once, near the door. The chair called the municipality at once.",
        "Two members of the board disagreed on the rule; the commission was telephoned.",
        "A queue of forty people; voters gave up and left.",
        "The chair noted the matter in the register in our presence.",
    ),
    "C": (
        "Two members of the board disputed how the figures were reached; the chair continued.",
        "The count was interrupted twice while the board looked for the instructions.",
    ),
}
COURTEOUS = (
    "Calm visit, well prepared board.",
    "The board answered every question. The corridor is narrow; voters waited outside.",
    "Seven steps at the entrance, no ramp, no bell. A member of the board helped one voter.",
    "Couples entered the booth together twice; the chair stepped in the second time.",
)


@dataclass(frozen=True)
class Question:
    """One row of the forms' table."""

    code: str
    type: str
    options: tuple[str, ...]
    required: bool
    show_if: str
    flag_when: str
    severities: tuple[int, ...]


@dataclass(frozen=True)
class StopPlan:
    """What the generator needs to know of a planned stop; `planned` is wall time at the station."""

    team: str
    team_number: int
    station: str
    municipality: str
    setting: str
    station_kind: str
    voters: int | None
    kind: str
    planned: datetime


@dataclass(frozen=True)
class Visit:
    """One filled form. Times are wall times of the phone that was right; `clock_error` is what the phone adds to them."""

    uuid: UUID
    form: str
    stop: StopPlan
    answers: dict[str, Any]
    started: datetime
    finished: datetime
    station_typed: str = ""
    replaces: UUID | None = None
    clock_error: timedelta = timedelta(0)
    late_hours: int = 0
    marks: frozenset[str] = field(default_factory=frozenset)


@lru_cache
def questions() -> dict[str, Question]:
    """The questions of all forms, by code."""
    with FORMS.open(encoding="utf-8") as file:
        return {
            row["code"]: Question(
                row["code"],
                row["type"],
                tuple(row["options"].split("|")) if row["options"] else (),
                row["required"] == "yes",
                row["show_if"],
                row["flag_when"],
                tuple(int(part) for part in row["severity"].split("|") if part.strip().isdigit()),
            )
            for row in csv.DictReader(file)
        }


def build_visits(stops: list[StopPlan], *, seed: int, opens: time, closes: time) -> list[Visit]:
    """A filled form for every stop, and the oddities that a real night brings (see `add_oddities`)."""
    draw = random.Random(seed)
    visits = [_visit(draw, stop, opens=opens, closes=closes) for stop in sorted(stops, key=lambda s: (s.planned, s.team_number))]
    return add_oddities(draw, visits)


def add_oddities(draw: random.Random, visits: list[Visit]) -> list[Visit]:
    """Late, wrong clock, contradictory, incomplete, a station that is on no list, and one correction.

    Sending twice and a conflict are oddities of the way, not of the form: the driver makes them (see `polling_day`).
    """
    visits = list(visits)
    voting = [number for number, visit in enumerate(visits) if visit.form == "B"]
    counting = [number for number, visit in enumerate(visits) if visit.form == "C"]
    chosen = draw.sample(voting, min(9, len(voting)))
    for number in chosen[:4]:
        visits[number] = _marked(visits[number], "late", late_hours=draw.randint(9, 14))
    for number in chosen[4:6]:
        members = visits[number].answers["H11"]
        visits[number] = _marked(visits[number], "contradictory", H12=members + 2)
    if len(chosen) > 6:
        visits[chosen[6]] = _marked(
            visits[chosen[6]], "contradictory", B34="very_good", B11="no", B35="Two of four seals were missing on the main box."
        )
    if len(chosen) > 7:
        gaps = dict.fromkeys(("B26", "B27", "B28", "B30", "B31"))
        visits[chosen[7]] = _marked(visits[chosen[7]], "incomplete", **gaps)
    if len(chosen) > 8:
        visits[chosen[8]] = _marked(visits[chosen[8]], "unmatched", station_typed="Mobile section, hospital yard")
    if counting:
        found = visits[counting[0]].answers["C21"]
        visits[counting[0]] = _marked(visits[counting[0]], "contradictory", C22=found, C23=7, C24="never", C33="bad", C34=REMARKS["C"][0])
    for number, visit in enumerate(visits):
        if visit.stop.team_number == WRONG_CLOCK_TEAM:
            visits[number] = _marked(visit, "wrong_clock", clock_error=CLOCK_ERROR)
    if voting:
        visits.append(correction_of(draw, visits[voting[0]]))
    return visits


def correction_of(draw: random.Random, visit: Visit) -> Visit:
    """The same visit with one answer put right, under its own UUID, naming the one it replaces."""
    better = {
        **visit.answers,
        "B17": 1,
        "B18": ["other_station"],
        "B35": "Corrected: one voter was sent to the station next door, not none.",
    }
    return replace(visit, uuid=_uuid(draw), answers=better, replaces=visit.uuid, late_hours=0, marks=frozenset({"correction"}))


def with_other_content(visit: Visit) -> Visit:
    """Other answers under the same UUID: what a copied phone would send."""
    return replace(
        visit, answers={**visit.answers, "B08": "yes" if visit.answers.get("B08") == "no" else "no"}, marks=frozenset({"conflict"})
    )


def _marked(
    visit: Visit, mark: str, *, late_hours: int = 0, station_typed: str = "", clock_error: timedelta = timedelta(0), **answers: Any
) -> Visit:
    kept = {code: value for code, value in {**visit.answers, **answers}.items() if value is not None}
    return replace(
        visit,
        answers=kept,
        marks=visit.marks | {mark},
        late_hours=late_hours or visit.late_hours,
        station_typed=station_typed or visit.station_typed,
        clock_error=clock_error or visit.clock_error,
    )


def _uuid(draw: random.Random) -> UUID:
    return UUID(int=draw.getrandbits(128), version=4)


def _visit(draw: random.Random, stop: StopPlan, *, opens: time, closes: time) -> Visit:
    form = FORM_OF[stop.kind]
    arrived = stop.planned + timedelta(minutes=draw.randint(-6, 8))
    stay = {"A": draw.randint(50, 75), "B": draw.randint(22, 41), "C": draw.randint(130, 205)}[form]
    left = arrived + timedelta(minutes=stay)
    answers: dict[str, Any] = {}
    _fill_header(draw, answers, stop, form, arrived, left, closes)
    for question in questions().values():
        if question.code.startswith(form):
            _answer(draw, answers, question)
    {"A": _fill_opening, "B": _fill_voting, "C": _fill_count}[form](draw, answers, stop, opens=opens, closes=closes)
    _judge(draw, answers, form)
    return Visit(_uuid(draw), form, stop, answers, arrived, left)


def _fill_header(
    draw: random.Random, answers: dict[str, Any], stop: StopPlan, form: str, arrived: datetime, left: datetime, closes: time
) -> None:
    voters = stop.voters or draw.randint(300, 800)
    board = draw.randint(5, 9)
    answers |= {
        "H01": stop.team,
        "H02": KIND_OF[form],
        "H03": stop.station,
        "H04": stop.municipality,
        "H05": stop.setting,
        "H06": stop.station_kind,
        "H07": f"{arrived:%H:%M}",
        "H08": f"{left:%H:%M}",
        "H09": voters,
        "H10": round(voters * _turnout(left) * draw.uniform(0.8, 1.15)) if form != "A" else None,
        "H11": board,
        "H12": min(board, max(1, round(board * draw.uniform(0.4, 0.9)))),
        "H13": _choose(draw, SHARES["H13"]),
        "H14": draw.choice(
            [["none"], ["party_or_candidate"], ["party_or_candidate"], ["party_or_candidate", "citizen_group"], ["citizen_group"]]
        ),
    }
    if answers["H10"] is None:
        del answers["H10"]


def _turnout(at: datetime) -> float:
    hours = at.hour + at.minute / 60 if at.hour > 4 else 24
    return min(0.47, max(0.01, (hours - 6.5) * 0.034))


def _choose(draw: random.Random, shares: dict[str, float]) -> str:
    return draw.choices(list(shares), weights=list(shares.values()))[0]


def _answer(draw: random.Random, answers: dict[str, Any], question: Question) -> None:
    """The answer to a closed question: by the story's shares, else nearly always in order."""
    options = question.options
    if question.code in SHARES:
        answers[question.code] = _choose(draw, SHARES[question.code])
    elif question.type == "multi" and "none" in options:
        others = [option for option in options if option not in {"none", "ballots", "box", "voter_list"}]
        answers[question.code] = [draw.choice(others)] if draw.random() < 0.05 else ["none"]
    elif {"yes", "no", "not_observed"} <= set(options):
        good, bad = ("no", "yes") if question.flag_when == "yes" else ("yes", "no")
        risk = 0.006 if 3 in question.severities else 0.03
        answers[question.code] = _choose(draw, {good: 0.96 - risk, bad: risk, "not_observed": 0.03, "not_applicable": 0.01})
    elif "one_or_few" in options:
        risk = 0.006 if 3 in question.severities else 0.03
        answers[question.code] = _choose(draw, {"none": 1 - risk, "one_or_few": risk})


def _fill_opening(draw: random.Random, answers: dict[str, Any], stop: StopPlan, *, opens: time, closes: time) -> None:
    delay = draw.choice([0, 0, 0, 2, 4, 10, 22])
    answers["A02"] = f"{_plus(opens, delay):%H:%M}"
    if delay > 15:
        answers["A03"] = ["slow_set_up", "members_absent"]
    answers["A09"] = int(answers["H09"] * 1.1) // 10 * 10


def _fill_voting(draw: random.Random, answers: dict[str, Any], stop: StopPlan, *, opens: time, closes: time) -> None:
    answers["B17"] = draw.choice([0, 0, 0, 0, 1, 2, 4])
    if answers["B17"]:
        answers["B18"] = [draw.choice(["not_on_list", "other_station", "no_valid_identity", "not_resident"])]
    answers["B19"] = draw.choice([0, 1, 2, 3, 5, 9])
    answers["B33"] = draw.choice([0, 0, 0, 0, 1])


def _fill_count(draw: random.Random, answers: dict[str, Any], stop: StopPlan, *, opens: time, closes: time) -> None:
    signatures = answers["H10"]
    found = signatures - draw.choice([0, 0, 0, 1])
    invalid = round(found * draw.uniform(0.02, 0.06))
    answers |= {
        "C01": f"{_plus(closes, draw.choice([0, 0, 3, 7])):%H:%M}",
        "C20": signatures,
        "C21": found,
        "C22": found - invalid,
        "C23": invalid,
        "C32": answers["H08"],
    }


def _plus(moment: time, minutes: int) -> time:
    return (datetime.combine(date(2000, 1, 1), moment) + timedelta(minutes=minutes)).time()


def severity_of(answers: dict[str, Any], form: str) -> int:
    """The highest severity among the closed questions of a form; the scale at its end not counted."""
    worst = 0
    for question in questions().values():
        value = answers.get(question.code)
        if not question.code.startswith(form) or value is None or not question.flag_when or question.code == SCALE_OF[form]:
            continue
        worst = max(worst, _flag(question, set(value) if isinstance(value, list) else {str(value)}))
    return worst


def _flag(question: Question, given: set[str]) -> int:
    if question.flag_when == "any but none":
        return question.severities[0] if given - {"none"} else 0
    for rule, severity in zip(question.flag_when.split("|"), question.severities, strict=False):
        names = {name.strip() for name in rule.replace(" or ", ",").split(",")}
        if given & names:
            return severity
    return 0


def _judge(draw: random.Random, answers: dict[str, Any], form: str) -> None:
    """The team's overall view, in keeping with what it ticked."""
    worst = severity_of(answers, form)
    shares = {
        0: {"very_good": 0.75, "good": 0.25},
        1: {"very_good": 0.35, "good": 0.65},
        2: {"very_good": 0.10, "good": 0.83, "bad": 0.07},
        3: {"good": 0.25, "bad": 0.60, "very_bad": 0.15},
    }[worst]
    answers[SCALE_OF[form]] = _choose(draw, shares)
    if worst == 3 or answers[SCALE_OF[form]] in {"bad", "very_bad"}:
        answers[TEXT_OF[form]] = draw.choice(REMARKS[form])
    elif draw.random() < 0.2:
        answers[TEXT_OF[form]] = draw.choice(COURTEOUS)
