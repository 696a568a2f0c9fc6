"""The map of a report: municipalities where stations were visited, never a station (report-structure 7).

A municipality's dot is the middle of all its stations that have a position. Where fewer than five have one, the middle would tell a
station: it is rounded to a tenth of a degree.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from core.documents import blocks as b
from core.documents.words import joined
from missions.models import Mission, Station
from observers.enums import StopOutcome
from observers.models import Stop
from reports.documents.wording import count_of, say

OUTLINES = Path(__file__).resolve().parents[2] / "data" / "outlines.json"
"""Outlines of the member states, simplified from Natural Earth 1:50m (public domain); `docs/documents.md` says how."""

ENOUGH = 5
"""From so many located stations on, their middle is no station's position."""

NAMED = 25
"""So many municipalities are named in the alternative text."""


@cache
def _outlines() -> dict[str, list[list[list[float]]]]:
    return json.loads(OUTLINES.read_text(encoding="utf-8"))


def map_of(missions: Iterable[Mission]) -> dict[str, Any] | None:
    """Municipalities with how many of their stations were visited and where they lie, the largest first; None where nothing was visited.

    A municipality without a position is in the table and not on the map.
    """
    rows = list(missions)
    visited: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for stop in Stop.objects.filter(mission__in=rows, outcome=StopOutcome.VISITED).select_related("station"):
        if stop.station.municipality:
            visited[(stop.mission_id, stop.station.district, stop.station.municipality)].add(stop.station_id)
    if not visited:
        return None
    middles = _middles(rows, {name for _mission, _district, name in visited})
    found = [
        {"name": name, "district": district, "stations": len(stations), "point": middles.get((mission, district, name))}
        for (mission, district, name), stations in visited.items()
    ]
    found.sort(key=lambda row: (-row["stations"], row["name"], row["district"]))
    code = rows[0].country.code
    return {"country": code, "places": found, "outline": _outlines().get(code, [])}


def _middles(missions: list[Mission], names: set[str]) -> dict[tuple[int, str, str], list[float]]:
    """Longitude and latitude of each municipality, from all its located stations."""
    located: dict[tuple[int, str, str], list[tuple[float, float]]] = defaultdict(list)
    stations = Station.objects.filter(mission__in=missions, municipality__in=names, latitude__isnull=False, longitude__isnull=False)
    for mission, district, name, longitude, latitude in stations.values_list(
        "mission", "district", "municipality", "longitude", "latitude"
    ):
        located[(mission, district, name)].append((longitude, latitude))
    middles = {}
    for key, points in located.items():
        digits = 2 if len(set(points)) >= ENOUGH else 1
        middles[key] = [round(sum(point[axis] for point in points) / len(points), digits) for axis in (0, 1)]
    return middles


def chart_of(found: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    """The map as a chart; None where no municipality has a position."""
    rows = _located(found)
    if found is None or not rows:
        return None
    return b.places(
        [row["name"] for row in rows],
        [row["stations"] for row in rows],
        points=[row["point"] for row in rows],
        outline=found["outline"],
        name=say("col_stations", language),
    )


def alt_of(found: dict[str, Any], language: str) -> str:
    """The map in words: how many municipalities, and which with how many stations."""
    rows = _located(found)
    named = [say("map_place", language, name=row["name"], stations=count_of("stations", row["stations"], language)) for row in rows[:NAMED]]
    if len(rows) > NAMED:
        named.append(say("map_more", language, n=len(rows) - NAMED))
    return say("map_alt", language, count=count_of("municipalities", len(rows), language), places=joined(named, ", "))


def blocks(found: dict[str, Any] | None, language: str) -> list[dict[str, Any]]:
    """The map, what it does not say, and the same as a table."""
    if not found:
        return []
    made = []
    chart = chart_of(found, language)
    if chart:
        made.append(b.figure(say("map_caption", language), alt=alt_of(found, language), chart=chart, data_table=False))
        made.append(b.paragraph(say("map_note", language), style="small"))
    head = [say("col_municipality", language), say("col_area", language), say("col_stations", language)]
    rows = [[row["name"], row["district"], row["stations"]] for row in found["places"]]
    return [*made, b.table(say("map_table", language), head=head, rows=rows, widths=[4, 4, 2], row_heads=True)]


def _located(found: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [row for row in (found or {"places": []})["places"] if row["point"]]
