"""The deployment plan as a document: built from the released version, so that what is printed is what was released."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from core.documents import blocks as b
from missions.models import Mission
from missions.models.country import localised
from observers.enums import AreaRule, PlanState, StopKind, TeamRole
from observers.membership.dates import say
from observers.models import team_label
from observers.services.deployment import drawn_for, plan_content


def build_deployment_plan(mission: Mission, language: str, **_options: Any) -> dict[str, Any]:
    """The content in `language`: of the released version, or of the working plan marked as a draft while there is none."""
    plan = mission.deployment_plans.filter(state=PlanState.RELEASED).first()
    content = plan.content if plan else plan_content(mission)
    with translation.override(language):
        kinds, roles = dict(StopKind.choices), dict(TeamRole.choices)
        parts: list[dict[str, Any]] = []
        for team in content["teams"]:
            day, name = parse_date(team["day"]), team_label(team["name"], team["number"])
            parts.append(b.heading(2, f"{name}, {say(day)}" if day else name))
            people = [f"{m['name']} ({roles.get(m['role'], m['role'])})" for m in team["members"]]
            parts.append(b.facts([(_("Team"), ", ".join(people) or "–"), (_("Area"), team["area"] or "–")]))
            parts.append(
                b.table(
                    _("Stops of %(team)s") % {"team": name},
                    head=[_("Time"), _("What"), _("Station"), _("Place")],
                    rows=[[_time(s, team), str(kinds.get(s["kind"], s["kind"])), s["station"], s["place"]] for s in team["stops"]],
                    widths=[1, 2, 2, 5],
                    empty=_("No stops are planned."),
                )
            )
        counts: list[tuple[str, Any]] = [(_("Teams"), len(content["teams"])), (_("Stops"), sum(len(t["stops"]) for t in content["teams"]))]
        counts += [
            (_("Areas and stations"), rule_in_words(draw)) for draw in (plan.content.get("draws", []) if plan else drawn_for(mission))
        ]
        version = _("Version %(version)s") % {"version": plan.version} if plan else _("Not released")
        return b.document(
            title=_("Deployment plan"),
            subtitle=localised(mission, "title", language),
            reference=mission.reference,
            language=language,
            kind_line=version,
            blocks=[b.facts(counts), *parts],
            draft=plan is None,
        )


def rule_in_words(draw: dict[str, Any]) -> str:
    """By which rule a day was drawn, with its seed: `drawn_for`."""
    day = parse_date(draw.get("day") or "")
    words = {"day": say(day) if day else "–", "seed": draw["seed"], "visits": draw.get("visits")}
    if draw.get("rule") == AreaRule.FREE:
        sentence = _("%(day)s: each team has an area by its number of stations; opening and closing are drawn, visits are its own choice.")
        sentence += " " + _("Seed %(seed)s.")
    else:
        sentence = _("%(day)s: stations at random within strata of area and setting, in proportion to their number. Seed %(seed)s.")
    return sentence % words


def _time(stop: dict[str, Any], team: dict[str, Any]) -> str:
    """The wall time; with its day where that is not the team's day."""
    day = parse_date(stop["local_day"])
    return stop["local_time"] if day is None or stop["local_day"] == team["day"] else f"{stop['local_time']} ({say(day)})"
