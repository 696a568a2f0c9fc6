"""Checks across records (field-forms 4: P1, P4, P5, P6, P8). The form's own checks (P1-P4, P7) are in the form.

A sweep looks at what changed since it last looked and writes a review note in state `new`; nothing is blocked, and a
person settles it. Run twice it writes nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.actors import SYSTEM
from core.geometry import metres_between
from field.enums import CHECKS, STATION_STAGES, FormStage
from field.models import FlagReview, Observation
from missions.models import Mission

FAST = timedelta(minutes=3)
TURNOUT_HIGH = 0.95
TURNOUT_FAR = 0.25
ALIKE = 3
COMPARED_FROM = 5  # stations whose turnout is known
KM_PER_HOUR = 120  # as the crow flies; no car of a team is faster from door to door
DAY, MORNING = 24 * 60, 6 * 60  # minutes; a night visit before 06:00 belongs to the polling day before
FIELDS = (
    "pk",
    "uuid",
    "team_id",
    "team_label",
    "station_id",
    "station_text",
    "station__latitude",
    "station__longitude",
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
    rows = Observation.objects.for_mission(mission).current().filter(form__stage__in=STATION_STAGES).select_related("form", "station")
    changed = list(rows.filter(changed_at__gte=since).only(*FIELDS, "form__stage"))
    notes: dict[tuple[int, str], str] = {}
    for row in changed:
        _check_counts(row, notes)
        _check_speed(row, notes)
    _check_pairs(changed, rows, notes)
    _check_teams(changed, rows, notes)
    _check_turnout(changed, mission, notes)
    _check_ballots(changed, rows, notes)
    pks = {pk for pk, _code in notes}
    known = set(FlagReview.objects.filter(observation__in=pks, code__in=CHECKS).values_list("observation_id", "code"))
    new = [
        FlagReview(observation_id=pk, code=code, note=note, made_by=str(SYSTEM))
        for (pk, code), note in notes.items()
        if (pk, code) not in known
    ]
    FlagReview.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def others(row: Observation, code: str) -> list[Observation]:
    """The records that a check compared this one with: of P1 the visits that clash, of P6 and P8 its like."""
    rows = Observation.objects.for_mission(row.mission).current().filter(day=row.day, form__stage__in=STATION_STAGES).exclude(pk=row.pk)
    rows = rows.with_names().order_by("started_at", "pk")
    if code == "P1":
        visits = [other for other in rows.filter(team=row.team_id) if row.team_id and _span(row) and _span(other)]
        return [other for other in visits if _why_not_both(*sorted((row, other), key=_span))]  # type: ignore[arg-type]
    if code == "P6":
        return [other for other in rows.filter(team=row.team_id, form=row.form_id) if row.team_id and _own(other) == _own(row)]
    if code == "P8":
        return list(rows.filter(station=row.station_id, slot=row.slot, form=row.form_id)) if row.station_id else []
    return []


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
    """P8: a second form for the same station and slot by another team. Both are marked, whichever came first."""
    stations = {row.station_id for row in changed if row.station_id}
    found: dict[tuple, dict[int, Any]] = defaultdict(dict)
    for pk, *key, team, label in rows.filter(station__in=stations).values_list(
        "pk", "station_id", "slot", "form_id", "day", "team_id", "team_label"
    ):
        found[tuple(key)][pk] = team or label
    for teams in found.values():
        if len(set(teams.values())) > 1:
            notes |= {(pk, "P8"): _("Another team sent the same form for this station and time: look at both.") for pk in teams}


def _check_teams(changed: Iterable[Observation], rows: Any, notes: dict[tuple[int, str], str]) -> None:
    """P6: the same answers in several forms of one team. P1: one team in two places at once."""
    teams = {row.team_id for row in changed if row.team_id}
    by_team: dict[int, list[Observation]] = defaultdict(list)
    for row in rows.filter(team__in=teams).only(*FIELDS, "form__stage"):
        by_team[row.team_id].append(row)
    for members in by_team.values():
        alike: dict[tuple, list[int]] = defaultdict(list)
        for row in members:
            alike[row.form_id, _own(row)].append(row.pk)
        for pks in alike.values():
            if len(pks) >= ALIKE:
                notes |= {(pk, "P6"): _("All answers are the same in several forms of this team.") for pk in pks}
        _check_places(members, notes)


def _check_places(members: list[Observation], notes: dict[tuple[int, str], str]) -> None:
    """P1: each visit against the one at another station that ended last before it, or has not ended."""
    visits = sorted((*span, row.pk, row) for row in members if (span := _span(row)) and row.station_id)
    last: dict[int | None, tuple[datetime, int, Observation]] = {}
    for _start, end, pk, row in visits:
        ended, _pk, before = max((seen for station, seen in last.items() if station != row.station_id), default=(None, 0, None))
        if ended and before:
            if why := _why_not_both(before, row):
                notes |= {(before.pk, "P1"): why, (pk, "P1"): why}
        last[row.station_id] = max((end, pk, row), last.get(row.station_id, (end, pk, row)))


def _why_not_both(before: Observation, row: Observation) -> str:
    """P1 of two visits, the earlier first; empty where the team can have made both."""
    first, second = _span(before), _span(row)
    if first is None or second is None or not row.station_id or before.station_id in (None, row.station_id):
        return ""
    if second[0] < first[1]:
        return _("The team was in two stations at the same time.")
    if _distance(before, row) > KM_PER_HOUR * (second[0] - first[1]).total_seconds() / 3600:
        return _("The team cannot have travelled from one station to the other in that time.")
    return ""


def _own(row: Observation) -> tuple[tuple[str, str], ...]:
    """What a form says of its own: all but the visit."""
    return tuple(sorted((code, str(value)) for code, value in row.answers.items() if not code.startswith(("H", "station"))))


def _span(row: Observation) -> tuple[datetime, datetime] | None:
    """Arrival and departure by the wall clock; a stay that ends after midnight goes on. None where one is not known."""
    start, end = _minutes(row.answers.get("H07")), _minutes(row.answers.get("H08"))
    if row.day is None or start is None or end is None:
        return None
    day = datetime.combine(row.day, time())
    if row.form.stage in {FormStage.CLOSING, FormStage.TABULATION}:
        start += DAY if start < MORNING else 0
        end += DAY if end < start else 0
    if end < start:
        return None  # the form warned of it (its own P1)
    return day + timedelta(minutes=start), day + timedelta(minutes=end)


def _minutes(text: Any) -> int | None:
    hour, _colon, minute = str(text or "")[:5].partition(":")
    return int(hour) * 60 + int(minute) if hour.isdigit() and minute.isdigit() else None


def _distance(one: Observation, other: Observation) -> float:
    """Kilometres between two stations as the crow flies; 0 where one has no coordinates."""
    first, second = one.station, other.station
    if not first or not second or first.latitude is None or first.longitude is None or second.latitude is None or second.longitude is None:
        return 0.0
    return metres_between(first.latitude, first.longitude, second.latitude, second.longitude) / 1000


def _check_ballots(changed: Iterable[Observation], rows: Any, notes: dict[tuple[int, str], str]) -> None:
    """P5, as far as the forms ask for it: a box holds no more ballots than the station received in the morning."""
    stations = {row.station_id for row in changed if row.station_id and row.form.stage in {FormStage.OPENING, FormStage.CLOSING}}
    received: dict[tuple, int] = {}
    found: list[tuple[tuple, int, int]] = []
    for pk, station, day, answers in rows.filter(station__in=stations).order_by("pk").values_list("pk", "station_id", "day", "answers"):
        if isinstance(answers.get("A09"), int):
            received[station, day] = max(answers["A09"], received.get((station, day), 0))
        if isinstance(answers.get("C21"), int):
            found.append(((station, day), pk, answers["C21"]))
    for key, pk, ballots in found:
        if key in received and ballots > received[key]:
            notes[pk, "P5"] = _("There are more ballots in the box than the station received in the morning.")


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
        elif len(known) >= COMPARED_FROM and abs(share - mean) > TURNOUT_FAR:
            notes.setdefault((pk, "P4"), _("The turnout is far from that of the other stations."))
