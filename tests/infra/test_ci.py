"""`.ci/run` and its rule: a browser or services test that is skipped in CI is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import ci_rules
from tests.infra.helpers import ROOT

SAMPLE = """
import pytest

@pytest.mark.{mark}
def test_sample():
    pytest.skip("no such thing here")
"""


def run_sample(folder: Path, mark: str, *, ci: str) -> str:
    """Run one skipping test of this mark; the last line of the runner."""
    (folder / "test_sample.py").write_text(SAMPLE.format(mark=mark))
    config = folder / "pytest.ini"
    config.write_text(f"[pytest]\npythonpath = {ROOT}\nmarkers =\n  browser\n  services\n  plain\n")
    (folder / "conftest.py").write_text("pytest_plugins = ['tests.ci_rules']\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(config), str(folder)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    environment |= {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # what is asked is our plugin; loading the others takes seconds
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("mark", ["browser", "services"])
def test_in_ci_a_skip_of_a_tier_that_must_run_fails(tmp_path: Path, mark: str) -> None:
    output = run_sample(tmp_path, mark, ci="true")
    assert "1 failed" in output or "1 error" in output
    assert f"A {mark} test must run in CI, and was skipped." in output


@pytest.mark.parametrize(("mark", "ci"), [("browser", ""), ("services", "false"), ("plain", "true")])
def test_elsewhere_it_is_skipped(tmp_path: Path, mark: str, ci: str) -> None:
    assert "1 skipped" in run_sample(tmp_path, mark, ci=ci)


class Asked:
    """A test as the rules see it."""

    def __init__(self, name: str, *marks: pytest.MarkDecorator, fixtures: tuple[str, ...] = ()) -> None:
        self.name, self.marks, self.fixturenames = name, [mark.mark for mark in marks], fixtures

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next((mark for mark in self.marks if mark.name == name), None)

    def add_marker(self, mark: str | pytest.MarkDecorator) -> None:
        self.marks.append(getattr(pytest.mark, mark).mark if isinstance(mark, str) else mark.mark)


def test_who_waits_begins_a_run_and_who_asks_no_database_stays_together() -> None:
    items = [
        Asked("rows", pytest.mark.django_db),
        Asked("page", pytest.mark.browser, fixtures=("live_server",)),
        Asked("words"),
        Asked("broker", pytest.mark.fault),
        Asked("stack", pytest.mark.xdist_group("stack"), fixtures=("django_db_setup",)),
        Asked("schema", fixtures=("django_db_setup",)),
        Asked("job", pytest.mark.fault, pytest.mark.xdist_group("whole_job")),
    ]
    steps = ci_rules.pytest_collection_modifyitems(SimpleNamespace(workerinput={}), items)
    next(steps)
    with pytest.raises(StopIteration):
        next(steps)
    assert [item.name for item in items] == ["job", "words", "broker", "stack", "rows", "page", "schema"]
    assert {item.name for item in items if item.get_closest_marker("once")} == {"words", "page", "stack", "schema"}
    groups = {item.name: mark.args[0] for item in items if (mark := item.get_closest_marker("xdist_group"))}
    assert groups == {"job": "whole_job", "words": "no_database", "broker": "no_database", "stack": "stack"}


def test_ci_script_is_sound() -> None:
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert text.index("make test\n") < text.index("make test-services\n") < text.index("make check\n")
    for package in ("chromium", "poppler-utils", "default-jre-headless"):
        assert package in text


def test_doors_of_the_makefile() -> None:
    for door in ("setup", "run", "test", "test-services", "bench", "fmt", "check"):
        result = subprocess.run(["make", "--dry-run", "--no-print-directory", door], cwd=ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr


def test_nothing_in_the_tree_names_a_registry_or_a_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("asks git for the files of the tree")
    result = subprocess.run([sys.executable, "scripts/lint_names.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("from datetime import datetime\nx = datetime.now()", True),
        ("from django.utils import timezone\nx = timezone.now()", True),
        ("x = 1", False),
    ],
)
def test_the_machines_clock_is_refused_in_our_code(tmp_path: Path, line: str, refused: bool) -> None:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "TID251",
        "--stdin-filename",
        str(ROOT / "missions" / "services" / "x.py"),
        "-",
    ]
    result = subprocess.run(command, cwd=ROOT, input=line + "\n", capture_output=True, text=True, check=False)
    assert ("core.clock" in result.stdout) is refused
