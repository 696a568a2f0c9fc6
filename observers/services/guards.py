"""What the delegation and the deployment must have before a mission moves; registered in `ObserversConfig.ready()`."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.errors import Missing
from missions.checks import register_check
from missions.enums import FIELD_FORMATS, AssignmentState
from missions.models import Mission
from observers.enums import DeclarationKind, PlanState
from observers.membership.verdicts import said_of
from observers.models import Declaration, Override
from observers.services.composition import current_criteria
from observers.services.eligibility import FIELD, mission_days, verdicts
from observers.services.interest_facts import facts_for, lapse_of
from observers.services.polling_days import days_at_odds


def delegation_is_settled(mission: Mission) -> list[Missing]:
    """The list is closed: everybody asked has answered, everybody who accepted is confirmed (S4)."""
    url = reverse("observers:delegation", args=[mission.reference])
    rows = list(mission.assignments.live().select_related("person"))
    if not rows:
        return [Missing("delegation_empty", _("Nobody is in the delegation."), url)]
    found = []
    for row in rows:
        if row.state == AssignmentState.ASKED:
            found.append(Missing("answer_open", _("%(name)s has not answered the invitation.") % {"name": row.person.name}, url))
        elif row.state == AssignmentState.ACCEPTED:
            found.append(Missing("not_confirmed", _("%(name)s accepted but is not confirmed.") % {"name": row.person.name}, url))
    return found


def delegation_keeps_rules(mission: Mission) -> list[Missing]:
    """No breach, and a written reason for each warning (observation-rules 4, end)."""
    if not mission.assignments.live().members().exists():
        return []
    url = reverse("observers:delegation", args=[mission.reference])
    reasons = set(Override.objects.filter(mission=mission).values_list("criterion", flat=True))
    found = []
    for criterion in current_criteria(mission):
        if criterion.level == "breach" and not (criterion.can_override and criterion.code in reasons):
            found.append(Missing(criterion.code, criterion.sentence, url))
        elif criterion.level == "warning" and criterion.code not in reasons:
            found.append(Missing(criterion.code, _("%(sentence)s A written reason is needed.") % {"sentence": criterion.sentence}, url))
    return found


def everybody_may_go(mission: Mission) -> list[Missing]:
    """R14.1-4 for everybody confirmed: membership, observed state, interests, code of conduct."""
    url = reverse("observers:delegation", args=[mission.reference])
    rows = list(mission.assignments.confirmed().select_related("person"))
    answers = verdicts(rows, mission, stage=FIELD)
    return [
        Missing(part.rule, said_of(row.person.name, part.sentence), url) for row in rows for part in answers[row.pk].parts if not part.is_ok
    ]


def codes_are_signed(mission: Mission) -> list[Missing]:
    """Codes are signed and interests declared while the mission is prepared (S5)."""
    url = reverse("observers:delegation", args=[mission.reference])
    rows = list(mission.assignments.confirmed().select_related("person", "mission"))
    done = set(Declaration.objects.filter(assignment__mission=mission, is_current=True).values_list("assignment_id", "kind"))
    sentences = {
        DeclarationKind.CODE: ("code_missing", _("%(name)s has not signed the code of conduct.")),
        DeclarationKind.INTEREST: ("interest_missing", _("%(name)s has not declared interests.")),
    }
    missing = [
        Missing(code, sentence % {"name": row.person.name}, url)
        for row in rows
        for kind, (code, sentence) in sentences.items()
        if (row.pk, kind.value) not in done
    ]
    facts, by_pk = facts_for(rows, mission), {row.pk: row for row in rows}
    needed = max(clock.today(), mission_days(mission)[1]) if rows else clock.today()
    for declared in Declaration.objects.filter(assignment__in=rows, kind=DeclarationKind.INTEREST, is_current=True):
        reason = lapse_of(declared, facts[declared.assignment_id], needed_until=needed)
        if reason:
            missing.append(Missing("interest_lapsed", said_of(by_pk[declared.assignment_id].person.name, reason), url))
    return missing


def deployment_is_released(mission: Mission) -> list[Missing]:
    """Teams go out by a released plan (S8)."""
    if mission.format not in FIELD_FORMATS or mission.deployment_plans.filter(state=PlanState.RELEASED).exists():
        return []
    url = reverse("observers:deployment", args=[mission.reference])
    return [Missing("deployment_not_released", _("No version of the deployment plan is released."), url)]


def register() -> None:
    """Register the guards of this app."""
    for action, guards in {
        "prepare": (delegation_is_settled, delegation_keeps_rules),
        "brief": (codes_are_signed, days_at_odds),
        "start_election_day": (everybody_may_go, deployment_is_released, days_at_odds),
    }.items():
        for guard in guards:
            register_check(action, guard)
