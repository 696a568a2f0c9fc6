"""What public pages say about themselves to search engines (schema.org); nothing that the page does not show."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from reports.services.shares import shortened

PUBLISHER = {
    "@type": "Organization",
    "name": "Congress of Local and Regional Authorities of the Council of Europe",
    "url": "https://www.coe.int/congress",
}


def _page(kind: str, *, name: str, url: str, language: str, **more: Any) -> dict[str, Any]:
    known = {name: value for name, value in more.items() if value}
    return {"@type": kind, "name": name, "url": url, "inLanguage": language, "publisher": PUBLISHER, "license": _licence(), **known}


def _licence() -> str:
    return settings.SCRUTIN_DATA_LICENCE_URL


def of_report(publication: Any, content: dict[str, Any], *, language: str, url: str, downloads: list[dict[str, Any]]) -> dict[str, Any]:
    """A report: number, day, version, country, its files."""
    cover = content["cover"]
    return _page(
        "Report",
        name=cover["title"],
        url=url,
        language=language,
        reportNumber=cover["number"],
        version=publication.version.number,
        datePublished=publication.embargo_until.isoformat(),
        about={"@type": "Country", "name": cover["country"]["name"], "identifier": cover["country"]["code"]},
        author=[{"@type": "Person", "name": row["name"]} for row in cover["rapporteurs"]],
        encoding=[
            {"@type": "MediaObject", "encodingFormat": one["format"], "inLanguage": group["language"], "contentUrl": one["url"]}
            for group in downloads
            for one in group["files"]
        ],
    )


def of_recommendation(row: dict[str, Any], *, language: str, url: str) -> dict[str, Any]:
    """One recommendation: its wording, day, country and what it cites."""
    own = row["recommendation"]
    return _page(
        "CreativeWork",
        name=f"{row['text_number']}, {own.paragraph}",
        url=url,
        language=row["lang"] or language,
        text=row["text"],
        datePublished=row["adopted_on"].isoformat() if row["adopted_on"] else "",
        spatialCoverage={"@type": "Country", "identifier": own.country.code, "name": own.country.name},
        citation=[standard.citation for standard in row["standards"]],
        creativeWorkStatus=row["status_label"],
    )


def of_text(card: dict[str, Any], *, url: str) -> dict[str, Any]:
    """A text for the media."""
    version = card["version"]
    return _page(
        "NewsArticle",
        name=card["title"],
        url=url,
        language=card["lang"],
        headline=shortened(card["title"], 110),
        description=card["summary"],
        datePublished=version.embargo_until.isoformat(),
        version=version.number,
    )


def of_practice(card: dict[str, Any], *, url: str) -> dict[str, Any]:
    """A good practice."""
    row = card["practice"]
    return _page(
        "Article",
        name=card["title"],
        url=url,
        language=card["lang"],
        headline=shortened(card["title"], 110),
        description=card["lesson"],
        datePublished=row.published_at.isoformat() if row.published_at else "",
        spatialCoverage={"@type": "Country", "identifier": row.country.code, "name": card["country"]},
        keywords=[card["level"], card["step"], *card["actors"]],
    )


def of_data(tables: list[dict[str, Any]], *, language: str, name: str, description: str, url: str) -> dict[str, Any]:
    """The open data: each table as a download."""
    distribution = [
        {"@type": "DataDownload", "name": table["name"], "encodingFormat": mime, "contentUrl": table[kind]}
        for table in tables
        for kind, mime in (("csv", "text/csv"), ("json", "application/json"))
    ]
    return _page("Dataset", name=name, url=url, language=language, description=description, distribution=distribution)
