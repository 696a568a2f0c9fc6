"""Periodic work: what there is, when it last ran, when it runs next. Real time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import DatabaseError

from core import clock
from core.models import ScheduleRun

GRACE = timedelta(minutes=2)


@dataclass(frozen=True)
class Schedule:
    """One periodic task. next_at: when it is expected; is_late: two minutes have passed since then."""

    task: str
    every: timedelta
    last_at: datetime | None
    ended_at: datetime | None
    next_at: datetime | None
    error: str
    is_late: bool

    @property
    def seconds(self) -> int:
        """Seconds between two runs."""
        return int(self.every.total_seconds())

    @property
    def took(self) -> float | None:
        """Seconds of the last run; None where it has not ended."""
        if self.last_at is None or self.ended_at is None or self.ended_at < self.last_at:
            return None
        return round((self.ended_at - self.last_at).total_seconds(), 1)


def _entries() -> dict[str, dict[str, Any]]:
    return {entry["task"]: entry for entry in current_app.conf.beat_schedule.values()}


def note_start(task: str) -> None:
    """A periodic task begins. Any other task is not noted; a database that is away does not stop the work."""
    if task in _entries():
        try:
            ScheduleRun.objects.update_or_create(task=task, defaults={"started_at": clock.real_now()})
        except DatabaseError:
            return


def note_end(task: str, error: str) -> None:
    """It ended, with an error or with none (empty)."""
    if task in _entries():
        try:
            ScheduleRun.objects.filter(task=task).update(ended_at=clock.real_now(), error=error[:300])
        except DatabaseError:
            return


def schedules() -> list[Schedule]:
    """All periodic tasks by name."""
    runs = {row.task: row for row in ScheduleRun.objects.all()}
    now = clock.real_now()
    found = []
    for task, entry in sorted(_entries().items()):
        every, run = timedelta(seconds=float(entry["schedule"])), runs.get(task)
        next_at = run.started_at + every if run else None
        # What runs once an hour or less often has not run yet after a first start; what runs every minute should have.
        is_late = now - next_at > GRACE if next_at else every < timedelta(minutes=10)
        ended_at, error = (run.ended_at, run.error) if run else (None, "")
        found.append(Schedule(task, every, run.started_at if run else None, ended_at, next_at, error, is_late))
    return found
