"""Importing polling stations (DESIGN 5): all or nothing; a second import changes only what differs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from accounts.models import folded
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.enums import StationKind, StationSetting
from missions.models import Mission, Station
from missions.services.choices import labels_of, read_choice
from missions.services.columns import FIELDS, KINDS, SETTINGS, guess_columns, level_number
from missions.services.tables import Table, read_table

WRITTEN = (
    "name", "address", "municipality", "district", "levels", "latitude", "longitude", "setting", "kind", "voters", "building",
)  # fmt: skip
EDITABLE = (
    "code", "name", "address", "municipality", "district", "building", "latitude", "longitude", "setting", "kind", "voters",
)  # fmt: skip
LONGEST = {"code": 40, "name": 300, "address": 500, "municipality": 200, "district": 200, "building": 200}
MOST_IN_BUILDING = 200
BATCH = 1000
# What Bulgarian lists write before a settlement: a town (ГР.) or a village (С.).
SETTLEMENT = re.compile(r"^(ГР|С)\.\s*", re.IGNORECASE)


class RowRefused(Exception):
    """One row cannot be taken."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def preview_stations(source: IO[bytes], *, name: str, mapping: dict[str, str] | None = None, rows: int = 8) -> dict[str, Any]:
    """The columns with their guessed or given fields, and the first rows; nothing is stored."""
    table = read_table(source, name=name)
    fields = _fields(table.columns, mapping)
    first = [row for _number, row in islice(table.rows, rows)]
    columns = [{"name": column, "field": fields[column], "samples": [row[column] for row in first[:3]]} for column in table.columns]
    return {"columns": columns, "rows": [[row[column] for column in table.columns] for row in first], "encoding": table.encoding}


