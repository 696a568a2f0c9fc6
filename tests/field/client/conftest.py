"""A real Chromium as a phone: 360 x 740, touch, its profile kept in a folder so that it can be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from core.actors import user_actor
from field.services.devices import make_code
from field.services.forms import load_standard_forms
from missions.models import Assignment, Mission
from observers.models import Team
from observers.services.declarations import declare_interests, interest_questions, sign_code
from tests.field.conftest import DAY

ROOT = Path(settings.BASE_DIR)
SHOTS = Path(os.environ.get("SCRUTIN_SHOTS") or ROOT / "var" / "shots")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=en-GB", "--remote-debugging-port=0", "about:blank",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What this folder needs from the machine; said, not hidden."""
    why = _missing()
    for item in items:
        if why and item.get_closest_marker("browser") and "tests/field/client" in str(item.fspath):
            item.add_marker(pytest.mark.skip(reason=why))


def _missing() -> str:
    if not _chromium():
        return "no Chromium on this machine (apt install chromium)"
    if not (ROOT / "build" / "static" / "field" / "assets.json").exists():
        return "the phone app is not built (npm run build)"
    return ""


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Phone:
    """One browser profile. `kill()` ends the process as the system does when memory is short; `start()` brings it back."""

    def __init__(self, playwright: Any, profile: Path, origin: str) -> None:
        self.playwright, self.profile, self.origin = playwright, profile, origin
        self.process: subprocess.Popen[bytes] | None = None
        self.page: Any = None
        self.problems: list[str] = []

    def start(self, path: str = "/field/", *, size: tuple[int, int] = (360, 740)) -> Any:
        """Start the browser and open the app."""
        port = self.profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [_chromium() or "chromium", f"--user-data-dir={self.profile}", f"--window-size={size[0]},{size[1]}", *FLAGS],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not (port.exists() and port.read_text().strip()):
            assert time.monotonic() < deadline, "Chromium did not start."
            time.sleep(0.1)
        self.browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port.read_text().splitlines()[0]}", timeout=60_000)
        self.context = self.browser.contexts[0]
        self.context.set_default_timeout(30_000)
        self.page = self.context.pages[0]
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)
        self.page.goto(f"{self.origin}{path}")
        return self.page

    def _heard(self, message: Any) -> None:
        # A failed request is what off line means; everything else that a browser calls an error is ours.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def kill(self) -> None:
        """End the browser at once, without a goodbye."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def go(self, path: str) -> None:
        """Open a part of the app."""
        self.page.goto(f"{self.origin}/field/#/{path}")

    def enrol(self, code: str) -> None:
        """Type a code and wait for the first page."""
        self.page.fill("#code", code)
        self.page.click("enrol-screen button.button-main")
        self.page.wait_for_selector("today-screen .card")
        self.page.wait_for_function("navigator.serviceWorker.controller !== null")

    def shot(self, name: str) -> None:
        """Keep a picture."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"phone-{name}.png"))

    def records(self) -> list[dict[str, Any]]:
        """The phone's own store."""
        return self.page.evaluate(
            """() => new Promise((done, fail) => {
                const open = indexedDB.open('scrutin-field');
                open.onerror = () => fail(open.error);
                open.onsuccess = () => {
                    const ask = open.result.transaction('records').objectStore('records').getAll();
                    ask.onsuccess = () => { open.result.close(); done(ask.result); };
                };
            })"""
        )

    def answer(self, name: str, label: str) -> None:
        """Tap an answer of a question."""
        self.page.locator(f"[data-name={name}] label.pick", has_text=label).first.click()

    def turn_to(self, name: str) -> None:
        """Page forward until the question is on the screen."""
        self.page.wait_for_selector("form-screen .bar")
        for _page in range(25):
            if self.page.locator(f"[data-name={name}]").count():
                return
            assert self.page.locator("progress").count(), "The form is at its end."
            self.page.click(".bar .button-main")
            self.page.wait_for_timeout(60)
        raise AssertionError(f"{name} is not in the form.")

    def to_review(self) -> None:
        """Page forward to the last page."""
        for _page in range(25):
            label = self.page.locator(".bar .button-main").inner_text()
            if "outbox" in label or "Send as it is" in label:
                return
            self.page.click(".bar .button-main")
            self.page.wait_for_timeout(60)
        raise AssertionError("The form has no end.")


@pytest.fixture
def handset(transactional_db: None, playwright: Any, live_server: Any, tmp_path: Path) -> Iterator[Phone]:
    """A phone that looks at the test's own server."""
    phone = Phone(playwright, tmp_path / "profile", live_server.url)
    yield phone
    if phone.process is not None:
        phone.shot("last")
    phone.kill()
    assert phone.problems == []


@pytest.fixture
def make_observer(
    polling: Mission, stations: list, make_assignment: Callable[..., Assignment], coordinator: User
) -> Callable[..., tuple[Assignment, str]]:
    """Somebody in a team on polling day who signed everything, and a one-time code for a phone: `make_observer("Alba", "Able")`."""
    load_standard_forms()

    def make(given: str = "Alba", family: str = "Able") -> tuple[Assignment, str]:
        assignment = make_assignment(polling, "expert", given, family)
        own = user_actor(assignment.person.user)
        sign_code(assignment, by=own, language="en")
        answers = {item["code"]: {"answer": "no"} for item in interest_questions("en")["questions"]}
        declare_interests(assignment, by=own, answers=answers, language="en")
        assignment.declarations.filter(valid_until__lt=DAY).update(valid_until=DAY + timedelta(days=2))  # as if declared in time for it
        number = Team.objects.filter(mission=polling).count() + 1
        team = Team.objects.create(mission=polling, day=DAY, number=number, name=f"Team {number}")
        team.members.create(assignment=assignment, person=assignment.person, day=DAY)
        return assignment, make_code(assignment.person, polling, by=user_actor(coordinator))

    return make
