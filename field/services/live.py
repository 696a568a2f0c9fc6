"""Polling day as the desk sees it: what came, what is expected, what needs a person (DESIGN 8: the number of queries is fixed)."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q

from core import clock
from field.enums import CHECKS, ConflictState, FormStage, IncidentState, ReviewState
from field.models import Device, FlagReview, Incident, Note, Observation, SubmissionConflict
from missions.models import Mission
from observers.enums import StopKind
from observers.models import Stop, Team

STAGE_OF_STOP = {
    StopKind.OPENING: FormStage.OPENING,
    StopKind.VOTING: FormStage.VOTING,
    StopKind.CLOSING: FormStage.CLOSING,
    StopKind.TABULATION: FormStage.TABULATION,
}
STAGES = tuple(STAGE_OF_STOP.values())
SHOWN_CRITICAL = SHOWN_INCIDENTS = 50


@dataclass
class Cell:
    """Forms of one stage: received of expected."""

    stage: str
    received: int = 0
    expected: int = 0

    @property
    def is_short(self) -> bool:
        """Fewer came than the plan expects."""
        return self.received < self.expected


@dataclass
class TeamRow:
    """One team on the live page."""

    team: Team | None
    name: str
    cells: list[Cell]
    last: datetime | None = None
    forms: int = 0
    critical: int = 0


@dataclass
class Flagged:
    """One flag of severity 3 with what was done about it."""

    observation: Observation
    code: str
    label: dict[str, str]
    state: str
    note: str
    text: str


@dataclass
class Live:
    """Everything the live page shows."""

    day: date | None
    teams: list[TeamRow] = field(default_factory=list)
    totals: list[Cell] = field(default_factory=list)
    critical: list[Flagged] = field(default_factory=list)
    critical_open: int = 0
    incidents: list[Incident] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    notes: int = 0
    last: datetime | None = None
    days: list[date] = field(default_factory=list)


def tag_of(mission: Mission, *extra: object) -> str:
    """Changes when something on the live page changes. Ages shown there are in whole minutes, so the minute is part of it."""
    rows = [
        Observation.objects.for_mission(mission).aggregate(n=Count("pk"), at=Max("changed_at")),
        Incident.objects.filter(mission=mission).aggregate(n=Count("pk"), at=Max("updated_at")),
        FlagReview.objects.filter(observation__mission=mission).aggregate(n=Count("pk"), at=Max("updated_at")),
        Stop.objects.filter(mission=mission).aggregate(n=Count("pk"), at=Max("updated_at")),
        Note.objects.filter(mission=mission).aggregate(n=Count("pk")),
        SubmissionConflict.objects.filter(mission=mission, state=ConflictState.OPEN).aggregate(n=Count("pk")),
    ]
    minute = clock.now().replace(second=0, microsecond=0)
    text = repr([rows, minute, *extra])
    return f'"{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}"'


def opening_day(mission: Mission) -> date | None:
    """The day on which the live page opens: today where it is a polling day or teams ride, else the newest with a form.

    Without any form the first day with teams, or the first polling day.
    """
    planned = set(Team.objects.filter(mission=mission).values_list("day", flat=True))
    polling = {row.day for row in mission.polling_days.all()}
    today = clock.today(mission.zone)
    if today in planned | polling:
        return today
    newest = Observation.objects.for_mission(mission).current().exclude(form__stage=FormStage.INCIDENT).aggregate(day=Max("day"))["day"]
    return newest or min(planned or polling, default=None)


def live(mission: Mission, day: date | None = None) -> Live:
    """The live page's content for one day (all days where none is given)."""
    observations = Observation.objects.for_mission(mission).current().exclude(form__stage=FormStage.INCIDENT)
    days = sorted(set(Team.objects.filter(mission=mission).values_list("day", flat=True)))
    if day:
        observations = observations.filter(day=day)
    result = Live(day=day, days=days)
    waiting = _critical(result, observations)
    _teams(result, mission, observations, day, waiting)
    newest = Incident.objects.filter(mission=mission).select_related("mission", "owner__person").order_by("-sequence")[:SHOWN_INCIDENTS]
    result.incidents = sorted(newest, key=lambda row: (row.state == IncidentState.CLOSED, not row.is_danger))
    result.marks = observations.aggregate(
        incomplete=Count("pk", filter=Q(is_incomplete=True)),
        unmatched=Count("pk", filter=Q(is_unmatched=True)),
        forced=Count("pk", filter=Q(is_forced=True)),
        clock=Count("pk", filter=Q(is_clock_odd=True)),
        waiting=Count("pk", filter=Q(is_waiting=True)),
    )
    checks = FlagReview.objects.filter(observation__in=observations.values("pk"), code__in=CHECKS, state=ReviewState.NEW)
    result.marks["checks"] = checks.values("observation").distinct().count()
    result.marks["conflicts"] = SubmissionConflict.objects.filter(mission=mission, state=ConflictState.OPEN).count()
    result.notes = Note.objects.filter(mission=mission).current().count()
    return result


