"""What must go before a mission can be removed; higher apps register what they hold of it.

    # field/apps.py, in ready()
    register(30, remove_field_data)      # (mission, *, by, reason) -> None; higher orders run first

`missions.services.removal.remove_mission` runs them from the highest order to the lowest: reports (40), field (30),
observers (20), then the mission itself.
"""

from __future__ import annotations

from collections.abc import Callable

Remover = Callable[..., None]
_removers: dict[str, tuple[int, Remover]] = {}


def register(order: int, remover: Remover) -> None:
    """Add what an app removes. Safe to repeat."""
    _removers[f"{remover.__module__}.{remover.__qualname__}"] = (order, remover)


def removers() -> list[Callable[..., None]]:
    """Those registered, in the order in which they run."""
    return [remover for _order, remover in sorted(_removers.values(), key=lambda item: -item[0])]
