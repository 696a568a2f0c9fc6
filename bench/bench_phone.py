"""The phone app off line, in Chromium with the CPU slowed four times: how long until one can work (DESIGN 8).

The page, its worker and the static files come from this project over HTTP; the phone's API is answered from what the services say, so that
nothing else is measured. Without Chromium there is nothing to run.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from bench.runner import bench
from bench.world import device, mission

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SLOWER = 4


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def _answers() -> dict[str, tuple[str, bytes]]:
    """What the phone's API says to this phone, by path."""
    from field.services import bootstrap

    phone, place = device(), mission()
    body, _tag = bootstrap.bootstrap(phone)
    person = {"uuid": str(phone.person.uuid), "name": phone.person.name, "language": "en", "zone": place.zone}
    enrolled = {"token": "bench", "device": body["device"], "person": person, "missions": [place.reference], "mission": place.reference}
    answers: dict[str, Any] = {"enrol/": enrolled, "bootstrap/": body, "changes/": {"server_time": body["server_time"], "changes": []}}
    found = {path: ("application/json", json.dumps(value, default=str).encode()) for path, value in answers.items()}
    versions = {version.form.form_id: version for version in bootstrap.served_versions(place)}
    found[body["missions"][0]["stations"]["url"]] = ("application/json", bootstrap.stations_json(place))
    for form in body["missions"][0]["forms"]:
        found[form["url"]] = ("text/xml", versions[form["form_id"]].xform.encode())
        for media in form["media"]:
            found[media["url"]] = ("text/csv", bootstrap.table(media["name"], place, phone.person))
    return found


@cache
def _page() -> Any:
    """A page of the app after one visit: off line, slowed."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application
    from playwright.sync_api import sync_playwright

    answers = _answers()
    # Playwright keeps an event loop in this thread, in which Django would refuse to talk to its database afterwards.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=_Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    profile = tempfile.mkdtemp(prefix="scrutin-bench-phone-")
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    engine = sync_playwright().start()
    atexit.register(engine.stop)
    context = engine.chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], viewport={"width": 360, "height": 740}
    )

    def answer(route: Any) -> None:
        path = route.request.url.partition("/api/v1/sync/")[2].partition("?")[0]
        kind, content = answers.get(path, ("application/json", b"{}"))
        route.fulfill(status=201 if path == "enrol/" else 200, content_type=kind, body=content)

    context.route("**/api/v1/sync/**", answer)
    page = context.pages[0]
    page.goto(f"{origin}/field/")
    page.fill("#code", "22222222")
    page.click("enrol-screen button.button-main")
    page.wait_for_selector("text=Updated")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def _start(page: Any) -> None:
    page.evaluate("location.hash = '#/today'")
    page.reload(wait_until="commit")
    page.wait_for_selector("today-screen .card")


def start_off_line() -> Iterator[None]:
    """From the start of the navigation until today's page stands."""
    page = _page()
    yield
    _start(page)
    return f"{page.evaluate('Math.round(performance.now())')} ms by the page's own clock"  # type: ignore[return-value]


def open_form_b() -> Iterator[None]:
    """From the tap on form B, the first after a start, until its first question stands; it may be answered from then on."""
    page = _page()
    _start(page)
    page.evaluate("location.hash = '#/new'")
    page.wait_for_selector("button.tile:has-text('Voting')")
    yield
    page.click("button.tile:has-text('Voting')")
    page.wait_for_selector("form-screen .question")


if CHROMIUM:
    bench("the phone app starts off line, CPU slowed 4 times", runs=5, seconds=1.5)(start_off_line)
    bench("form B opens for the first time, CPU slowed 4 times", runs=3)(open_form_b)
