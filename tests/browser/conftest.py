"""A real Chromium at the desk: it looks at the test's own server, under our own content security policy."""

from __future__ import annotations

import copy
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.world import World, build_world

ROOT = Path(settings.BASE_DIR)
SHOTS = os.environ.get("SCRUTIN_SHOTS", "")
"""Where pictures are kept; drawing them takes as long as looking for faults, so nobody who does not ask waits for them."""
WIDTHS = (360, 1280)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "correct horse battery staple"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What this folder needs from the machine; said, not hidden."""
    why = "" if _chromium() else "no Chromium on this machine (apt install chromium)"
    why = why or ("" if AXE.exists() else "the node packages are not installed (make setup)")
    for item in items:
        if why and item.get_closest_marker("browser") and "tests/browser" in str(item.fspath):
            item.add_marker(pytest.mark.skip(reason=why))


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Desk:
    """One reader's browser. Everything that the browser complains about is collected in `problems`."""

    def __init__(self, browser: Any, origin: str, *, width: int, **options: Any) -> None:
        self.origin = origin
        self.context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB", **options)
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)

    def open(self, path: str) -> Any:
        """Go to a page of ours."""
        return self.page.goto(f"{self.origin}{path}")

    def sign_in(self, email: str) -> None:
        """By the form, as a person does."""
        self.open("/accounts/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def shot(self, name: str) -> None:
        """Keep a picture, where SCRUTIN_SHOTS names a folder."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(SHOTS) / f"desk-{name}.png"), full_page=True)

    def faults_at_both_widths(self, name: str) -> list[str]:
        """The faults of the open page on a phone's and on a desk's screen, each with its picture."""
        found = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            found += [f"{width} px: {fault}" for fault in self.faults()]
            self.shot(f"{name}-{width}")
        return found

    def faults(self) -> list[str]:
        """What axe finds, and how far the page is wider than the screen."""
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("async () => (await axe.run(document)).violations")
        rows = [f"{self.page.url} {row['id']}: {node['html'][:140]}" for row in found for node in row["nodes"]]
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return rows + ([f"{self.page.url} is {over} px too wide"] if over > 0 else [])


@pytest.fixture(scope="session")
def chromium(playwright: Any) -> Iterator[Any]:
    """The system's Chromium, started once."""
    browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
    yield browser
    browser.close()


class KeptWorld:
    """The world as it was built first, with its database: each test gets a copy of both. On PostgreSQL it is built anew."""

    def __init__(self) -> None:
        self.rows = sqlite3.connect(":memory:")
        self.world: World | None = None

    def given(self) -> World:
        """The world, committed. SQLite allows no second thread while it copies: where the server still talks it is built."""
        if connection.vendor != "sqlite" or not server_is_quiet():
            return build_world()
        connection.ensure_connection()
        if self.world is None:
            self.world = build_world()
            connection.connection.backup(self.rows)
        else:
            self.rows.backup(connection.connection)
            ContentType.objects.clear_cache()
        return copy.deepcopy(self.world)


def server_is_quiet() -> bool:
    """Whether no thread of the test's server is left at work, after at most two seconds."""
    deadline = time.monotonic() + 2
    while any("process_request_thread" in thread.name for thread in threading.enumerate()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(scope="session")
def kept_world() -> KeptWorld:
    """One for each worker: building takes 1.4 s of processor time, copying a hundredth of it."""
    return KeptWorld()


@pytest.fixture
def at_desks(transactional_db: None, kept_world: KeptWorld) -> World:
    """The world, committed, so that the server sees it."""
    return kept_world.given()


@pytest.fixture
def desk(transactional_db: None, chromium: Any, live_server: Any) -> Iterator[Callable[..., Desk]]:
    """Open a browser: `desk()`, `desk(width=360)`. A console error or an error on a page fails the test."""
    opened: list[Desk] = []

    def make(*, width: int = 1280, **options: Any) -> Desk:
        opened.append(Desk(chromium, live_server.url, width=width, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
    assert [problem for one in opened for problem in one.problems] == []
