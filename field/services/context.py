"""What the server knows about a mission while observations arrive: hours, zone, teams, stations. The same rows as
`mission.csv` and `stations.csv`, so that phone and server evaluate the same look-ups.

Kept per process for seconds: a batch door that asks the database for each record does not reach its rate. Only what was
found is kept; what is missing is asked again each time, so a station added now is matched now.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from missions.models import Mission, Station
from observers.models import Team, TeamMember

KEEP_SECONDS = 10.0
MOST_STATIONS = 2_000
STATION_COLUMNS = ("municipality", "district", "setting", "kind", "voters")


@dataclass(slots=True)
class StationRow:
    """What ingest needs of a station."""

    pk: int
    columns: dict[str, str]


@dataclass(slots=True)
class MissionContext:
    """Read-only facts of one mission."""

    mission: Mission
    zone: ZoneInfo
    days: list[date]
    hours: dict[str, dict[str, str]]
    loaded: float
    versions: dict[tuple[str, str], Any] = field(default_factory=dict)
    stations: dict[str, StationRow] = field(default_factory=dict)
    teams_by_name: dict[tuple[str, date], int] = field(default_factory=dict)
    teams_by_person: dict[tuple[int, date], int] = field(default_factory=dict)

    def load_stations(self, codes: Iterable[str]) -> None:
        """Look up what is not known yet, in one query; the first time `MOST_STATIONS` of the mission with it, for the forms to come."""
        wanted = {code for code in codes if code and code not in self.stations}
        if not wanted:
            return
        rows = Station.objects.filter(mission=self.mission).order_by()
        if not self.stations:
            self._keep(rows[:MOST_STATIONS])
            wanted -= self.stations.keys()
        if wanted:
            self._keep(rows.filter(code__in=wanted))

    def _keep(self, rows: QuerySet[Station]) -> None:
        for pk, code, *values in rows.values_list("pk", "code", *STATION_COLUMNS):
            self.stations[code] = StationRow(pk, _columns(values))

    def look_up(self, table: str, column: str, key: str, value: str) -> str:
        """`pulldata(table, column, key, value)`; nothing where there is nothing."""
        if key != "name":
            return ""
        if table == "mission":
            return self.hours.get(value, {}).get(column, "")
        if table == "stations":
            row = self.stations.get(value)
            return row.columns.get(column, "") if row else ""
        return ""

    def team_of(self, label: str, person_id: int | None, day: date | None) -> int | None:
        """The team of that name on that day, else the person's team of that day."""
        if day is None:
            return None
        return self.teams_by_name.get((label.strip().lower(), day)) or self.teams_by_person.get((person_id or 0, day))

    def day_of(self, start: datetime | None) -> date | None:
        """The polling day an observation belongs to: that of its start; before 06:00 the day before, if that is one."""
        if start is None:
            return None
        wall = start.astimezone(self.zone)
        before = wall.date() - timedelta(days=1)
        return before if wall.hour < 6 and before in self.days and wall.date() not in self.days else wall.date()


def station_columns(row: Station) -> dict[str, str]:
    """A station as a row of `stations.csv`, without name and label."""
    return _columns([getattr(row, name) for name in STATION_COLUMNS])


def _columns(values: list[Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in zip(STATION_COLUMNS, values, strict=True)}


def mission_rows(mission: Mission) -> list[dict[str, str]]:
    """The rows of `mission.csv` without the person's team: one per polling day, and `default`."""
    rows = []
    for polling in sorted(mission.polling_days.all(), key=lambda row: row.day):
        opens, closes = polling.opens_at, polling.closes_at
        rows.append(
            {
                "name": polling.day.isoformat(),
                "label": polling.day.isoformat(),
                "day": polling.day.isoformat(),
                "opens": opens.strftime("%H:%M") if opens else "",
                "closes": closes.strftime("%H:%M") if closes else "",
                "opens_min": str(opens.hour * 60 + opens.minute) if opens else "",
                "closes_min": str(closes.hour * 60 + closes.minute) if closes else "",
                "reference": mission.reference,
                "team": "",
            }
        )
    first = rows[0] if rows else dict.fromkeys(("label", "day", "opens", "closes", "opens_min", "closes_min", "team"), "")
    rows.append(first | {"name": "default", "reference": mission.reference})
    return rows


_kept: dict[UUID, MissionContext] = {}
_lock = threading.Lock()


def context_of(mission: Mission, *, fresh: bool = False) -> MissionContext:
    """The context of a mission, at most `KEEP_SECONDS` old."""
    kept = _kept.get(mission.uuid)
    if kept is not None and not fresh and time.monotonic() - kept.loaded < KEEP_SECONDS:
        return kept
    context = _load(mission)
    with _lock:
        if len(_kept) > 200:
            _kept.clear()
        _kept[mission.uuid] = context
    return context


def known_mission(uuid: UUID) -> Mission | None:
    """The mission itself, at most `KEEP_SECONDS` old where a context of it is kept."""
    kept = _kept.get(uuid)
    if kept is not None and time.monotonic() - kept.loaded < KEEP_SECONDS:
        return kept.mission
    return Mission.objects.filter(uuid=uuid).first()


def forget() -> None:
    """Forget everything kept (tests, and after a change that must show at once)."""
    with _lock:
        _kept.clear()


def _load(mission: Mission) -> MissionContext:
    rows = mission_rows(mission)
    context = MissionContext(
        mission=mission,
        zone=ZoneInfo(mission.zone),
        days=[date.fromisoformat(row["day"]) for row in rows if row["name"] != "default"],
        hours={row["name"]: row for row in rows},
        loaded=time.monotonic(),
    )
    for pk, name, day in Team.objects.filter(mission=mission).values_list("pk", "name", "day"):
        context.teams_by_name[name.strip().lower(), day] = pk
    members = TeamMember.objects.filter(team__mission=mission, left_at__isnull=True)
    for person, day, team in members.values_list("person_id", "day", "team_id"):
        context.teams_by_person[person, day] = team
    return context
