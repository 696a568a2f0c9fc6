"""The schema is migrated from nothing once a run, by whoever needs it first, and copied: to the other workers, and for servers of tests.

Migrating takes 20 s of processor time. Each run still does it once, on the database that it runs on.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core import management
from django.db import connection

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


class Schema:
    """The migrated schema of this run: a file of SQLite, or a database of PostgreSQL beside those of the workers."""

    def __init__(self, folder: Path) -> None:
        self.file, self.stamp, self.lock = folder / "schema.sqlite3", folder / "schema.kept", folder / "schema.lock"

    @contextmanager
    def held(self) -> Iterator[None]:
        """One at a time: who comes second finds what the first has made."""
        with self.lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def keep(self) -> None:
        """Keep the schema of this worker's database, which was just migrated."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.file)) as target:
                connection.connection.backup(target)
        elif WORKER:  # alone nobody asks for a copy
            make_database(template_name(), str(connection.settings_dict["NAME"]))
        self.stamp.touch()

    def copy(self) -> None:
        """Fill this worker's empty database with it."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.file)) as source:
                source.backup(connection.connection)
        else:
            make_database(str(connection.settings_dict["NAME"]), template_name())


def template_name() -> str:
    """The database of PostgreSQL that is copied; `.ci/run` removes it with the others that begin so."""
    return re.sub(r"_gw\d+$", "", str(connection.settings_dict["NAME"])) + "_schema"


def make_database(name: str, template: str) -> None:
    """Make it anew as a copy: nobody may be connected to either."""
    connection.close()
    quote = connection.ops.quote_name
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"DROP DATABASE IF EXISTS {quote(name)}")
        cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)}")


@pytest.fixture(scope="session")
def kept_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """Of this run: workers have their folders side by side."""
    base = tmp_path_factory.getbasetemp()
    return Schema(base.parent if WORKER else base)


@pytest.fixture(scope="session")
def schema_once(kept_schema: Schema, django_db_use_migrations: bool) -> Callable[[], None]:
    """From here until it is called, `migrate` runs for the first worker and copies for the others."""
    plain: Callable[..., Any] = management.call_command

    def once(command: str, *arguments: Any, **options: Any) -> Any:
        if command != "migrate" or not django_db_use_migrations:
            return plain(command, *arguments, **options)
        with kept_schema.held():
            if kept_schema.stamp.exists():
                return kept_schema.copy()
            plain(command, *arguments, **options)
            return kept_schema.keep()

    def restore() -> None:
        management.call_command = plain

    management.call_command = once  # type: ignore[assignment]
    return restore


@pytest.fixture(scope="session")
def migrated_file(kept_schema: Schema, django_db_setup: None) -> Path | None:
    """The migrated schema as a file of SQLite; None where the run has none (PostgreSQL, --nomigrations)."""
    return kept_schema.file if kept_schema.file.exists() else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """The copy on PostgreSQL goes when the last worker has gone: in the process that started them."""
    if WORKER or not getattr(session.config.option, "numprocesses", None) or connection.vendor != "postgresql":
        return
    import psycopg
    from psycopg.sql import SQL, Identifier

    facts = connection.settings_dict
    name = Identifier(f"{facts['TEST'].get('NAME') or 'test_' + facts['NAME']}_schema")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
