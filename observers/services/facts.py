"""Read-only answers for lower apps, registered with `missions.facts`, and for the phone's rooms."""

from __future__ import annotations

from datetime import date
from typing import Any

from missions.models import Mission
from observers.enums import PlanState
from observers.membership.verdicts import said_of
from observers.models import Membership, Stop, Team, TeamMember
from observers.models.membership import membership_on


def delegation_size(mission: Mission) -> int:
    """How many members of the Congress are asked, accepted or confirmed."""
    return mission.assignments.live().members().count()


def team_of(person: Any, mission: Mission, day: date | None = None) -> Team | None:
    """The team somebody rides in: on a day of the mission, or on its first day with a team."""
    rows = TeamMember.objects.filter(person=person, team__mission=mission, left_at__isnull=True).select_related("team")
    if day is not None:
        rows = rows.filter(day=day)
    member = rows.order_by("day").first()
    return member.team if member else None


def outside_membership(wanted: set[tuple[int, date]]) -> set[tuple[int, date]]:
    """Those (person, day) on whose day a person who is or was a member has no membership that runs. One query for all."""
    rows: dict[int, list[Membership]] = {}
    for row in Membership.objects.filter(person__in={person for person, _day in wanted}):
        rows.setdefault(row.person_id, []).append(row)
    return {(person, day) for person, day in wanted if person in rows and membership_on(rows[person], day) is None}


def stops_of(team: Team) -> list[Stop]:
    """A team's stops in their order, with their stations."""
    return list(team.stops.select_related("station").order_by("order", "pk"))


def team_events(uuid: Any) -> dict[str, Any] | None:
    """What a team's calendar feed shows: its name, its mission, and its stops once a plan is released; None for a team that is gone."""
    team = Team.objects.filter(uuid=uuid).select_related("mission").first()
    if team is None:
        return None
    plan = team.mission.deployment_plans.filter(state=PlanState.RELEASED).order_by("-version").first()
    stops = [
        {
            "uuid": str(stop.uuid),
            "kind": stop.get_kind_display(),
            "title": said_of(stop.get_kind_display(), stop.station.label),
            "starts_at": stop.planned_at,
            "zone": stop.zone,
            "place": stop.place or stop.station.address or stop.station.label,
            "station": stop.station.code,
            "sequence": plan.version if plan else 0,
            "changed_at": stop.updated_at,
        }
        for stop in (stops_of(team) if plan else [])
    ]
    return {"name": team.label, "mission": team.mission, "stops": stops}
