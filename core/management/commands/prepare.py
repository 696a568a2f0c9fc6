"""`manage.py prepare`: what every start needs of database and static files, done only where something changed."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Static files of parts whose pages we do not show: the other reader of the API's schema, DRF's own browser.
NOT_SERVED = ["redoc", "rest_framework"]


class Command(BaseCommand):
    """Migrate, collect the static files, load the reference data. Safe to repeat; a second run takes a moment."""

    help = "Migrate, collect static files and load reference data, each only when something changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="do every step, changed or not")
        parser.add_argument("--only", choices=["static", "data"], help="only the static files (no database needed), or only the database")

    def handle(self, *args: Any, **options: Any) -> None:
        self.everything = options["all"]
        if options["only"] != "data":
            self._collect_static()
        if options["only"] != "static":
            self._prepare_data()

    def _prepare_data(self) -> None:
        self.path = settings.VAR / "run" / "prepared.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.stamps = self._read_stamps()
        migrated = self._migrate()
        self._load_reference(force=migrated)

    def _read_stamps(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _changed(self, step: str, digest: str, *, force: bool = False) -> bool:
        return force or self.everything or self.stamps.get(step) != digest

    def _done(self, step: str, digest: str) -> None:
        self.stamps[step] = digest
        self.path.write_text(json.dumps(self.stamps, indent=1), encoding="utf-8")

    def _migrate(self) -> bool:
        """Apply what is missing; whether anything was."""
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        self.stdout.write("Migrating the database.")
        call_command("migrate", interactive=False, verbosity=0)
        return True

    def _collect_static(self) -> None:
        if settings.DEBUG:
            return  # served from the sources
        root = Path(settings.STATIC_ROOT)
        files = [Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list(NOT_SERVED)]
        digest, stamp = digest_of(files), root / ".collected"
        with one_at_a_time(root.parent / f".{root.name}.lock"):
            if not self.everything and stamp.exists() and stamp.read_text() == digest:
                return
            self.stdout.write("Collecting the static files.")
            call_command("collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=NOT_SERVED)
            stamp.write_text(digest)

    def _load_reference(self, *, force: bool) -> None:
        if "load_reference" not in get_commands():
            return
        code = [*settings.BASE_DIR.glob("*/reference.py"), *settings.BASE_DIR.glob("*/services/reference*.py")]
        code.append(settings.BASE_DIR / "core" / "romanisation.py")  # the words that names are found by are stored
        data = [path for folder in settings.BASE_DIR.glob("*/data") for path in folder.rglob("*") if path.is_file()]
        database = connection.settings_dict
        where = "|".join(str(database.get(key, "")) for key in ("ENGINE", "NAME", "HOST", "PORT"))
        digest = digest_of([*code, *data], where)
        if self._changed("reference", digest, force=force):
            self.stdout.write("Loading the reference data.")
            call_command("load_reference", verbosity=0)
            self._done("reference", digest)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold a lock file, so that two starts do not write the same folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def digest_of(files: list[Path], *extra: str) -> str:
    """A short digest of names, sizes and times of the files."""
    digest = hashlib.sha256("|".join(extra).encode())
    for path in sorted(files):
        status = path.stat()
        digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]
