"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core import health


def house(request: HttpRequest) -> dict[str, Any]:
    """The demonstration mark, the languages, and on the desk the menu and the parts of the house that have gone silent.

    What only a desk's header shows is looked up where it is drawn: a fragment and a refusal ask for none of it.
    """
    menu = SimpleLazyObject(lambda: _menu_of(request))
    return {
        "is_demo": settings.SCRUTIN_DEMO,
        "site_languages": settings.LANGUAGES,
        "silent_parts": SimpleLazyObject(lambda: _silent_parts(request)),
        "desk_navigation": SimpleLazyObject(lambda: [entry for entry in menu if not entry["is_house"]]),
        "house_navigation": SimpleLazyObject(lambda: [entry for entry in menu if entry["is_house"]]),
    }


def _silent_parts(request: HttpRequest) -> list[str]:
    """Of the house, for whoever works at the desk; nobody else is told."""
    public = request.path.startswith(("/published/", "/link/"))
    return [] if public or not getattr(request, "user", None) or not request.user.is_authenticated else health.silent_parts()


def _menu_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The entries of the main menu for this reader; what keeps the house is marked."""
    from core.navigation import entries_for

    user = getattr(request, "user", None)
    return entries_for(user, request.path) if user is not None and user.is_authenticated else []
