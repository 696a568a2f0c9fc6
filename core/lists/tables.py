"""Reading tables that others made: CSV, TSV, JSON, XLSX, told by their content, in whatever encoding and with whatever delimiter."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.lists.encodings import SAMPLE, encoding_of_bytes
from core.lists.workbooks import open_workbook

DELIMITERS = ",;\t|"
MAX_COLUMNS = 500
HEADER_WITHIN = 30
SEPARATOR_LINE = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)  # what Excel writes above a list to name its delimiter
HTML = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body|table|meta|script|div|p|h1)\b", re.IGNORECASE | re.DOTALL)
EXTRA = ""
"""The key under which a row keeps what stands right of the last named column."""


@dataclass(frozen=True)
class Table:
    """Column names, and rows with the number that the reader sees beside them in a spreadsheet (blank lines count).

    noted: `(row, index of the column, text)` for cells of which the reader should know how they were read; filled while rows are read.
    """

    columns: list[str]
    rows: Iterator[tuple[int, dict[str, str]]]
    encoding: str = ""
    noted: list[tuple[int, int, str]] = field(default_factory=list)


def read_table(source: IO[bytes], *, name: str) -> Table:
    """Open a table by its content, whatever its name says. Raises Invalid with one sentence that says what is wrong."""
    head = source.read(2048)
    source.seek(0)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Invalid(_("The file “%(name)s” is empty.") % {"name": PurePath(name).name}, code="file_empty", attr="file")
    if head.startswith(b"PK"):
        return _from_xlsx(source)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(_("The old .xls format is not read here: save the sheet as .xlsx or .csv."), code="file_type", attr="file")
    if head.startswith((b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"7z\xbc\xaf", b"Rar!", b"{\\rtf")):
        raise Invalid(
            _("This is no list but a document, picture or archive: send the list as .xlsx or .csv."), code="file_type", attr="file"
        )
    encoding = encoding_of_bytes(source.read(SAMPLE))
    source.seek(0)
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        return _from_text(text, encoding, PurePath(name).suffix.lower())
    except UnicodeDecodeError as error:
        raise _not_throughout(encoding, error) from None


def _from_text(text: IO[str], encoding: str, suffix: str) -> Table:
    sample = text.read(1 << 16)
    text.seek(0)
    if HTML.match(sample):
        sentence = _("This is a page of HTML, not a list: download the list itself, or open the page in a spreadsheet and save it.")
        raise Invalid(sentence, code="file_type", attr="file")
    if "\x00" in sample:
        raise Invalid(_("This is not a file of text: send the list as .xlsx or .csv."), code="file_type", attr="file")
    if suffix in {".json", ".geojson"} or re.match(r'\s*(\[\s*[{\[]|\{\s*")', sample):
        return _from_json(text, encoding)
    return _from_csv(text, encoding, sample)


class _Lines:
    """The lines of a text; keeps those of the record being read, and whether the last one had its end."""

    def __init__(self, text: Iterable[str]) -> None:
        self.text, self.record = iter(text), list[str]()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self.text)
        self.record.append(line)
        return line


def _from_csv(text: IO[str], encoding: str, sample: str) -> Table:
    stated = SEPARATOR_LINE.fullmatch(sample.split("\n", 1)[0])
    if stated:
        text.readline()
    delimiter = stated[1] if stated else _delimiter_of(sample)
    return _table(_csv_cells(text, encoding, delimiter, first=2 if stated else 1), encoding)


def _csv_cells(text: IO[str], encoding: str, delimiter: str, *, first: int) -> Iterator[tuple[int, list[str]]]:
    """Rows of cells. Raises Invalid for a file that ends in the middle: a quotation mark left open, a last row without its end."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    number, last, widths = first - 1, list[str](), list[int]()
    while True:
        record, lines.record = lines.record, []
        try:
            cells = next(reader, None)
        except csv.Error:
            raise _unclosed(number + 1) from None
        except UnicodeDecodeError as error:  # the encoding was judged by the first megabyte
            raise _not_throughout(encoding, error) from None
        if cells is None:
            _refuse_cut("".join(record), number, last, widths, delimiter)
            return
        number += 1
        last = cells
        widths.append(len(cells))
        yield number, cells


