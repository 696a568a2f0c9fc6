"""The three missions that `make run` shows: one on its polling day, one that is being composed, one with a published report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from config.demo.slots import earlier_missions
from config.demo.timeline import DECLARED_EARLY, Timeline
from core import clock
from missions.enums import MissionState
from missions.models import Mission

UNTIL = "17:00"
POLLING = "stage-polling"


@dataclass(frozen=True)
class Scene:
    """One mission that is to be seen: its slot, the election it observes, in which state it is left.

    last: the act after which it is left in the midst of a state; last_on: its day from polling day.
    until: the time at which polling day is left.
    """

    slot: str
    election: str
    zone: str
    target: str
    last: str = ""
    last_on: int | None = None
    until: str = ""

    def is_current(self, mission: Mission, today: date) -> bool:
        """Can the mission of an earlier start be shown today?"""
        if mission.state != self.target or mission.polling_day is None:
            return False
        if self.target == MissionState.ELECTION_DAY:
            return mission.polling_day == today
        return self.target != MissionState.COMPOSING or mission.polling_day > today


SCENES = (
    Scene("stage-published", "BG-early", "Europe/Sofia", MissionState.TRANSMISSION),
    Scene("stage-composing", "AL", "Europe/Tirane", MissionState.COMPOSING, last="declare_early", last_on=DECLARED_EARLY),
    Scene(POLLING, "BG", "Europe/Sofia", MissionState.ELECTION_DAY, until=UNTIL),
)


def stale_scenes() -> list[Scene]:
    """The scenes that have to be built (again): missing, left unfinished, or past their day."""
    finished = _finished()
    stale = []
    for scene in SCENES:
        found = earlier_missions(scene.slot)
        today = clock.real_now().astimezone(ZoneInfo(scene.zone)).date()
        is_whole = len(found) == 1 and finished.get(scene.slot) == found[0].reference
        if not is_whole or not scene.is_current(found[0], today):
            stale.append(scene)
    return stale


def build(scene: Scene, *, url: str, say: Callable[[str], None]) -> Any:
    """Drive a mission to its scene."""
    from config.demo.driver import drive  # reads every room of the house: a start without anything to build is quick
    from config.demo.run import Run

    today = clock.real_now().astimezone(ZoneInfo(scene.zone)).date()
    timeline = Timeline.ending_today(today, scene.target, scene.zone, last=scene.last_on)
    run = Run(url=url, timeline=timeline, election=scene.election, slot=scene.slot, until=scene.until, say=say)
    drive(run, scene.target, last=scene.last)
    _note().parent.mkdir(parents=True, exist_ok=True)
    _note().write_text(json.dumps(_finished() | {scene.slot: run.mission.reference}), encoding="utf-8")
    return run.mission


def set_clock() -> None:
    """Business time is real time; but on polling day it is never earlier than the hour up to which the day was played.

    A start on that day after an earlier one does not turn it back: what people did meanwhile is not to come.
    """
    found = earlier_missions(POLLING)
    left_at = Timeline(found[0].polling_day, found[0].zone).at(0, UNTIL) if found and found[0].polling_day else None
    if left_at is not None and max(left_at, clock.real_now()) < clock.now() < left_at + timedelta(days=1):
        return
    if left_at is not None and clock.real_now() < left_at:
        clock.set_demo_now(left_at)
    else:
        clock.clear_demo_now()


def _note() -> Path:
    return Path(settings.VAR) / "run" / "demonstration.json"


def _finished() -> dict[str, str]:
    """The reference of each scene that was built to its end."""
    try:
        return dict(json.loads(_note().read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
