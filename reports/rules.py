"""Who may do what with findings, recommendations, reports and what is published.

Predicates take `(user, obj)`; `obj` is a mission, a report, or something that has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rules

from accounts.rules import is_coordinator, is_publisher, sees_all_missions
from missions.rules import mission_of, roles_of
from reports.enums import OPEN_TO_TEAM, READERS, REMARKERS


def missions_of(obj: Any) -> list[Any]:
    """The missions behind `obj`: those of a report, else its mission, else none."""
    if obj is None:
        return []
    if obj._meta.label_lower == "reports.report":
        return list(obj.missions.all())
    if obj._meta.label_lower == "reports.reportversion":
        return list(obj.report.missions.all())
    mission = mission_of(obj)
    return [mission] if mission is not None else []


def has_role(*roles: str) -> Callable[..., bool]:
    """A predicate: holds one of `roles` in one of the missions behind the object; without roles, any role."""
    wanted = set(roles)

    def predicate(user: Any, obj: Any = None) -> bool:
        held = {role for mission in missions_of(obj) for role in roles_of(user, mission)}
        return bool(held & wanted) if wanted else bool(held)

    return rules.predicate(predicate, name=f"has_role:{','.join(sorted(wanted))}")


@rules.predicate
def is_out(user: Any, obj: Any = None) -> bool:
    """The recommendation is in a report that is published and whose embargo has passed, or in a text from before Scrutin that
    was let out; withdrawing a report hides nothing adopted."""
    past_text = getattr(obj, "past_text", None)
    if past_text is not None:
        return past_text.is_public
    report = getattr(obj, "report", None)
    adopted = getattr(obj, "is_adopted", False)
    return bool(adopted and report is not None and report.publications.out().exists())


@rules.predicate
def is_past(user: Any, obj: Any = None) -> bool:
    """The recommendation stands in a text that was adopted before Scrutin."""
    return getattr(obj, "past_text", None) is not None


@rules.predicate
def is_collected(user: Any, obj: Any = None) -> bool:
    """The good practice was read in from another collection: no mission wrote it down."""
    return bool(getattr(obj, "collection", ""))


@rules.predicate
def is_open_to_team(user: Any, obj: Any = None) -> bool:
    """Its access level lets people of the mission read it; asked about a mission, yes."""
    access = getattr(obj, "access", None)
    return access is None or access in OPEN_TO_TEAM


in_missions = has_role()
observes = has_role(*READERS)
remarks = has_role(*REMARKERS)
leads = has_role("head", "deputy", "rapporteur")
writes = has_role("head", "deputy", "rapporteur", "expert", "staff")
drafts = has_role("rapporteur", "expert", "staff")
is_rapporteur = has_role("rapporteur")

rules.add_perm("reports.view_finding", sees_all_missions | (observes & is_open_to_team))
rules.add_perm("reports.add_finding", is_coordinator | observes)
rules.add_perm("reports.comment_finding", is_coordinator | (observes & is_open_to_team))
rules.add_perm("reports.change_finding", is_coordinator | writes)
rules.add_perm("reports.translate_finding", is_coordinator | is_publisher | writes)
rules.add_perm("reports.agree_finding", is_coordinator | leads)
rules.add_perm("reports.open_finding", is_publisher)
rules.add_perm("reports.view_confidential", sees_all_missions)
rules.add_perm("reports.view_shares", sees_all_missions | observes)
rules.add_perm("reports.accept_share", is_publisher)

rules.add_perm("reports.view_statement", sees_all_missions | observes)
rules.add_perm("reports.freeze_statement", is_coordinator | leads)

rules.add_perm("reports.view_recommendation", sees_all_missions | observes | is_out)
rules.add_perm("reports.draft_recommendation", is_coordinator | drafts)
rules.add_perm("reports.change_recommendation", is_coordinator | drafts)
rules.add_perm("reports.translate_recommendation", is_coordinator | is_publisher | drafts)

rules.add_perm("reports.view_past_text", sees_all_missions)
rules.add_perm("reports.write_past_text", is_coordinator | is_publisher)
rules.add_perm("reports.release_past_text", is_publisher)

rules.add_perm("reports.view_report", sees_all_missions | observes)
rules.add_perm("reports.open_report", is_coordinator | drafts)
rules.add_perm("reports.change_report", is_coordinator | is_publisher | drafts)
rules.add_perm("reports.view_remarks", sees_all_missions | remarks)
rules.add_perm("reports.remark_paragraph", is_coordinator | is_publisher | remarks)
rules.add_perm("reports.freeze_report", is_coordinator | is_publisher | drafts)
rules.add_perm("reports.agree_report", is_rapporteur)
rules.add_perm("reports.return_report", is_coordinator | is_rapporteur)
rules.add_perm("reports.submit_report", is_coordinator)
rules.add_perm("reports.extend_consultation", is_coordinator | is_publisher)
rules.add_perm("reports.enter_comment", is_coordinator | is_publisher)
rules.add_perm("reports.comment_draft", rules.always_false)  # by secure link only
rules.add_perm("reports.view_comments", sees_all_missions | leads)
rules.add_perm("reports.comment_report", is_coordinator | is_rapporteur)
rules.add_perm("reports.approve_report", is_coordinator)
rules.add_perm("reports.adopt_report", is_coordinator)
rules.add_perm("reports.publish_report", is_publisher)
rules.add_perm("reports.correct_report", is_publisher)
rules.add_perm("reports.withdraw_report", is_publisher | is_coordinator)
rules.add_perm("reports.transmit_report", is_coordinator | is_publisher)

rules.add_perm("reports.translate_texts", is_coordinator | is_publisher | drafts)
rules.add_perm("reports.view_text", sees_all_missions | observes)
rules.add_perm("reports.write_text", is_coordinator | is_publisher | drafts)
rules.add_perm("reports.approve_text", is_coordinator | leads)
rules.add_perm("reports.release_text", is_publisher)

rules.add_perm("reports.view_words", sees_all_missions)
rules.add_perm("reports.translate_words", is_coordinator | is_publisher)

rules.add_perm("reports.view_practice", sees_all_missions | observes)
rules.add_perm("reports.add_practice", is_coordinator | observes)
rules.add_perm("reports.change_practice", is_coordinator | is_publisher | writes)
rules.add_perm("reports.check_practice", is_coordinator | leads | (is_publisher & is_collected))
rules.add_perm("reports.publish_practice", is_publisher)
rules.add_perm("reports.view_collected", sees_all_missions)
rules.add_perm("reports.import_practices", is_coordinator | is_publisher)

rules.add_perm("reports.view_follow_up", sees_all_missions | observes)
rules.add_perm("reports.assess_recommendation", is_coordinator | is_rapporteur | (is_publisher & is_past))
rules.add_perm("reports.record_dialogue", is_coordinator | is_rapporteur)
