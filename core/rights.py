"""`authorize()`: the one door through which services ask whether an actor may do something (STYLE, "Permissions").

Permissions and their predicates are declared in each app's `rules.py` with `rules.add_perm`; predicates take
`(user, obj)`.
"""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import NotAllowed

_device_permissions: set[str] = set()


def device_may(*permissions: str) -> None:
    """Let phones use these permissions of their person; call it from an app's `rules.py`. Safe to repeat."""
    _device_permissions.update(permissions)


def is_open_to_devices(permission: str) -> bool:
    """Was this permission opened to phones?"""
    return permission in _device_permissions


def allowed(by: Actor, permission: str, obj: Any = None) -> bool:
    """May `by` do `permission` on `obj`? Pages ask this in order to hide a button."""
    if not rules.perm_exists(permission):
        raise LookupError(f"No rule is registered for the permission {permission!r}.")
    if by.kind == "system":
        return True
    if by.kind == "link":
        return permission in by.grants and (obj is None or obj == by.subject)
    if by.kind == "device" and not is_open_to_devices(permission):
        return False
    return bool(by.user and by.user.is_active and rules.has_perm(permission, by.user, obj))


def authorize(by: Actor, permission: str, obj: Any = None) -> None:
    """Raise NotAllowed unless `by` may do `permission` on `obj`. Services ask this in order to refuse."""
    if not allowed(by, permission, obj):
        raise NotAllowed(_("You may not do this here: it belongs to another role."), code="not_allowed")
