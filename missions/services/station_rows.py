"""What a list of stations says, row by row: typed values, codes, places; what is refused and what the reader should know."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from accounts.models import folded
from core.lists.cells import RowRefused, choice_of
from core.lists.tables import EXTRA, Table
from missions.enums import StationKind, StationSetting
from missions.models import Country
from missions.services.columns import KINDS, SETTINGS, level_number, meanings
from missions.services.coordinates import degrees, is_abroad, is_swapped, pair

LONGEST = {"code": 40, "name": 300, "address": 500, "municipality": 200, "district": 200, "building": 200}
MOST_IN_BUILDING = 200
MOST_SPELLINGS = 20
# Fields that several columns may make up together, and what stands between their parts.
JOINED = {"code": "-", "name": ", ", "address": ", "}
# What Bulgarian lists write before a settlement: a town (ГР.) or a village (С.).
SETTLEMENT = re.compile(r"^(ГР|С)\.\s*", re.IGNORECASE)
# One letter in two spellings: what keyboards and old encodings put for another.
SPELLINGS = str.maketrans({"ş": "ș", "ţ": "ț", "ё": "е", "’": "'", "ʼ": "'", "`": "'", "‘": "'", "–": "-", "—": "-", "‑": "-", "ı": "i"})
LOOK_ALIKE = str.maketrans("АВЕКМНОРСТУХІЈЅавекмнорстухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTYXIJSabekmhopctyxijsABEZHIKMNOPTYXo")
TO_CYRILLIC = str.maketrans("ABEKMHOPCTYXIJSaekmopctyxijs", "АВЕКМНОРСТУХІЈЅаекморстухіјѕ")


@dataclass
class Reading:
    """A list as it was read. stations: the values of each by its code; refused: `{row, column, why}`; notes: `{row, why}`."""

    stations: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _Columns:
    """Which columns of the list say what, and what was met so far."""

    named: dict[str, str]
    joined: dict[str, list[str]]
    levels: list[str]
    country: Country | None
    first_level: int = 0
    places: dict[str, str] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)
    swapped: list[int] = field(default_factory=list)
    nowhere: list[int] = field(default_factory=list)
    abroad: list[int] = field(default_factory=list)


def read_stations(table: Table, fields: dict[str, str], country: Country | None = None) -> Reading:
    """Every station of the list. `fields`: what each column is; `country`: where the stations are, unless they are abroad.

    Levels are ordered by the number in their column's name, else as the list has them. Names of areas that differ only in
    the spelling of a letter, in case or blanks become one, the most frequent. Swapped coordinates are put right.
    """
    columns = _columns_of(table.columns, fields, country)
    rows = list(table.rows)
    reading = Reading()
    _unify_places(rows, columns, reading)
    columns.first_level = _first_level(rows, columns)
    for number, row in rows:
        try:
            for station in _stations_of(number, row, columns):
                _take(station, columns, reading)
        except RowRefused as error:
            reading.refused.append({"row": number, "column": error.column, "why": error.why})
    if not rows:
        reading.refused.append({"row": 1, "column": "", "why": _("The list has column names but no rows.")})
    _note_coordinates(columns, reading)
    for number, index, text in table.noted:
        if index < len(table.columns) and fields[table.columns[index]] not in {"ignore", "voters"}:
            words = {"column": table.columns[index], "text": text}
            why = _("The spreadsheet holds a date in the column “%(column)s”; it is read as “%(text)s”.") % words
            reading.notes.append({"row": number, "why": why})
    return reading


def _columns_of(names: list[str], fields: dict[str, str], country: Country | None) -> _Columns:
    places = {name: (level_number(name) or 100, position) for position, name in enumerate(names)}
    levels = sorted((name for name in names if "level" in meanings(fields[name]) or level_number(name)), key=lambda name: places[name])
    joined: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for part in meanings(fields[name]) - {"level", "ignore"}:
            joined[part].append(name)
    return _Columns({field: found[0] for field, found in joined.items()}, dict(joined), levels, country)


def _take(station: dict[str, Any], columns: _Columns, reading: Reading) -> None:
    code = station["code"]
    if code in reading.stations:
        sentence = _("The code “%(code)s” stands in the list already. If numbers begin anew in each place, give that column as code too.")
        raise RowRefused(columns.named.get("code", ""), sentence % {"code": code})
    reading.stations[code] = station


def _stations_of(number: int, row: dict[str, str], columns: _Columns) -> Iterator[dict[str, Any]]:
    """The stations of one row: one, or as many as its number or its codes say."""
    named = columns.named
    values: dict[str, Any] = {field: _joined(field, row, parts) for field, parts in columns.joined.items()}
    if EXTRA in row:
        sentence = _("The row has more cells than there are columns (“%(text)s”): a text holds the sign that separates the columns.")
        raise RowRefused("", sentence % {"text": row[EXTRA][:80]})
    if not any(values.get(field) for field in ("code", "address", "name")):
        column = named.get("address") or named.get("code") or named["name"]
        raise RowRefused(column, _("The row names no number, no address and no name."))
    codes, count = _codes(values.get("code", ""), values.pop("count", ""), named)
    for what, most in LONGEST.items():
        if any(len(text) > most for text in (codes if what == "code" else [values.get(what, "")])):
            raise RowRefused(named[what], _("The text is longer than %(most)s characters.") % {"most": most})
    values |= _typed(number, values, columns)
    if count > 1 and values.get("voters") is not None:
        values["voters"] = None  # of the whole building: nobody said how many vote in which station
    values["levels"] = _trimmed([row[column] for column in columns.levels])
    _from_levels(values, values["levels"][columns.first_level :], named)
    derived = _key_of_place([row[column] for column in columns.levels], values, columns)
    values["building"] = values.get("building") or (derived if values.get("address") or count > 1 else "")
    for code in codes:
        yield {**values, "code": code}
    for _n in range(0 if codes else count):
        columns.numbers[derived] += 1
        yield {**values, "code": f"{derived}-{columns.numbers[derived]}"}


def _joined(field: str, row: dict[str, str], parts: list[str]) -> str:
    """The text of a field in one line; the lines of an address are parted by commas, lines of codes stay until they are cut."""
    text = JOINED.get(field, " ").join(row[part] for part in parts if row[part])
    if field == "code":
        return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    between = ", " if field == "address" else " "
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r",\s*,", ",", between.join(line.rstrip(" ,") if between == ", " else line for line in lines if line.strip(" ,")))


def _codes(text: str, counted: str, named: dict[str, str]) -> tuple[list[str], int]:
    """The codes of a row and how many stations it stands for: `1; 2; 3`, `1, 2`, three lines, or `101-103` beside a number of 3."""
    count = whole(counted, named.get("count", ""), least=1, most=MOST_IN_BUILDING)
    codes = [code for code in re.split(r"\s*[;\n]\s*|,\s+", text) if code]
    if len(codes) == 1 and count and count > 1:
        codes = _spelled_out(codes[0], count) or [f"{codes[0]}-{number}" for number in range(1, count + 1)]
    if count and codes and len(codes) != count:
        words = {"codes": len(codes), "count": count}
        raise RowRefused(named["count"], _("The row names %(codes)s numbers and says that they are %(count)s stations.") % words)
    return codes, len(codes) or count or 1


def _spelled_out(text: str, count: int) -> list[str]:
    """The codes of `101-103`, `101,102,103` or `101/102/103` where they are as many as the row says."""
    for sign in (",", "/", "+"):
        parts = [part.strip() for part in text.split(sign) if part.strip()]
        if len(parts) == count:
            return parts
    ends = re.fullmatch(r"(\D*)(\d+)\s*[-–—]\s*(\d+)", text)
    if ends and int(ends[3]) - int(ends[2]) + 1 == count:
        return [f"{ends[1]}{number:0{len(ends[2])}}" for number in range(int(ends[2]), int(ends[3]) + 1)]
    return []


def _key_of_place(place: list[str], values: dict[str, Any], columns: _Columns) -> str:
    spot = values.get("address") or values.get("name", "")
    parts = [*place, values.get("district", ""), values.get("municipality", ""), spot]
    key = "\x1f".join(folded(part).strip() for part in parts)
    derived = base64.b32encode(hashlib.sha256(key.encode()).digest())[:8].decode()
    if columns.places.setdefault(derived, key) != key:
        raise RowRefused("", _("Two places get the same derived code: give the list a column with codes."))
    return derived


def _typed(number: int, values: dict[str, Any], columns: _Columns) -> dict[str, Any]:
    named = columns.named
    typed: dict[str, Any] = {}
    if "voters" in values:
        typed["voters"] = whole(values["voters"], named["voters"], least=0, most=1_000_000)
    if {"coordinates", "latitude", "longitude"} & set(values):
        typed["latitude"], typed["longitude"] = _place_on_earth(number, values, columns)
        values.pop("coordinates", None)
    for what, choices, words in (("setting", StationSetting, SETTINGS), ("kind", StationKind, KINDS)):
        if what in values:
            typed[what] = _choice(values[what], named[what], choices, words)
    return typed


def _place_on_earth(number: int, values: dict[str, Any], columns: _Columns) -> tuple[float | None, float | None]:
    """Latitude and longitude, put right where they are swapped; nothing where they are missing or stand at zero."""
    named = columns.named
    both = values.get("coordinates", "")
    if both and both not in {"-", "–"}:
        try:
            latitude, longitude = pair(both)
        except ValueError:
            sentence = _("“%(text)s” is not a latitude and a longitude like 42.6977, 23.3219.")
            raise RowRefused(named["coordinates"], sentence % {"text": both}) from None
        column = named["coordinates"]
    else:
        one, other = (_degrees(values.get(field, ""), named.get(field, "")) for field in ("latitude", "longitude"))
        column = named.get("latitude") or named.get("longitude") or ""
        if one is None and other is None:
            return None, None
        if one is None or other is None:
            raise RowRefused(column, _("Latitude and longitude come together or not at all."))
        latitude, longitude = one, other
    country = columns.country.code if columns.country else ""
    if is_swapped(latitude, longitude, country):
        columns.swapped.append(number)
        latitude, longitude = longitude, latitude
    if latitude == 0 and longitude == 0:
        columns.nowhere.append(number)
        return None, None
    for value, most, name in ((latitude, 90, "latitude"), (longitude, 180, "longitude")):
        if abs(value) > most:
            words = {"text": values.get(name) or both, "most": most}
            raise RowRefused(named.get(name, column), _("“%(text)s” is not a number of degrees up to %(most)s.") % words)
    if is_abroad(latitude, longitude, country):
        columns.abroad.append(number)
    return latitude, longitude


def _degrees(text: str, column: str) -> float | None:
    if text in {"", "-", "–", "—"}:
        return None
    try:
        return degrees(text)
    except ValueError:
        raise RowRefused(column, _("“%(text)s” is no number of degrees; write it like 42.6977 or 42°41'52\".") % {"text": text}) from None


def _from_levels(values: dict[str, Any], place: list[str], named: dict[str, str]) -> None:
    """District and municipality from the levels below the country where the list has no column of their own: the two largest."""
    if place and "district" not in named:
        values["district"] = place[0]
    if place and "municipality" not in named:
        values["municipality"] = place[1] if len(place) > 1 else ""
    if place and "setting" not in named:
        prefix = next((match for match in map(SETTLEMENT.match, reversed(place)) if match), None)
        values["setting"] = (StationSetting.URBAN if prefix[1].upper() == "ГР" else StationSetting.RURAL).value if prefix else ""


def _first_level(rows: list[tuple[int, dict[str, str]]], columns: _Columns) -> int:
    """How many of the largest levels are the country itself: one where it has one value only, or bears the country's name."""
    if len(columns.levels) < 2:
        return 0
    values = {folded(row[columns.levels[0]]).strip() for _number, row in rows}
    return int(len(values) == 1 or bool(values & _names_of(columns.country)))


