"""The short chain of middleware for doors of machines, which know no session, no page and no reader's time zone.

A phone's form costs a few milliseconds; a third of them went into nineteen steps that are for people in front of pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import NONE
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from django_prometheus.middleware import PrometheusAfterMiddleware

Handler = Callable[[HttpRequest], Any]
# What a door gives is for a program: opened in a browser, it may run and load nothing.
POLICY = build_policy(config={"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": True})


class ShortChain:
    """Answers addresses under `settings.DOORS` by `settings.DOOR_MIDDLEWARE` alone; all others go on. Stands first.

    An address that is none there goes on too, to the page that says so.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.metrics = PrometheusAfterMiddleware(self._view)
        step: Handler = convert_exception_to_response(self.metrics)
        for name in reversed(settings.DOOR_MIDDLEWARE):
            step = convert_exception_to_response(import_string(name)(step))
        self.door = step

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer by the chain that the address asks for."""
        if not request.path_info.startswith(settings.DOORS):
            return self.get_response(request)
        try:
            request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        response = self.door(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Frame-Options"] = "DENY"
        return response

    def _view(self, request: HttpRequest) -> HttpResponse:
        match: Any = request.resolver_match
        self.metrics.process_view(request, match.func)
        try:
            return match.func(request, *match.args, **match.kwargs)
        except Exception as error:
            self.metrics.process_exception(request, error)
            raise
