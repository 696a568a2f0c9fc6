"""Removes what an earlier demonstration made: its missions with everything below them.

The synthetic Congress stays: other demonstration missions live with it, and reading it in again brings it up to date.
"""

from __future__ import annotations

from config.demo.slots import earlier_missions, requests_of
from core.actors import SYSTEM
from missions.services.removal import remove_mission

REASON = "Removed by a new demonstration."


def remove_earlier(slot: str) -> int:
    """Remove them; returns how many there were."""
    missions = earlier_missions(slot)
    for mission in missions:
        remove_mission(mission, by=SYSTEM, reason=REASON)
    for request in requests_of(slot):
        request.delete()  # never registered: an earlier demonstration broke off before there was a mission
    return len(missions)
