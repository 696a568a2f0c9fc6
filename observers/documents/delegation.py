"""The delegation as published: a member is printed as Country (chamber letter, group) (congress.md 4)."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.documents import blocks as b
from missions.enums import AssignmentRole, AssignmentState
from missions.models import Assignment, Mission
from missions.models.country import localised
from observers.models import Membership, membership_on
from observers.services.eligibility import mission_days

ROLE_ORDER = list(AssignmentRole.values)


def delegation_rows(mission: Mission, language: str) -> list[dict[str, Any]]:
    """Everybody confirmed, in the order of the published list: role, name, and for members "Country (L, group)".

    Drivers ride, and are accredited, but are no part of the delegation that is made public.
    """
    first, _last = mission_days(mission)
    rows = list(
        mission.assignments.filter(state=AssignmentState.CONFIRMED)
        .exclude(role=AssignmentRole.DRIVER)
        .select_related("person", "organisation__country")
        .order_by("person__family_name", "person__given_name", "pk")
    )
    memberships: dict[int, list[Membership]] = {}
    for row in Membership.objects.filter(person__in=[a.person_id for a in rows]).select_related("country", "group"):
        memberships.setdefault(row.person_id, []).append(row)
    with translation.override(language):
        found = [
            {
                "role": a.role,
                "role_label": _role_label(a),
                "name": a.person.name,
                "line": line_for(a, membership_on(memberships.get(a.person_id, []), first), language),
            }
            for a in rows
        ]
    return sorted(found, key=lambda item: ROLE_ORDER.index(item["role"]))


def line_for(assignment: Assignment, membership: Membership | None, language: str) -> str:
    """What stands beside the name: "Austria (L, SOC/G/PD)", or the organisation somebody comes for."""
    if membership is not None:
        group = membership.group.abbreviation_in(language) if membership.group else _no_group(language)
        return f"{localised(membership.country, 'name', language)} ({membership.chamber}, {group})"
    return assignment.organisation.name if assignment.organisation else ""


def build_delegation_list(mission: Mission, language: str, **_options: Any) -> dict[str, Any]:
    """The document's content in `language`."""
    rows = delegation_rows(mission, language)
    with translation.override(language):
        members = [row for row in rows if row["role"] in {"head", "deputy", "rapporteur", "observer"}]
        others = [row for row in rows if row not in members]
        content = [
            b.table(
                _("Members of the Congress"),
                head=[_("Name"), _("Country (chamber, group)"), _("Role")],
                rows=[[row["name"], row["line"], row["role_label"]] for row in members],
                widths=[3, 4, 3],
                note=_("L: Chamber of Local Authorities. R: Chamber of Regions."),
                empty=_("No member is confirmed yet."),
            )
        ]
        if others:
            head = [_("Name"), _("Organisation"), _("Role")]
            content.append(
                b.table(
                    _("Others taking part"), head=head, rows=[[r["name"], r["line"], r["role_label"]] for r in others], widths=[3, 4, 3]
                )
            )
        return b.document(
            title=_("Delegation"),
            subtitle=localised(mission, "title", language),
            reference=mission.reference,
            language=language,
            blocks=content,
        )


def _role_label(assignment: Assignment) -> str:
    label = assignment.get_role_display()
    if assignment.is_rapporteur and assignment.role != AssignmentRole.RAPPORTEUR:
        return _("%(role)s, rapporteur") % {"role": label}
    return str(label)


def _no_group(language: str) -> str:
    return "NI" if language[:2] == "fr" else "NR"
