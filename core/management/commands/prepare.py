"""`manage.py prepare`: what every start needs of database and static files, done only where something changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """Migrate, collect the static files, load the reference data. Safe to repeat; a second run takes a moment."""

    help = "Migrate, collect static files and load reference data, each only when something changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="do every step, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        self.everything = options["all"]
        self.path = settings.VAR / "run" / "prepared.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.stamps = self._read_stamps()
        migrated = self._migrate()
        self._collect_static()
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
        files = [Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])]
        digest = digest_of(files)
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if self._changed("static", digest, force=not manifest.exists()):
            self.stdout.write("Collecting the static files.")
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            self._done("static", digest)

    def _load_reference(self, *, force: bool) -> None:
        if "load_reference" not in get_commands():
            return
        code = [*settings.BASE_DIR.glob("*/reference.py"), *settings.BASE_DIR.glob("*/services/reference*.py")]
        data = [path for folder in settings.BASE_DIR.glob("*/data") for path in folder.rglob("*") if path.is_file()]
        database = connection.settings_dict
        where = "|".join(str(database.get(key, "")) for key in ("ENGINE", "NAME", "HOST", "PORT"))
        digest = digest_of([*code, *data], where)
        if self._changed("reference", digest, force=force):
            self.stdout.write("Loading the reference data.")
            call_command("load_reference", verbosity=0)
            self._done("reference", digest)


def digest_of(files: list[Path], *extra: str) -> str:
    """A short digest of names, sizes and times of the files."""
    digest = hashlib.sha256("|".join(extra).encode())
    for path in sorted(files):
        status = path.stat()
        digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]
