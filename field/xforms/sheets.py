"""Reads an Excel workbook as the sheets of an XLSForm, in bounded time: however many empty rows it claims.

pyxform is given what is read here, never the file: it stops without a word after sixty empty rows, we refuse to lose what
stands below. Row numbers are those that the author sees in Excel.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from typing import TYPE_CHECKING, Any

import xlrd
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from core.late import Late
from field.xforms.refusals import FormRefused, refusal

if TYPE_CHECKING:
    import openpyxl
    from pyxform import constants
    from pyxform import xls2json_backends as backends
else:
    openpyxl = Late("openpyxl")
    constants = Late("pyxform.constants")
    backends = Late("pyxform.xls2json_backends")

MAX_ROWS = 5_000
MAX_COLUMNS = 500
GAP = 1_000
UNPACKED = 150 * 1024 * 1024
UNPACKED_TEXTS = 40 * 1024 * 1024
ALIASES = {"command": "type", "tag": "name", "value": "name", "caption": "label", "list name": "list_name"}
FILLED = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]*[^<\s]")
ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=\"(\d+)\"")
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Sheet:
    """One sheet: its columns as written in row 1, and its filled rows by number."""

    title: str
    heads: list[str | None] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def column(self, name: str) -> str:
        """The head of a column as its author wrote it; empty where there is none."""
        return next((head for head in self.heads if head and plain_head(head) == name), "")

    def cells(self, name: str) -> Iterator[tuple[int, str]]:
        """(row, text) of the filled cells of one column."""
        head = self.column(name)
        return ((number, row[head]) for number, row in self.rows if head and row.get(head))

    def as_dicts(self) -> list[dict[str, str]]:
        """The rows as pyxform takes them: an empty one for each blank, so that its row numbers are right."""
        dicts: list[dict[str, str]] = []
        for number, row in self.rows:
            dicts += [{} for _blank in range(number - 2 - len(dicts))]
            dicts.append(row)
        return dicts


@dataclass
class Workbook:
    """The sheets of an XLSForm by their names in small letters; `names` are all sheets of the file."""

    names: list[str]
    sheets: dict[str, Sheet]

    def sheet(self, name: str) -> Sheet:
        """A sheet, empty if the workbook has none."""
        return self.sheets.get(name) or Sheet(name)

    def for_pyxform(self) -> dict[str, Any]:
        """The workbook as `pyxform.xls2xform.convert` takes it."""
        book: dict[str, Any] = {"sheet_names": self.names}
        for name, sheet in self.sheets.items():
            book[name] = sheet.as_dicts()
            book[f"{name}_header"] = [dict.fromkeys(head for head in sheet.heads if head)]
        return book


def plain_head(head: str) -> str:
    """`Label :: English (en)` -> `label`: a column's name without language, in the words of the XLSForm standard."""
    name = re.sub(r"\s+", " ", head.partition("::")[0]).strip().lower()
    return ALIASES.get(name, name)


def read_workbook(content: bytes) -> Workbook:
    """The sheets. Raises FormRefused in words that somebody who never heard of XLSForm understands."""
    if content.startswith(OLE) and ENCRYPTED in content[: 1024 * 1024]:
        raise FormRefused(refusal(_("The workbook is protected by a password: save it without one and upload it again.")))
    try:
        book = _read_xls(content) if content.startswith(OLE) else _read_xlsx(content)
    except FormRefused:
        raise
    except Exception as error:  # the readers raise what they like for a damaged file
        raise FormRefused(refusal(_("The file is not an Excel workbook, or it is damaged."))) from error
    return book


def _wanted(names: list[str]) -> dict[str, str]:
    """XLSForm sheets by their plain names; refuses a workbook that has no `survey`."""
    found = {name.strip().lower(): name for name in names if name.strip().lower() in constants.SUPPORTED_SHEET_NAMES}
    if "survey" not in found:
        near = get_close_matches("survey", [name.strip().lower() for name in names], n=1, cutoff=0.7)
        shown = ", ".join(name.strip() for name in names[:10]) or "–"
        why = _("The workbook has no sheet “survey”, so it is not an XLSForm. Its sheets: %(sheets)s.") % {"sheets": shown}
        if near:
            right = next(name for name in names if name.strip().lower() == near[0])
            why += " " + _("Rename the sheet “%(name)s” to “survey” if it holds the questions.") % {"name": right.strip()}
        else:
            why += " " + _("An XLSForm has a sheet “survey” with one question a row, in the columns type, name and label.")
        raise FormRefused(refusal(why, sheet="survey"))
    return found


