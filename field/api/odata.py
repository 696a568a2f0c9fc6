"""Observations page by page for Excel and Power BI: an OData 4 service of one table. The door only reads.

Who asks is known by the house's own ways, or by a key of the feed sent as the password of basic authentication.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.models import SecureLink
from core import audit
from core.api import RefusalSerializer, api_actor
from core.rights import allowed
from field.services import exports, feed, feed_options
from field.services.feed import Column
from field.services.feed_options import Options, options_of, page_size_preferred, wrong
from missions.models import Mission

JSON = "application/json;odata.metadata=minimal"
VERSION = {"OData-Version": "4.0"}


class FeedKeyAuthentication(BaseAuthentication):
    """`Authorization: Basic …` with a key of the feed as password; the user name is ignored. Anything else is left to the others."""

    def authenticate(self, request: Request) -> tuple[Any, SecureLink] | None:
        """The account that made the key, and the key."""
        kind, _space, value = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            key = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2].strip()
        except (binascii.Error, UnicodeDecodeError):
            key = ""
        held = feed.holder_of(key)
        if held is None:
            raise AuthenticationFailed(_("This key is not known or has ended. Make a new one on the page of the records."))
        return held

    def authenticate_header(self, request: Request) -> str:
        """Answer 401 in such a way that Excel and Power BI ask for the key."""
        return 'Basic realm="Scrutin", charset="UTF-8"'


def keep_dollar_signs(result: Any, **_more: Any) -> Any:
    """For the OpenAPI schema: the addresses of OData as they are; its generator takes the dollar for the end of a pattern."""
    names = {"/odata/metadata": "/odata/$metadata", "/odata/observations/count": "/odata/observations/$count"}
    for path in list(result["paths"]):
        for plain, named in names.items():
            if path.endswith(plain):
                result["paths"][path.removesuffix(plain) + named] = result["paths"].pop(path)
    return result


class FeedKeyScheme(OpenApiAuthenticationExtension):
    """For the OpenAPI schema."""

    target_class = "field.api.odata.FeedKeyAuthentication"
    name = "feedKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Basic authentication."""
        return {"type": "http", "scheme": "basic", "description": "A key of the feed as password; any user name."}


class OneWay(BaseContentNegotiation):
    """Each address has one kind of answer, whatever the client says that it accepts: its list names kinds of years ago first."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Nothing is sent here."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """JSON."""
        return renderers[0], renderers[0].media_type


class FeedView(APIView):
    """What the addresses of the feed share: who may, and the mission."""

    authentication_classes = [FeedKeyAuthentication, *api_settings.DEFAULT_AUTHENTICATION_CLASSES]
    content_negotiation_class = OneWay

    def mission_of(self, request: Request, reference: str) -> Mission:
        """The mission, if its rows may be taken out. A key opens the one it was made for."""
        mission = Mission.objects.visible_to(request.user).filter(reference=reference).first()
        if mission is None or (isinstance(request.auth, SecureLink) and request.auth.subject_uuid != mission.uuid):
            raise Http404
        if not allowed(api_actor(request), "field.export_observation", mission):
            raise PermissionDenied
        return mission

    def table(self, mission: Mission) -> exports.Table:
        """The table of all that counts: its columns are the same for every request."""
        return exports.table_of(exports.exportable(mission), language=get_language() or "en")

    def root(self, request: Request, reference: str) -> str:
        """The address of the service."""
        return request.build_absolute_uri(reverse("mission-feed", args=[reference]))


class FeedServiceView(FeedView):
    """The service document: what Excel and Power BI are given the address of."""

    @extend_schema(
        operation_id="mission_feed_service",
        responses={
            200: inline_serializer(
                "FeedService",
                {"@odata.context": serializers.URLField(), "value": serializers.ListField(child=serializers.DictField())},
            )
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        """The one table."""
        self.mission_of(request, reference)
        table = {"name": feed.SET, "kind": "EntitySet", "url": feed.SET}
        body = {"@odata.context": f"{self.root(request, reference)}$metadata", "value": [table]}
        return Response(body, content_type=JSON, headers=VERSION)


class FeedMetadataView(FeedView):
    """Names and types of the columns, with the wording of the questions."""

    @extend_schema(operation_id="mission_feed_metadata", responses={(200, "application/xml"): OpenApiTypes.STR})
    def get(self, request: Request, reference: str) -> HttpResponse:
        """CSDL in XML."""
        columns = feed.columns_of(self.table(self.mission_of(request, reference)))
        body = feed.metadata(columns, filterable=feed_options.ORDERS)
        return HttpResponse(body, content_type="application/xml", headers=VERSION)


class FeedCountView(FeedView):
    """How many rows fit, as a plain number."""

    @extend_schema(
        operation_id="mission_feed_count",
        parameters=[OpenApiParameter("$filter", str, description="as for the rows")],
        responses={(200, "text/plain"): OpenApiTypes.STR, 400: RefusalSerializer},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Count."""
        mission = self.mission_of(request, reference)
        count = exports.exportable(mission).filter(options_of(request.query_params).filter).count()
        return HttpResponse(str(count), content_type="text/plain; charset=utf-8", headers=VERSION)


