"""docker-compose.yml, without an engine: the same commands with the same environment names, against the local services.

The file is read, its host names are put where the local PostgreSQL and Redis answer, and `migrate`, `web`, `worker` and
`scheduler` are started as it says. A request, a task and a scheduled task then go through them.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from core.processes import Child
from core.stack import free_port
from tests.infra.helpers import ROOT, answer, bare_environment, wait_until

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "scheduler")


def filled(value: str, given: dict[str, str]) -> str:
    """Compose's own `${NAME:-default}` and `${NAME:?sentence}`."""

    def replace(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if name in given:
            return given[name]
        assert kind == ":-", f"{name} has no default: {rest}"
        return rest

    return re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", replace, value)


def environment_of(service: str, given: dict[str, str]) -> dict[str, str]:
    """What the service gets, every variable filled in."""
    return {name: filled(str(value), given) for name, value in COMPOSE["services"][service]["environment"].items()}


def command_of(service: str, port: int) -> list[str]:
    """The service's command, run by this Python, listening where the test asks."""
    command = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in COMPOSE["services"][service]["command"]]
    if command[0] == "python":
        return [sys.executable, *command[1:]]
    return [sys.executable, "-m", *command]


def test_every_part_is_there_and_waits_for_what_it_needs() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "scheduler", "mail"}
    assert services["migrate"]["restart"] == "no"
    for name in ("web", "worker", "scheduler"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    for name in ("postgres", "redis", "worker", "scheduler"):
        assert services[name]["healthcheck"]["test"]
    assert all("deploy" not in services[name] for name in services), "a scheduler with replicas would ring twice"


def test_the_secret_has_no_default() -> None:
    assert ":?" in COMPOSE["services"]["web"]["environment"]["SCRUTIN_SECRET_KEY"]


def test_every_variable_is_one_that_the_settings_read() -> None:
    read = set(re.findall(r'"((?:SCRUTIN_|EMAIL|DATABASE|REDIS)\w*)"', (ROOT / "config" / "settings.py").read_text()))
    assert set(COMPOSE["services"]["web"]["environment"]) <= read


def test_image_has_stages_a_user_and_a_health_check() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert len(re.findall(r"^FROM ", text, re.M)) == 3
    assert re.search(r"^USER scrutin$", text, re.M)
    assert re.search(r"^HEALTHCHECK ", text, re.M)
    assert "--require-hashes" in text
    command = json.loads(re.findall(r"^CMD (\[.*\])$", text, re.M)[-1])
    assert command == COMPOSE["services"]["web"]["command"]
    copied = re.findall(r"^COPY ([^\n]*)$", text, re.M)
    for line in copied:
        for source in line.split()[:-1]:
            assert source.startswith(("--from", "/")) or source == "." or (ROOT / source).exists(), f"{source} is not in the tree"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A database of its own on the PostgreSQL that DATABASE_URL names; its URL."""
    import psycopg

    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"{parts.path[1:]}_compose_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    yield parts._replace(path=f"/{name}").geturl()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A number of its own on the Redis that REDIS_URL names, emptied before and after."""
    from redis import Redis

    url = urlsplit(os.environ["REDIS_URL"])._replace(path="/14").geturl()
    with Redis.from_url(url) as broker:
        broker.flushdb()
        yield url
        broker.flushdb()


class Running:
    """The four services as processes."""

    def __init__(self, folder: Path, database: str, redis_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = {"SCRUTIN_SECRET_KEY": "a-key-for-this-test-only-of-about-fifty-characters", "SCRUTIN_URL": self.url}
        hosts = {
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "EMAIL_URL": f"file://{folder}/mail",  # the mail catcher is an image; what it would catch lands here
        }
        self.children: dict[str, Child] = {}
        for name in OURS:
            environment = bare_environment(folder, **environment_of(name, given) | hosts)
            self.children[name] = Child(name, command_of(name, self.port), environment, folder / f"{name}.log", ROOT)

    def manage(self, *arguments: str, service: str = "worker") -> subprocess.CompletedProcess[str]:
        """A management command inside a service's environment."""
        environment = dict(self.children[service].environment)
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, database: str, redis_url: str) -> Iterator[Running]:
    """Static files as the image has them, then migrate to its end, then web, worker and scheduler."""
    folder = tmp_path_factory.mktemp("compose")
    running = Running(folder, database, redis_url)
    static = running.manage("prepare", "--only", "static")
    assert static.returncode == 0, static.stderr
    migrate = running.children.pop("migrate")
    migrate.start()
    assert migrate.process is not None
    assert migrate.process.wait(timeout=240) == 0, migrate.tail()
    try:
        for child in running.children.values():
            child.start()
        web = running.children["web"]
        wait_until(lambda: answer(f"{running.url}/healthz") == 200 or web.exit_code() is not None, 120, f"web answers; {web.tail()}")
        yield running
    finally:
        for child in running.children.values():
            child.signal_group(signal.SIGTERM)
        for child in running.children.values():
            child.stop()


@pytest.mark.services
@pytest.mark.xdist_group("compose")
def test_a_request_is_answered(running: Running) -> None:
    assert answer(f"{running.url}/healthz") == 200
    with urllib.request.urlopen(f"{running.url}/", timeout=20) as page:
        text = page.read().decode()
    assert page.status == 200
    assert re.search(r"/static/[^\"]+\.[0-9a-f]{12}\.css", text), "the page names its styles by hash"


@pytest.mark.services
@pytest.mark.xdist_group("compose")
def test_a_task_is_done_by_the_worker(running: Running) -> None:
    """A mail that is queued by a command leaves through the worker, and lands where EMAIL_URL says."""
    code = (
        "from core.outbox import queue_mail\n"
        "from core.models import OutboxMail\n"
        "queue_mail(key='compose', address='someone@example.org', name='Someone', language='en', zone='Europe/Paris', "
        "template='accounts/mail/password', context={'url': 'https://example.org/'})\n"
        "print(OutboxMail.objects.count())\n"
    )
    asked = running.manage("shell", "--no-imports", "-c", code)
    assert asked.returncode == 0, asked.stderr
    folder = Path(running.children["worker"].environment["EMAIL_URL"].removeprefix("file://"))
    wait_until(lambda: list(folder.glob("*")), 60, f"the mail is there; {running.children['worker'].tail()}")
    assert "someone@example.org" in next(folder.glob("*")).read_text()


@pytest.mark.services
@pytest.mark.xdist_group("compose")
def test_a_scheduled_task_is_rung_and_done(running: Running) -> None:
    """The scheduler's heartbeat goes through broker and worker into the database: then everything is ready."""
    wait_until(lambda: answer(f"{running.url}/readyz") == 200, 150, f"ready; {running.children['scheduler'].tail()}")
    for service in ("worker", "scheduler"):
        command = COMPOSE["services"][service]["healthcheck"]["test"]
        assert command[:3] == ["CMD", "python", "manage.py"]
        checked = running.manage(*command[3:], service=service)
        assert checked.returncode == 0, checked.stdout + checked.stderr
