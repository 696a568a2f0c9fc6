"""`make check`: every tool that needs no test run, each told once, all failures at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
CHECKS: list[tuple[str, list[str]]] = [  # the longest first
    ("types", [*PYTHON, "mypy"]),
    ("ruff", [*PYTHON, "ruff", "check", "--quiet", "."]),
    ("ruff format", [*PYTHON, "ruff", "format", "--check", "--quiet", "."]),
    ("import-linter", [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("django check", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
    ("templates", [*PYTHON, "djlint", "--check", "--quiet", "."]),
    ("template rules", [*PYTHON, "djlint", "--lint", "--quiet", "."]),
    ("catalogue", [sys.executable, "scripts/messages.py", "check"]),
    ("names", [sys.executable, "scripts/lint_names.py"]),
    ("client types", [sys.executable, "scripts/node.py", "npm", "run", "--silent", "typecheck"]),
]


def main(chosen: list[str]) -> int:
    """Run all checks, or those named, as many at once as there are cores; 1 when any fails."""
    wanted = [(name, command) for name, command in CHECKS if not chosen or name in chosen]
    failed = []
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        for done in as_completed([pool.submit(run, name, command) for name, command in wanted]):
            name, result, seconds = done.result()
            print(f"{'ok    ' if result.returncode == 0 else 'FAILED'} {name} ({seconds:.0f} s)", flush=True)
            if result.returncode:
                failed.append(name)
                lines = (result.stdout + result.stderr).strip().splitlines()
                print("\n".join(lines[:200]), flush=True)
    if failed:
        print(f"Not passed: {', '.join(failed)}.")
    return 1 if failed else 0


def run(name: str, command: list[str]) -> tuple[str, subprocess.CompletedProcess[str], float]:
    """One check: its name, how it ended, and how many seconds it took."""
    started = time.monotonic()
    environment = {**os.environ, "COLUMNS": "160"}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return name, result, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
