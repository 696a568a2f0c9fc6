"""Starting and watching the embedded stack from tests, each in a folder and on a port of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def bare_environment(var: Path, **more: str) -> dict[str, str]:
    """The machine's environment without what the test runner or an outer installation set."""
    dropped = ("REDIS_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL")
    kept = {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith(("SCRUTIN_", "PYTEST_"))}
    return kept | {"SCRUTIN_VAR": str(var)} | more


def serve(var: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """`manage.py serve` as its own process, output on one pipe."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-demonstration", *arguments],
        cwd=ROOT,
        env=bare_environment(var, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def answer(url: str) -> int:
    """The status, 0 where nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_until(question: Callable[[], object], seconds: float, what: str) -> None:
    """Fail with `what` unless the question is answered with something true in time."""
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def processes_of(var: Path) -> list[int]:
    """Every process whose environment names this folder for its data. Linux."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            variables = (entry / "environ").read_bytes().split(b"\0")
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if f"SCRUTIN_VAR={var}".encode() in variables and state != "Z":
            found.append(int(entry.name))
    return found
