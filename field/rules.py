"""Who may do what with forms, devices, observations and incidents. Predicates come from accounts and missions."""

from __future__ import annotations

import rules

from accounts.rules import is_administrator, is_coordinator, is_publisher, sees_all_missions
from core.rights import device_may
from missions.rules import has_mission_role, in_mission

runs_mission = is_coordinator | has_mission_role("head", "deputy", "rapporteur")


@rules.predicate
def is_own_device(user, device) -> bool:
    """The device belongs to the account."""
    return device is not None and device.user_id == user.pk


@rules.predicate
def is_own_record(user, observation) -> bool:
    """The account's person made the record."""
    return observation is not None and observation.person_id is not None and observation.person_id == user.person_id


rules.add_perm("field.view_form", sees_all_missions | in_mission)
rules.add_perm("field.change_form", is_coordinator)
rules.add_perm("field.view_device", is_coordinator | is_administrator | is_own_device)
rules.add_perm("field.enrol_device", is_coordinator)
rules.add_perm("field.revoke_device", is_coordinator | is_administrator | is_own_device)
rules.add_perm("field.rename_device", is_coordinator | is_own_device)
rules.add_perm("field.submit", is_coordinator | in_mission)
rules.add_perm("field.view_live", sees_all_missions | in_mission)
rules.add_perm("field.view_observation", sees_all_missions | in_mission)
rules.add_perm("field.view_figures", sees_all_missions | in_mission)
rules.add_perm("field.export_observation", is_coordinator | is_publisher | has_mission_role("head", "deputy", "rapporteur"))
rules.add_perm("field.import_observation", is_coordinator)
rules.add_perm("field.review_flag", runs_mission)
rules.add_perm("field.decide_conflict", runs_mission)
rules.add_perm("field.move_station", is_coordinator)
rules.add_perm("field.move_own_record", is_coordinator | is_own_record)
rules.add_perm("field.change_incident", runs_mission)

device_may("field.submit", "field.view_form", "field.view_observation", "field.move_own_record")
