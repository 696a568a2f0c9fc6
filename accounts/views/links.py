"""The door of every secure link."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.services.links import open_link, purposes


@require_GET
def follow(request: HttpRequest, token: str) -> HttpResponseRedirect:
    """Go to the page of the link's purpose, in the link's language unless the reader has chosen one."""
    link, _actor, _subject = open_link(token)
    response = HttpResponseRedirect(reverse(purposes[link.purpose].view_name, args=[token]))
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, link.language, max_age=30 * 86400, samesite="Lax", httponly=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
