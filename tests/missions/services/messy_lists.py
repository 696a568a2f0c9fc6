"""Lists of polling stations as election offices send them: written by code, so that each ugliness is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

HEAD = ["Nr", "Name", "Address", "Municipality", "Lat", "Lon"]
ROWS = [
    ["001", "Школа № 5", "ул. Ботев 1", "София", "42.70", "23.32"],
    ["002", "École Dupont", "12, rue de l’Église", "Plovdiv", "42.14", "24.75"],
    ["003", "Δημοτικό Σχολείο", "Οδός 3", "Burgas", "42.50", "27.47"],
]


def csv_text(head: Sequence[str] = HEAD, rows: Sequence[Sequence[str]] = ROWS, delimiter: str = ";") -> str:
    """A table as text, each cell in quotation marks."""
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in [head, *rows]]
    return "\r\n".join(lines) + "\r\n"


def workbook(*sheets: Sequence[Sequence[Any]], formats: dict[str, str] | None = None) -> bytes:
    """An XLSX of these sheets; `formats` gives cells of the last one a number format: `{"A2": "000"}`."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(list(row))
    for cell, form in (formats or {}).items():
        book.worksheets[-1][cell].number_format = form
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ministry_workbook() -> bytes:
    """A cover sheet, then a title, a blank line, numbers shown with zeros, a number that became a date, an address over lines."""
    cover = [["Central Election Commission"], [], ["Approved by decision 12"]]
    rows = [
        ["LIST OF POLLING STATIONS"],
        [],
        ["Number", "Address", "Town", "Voters"],
        [1, "Hall\nMain Street 1", "Plovdiv", 900.0],
        [date(2026, 12, 3), "School", "Burgas", 1200],
        ["1/2", "Library", "Burgas", None],
    ]
    return workbook(cover, rows, formats={"A4": "000", "A5": "d-mmm"})


def zip_of(name: str = "list.txt", content: bytes = b"code;name\n") -> bytes:
    """A ZIP archive that is no workbook."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


HTML = b"<!DOCTYPE html>\n<html><head><title>Session expired</title></head><body><table><tr><td>1</td></tr></table></body></html>"
CUT = {
    "a text in quotation marks": csv_text().encode()[:-14],
    "a row": b"code;name;address\n1;A;B\n2;C;D\n3;E",
    "a letter": "code;name\n1;Школ".encode()[:-1],
    "a workbook": ministry_workbook()[:-600],
    "JSON": b'[{"code": "1", "name": "A"}, {"code": "2", "na',
}
