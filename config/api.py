"""The API's router: each app registers its view sets in `api/urls.py`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver
from rest_framework.routers import DefaultRouter

APPS = ["accounts", "missions", "observers", "field", "reports"]


def urlpatterns_v1() -> list[URLPattern | URLResolver]:
    """Everything under `/api/v1/`."""
    router = DefaultRouter()
    router.include_format_suffixes = False
    extra: list[URLPattern | URLResolver] = []
    for name in APPS:
        if not find_spec(f"{name}.api") or not find_spec(f"{name}.api.urls"):
            continue
        module = import_module(f"{name}.api.urls")
        module.register(router)
        extra += getattr(module, "urlpatterns", [])
    return [*extra, *router.urls]