def _option(name: str, kind: type, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=text)


class ObservationFeedView(FeedView):
    """What counts of a mission's observations, one flat row each, in pages of 500, or as few as are preferred, that name the next."""

    @extend_schema(
        operation_id="mission_observations_feed",
        parameters=[
            _option("$top", int, "how many rows in all"),
            _option("$skip", int, "how many rows to pass over"),
            _option("$count", bool, "also say how many rows fit"),
            _option("$filter", str, "columns that are no questions: form eq 'B' and (day ge 2027-10-24 or severity eq 3)"),
            _option("$orderby", str, "columns that are no questions, each with asc or desc: received_at desc, form"),
            _option("$select", str, "names of columns"),
            OpenApiParameter("Prefer", str, OpenApiParameter.HEADER, description="odata.maxpagesize=100: how many rows a page may hold"),
        ],
        responses={
            200: inline_serializer(
                "ObservationFeed",
                {
                    "@odata.context": serializers.URLField(),
                    "@odata.count": serializers.IntegerField(required=False),
                    "value": serializers.ListField(child=serializers.DictField()),
                    "@odata.nextLink": serializers.URLField(required=False),
                },
            ),
            400: RefusalSerializer,
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        """One page; the columns are the same on every page."""
        mission = self.mission_of(request, reference)
        most = page_size_preferred(request.headers.get("Prefer", ""))
        options = replace(options_of(request.query_params), most=most)
        table = self.table(mission)
        columns = _chosen(feed.columns_of(table), options.select)
        wanted = exports.exportable(mission).filter(options.filter)
        ordered = wanted.order_by(*options.order, "pk").values_list(*exports.COLUMNS)
        found = list(ordered[options.skip : options.skip + options.page + 1])
        shape = f"({','.join(column.name for column in columns)})" if options.select else ""
        body: dict[str, Any] = {"@odata.context": f"{self.root(request, reference)}$metadata#{feed.SET}{shape}"}
        if options.count:
            body["@odata.count"] = wanted.count()
        rows = (table.row(values, lambda cell: cell) for values in found[: options.page])
        body["value"] = [{column.name: column.value(row[column.at]) for column in columns} for row in rows]
        if len(found) > options.page and (options.top is None or options.top > options.page):
            body["@odata.nextLink"] = _next(request, options)
        if not options.skip:
            audit.record(api_actor(request), "field.observations_exported", mission, data={"kind": "odata"})
        heard = {"Preference-Applied": f"odata.maxpagesize={most}"} if most is not None else {}
        return Response(body, content_type=JSON, headers=VERSION | heard | {"Vary": "Prefer"})


@extend_schema(exclude=True)
class SlashedFeedView(ObservationFeedView):
    """The same at the address that ends in a slash."""


def _chosen(columns: list[Column], select: tuple[str, ...]) -> list[Column]:
    """The columns asked for, in the order of the table."""
    names = [column.name for column in columns]
    for name in select:
        if name not in names and name != "*":
            near = get_close_matches(name, names, n=1)
            sentence = _("There is no column “%(name)s”.") % {"name": name}
            raise wrong("$select", sentence + (" " + _("Is “%(near)s” meant?") % {"near": near[0]} if near else ""))
    return columns if not select or "*" in select else [column for column in columns if column.name in select]


def _next(request: Request, options: Options) -> str:
    query = request.query_params.dict() | {"$skip": str(options.skip + options.page)}
    if options.top is not None:
        query["$top"] = str(options.top - options.page)
    return request.build_absolute_uri(f"{request.path}?{urlencode(query, safe='$')}")
