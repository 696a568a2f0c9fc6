"""What a mission can take over from an earlier one; higher apps register what they hold of it.

    # field/apps.py, in ready()
    register(Copier("forms", _("Forms"), 40, "field.change_form", plan_forms, copy_forms))

`plan(source, target)` says, line by line, what would be copied, and leaves out what is there already; `copy(source, target, *, by)`
does it, safe to repeat, and returns what it made. `missions.services.templates.copy_from` asks them in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from missions.models import Mission


@dataclass
class Copied:
    """What one copier made, and the lines that could not be copied with the reason."""

    made: int = 0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Copier:
    """One part that can be copied. permission: asked on the mission that receives it."""

    code: str
    label: Any
    order: int
    permission: str
    plan: Callable[[Mission, Mission], list[str]]
    copy: Callable[..., Copied]


_copiers: dict[str, Copier] = {}


def register(copier: Copier) -> None:
    """Add a part. Safe to repeat."""
    _copiers[copier.code] = copier


def copiers() -> list[Copier]:
    """The parts, in their order."""
    return sorted(_copiers.values(), key=lambda item: item.order)
