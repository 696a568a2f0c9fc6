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
from django.utils.http import content_disposition_header
from django.views.decorators.http import condition, require_safe

from core import clock
from core.models import DocumentFile
from reports.services import public

PER_PAGE = 25
MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
IMMUTABLE = "public, max-age=31536000, immutable"
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


def page(template: str, language: str, context: dict[str, Any], request: HttpRequest, *, status: int = 200) -> HttpResponse:
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


def send_drawn(request: HttpRequest, drawn: DocumentFile, name: str) -> HttpResponse | FileResponse:
    """A drawn file under its public name: it never changes, so caches may keep it."""
    etag = f'"{drawn.file.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse | FileResponse = HttpResponse(status=304)
    else:
        response = FileResponse(drawn.file.open(), content_type=MIMES[drawn.format])
        response.headers["Content-Length"] = str(drawn.file.size)
        inline = drawn.format in {"pdf", "html"}
        response.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = IMMUTABLE
    response.headers["X-Content-Type-Options"] = "nosniff"
    if drawn.format == "html":
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    return response


def cell(value: Any) -> str:
    """A value for a table; one that a spreadsheet would compute is quoted."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
