"""Two schedulers and two workers on a real broker that is emptied in the middle, a worker killed, the clock changed both ways.

On the embedded Valkey with SQLite, and on REDIS_URL with PostgreSQL: every reader gets each reminder once.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis

from core.stack import Stack, free_port
from tests.core.broker_app import FIRST, READERS, SECOND
from tests.infra.helpers import ROOT, wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]
OWN_DB = 14  # of the given Redis: emptied by this test
CELERY = [sys.executable, "-m", "celery", "-A", "tests.core.broker_app"]


@pytest.fixture(params=["embedded", pytest.param("given", marks=pytest.mark.services)])
def place(request, tmp_path):
    """Environment of the processes: a database and a broker of their own."""
    values = {
        "SCRUTIN_VAR": str(tmp_path),
        "SCRUTIN_DEMO": "1",
        "SCRUTIN_SWEEP_SECONDS": "1",
        "EMAIL_URL": f"file://{tmp_path / 'mail'}",
        "SCRUTIN_LOG_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SCRUTIN_", "PYTEST_"))} | values
    (tmp_path / "mail").mkdir()
    if request.param == "embedded":
        stack = Stack(var=tmp_path, port=free_port(), label="faults")
        stack.claim()
        stack.start_broker()
        yield kept | {"DATABASE_URL": f"sqlite:///{tmp_path}/faults.sqlite3", "REDIS_URL": stack.redis_url}
        stack.stop()
        return
    import psycopg

    given, name = os.environ["DATABASE_URL"], f"scrutin_faults_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        own = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{OWN_DB}").geturl()
        yield kept | {"DATABASE_URL": urlsplit(given)._replace(path=f"/{name}").geturl(), "REDIS_URL": own}
    finally:
        with psycopg.connect(given, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def start(place, tmp_path):
    """Start a worker or a scheduler in a process group of its own."""
    running = []

    def run(kind, number):
        more = {"worker": ["--concurrency", "1", "--queues", "urgent,default,documents", "--hostname", f"faults{number}@%h"]}
        command = [*CELERY, kind, "--loglevel", "ERROR", *more.get(kind, ["--pidfile", ""])]
        with (tmp_path / f"{kind}{number}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=place, stdout=log, stderr=log, start_new_session=True)
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(place, question):
    """The answer of a process of its own that has the database of the test: rows of an SQL question."""
    if place["DATABASE_URL"].startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(place["DATABASE_URL"].removeprefix("sqlite:///"), timeout=20) as database:
            return database.execute(question).fetchall()
    import psycopg

    with psycopg.connect(place["DATABASE_URL"]) as database:
        return database.execute(question).fetchall()


def set_clock(place, moment):
    """Change the business clock of every process, as an administrator of a demonstration does."""
    words = f"from core import clock; from datetime import datetime; clock.set_demo_now(datetime.fromisoformat({moment.isoformat()!r}))"
    done = subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", words], cwd=ROOT, env=place, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_reader_gets_each_reminder_once_whatever_happens_to_broker_worker_and_clock(place, start, tmp_path):
    prepared = subprocess.run([sys.executable, "-m", "tests.core.broker_app", "--setup"], cwd=ROOT, env=place, check=False)
    assert prepared.returncode == 0
    broker = Redis.from_url(place["REDIS_URL"])
    broker.flushdb()
    schedulers = [start("beat", number) for number in range(2)]
    workers = [start("worker", number) for number in range(2)]

    def sent(occurrence="%"):
        on = f"JOIN core_reminder r ON r.mail_id = m.id AND r.occurrence LIKE '{occurrence}'"
        return ask(place, f"SELECT count(*) FROM core_outboxmail m {on} WHERE m.state = 'sent'")[0][0]

    wait_until(lambda: sent() >= 15, 90, "the first mails are sent")
    broker.flushdb()
    wait_until(lambda: sent() >= 30, 90, "the emptied broker is filled again by the schedulers")
    os.killpg(workers[0].pid, signal.SIGKILL)
    workers[0].wait()
    os.killpg(schedulers[0].pid, signal.SIGKILL)
    schedulers[0].wait()
    start("worker", 2)
    start("beat", 2)
    set_clock(place, SECOND.replace(minute=5))
    wait_until(lambda: sent("second") >= 10, 120, "after the clock was put forward the second ones go out")
    set_clock(place, FIRST.replace(hour=14))
    broker.flushdb()
    wait_until(lambda: sent("first") == READERS, 120, "after the clock was put back all first ones have gone out")
    set_clock(place, SECOND.replace(hour=13))
    wait_until(lambda: sent("second") == READERS, 120, "and then all second ones")
    everything = 2 * READERS
    assert ask(place, "SELECT count(*), count(DISTINCT key), count(DISTINCT mail_id) FROM core_reminder WHERE state = 'sent'") == [
        (everything,) * 3
    ]
    assert ask(place, "SELECT count(*), count(DISTINCT key) FROM core_outboxmail") == [(everything, everything)]
    text = "".join(Path(file).read_text() for file in (tmp_path / "mail").iterdir())
    went = Counter(re.findall(r"^Message-ID: (<\S+>)", text, re.MULTILINE))
    assert len(went) == everything, "none lost"
    assert sum(went.values()) - everything <= 1, "one was killed: at most one mail was handed over and not recorded"
    broker.flushdb()
    broker.close()