def _read_xlsx(content: bytes) -> Workbook:
    archive = zipfile.ZipFile(io.BytesIO(content))
    if "mimetype" in archive.namelist():
        raise FormRefused(refusal(_("This is an OpenDocument spreadsheet: save it as an Excel workbook (.xlsx) and upload that.")))
    if "xl/workbook.xml" in archive.namelist():  # a look at the names first: the texts of a large workbook take seconds to read
        tree = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
        _wanted([node.get("name") or "" for node in tree.iter() if node.tag.endswith("}sheet")])
    rest = sum(info.file_size for info in archive.infolist() if "/worksheets/" not in info.filename)
    if rest > UNPACKED_TEXTS:
        raise FormRefused(refusal(_("The workbook holds more than 40 MB of texts: copy the form's rows into a new workbook.")))
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    names = list(book.sheetnames)
    sheets = {}
    for plain, name in _wanted(names).items():
        page: Any = book[name]  # openpyxl's types know neither its read-only sheets nor where they lie in the file
        page.reset_dimensions()
        rows = page.iter_rows(values_only=True, max_col=MAX_COLUMNS)
        texts = ([_text(value) for value in row] for row in rows)
        path = page._worksheet_path
        sheets[plain] = _sheet(plain, texts, lambda last, path=path, plain=plain: filled_below(archive, path, last, plain))
    return Workbook(names, sheets)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return backends.xlsx_value_to_str(value).strip()


def _read_xls(content: bytes) -> Workbook:
    book = xlrd.open_workbook(file_contents=content, on_demand=True)
    names = book.sheet_names()
    sheets = {}
    for plain, name in _wanted(names).items():
        page = book.sheet_by_name(name)
        rows = ([_xls_text(cell, book.datemode) for cell in page.row(at)[:MAX_COLUMNS]] for at in range(page.nrows))
        sheets[plain] = _sheet(plain, rows, None)
    return Workbook(names, sheets)


def _xls_text(cell: Any, datemode: int) -> str:
    if cell.value in ("", None):
        return ""
    return backends.xls_value_to_unicode(cell.value, cell.ctype, datemode).strip()


def _sheet(plain: str, rows: Iterable[list[str]], filled_below: Any) -> Sheet:
    """Heads and filled rows. `filled_below(row)` tells the first filled row far below the last one that was read."""
    numbered = enumerate(rows, start=1)
    heads = _heads(plain, numbered)
    sheet = Sheet(plain, heads)
    last = 1
    for number, cells in numbered:
        row = {head: text for head, text in zip(heads, cells, strict=False) if head and text}
        if row:
            sheet.rows.append((number, row))
            last = number
            if len(sheet.rows) > MAX_ROWS:
                why = _("The sheet “%(sheet)s” has more than %(most)d filled rows. A form has at most that many.")
                raise FormRefused(refusal(why % {"sheet": plain, "most": MAX_ROWS}, sheet=plain, row=number))
        elif number - last > GAP:
            below = filled_below(number) if filled_below else next((at for at, cells in numbered if any(cells)), None)
            if below:
                why = _("Row %(row)d is filled, and more than %(gap)d rows above it are empty: move it up, or delete it.")
                raise FormRefused(refusal(why % {"row": below, "gap": GAP}, sheet=plain, row=below))
            break
    return sheet


def _heads(plain: str, numbered: Iterator[tuple[int, list[str]]]) -> list[str | None]:
    """Row 1; where the columns are named further down, that row is told."""
    _number, first = next(numbered, (1, []))
    heads = [re.sub(r" +", " ", text) or None for text in first]
    named = [head for head in heads if head]
    for at, head in enumerate(named):
        if head in named[:at]:
            why = _("Two columns of the sheet “%(sheet)s” are called “%(column)s”: rename or delete one.") % {
                "sheet": plain,
                "column": head,
            }
            raise FormRefused(refusal(why, sheet=plain, row=1, column=head))
    if plain != "survey":
        return heads
    missing = [name for name in ("type", "name") if name not in {plain_head(head) for head in named}]
    if missing:
        why = _("The sheet “survey” has no column “%(column)s” in its first row.") % {"column": missing[0]}
        for number, cells in chain([(1, [])], (next(numbered, (0, [])) for _turn in range(20))):
            if {"type", "name"} <= {plain_head(cell) for cell in cells}:
                why += " " + _("The columns are named in row %(row)d: delete the rows above it.") % {"row": number}
                break
        else:
            shown = ", ".join(named[:8]) or "–"
            why += " " + _("Its columns: %(columns)s. An XLSForm needs type, name and label.") % {"columns": shown}
        raise FormRefused(refusal(why, sheet="survey", row=1, column=missing[0]))
    return heads


def filled_below(archive: zipfile.ZipFile, path: str, last: int, plain: str) -> int | None:
    """The first row after `last` with a value, by a look at the bytes: a million empty cells cost no parsing."""
    info = archive.getinfo(path.lstrip("/"))
    if info.file_size > UNPACKED:
        why = _("The sheet “%(sheet)s” claims rows without end: copy the filled rows into a new workbook.") % {"sheet": plain}
        raise FormRefused(refusal(why, sheet=plain))
    data = archive.read(info)
    start = next((match.start() for match in ROW.finditer(data) if int(match[1]) > last), len(data))
    filled = FILLED.search(data, start)
    if filled is None:
        return None
    row = data.rfind(b"<row ", 0, filled.start())
    match = ROW.match(data, row) if row >= 0 else None
    return int(match[1]) if match else last + 1
