"""Many rows at once, for sweeps that write a hundred thousand.

`bulk_create` writes a statement of its own for every 49 rows of twenty columns on SQLite (999 variables), and asks each field three
times for each value: half the work of a sweep. Here the statement is built once and the driver fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models.constants import OnConflict

PLAIN = (str, int, bool, type(None))


def insert_missing(rows: Iterable[models.Model]) -> None:
    """Insert rows of one model in one transaction; those whose unique key is there already are left as they are.

    Rows get no primary key, and no `save()` is called, as with `bulk_create(ignore_conflicts=True)`.
    """
    given = list(rows)
    if not given:
        return
    fields = [field for field in given[0]._meta.concrete_fields if not field.primary_key]
    readers = [(field.attname, _reader(field)) for field in fields]
    values = [[read(row.__dict__[name]) for name, read in readers] for row in given]
    names, quote = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields), connection.ops.quote_name
    marks = ", ".join(["%s"] * len(fields))
    start = connection.ops.insert_statement(on_conflict=OnConflict.IGNORE)
    end = connection.ops.on_conflict_suffix_sql(fields, OnConflict.IGNORE, [], [])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"{start} {quote(given[0]._meta.db_table)} ({names}) VALUES ({marks}) {end}", values)


def _reader(field: Any) -> Callable[[Any], Any]:
    """What makes a value of this field one of the database's; a moment that many rows share is written once."""
    moments: dict[datetime, Any] = {}
    is_plain = isinstance(field, (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey))

    def read(value: Any) -> Any:
        if value is None or (is_plain and type(value) in PLAIN):
            return value
        if type(value) is not datetime:
            return field.get_db_prep_save(value, connection)
        if value not in moments:
            moments[value] = field.get_db_prep_save(value, connection)
        return moments[value]

    return read
