"""Proportional shares by largest remainder (observation-rules C2, worked example; the Congress' own method is unknown)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Share:
    """How a group's places were computed: the method is shown, not only its result."""

    code: str
    members: int
    quota: float
    floor: int
    rest: float
    places: int


def share_places(members: Mapping[str, int], places: int) -> list[Share]:
    """Share `places` among groups by largest remainder; equal rests go to the larger group, then by code."""
    total = sum(members.values())
    if total == 0 or places <= 0:
        return [Share(code, count, 0.0, 0, 0.0, 0) for code, count in sorted(members.items())]
    quotas = {code: Fraction(count * places, total) for code, count in members.items()}
    floors = {code: int(quota) for code, quota in quotas.items()}
    left = places - sum(floors.values())
    by_rest = sorted(members, key=lambda code: (floors[code] - quotas[code], -members[code], code))
    gains = set(by_rest[:left])
    return [
        Share(
            code,
            members[code],
            round(float(quotas[code]), 2),
            floors[code],
            round(float(quotas[code] - floors[code]), 2),
            floors[code] + (code in gains),
        )
        for code in sorted(members)
    ]


def places_of(shares: list[Share]) -> dict[str, int]:
    """Places by group."""
    return {share.code: share.places for share in shares}
