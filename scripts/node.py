"""Runs a node program with the node that set-up chose: `.venv/bin/python scripts/node.py npm test`."""

from __future__ import annotations

import os
import shutil
import sys

from setup import SetupError, node_environment

if __name__ == "__main__":
    try:
        environment = node_environment()
    except SetupError as error:
        sys.exit(str(error))
    program = shutil.which(sys.argv[1], path=environment["PATH"])
    if program is None:
        sys.exit(f"{sys.argv[1]} was not found; run make setup first.")
    os.execve(program, [program, *sys.argv[2:]], environment)
