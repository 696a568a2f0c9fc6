"""An installation that comes from an earlier version: its rows, its triggers and its schema are as those of one that starts today.

`earlier_release.sql.gz` is a database of SQLite as it was on 28 November 2026 (core 0006, accounts 0002, missions 0009, observers 0004,
field 0002, reports 0004), with one of everything in it.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.infra.helpers import ROOT, bare_environment

pytestmark = pytest.mark.xdist_group("upgrade")  # one worker: it is brought up once, in 14 s of processor time
EARLIER = ROOT / "tests" / "infra" / "earlier_release.sql.gz"
COUNTED_ANEW = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}
UPDATE = (
    "import django; django.setup(); from django.core.management import call_command as call;"
    "call('migrate', interactive=False, verbosity=0); call('makemigrations', check=True, dry_run=True, verbosity=0)"
)
FIXED = {
    "core_auditentry": "UPDATE core_auditentry SET action = 'x'",
    "core_document": "UPDATE core_document SET kind = 'x'",
    "field_formversion": "UPDATE field_formversion SET xform = 'x' WHERE state = 'published'",
    "reports_adoptedtext": "UPDATE reports_adoptedtext SET language = 'x'",
    "reports_recommendation": "UPDATE reports_recommendation SET paragraph = 'x' WHERE state = 'adopted'",
}
"""What no version may change, by the database itself."""


def counts(database: sqlite3.Connection) -> dict[str, int]:
    """Rows by table."""
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names if name not in COUNTED_ANEW}


def shape(database: sqlite3.Connection) -> dict[str, object]:
    """Columns of each table, and the words of each index and trigger; the order of columns depends on the way."""
    found: dict[str, object] = {}
    for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall():
        if kind == "table":
            found[name] = {row[1:] for row in ((0, *row[1:4]) for row in database.execute(f'PRAGMA table_info("{name}")'))}
        else:
            found[name] = re.sub(r"\s+", " ", sql)
    return found


@pytest.fixture(scope="module")
def brought_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[sqlite3.Connection, dict[str, int]]]:
    """The database after `migrate`, which found nothing left to do, and its rows by table before."""
    file = tmp_path_factory.mktemp("earlier") / "scrutin.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(gzip.decompress(EARLIER.read_bytes()).decode())
        before = counts(database)
    environment = bare_environment(file.parent, DJANGO_SETTINGS_MODULE="config.settings")
    done = subprocess.run([sys.executable, "-c", UPDATE], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(sqlite3.connect(file)) as database:
        yield database, before


def test_no_row_is_lost_and_each_points_at_one_that_is_there(brought_up: tuple[sqlite3.Connection, dict[str, int]]) -> None:
    database, before = brought_up
    after = counts(database)
    assert before["core_auditentry"] > 50
    assert {name: number for name, number in after.items() if name in before} == before
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("table", FIXED)
def test_what_was_fixed_stays_fixed(table: str, brought_up: tuple[sqlite3.Connection, dict[str, int]]) -> None:
    database, before = brought_up
    assert before[table]
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(FIXED[table])
    database.rollback()


@pytest.mark.once
@pytest.mark.django_db  # so that this run has a schema of its own
def test_the_schema_is_the_one_of_an_installation_that_starts_today(
    brought_up: tuple[sqlite3.Connection, dict[str, int]], migrated_file: Path | None
) -> None:
    if migrated_file is None:
        pytest.skip("compares with the schema of this run, which this run has not migrated on SQLite")
    with closing(sqlite3.connect(migrated_file)) as new:
        assert shape(brought_up[0]) == shape(new)
