"""What the pages of the public site share: caching, rendering without the request, files, cells of tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from core import clock
from core.enums import Language
from core.languages import own_name
from core.models import DocumentFile
from reports.models import Publication
from reports.services import public_cache

PER_PAGE = 25
MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
IMMUTABLE = "public, max-age=31536000, s-maxage=300, immutable"
"""Who has a file keeps it; caches that hand it on to others ask again after five minutes, so that nothing withdrawn stays in them."""
Page = Callable[..., HttpResponse]


def _state(request: HttpRequest) -> public_cache.State:
    if not hasattr(request, "public_state"):
        request.public_state = public_cache.State.now()  # type: ignore[attr-defined]
    return request.public_state  # type: ignore[attr-defined,no-any-return]


def _etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    return f'"{_state(request).fingerprint(request.get_full_path())}"'


def _last_modified(request: HttpRequest, *args: Any, **kwargs: Any) -> datetime | None:
    return _state(request).changed_at


def cacheable(view: Page) -> Page:
    """Answer 304 where nothing changed; let caches keep the page until the next publication, five minutes at most."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = conditional(request, *args, **kwargs)
        if response.status_code in {200, 304, 410} and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = f"public, max-age={public_cache.seconds_to_next_embargo()}"
        return response

    conditional = condition(etag_func=_etag, last_modified_func=_last_modified)(view)
    return answer


def page(template: str, language: str, context: dict[str, Any], request: HttpRequest, *, status: int = 200) -> HttpResponse:
    """A public page: rendered without the request; the same page in the other languages is linked."""
    match = request.resolver_match
    alternates = list(context.get("alternates", []))
    if not alternates and match is not None and "language" in match.kwargs:
        name = str(match.url_name).replace("public_host_", "public_")  # the same report in the languages of the site
        for code, label in settings.LANGUAGES:
            path = reverse(f"reports:{name}", kwargs={**match.kwargs, "language": code})
            query = request.GET.urlencode()
            alternates.append({"code": code, "label": label, "url": f"{path}?{query}" if query else path, "is_current": code == language})
    whole = context | {"language": language, "alternates": alternates, "site_url": settings.SCRUTIN_URL, "page_path": request.path}
    with timezone.override(clock.STRASBOURG):
        return HttpResponse(render_to_string(template, whole), status=status)


def language_links(publication: Publication, current: str, *, number: int | None = None) -> list[dict[str, Any]]:
    """A published report in each language in which it can be read: the site's own, then those of the host country."""
    plain, of_version = ("public_report", "public_version"), [publication.slug] if number is None else [publication.slug, number]
    found = [(code, str(label), plain[number is not None]) for code, label in settings.LANGUAGES]
    hosts = [code for code in publication.languages if code not in Language.values]
    found += [(code, own_name(code), ("public_host_report", "public_host_version")[number is not None]) for code in hosts]
    return [
        {"code": code, "label": label, "url": reverse(f"reports:{name}", args=[code, *of_version]), "is_current": code == current}
        for code, label, name in found
    ]


def query_of(request: HttpRequest) -> str:
    """The filters of this page, for links to its other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def wanted_of(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    """The filters that the address names, cut to what a filter can be."""
    return {name: request.GET.get(name, "").strip()[:80] for name in names}


def as_json(data: Any, *, status: int = 200) -> JsonResponse:
    """Data with its letters as they are."""
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


def send_drawn(request: HttpRequest, drawn: DocumentFile, name: str, *, since: datetime) -> HttpResponse | FileResponse:
    """A drawn file under its public name: it never changes. `since`: the instant from which the version is out."""

    def answer() -> FileResponse:
        response = FileResponse(drawn.file.open(), content_type=MIMES[drawn.format])
        response.headers["Content-Length"] = str(drawn.file.size)
        inline = drawn.format in {"pdf", "html"}
        response.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if drawn.format == "html":
            response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        return response

    return immutable(request, answer, etag=f'"{drawn.file.sha256}"', since=max(since, drawn.created_at))


def immutable(
    request: HttpRequest, answer: Callable[[], HttpResponse | FileResponse], *, etag: str, since: datetime
) -> HttpResponse | FileResponse:
    """What never changes: 304 for who has it, else `answer()`; with ETag, Last-Modified (`since`) and a year in the reader's own cache."""
    modified = int(since.timestamp())
    response: HttpResponse | FileResponse = get_conditional_response(request, etag=etag, last_modified=modified) or answer()
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified)
    response.headers["Cache-Control"] = IMMUTABLE
    return response


def page_not_found(request: HttpRequest) -> HttpResponse:
    """Nothing here for the public, in the language of the address. No cache keeps it: it may be there the next second."""
    language = get_language() or Language.EN
    response = page("reports/public_404.html", language, {}, request, status=404)
    response.headers["Cache-Control"] = "no-cache"
    return response


def cell(value: Any) -> str:
    """A value for a table; one that a spreadsheet would compute is quoted."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
