"""CSV and workbooks for people who open them in a spreadsheet: UTF-8 with BOM, formulas escaped."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from core.files import XLSX
from core.late import Late

if TYPE_CHECKING:
    import openpyxl
    import openpyxl.cell
    import openpyxl.styles
    import openpyxl.utils
else:
    openpyxl = Late("openpyxl")

RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> str:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe."""
    text = "" if value is None else f"{value:%H:%M}" if isinstance(value, time) else str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def csv_response(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV file as an answer."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(cell) for cell in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def xlsx_response(name: str, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> HttpResponse:
    """A workbook as an answer; the first row of each sheet names its columns. Texts stay texts, whatever they begin with."""
    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows):
            cells = [_cell(sheet, value, is_head=number == 0) for value in row]
            if number == 0:
                for place, cell in enumerate(cells, start=1):
                    letter = openpyxl.utils.get_column_letter(place)
                    sheet.column_dimensions[letter].width = max(14, min(40, len(str(cell.value or "")) + 4))
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(sheet: Any, value: Any, *, is_head: bool) -> Any:
    """Days, wall times and numbers stay what they are, so that a table can be sorted; all else is text that a workbook can hold."""
    if value is not None and not isinstance(value, date | time | int | float):
        value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell = openpyxl.cell.WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, time):
        cell.number_format = "hh:mm"
    if is_head:
        cell.font = openpyxl.styles.Font(bold=True)
    return cell