def _names_of(country: Country | None) -> set[str]:
    """What a country is called in English, French, German and its own languages, folded."""
    if country is None:
        return set()
    names = {country.name_en, country.name_fr, country.name_de}
    for language in get_official_languages(country.code, regional=True):
        try:
            names.add(Locale.parse(language).territories.get(country.code, ""))
        except (UnknownLocaleError, ValueError):
            continue
    return {folded(name).strip() for name in names if name}


def spelling_key(text: str) -> str:
    """The same for two spellings of one name: cedilla and comma below, apostrophes, a Latin letter in a Cyrillic word, case, blanks."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(SPELLINGS)
    return " ".join(_one_script(word) for word in plain.split())


def code_key(code: str) -> str:
    """The same for two spellings of one code: 12А with a Cyrillic letter and 12A with a Latin one."""
    return unicodedata.normalize("NFKC", code).translate(LOOK_ALIKE).translate(SPELLINGS)


def _one_script(word: str) -> str:
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in word)
    latin = sum("a" <= letter <= "z" for letter in word)
    if not (cyrillic and latin):
        return word
    return word.translate(TO_CYRILLIC if cyrillic >= latin else LOOK_ALIKE)


def _unify_places(rows: list[tuple[int, dict[str, str]]], columns: _Columns, reading: Reading) -> None:
    """Give each area one name; which names were taken for one is told."""
    told = 0
    for column in dict.fromkeys(
        [*columns.levels, *(columns.named[name] for name in ("district", "municipality") if name in columns.named)]
    ):
        counted = Counter(row[column] for _number, row in rows)
        alike: dict[str, list[str]] = defaultdict(list)
        for name in counted:
            if name:
                alike[spelling_key(name)].append(name)
        best = {key: max(names, key=lambda name: (counted[name], name[:1].isupper(), name)) for key, names in alike.items()}
        other = {name: best[key] for key, names in alike.items() for name in names if name != best[key]}
        for _number, row in rows if other else ():
            row[column] = other.get(row[column], row[column])
        for name, kept in other.items():
            told += 1
            if told <= MOST_SPELLINGS:
                sentence = _("“%(name)s” and “%(kept)s” are taken for one place, “%(kept)s”.") % {"name": name, "kept": kept}
                reading.notes.append({"row": 0, "why": sentence})


def _note_coordinates(columns: _Columns, reading: Reading) -> None:
    swapped = _("Rows with latitude and longitude swapped: %(count)s, the first is row %(row)s. They are put right.")
    nowhere = _("Rows with latitude and longitude both 0: %(count)s, the first is row %(row)s. They are taken as missing.")
    abroad = _("Rows whose place lies outside the country: %(count)s, the first is row %(row)s. They are taken as they are: look at them.")
    for rows, sentence in ((columns.swapped, swapped), (columns.nowhere, nowhere), (columns.abroad, abroad)):
        if rows:
            reading.notes.append({"row": 0, "why": sentence % {"count": len(rows), "row": rows[0]}})


def whole(text: str, column: str, *, least: int, most: int) -> int | None:
    """A whole number with blanks, apostrophes, points or commas between thousands, or written 900.0; None for an empty cell."""
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", text)
    if not plain:
        return None
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", plain):
        plain = re.sub(r"[.,]", "", plain)
    plain = re.sub(r"[.,]0+$", "", plain)
    if not re.fullmatch(r"\d+", plain) or not least <= int(plain) <= most:
        values = {"text": text, "least": least, "most": most}
        raise RowRefused(column, _("“%(text)s” is not a whole number from %(least)s to %(most)s.") % values)
    return int(plain)


def _choice(text: str, column: str, choices: type[TextChoices], words: dict[str, set[str]]) -> str:
    return choice_of(choices, words)(text, column) if text else ""


def _trimmed(place: list[str]) -> list[str]:
    """Levels without the empty ones at the end; empty ones between stay, so that a level keeps its number."""
    while place and not place[-1]:
        place = place[:-1]
    return place


def repeated_rows(rows: Iterable[tuple[int, dict[str, str]]], columns: list[str]) -> Iterator[tuple[int, int]]:
    """Rows that say the same in `columns` as an earlier one: `(row, earlier row)`."""
    seen: dict[tuple[str, ...], int] = {}
    for number, row in rows:
        first = seen.setdefault(tuple(folded(row[column]).strip() for column in columns), number)
        if first != number:
            yield number, first
