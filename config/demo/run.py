"""The frame of a demonstration: what it knows on its way, its steps, and the table it prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from config.demo.door import Door
from config.demo.timeline import Timeline
from core import clock, reminders
from core.actors import Actor
from core.enums import ReminderState
from core.errors import DomainError
from core.models import Reminder
from missions.models import Mission

SEED = 20_271_031


class DemoFailed(RuntimeError):
    """A guard failed; the text says which and why."""


@dataclass(frozen=True)
class Line:
    """One line of the table: step, what was done, how many, how long it took."""

    step: str
    what: str
    count: str
    seconds: float


@dataclass
class Run:
    """One demonstration under way.

    url: the running application. slot: whose earlier work is removed first ("demo", or a name of the staged missions).
    out: where the produced files go, or None. until: a wall time on polling day at which the day is left, for a mission
    to be looked at in the midst of it. things: what steps leave for later ones.
    """

    url: str
    timeline: Timeline
    election: str = "BG"
    slot: str = "demo"
    out: Path | None = None
    until: str = ""
    seed: int = SEED
    say: Callable[[str], None] = print
    staff: dict[str, Actor] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    _mission: Mission | None = None

    @property
    def coordinator(self) -> Actor:
        """The coordinator of the secretariat."""
        return self.staff["coordinator"]

    @property
    def publisher(self) -> Actor:
        """The publisher of the secretariat."""
        return self.staff["publisher"]

    @property
    def mission(self) -> Mission:
        """The mission as the database has it now."""
        if self._mission is None:
            raise DemoFailed("There is no mission yet.")
        return Mission.objects.select_related("country", "election", "request").get(pk=self._mission.pk)

    @mission.setter
    def mission(self, mission: Mission) -> None:
        self._mission = mission

    @property
    def has_mission(self) -> bool:
        """Has the mission been opened?"""
        return self._mission is not None

    def visitor(self, *, token: str = "", language: str = "en") -> Door:
        """A new visitor of the running application."""
        return Door(self.url, token=token, language=language)

    def go_to(self, instant: datetime, *, by_worker: bool = False) -> None:
        """Move the business clock of every process, and look at once what has fallen due meanwhile.

        Looking here, before the clock goes on, makes the same reminders fall due in every run; their mails are the worker's.
        by_worker: leave the looking to the worker, too.
        """
        from core.tasks import sweep_reminders  # tasks need the broker, which tests of the frame do not have

        clock.set_demo_now(instant)
        sweep_reminders.delay() if by_worker else reminders.sweep_reminders()

    def go(self, offset: int, wall_time: str, *, by_worker: bool = False) -> None:
        """The same, by days from polling day and a wall time there."""
        self.go_to(self.timeline.at(offset, wall_time), by_worker=by_worker)

    def await_reminder(self, offset: int, wall_time: str, rule: str) -> int:
        """Go to a moment at which reminders of `rule` fall due, and wait until the worker has sent them. Returns how many."""
        rows = Reminder.objects.filter(rule=rule, mission=self.mission.reference, state=ReminderState.SENT)
        before = rows.count()
        self.go(offset, wall_time, by_worker=True)
        sentence = f"No reminder of the rule {rule} was sent by the worker."
        wait_for(lambda: rows.count() > before, seconds=20, sentence=sentence)
        return rows.count() - before

    @contextmanager
    def step(self, name: str, what: str) -> Iterator[Callable[[object], None]]:
        """Time a piece of work and put it into the table; its counter is told with the yielded function."""
        told: list[object] = []
        start = time.monotonic()
        try:
            yield told.append
        except DomainError as refusal:
            raise DemoFailed(f"{name}: {what}: {tell(refusal)}") from refusal
        line = Line(name, what, ", ".join(str(item) for item in told), time.monotonic() - start)
        self.lines.append(line)
        self.say(format_line(line))

    def write(self, name: str, content: bytes | str) -> None:
        """Write one produced file below `out`, where that is wanted."""
        if self.out is None:
            return
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def expect(is_so: bool, sentence: str) -> None:
    """A guard of the demonstration: raise DemoFailed with the sentence unless it holds."""
    if not is_so:
        raise DemoFailed(sentence)


@contextmanager
def refused(sentence: str, *, told: list[str]) -> Iterator[None]:
    """What happens inside must be refused; the refusal's words are added to `told`."""
    try:
        yield
    except DomainError as refusal:
        told.append(tell(refusal))
        return
    raise DemoFailed(f"{sentence} It was not refused.")


def tell(refusal: DomainError) -> str:
    """The sentence of a refusal with everything that was missing."""
    return " ".join([str(refusal.sentence), *[str(one.sentence) for one in refusal.missing]])


def wait_for(question: Callable[[], bool], *, seconds: float, sentence: str) -> None:
    """Ask until yes; raise DemoFailed with the sentence when the time is over."""
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            raise DemoFailed(sentence)
        time.sleep(0.1)
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def format_line(line: Line) -> str:
    """One line of the table."""
    return f"{line.step:<12} {line.what:<52.52} {line.count:<44.44} {line.seconds:6.1f}"


HEAD = f"{'step':<12} {'what':<52} {'how many':<44} {'sec':>6}"
