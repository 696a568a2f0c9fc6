"""The public site: no cookie, no sign-in, cacheable; `/published/<language>/…` (DESIGN 3, "Public pages").

Pages are rendered without the request, so that nothing of a session, an account or a message can slip in.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import get_language_from_request
from django.views.decorators.http import condition, require_safe

from core import clock
from core.enums import Language
from reports.enums import Addressee, FollowUpStatus, Priority
from reports.models import Recommendation, Topic
from reports.references import format_adopted
from reports.services import public
from reports.services.followup import adopted_text

PER_PAGE = 25
FILTERS = ("country", "year", "status", "topic", "addressee", "priority", "q")
MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
Page = Callable[..., HttpResponse]


def _etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    return f'"{public.fingerprint(request.get_full_path())}"'


def _last_modified(request: HttpRequest, *args: Any, **kwargs: Any) -> datetime | None:
    return public.last_changed()


def cacheable(view: Page) -> Page:
    """Answer 304 where nothing changed; let caches keep the page until the next publication, five minutes at most."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = conditional(request, *args, **kwargs)
        if response.status_code in {200, 304, 410} and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = f"public, max-age={public.seconds_to_next_embargo()}"
        return response

    conditional = condition(etag_func=_etag, last_modified_func=_last_modified)(view)
    return answer


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/published/`: to the reader's language."""
    wanted = get_language_from_request(request)[:2]
    language = wanted if wanted in Language.values else Language.EN
    response = HttpResponseRedirect(reverse("reports:public_index", args=[language]))
    patch_vary_headers(response, ["Accept-Language"])
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@cacheable
def index(request: HttpRequest, language: str) -> HttpResponse:
    """Published reports by country and year, with search."""
    wanted = {name: request.GET.get(name, "").strip()[:80] for name in ("country", "year", "q")}
    rows = public.listed(country=wanted["country"], year=wanted["year"], words=wanted["q"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cards": [_card(row, language) for row in page],
        "wanted": wanted,
        "countries": public.countries(language),
        "years": sorted({row.report.year for row in public.publications()}, reverse=True),
        "query": _query(request),
    }
    return _page("reports/public_index.html", language, context, request)


@cacheable
def report(request: HttpRequest, language: str, slug: str, number: int | None = None) -> HttpResponse:
    """One report: the text first, downloads, citation, checksum, versions. A withdrawn one shows its notice (410)."""
    publication = public.publication_of(slug, number)
    shown = language if language in publication.languages else publication.report.authentic_language
    versions = public.versions_of(publication)
    context: dict[str, Any] = {
        "publication": publication,
        "report": publication.report,
        "title": _title(publication, shown),
        "shown": shown,
        "is_other_language": shown != language,
        "versions": versions,
        "newest": versions[0],
    }
    if publication.withdrawn_at:
        context["notice"] = publication.withdrawal_notice.get(language) or publication.withdrawal_notice.get("en", "")
        return _page("reports/public_withdrawn.html", language, context, request, status=410)
    content = publication.version.content["languages"][shown]
    recommendations = public.recommendations().filter(report=publication.report).order_by("number")
    context |= {
        "content": content,
        "cover": content["cover"],
        "recommendation_number": format_adopted(publication.cover["recommendation_number"], language),
        "statuses": {str(row.uuid): row for row in recommendations},
        "counts": public.status_counts(recommendations),
        "downloads": _downloads_by_language(publication),
        "correction": publication.version.content.get("correction"),
        "permalink": settings.SCRUTIN_URL + reverse("reports:public_version", args=[language, slug, publication.version.number]),
    }
    return _page("reports/public_report.html", language, context, request)


@require_safe
def download(request: HttpRequest, language: str, slug: str, number: int, name: str) -> HttpResponse:
    """A drawn file of a public version: it never changes, so caches may keep it."""
    publication = public.publication_of(slug, number)
    if publication.withdrawn_at:
        raise Http404
    drawn = public.file_of(publication, name)
    etag = f'"{drawn.file.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse | FileResponse = HttpResponse(status=304)
    else:
        response = FileResponse(drawn.file.open(), content_type=MIMES[drawn.format])
        response.headers["Content-Length"] = str(drawn.file.size)
        inline = drawn.format in {"pdf", "html"}
        response.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if drawn.format == "html":
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    return response


@cacheable
def report_json(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The newest public version as data."""
    publication = public.publication_of(slug)
    if publication.withdrawn_at:
        return JsonResponse({"withdrawn": True, "notice": publication.withdrawal_notice}, status=410)
    version = publication.version
    return JsonResponse(
        {
            "schema": version.content["schema"],
            "number": publication.cover["number"],
            "slug": publication.slug,
            "version": version.number,
            "checksum": version.checksum,
            "published_at": publication.embargo_until.isoformat(),
            "corrects": version.corrects.number if version.corrects else None,
            "unchecked_accepted": publication.unchecked_accepted,
            "languages": version.content["languages"],
        },
        json_dumps_params={"ensure_ascii": False},
    )


@cacheable
def tracker(request: HttpRequest, language: str) -> HttpResponse:
    """Every recommendation and what became of it, with filters."""
    wanted = {name: request.GET.get(name, "").strip()[:80] for name in FILTERS}
    rows = public.tracked(wanted)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(row, language) for row in page],
        "wanted": wanted,
        "counts": public.status_counts(rows),
        "countries": [country for country in public.countries(language) if country.public_reports],
        "topics": Topic.objects.all(),
        "statuses": FollowUpStatus.choices,
        "addressees": Addressee.choices,
        "priorities": Priority.choices,
        "query": _query(request),
    }
    return _page("reports/public_tracker.html", language, context, request)


@cacheable
def tracker_json(request: HttpRequest, language: str) -> HttpResponse:
    """The tracker as data, with the same filters: `{count, results}`."""
    rows = public.tracked({name: request.GET.get(name, "").strip()[:80] for name in FILTERS})
    return JsonResponse({"count": len(rows), "results": _as_data(rows, language)}, json_dumps_params={"ensure_ascii": False})


@cacheable
def tracker_csv(request: HttpRequest, language: str) -> HttpResponse:
    """The tracker as a table, with the same filters; cells that a spreadsheet would compute are quoted."""
    rows = _as_data(public.tracked({name: request.GET.get(name, "").strip()[:80] for name in FILTERS}), language)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="recommendations.csv"'
    names = [
        "uuid",
        "country",
        "text_number",
        "paragraph",
        "text",
        "adopted_on",
        "priority",
        "action_type",
        "topic",
        "status",
        "status_on",
        "url",
    ]
    writer = csv.writer(response)
    writer.writerow([*names, "addressees", "standards"])
    for row in rows:
        cells = [row[name] or "" for name in names]
        writer.writerow([_cell(value) for value in [*cells, "; ".join(row["addressees"]), "; ".join(row["standards"])]])
    return response


@cacheable
def recommendation(request: HttpRequest, language: str, uuid: Any) -> HttpResponse:
    """One recommendation at its stable address: wording, standards, addressees, history, relations."""
    row = public.recommendations().filter(uuid=uuid).first()
    if row is None:
        raise Http404
    texts = {text.language: text for text in row.adopted_texts.all()}
    shown = texts.get(language) or next((text for text in texts.values() if text.is_authentic), None)
    related = [(one.get_relation_display(), one.earlier) for one in row.relations.select_related("earlier__report", "earlier__country")]
    later = [(one.get_relation_display(), one.recommendation) for one in row.later_relations.select_related("recommendation__report")]
    known = {one.pk: _row(one, language) for one in public.recommendations().filter(pk__in=[one.pk for _label, one in [*related, *later]])}
    context = {
        **_row(row, language),
        "texts": texts,
        "shown": shown,
        "history": public.history_of([row], language).get(row.pk, []),
        "earlier": [(label, known[one.pk]) for label, one in related if one.pk in known],
        "later": [(label, known[one.pk]) for label, one in later if one.pk in known],
        "publication": public.publications().filter(report=row.report).first(),
        "permalink": settings.SCRUTIN_URL + reverse("reports:public_recommendation", args=[language, row.uuid]),
    }
    return _page("reports/public_recommendation.html", language, context, request)


@cacheable
def countries(request: HttpRequest, language: str) -> HttpResponse:
    """Countries with reports or past missions."""
    return _page("reports/public_countries.html", language, {"countries": public.countries(language)}, request)


@cacheable
def country(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """One country: reports, recommendations with their history, missions before Scrutin."""
    row = public.country_of(code)
    rows = list(public.recommendations().filter(country=row).order_by("-adopted_on", "report", "number"))
    history = public.history_of(rows, language)
    past = public.past_missions(row)
    cards = [_card(one, language) for one in public.publications().filter(report__country=row)]
    if not (rows or past or cards):
        raise Http404
    context = {
        "country": row,
        "cards": cards,
        "rows": [_row(one, language) | {"history": history.get(one.pk, [])} for one in rows],
        "past": past,
        "counts": public.status_counts(public.recommendations().filter(country=row)),
    }
    return _page("reports/public_country.html", language, context, request)


@cacheable
def feed(request: HttpRequest, language: str) -> HttpResponse:
    """Atom: what was published, corrected, withdrawn."""
    rows = list(public.publications()[:50])
    updated = public.last_changed()
    context = {"cards": [_card(row, language) for row in rows], "updated": updated, "site": settings.SCRUTIN_URL, "language": language}
    body = render_to_string("reports/feed.atom", context)
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


@cacheable
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in every language."""
    names: list[tuple[str, list[Any]]] = [("public_index", []), ("public_tracker", []), ("public_countries", [])]
    names += [("public_report", [row.slug]) for row in public.publications()]
    names += [("public_recommendation", [uuid]) for uuid in public.recommendations().values_list("uuid", flat=True)]
    names += [("public_country", [one.code]) for one in public.countries("en")]
    pages = [
        {code: settings.SCRUTIN_URL + reverse(f"reports:{name}", args=[code, *args]) for code in Language.values} for name, args in names
    ]
    return HttpResponse(render_to_string("reports/sitemap.xml", {"pages": pages}), content_type="application/xml; charset=utf-8")


def _page(template: str, language: str, context: dict[str, Any], request: HttpRequest, *, status: int = 200) -> HttpResponse:
    """A public page: rendered without the request; the same page in the other languages is linked."""
    match = request.resolver_match
    alternates = []
    if match is not None:
        for code, label in settings.LANGUAGES:
            path = reverse(f"reports:{match.url_name}", kwargs={**match.kwargs, "language": code})
            query = request.GET.urlencode()
            alternates.append({"code": code, "label": label, "url": f"{path}?{query}" if query else path, "is_current": code == language})
    whole = context | {"language": language, "alternates": alternates, "site_url": settings.SCRUTIN_URL, "page_path": request.path}
    with timezone.override(clock.STRASBOURG):
        return HttpResponse(render_to_string(template, whole), status=status)


def _card(publication: Any, language: str) -> dict[str, Any]:
    path = reverse("reports:public_report", args=[language, publication.slug])
    return {
        "publication": publication,
        "report": publication.report,
        "title": _title(publication, language),
        "lang": language if language in publication.titles else publication.report.authentic_language,
        "country": publication.report.country,
        "number": publication.cover["number"],
        "recommendation_number": format_adopted(publication.cover["recommendation_number"], language),
        "url": path,
        "absolute": settings.SCRUTIN_URL + path,
        "is_correction": bool(publication.notice),
    }


def _title(publication: Any, language: str) -> str:
    titles = publication.titles
    return titles.get(language) or titles.get(publication.report.authentic_language) or publication.slug


def _row(row: Recommendation, language: str) -> dict[str, Any]:
    return {
        "recommendation": row,
        "text": adopted_text(row, language),
        "lang": language if any(text.language == language for text in row.adopted_texts.all()) else row.authentic_language,
        "text_number": format_adopted(public.shown_of(row).cover["recommendation_number"], language),
        "adopted_on": public.shown_of(row).adopted_on,
        "status_label": FollowUpStatus(row.status).label,
        "url": reverse("reports:public_recommendation", args=[language, row.uuid]),
        "standards": [one.standard for one in row.citations.all()],
        "addressees": [one.get_addressee_display() for one in row.addressees.all()],
    }


def _as_data(rows: Any, language: str) -> list[dict[str, Any]]:
    return [
        {
            "uuid": str(row.uuid),
            "country": row.country.code,
            "text_number": public.shown_of(row).cover["recommendation_number"],
            "paragraph": row.paragraph,
            "text": adopted_text(row, language),
            "texts": {text.language: text.text for text in row.adopted_texts.all()},
            "unchecked": [text.language for text in row.adopted_texts.all() if not text.was_checked],
            "adopted_on": public.shown_of(row).cover["adopted_on"] or None,
            "priority": row.priority,
            "action_type": row.action_type,
            "topic": row.topic.code if row.topic else None,
            "addressees": [one.addressee for one in row.addressees.all()],
            "standards": [one.standard_id for one in row.citations.all()],
            "status": row.status,
            "status_on": row.status_on.isoformat() if row.status_on else None,
            "url": settings.SCRUTIN_URL + reverse("reports:public_recommendation", args=[language, row.uuid]),
        }
        for row in rows
    ]


def _downloads_by_language(publication: Any) -> list[dict[str, Any]]:
    found = public.downloads_of(publication)
    names = dict(settings.LANGUAGES)
    return [
        {"language": code, "label": names.get(code, code), "files": [one for one in found if one.language == code]}
        for code in publication.languages
        if any(one.language == code for one in found)
    ]


def _query(request: HttpRequest) -> str:
    """The filters of this page, for links to its other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _cell(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
