"""One child process of the stack: started in its own process group, so that stopping it leaves nothing behind.

Only the standard library, so that `core.stack` can be used before Django is loaded.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
TAIL_LINES = 25
LOG_LIMIT = 5_000_000


def _parent_death_signal() -> Callable[[], None] | None:
    """What a new child calls first, so that it is told when the supervisor itself is killed. Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A command that should run until it is stopped.

    `grace` is how many seconds it has to end after SIGTERM. Its output goes to `log`; a log above 5 MB is moved
    aside at the next start.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    cwd: Path
    grace: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=20))
    restart_at: float | None = None

    def start(self) -> None:
        """Start it; what an earlier process of this child left of its group is killed first."""
        self.kill_group()
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_parent_death_signal(),
            )
        self.restart_at = None

    @property
    def pid(self) -> int | None:
        """Process number, also that of its group; None before the first start."""
        return self.process.pid if self.process else None

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    def signal_group(self, number: int) -> bool:
        """Send a signal to every process of the group; False when none is left."""
        if self.pid is None:
            return False
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        except PermissionError:  # macOS says so of a group of zombies
            return False
        return True

    def group_lives(self) -> bool:
        """Whether the process, or one that it started and left, is still there."""
        if self.process is not None:
            self.process.poll()
        return self.signal_group(0) if self.pid is not None else False

    def kill_group(self) -> None:
        """End the whole group at once."""
        if self.signal_group(signal.SIGKILL) and self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL to whatever is left after `grace` seconds."""
        self.signal_group(signal.SIGTERM)
        end = time.monotonic() + self.grace
        while self.group_lives() and time.monotonic() < end:
            time.sleep(0.05)
        self.kill_group()

    def tail(self, lines: int = TAIL_LINES) -> str:
        """The last lines of its log."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 20_000))
                return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""
