"""Guards of a mission's moves: higher apps register what must be there before a move (DESIGN 3, "The house").

# observers/apps.py, in ready()
register_check("prepare", delegation_is_complete)      # (mission) -> list[Missing]
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.utils.translation import gettext as _

from core.errors import Missing
from missions.models import Mission

Check = Callable[[Mission], list[Missing]]
log = structlog.get_logger(__name__)
_checks: dict[str, list[Check]] = {}


def register_check(action: str, check: Check) -> None:
    """Ask `check` before every move `action`; `convert`, `release_programme`, `continue` and `part` are asked too. Safe to repeat."""
    known = _checks.setdefault(action, [])
    if check not in known:
        known.append(check)


def missing_for(action: str, mission: Mission) -> list[Missing]:
    """Everything that stands in the way of `action`. A check that crashes counts as a refusal."""
    found: list[Missing] = []
    for check in _checks.get(action, []):
        try:
            found += check(mission)
        except Exception:
            log.exception("check_crashed", check=getattr(check, "__qualname__", ""), action=action, mission=mission.reference)
            sentence = _("A check could not be made; an administrator finds the reason in the log.")
            found.append(Missing("check_crashed", sentence, ""))
    return found
