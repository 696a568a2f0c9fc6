"""What every API view shares: pages, rights, and refusals in one shape."""

from __future__ import annotations

from typing import Any

from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.openapi_serializers import ClientErrorEnum
from drf_standardized_errors.types import Error, ErrorResponse
from rest_framework import exceptions, serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.actors import Actor, user_actor
from core.errors import DomainError
from core.rights import allowed, is_open_to_devices


class Pages(PageNumberPagination):
    """`count/next/previous/results`; `page_size` up to 500."""

    page_size_query_param = "page_size"
    max_page_size = 500


class Refusal(exceptions.APIException):
    """A DomainError on its way to the client."""

    def __init__(self, refusal: DomainError) -> None:
        self.refusal = refusal
        self.status_code = refusal.status
        super().__init__(detail=str(refusal.sentence), code=refusal.code)


class RefusalErrorSerializer(serializers.Serializer):
    """One error of a refusal."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class RefusalSerializer(serializers.Serializer):
    """What a refusal looks like, for the schema: not now, or changed meanwhile."""

    type = serializers.ChoiceField(choices=ClientErrorEnum.choices)
    errors = RefusalErrorSerializer(many=True)


class RefusalHandler(ExceptionHandler):
    """Answers a DomainError with its status instead of 500."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Make a DomainError an API exception."""
        return Refusal(exc) if isinstance(exc, DomainError) else super().convert_known_exceptions(exc)


class RefusalFormatter(ExceptionFormatter):
    """`{type, errors: [{code, detail, attr}]}`: the refusal first, then one error for each thing that is missing."""

    def format_error_response(self, error_response: ErrorResponse) -> Any:
        """List a refusal with everything that stands in the way."""
        if isinstance(self.exc, Refusal):
            refusal = self.exc.refusal
            missing = [Error(code=item.code, detail=str(item.sentence), attr=item.url or None) for item in refusal.missing]
            error_response.errors = [Error(code=refusal.code, detail=str(refusal.sentence), attr=refusal.attr), *missing]
        return super().format_error_response(error_response)


class RightsPermission(BasePermission):
    """Asks `permission_map[action]` of the view: a permission name, or None where being signed in is enough.

    An action that the map does not name is refused. A phone is not somebody signed in: where the map says None, it may
    only what reading one such thing (`retrieve`) asks for, and only if that was opened to phones.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Signed in, and allowed the act as such where it is about no object."""
        if not request.user or not request.user.is_authenticated:
            return False
        action = getattr(view, "action", None) or (request.method or "").lower()
        if action in {"metadata", "options"} or request.method == "OPTIONS":
            return True
        if getattr(view, "action_map", None) is not None and not getattr(view, "action", None):
            return True  # a method this thing does not have: the handler answers 405
        if action not in view.permission_map:
            return False
        permission = view.permission_map[action]
        if permission is None and api_actor(request).kind == "device":
            return is_open_to_devices(view.permission_map.get("retrieve") or "")
        about_object = getattr(view, "detail", False)
        return permission is None or about_object or allowed(api_actor(request), permission)

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        """Allowed on this object."""
        action = getattr(view, "action", None) or (request.method or "").lower()
        permission = view.permission_map.get(action)
        return permission is None or allowed(api_actor(request), permission, obj)


def api_actor(request: Request) -> Actor:
    """The account behind the request as an actor; a phone's token acts as its device (`field` sets `request.auth.device`)."""
    return getattr(request, "device_actor", None) or user_actor(request.user)


def say_wall_times(result: Any, **_more: Any) -> Any:
    """For the schema: a local wall time (`09:00:00`) is no `time` of RFC 3339, which would carry an offset."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        for field in schema.get("properties", {}).values():
            if field.get("format") == "time":
                del field["format"]
                field["pattern"] = r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"
    return result


STORAGE_LIMITS = {sign * 2**bits for sign in (1, -1) for bits in (15, 31, 63)}


def leave_out_storage_limits(result: Any, **_more: Any) -> Any:
    """For the schema: how wide a database stores a whole number is no promise of ours, and each database has another width."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        for field in schema.get("properties", {}).values():
            if field.get("maximum", 0) + 1 in STORAGE_LIMITS:
                del field["maximum"]
                field.pop("format", None)
            if field.get("minimum") in STORAGE_LIMITS:
                del field["minimum"]
    return result
