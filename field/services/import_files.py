"""Reads files of answers collected elsewhere into tables: CSV and TSV, workbooks with a sheet for each repeat, archives of CSV files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

import charset_normalizer
from django.utils.translation import gettext as _

from core.late import Late
from field.xforms.refusals import FormRefused
from field.xforms.sheets import GAP, filled_below

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = Late("openpyxl")

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
PARENTS = ("_parent_index", "_submission__uuid", "parent_key")
LONGEST_TITLE = 31  # characters that Excel leaves of a sheet's name
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


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


def read_tables(files: Sequence[tuple[str, bytes]]) -> list[Table]:
    """The tables with headings, in the order of the files. Raises Unreadable.

    `files` are (name, content). What a file is, its first bytes say, not its name; a CSV is named after its file.
    """
    tables: list[Table] = []
    for name, content in files:
        if not content or len(content) > MAX_BYTES:
            raise Unreadable(_("The file is empty or larger than 50 MB."))
        kind = _kind(name, content)
        if kind == ".zip":
            tables += _archive(content)
        elif kind == ".xlsx":
            tables += _workbook(content)
        else:
            tables.append(_csv(PurePosixPath(name).stem, content))
    return [table for table in tables if table.heads]


def _kind(name: str, content: bytes) -> str:
    """`.zip`, `.xlsx` or anything else for text. Raises Unreadable for what is known and cannot be read."""
    if content.startswith(OLE):
        raise Unreadable(_("This is an old or protected Excel file: save it as .xlsx without a password and import that."))
    if content.startswith(ZIP):
        try:
            names = ZipFile(io.BytesIO(content)).namelist()
        except (BadZipFile, OSError):
            names = []
        if "mimetype" in names:
            raise Unreadable(_("This is an OpenDocument spreadsheet: save it as .xlsx or CSV and import that."))
        return ".xlsx" if "xl/workbook.xml" in names else ".zip"
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:9].lower().startswith((b"<!doctype", b"<html")):
        raise Unreadable(_("This is a web page, not a table: was the download a sign-in page?"))
    suffix = PurePosixPath(name.lower()).suffix
    return suffix if content.startswith(b"PK") else ".csv"


def _archive(content: bytes) -> list[Table]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            wanted = [info for info in archive.infolist() if _is_table(PurePosixPath(info.filename))]
            if sum(info.file_size for info in wanted) > MAX_BYTES:
                raise Unreadable(_("The file is empty or larger than 50 MB."))
            return [_csv(PurePosixPath(info.filename).stem, archive.read(info)) for info in wanted]
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise Unreadable(_("The archive is damaged or protected by a password.")) from error


def _is_table(path: PurePosixPath) -> bool:
    """A CSV or TSV; macOS puts a twin of each file beside it, which holds no rows."""
    return path.suffix.lower() in {".csv", ".tsv"} and not path.name.startswith("._") and "__MACOSX" not in path.parts


def _workbook(content: bytes) -> list[Table]:
    try:
        archive = ZipFile(io.BytesIO(content))
        if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
            raise Unreadable(_("The workbook unpacks to more than 400 MB: copy its filled rows into a new workbook."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        tables = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            tables.append(_table(sheet.title, _filled(archive, sheet)))
        return tables
    except Unreadable:
        raise
    except FormRefused as error:
        raise Unreadable(error.rows[0]["why"]) from error
    except Exception as error:  # openpyxl raises what it likes for a damaged file
        raise Unreadable(_("The workbook is damaged.")) from error


def _filled(archive: ZipFile, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The filled rows of a sheet. After a thousand empty ones a look at the bytes says whether another is filled below."""
    last, looked = 0, False
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_text(cell) for cell in row]
        if any(cells):
            last, looked = number, False
            yield number, cells
        elif number - last > GAP and not looked:
            if filled_below(archive, sheet._worksheet_path, number, sheet.title) is None:
                return
            looked = True


def _csv(name: str, content: bytes) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = str(charset_normalizer.from_bytes(content).best() or "")
    csv.field_size_limit(10_000_000)
    said = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # Excel's own line
    head = text.lstrip("\r\n").partition("\n")[0]
    lines = io.StringIO(text, newline=None)
    try:
        rows = enumerate(csv.reader(lines, delimiter=said[1] if said else max(",;\t", key=head.count)), start=1)
        if said:
            next(rows)
        return _table(name, rows)
    except csv.Error as error:
        raise Unreadable(_("The file %(name)s is no CSV: %(why)s.") % {"name": name, "why": error}) from error


def _table(name: str, rows: Iterable[tuple[int, list[str]]]) -> Table:
    filled = ((number, row) for number, row in rows if any(row))
    _number, heads = next(filled, (1, []))
    return Table(name, list(heads), list(filled))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
