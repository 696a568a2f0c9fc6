"""Announcements, advisories, press releases on the public site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.documents import html_body
from core.documents.content import prepare
from core.languages import language_name
from reports.documents.mission_text.build import build
from reports.enums import MissionTextKind
from reports.models import MissionTextVersion
from reports.services import linked_data, public_texts
from reports.views.public_base import PER_PAGE, as_json, cacheable, page, query_of, send_drawn, wanted_of

FILTERS = ("kind", "country", "q")


@cacheable
def texts(request: HttpRequest, language: str) -> HttpResponse:
    """Every text by kind and country, with search."""
    wanted = wanted_of(request, FILTERS)
    shown = Paginator(public_texts.listed_texts(wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "cards": [text_card(row, language) for row in shown],
        "wanted": wanted,
        "kinds": MissionTextKind.choices,
        "countries": public_texts.countries_of_texts(language),
        "query": query_of(request),
    }
    return page("reports/public_texts.html", language, context, request)


@cacheable
def text(request: HttpRequest, language: str, slug: str, number: int | None = None) -> HttpResponse:
    """One text: its words, downloads, versions. A withdrawn one says so (410)."""
    version = public_texts.version_of(slug, number)
    if public_texts.is_withdrawn(version):
        return page("reports/public_text_withdrawn.html", language, text_card(version, language), request, status=410)
    shown = public_texts.language_for(version, language)
    versions = public_texts.versions_of(version)
    context = {
        **text_card(version, language),
        "shown": shown,
        "other_languages": [(code, language_name(code)) for code in version.languages if code != shown],
        "body": html_body(prepare(build(version, shown))),
        "downloads": [one | {"label": language_name(one["language"])} for one in public_texts.downloads_of(version)],
        "versions": versions,
        "newest": versions[0],
        "permalink": settings.SCRUTIN_URL + reverse("reports:public_text_version", args=[language, slug, version.number]),
    }
    context["ld"] = linked_data.of_text(context, url=context["permalink"])
    return page("reports/public_text.html", language, context, request)


@cacheable
def text_json(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The newest public version as data."""
    version = public_texts.version_of(slug)
    if public_texts.is_withdrawn(version):
        return as_json({"withdrawn": True}, status=410)
    data = {
        "schema": version.content["schema"],
        "kind": version.text.kind,
        "slug": version.slug,
        "version": version.number,
        "corrects": version.content["corrects"],
        "checksum": version.checksum,
        "published_at": version.embargo_until.isoformat(),
        "unchecked": sorted(version.unchecked),
        "languages": version.content["languages"],
    }
    return as_json(data)


@require_safe
def text_download(request: HttpRequest, language: str, slug: str, number: int, name: str) -> HttpResponse:
    """A drawn file of a public version."""
    version = public_texts.version_of(slug, number)
    if public_texts.is_withdrawn(version):
        raise Http404
    return send_drawn(request, public_texts.file_of(version, name), name, since=version.embargo_until)


def text_card(version: MissionTextVersion, language: str) -> dict[str, Any]:
    """What a list says of a text."""
    shown = public_texts.language_for(version, language)
    path = reverse("reports:public_text", args=[language, version.slug])
    content = version.content["languages"][shown]
    return {
        "version": version,
        "title": content["title"],
        "kind_label": MissionTextKind(version.text.kind).label,
        "country": version.text.mission.country,
        "lang": shown,
        "summary": next((part["text"] for part in content["body"] if part["type"] == "paragraph"), ""),
        "is_unchecked": shown in version.unchecked,
        "url": path,
        "absolute": settings.SCRUTIN_URL + path,
    }
