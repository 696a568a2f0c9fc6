"""What stands in the way of merging two rows of one person; higher apps register their checks.

# observers/apps.py, in ready()
merging.register_check(merge_checks.memberships)     # (kept, merged) -> list[Missing]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.errors import Missing

Check = Callable[[Any, Any], list[Missing]]
_checks: dict[str, Check] = {}


def register_check(check: Check) -> None:
    """Add a check. Safe to repeat."""
    _checks[f"{check.__module__}.{check.__qualname__}"] = check


def missing_for_merge(kept: Any, merged: Any) -> list[Missing]:
    """Everything that stands in the way, so that all is told at once."""
    return [item for check in _checks.values() for item in check(kept, merged)]
