"""One Playwright for the whole run: two in one process do not get on with each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """Playwright, without its own browser."""
    api = pytest.importorskip("playwright.sync_api")
    # Playwright keeps a loop running in this thread; Django would take the tests' own queries for queries from async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with api.sync_playwright() as started:
        yield started
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE") if before is None else os.environ.update(DJANGO_ALLOW_ASYNC_UNSAFE=before)
