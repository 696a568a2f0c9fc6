"""Where a record was made: only where the mission allows it, and coarse."""

from __future__ import annotations

from typing import Any

from field.services.devices import settings_of
from missions.models import Mission


def position_of(item: dict[str, Any], mission: Mission) -> tuple[float, float] | None:
    """Latitude and longitude that the phone sent, to three decimals (about a hundred metres); nothing where the mission has it off."""
    value = item.get("position")
    if not isinstance(value, dict):
        return None
    try:
        latitude, longitude = float(value["lat"]), float(value["lon"])
    except (KeyError, TypeError, ValueError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or not _may_locate(mission):
        return None
    return round(latitude, 3), round(longitude, 3)


def _may_locate(mission: Mission) -> bool:
    """Asked once for the items of a batch: they share the mission object."""
    known = getattr(mission, "_may_locate", None)
    if known is None:
        known = mission._may_locate = settings_of(mission).may_locate  # type: ignore[attr-defined]
    return bool(known)
