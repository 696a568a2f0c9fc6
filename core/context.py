"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import health


def house(request: HttpRequest) -> dict[str, Any]:
    """The demonstration mark, the languages, and on the desk the parts of the house that have gone silent."""
    public = request.path.startswith(("/published/", "/link/"))
    silent = [] if public or not getattr(request, "user", None) or not request.user.is_authenticated else health.silent_parts()
    return {
        "is_demo": settings.SCRUTIN_DEMO,
        "site_languages": settings.LANGUAGES,
        "silent_parts": silent,
        **navigation_for(request),
    }


def navigation_for(request: HttpRequest) -> dict[str, Any]:
    """The desk's main menu for this reader, and apart from it what keeps the house."""
    from core.navigation import entries_for

    user = getattr(request, "user", None)
    entries = entries_for(user, request.path) if user is not None and user.is_authenticated else []
    return {
        "desk_navigation": [entry for entry in entries if not entry["is_house"]],
        "house_navigation": [entry for entry in entries if entry["is_house"]],
    }