def _refuse_cut(record: str, number: int, last: list[str], widths: list[int], delimiter: str) -> None:
    """Does the last record end where a record ends?"""
    try:
        list(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise _unclosed(number) from None
    others = widths[:-1]
    if len(others) > 1 and not record.endswith(("\n", "\r")) and others[-1] > len(last) and len(set(others)) == 1:
        sentence = _("The file ends in the middle of row %(row)s: it was cut off. Send it whole.")
        raise Invalid(sentence % {"row": number}, code="file_cut", attr="file")


def _delimiter_of(sample: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, more than one; a comma where none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO(sample), delimiter=delimiter))[: 2 * HEADER_WITHIN]
        except csv.Error:
            continue
        if len(rows) > 2:
            rows = rows[:-1]  # the last line of a sample may be cut
        widths = [len(row) for row in rows if any(row)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        if usual < 2:
            continue
        score = usual * widths.count(usual) / len(widths)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _from_json(text: IO[str], encoding: str) -> Table:
    content = text.read()
    try:
        data = json.loads(content, parse_float=str, parse_int=str)  # a code 007.10 would lose its zeros as a number
    except json.JSONDecodeError as error:
        if error.pos >= len(content.rstrip()) or error.msg.startswith("Unterminated"):
            raise Invalid(
                _("The file ends in the middle of its JSON: it was cut off. Send it whole."), code="file_cut", attr="file"
            ) from None
        raise Invalid(_("This is not JSON: %(why)s") % {"why": error}, code="json", attr="file") from None
    except RecursionError:
        raise Invalid(_("The JSON file holds no list."), code="json", attr="file") from None
    if isinstance(data, dict):
        data = [_feature(item) for item in data["features"]] if isinstance(data.get("features"), list) else data.get("results", data)
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if isinstance(data, list) and data and all(isinstance(item, list) for item in data):
        return _table(((number, [_plain(cell) for cell in item]) for number, item in enumerate(data, start=1)), encoding)
    if not isinstance(data, list) or not data or not all(isinstance(item, dict) for item in data):
        raise Invalid(_("The JSON file holds no list."), code="json", attr="file")
    items = [_flat(item) for item in data]
    columns = list(dict.fromkeys(key for item in items for key in item))
    rows = ((number, {key: _plain(item.get(key)) for key in columns}) for number, item in enumerate(items, start=1))
    return Table(columns, rows, encoding)


def _feature(item: Any) -> dict[str, Any]:
    """A GeoJSON feature as a flat row."""
    if not isinstance(item, dict):
        raise Invalid(_("The JSON file holds no list."), code="json", attr="file")
    point = (item.get("geometry") or {}).get("coordinates") or [None, None]
    return {**(item.get("properties") or {}), "longitude": point[0], "latitude": point[1]}


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """What stands one level deeper gets a name like `place.lat`."""
    flat: dict[str, Any] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": deeper for inner, deeper in value.items()}
        else:
            flat[key] = value
    return flat


def _from_xlsx(source: IO[bytes]) -> Table:
    noted: list[tuple[int, int, str]] = []
    found = _table(open_workbook(source).rows(noted), "xlsx")
    return Table(found.columns, found.rows, "xlsx", noted)


def _table(raw: Iterator[tuple[int, list[str]]], encoding: str) -> Table:
    """Find the row with the names of the columns, below titles and blank lines, and name the cells of what follows."""
    first: list[tuple[int, list[str]]] = []
    for number, cells in raw:
        if any(cell.strip() for cell in cells):
            first.append((number, cells))
        if len(first) >= HEADER_WITHIN:
            break
    filled = [sum(bool(cell.strip()) for cell in cells) for _number, cells in first]
    at = next((index for index, count in enumerate(filled) if count >= 0.6 * max(filled)), None)
    if at is None:
        raise Invalid(_("The first row holds no column names."), code="no_header", attr="file")
    columns = _columns(first[at][1])
    return Table(columns, _named(chain(first[at + 1 :], raw), columns), encoding)


def _named(raw: Iterable[tuple[int, list[str]]], columns: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    width = len(columns)
    for number, cells in raw:
        texts = [_plain(cell) for cell in cells]
        if not any(texts):
            continue
        row = {name: texts[index] if index < len(texts) else "" for index, name in enumerate(columns)}
        if any(texts[width:]):
            row[EXTRA] = " ".join(text for text in texts[width:] if text)
        yield number, row


def _columns(cells: list[str]) -> list[str]:
    """Column names, each once; a column without a name gets its number."""
    names: list[str] = []
    while len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    for index, cell in enumerate(cells[:MAX_COLUMNS], start=1):
        name = " ".join(_plain(cell).split()) or f"column {index}"
        names.append(f"{name} ({index})" if name in names else name)
    return names


def _plain(value: Any) -> str:
    """A cell as text, without the blanks and marks around it that nobody sees."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    text = str(value).replace("_x000D_", "").strip().strip("\ufeff\u200b\u200e\u200f").strip()
    return unicodedata.normalize("NFC", text)


def _not_throughout(encoding: str, error: UnicodeDecodeError) -> Invalid:
    if error.reason in {"unexpected end of data", "truncated data"}:
        return Invalid(_("The file ends in the middle of a letter: it was cut off. Send it whole."), code="file_cut", attr="file")
    sentence = _("The file is not %(encoding)s throughout: byte %(byte)s cannot be read.")
    return Invalid(sentence % {"encoding": encoding, "byte": error.start}, code="encoding", attr="file")


def _unclosed(row: int) -> Invalid:
    sentence = _("In row %(row)s a quotation mark is opened and never closed: the mark is wrong, or the file was cut off.")
    return Invalid(sentence % {"row": row}, code="file_cut", attr="file")
