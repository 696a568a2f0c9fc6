"""What the plan covers and what was not observed."""

from __future__ import annotations

from typing import Any

from missions.models import Mission, Station
from observers.enums import StopKind, StopOutcome


def coverage(mission: Mission) -> dict[str, Any]:
    """What the plan covers and what it does not: per district and setting, stations listed, planned, visited, and why not."""
    listed: dict[tuple[str, str], int] = {}
    for district, setting in Station.objects.for_mission(mission).values_list("district", "setting"):
        listed[(district, setting)] = listed.get((district, setting), 0) + 1
    seen: dict[tuple[str, str], dict[str, set[int]]] = {}
    for stop in mission.stops.select_related("station"):
        row = seen.setdefault((stop.station.district, stop.station.setting), {})
        row.setdefault("planned", set()).add(stop.station_id)
        if stop.outcome != StopOutcome.PLANNED:
            row.setdefault(stop.outcome, set()).add(stop.station_id)
    strata = []
    for key in sorted({*listed, *seen}):
        counts = {name: len(found) for name, found in seen.get(key, {}).items()}
        visited = counts.get(StopOutcome.VISITED, 0)
        strata.append(
            {
                "district": key[0],
                "setting": key[1],
                "stations": listed.get(key, 0),
                "planned": counts.get("planned", 0),
                "visited": visited,
                "not_reached": counts.get(StopOutcome.NOT_REACHED, 0),
                "refused": counts.get(StopOutcome.REFUSED, 0),
                "closed": counts.get(StopOutcome.CLOSED, 0),
                "not_observed": listed.get(key, 0) - visited,
            }
        )
    names = ("stations", "planned", "visited", "not_reached", "refused", "closed", "not_observed")
    return {
        "total": {name: sum(row[name] for row in strata) for name in names},
        "strata": strata,
        "stops": {kind: mission.stops.filter(kind=kind).count() for kind in StopKind.values},
        "untouched": [row for row in strata if row["planned"] == 0],
    }
