"""What is nobody's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from core import views as desk
from core.middleware import COOKIE_FREE
from reports.views import public_base


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here: on the public site a page of it, which sets no cookie and knows no account; else the desk's."""
    if request.path.startswith(COOKIE_FREE):
        return public_base.page_not_found(request)
    return desk.page_not_found(request, exception)
