"""A published report in a language of the host country. The page speaks English around it; the report's own words are those that were
frozen with it, as in its documents."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from core.documents import html_body
from core.documents.content import prepare
from core.enums import Language
from reports.documents.report.build import build
from reports.models import Publication
from reports.services import linked_data, public
from reports.views.public import downloads_by_language, with_addresses, withdrawn_page
from reports.views.public_base import cacheable, language_links, page
from reports.views.public_rows import title_of

AROUND = Language.EN.value
"""The language of the page around a report in a language that the site does not speak."""

BODY_KEPT = 24 * 60 * 60
"""Seconds that a drawn body is kept: a frozen version says the same for ever."""


@cacheable
def host_report(request: HttpRequest, language: str, slug: str, number: int | None = None) -> HttpResponse:
    """The report in a language of the host country, under the same embargo as every other; 404 where it is not published in it."""
    with translation.override(AROUND):
        response = _answer(request, language, slug, number)
    response.headers["Content-Language"] = language if response.status_code == 200 else AROUND
    return response


def _answer(request: HttpRequest, language: str, slug: str, number: int | None) -> HttpResponse:
    publication = public.publication_of(slug, number)
    if publication.withdrawn_at:
        return withdrawn_page(request, AROUND, publication)
    if language not in publication.languages:
        raise Http404
    versions, groups = public.versions_of(publication), downloads_by_language(publication)
    path = reverse("reports:public_host_version", args=[language, slug, publication.version.number])
    context: dict[str, Any] = {
        "publication": publication,
        "report": publication.report,
        "title": title_of(publication, language),
        "shown": language,
        "page_lang": language,
        "body": _body(publication, language),
        "summary": next((item["text"] for item in publication.version.content["languages"][language]["summary"]), ""),
        "versions": [one for one in versions if language in one.languages],
        "newest": versions[0],
        "downloads": groups,
        "correction": publication.version.content.get("correction"),
        "permalink": settings.SCRUTIN_URL + path,
        "alternates": language_links(publication, language, number=number),
        "ld": linked_data.of_report(
            publication,
            publication.version.content["languages"][language],
            language=language,
            url=settings.SCRUTIN_URL + path,
            downloads=with_addresses(publication, groups, AROUND),
        ),
    }
    return page("reports/public_host_report.html", AROUND, context, request)


def _body(publication: Publication, language: str) -> str:
    """The report as its documents say it; drawn once a day at most, for its charts take a second."""
    key = f"public-body-{publication.version.checksum[:24]}-{language}"
    body = cache.get(key)
    if body is None:
        body = html_body(prepare({**build(publication.version, language), "language": language}))
        cache.set(key, body, BODY_KEPT)
    return body
