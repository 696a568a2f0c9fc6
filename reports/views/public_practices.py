"""The public collection of good practice of civil participation."""

from __future__ import annotations

import csv

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from reports.enums import PracticeActor, PracticeLevel, PracticeStep
from reports.services import linked_data, public_practices
from reports.services.practices import CODE_URL
from reports.views.public_base import PER_PAGE, as_json, cacheable, cell, page, query_of, wanted_of

COLUMNS = (
    "uuid", "country", "place", "since", "level", "step", "actors", "title", "text", "lesson", "code", "code_section", "web",
    "source", "language", "collection", "source_id", "source_url", "licence", "url",
)  # fmt: skip


@cacheable
def practices(request: HttpRequest, language: str) -> HttpResponse:
    """The collection with its filters."""
    wanted = wanted_of(request, public_practices.FILTERS)
    shown = Paginator(public_practices.listed_practices(wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "cards": public_practices.shown(shown, language),
        "wanted": wanted,
        "countries": public_practices.countries_of_practices(language),
        "levels": PracticeLevel.choices,
        "steps": PracticeStep.choices,
        "actors": PracticeActor.choices,
        "code_url": CODE_URL,
        "query": query_of(request),
    }
    return page("reports/public_practices.html", language, context, request)


@cacheable
def practices_json(request: HttpRequest, language: str) -> HttpResponse:
    """The collection as data, with the same filters: `{schema, count, results}`."""
    rows = public_practices.listed_practices(wanted_of(request, public_practices.FILTERS))
    return as_json({"schema": public_practices.SCHEMA, "count": len(rows), "results": public_practices.as_data(rows, language)})


@cacheable
def practices_csv(request: HttpRequest, language: str) -> HttpResponse:
    """The collection as a table in the page's language, with the same filters."""
    rows = public_practices.listed_practices(wanted_of(request, public_practices.FILTERS))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="good-practice.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for row in public_practices.as_data(rows, language):
        shown = language if language in row["title"] else row["original_language"]
        texts = {name: row[name].get(shown, "") for name in ("title", "text", "lesson")}
        flat = row | texts | {"language": shown} | {"actors": "; ".join(row["actors"])}
        writer.writerow([cell(flat[name] or "") for name in COLUMNS])
    return response


@cacheable
def practice(request: HttpRequest, language: str, uuid: str) -> HttpResponse:
    """One practice at its stable address."""
    row = public_practices.practices().filter(uuid=uuid).first()
    if row is None:
        raise Http404
    context = public_practices.shown([row], language)[0] | {
        "code_url": CODE_URL,
        "permalink": settings.SCRUTIN_URL + reverse("reports:public_practice", args=[language, row.uuid]),
    }
    context["ld"] = linked_data.of_practice(context, url=context["permalink"])
    return page("reports/public_practice.html", language, context, request)
