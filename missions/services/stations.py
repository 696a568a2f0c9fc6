"""Importing polling stations (DESIGN 5): all or nothing; a second import changes only what differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import field as attribute
from io import BytesIO
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid
from core.lists.cells import RowRefused
from core.lists.imports import check_given, shown_columns
from core.lists.tables import read_table
from core.rights import authorize
from missions.models import Mission, Station
from missions.services.columns import FIELDS, guess_columns, meanings
from missions.services.station_rows import JOINED, Reading, code_key, read_stations, repeated_rows

__all__ = ["RowRefused", "change_station", "import_stations", "notes_on", "preview_stations", "review_stations"]

WRITTEN = (
    "name", "address", "municipality", "district", "levels", "latitude", "longitude", "setting", "kind", "voters", "building",
)  # fmt: skip
EDITABLE = (
    "code", "name", "address", "municipality", "district", "building", "latitude", "longitude", "setting", "kind", "voters",
)  # fmt: skip
SHOWN = 8
SHOWN_CHANGES = 100
BATCH = 1000


@dataclass
class Comparison:
    """What a list would change. differences: `{code, field, old, new}` of the first changed stations."""

    fresh: list[Station] = attribute(default_factory=list)
    changed: list[Station] = attribute(default_factory=list)
    unchanged: int = 0
    differences: list[dict[str, Any]] = attribute(default_factory=list)
    absent: int = 0


def preview_stations(
    source: IO[bytes], *, name: str, mission: Mission | None = None, mapping: dict[str, str] | None = None, rows: int = SHOWN
) -> dict[str, Any]:
    """The columns with their given, remembered or guessed fields, and the first rows; nothing is stored.

    mission: whose last import is remembered; `remembered` counts the columns that are as it had them.
    """
    table = read_table(source, name=name)
    known = remembered_columns(mission, table.columns, mapping) if mission else {}
    fields = _fields(table.columns, {**known, **(mapping or {})}, ask=False)
    first = [row for _number, row in islice(table.rows, rows)]
    return {
        "columns": shown_columns(table.columns, fields, first),
        "rows": [[row[column] for column in table.columns] for row in first],
        "encoding": table.encoding,
        "remembered": len(known),
    }


def remembered_columns(mission: Mission, columns: list[str], given: dict[str, str] | None = None) -> dict[str, str]:
    """What the columns of a list were at the mission's last import, where it has them still and nothing else is `given`."""
    asked = {part for field in (given or {}).values() for part in meanings(field)} - {"level", "ignore"}
    known = {column: field for column, field in mission.station_columns.items() if column in columns and column not in (given or {})}
    return {column: field for column, field in known.items() if field in FIELDS and not meanings(field) & asked}


