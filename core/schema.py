"""What a migration must say on SQLite where triggers look at the table that it changes."""

from __future__ import annotations

from typing import Any

from django.db.migrations import RunPython


def _set(value: str) -> Any:
    def run(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"PRAGMA legacy_alter_table = {value}")

    return run


def beside_triggers(*operations: Any) -> list[Any]:
    """The operations, with SQLite told not to read other tables' triggers meanwhile.

    Django changes a table there by making it anew under its old name; between the two, a trigger of another table that
    names it (`reports_adoptedtext_no_delete` asks for the mission) names nothing, and SQLite refuses to rename.
    PostgreSQL changes the table itself. Triggers *of* the table are lost on SQLite and must be made again.
    """
    on, off = _set("ON"), _set("OFF")
    return [RunPython(on, off, elidable=True), *operations, RunPython(off, on, elidable=True)]
