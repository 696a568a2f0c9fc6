"""The reader's language, and refusals shown as sentences."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from core.clock import STRASBOURG
from core.errors import DomainError

Handler = Callable[[HttpRequest], HttpResponse]
COOKIE_FREE = "/published/"
IN_UTC = ("/api/", "/openrosa/", "/calendar/", "/healthz", "/readyz", "/metrics")
CODES = {code for code, _name in settings.LANGUAGES}


class LanguageMiddleware:
    """Sets the language: the cookie of the language switch, else the browser's wish; public pages have it in their path."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's language."""
        language = self._from_path(request.path) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in CODES:
            language = get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        if not request.path.startswith(COOKIE_FREE):
            patch_vary_headers(response, ("Accept-Language",))
        return response

    @staticmethod
    def _from_path(path: str) -> str:
        return path[len(COOKIE_FREE) :].split("/", 1)[0] if path.startswith(COOKIE_FREE) else ""


class ZoneMiddleware:
    """Shows instants on the desk in the reader's own time zone; public pages and strangers read Strasbourg time.

    The API and the phones' doors stay in UTC.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's zone."""
        if request.path.startswith(IN_UTC):
            return self.get_response(request)
        with timezone.override(ZoneInfo(self._zone_of(request))):
            return self.get_response(request)

    @staticmethod
    def _zone_of(request: HttpRequest) -> str:
        if request.path.startswith(COOKIE_FREE) or not request.user.is_authenticated:
            return STRASBOURG
        return getattr(getattr(request.user, "person", None), "zone", "") or STRASBOURG


class RefusalMiddleware:
    """Turns a DomainError raised by a page into its sentence: back to the page it came from, or a page of its own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the work is in `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show a refusal; anything else is not ours."""
        if not isinstance(error, DomainError) or request.path.startswith("/api/"):
            return None
        if request.headers.get("HX-Request"):
            return render(request, "core/refusal_fragment.html", {"refusal": error}, status=error.status)
        back = self._page_before(request)
        if request.method == "POST" and back and not error.missing and error.status != 410:
            messages.error(request, str(error.sentence))
            return HttpResponseRedirect(back)
        return render(request, "core/refusal.html", {"refusal": error, "back": back}, status=error.status)

    @staticmethod
    def _page_before(request: HttpRequest) -> str:
        """The path of the page the reader came from, if it is ours and signed in; else an empty string."""
        referer = urlsplit(request.headers.get("Referer", ""))
        if referer.netloc != request.get_host() or not referer.path.startswith("/"):
            return ""
        return referer.path + (f"?{referer.query}" if referer.query else "")
