"""Reading a list of members from CSV or XLSX: encodings, delimiters, headings in three languages, cells."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from core.errors import Invalid
from core.late import Late
from core.lists.cells import parse_day

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = Late("openpyxl")

HEADINGS: dict[str, tuple[str, ...]] = {
    "given_name": ("given name", "first name", "prenom", "vorname"),
    "family_name": ("family name", "last name", "surname", "name", "nom", "nom de famille", "nachname", "familienname"),
    "other_name": ("other name", "name in another script", "autre nom", "nom dans une autre ecriture", "anderer name"),
    "email": ("email", "e-mail", "mail", "courriel", "adresse electronique", "e-mail-adresse"),
    "phone": ("phone", "telephone", "telefon"),
    "language": ("language", "letter language", "langue", "sprache", "korrespondenzsprache"),
    "languages": ("languages", "languages spoken", "langues", "langues parlees", "sprachen"),
    "gender": ("gender", "sex", "sexe", "genre", "geschlecht"),
    "country": ("country", "state", "pays", "etat", "land", "staat"),
    "member_list": ("list", "status", "liste", "statut", "qualite"),
    "seat": ("seat", "siege", "sitz"),
    "chamber": ("chamber", "chambre", "kammer"),
    "group": ("group", "political group", "groupe", "groupe politique", "fraktion", "gruppe"),
    "zone": ("zone", "time zone", "fuseau horaire", "zeitzone"),
    "starts_on": (
        "from",
        "member from",
        "starts on",
        "member since",
        "since",
        "debut",
        "depuis",
        "membre depuis",
        "beginn",
        "seit",
        "mitglied seit",
    ),
    "ends_on": ("to", "member to", "ends on", "fin", "membre jusqu'au", "ende", "mitglied bis"),
    "credential": ("credentials", "credential", "pouvoirs", "beglaubigung"),
    "mandate": ("mandate", "mandate title", "office", "mandat", "fonction", "amt"),
    "authority": ("authority", "mandate authority", "collectivite", "autorite", "gebietskorperschaft", "korperschaft"),
    "level": ("level", "mandate level", "niveau", "ebene"),
    "mandate_from": ("mandate from", "mandate start", "debut du mandat", "mandatsbeginn"),
    "mandate_to": ("mandate to", "mandate end", "fin du mandat", "mandatsende"),
    "missions": ("missions", "missions before", "missions anterieures", "missionen"),
}
REQUIRED = ("family_name", "country", "chamber", "starts_on")


@dataclass(frozen=True)
class Row:
    """One line of the list: its number in the file, its cells by field."""

    number: int
    cells: dict[str, Any]

    def text(self, name: str) -> str:
        """The cell as trimmed text; numbers of spreadsheets without their decimal point."""
        value = self.cells.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else " ".join(str(value).split())


def plain(text: str) -> str:
    """Lower case without accents and doubled spaces: how headings and names are compared."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).replace("_", " ").split()).strip(" :.*")


@dataclass(frozen=True)
class Head:
    """The heading of a list: the file's own name of each field, and the named columns that are passed over."""

    names: dict[str, str]
    passed_over: list[str]

    def name_of(self, field: str) -> str:
        """What the file calls a field; for a column that it lacks what we call it."""
        return self.names.get(field) or HEADINGS.get(field, (field,))[0]


def read_head(content: bytes) -> Head:
    """How the list is headed. Raises Invalid for what is no list."""
    _number, head = _lines(content)[0]
    fields = _fields_of(head)
    names = [" ".join(str(cell or "").split()) for cell in head]
    return Head(
        {field: names[position] for position, field in fields.items()},
        [name for position, name in enumerate(names) if name and position not in fields],
    )


def read_table(content: bytes, name: str) -> list[Row]:
    """The rows of a CSV or XLSX file; blank lines and unnamed columns are passed over.

    Raises Invalid with one sentence for what is no list, and for columns that are missing.
    """
    (_head_number, head), *numbered = _lines(content)
    fields = _fields_of(head)
    missing = [field for field in REQUIRED if field not in fields.values()]
    if missing:
        words = {"columns": ", ".join(HEADINGS[field][0] for field in missing)}
        raise Invalid(_("The heading lacks these columns: %(columns)s.") % words, code="columns_missing")
    return [
        Row(number, {field: cells[position] if position < len(cells) else None for position, field in fields.items()})
        for number, cells in numbered
    ]


def _lines(content: bytes) -> list[tuple[int, list[Any]]]:
    """The lines that are not blank, each with its number in the file; the first is the heading. Raises Invalid."""
    if not content.strip():
        raise Invalid(_("The file is empty."), code="file_empty")
    if content[:4] == b"PK\x03\x04":
        lines = _from_xlsx(content)
    elif content.lstrip()[:1] == b"<":
        raise Invalid(_("The file is a web page, not a list: export it as CSV or XLSX."), code="file_is_html")
    else:
        lines = _from_csv(content)
    numbered = [(number, cells) for number, cells in enumerate(lines, start=1) if any(str(c).strip() for c in cells if c is not None)]
    if not numbered:
        raise Invalid(_("The file is empty."), code="file_empty")
    return numbered


def parse_date(value: Any) -> date | None:
    """A day as lists write it: a spreadsheet's date, 2026-03-24, 24.03.2026 or 24/03/2026. Raises ValueError."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return parse_day(str(value))


def _fields_of(head: list[Any]) -> dict[int, str]:
    known = {plain(heading): field for field, headings in HEADINGS.items() for heading in (*headings, field)}
    found: dict[int, str] = {}
    for position, cell in enumerate(head):
        field = known.get(plain(str(cell or "")))
        if field is None or field in found.values():
            continue
        found[position] = field
    return found


def _from_xlsx(content: bytes) -> Iterator[list[Any]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Invalid(_("The file is not a workbook that can be read: save it as XLSX or CSV."), code="file_unreadable") from error
    sheet = book.worksheets[0]
    yield from (list(row) for row in sheet.iter_rows(values_only=True))


def _from_csv(content: bytes) -> Iterator[list[Any]]:
    if b"\x00" in content and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Invalid(_("The file is not a text: save it as CSV or XLSX."), code="file_unreadable")
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max((";", "\t", ","), key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)  # lines may end as old Macs end them
    except csv.Error as error:
        raise Invalid(_("The file is not a text: save it as CSV or XLSX."), code="file_unreadable") from error


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass
    best = from_bytes(content, cp_isolation=["cp1252", "cp1250", "cp1251", "iso8859_9"]).best()
    return str(best) if best is not None else content.decode("cp1252", errors="replace")
