"""A team's way by hand: how far from stop to stop, and whether the times leave room for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from missions.models import Station
from observers.deployment.routes import OPENING, ROAD_FACTOR, VISIT, distance, travel
from observers.deployment.sampling import Place
from observers.deployment.teams import TeamRule
from observers.enums import StopKind
from observers.models import Stop, Team

AT_LEAST = {StopKind.OPENING: OPENING, StopKind.VOTING: VISIT, StopKind.CLOSING: timedelta(hours=1), StopKind.TABULATION: VISIT}
"""How long a team stays at a stop before it goes on."""


@dataclass(frozen=True)
class Leg:
    """A stop, and the way to it from the one before: metres by road, minutes; guessed where coordinates are missing."""

    stop: Stop
    metres: int | None = None
    minutes: int | None = None
    is_guess: bool = False
    warning: str = ""

    @property
    def words(self) -> str:
        """ "12 km, 20 min", with "about" where it is a guess; empty at the first stop and where nothing is to be driven."""
        if self.metres is None:
            return ""
        values = {"km": max(1, round(self.metres / 1000)), "minutes": self.minutes}
        if self.is_guess:
            return _("about %(km)s km, %(minutes)s min") % values
        return _("%(km)s km, %(minutes)s min") % values


def place_of_station(station: Station) -> Place:
    """A station as the routes see it."""
    return Place(station.code, station.district, station.municipality, station.setting, station.latitude, station.longitude)


def way_of(stops: Iterable[Stop]) -> list[Leg]:
    """The stops in their order, each with the way to it; a warning where the time before it is too short."""
    legs: list[Leg] = []
    before: Stop | None = None
    for stop in sorted(stops, key=lambda s: (s.order, s.pk)):
        legs.append(_leg(before, stop) if before else Leg(stop))
        before = stop
    return legs


def _leg(before: Stop, stop: Stop) -> Leg:
    one, other = place_of_station(before.station), place_of_station(stop.station)
    # Where a tabulation is, the list does not say: the way to it stays open.
    if stop.kind == StopKind.TABULATION or before.kind == StopKind.TABULATION or before.station_id == stop.station_id:
        needed, metres, minutes, guess = AT_LEAST[StopKind(before.kind)], None, None, False
    else:
        road = travel(one, other)
        needed, metres, minutes = (
            AT_LEAST[StopKind(before.kind)] + road,
            round(distance(one, other) * ROAD_FACTOR),
            int(road.total_seconds() // 60),
        )
        guess = None in (one.latitude, one.longitude, other.latitude, other.longitude)
    warning = ""
    if stop.planned_at - before.planned_at < needed:
        words = {"time": stop.local_time.strftime("%H:%M"), "station": stop.station.code, "minutes": int(needed.total_seconds() // 60)}
        sentence = _("%(time)s at station %(station)s is too early: the stop before and the way need %(minutes)s minutes.")
        warning = sentence % words
    return Leg(stop, metres, minutes, guess, warning)


def judge_way(team: Team, legs: Sequence[Leg]) -> list[TeamRule]:
    """The rules of a team's way, live: times that leave no room, no or several openings and closings, stations of other teams."""
    found = [TeamRule("too_early", "warning", leg.warning) for leg in legs if leg.warning]
    kinds = [leg.stop.kind for leg in legs]
    for kind, none, several in (
        (StopKind.OPENING, _("No opening is planned."), _("More than one opening is planned.")),
        (StopKind.CLOSING, _("No closing and count is planned."), _("More than one closing is planned.")),
    ):
        if legs and kinds.count(kind) != 1:
            found.append(TeamRule(f"{kind}_once", "warning", none if kind not in kinds else several))
    stations = [leg.stop.station_id for leg in legs]
    shared = Stop.objects.filter(mission=team.mission_id, team__day=team.day, station__in=stations).exclude(team=team)
    for other in shared.select_related("team", "station").order_by("team__number", "order", "pk"):
        words = {"station": other.station.code, "team": other.team.label, "kind": other.get_kind_display()}
        sentence = _("Station %(station)s is on the way of %(team)s too (%(kind)s).")
        found.append(TeamRule("shared_station", "warning", sentence % words))
    return found
