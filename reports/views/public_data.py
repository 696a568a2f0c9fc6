"""Search over everything that is public, open data with its dictionary and licence, pictures of a report."""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.documents.content import prepare
from reports.documents import figures
from reports.documents.report import places
from reports.services import linked_data, open_data, public, public_practices, public_texts
from reports.views.public import report_card
from reports.views.public_base import as_json, cacheable, cell, immutable, page, wanted_of
from reports.views.public_rows import recommendation_row
from reports.views.public_texts import text_card

PICTURES = ("map", "conduct", "remarks")
PICTURE_KEPT = 24 * 3600
"""Seconds for which a drawn picture is kept at our side; a withdrawn report's is never asked for."""

FOUND = 10
"""So many of each kind are shown; the lists have the rest."""


@cacheable
def search(request: HttpRequest, language: str) -> HttpResponse:
    """Words in all public texts: reports with their memorandum, recommendations, press texts, good practice."""
    wanted = wanted_of(request, ("q",))
    context: dict[str, Any] = {"wanted": wanted, "asked": bool(wanted["q"])}
    if wanted["q"]:
        reports = public.listed(words=wanted["q"])
        tracked = public.tracked(wanted)
        texts = public_texts.listed_texts(wanted)
        practices = public_practices.listed_practices(wanted)
        context |= {
            "reports": [report_card(row, language) for row in reports[:FOUND]],
            "rows": [recommendation_row(row, language) for row in tracked[:FOUND]],
            "texts": [text_card(row, language) for row in texts[:FOUND]],
            "practices": public_practices.shown(practices[:FOUND], language),
            "counts": {"reports": len(reports), "rows": len(tracked), "texts": len(texts), "practices": len(practices)},
            "total": len(reports) + len(tracked) + len(texts) + len(practices),
        }
    return page("reports/public_search.html", language, context, request)


@cacheable
def data(request: HttpRequest, language: str) -> HttpResponse:
    """What can be taken along: tables, their columns, the licence."""
    tables = open_data.dictionary(language)
    about = {
        "name": _("Election observation of the Congress: open data"),
        "description": _("Reports, recommendations with their status, and good practice of civil participation."),
        "url": settings.SCRUTIN_URL + request.path,
    }
    context = {"tables": tables, "licence": open_data.licence(), "ld": linked_data.of_data(tables, language=language, **about)}
    return page("reports/public_data.html", language, context, request)


@cacheable
def dictionary(request: HttpRequest, language: str) -> HttpResponse:
    """The same as data."""
    return as_json({"schema": "scrutin.dictionary/1", "licence": open_data.licence(), "tables": open_data.dictionary(language)})


@cacheable
def reports_json(request: HttpRequest, language: str) -> HttpResponse:
    """Every published report with its numbers, days and addresses: `{count, results}`."""
    rows = open_data.reports(language)
    return as_json({"licence": open_data.licence(), "count": len(rows), "results": rows})


@cacheable
def reports_csv(request: HttpRequest, language: str) -> HttpResponse:
    """The same as a table."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="reports.csv"'
    writer = csv.writer(response)
    writer.writerow(open_data.REPORT_COLUMNS)
    for row in open_data.reports(language):
        values = {name: "; ".join(value) if isinstance(value, list) else value for name, value in row.items()}
        writer.writerow([cell(values[name] if values[name] is not None else "") for name in open_data.REPORT_COLUMNS])
    return response


@require_safe
def picture(request: HttpRequest, language: str, slug: str, number: int, name: str) -> HttpResponse:
    """A chart or the map of a public version, drawn from its frozen content: the same bytes each time, so caches may keep it."""
    publication = public.publication_of(slug, number)
    if publication.withdrawn_at or name not in PICTURES:
        raise Http404
    shown = language if language in publication.languages else publication.report.authentic_language
    drawn = f"{publication.version.checksum[:24]}-{name}-{shown}"

    def answer() -> HttpResponse:
        response = HttpResponse(svg, content_type="image/svg+xml")
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return response

    svg = cache.get(f"public-picture-{drawn}")  # a second of work, and the same for every reader
    if svg is None:
        svg = _picture(publication.version.content["languages"][shown]["appendices"], name, shown)
        cache.set(f"public-picture-{drawn}", svg, PICTURE_KEPT)
    return immutable(request, answer, etag=f'"{drawn}"', since=publication.embargo_until)


def _picture(appendices: dict[str, Any], name: str, language: str) -> str:
    """The picture as SVG. Raises Http404."""
    from core.documents.charts import chart_svg  # matplotlib: paid only where a picture is asked for

    chart = _chart(appendices, name, language)
    if chart is None:
        raise Http404
    block = {"type": "figure", "alt": name, "caption": name, "chart": chart}
    return chart_svg(prepare({"title": name, "language": language, "blocks": [block]})["blocks"][0]["chart"])


def _chart(appendices: dict[str, Any], name: str, language: str) -> dict[str, Any] | None:
    if name == "map":
        return places.chart_of(appendices.get("map"), language)
    made = {"conduct": figures.conduct, "remarks": figures.remarks}.get(name)
    blocks = made(appendices["figures"], language) if made else []
    return next((block["chart"] for block in blocks if block["type"] == "figure"), None)
