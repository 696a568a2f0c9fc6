"""The cast everybody knows, and what every test may rely on (STYLE, "Tests")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.enums import GlobalRole
from accounts.models import Person, RoleGrant, User

pytest_plugins = ["tests.ci_rules", "tests.conftest_missions", "tests.world", "tests.chromium", "tests.schema"]


@pytest.fixture(scope="session")
def django_db_setup(schema_once: Callable[[], None], django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; PostgreSQL drops none in use, and a thread that served a browser's last request may still hold its session."""
    schema_once()
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def _own_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files of tests lie in a folder of their own."""
    settings.STORAGES["default"]["OPTIONS"]["location"] = tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """No test sees what another cached."""
    yield
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _flush_despite_triggers() -> Iterator[None]:
    """Tests with real transactions empty the tables at their end; on SQLite the append-only triggers stand in the way.

    They are dropped for the flush and made again at once; PostgreSQL truncates, which row triggers do not see.
    """
    if connection.vendor != "sqlite":
        yield
        return
    operations = type(connection.ops)
    plain = operations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f'DROP TRIGGER "{name}"' for name, _sql in triggers]
        return [*drops, *plain(self, *args, **kwargs), *[sql for _name, sql in triggers]]

    operations.sql_flush = sql_flush  # type: ignore[method-assign]
    yield
    operations.sql_flush = plain  # type: ignore[method-assign]


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    """Make a person: `make_person("Vega", "Alder", language="fr")`."""
    counter = iter(range(1, 10_000))

    def make(given_name: str = "Vega", family_name: str = "Alder", **values: Any) -> Person:
        values.setdefault("email", f"{given_name}.{family_name}.{next(counter)}@example.org".lower().replace(" ", "."))
        return Person.objects.create(given_name=given_name, family_name=family_name, **values)

    return make


@pytest.fixture
def make_user(make_person: Callable[..., Person]) -> Callable[..., User]:
    """Make an account with a person: `make_user("Vega", "Alder", roles=["coordinator"])`."""

    def make(given_name: str = "Vega", family_name: str = "Alder", *, roles: tuple[str, ...] = (), **values: Any) -> User:
        person = make_person(given_name, family_name, **values)
        user = User.objects.create_user(person.email, "correct horse battery staple", person=person)
        for role in roles:
            RoleGrant.objects.create(user=user, role=role, given_by="system")
        return user

    return make


@pytest.fixture
def coordinator(make_user: Callable[..., User]) -> User:
    """A coordinator of the secretariat."""
    return make_user("Cora", "Coordinator", roles=(GlobalRole.COORDINATOR,))


@pytest.fixture
def publisher(make_user: Callable[..., User]) -> User:
    """A publisher of the secretariat."""
    return make_user("Paul", "Publisher", roles=(GlobalRole.PUBLISHER,))


@pytest.fixture
def auditor(make_user: Callable[..., User]) -> User:
    """An auditor."""
    return make_user("Aude", "Auditor", roles=(GlobalRole.AUDITOR,))


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    """An administrator."""
    return make_user("Adam", "Administrator", roles=(GlobalRole.ADMINISTRATOR,))


@pytest.fixture
def outsider(make_user: Callable[..., User]) -> User:
    """An account without any role and in no mission."""
    return make_user("Otto", "Outsider")


@pytest.fixture
def client_for() -> Callable[[User | None], Client]:
    """A browser signed in as somebody; `None` is a stranger."""

    def make(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def api_for() -> Callable[[User | None], APIClient]:
    """An API client signed in as somebody; `None` is a stranger."""

    def make(user: User | None = None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return make
