"""The worker's and the scheduler's entrance. Each app's `schedule.py` names its periodic tasks."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

APPS = ["core", "accounts", "missions", "observers", "field", "reports"]


def schedule() -> dict[str, dict]:
    """All periodic tasks, by name: `{"task": …, "schedule": seconds}`."""
    entries: dict[str, dict] = {}
    for name in APPS:
        if find_spec(f"{name}.schedule"):
            entries |= import_module(f"{name}.schedule").SCHEDULE
    return entries


@setup_logging.connect
def _log_as_django(**kwargs: object) -> None:
    """Keep Django's logging: Celery would set up its own."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@task_prerun.connect
def _note_start(task: object = None, **kwargs: object) -> None:
    """Note when a periodic task began: the page of schedules shows it."""
    from core import schedules  # Django is not loaded yet where this module is read

    schedules.note_start(getattr(task, "name", ""))


@task_postrun.connect
def _note_end(task: object = None, state: str = "", retval: object = None, **kwargs: object) -> None:
    """Note how it ended."""
    from core import schedules

    schedules.note_end(getattr(task, "name", ""), "" if state == "SUCCESS" else f"{type(retval).__name__}: {retval}")


app = Celery("scrutin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = schedule()
app.autodiscover_tasks()
