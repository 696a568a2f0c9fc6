"""Where the teams have been: stations of a day as points and as a list, and where two observers sent the same form."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from field.enums import FormStage, Slot
from field.models import Observation
from missions.models import Mission
from observers.enums import StopOutcome
from observers.models import Stop

CRITICAL = 3
READ = (
    "uuid", "station_id", "station__code", "station__name", "station__latitude", "station__longitude",
    "station_text", "latitude", "longitude", "form__code", "form__stage", "slot",
    "day", "team_id", "team__name", "team_label", "person_id", "severity",
    "started_at", "received_at", "person__given_name", "person__family_name",
)  # fmt: skip


@dataclass
class Place:
    """One station: what came from it, or that the plan sends a team there."""

    label: str
    point: tuple[float, float] | None = None  # latitude, longitude
    teams: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    forms: int = 0
    severity: int = 0
    last: datetime | None = None
    is_pair: bool = False
    outcome: str = StopOutcome.VISITED

    @property
    def is_visited(self) -> bool:
        """A form came from there."""
        return self.forms > 0

    @property
    def outcome_label(self) -> str:
        """In words: visited, planned, not reached…"""
        return str(StopOutcome(self.outcome).label)

    @property
    def team_names(self) -> str:
        """The teams in one line."""
        return ", ".join(self.teams)

    @property
    def stage_names(self) -> str:
        """What was observed there, in one line."""
        return ", ".join(str(FormStage(stage).label) for stage in self.stages)


@dataclass
class Pair:
    """Forms of one kind, station, day and time by two observers or more: both count, and they can be laid side by side."""

    label: str
    form: str
    slot: str
    records: list[tuple[Any, str]]  # (uuid, who: the team, and the person where one is known)

    @property
    def slot_label(self) -> str:
        """The time of the visit in words."""
        return str(Slot(self.slot).label)


@dataclass
class Visits:
    """The places of a day, those with a form first, and the pairs among them."""

    places: list[Place]
    pairs: list[Pair]

    @property
    def has_points(self) -> bool:
        """Something can be drawn."""
        return any(place.point for place in self.places)


def visits_of(mission: Mission, day: date | None = None) -> Visits:
    """Where forms came from, and where the plan sends teams that have sent none yet. Two queries, whatever their number."""
    rows = Observation.objects.for_mission(mission).current().exclude(form__stage=FormStage.INCIDENT)
    stops = Stop.objects.filter(mission=mission)
    if day:
        rows, stops = rows.filter(day=day), stops.filter(team__day=day)
    places: dict[Any, Place] = {}
    groups: dict[tuple, dict[tuple, tuple[Any, str]]] = defaultdict(dict)
    for row in rows.order_by("received_at", "pk").values(*READ):
        key = row["station_id"] or row["station_text"].strip().lower()
        if not key:
            continue
        place = places.setdefault(key, _place(row))
        who = row["team__name"] or row["team_label"]
        _add(place, row, who)
        group = groups[key, row["form__code"], row["slot"], row["day"]]
        group.setdefault((row["team_id"] or row["team_label"], row["person_id"]), (row["uuid"], _who(who, row)))
    pairs = []
    for (key, form, slot, _day), group in groups.items():
        if len(group) > 1:
            places[key].is_pair = True
            pairs.append(Pair(places[key].label, form, slot, list(group.values())))
    _plan(places, stops)
    return Visits(sorted(places.values(), key=lambda place: (not place.is_visited, place.label)), pairs)


def _who(team: str, row: dict[str, Any]) -> str:
    """Team and person: two observers of one team must be told apart."""
    return ", ".join(filter(None, [team, f"{row['person__given_name'] or ''} {row['person__family_name'] or ''}".strip()]))


def _place(row: dict[str, Any]) -> Place:
    label = f"{row['station__code']} {row['station__name']}".strip() if row["station_id"] else row["station_text"]
    return Place(label, _point(row["station__latitude"], row["station__longitude"]))


def _point(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _add(place: Place, row: dict[str, Any], who: str) -> None:
    """One more form from there; where the station has no coordinates, those of the phone show it."""
    place.forms += 1
    place.point = place.point or _point(row["latitude"], row["longitude"])
    place.severity = max(place.severity, row["severity"] or 0)
    place.last = row["started_at"] or row["received_at"]
    if who and who not in place.teams:
        place.teams.append(who)
    if row["form__stage"] not in place.stages:
        place.stages.append(row["form__stage"])


def _plan(places: dict[Any, Place], stops: Any) -> None:
    """Stations of the plan from which nothing came, with what became of the stop."""
    planned: dict[int, Place] = {}
    for stop in stops.select_related("station", "team").order_by("planned_at", "pk"):
        if stop.station_id in places:
            continue
        place = planned.get(stop.station_id)
        if place is None:
            point = _point(stop.station.latitude, stop.station.longitude)
            place = planned[stop.station_id] = Place(stop.station.label, point, outcome=stop.outcome, last=stop.planned_at)
        if stop.team.label not in place.teams:
            place.teams.append(stop.team.label)
    places |= planned


def geojson(visits: Visits, zone: Any) -> dict[str, Any]:
    """The places with coordinates, for the map and for other tools; `time` is the wall time in `zone`."""
    features = []
    for place in visits.places:
        if place.point is None:
            continue
        properties = {
            "station": place.label,
            "teams": place.team_names,
            "stages": place.stage_names,
            "forms": place.forms,
            "state": place.outcome if not place.is_visited else "critical" if place.severity >= CRITICAL else "visited",
            "label": _("Critical flag") if place.severity >= CRITICAL else place.outcome_label,
            "time": place.last.astimezone(zone).strftime("%H:%M") if place.last else "",
            "pair": place.is_pair,
        }
        point = {"type": "Point", "coordinates": [place.point[1], place.point[0]]}
        features.append({"type": "Feature", "geometry": point, "properties": properties})
    return {"type": "FeatureCollection", "features": features}
