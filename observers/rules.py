"""Who may do what in observers. Predicates take `(user, obj)`; `obj` is a mission or has one as `.mission`."""

from __future__ import annotations

from typing import Any

import rules

from accounts.rules import is_administrator, is_coordinator, is_publisher, is_self, sees_all_missions
from core.rights import device_may
from missions.rules import in_mission, leads_mission


@rules.predicate
def is_person(user: Any, obj: Any = None) -> bool:
    """Somebody stands behind the account, who may have been asked for a mission."""
    return bool(user and user.is_active and user.person_id)


@rules.predicate
def is_own_assignment(user: Any, obj: Any = None) -> bool:
    """The assignment (or the place in a call for interest) is the reader's own."""
    return obj is not None and user.person_id is not None and getattr(obj, "person_id", None) == user.person_id


@rules.predicate
def rides_in_team(user: Any, obj: Any = None) -> bool:
    """The reader is in the team (or in the team of the stop)."""
    team = getattr(obj, "team", obj)
    if team is None or user.person_id is None:
        return False
    return team.members.filter(person=user.person_id, left_at__isnull=True).exists()


rules.add_perm("observers.view_own", is_person)
rules.add_perm("observers.view_membership", sees_all_missions | is_own_assignment)
rules.add_perm("observers.change_membership", is_coordinator)
rules.add_perm("observers.import_people", is_coordinator)

rules.add_perm("observers.export_people", is_coordinator | is_publisher | is_administrator)
rules.add_perm("observers.change_own", is_coordinator | is_self)
rules.add_perm("observers.ask_correction", is_self)
rules.add_perm("observers.view_correction", sees_all_missions | is_own_assignment)
rules.add_perm("observers.answer_correction", is_coordinator)
rules.add_perm("observers.view_stored", is_coordinator | is_administrator | is_self)
rules.add_perm("observers.view_papers", is_coordinator)
rules.add_perm("observers.merge_people", is_coordinator)

rules.add_perm("observers.view_delegation", sees_all_missions | in_mission)
rules.add_perm("observers.compose_delegation", is_coordinator)
rules.add_perm("observers.change_delegation", is_coordinator)
rules.add_perm("observers.view_calls", sees_all_missions)
rules.add_perm("observers.call_interest", is_coordinator)
rules.add_perm("observers.answer_call", is_own_assignment)
rules.add_perm("observers.answer_nomination", is_own_assignment)
rules.add_perm("observers.nominate", is_coordinator)
rules.add_perm("observers.view_balance", sees_all_missions)
rules.add_perm("observers.view_accreditation", is_coordinator)
rules.add_perm("observers.enter_identity", is_own_assignment)
rules.add_perm("observers.view_assignment", sees_all_missions | in_mission | is_own_assignment)
rules.add_perm("observers.answer_assignment", is_coordinator | is_own_assignment)
rules.add_perm("observers.declare", is_own_assignment)
rules.add_perm("observers.view_declaration", sees_all_missions | is_own_assignment)
rules.add_perm("observers.decide_interests", is_coordinator)

rules.add_perm("observers.view_deployment", sees_all_missions | in_mission)
rules.add_perm("observers.change_deployment", is_coordinator)
rules.add_perm("observers.release_deployment", is_coordinator)
rules.add_perm("observers.record_stop", is_coordinator | leads_mission | rides_in_team)

device_may(
    "observers.view_delegation", "observers.view_deployment", "observers.record_stop", "observers.declare", "observers.view_declaration"
)
