"""Reference data of membership, loaded by `manage.py load_reference`. Safe to run again: rows are matched by natural key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from core.reference import rows_of, total, upsert
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
    versions = [{**row, "valid_from": date.fromisoformat(row["valid_from"])} for row in _rows("charter_versions.csv")]
    groups = [
        {**row, "is_group": row["is_group"] == "yes", "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None}
        for row in _rows("political_groups.csv")
    ]
    seats = [
        {"country": country, "valid_from": first, "valid_to": last, "seats": seats}
        for country in Country.objects.filter(is_member=True)
        for seats, first, last in CHANGED_SEATS.get(country.code, [(country.seats, SEATS_FROM, None)])
    ]
    return total(
        upsert(CharterVersion, ("code",), versions),
        _load_sessions(),
        upsert(PoliticalGroup, ("code",), groups),
        upsert(SeatAllocation, ("country", "valid_from"), seats),
    )


def _load_sessions() -> dict[str, int]:
    """Renewal sessions that are not there; one that was moved away from its day counts as there."""
    moved = set(RenewalSession.objects.exclude(planned_on=None).values_list("planned_on", flat=True))
    rows = [
        {
            "opens_on": date.fromisoformat(row["opens_on"]),
            "number": int(row["number"]) if row["number"] else None,
            "is_expected": row["is_expected"] == "yes",
            "source_mark": row["source_mark"],
        }
        for row in _rows("renewal_sessions.csv")
    ]
    kept = [row for row in rows if row["opens_on"] not in moved]
    counts = upsert(RenewalSession, ("opens_on",), kept, only_create=True)
    return counts | {"unchanged": counts["unchanged"] + len(rows) - len(kept)}


def _rows(name: str) -> list[dict[str, str]]:
    return rows_of(DATA / name)
