"""The three missions that `make run` shows: one on its polling day, one that is being composed, one with a published report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from config.demo.driver import drive
from config.demo.reset import earlier_missions
from config.demo.run import Run
from config.demo.steps import delegation
from config.demo.steps.request import ELECTIONS
from config.demo.timeline import Timeline
from core import clock
from missions.enums import MissionState
from missions.models import Country, Mission

UNTIL = "17:00"


@dataclass(frozen=True)
class Scene:
    """One mission that is to be seen: whose, in which state, and from when on it is stale."""

    slot: str
    election: str
    target: str
    last: Callable[[Run], None] | None = None
    until: str = ""

    def is_current(self, mission: Mission, today: date) -> bool:
        """Can the mission of an earlier start be shown today?"""
        if mission.state != self.target or mission.polling_day is None:
            return False
        if self.target == MissionState.ELECTION_DAY:
            return mission.polling_day == today
        return self.target != MissionState.COMPOSING or mission.polling_day > today


SCENES = (
    Scene("stage-published", "BG-early", MissionState.TRANSMISSION),
    Scene("stage-composing", "AL", MissionState.COMPOSING, last=delegation.answer_invitations),
    Scene("stage-polling", "BG", MissionState.ELECTION_DAY, until=UNTIL),
)


def stale_scenes() -> list[Scene]:
    """The scenes that have to be built (again)."""
    stale = []
    for scene in SCENES:
        found = earlier_missions(scene.slot)
        today = clock.real_now().astimezone(ZoneInfo(zone_of(scene))).date()
        if len(found) != 1 or not scene.is_current(found[0], today):
            stale.append(scene)
    return stale


def build(scene: Scene, *, url: str, say: Callable[[str], None]) -> Any:
    """Drive a mission to its scene."""
    zone = zone_of(scene)
    today = clock.real_now().astimezone(ZoneInfo(zone)).date()
    timeline = Timeline.ending_today(today, scene.target, zone)
    run = Run(url=url, timeline=timeline, election=scene.election, slot=scene.slot, until=scene.until, say=say)
    drive(run, scene.target, last=scene.last)
    return run.mission


def set_clock() -> None:
    """Business time is real time; but on polling day it is never earlier than the hour up to which the day was played."""
    found = earlier_missions("stage-polling")
    left_at = Timeline(found[0].polling_day, found[0].zone).at(0, UNTIL) if found and found[0].polling_day else None
    if left_at is not None and clock.real_now() < left_at:
        clock.set_demo_now(left_at)
    else:
        clock.clear_demo_now()


def zone_of(scene: Scene) -> str:
    """The zone of the scene's country."""
    return Country.objects.values_list("zone", flat=True).get(code=ELECTIONS[scene.election].country)
