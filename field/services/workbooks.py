"""Observations as a workbook, with the columns of the CSV: numbers are numbers, days are days, all that was typed is text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.late import Late
from field.services.exports import CHUNK, COLUMNS, FIXED, FORMULA, Table, table_of

if TYPE_CHECKING:
    import openpyxl
    import openpyxl.cell
    import openpyxl.styles
else:
    openpyxl = Late("openpyxl")

LONGEST = 32_767  # characters that a cell of a workbook can hold
ROWS = 1_048_000  # a sheet holds 1,048,576 rows; what is more goes on in the next sheet
TIMES = ("started_at", "finished_at", "received_at")
CUT = "…"


def workbook(observations: Any, *, zone: str, language: str = "en", with_labels: bool = False) -> IO[bytes]:
    """A temporary file with the workbook, rewound. Times are in `zone`, which the row of wordings names above them.

    A text over 32,767 characters is cut and ends in “…”: a cell holds no more; the CSV has it whole.
    """
    table = table_of(observations, language=language)
    maker = _Cells(ZoneInfo(zone))
    labels = [zone if head in TIMES else label for head, label in zip(table.heads, table.labels, strict=True)] if with_labels else None
    rows = observations.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    book = openpyxl.Workbook(write_only=True)
    first = next(rows, None)
    rest = chain([first], rows) if first else rows
    number = 1
    while number == 1 or first:
        _sheet(book, f"observations {number}" if number > 1 else "observations", table, labels, maker, islice(rest, ROWS))
        number, first = number + 1, next(rows, None)
        rest = chain([first], rows) if first else rows
    out = TemporaryFile()  # noqa: SIM115 - the answer closes it
    book.save(out)
    out.seek(0)
    return out


def _sheet(book: openpyxl.Workbook, title: str, table: Table, labels: list[str] | None, maker: _Cells, rows: Iterator[Any]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A3" if labels else "A2"
    maker.sheet = sheet
    sheet.append([maker.text(head, is_bold=True) for head in table.heads])
    if labels:
        sheet.append([maker.text(label) for label in labels])
    days = [at for at, (_head, kind, name) in enumerate(table.columns, start=len(FIXED)) if kind == "answer" and name in table.days]
    for values in rows:
        row = table.row(values, maker.cell)
        for at in days:
            row[at] = _day(row[at])
        sheet.append([None if value == "" else value for value in row])  # an empty text would be a cell, and cells are what takes time


def _day(value: Any) -> Any:
    """An answer to a question for a day as a day; what is none stays as it was typed."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


class _Cells:
    """Makes cells of values for the sheet that is being written."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.sheet: Any = None

    def cell(self, value: Any) -> Any:
        """None, yes or no, numbers and days as they are; times without their zone, which a cell cannot hold; the rest as text."""
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return value.astimezone(self.zone).replace(tzinfo=None, microsecond=0)
        if isinstance(value, (bool, int, float, date)):
            return value
        return self.text(str(value))

    def text(self, value: str, *, is_bold: bool = False) -> Any:
        """A text, marked as one where a spreadsheet would take it for a formula or an error."""
        value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value)
        if len(value) > LONGEST:
            value = value[: LONGEST - 1] + CUT
        if not is_bold and not value.startswith((*FORMULA, "#")):
            return value
        cell = openpyxl.cell.WriteOnlyCell(self.sheet, value)
        cell.data_type = "s"
        if is_bold:
            cell.font = openpyxl.styles.Font(bold=True)
        return cell
