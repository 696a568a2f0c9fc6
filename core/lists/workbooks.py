"""Reading the sheet of an XLSX workbook that holds a list; cells as the sheet shows them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from django.utils.translation import gettext as _

from core.errors import Invalid

BROKEN = (BadZipFile, KeyError, OSError, ValueError, EOFError, ParseError, ZlibError, TypeError, AttributeError, IndexError)
# A number that the sheet shows with zeros before it, perhaps between fixed texts: 000, "PS-"0000.
ZEROS = re.compile(r'(?:"([^"]*)")?(0+)(?:"([^"]*)")?(?:;.*)?')
LOOKED_AT = 40
Cell = tuple[str, bool]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    sheet: Any

    def rows(self, noted: list[tuple[int, int, str]]) -> Iterator[tuple[int, list[str]]]:
        """Rows of texts; `noted` gets `(row, index of the column, text)` of doubtful cells. Raises Invalid where it breaks off."""
        try:
            for number, cells in enumerate(self.sheet.iter_rows(), start=1):
                row = [_shown(cell) for cell in cells]
                noted += [(number, index, text) for index, (text, is_told) in enumerate(row) if is_told]
                yield number, [text for text, _is_told in row]
        except BROKEN:
            raise _damaged() from None


def open_workbook(source: IO[bytes]) -> Sheet:
    """The first sheet that holds a table: two rows with two filled cells each; a cover sheet holds none.

    Raises Invalid for a file that is a ZIP archive but no workbook, and for a workbook that is damaged or cut.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    names = _names_in(source)
    if not any(name.startswith("xl/") for name in names):
        sentence = _("This is a ZIP archive, not a list: unpack it and choose the list inside.")
        if "mimetype" in names or "content.xml" in names:
            sentence = _("OpenDocument is not read here: save the sheet as .xlsx or .csv.")
        raise Invalid(sentence, code="file_type", attr="file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that we do not need
            book = load_workbook(source, read_only=True, data_only=True)
        sheets = list(book.worksheets)
        for sheet in sheets:
            sheet.reset_dimensions()  # what programs write there is often wrong
        chosen = next((sheet for sheet in sheets if sheet.sheet_state == "visible" and _holds_table(sheet)), sheets[0])
    except (InvalidFileException, *BROKEN):
        raise _damaged() from None
    return Sheet(chosen)


def _names_in(source: IO[bytes]) -> set[str]:
    try:
        with ZipFile(source) as archive:
            names = set(archive.namelist())
    except BROKEN:
        raise _damaged() from None
    source.seek(0)
    return names


def _holds_table(sheet: Any) -> bool:
    wide = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True)):
        wide += sum(value not in (None, "") for value in values) > 1
        if wide > 1 or number > LOOKED_AT:
            break
    return wide > 1


def _shown(cell: Any) -> Cell:
    """The text of a cell, and whether a spreadsheet has made a date of what was probably a number like 3-12."""
    value = cell.value
    if value is None:
        return "", False
    if isinstance(value, (date, datetime, time)):
        return _date(value, str(cell.number_format))
    if isinstance(value, bool):
        return ("true" if value else "false"), False
    if isinstance(value, (int, float)):
        return _number(value, str(cell.number_format)), False
    return str(value), False


def _number(value: float, form: str) -> str:
    whole = isinstance(value, int) or value.is_integer()
    if whole and value >= 0 and (zeros := ZEROS.fullmatch(form)):
        return f"{zeros[1] or ''}{int(value):0{len(zeros[2])}}{zeros[3] or ''}"
    return str(int(value)) if whole else repr(value)


def _date(value: Any, form: str) -> Cell:
    """Days as 2026-03-24; where the format shows no year, or no day, nobody wrote a day: 3-12 became the 3rd of December."""
    if isinstance(value, time):
        return value.isoformat(), False
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form.lower())
    if "y" not in letters and "d" in letters:
        return f"{value.day}-{value.month}", True
    if "d" not in letters and "m" in letters and "y" in letters:
        return f"{value.month}-{value.year % 100:02}", True
    if isinstance(value, datetime) and (value.hour or value.minute):
        return value.isoformat(sep=" "), False
    return value.strftime("%Y-%m-%d"), False


def _damaged() -> Invalid:
    return Invalid(_("The workbook is damaged or cut off: save it again as .xlsx and send it whole."), code="file_type", attr="file")
