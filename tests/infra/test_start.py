"""A start loads what every process needs, and no library that few ever use: some hundred processes are started in a run of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.infra.helpers import ROOT, bare_environment

LATE = [
    "PIL.Image",
    "docx",
    "docxtpl",
    "icalendar",
    "matplotlib",
    "numpy",
    "openpyxl",
    "ortools",
    "pandas",
    "pikepdf",
    "pyxform",
    "redis",
    "typst",
]
"""Loaded where they are first used, by `core.late.Late` or an import inside a function."""


def test_large_libraries_are_loaded_where_they_are_used(tmp_path: Path) -> None:
    asked = f"import sys, django; django.setup(); import config.urls; print(*(name for name in {LATE} if name in sys.modules))"
    environment = bare_environment(tmp_path, DJANGO_SETTINGS_MODULE="config.settings")
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], "Say `Late(…)` (core/late.py) where these are imported."