def _teams(result: Live, mission: Mission, observations: Any, day: date | None, waiting: Counter[int | None]) -> None:
    """The rows; the totals are their sums. A team of another day that sent a form about this one has its row too."""
    teams = Team.objects.filter(mission=mission)
    stops = Stop.objects.filter(mission=mission)
    if day:
        sent = set(observations.order_by().values_list("team", flat=True).distinct()) - {None}
        teams, stops = teams.filter(Q(day=day) | Q(pk__in=sent)), stops.filter(team__day=day)
    expected: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for team, kind, n in stops.values_list("team", "kind").annotate(n=Count("pk")).order_by():
        expected[team][STAGE_OF_STOP.get(kind, kind)] += n
    received: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    last: dict[int | None, datetime] = {}
    counted = observations.values_list("team", "form__stage").annotate(n=Count("pk"), at=Max("received_at"))
    for team, stage, n, at in counted.order_by():
        received[team][stage] += n
        last[team] = max(at, last[team]) if team in last else at
    rows: list[tuple[int | None, Team | None, str]] = [(team.pk, team, team.label) for team in teams]
    if received.get(None):
        rows.append((None, None, ""))
    for pk, team, name in rows:
        cells = [Cell(stage, received[pk][stage], expected[pk or 0][stage]) for stage in STAGES]
        row = TeamRow(team, name, cells, last.get(pk), sum(received[pk].values()), waiting[pk])
        result.teams.append(row)
    for stage in STAGES:
        total = Cell(stage, sum(by[stage] for by in received.values()), sum(by[stage] for by in expected.values()))
        result.totals.append(total)
    result.last = max(last.values(), default=None)


def _critical(result: Live, observations: Any) -> Counter[int | None]:
    """The newest critical flags; returned are those that nobody looked at, all of them, by team."""
    rows = observations.critical().with_names().defer("raw_xml", "packed").order_by("-received_at", "-pk")
    found = list(rows[:SHOWN_CRITICAL])
    reviews = {(review.observation_id, review.code): review for review in FlagReview.objects.filter(observation__in=found)}
    for observation in found:
        labels = {question["code"]: question.get("label", {}) for question in observation.form_version.questions}
        last_text = next((str(observation.answers[code]) for code in ("A26", "B35", "C34", "D25") if observation.answers.get(code)), "")
        for code, severity in observation.flags.items():
            if severity != 3:
                continue
            review = reviews.get((observation.pk, code))
            state = review.state if review else ReviewState.NEW
            result.critical.append(Flagged(observation, code, labels.get(code, {}), state, review.note if review else "", last_text))
    result.critical.sort(key=lambda row: row.state != ReviewState.NEW)
    flagged = observations.critical().order_by().values_list("pk", "team", "flags")
    looked_at = set(
        FlagReview.objects.filter(observation__in=observations.critical().values("pk"))
        .exclude(state=ReviewState.NEW)
        .values_list("observation", "code")
    )
    waiting: Counter[int | None] = Counter()
    for pk, team, flags in flagged:
        waiting[team] += sum(severity == 3 and (pk, code) not in looked_at for code, severity in flags.items())
    result.critical_open = waiting.total()
    return waiting


def missing_openings(mission: Mission, at: datetime) -> list[Stop]:
    """Openings planned before `at` whose form has not come. Who asks takes off the 90 minutes after which the first reminder is due."""
    due = Stop.objects.filter(mission=mission, kind=StopKind.OPENING, planned_at__lt=at).select_related("team", "station")
    came = Observation.objects.for_mission(mission).current().filter(form__stage=FormStage.OPENING).values_list("team_id", flat=True)
    return list(due.exclude(team__in=list(came)))


def phones_of(mission: Mission) -> Any:
    """Phones of the mission's people, newest first."""
    return Device.objects.for_mission(mission).with_token().select_related("person")
