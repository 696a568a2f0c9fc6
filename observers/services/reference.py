"""Reference data of membership, loaded by `manage.py load_reference`. Safe to run again: rows are matched by natural key."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Model

from missions.models import Country
from observers.models import CharterVersion, PoliticalGroup, RenewalSession, SeatAllocation

DATA = Path(__file__).resolve().parents[1] / "data"
SEATS_FROM = date(1994, 1, 14)
CHANGED_SEATS = {"TR": [(12, SEATS_FROM, date(2015, 5, 26)), (18, date(2015, 5, 27), None)]}
"""Seats that changed (membership-rules R3): the day of Türkiye's change in 2015 is UNVERIFIED."""


def load_reference() -> dict[str, int]:
    """Load versions of the Charter, renewal sessions, political groups and seats. Returns what was created and changed.

    A renewal session that was entered, fixed or moved by hand is never overwritten; open points of R15 that were decided
    by hand are kept.
    """
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    for row in _rows("charter_versions.csv"):
        _keep(counts, CharterVersion, {"code": row.pop("code")}, {**row, "valid_from": date.fromisoformat(row["valid_from"])})
    moved = set(RenewalSession.objects.exclude(planned_on=None).values_list("planned_on", flat=True))
    for row in _rows("renewal_sessions.csv"):
        if date.fromisoformat(row["opens_on"]) in moved:
            counts["unchanged"] += 1
            continue
        values = {
            "number": int(row["number"]) if row["number"] else None,
            "is_expected": row["is_expected"] == "yes",
            "source_mark": row["source_mark"],
        }
        _keep(counts, RenewalSession, {"opens_on": date.fromisoformat(row["opens_on"])}, values, only_create=True)
    for row in _rows("political_groups.csv"):
        values = {
            **row,
            "is_group": row["is_group"] == "yes",
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        }
        _keep(counts, PoliticalGroup, {"code": values.pop("code")}, values)
    for country in Country.objects.filter(is_member=True):
        for seats, first, last in CHANGED_SEATS.get(country.code, [(country.seats, SEATS_FROM, None)]):
            _keep(counts, SeatAllocation, {"country": country, "valid_from": first}, {"seats": seats, "valid_to": last})
    return counts


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _keep(counts: dict[str, int], model: type[Model], key: dict[str, Any], values: dict[str, Any], *, only_create: bool = False) -> None:
    """Create the row, or change what differs; numbers come as text and are compared as the field's own type."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    values = {name: fields[name].to_python(value) if not fields[name].is_relation else value for name, value in values.items()}
    row = model._default_manager.filter(**key).first()
    if row is None:
        model._default_manager.create(**key, **values)
        counts["created"] += 1
        return
    changed = [] if only_create else [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    counts["updated" if changed else "unchanged"] += 1
