"""Checks across records (field-forms 4: P1, P4-P6, P8). The form's own checks are in the form.

A sweep looks at what changed since it last looked and writes a review note in state `new`; nothing is blocked, and a
person settles it. Run twice it writes nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.actors import SYSTEM
from field.enums import STATION_STAGES, FormStage
from field.models import FlagReview, Observation
from missions.models import Mission

FAST = timedelta(minutes=3)
TURNOUT_HIGH = 0.95
TURNOUT_FAR = 0.25
ALIKE = 3
FIELDS = (
    "pk",
    "uuid",
    "team_id",
    "team_label",
    "station_id",
    "station_text",
    "slot",
    "day",
    "answers",
    "started_at",
    "finished_at",
    "form_id",
    "mission_id",
    "person_id",
)


def sweep(*, since: datetime | None = None) -> int:
    """Check what changed in the last quarter of an hour (or since an instant), mission by mission. Returns notes written."""
    start = since or clock.now() - timedelta(minutes=15)
    missions = Observation.objects.filter(changed_at__gte=start).values_list("mission", flat=True).distinct()
    return sum(check_mission(mission, since=start) for mission in Mission.objects.filter(pk__in=list(missions)))


def check_mission(mission: Mission, *, since: datetime) -> int:
    """Check the records of one mission that changed since."""
    rows = Observation.objects.for_mission(mission).current().filter(form__stage__in=STATION_STAGES).select_related("form")
    changed = list(rows.filter(changed_at__gte=since).only(*FIELDS, "form__stage"))
    notes: dict[tuple[int, str], str] = {}
    for row in changed:
        _check_counts(row, notes)
        _check_speed(row, notes)
    _check_pairs(changed, rows, notes)
    _check_teams(changed, rows, notes)
    _check_turnout(changed, mission, notes)
    known = set(
        FlagReview.objects.filter(observation__in=[row.pk for row in changed], code__startswith="P").values_list("observation_id", "code")
    )
    new = [
        FlagReview(observation_id=pk, code=code, note=note, made_by=str(SYSTEM))
        for (pk, code), note in notes.items()
        if (pk, code) not in known
    ]
    FlagReview.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _number(row: Observation, code: str) -> int | None:
    value = row.answers.get(code)
    return value if isinstance(value, int) else None


def _check_counts(row: Observation, notes: dict[tuple[int, str], str]) -> None:
    """P4: the figures of the count, as far as they are known."""
    signatures, found = _number(row, "C20"), _number(row, "C21")
    valid, invalid = _number(row, "C22"), _number(row, "C23")
    if None not in (found, valid, invalid) and found != valid + invalid:  # type: ignore[operator]
        notes[row.pk, "P4"] = _("Valid and invalid ballots do not add up to the ballots in the box.")
    elif signatures is not None and found is not None and found > signatures:
        notes[row.pk, "P4"] = _("There are more ballots in the box than signatures.")


def _check_speed(row: Observation, notes: dict[tuple[int, str], str]) -> None:
    """P6: form B filled in under three minutes."""
    if row.form.stage == FormStage.VOTING and row.started_at and row.finished_at and timedelta(0) < row.finished_at - row.started_at < FAST:
        notes[row.pk, "P6"] = _("The form was filled in under three minutes.")


def _check_pairs(changed: Iterable[Observation], rows: Any, notes: dict[tuple[int, str], str]) -> None:
    """P8: a second form for the same station and slot by another team."""
    stations = {row.station_id for row in changed if row.station_id}
    others: dict[tuple, set] = defaultdict(set)
    for key in rows.filter(station__in=stations).values_list("station_id", "slot", "form_id", "day", "team_id", "team_label"):
        others[key[:4]].add(key[4] or key[5])
    for row in changed:
        if row.station_id and len(others[row.station_id, row.slot, row.form_id, row.day]) > 1:
            notes[row.pk, "P8"] = _("Another team sent the same form for this station and time: look at both.")


def _check_teams(changed: Iterable[Observation], rows: Any, notes: dict[tuple[int, str], str]) -> None:
    """P6: the same answers in several forms of one team. P1: one team in two places at once."""
    teams = {row.team_id for row in changed if row.team_id}
    by_team: dict[int, list[Observation]] = defaultdict(list)
    for row in rows.filter(team__in=teams).only(*FIELDS, "form__stage"):
        by_team[row.team_id].append(row)
    wanted = {row.pk for row in changed}
    for members in by_team.values():
        alike: dict[tuple, list[int]] = defaultdict(list)
        for row in members:
            own = tuple(sorted((code, str(value)) for code, value in row.answers.items() if not code.startswith(("H", "station"))))
            alike[row.form_id, own].append(row.pk)
        for pks in alike.values():
            if len(pks) >= ALIKE:
                notes |= {(pk, "P6"): _("All answers are the same in several forms of this team.") for pk in pks if pk in wanted}
        _check_places(members, wanted, notes)


def _check_places(members: list[Observation], wanted: set[int], notes: dict[tuple[int, str], str]) -> None:
    visits = sorted((span, row) for row in members if (span := _span(row)) and row.station_id)
    for (first, one), (second, other) in zip(visits, visits[1:], strict=False):
        if one.day == other.day and one.station_id != other.station_id and second[0] < first[1]:
            for row in (one, other):
                if row.pk in wanted:
                    notes[row.pk, "P1"] = _("The team was in two stations at the same time.")


def _span(row: Observation) -> tuple[str, str, int] | None:
    start, end = str(row.answers.get("H07", ""))[:5], str(row.answers.get("H08", ""))[:5]
    return (f"{row.day}{start}", f"{row.day}{end}", row.pk) if start and end and start < end else None


def _check_turnout(changed: Iterable[Observation], mission: Mission, notes: dict[tuple[int, str], str]) -> None:
    """P4: a turnout above 95 % or far from the other stations."""
    counted = [(row, _number(row, "C20"), _number(row, "H09")) for row in changed if row.form.stage == FormStage.CLOSING]
    shares = {row.pk: signatures / voters for row, signatures, voters in counted if signatures is not None and voters}
    if not shares:
        return
    rows = Observation.objects.for_mission(mission).current().filter(form__stage=FormStage.CLOSING).values_list("answers", flat=True)
    known = [a["C20"] / a["H09"] for a in rows if isinstance(a.get("C20"), int) and isinstance(a.get("H09"), int) and a["H09"]]
    mean = sum(known) / len(known)
    for pk, share in shares.items():
        if share > TURNOUT_HIGH:
            notes.setdefault((pk, "P4"), _("The turnout is above 95 %."))
        elif len(known) >= 5 and abs(share - mean) > TURNOUT_FAR:
            notes.setdefault((pk, "P4"), _("The turnout is far from that of the other stations."))
