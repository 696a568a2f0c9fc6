"""Reading tables that others made: CSV, TSV, JSON, XLSX, in whatever encoding and with whatever delimiter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any
from zipfile import BadZipFile

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from core.errors import Invalid

BOMS = [(b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")]
DELIMITERS = ",;\t|"
MAX_COLUMNS = 500


@dataclass(frozen=True)
class Table:
    """Column names, and rows with the number that the reader sees beside them in a spreadsheet (the header is row 1)."""

    columns: list[str]
    rows: Iterator[tuple[int, dict[str, str]]]
    encoding: str = ""


def read_table(source: IO[bytes], *, name: str) -> Table:
    """Open a table by its content; `name` only tells JSON from text. Raises Invalid with a sentence that says what is wrong."""
    head = source.read(8)
    source.seek(0)
    if not head:
        raise Invalid(_("The file “%(name)s” is empty.") % {"name": PurePath(name).name}, code="file_empty", attr="file")
    if head.startswith(b"PK"):
        return _from_xlsx(source)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(_("The old .xls format is not read here: save the sheet as .xlsx or .csv."), code="file_type", attr="file")
    encoding = encoding_of(source)
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        if PurePath(name).suffix.lower() in {".json", ".geojson"}:
            return _from_json(text, encoding)
        return _from_csv(text, encoding, delimiter="\t" if PurePath(name).suffix.lower() == ".tsv" else "")
    except UnicodeDecodeError as error:
        raise _not_throughout(encoding, error) from None


def encoding_of(source: IO[bytes]) -> str:
    """The encoding by its mark, else UTF-8 where that fits, else the best guess from the content."""
    sample = source.read(1 << 20)
    source.seek(0)
    for mark, encoding in BOMS:
        if sample.startswith(mark):
            return encoding
    try:
        sample.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if error.start > len(sample) - 4 and len(sample) == 1 << 20:
            return "utf-8"  # the sample was cut inside a character
    best = from_bytes(sample[: 1 << 17]).best()
    return best.encoding if best is not None else "cp1252"


def _from_csv(text: IO[str], encoding: str, delimiter: str = "") -> Table:
    sample = text.read(1 << 16)
    text.seek(0)
    dialect = delimiter or _delimiter_of(sample)
    reader = csv.reader(text, delimiter=dialect)
    head: list[str] = []
    number = 0
    try:
        while not any(cell.strip() for cell in head):  # blank lines above the names of the columns
            head = next(reader)
            number += 1
    except StopIteration:
        pass
    except csv.Error as error:
        raise _broken(number + 1, error) from None
    columns = _columns(head)
    return Table(columns, _csv_rows(reader, columns, encoding, number), encoding)


def _csv_rows(reader: Any, columns: list[str], encoding: str, number: int) -> Iterator[tuple[int, dict[str, str]]]:
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _broken(number + 1, error) from None
        except UnicodeDecodeError as error:  # the encoding was judged by the first megabyte
            raise _not_throughout(encoding, error) from None
        if cells is None:
            return
        number += 1
        if any(cell.strip() for cell in cells):
            yield number, {name: cells[index].strip() if index < len(cells) else "" for index, name in enumerate(columns)}


def _delimiter_of(sample: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, more than one; a comma where none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = list(csv.reader(io.StringIO(sample), delimiter=delimiter))[:40]
        if len(rows) > 2:
            rows = rows[:-1]  # the last line of a sample may be cut
        widths = [len(row) for row in rows if row]
        if not widths or widths[0] < 2:
            continue
        score = widths[0] * sum(width == widths[0] for width in widths) / len(widths)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _from_json(text: IO[str], encoding: str) -> Table:
    try:
        data = json.load(text)
    except ValueError as error:
        raise Invalid(_("This is not JSON: %(why)s") % {"why": error}, code="json", attr="file") from None
    if isinstance(data, dict):
        data = [_feature(item) for item in data["features"]] if isinstance(data.get("features"), list) else data.get("results", data)
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise Invalid(_("The JSON file holds no list of stations."), code="json", attr="file")
    columns = list(dict.fromkeys(key for item in data for key in item))
    rows = ((number, {key: _text(item.get(key)) for key in columns}) for number, item in enumerate(data, start=1))
    return Table(columns, rows, encoding)


def _feature(item: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature as a flat row."""
    point = (item.get("geometry") or {}).get("coordinates") or [None, None]
    return {**(item.get("properties") or {}), "longitude": point[0], "latitude": point[1]}


def _from_xlsx(source: IO[bytes]) -> Table:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(source, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError, ValueError):
        raise Invalid(_("This is not a workbook that can be read."), code="file_type", attr="file") from None
    sheet = book.worksheets[0]
    cells = sheet.iter_rows(values_only=True)
    columns = _columns([_text(cell) for cell in next(cells, [])])

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        for number, values in enumerate(cells, start=2):
            texts = [_text(value).strip() for value in values]
            if any(texts):
                yield number, {name: texts[index] if index < len(texts) else "" for index, name in enumerate(columns)}

    return Table(columns, rows(), "xlsx")


def _columns(cells: list[str]) -> list[str]:
    """Column names, each once; a column without a name gets its number."""
    names: list[str] = []
    for index, cell in enumerate(cells[:MAX_COLUMNS], start=1):
        name = cell.strip() or f"column {index}"
        names.append(f"{name} ({index})" if name in names else name)
    if not any(cell.strip() for cell in cells):
        raise Invalid(_("The first row holds no column names."), code="no_header", attr="file")
    return names


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _not_throughout(encoding: str, error: UnicodeDecodeError) -> Invalid:
    sentence = _("The file is not %(encoding)s throughout: byte %(byte)s cannot be read.")
    return Invalid(sentence % {"encoding": encoding, "byte": error.start}, code="encoding", attr="file")


def _broken(row: int, error: csv.Error) -> Invalid:
    sentence = _("Row %(row)s cannot be read: %(why)s.") % {"row": row, "why": error}
    return Invalid(sentence, code="csv", attr="file")
