"""Open data of the public site: its tables, what their columns mean, under which licence they may be used."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from core.enums import Language
from missions.models.country import localised
from reports.models import Publication

SOURCE = Path(__file__).resolve().parent.parent / "data" / "dictionary.csv"
TABLES = {
    "reports": ("public_reports_csv", "public_reports_json"),
    "recommendations": ("public_tracker_csv", "public_tracker_json"),
    "practices": ("public_practices_csv", "public_practices_json"),
}
REPORT_COLUMNS = (
    "slug", "country", "country_name", "year", "kind", "title", "number", "recommendation_number", "polling_days", "adopted_on",
    "published_at", "version", "languages", "sha256", "url",
)  # fmt: skip


@cache
def _rows() -> list[dict[str, str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def dictionary(language: str) -> list[dict[str, Any]]:
    """Every table with its addresses and columns: name, type, meaning in `language`."""
    return [
        {
            "name": table,
            **{
                kind: settings.SCRUTIN_URL + reverse(f"reports:{name}", args=[language])
                for kind, name in zip(("csv", "json"), names, strict=True)
            },
            "columns": [
                {"name": row["column"], "type": row["type"], "meaning": row.get(language) or row["en"]}
                for row in _rows()
                if row["table"] == table
            ],
        }
        for table, names in TABLES.items()
    ]


def licence() -> dict[str, str]:
    """Under which licence the data may be used: the institution's setting."""
    return {"name": settings.SCRUTIN_DATA_LICENCE, "url": settings.SCRUTIN_DATA_LICENCE_URL}


def reports(language: str) -> list[dict[str, Any]]:
    """Published reports, newest first, with what their newest public version says."""
    rows = Publication.objects.current().select_related("report__country", "version").order_by("-embargo_until", "-pk")
    return [_report(row, language) for row in rows]


def _report(row: Publication, language: str) -> dict[str, Any]:
    shown = language if language in row.languages else row.report.authentic_language
    cover = row.version.content["languages"][shown]["cover"]
    return {
        "slug": row.slug,
        "country": row.report.country.code,
        "country_name": localised(row.report.country, "name", language),
        "year": row.report.year,
        "kind": row.report.kind,
        "title": row.titles.get(shown, row.slug),
        "number": cover["number"],
        "recommendation_number": cover["recommendation_number"],
        "polling_days": cover["polling_days"],
        "adopted_on": cover["adopted_on"] or None,
        "published_at": row.embargo_until.isoformat(),
        "version": row.version.number,
        "languages": [code for code in Language.values if code in row.languages],
        "sha256": row.version.checksum,
        "url": settings.SCRUTIN_URL + row.public_url(language),
    }
