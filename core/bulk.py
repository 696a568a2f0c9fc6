"""Many rows at once, for sweeps that write a hundred thousand.

`bulk_create` writes a statement of its own for every 49 rows of twenty columns on SQLite (999 variables), and asks each field three
times for each value: half the work of a sweep. Here the statement is built once and the driver fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, connections, models, transaction
from django.db.models.constants import OnConflict

from core.statements import prepared

PLAIN = (str, int, bool)
AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def insert(rows: Iterable[models.Model]) -> None:
    """Insert rows of one model in one transaction. Raises IntegrityError, and stores none, where a unique key is there already.

    Rows get no primary key, and no `save()` is called.
    """
    _insert(list(rows), None)


def insert_missing(rows: Iterable[models.Model]) -> None:
    """The same; rows whose unique key is there already are left as they are, as with `bulk_create(ignore_conflicts=True)`."""
    _insert(list(rows), OnConflict.IGNORE)


def _insert(rows: list[models.Model], on_conflict: OnConflict | None) -> None:
    if not rows:
        return
    statement, columns = _plan(type(rows[0]), on_conflict, connection.vendor)
    moments: dict[datetime, Any] = {}
    here = connections[connection.alias]  # itself: what stands for it looks it up anew for each value
    readers = [(field.attname, is_plain, _reader(field, moments, here)) for field, is_plain in columns]
    values = []
    for row in rows:
        held = row.__dict__
        values.append(
            [
                value if (value := held[name]) is None or (is_plain and type(value) in PLAIN) else read(value)
                for name, is_plain, read in readers
            ]
        )
    if len(values) == 1:  # one statement is whole by itself
        with prepared() as cursor:
            cursor.execute(statement, values[0])
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(statement, values)


@cache
def _plan(model: type[models.Model], on_conflict: OnConflict | None, vendor: str) -> tuple[str, list[tuple[Any, bool]]]:
    """The statement for a row of this model, and its fields: each with whether its values are the database's own as they are."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    names, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    start = connection.ops.insert_statement(on_conflict=on_conflict)
    end = connection.ops.on_conflict_suffix_sql(fields, on_conflict, [], []) if on_conflict else ""
    return f"{start} {quote(model._meta.db_table)} ({names}) VALUES ({marks}) {end}", [
        (field, isinstance(field, AS_THEY_ARE)) for field in fields
    ]


def _reader(field: Any, moments: dict[datetime, Any], here: Any) -> Callable[[Any], Any]:
    """What makes a value of this field one of the database's; a moment that many rows share, or an empty list, is written once."""
    empty: dict[type, Any] = {}

    def read(value: Any) -> Any:
        if type(value) in (list, dict) and not value:
            if type(value) not in empty:
                empty[type(value)] = field.get_db_prep_save(value, here)
            return empty[type(value)]
        if type(value) is not datetime:
            return field.get_db_prep_save(value, here)
        if value not in moments:
            moments[value] = field.get_db_prep_save(value, here)
        return moments[value]

    return read
