"""Refuses what must not be in a commit: registry hosts, download addresses in locks, paths of somebody's machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Written in parts, so that this file does not find itself.
FORBIDDEN = {
    "a registry host": re.compile(r"registry\.(npmjs|yarnpkg)" + r"|files\.python" + r"hosted|://py" + r"pi\.|deb\.deb" + r"ian\.org"),
    "an index address": re.compile(r"--(extra-)?index" + r"-url|\"resolved" + r"\": *\"http"),
    "a path of a machine": re.compile(r"(?<![\w.])/(home|Users)/[a-z][\w-]*/|(?<![\w.])/wo" + r"rk/(main|shared)"),
}
SKIPPED = {".png", ".jpg", ".pdf", ".docx", ".xlsx", ".ico", ".woff2", ".ttf", ".gz", ".mo"}


def tracked_files() -> list[Path]:
    """Every file that git knows, or would take."""
    output = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in output.splitlines() if Path(line).suffix not in SKIPPED]


def findings(path: Path) -> list[str]:
    """One line per thing found in the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError):
        return []
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"{path.relative_to(ROOT)}:{number}: {what}" for what, pattern in FORBIDDEN.items() if pattern.search(line)]
    return found


def main() -> int:
    """1 when anything was found."""
    found = [line for path in tracked_files() for line in findings(path)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
