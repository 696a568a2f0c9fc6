"""Importing a list: read it, say what each column is, take it row by row, all or nothing, and report by row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.errors import DomainError, Invalid
from core.lists.cells import Reader, RowRefused
from core.lists.headings import guess_columns
from core.lists.tables import read_table
from core.rights import authorize


@dataclass(frozen=True)
class Columns:
    """What a kind of list may hold: the label of each field, the names of its column (see `guess_columns` for whole and last)."""

    fields: Mapping[str, Any]
    names: Mapping[str, Sequence[str]]
    whole: frozenset[str] = frozenset()
    last: Sequence[str] = ()

    def of(self, columns: Sequence[str], mapping: Mapping[str, str] | None) -> dict[str, str]:
        """The field of each column: as given, else as guessed. Raises Invalid for one that is not there or given twice."""
        given = mapping or {}
        check_given(given, columns, self.fields)
        twice = [name for name, count in Counter(given.values()).items() if count > 1 and name != "ignore"]
        if twice:
            raise Invalid(_("Two columns are given for “%(field)s”.") % {"field": self.fields[twice[0]]}, code="field_twice", attr="map")
        guessed = guess_columns([column for column in columns if column not in given], self.names, whole=self.whole, last=self.last)
        guessed = {column: "ignore" if name in given.values() else name for column, name in guessed.items()}
        return {column: {**guessed, **given}[column] for column in columns}


def check_given(given: Mapping[str, str], columns: Sequence[str], fields: Mapping[str, Any]) -> None:
    """Raises Invalid where `given` (column: field) names a column that the list has not, or a field that there is not."""
    for column, name in given.items():
        if column not in columns:
            sentence = _("The list has no column “%(column)s”; it has: %(columns)s.")
            raise Invalid(sentence % {"column": column, "columns": ", ".join(columns)}, code="unknown_column", attr="map")
        if name not in fields:
            sentence = _("“%(field)s” is no field of this list; the fields are: %(fields)s.")
            raise Invalid(sentence % {"field": name, "fields": ", ".join(fields)}, code="unknown_field", attr="map")


def shown_columns(columns: Sequence[str], fields: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """For the page that asks what the columns are: `{name, field, samples}` of each, with its first three values."""
    return [{"name": column, "field": fields[column], "samples": [row[column] for row in rows[:3]]} for column in columns]


class ListImport:
    """One run of an import. A subclass says for one kind of list what it may hold and what a row does.

    named: the column of each field that the list has; counted: what was done so far; readers: what the cells of a field say
    (text where none is named). of_attr: fields that a service calls otherwise in its refusals.
    """

    about: ClassVar[Columns]
    right: ClassVar[str]
    log_code: ClassVar[str]
    counts: ClassVar[Sequence[str]] = ("created", "updated", "unchanged")
    changes: ClassVar[Sequence[str]] = ("created", "updated")
    of_attr: ClassVar[Mapping[str, str]] = {}
    most_rows: ClassVar[int] = 3000

    def __init__(self, *, by: Actor) -> None:
        self.by = by
        self.named: dict[str, str] = {}
        self.counted: Counter[str] = Counter()
        self.readers: Mapping[str, Reader] = {}

    @classmethod
    def preview(cls, source: IO[bytes], *, name: str, rows: int = 8) -> dict[str, Any]:
        """The columns with their guessed fields, and their first values; nothing is stored."""
        table = read_table(source, name=name)
        first = [row for _number, row in islice(table.rows, rows)]
        return {"columns": shown_columns(table.columns, cls.about.of(table.columns, None), first), "encoding": table.encoding}

    @transaction.atomic
    def run(self, source: IO[bytes], *, name: str, mapping: Mapping[str, str] | None = None, dry_run: bool = False) -> dict[str, Any]:
        """Import the list: the `counts`, and `refused: [{row, column, why}]`. One refused row and nothing is stored.

        mapping: `{column: field}`, before our guess. dry_run: answer the same, store nothing. Raises Invalid for a file that is no
        table, that has too many rows, or lacks a column.
        """
        authorize(self.by, self.right)
        self.begin()
        table = read_table(source, name=name)
        fields = self.about.of(table.columns, mapping)
        lacking = self.lacking(set(fields.values()))
        if lacking:
            sentence = _("Say which column holds: %(lacking)s. The columns are: %(columns)s.")
            words = {"lacking": ", ".join(lacking), "columns": ", ".join(table.columns)}
            raise Invalid(sentence % words, code="no_usable_column", attr="map")
        self.named = {field: column for column, field in fields.items() if field != "ignore"}
        refused = self._take_all(table.rows)
        done = {name: 0 if refused else self.counted[name] for name in self.counts}
        if refused or dry_run:
            transaction.set_rollback(True)
        elif any(done[name] for name in self.changes):
            audit.record(self.by, self.log_code, None, data=self.logged(done))
        return {**done, "refused": refused}

    def begin(self) -> None:
        """Load what rows are compared with, and set the readers. Raises Invalid for what was said about the whole list."""

    def lacking(self, known: set[str]) -> list[str]:
        """The labels of fields without which no row can be taken, given those that have a column."""
        return []

    def cleaned(self, text: str) -> str:
        """A cell without what is around it."""
        return text.strip()

    def take(self, given: dict[str, str], number: int, wrong: list[RowRefused]) -> None:
        """Do what one row says. given: the filled cells by field. What cannot be is raised, or added to `wrong` where there is more."""
        raise NotImplementedError

    def logged(self, done: dict[str, int]) -> dict[str, Any]:
        """What the log keeps of the import."""
        return done

    def values(self, given: Mapping[str, str], wrong: list[RowRefused]) -> dict[str, Any]:
        """The cells as the services take them; those that say nothing we know are added to `wrong`."""
        values: dict[str, Any] = {}
        for name, text in given.items():
            reader = self.readers.get(name)
            with self.noting(wrong, undo=False):
                values[name] = reader(text, self.named[name]) if reader else text
        return values

    @contextmanager
    def noting(self, wrong: list[RowRefused], *, undo: bool = True) -> Iterator[None]:
        """Keep a refusal, with its column, and undo what was stored since."""
        try:
            if undo:
                with transaction.atomic():
                    yield
            else:
                yield
        except RowRefused as error:
            wrong.append(error)
        except DomainError as error:
            attr = self.of_attr.get(error.attr or "", error.attr or "")
            wrong.append(RowRefused(self.named.get(attr, ""), str(error.sentence)))

    def column(self, *fields: str) -> str:
        """The column of the first of `fields` that has one; empty where none has."""
        return next((self.named[field] for field in fields if field in self.named), "")

    def _take_all(self, rows: Iterator[tuple[int, dict[str, str]]]) -> list[dict[str, Any]]:
        refused: list[dict[str, Any]] = []
        count = 0
        for number, row in rows:
            count += 1
            if count > self.most_rows:
                sentence = _("The list has more than %(most)s rows: send it in parts.")
                raise Invalid(sentence % {"most": self.most_rows}, code="too_many", attr="file")
            texts = {name: self.cleaned(row[column]) for name, column in self.named.items()}
            wrong: list[RowRefused] = []
            with self.noting(wrong):
                self.take({name: text for name, text in texts.items() if text}, number, wrong)
            refused += [{"row": number, "column": error.column, "why": error.why} for error in wrong]
        if not count:
            refused.append({"row": 1, "column": "", "why": _("The list has column names but no rows.")})
        return refused
