"""What machines read of the public site: the Atom feed and the site map."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.enums import Language
from reports.services import public, public_cache, public_practices, public_texts
from reports.views.public import report_card
from reports.views.public_base import cacheable, language_links
from reports.views.public_texts import text_card

ENTRIES = 50
LISTS = ("public_index", "public_tracker", "public_countries", "public_texts", "public_practices", "public_data")


@cacheable
def feed(request: HttpRequest, language: str) -> HttpResponse:
    """Atom: reports as they are published or corrected, texts for the media, good practice; newest first."""
    entries = [*_reports(language), *_texts(language), *_practices(language)]
    entries.sort(key=lambda one: one["at"], reverse=True)
    context = {
        "entries": entries[:ENTRIES],
        "updated": public_cache.State.now().changed_at,
        "site": settings.SCRUTIN_URL,
        "language": language,
    }
    return HttpResponse(render_to_string("reports/feed.atom", context), content_type="application/atom+xml; charset=utf-8")


@cacheable
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in every language."""
    names: list[tuple[str, list[Any]]] = [(name, []) for name in LISTS]
    names += [("public_recommendation", [uuid]) for uuid in public.recommendations().values_list("uuid", flat=True)]
    names += [("public_country", [one.code]) for one in public.countries("en")]
    names += [("public_text", [slug]) for slug in public_texts.texts().values_list("slug", flat=True)]
    names += [("public_practice", [uuid]) for uuid in public_practices.practices().values_list("uuid", flat=True)]
    pages = [
        {code: settings.SCRUTIN_URL + reverse(f"reports:{name}", args=[code, *args]) for code in Language.values} for name, args in names
    ]
    reports = [{one["code"]: settings.SCRUTIN_URL + one["url"] for one in language_links(row, "")} for row in public.publications()]
    pages[len(LISTS) : len(LISTS)] = reports
    return HttpResponse(render_to_string("reports/sitemap.xml", {"pages": pages}), content_type="application/xml; charset=utf-8")


def _reports(language: str) -> list[dict[str, Any]]:
    rows = [report_card(row, language) for row in public.publications()[:ENTRIES]]
    return [
        {"uuid": one["publication"].uuid, "at": one["publication"].embargo_until, "kind": one["report"].get_kind_display(), **one}
        for one in rows
    ]


def _texts(language: str) -> list[dict[str, Any]]:
    rows = [text_card(row, language) for row in public_texts.texts()[:ENTRIES]]
    return [{"uuid": one["version"].uuid, "at": one["version"].embargo_until, "kind": one["kind_label"], **one} for one in rows]


def _practices(language: str) -> list[dict[str, Any]]:
    rows = public_practices.shown(public_practices.practices()[:ENTRIES], language)
    return [
        one
        | {
            "uuid": one["practice"].uuid,
            "at": one["practice"].published_at,
            "summary": one["lesson"],
            "absolute": settings.SCRUTIN_URL + one["url"],
        }
        for one in rows
    ]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: the public site and nothing else, whatever link of somebody's own they come across."""
    lines = ["User-agent: *", "Allow: /published/", "Allow: /static/", "Disallow: /", ""]
    lines.append(f"Sitemap: {settings.SCRUTIN_URL}{reverse('reports:public_sitemap')}\n")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
