"""Reads files of answers collected elsewhere into tables: CSV and TSV, workbooks with a sheet for each repeat, archives of CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

import charset_normalizer
from django.utils.translation import gettext as _

from core.late import Late

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = Late("openpyxl")

MAX_BYTES = 50 * 1024 * 1024
PARENTS = ("_parent_index", "_submission__uuid", "parent_key")
LONGEST_TITLE = 31  # characters that Excel leaves of a sheet's name


@dataclass
class Table:
    """One sheet or file: its headings, and its filled rows under the numbers that their author sees."""

    name: str
    heads: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def is_repeat(self) -> bool:
        """Its rows hang on the rows of another table."""
        return any(self.place(name) is not None for name in PARENTS)

    def place(self, name: str) -> int | None:
        """Where the column of that name stands, whatever its case."""
        return next((at for at, head in enumerate(self.heads) if head.strip().lower() == name), None)

    def cell(self, row: Sequence[str], name: str) -> str:
        """The text in the column of that name; empty where there is none."""
        at = self.place(name)
        return row[at].strip() if at is not None and at < len(row) else ""


class Unreadable(Exception):
    """The file is not one that can be read; the text says why."""


def read_tables(files: Sequence[tuple[str, bytes]]) -> tuple[Table, list[Table]]:
    """The table of the records, and the tables of their repeats. Raises Unreadable.

    `files` are (name, content); a CSV whose rows hang on others is a repeat, named after the file.
    """
    tables: list[Table] = []
    for name, content in files:
        if not content or len(content) > MAX_BYTES:
            raise Unreadable(_("The file is empty or larger than 50 MB."))
        kind = PurePosixPath(name.lower()).suffix
        if kind == ".zip":
            tables += _archive(content)
        elif kind == ".xlsx":
            tables += _workbook(content)
        else:
            tables.append(_csv(PurePosixPath(name).stem, content))
    tables = [table for table in tables if table.heads]
    main = next((table for table in tables if not table.is_repeat), None) or (tables[0] if len(tables) == 1 else None)
    if main is None or not main.rows:
        raise Unreadable(_("The file has no rows."))
    return main, [table for table in tables if table is not main]


def _archive(content: bytes) -> list[Table]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            wanted = [info for info in archive.infolist() if info.filename.lower().endswith((".csv", ".tsv"))]
            if sum(info.file_size for info in wanted) > MAX_BYTES:
                raise Unreadable(_("The file is empty or larger than 50 MB."))
            return [_csv(PurePosixPath(info.filename).stem, archive.read(info)) for info in wanted]
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise Unreadable(_("The archive is damaged or protected by a password.")) from error


def _workbook(content: bytes) -> list[Table]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        tables = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            tables.append(_table(sheet.title, ([_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True))))
        return tables
    except Exception as error:  # openpyxl raises what it likes for a damaged file
        raise Unreadable(_("The workbook is damaged.")) from error


def _csv(name: str, content: bytes) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = str(charset_normalizer.from_bytes(content).best() or "")
    head = text.partition("\n")[0]
    csv.field_size_limit(10_000_000)
    try:
        return _table(name, csv.reader(io.StringIO(text, newline=None), delimiter=max(",;\t", key=head.count)))
    except csv.Error as error:
        raise Unreadable(_("The file %(name)s is no CSV: %(why)s.") % {"name": name, "why": error}) from error


def _table(name: str, rows: Any) -> Table:
    filled = ((number, row) for number, row in enumerate(rows, start=1) if any(row))
    _number, heads = next(filled, (1, []))
    return Table(name, list(heads), list(filled))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
