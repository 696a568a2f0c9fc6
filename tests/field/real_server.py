"""Our web server as it is run, on the test's data: gunicorn with two workers, started, killed and short of space as the test says.

On SQLite the data in memory are copied to a file of the test's own; on PostgreSQL it is the test's database. There is no broker
and no cache: every such test is also one of a lost broker.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from core.stack import free_port, gunicorn_arguments
from tests.infra.helpers import ROOT, answer, bare_environment, wait_until


class RealServer:
    """One server; `origin` stays the same when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.file = folder / "real.sqlite3"
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with sqlite3.connect(self.file) as target:
                connection.connection.backup(target)
            target.close()
            self.url = f"sqlite:///{self.file}"
        else:
            facts = connection.settings_dict
            who = f"{facts['USER']}:{facts['PASSWORD']}@" if facts["PASSWORD"] else f"{facts['USER']}@" if facts["USER"] else ""
            self.url = f"postgresql://{who}{facts['HOST'] or 'localhost'}:{facts['PORT'] or 5432}/{facts['NAME']}"

    def start(self, *, largest_file: int | None = None) -> None:
        """Start it. largest_file: bytes after which writing a file fails, as on a disk that is full."""
        dead = f"redis://127.0.0.1:{free_port()}/0"
        more = {"DATABASE_URL": self.url, "REDIS_URL": dead, "SCRUTIN_URL": self.origin}

        def limit() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        self.process = subprocess.Popen(
            [sys.executable, "-m", *gunicorn_arguments(f"127.0.0.1:{self.port}", 2)], cwd=ROOT,
            env=bare_environment(self.folder, **more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=limit,
        )  # fmt: skip
        wait_until(lambda: answer(f"{self.origin}/healthz") == 200, 90, "the web answers")

    def stop(self) -> None:
        """End it in peace."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None

    def workers(self) -> list[int]:
        """The processes that answer."""
        assert self.process is not None
        return [int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]

    def kill_workers(self) -> None:
        """End the processes that answer at once, without a goodbye; the master starts others."""
        for pid in self.workers():
            os.kill(pid, signal.SIGKILL)

    def ask(self, path: str, *, token: str, body: Any = None, method: str = "POST", **headers: str) -> tuple[int, Any]:
        """Status and body; status 0 where the connection was cut. A header's name is written with `_` for `-`."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"} | more
        request = urllib.request.Request(f"{self.origin}{path}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text[:1] == b"{" else text
        except OSError:
            return 0, None

    def rows(self, sql: str) -> list[tuple]:
        """What is stored, read past Django."""
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        with sqlite3.connect(self.file) as database:
            found = database.execute(sql).fetchall()
        database.close()
        return found


def running(folder: Path) -> Iterator[RealServer]:
    """For a fixture."""
    server = RealServer(folder)
    try:
        yield server
    finally:
        if server.process is not None:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
