"""Global roles as predicates, and who may see the house's own pages."""

from __future__ import annotations

from typing import Any

import rules

from accounts.enums import GlobalRole


def _role(name: str, *roles: str) -> Any:
    def holds(user: Any) -> bool:
        return bool(user and user.is_active and user.has_role(*roles))

    return rules.predicate(holds, name=name)


is_coordinator = _role("is_coordinator", GlobalRole.COORDINATOR)
is_publisher = _role("is_publisher", GlobalRole.PUBLISHER)
is_auditor = _role("is_auditor", GlobalRole.AUDITOR)
is_administrator = _role("is_administrator", GlobalRole.ADMINISTRATOR)
is_secretariat = is_coordinator | is_publisher
sees_all_missions = is_coordinator | is_publisher | is_auditor | is_administrator


@rules.predicate
def is_self(user: Any, person: Any) -> bool:
    """The person is the one behind the account."""
    return person is not None and user.person_id is not None and user.person_id == person.pk


rules.add_perm("core.view_jobs", rules.is_active)
rules.add_perm("core.view_all_jobs", is_administrator)
rules.add_perm("core.view_log", is_auditor | is_administrator)
rules.add_perm("core.view_outbox", is_coordinator | is_auditor | is_administrator)
rules.add_perm("core.change_outbox", is_coordinator | is_administrator)
rules.add_perm("core.change_mail_texts", is_coordinator | is_administrator)
rules.add_perm("core.view_reminders", is_coordinator | is_auditor | is_administrator)
rules.add_perm("core.change_reminder_rules", is_administrator)
rules.add_perm("accounts.view_people", sees_all_missions)
rules.add_perm("accounts.view_person", sees_all_missions | is_self)
rules.add_perm("accounts.change_people", is_coordinator)
rules.add_perm("accounts.view_accounts", is_administrator | is_auditor)
rules.add_perm("accounts.change_accounts", is_administrator)
rules.add_perm("accounts.issue_link", is_coordinator | is_publisher)
rules.add_perm("accounts.set_password", rules.always_false)  # by secure link only
