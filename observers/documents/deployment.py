"""The deployment plan as a document: built from the released version, so that what is printed is what was released."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from core.documents import blocks as b
from missions.models import Mission
from missions.models.country import localised
from observers.enums import PlanState, StopKind, TeamRole
from observers.membership.dates import say
from observers.services.deployment import plan_content


def build_deployment_plan(mission: Mission, language: str, **_options: Any) -> dict[str, Any]:
    """The content in `language`: of the released version, or of the working plan marked as a draft while there is none."""
    plan = mission.deployment_plans.filter(state=PlanState.RELEASED).first()
    content = plan.content if plan else plan_content(mission)
    with translation.override(language):
        kinds, roles = dict(StopKind.choices), dict(TeamRole.choices)
        parts: list[dict[str, Any]] = []
        for team in content["teams"]:
            day = parse_date(team["day"])
            parts.append(b.heading(2, f"{team['name']}, {say(day)}" if day else team["name"]))
            people = [f"{m['name']} ({roles.get(m['role'], m['role'])})" for m in team["members"]]
            parts.append(b.facts([(_("Team"), ", ".join(people) or "–"), (_("Area"), team["area"] or "–")]))
            parts.append(
                b.table(
                    _("Stops of %(team)s") % {"team": team["name"]},
                    head=[_("Time"), _("What"), _("Station"), _("Place")],
                    rows=[[s["local_time"], str(kinds.get(s["kind"], s["kind"])), s["station"], s["place"]] for s in team["stops"]],
                    widths=[1, 2, 2, 5],
                    empty=_("No stops are planned."),
                )
            )
        counts = [(_("Teams"), len(content["teams"])), (_("Stops"), sum(len(t["stops"]) for t in content["teams"]))]
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
