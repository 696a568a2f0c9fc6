"""Loaders of the app's fixed reference data; safe to run again (`manage.py load_reference`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale

from core.reference import rows_of, upsert
from missions.models import Country, DeadlineRule, PastMission, PreparationKind

DATA = Path(__file__).resolve().parent.parent / "data"
# Not countries for our register: exceptional reservations, unions and placeholders of the territory list.
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
NOTES = {"XK": "In line with UN Security Council Resolution 1244 and without prejudice to status."}
ZONES = {"XK": "Europe/Belgrade", "TN": "Africa/Tunis", "IL": "Asia/Jerusalem"}
NAMES = {"XK": {"name_en": "Kosovo*", "name_fr": "Kosovo*", "name_de": "Kosovo*"}}


def load_countries() -> dict[str, int]:
    """The 46 member states from our table, the other countries by Babel's names."""
    return upsert(Country, ("code",), [*_member_states(), *_other_countries()])


def load_deadline_rules() -> dict[str, int]:
    """Deadlines of observation-rules 5."""
    rows = []
    for order, row in enumerate(_rows("deadline_rules.csv")):
        values: dict[str, Any] = dict(row)
        values["offset_days"] = int(row["offset_days"])
        values["formats"] = row["formats"].split("|") if row["formats"] else []
        values["order"] = order * 10
        rows.append(values)
    return upsert(DeadlineRule, ("code",), rows)


def load_preparation_kinds() -> dict[str, int]:
    """The default checklist of preparations (observation-rules 5, S5)."""
    rows = [
        {
            **row,
            "offset_days": int(row["offset_days"]),
            "formats": row["formats"].split("|") if row["formats"] else [],
            "order": order * 10,
        }
        for order, row in enumerate(_rows("preparation_kinds.csv"))
    ]
    return upsert(PreparationKind, ("code",), rows)


def load_past_missions() -> dict[str, int]:
    """Missions before Scrutin with their adopted texts; the mark of unverified rows is kept in `status`."""
    countries = {row.code: row for row in Country.objects.all()}
    rows, seen = [], dict[str, int]()
    for row in _rows("observation_missions_history.csv"):
        stem = f"{row['year']}-{(row['iso2'] or row['country_en'].split()[0]).lower()}"
        seen[stem] = seen.get(stem, 0) + 1
        rows.append(
            {
                "code": f"{stem}-{seen[stem]}",
                "year": int(row["year"]),
                "country": countries.get(row["iso2"] or _country_code(row["country_en"]) or ""),
                "country_name": row["country_en"],
                "election": row["election"],
                "election_days": row["election_dates"].split("|") if row["election_dates"] else [],
                "format": row["mission_format"],
                "delegation": row["congress_delegation"],
                "teams": row["teams"],
                "stations_visited": row["stations_visited"],
                "adopted_text": row["adopted_text"],
                "document_ref": row["document_ref"],
                "adopted_on": row["adopted_on"],
                "partners": row["joint_or_partner"],
                "status": row["status"],
                "source": row["source"],
            }
        )
    return upsert(PastMission, ("code",), rows)


def _member_states() -> Iterator[dict[str, Any]]:
    for row in _rows("member_states.csv"):
        yield {
            "code": row["iso_alpha2"],
            "name_en": row["name_en"],
            "name_fr": row["name_fr"],
            "name_de": row["name_de"],
            "is_member": True,
            "is_eu_member": row["eu_member"] == "yes",
            "seats": int(row["seats_pace_and_congress"]),
            "languages": row["official_languages"].split("|"),
            "zone": row["tz_primary"],
            "zones": row["tz_all"].split("|"),
            "note": row["note"][:200],
        }


def _other_countries() -> Iterator[dict[str, Any]]:
    members = {row["iso_alpha2"] for row in _rows("member_states.csv")}
    names = {code: Locale(code).territories for code in ("en", "fr", "de")}
    for code in sorted(names["en"]):
        if len(code) != 2 or not code.isalpha() or code in members | NOT_COUNTRIES:
            continue
        zone = ZONES.get(code, "UTC")
        values = {f"name_{language}": names[language][code] for language in names} | NAMES.get(code, {})
        yield {"code": code, "zone": zone, "zones": [zone], "note": NOTES.get(code, ""), **values}


def _country_code(name: str) -> str | None:
    """The code of a country that the history names in words only ("Tunisia (non-member)")."""
    first = name.split("(")[0].strip().split()[0]
    return {"Kosovo": "XK", "Israel": "IL", "Tunisia": "TN"}.get(first)


def _rows(name: str) -> list[dict[str, str]]:
    return rows_of(DATA / name)