def notes_on(source: IO[bytes], *, name: str, mapping: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What a list leaves open without being wrong: `[{row, why}]`; row 0 speaks of the whole list.

    A list without a column of numbers gets numbers made from the place, so that a station that stands in it twice is
    taken for two stations in one building: rows that repeat a name and an address are named.
    """
    table = read_table(source, name=name)
    fields = _fields(table.columns, mapping)
    used = set(fields.values())
    if "code" in used:
        return []
    sentence = _("No column is the number of a station: the codes are made from the place. If the list has such a column, say which it is.")
    notes: list[dict[str, Any]] = [{"row": 0, "why": sentence}]
    if "count" in used or "name" not in used:
        return notes
    # What makes two rows the same station: all that is told of the place; columns that are not used do not count.
    columns = [column for column, field in fields.items() if field not in {"ignore", "voters", "latitude", "longitude"}]
    seen: dict[tuple[str, ...], int] = {}
    for number, row in table.rows:
        first = seen.setdefault(tuple(folded(row[column]).strip() for column in columns), number)
        if first != number:
            notes.append(
                {"row": number, "why": _("The same name and address as in row %(row)s: taken for another station.") % {"row": first}}
            )
    return notes


@transaction.atomic
def change_station(station: Station, *, by: Actor, **values: Any) -> Station:
    """Correct one station by hand; what is given and the same stays as it is. A later import may change it again.

    Raises Invalid for a code that another station of the mission has, a latitude without longitude, an empty station.
    """
    authorize(by, "missions.change_station", station.mission)
    row = Station.objects.select_for_update(of=("self",)).select_related("mission").get(pk=station.pk)
    changed = [name for name in EDITABLE if name in values and getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    if not row.code:
        raise Invalid(_("A station has a number or code."), code="code_missing", attr="code")
    if "code" in changed and Station.objects.filter(mission=row.mission, code=row.code).exclude(pk=row.pk).exists():
        sentence = _("Another station of this mission has the code “%(code)s”.")
        raise Invalid(sentence % {"code": row.code}, code="code_taken", attr="code")
    if (row.latitude is None) != (row.longitude is None):
        attr = "latitude" if row.latitude is None else "longitude"
        raise Invalid(_("Latitude and longitude come together or not at all."), code="half_a_place", attr=attr)
    if changed:
        row.save_changes(*changed)
        audit.record(by, "missions.station_changed", row, fields=changed, data={"station": row.code})
    return row


@transaction.atomic
def import_stations(
    mission: Mission, *, by: Actor, source: IO[bytes], name: str, mapping: dict[str, str] | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Read a list and bring the mission's stations in step. Returns `{created, updated, unchanged, refused: [{row, column, why}]}`.

    One refused row and nothing is stored. A row that stands for several stations becomes so many in one building; a row
    that repeats an address stands for further stations there. Codes that the list lacks are derived from the place, so
    that the same list gives the same codes. Fields for which the list has no column keep their values; stations that the
    list does not name stay. mapping: `{column: field}`, before our guess. Raises Invalid for a file that is no table.
    """
    authorize(by, "missions.change_station", mission)
    Mission.objects.select_for_update(of=("self",)).get(pk=mission.pk)
    table = read_table(source, name=name)
    fields = _fields(table.columns, mapping)
    stations, refused = _read(table, fields)
    if refused:
        return {"created": 0, "updated": 0, "unchanged": 0, "refused": refused}
    supplied = _supplied(fields)
    fresh, changed, unchanged = _compare(mission, stations, supplied)
    if not dry_run:
        Station.objects.bulk_create(fresh, batch_size=BATCH)
        Station.objects.bulk_update(changed, [*supplied, "search", "is_listed", "updated_at"], batch_size=BATCH // 4)
        if fresh or changed:
            audit.record(by, "missions.stations_imported", mission, data={"created": len(fresh), "updated": len(changed)})
    return {"created": len(fresh), "updated": len(changed), "unchanged": unchanged, "refused": []}


def _fields(columns: list[str], mapping: dict[str, str] | None) -> dict[str, str]:
    """The field of each column: as given, else as guessed. Raises Invalid for a column or field that is not there."""
    given = mapping or {}
    for column, field in given.items():
        if column not in columns:
            sentence = _("The list has no column “%(column)s”; it has: %(columns)s.")
            raise Invalid(sentence % {"column": column, "columns": ", ".join(columns)}, code="unknown_column", attr="map")
        if field not in FIELDS:
            sentence = _("“%(field)s” is not a field of a station; the fields are: %(fields)s.")
            raise Invalid(sentence % {"field": field, "fields": ", ".join(FIELDS)}, code="unknown_field", attr="map")
    twice = [field for field, count in Counter(given.values()).items() if count > 1 and field not in {"level", "ignore"}]
    if twice:
        raise Invalid(_("Two columns are given for “%(field)s”.") % {"field": twice[0]}, code="field_twice", attr="map")
    guessed = guess_columns([column for column in columns if column not in given])
    guessed = {column: "ignore" if field in given.values() and field != "level" else field for column, field in guessed.items()}
    fields = {**guessed, **given}
    if not {"code", "address", "name"} & set(fields.values()):
        sentence = _("No column is a number, an address or a name; say which with column=field. The columns are: %(columns)s.")
        raise Invalid(sentence % {"columns": ", ".join(columns)}, code="no_usable_column", attr="map")
    return fields


def _supplied(fields: dict[str, str]) -> list[str]:
    """The fields of a station that the list has something to say about."""
    used = set(fields.values())
    supplied = [name for name in WRITTEN if name in used]
    levels = sum(field == "level" for field in fields.values())
    if levels:
        supplied += ["levels"]
        # A station's levels are also what the column "municipality" or "district" would say; see `_from_levels`.
        supplied += [name for name in ("municipality", "district", "setting") if name not in supplied]
    return [*dict.fromkeys([*supplied, "building"])]


def _read(table: Table, fields: dict[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    levels = sorted((column for column in fields if fields[column] == "level" or level_number(column)), key=lambda c: (level_number(c), c))
    named = {field: column for column, field in fields.items() if field not in {"level", "ignore"}}
    stations: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    refused: list[dict[str, Any]] = []
    count = 0
    for number, row in table.rows:
        count += 1
        try:
            for station in _stations_of(row, named, levels, numbers, places):
                if station["code"] in stations:
                    sentence = _("The code “%(code)s” stands in the list already.") % {"code": station["code"]}
                    raise RowRefused(named.get("code", ""), sentence)
                stations[station["code"]] = station
        except RowRefused as error:
            refused.append({"row": number, "column": error.column, "why": error.why})
    if not count:
        refused.append({"row": 1, "column": "", "why": _("The list has column names but no rows.")})
    return list(stations.values()), refused


def _stations_of(
    row: dict[str, str], named: dict[str, str], levels: list[str], numbers: Counter[str], places: dict[str, str]
) -> Iterable[dict[str, Any]]:
    values: dict[str, Any] = {field: row[column] for field, column in named.items()}
    place = [row[column] for column in levels]
    if not any(values.get(field) for field in ("code", "address", "name")):
        column = named.get("address") or named.get("code") or named["name"]
        raise RowRefused(column, _("The row names no number, no address and no name."))
    for field, most in LONGEST.items():
        if len(values.get(field, "")) > most:
            raise RowRefused(named[field], _("The text is longer than %(most)s characters.") % {"most": most})
    count = _whole(values.pop("count", ""), named.get("count", ""), least=1, most=MOST_IN_BUILDING) or 1
    values |= _typed(values, named)
    if count > 1 and values.get("voters") is not None:
        values["voters"] = None  # of the whole building: nobody said how many vote in which station
    values["levels"] = _trimmed(place)
    _from_levels(values, values["levels"], named)
    spot = values.get("address") or values.get("name", "")
    key = "\x1f".join(folded(part).strip() for part in [*place, values.get("district", ""), values.get("municipality", ""), spot])
    derived = _short(key)
    if places.setdefault(derived, key) != key:
        raise RowRefused("", _("Two places get the same derived code: give the list a column with codes."))
    values["building"] = values.get("building") or (derived if values.get("address") or count > 1 else "")
    code = values.get("code", "")
    for _n in range(count):
        if code:
            yield {**values, "code": code if count == 1 else f"{code}-{_n + 1}"}
        else:
            numbers[derived] += 1
            yield {**values, "code": f"{derived}-{numbers[derived]}"}


def _typed(values: dict[str, Any], named: dict[str, str]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    if "voters" in values:
        typed["voters"] = _whole(values["voters"], named["voters"], least=0, most=1_000_000)
    for field, most in (("latitude", 90), ("longitude", 180)):
        if field in values:
            typed[field] = _degrees(values[field], named[field], most)
    if (typed.get("latitude") is None) != (typed.get("longitude") is None):
        column = named.get("latitude") or named.get("longitude") or ""
        raise RowRefused(column, _("Latitude and longitude come together or not at all."))
    if "setting" in values:
        typed["setting"] = _choice(values["setting"], named["setting"], StationSetting, SETTINGS)
    if "kind" in values:
        typed["kind"] = _choice(values["kind"], named["kind"], StationKind, KINDS)
    return typed


def _from_levels(values: dict[str, Any], place: list[str], named: dict[str, str]) -> None:
    """District and municipality from the levels where the list has no column of their own: country, district, municipality."""
    if place and "district" not in named:
        values["district"] = place[1] if len(place) > 1 else ""
    if place and "municipality" not in named:
        values["municipality"] = place[2] if len(place) > 2 else ""
    if place and "setting" not in named:
        prefix = next((match for match in map(SETTLEMENT.match, reversed(place)) if match), None)
        values["setting"] = (StationSetting.URBAN if prefix[1].upper() == "ГР" else StationSetting.RURAL).value if prefix else ""


def _compare(mission: Mission, stations: list[dict[str, Any]], supplied: list[str]) -> tuple[list[Station], list[Station], int]:
    known = {row.code: row for row in Station.objects.filter(mission=mission).iterator(chunk_size=2000)}
    fresh, changed, unchanged = [], [], 0
    now = clock.now()
    for values in stations:
        row = known.get(values["code"])
        if row is None:
            kept = {name: value for name, value in values.items() if value is not None and not (name == "kind" and not value)}
            row = Station(mission=mission, **kept)
            row.search = row.search_words()
            fresh.append(row)
            continue
        differing = [name for name in supplied if name in values and getattr(row, name) != _default(name, values[name])]
        if not differing and row.is_listed:
            unchanged += 1
            continue
        for name in differing:
            setattr(row, name, _default(name, values[name]))
        row.search, row.is_listed, row.updated_at = row.search_words(), True, now
        changed.append(row)
    return fresh, changed, unchanged


def _default(name: str, value: Any) -> Any:
    return "ordinary" if name == "kind" and not value else value


def _whole(text: str, column: str, *, least: int, most: int) -> int | None:
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", text)
    if not plain:
        return None
    if not re.fullmatch(r"\d+", plain) or not least <= int(plain) <= most:
        values = {"text": text, "least": least, "most": most}
        raise RowRefused(column, _("“%(text)s” is not a whole number from %(least)s to %(most)s.") % values)
    return int(plain)


def _degrees(text: str, column: str, most: int) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not abs(value) <= most:
        raise RowRefused(column, _("“%(text)s” is not a number of degrees up to %(most)s.") % {"text": text, "most": most})
    return value


def _choice(text: str, column: str, choices: type[TextChoices], words: dict[str, set[str]]) -> str:
    if not text:
        return ""
    found = read_choice(text, choices, words)
    if found is None:
        raise RowRefused(column, _("“%(text)s” is none of: %(choices)s.") % {"text": text, "choices": labels_of(choices)})
    return found


def _trimmed(place: list[str]) -> list[str]:
    """Levels without the empty ones at the end; empty ones between stay, so that a level keeps its number."""
    while place and not place[-1]:
        place = place[:-1]
    return place


def _short(key: str) -> str:
    """Eight letters and digits for a place, the same whatever the order of the list."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest())[:8].decode()
