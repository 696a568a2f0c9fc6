"""The plan as tables: stops and people, for pages, CSV and workbooks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from missions.models import Mission
from observers.enums import StopKind, StopOutcome, TeamRole
from observers.services.deployment import place_of
from observers.services.ways import Leg, way_of


def all_stops(mission: Mission) -> list[Leg]:
    """Every stop with the way to it, by day, team and order. The number of queries does not grow with them."""
    legs: list[Leg] = []
    for team in mission.teams.with_plan():
        stops = list(team.stops.all())
        for stop in stops:
            stop.team = team
        legs += way_of(stops)
    return legs


def stop_head() -> list[str]:
    """Names of the columns of `stop_rows`."""
    return [
        _("Team"), _("Day"), _("Time"), _("What"), _("Station"), _("Place"), _("District"), _("Setting"), _("Latitude"), _("Longitude"),
        _("Way there, km"), _("Way there, minutes"), _("Outcome"), _("Reason"), _("Members"),
    ]  # fmt: skip


def stop_rows(mission: Mission) -> list[list[Any]]:
    """One row per stop, as the plan stands now."""
    kinds, outcomes = dict(StopKind.choices), dict(StopOutcome.choices)
    rows = []
    for leg in all_stops(mission):
        stop, station = leg.stop, leg.stop.station
        rows.append(
            [
                stop.team.label,
                stop.local_day,
                stop.local_time,
                str(kinds[StopKind(stop.kind)]),
                station.code,
                stop.place or ", ".join(dict.fromkeys(part for part in place_of(station) if part)),
                station.district,
                station.get_setting_display(),
                station.latitude,
                station.longitude,
                round(leg.metres / 1000, 1) if leg.metres is not None else None,
                leg.minutes,
                str(outcomes[StopOutcome(stop.outcome)]),
                stop.reason,
                "; ".join(member.assignment.person.name for member in stop.team.present),
            ]
        )
    return rows


def member_head() -> list[str]:
    """Names of the columns of `member_rows`."""
    return [_("Team"), _("Day"), _("Area"), _("Name"), _("Function"), _("Telephone")]


def member_rows(mission: Mission) -> list[list[Any]]:
    """One row per person in a team."""
    roles = dict(TeamRole.choices)
    return [
        [
            team.label,
            team.day,
            team.area,
            member.assignment.person.name,
            str(roles[TeamRole(member.role)]),
            member.assignment.person.phone,
        ]
        for team in mission.teams.with_plan()
        for member in team.present
    ]
