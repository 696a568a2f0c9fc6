"""Who may do what in missions. Predicates take `(user, obj)`; `obj` is a mission or has one as `.mission`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rules

from accounts.rules import is_coordinator, is_publisher, sees_all_missions
from core.enums import Access
from core.rights import device_may
from missions.enums import LIVE_ASSIGNMENTS, SEATED_ASSIGNMENTS, AssignmentRole


def mission_of(obj: Any) -> Any:
    """The mission behind `obj`: itself, or its `.mission`; None where there is none."""
    if obj is None or obj._meta.label_lower == "missions.mission":
        return obj
    return getattr(obj, "mission", None)


def roles_of(user: Any, mission: Any, *, states: frozenset[str] = SEATED_ASSIGNMENTS) -> set[str]:
    """The mission roles of `user`; a head who is also rapporteur has both. Asked once per account object and mission."""
    person = getattr(user, "person_id", None)
    if person is None or mission is None or not user.is_active:
        return set()
    cache = user.__dict__.setdefault("_mission_roles", {})
    key = (mission.pk, states)
    if key not in cache:
        found: set[str] = set()
        for role, is_rapporteur in mission.assignments.filter(person=person, state__in=states).values_list("role", "is_rapporteur"):
            found |= {role, AssignmentRole.RAPPORTEUR.value} if is_rapporteur else {role}
        cache[key] = found
    return cache[key]


def has_mission_role(*roles: str) -> Callable[..., bool]:
    """A predicate: holds one of `roles` in the mission, accepted or confirmed; without roles, any."""
    wanted = {str(role) for role in roles}

    def predicate(user: Any, obj: Any = None) -> bool:
        held = roles_of(user, mission_of(obj))
        return bool(held & wanted) if wanted else bool(held)

    return rules.predicate(predicate, name=f"has_mission_role:{','.join(sorted(wanted))}")


in_mission = has_mission_role()


@rules.predicate
def is_called(user: Any, obj: Any = None) -> bool:
    """Has a live assignment, also one only asked for: sees the mission in order to answer."""
    return bool(roles_of(user, mission_of(obj), states=LIVE_ASSIGNMENTS))


@rules.predicate
def in_some_mission(user: Any, obj: Any = None) -> bool:
    """Asked about no object: whether there is anything at all to see; about one: as `is_called`."""
    return is_called(user, obj) if obj is not None else bool(user and user.is_active)


@rules.predicate
def is_for_the_team(user: Any, obj: Any = None) -> bool:
    """The note's access level lets people of the mission read it; asked about a mission, whether there may be such notes."""
    return getattr(obj, "access", Access.TEAM) in {Access.TEAM, Access.PUBLIC}


@rules.predicate
def sees_to_it(user: Any, obj: Any = None) -> bool:
    """Somebody of the mission who is named as the owner of this preparation."""
    owner = getattr(obj, "owner", None)
    return bool(owner and user.is_active and user.person_id == owner.person_id and owner.state in SEATED_ASSIGNMENTS)


@rules.predicate
def is_author(user: Any, obj: Any = None) -> bool:
    """Whoever wrote this note."""
    author = getattr(obj, "author_id", None)
    return author is not None and user.is_active and user.person_id == author


leads_mission = has_mission_role("head", "deputy")

rules.add_perm("missions.view_mission", sees_all_missions | in_some_mission)
rules.add_perm("missions.change_mission", is_coordinator)
rules.add_perm("missions.move_mission", is_coordinator | is_publisher)
rules.add_perm("missions.conclude_mission", is_coordinator | leads_mission)

rules.add_perm("missions.view_request", sees_all_missions)
rules.add_perm("missions.add_request", is_coordinator)
rules.add_perm("missions.submit_request", is_coordinator)
rules.add_perm("missions.register_request", is_coordinator)
rules.add_perm("missions.decide_request", is_coordinator)

rules.add_perm("missions.change_letter", is_coordinator)
rules.add_perm("missions.view_election", sees_all_missions)

rules.add_perm("missions.view_organisation", sees_all_missions)
rules.add_perm("missions.change_organisation", is_coordinator)

rules.add_perm("missions.view_milestone", sees_all_missions | in_mission)
rules.add_perm("missions.change_milestone", is_coordinator)

rules.add_perm("missions.view_preparation", sees_all_missions | in_mission)
rules.add_perm("missions.change_preparation", is_coordinator)
rules.add_perm("missions.complete_preparation", is_coordinator | sees_to_it)

rules.add_perm("missions.view_programme", sees_all_missions | in_mission)
rules.add_perm("missions.change_programme", is_coordinator)
rules.add_perm("missions.answer_meeting", is_coordinator)
rules.add_perm("missions.view_contact", sees_all_missions | leads_mission)
rules.add_perm("missions.view_note", sees_all_missions | in_mission & is_for_the_team)
rules.add_perm("missions.write_note", is_coordinator | in_mission)
rules.add_perm("missions.correct_note", is_author & (is_coordinator | in_mission & is_for_the_team))
rules.add_perm("missions.classify_note", is_coordinator)

rules.add_perm("missions.view_station", sees_all_missions | in_mission)
rules.add_perm("missions.change_station", is_coordinator)

device_may("missions.view_mission", "missions.view_programme", "missions.view_station", "missions.view_note", "missions.write_note")
