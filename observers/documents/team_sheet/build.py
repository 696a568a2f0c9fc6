"""Content of team sheets: one team, or all teams of a mission, one page each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.documents import blocks as b
from missions.models import Mission
from missions.models.country import localised
from observers.enums import PlanState, TeamRole
from observers.membership.dates import say
from observers.models import Stop, Team
from observers.services.contacts import members_with_phones, numbers_for
from observers.services.deployment import is_plan_changed, place_of
from observers.services.ways import way_of


def build_team_sheet(team: Team, language: str, **_options: Any) -> dict[str, Any]:
    """The sheet of one team as the plan stands now, in `language`."""
    return _sheets(team.mission, language, list(team.mission.teams.with_plan().filter(pk=team.pk)))


def build_team_sheets(mission: Mission, language: str, **_options: Any) -> dict[str, Any]:
    """The sheets of all teams that have somebody in them, one page each."""
    return _sheets(mission, language, [team for team in mission.teams.with_plan() if team.present])


def version_line(mission: Mission) -> tuple[str, bool]:
    """Which version of the plan it shows, in words, and whether there is none."""
    plan = mission.deployment_plans.filter(state=PlanState.RELEASED).first()
    if plan is None:
        return _("Not released"), True
    if is_plan_changed(plan, mission):
        return _("Version %(version)s, changed since") % {"version": plan.version}, False
    return _("Version %(version)s") % {"version": plan.version}, False


def time_of(stop: Stop) -> str:
    """The wall time; with its day where that is not the team's day."""
    wall = stop.local_time.strftime("%H:%M")
    return wall if stop.local_day == stop.team.day else f"{wall} ({say(stop.local_day)})"


def station_of(stop: Stop) -> str:
    """Where to go: place and address; at a tabulation where it is, and whose results are followed."""
    if stop.place:
        return stop.place
    return ", ".join(dict.fromkeys(part for part in place_of(stop.station) if part))


def _sheets(mission: Mission, language: str, teams: Sequence[Team]) -> dict[str, Any]:
    with translation.override(language):
        version, is_draft = version_line(mission)
        numbers = [[row["label"], row["phone"]] for row in numbers_for(mission)]
        parts: list[dict[str, Any]] = []
        for team in teams:
            parts += [b.page_break()] if parts else []
            parts += _sheet(team, numbers)
        if not teams:
            parts.append(b.paragraph(_("There are no teams yet.")))
        title = _("Team sheet: %(team)s") % {"team": teams[0].label} if len(teams) == 1 else _("Team sheets")
        return b.document(
            title=title,
            subtitle=localised(mission, "title", language),
            reference=mission.reference,
            language=language,
            kind_line=version,
            blocks=parts,
            draft=is_draft,
        )


def _sheet(team: Team, numbers: list[list[str]]) -> list[dict[str, Any]]:
    roles = dict(TeamRole.choices)
    people = [[row["name"], str(roles[TeamRole(row["role"])]), row["phone"] or "–"] for row in members_with_phones(team)]
    stops = [
        [time_of(leg.stop), str(leg.stop.get_kind_display()), leg.stop.station.code, station_of(leg.stop), leg.words or "–"]
        for leg in way_of(team.stops.all())
    ]
    return [
        b.heading(1, f"{team.label}, {say(team.day)}"),
        b.facts([(_("Area"), team.area or "–"), *([(_("Note"), team.note)] if team.note else [])]),
        b.table(_("Who rides"), head=[_("Name"), _("Function"), _("Telephone")], rows=people, widths=[4, 3, 3], empty=_("No members.")),
        b.table(
            _("Stops"),
            head=[_("Time"), _("What"), _("Station"), _("Place"), _("Way there")],
            rows=stops,
            widths=[1.2, 1.8, 2.1, 4.5, 2],
            align=["left"] * 5,
            empty=_("No stops are planned."),
        ),
        b.table(
            _("Contacts and emergency numbers"),
            head=[_("Who"), _("Telephone")],
            rows=numbers,
            widths=[3, 2],
            align=["left"] * 2,
            empty=_("No numbers are kept yet."),
        ),
    ]
