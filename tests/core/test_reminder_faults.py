"""Two schedulers and workers, no broker, one killed at work and one started again: every reader gets each reminder once."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.core.reminder_worker import COUNT

pytestmark = [pytest.mark.fault, pytest.mark.timeout(280)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path):
    """Start a process on a database file of its own."""
    mails = tmp_path / "mail"
    mails.mkdir()
    values = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/kill.sqlite3",
        "SCRUTIN_VAR": str(tmp_path),
        "EMAIL_URL": f"file://{mails}",
        "SCRUTIN_LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
    }
    running = []

    def run(act):
        command = [sys.executable, "-m", "tests.core.reminder_worker", act]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **values}, stdout=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def _query(path, sql):
    with sqlite3.connect(path, timeout=20) as database:
        return database.execute(sql).fetchall()


def test_killed_at_work_nobody_is_forgotten_and_nobody_asked_twice(start, tmp_path):
    assert start("prepare").wait(120) == 0
    path = tmp_path / "kill.sqlite3"
    workers = [start("work"), start("work")]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 2
    for worker in workers[:2]:  # one after the other: in the middle of the reminders, and in the middle of the mails
        before = _query(path, "SELECT count(*) FROM core_outboxmail WHERE state = 'sent'")[0][0]
        while _query(path, "SELECT count(*) FROM core_outboxmail WHERE state = 'sent'")[0][0] < min(before + 20, COUNT):
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        workers.append(start("work"))
    rest = workers[2:]
    assert [worker.wait(150) for worker in rest] == [0] * len(rest)
    assert _query(path, "SELECT count(*), count(DISTINCT key), count(mail_id) FROM core_reminder WHERE state = 'sent'") == [(COUNT,) * 3]
    assert _query(path, "SELECT count(*), count(DISTINCT address) FROM core_outboxmail WHERE state = 'sent'") == [(COUNT, COUNT)]
    text = "".join(file.read_text() for file in (tmp_path / "mail").iterdir())
    sent = Counter(re.findall(r"^Message-ID: (<\S+>)", text, re.MULTILINE))
    assert len(sent) == COUNT
    # The one window that SMTP leaves open: handed over and not recorded; then the same Message-ID goes out again.
    assert sum(sent.values()) - COUNT <= 2, "at most one for each that was killed"