def notes_on(source: IO[bytes], *, name: str, mapping: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What a list leaves open without being wrong: `[{row, why}]`; row 0 speaks of the whole list.

    A list without a column of numbers gets numbers made from the place, so that a station that stands in it twice is
    taken for two stations in one building: rows that repeat a name and an address are named.
    """
    table = read_table(source, name=name)
    fields = _fields(table.columns, mapping)
    used = _used(fields)
    if "code" in used:
        return []
    sentence = _("No column is the number of a station: the codes are made from the place. If the list has such a column, say which it is.")
    notes: list[dict[str, Any]] = [{"row": 0, "why": sentence}]
    if "count" in used or "name" not in used:
        return notes
    # What makes two rows the same station: all that is told of the place; columns that are not used do not count.
    columns = [column for column, field in fields.items() if field not in {"ignore", "voters", "latitude", "longitude", "coordinates"}]
    sentence = _("The same name and address as in row %(row)s: taken for another station.")
    return [*notes, *({"row": row, "why": sentence % {"row": first}} for row, first in repeated_rows(table.rows, columns))]


def review_stations(mission: Mission, *, by: Actor, source: IO[bytes], name: str, mapping: dict[str, str] | None = None) -> dict[str, Any]:
    """What `import_stations` would do, in more words; nothing is stored.

    Its answer, and `notes` (`{row, why}`), `first` (the first stations as they are read), `differences` (`{code, field, old, new}`).
    """
    authorize(by, "missions.change_station", mission)
    content = source.read()
    table = read_table(BytesIO(content), name=name)
    mapping = {**remembered_columns(mission, table.columns, mapping), **(mapping or {})}
    fields = _fields(table.columns, mapping)
    reading = read_stations(table, fields, mission.country)
    found = Comparison() if reading.refused else _compare(mission, reading, _supplied(fields))
    first = [{"code": code, **values} for code, values in islice(reading.stations.items(), SHOWN)]
    told = list(reading.notes)
    if not reading.refused:
        told = [*notes_on(BytesIO(content), name=name, mapping=mapping), *told]
    if found.absent:
        sentence = _("Stations of the mission that are not in this list: %(count)s. They stay as they are.") % {"count": found.absent}
        told.append({"row": 0, "why": sentence})
    return {**_answer(found, reading), "notes": told, "first": first, "differences": found.differences}


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
    list does not name stay: none is ever deleted. mapping: `{column: field}`, before what the mission's last import had, before our guess;
    several columns may be the code, name or address together. Raises Invalid for a file that is no table.
    """
    authorize(by, "missions.change_station", mission)
    mission = Mission.objects.select_for_update(of=("self",)).select_related("country").get(pk=mission.pk)
    table = read_table(source, name=name)
    fields = _fields(table.columns, {**remembered_columns(mission, table.columns, mapping), **(mapping or {})})
    reading = read_stations(table, fields, mission.country)
    if reading.refused:
        return _answer(Comparison(), reading)
    supplied = _supplied(fields)
    found = _compare(mission, reading, supplied)
    if not dry_run:
        if fields != mission.station_columns:
            mission.station_columns = fields
            mission.save_changes("station_columns")
        Station.objects.bulk_create(found.fresh, batch_size=BATCH)
        Station.objects.bulk_update(found.changed, [*supplied, "search", "is_listed", "updated_at"], batch_size=BATCH // 4)
        if found.fresh or found.changed:
            data = {"created": len(found.fresh), "updated": len(found.changed)}
            audit.record(by, "missions.stations_imported", mission, data=data)
    return _answer(found, reading)


def _answer(found: Comparison, reading: Reading) -> dict[str, Any]:
    """The shape that DESIGN 5 promises."""
    return {"created": len(found.fresh), "updated": len(found.changed), "unchanged": found.unchanged, "refused": reading.refused}


def _fields(columns: list[str], mapping: dict[str, str] | None, *, ask: bool = True) -> dict[str, str]:
    """The field of each column: as given, else as guessed. Raises Invalid for a column or field that is not there.

    ask: insist on a number, an address or a name; a preview shows a list whose columns nobody has named yet.
    """
    given = mapping or {}
    check_given(given, columns, FIELDS)
    asked = Counter(part for field in given.values() for part in meanings(field))
    twice = [field for field, count in asked.items() if count > 1 and field not in {"level", "ignore", *JOINED}]
    if twice:
        raise Invalid(_("Two columns are given for “%(field)s”.") % {"field": twice[0]}, code="field_twice", attr="map")
    guessed = guess_columns([column for column in columns if column not in given])
    guessed = {column: "ignore" if field in asked and field != "level" else field for column, field in guessed.items()}
    fields = {column: {**guessed, **given}[column] for column in columns}
    if ask and not {"code", "address", "name"} & _used(fields):
        sentence = _("No column is a number, an address or a name; say which with column=field. The columns are: %(columns)s.")
        raise Invalid(sentence % {"columns": ", ".join(columns)}, code="no_usable_column", attr="map")
    return fields


def _used(fields: dict[str, str]) -> set[str]:
    return {part for field in fields.values() for part in meanings(field)}


def _supplied(fields: dict[str, str]) -> list[str]:
    """The fields of a station that the list has something to say about."""
    used = _used(fields)
    used |= {"latitude", "longitude"} if "coordinates" in used else set()
    supplied = [name for name in WRITTEN if name in used]
    if "level" in used:
        supplied += ["levels"]
        # A station's levels are also what the column "municipality" or "district" would say; see `_from_levels`.
        supplied += [name for name in ("municipality", "district", "setting") if name not in supplied]
    return [*dict.fromkeys([*supplied, "building"])]


def _compare(mission: Mission, reading: Reading, supplied: list[str]) -> Comparison:
    """Against what the mission has. A code is known too where only the alphabet of a letter differs."""
    known = {row.code: row for row in Station.objects.filter(mission=mission).iterator(chunk_size=2000)}
    loosely = {code_key(code): row for code, row in known.items() if code not in reading.stations}
    found, now = Comparison(), clock.now()
    seen: set[int] = set()
    for code, values in reading.stations.items():
        row = known.get(code) or loosely.get(code_key(code))
        if row is None or row.pk in seen:
            kept = {name: value for name, value in values.items() if value is not None and not (name == "kind" and not value)}
            row = Station(mission=mission, created_at=now, updated_at=now, **kept)  # asking the clock for each takes its time
            row.search = row.search_words()
            found.fresh.append(row)
            continue
        seen.add(row.pk)
        differing = [name for name in supplied if name in values and getattr(row, name) != _default(name, values[name])]
        if not differing and row.is_listed:
            found.unchanged += 1
            continue
        for name in differing:
            if len(found.differences) < SHOWN_CHANGES and name != "levels":
                found.differences.append({"code": row.code, "field": FIELDS[name], "old": getattr(row, name), "new": values[name]})
            setattr(row, name, _default(name, values[name]))
        row.search, row.is_listed, row.updated_at = row.search_words(), True, now
        found.changed.append(row)
    found.absent = sum(row.pk not in seen and row.is_listed for row in known.values())
    return found


def _default(name: str, value: Any) -> Any:
    return "ordinary" if name == "kind" and not value else value
