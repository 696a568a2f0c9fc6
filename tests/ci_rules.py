"""What runs where. In CI a skipped `browser` or `services` test is a failure: a tier that silently did not run proves nothing."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator

import pytest

MUST_RUN = ("browser", "services")
gc.set_threshold(50_000, 20, 50)  # a sixth of the processor time up to the first test went into looking for garbage


def in_ci() -> bool:
    """Whether this run is CI's."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test that must run into a failure with the reason."""
    report = yield
    marks = [name for name in MUST_RUN if item.get_closest_marker(name)]
    if report.skipped and marks and in_ci() and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"A {marks[0]} test must run in CI, and was skipped. {reason}"
    return report


DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_serialized_rollback"}
FIRST = ("whole_job", "no_database", "stack", "real_server", "compose")
"""Groups of tests that begin a run, in this order: they wait for processes, while others work; at the end a core would stand idle."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Mark `once` what asks no database, which `.ci/run` need not repeat on another; skip the services tier without its services.

    What asks none stays together (`no_database`): one worker does it while another makes the schema, which the rest waits for.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES & fixtures
        kept = item.get_closest_marker("services") or item.get_closest_marker("fault")
        if item.get_closest_marker("browser") or not (asks or kept):
            item.add_marker("once")
        if not (asks or "django_db_setup" in fixtures or item.get_closest_marker("browser") or item.get_closest_marker("xdist_group")):
            item.add_marker(pytest.mark.xdist_group("no_database"))
    _skip_services_without_their_services(items)
    yield
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """The place of its group in `FIRST`; all others follow as they are."""
    mark = item.get_closest_marker("xdist_group")
    return FIRST.index(mark.args[0]) if mark and mark.args[0] in FIRST else len(FIRST)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look through it again at every test."""
    gc.collect()
    gc.freeze()


def _skip_services_without_their_services(items: list[pytest.Item]) -> None:
    """Outside `make test-services` (no PostgreSQL and Redis given) the services tier is skipped with the reason."""
    given = os.environ.get("DATABASE_URL", "").startswith("postgres") and os.environ.get("REDIS_URL")
    if given:
        return
    reason = pytest.mark.skip(reason="needs PostgreSQL and Redis: run make test-services with DATABASE_URL and REDIS_URL")
    for item in items:
        if item.get_closest_marker("services"):
            item.add_marker(reason)
