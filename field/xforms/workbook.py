"""Writes XLSForm workbooks whose bytes depend on their content alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.late import Late

if TYPE_CHECKING:
    import openpyxl
    import openpyxl.cell
    import openpyxl.styles
else:
    openpyxl = Late("openpyxl")


FIXED = datetime(2026, 1, 1, tzinfo=UTC)
SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def write_workbook(survey: list[dict[str, str]], choices: list[dict[str, str]], settings: dict[str, str]) -> bytes:
    """The .xlsx of one form: sheets `survey`, `choices`, `settings`."""
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "Scrutin"
    book.properties.created = book.properties.modified = FIXED.replace(tzinfo=None)
    _sheet(book, "survey", survey, first=["type", "name"])
    _sheet(book, "choices", choices, first=["list_name", "name"])
    _sheet(book, "settings", [settings], first=list(settings))
    buffer = io.BytesIO()
    book.save(buffer)
    return _with_fixed_dates(buffer.getvalue())


def _sheet(book: openpyxl.Workbook, title: str, rows: list[dict[str, str]], *, first: Iterable[str]) -> None:
    sheet = book.create_sheet(title)
    columns = [*first, *dict.fromkeys(key for row in rows for key in row if key not in set(first))]
    head = []
    for name in columns:
        cell = openpyxl.cell.WriteOnlyCell(sheet, value=name)
        cell.font = openpyxl.styles.Font(bold=True)
        head.append(cell)
    sheet.freeze_panes = "C2"
    sheet.append(head)
    for row in rows:
        sheet.append([row.get(name) or None for name in columns])


def _with_fixed_dates(content: bytes) -> bytes:
    """Zip again with one date, and without the time of saving, so that the same form gives the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = SAVED.sub(rb"\g<1>2026-01-01T00:00:00Z\g<2>", data)
            info = zipfile.ZipInfo(name, FIXED.timetuple()[:6])
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
