"""Reference data: each app registers loaders that are safe to run again; `manage.py load_reference` runs them in order."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import models, transaction

Loader = Callable[[], dict]
loaders: dict[str, tuple[int, Loader]] = {}


def register(order: int, name: str, loader: Loader) -> None:
    """Add a loader; lower orders run first. It returns `{"created", "updated", "unchanged"}`. Safe to repeat."""
    loaders[name] = (order, loader)


def load_all() -> dict[str, dict]:
    """Run every loader; the answer of each, by name."""
    return {name: loader() for name, (_order, loader) in sorted(loaders.items(), key=lambda item: item[1][0])}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table of reference data, every value a text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def upsert(
    model: type[models.Model], keys: tuple[str, ...], rows: Iterable[dict[str, Any]], *, only_create: bool = False
) -> dict[str, int]:
    """Store the rows and count them: `{"created", "updated", "unchanged"}`."""
    return counted(store(model, keys, rows, only_create=only_create))


@transaction.atomic
def store(
    model: type[models.Model], keys: tuple[str, ...], rows: Iterable[dict[str, Any]], *, only_create: bool = False
) -> dict[tuple[Any, ...], str]:
    """Create the rows that are not there by `keys`, change what differs in the others; with `only_create` those stay as they are.

    Returns what became of each, by its key. Asks once for what is there and writes once what is new: the house has some
    six hundred such rows. Numbers and days may come as text: they are compared as the field's own type.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}
    known = {tuple(getattr(row, fields[key].attname) for key in keys): row for row in model._default_manager.all()}
    fresh, outcomes = [], dict[tuple[Any, ...], str]()
    for given in rows:
        values = {name: value if fields[name].is_relation else fields[name].to_python(value) for name, value in given.items()}
        key = tuple(values[name].pk if fields[name].is_relation else values[name] for name in keys)
        row = known.get(key)
        if row is None:
            fresh.append(model(**values))
            outcomes[key] = "created"
            continue
        changed = [] if only_create else [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            row.save(update_fields=changed)
        outcomes[key] = "updated" if changed else "unchanged"
    model._default_manager.bulk_create(fresh)
    return outcomes


def counted(outcomes: dict[tuple[Any, ...], str]) -> dict[str, int]:
    """How many rows were created, updated and left."""
    found = list(outcomes.values())
    return {name: found.count(name) for name in ("created", "updated", "unchanged")}


def total(*counts: dict[str, int]) -> dict[str, int]:
    """What several tables answered, together."""
    return {name: sum(row[name] for row in counts) for name in ("created", "updated", "unchanged")}
