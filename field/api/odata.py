"""Observations page by page for Excel and Power BI: the query options of OData that such programs and their users write.

Rows are flat and have the columns of the downloads (`A06/none` is called `A06_none` here). The door only reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import audit
from core.api import RefusalSerializer, api_actor
from core.errors import Invalid
from core.rights import allowed
from field.services import exports
from missions.models import Mission

PAGE = 500
MOST = 2**31 - 1
ORDERS = dict(zip(exports.FIXED, exports.COLUMNS, strict=False))
CLAUSE = re.compile(r"\s*(\w+)\s+(\w+)\s+('(?:[^']|'')*'|[^\s']+)\s*")
AND = re.compile(r"and\s", re.IGNORECASE)


def _same(lookup: str) -> Callable[[str], Q]:
    return lambda value: Q(**{lookup: value})


def _team(value: str) -> Q:
    """The team by its name, as the column shows it: what was typed counts only where no team was found."""
    return Q(team__name=value) | Q(team__isnull=True, team_label=value)


def _day(value: str) -> Q:
    try:
        return Q(day=date.fromisoformat(value))
    except ValueError:
        raise _wrong("$filter", _("“%(value)s” is no day: write day eq 2027-10-24.") % {"value": value}) from None


FILTERS: dict[str, Callable[[str], Q]] = {
    "form": _same("form__code"),
    "station": _same("station__code"),
    "team": _team,
    "day": _day,
}


@dataclass(frozen=True)
class Options:
    """What was asked for. `top` is how many rows in all, None for every row; an empty `select` means every column."""

    top: int | None = None
    skip: int = 0
    count: bool = False
    filter: Q = field(default_factory=Q)
    order: tuple[str, ...] = ()
    select: tuple[str, ...] = ()

    @property
    def page(self) -> int:
        """How many rows this answer may hold."""
        return PAGE if self.top is None else min(self.top, PAGE)


def _wrong(option: str, sentence: str) -> Invalid:
    return Invalid(sentence, code="invalid", attr=option)


def options_of(query: Mapping[str, str]) -> Options:
    """The options of a query string. Raises Invalid, whose `attr` is the option at fault."""
    readers: dict[str, Callable[[Options, str], Options]] = {
        "$top": lambda options, text: replace(options, top=_number("$top", text)),
        "$skip": lambda options, text: replace(options, skip=_number("$skip", text)),
        "$count": _with_count,
        "$filter": lambda options, text: replace(options, filter=_filter(text)),
        "$orderby": lambda options, text: replace(options, order=_order(text)),
        "$select": lambda options, text: replace(options, select=tuple(name.strip() for name in text.split(",") if name.strip())),
        "$format": _with_format,
    }
    options = Options()
    for name in query:
        if name in readers:
            options = readers[name](options, query[name])
        elif name.startswith("$"):
            known = ", ".join(readers)
            raise _wrong(name, _("The option %(option)s is not known here. Known are: %(known)s.") % {"option": name, "known": known})
    return options


def _number(option: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()) or int(text) > MOST:
        raise _wrong(option, _("%(option)s is a whole number from 0, not “%(value)s”.") % {"option": option, "value": text})
    return int(text)


def _with_count(options: Options, text: str) -> Options:
    if text not in {"true", "false"}:
        raise _wrong("$count", _("$count is true or false, not “%(value)s”.") % {"value": text})
    return replace(options, count=text == "true")


def _with_format(options: Options, text: str) -> Options:
    if text not in {"json", "application/json"}:
        raise _wrong("$format", _("Only $format=json is answered, not “%(value)s”.") % {"value": text})
    return options


def _filter(text: str) -> Q:
    """`form eq 'B' and day eq 2027-10-24`: equality only, joined by `and`; a quote in a text is written twice."""
    wanted, at = Q(), 0
    while True:
        found = CLAUSE.match(text, at)
        if found is None:
            sentence = _("“%(rest)s” cannot be read: write form eq 'B' and day eq 2027-10-24.")
            raise _wrong("$filter", sentence % {"rest": text[at:].strip()})
        name, operator, value = found.groups()
        if name not in FILTERS:
            sentence = _("“%(name)s” cannot be filtered by. Known are: %(known)s.")
            raise _wrong("$filter", sentence % {"name": name, "known": ", ".join(FILTERS)})
        if operator.lower() != "eq":
            raise _wrong("$filter", _("“%(operator)s” is not known here, only eq.") % {"operator": operator})
        if value.startswith("'"):
            value = value[1:-1].replace("''", "'")
        wanted &= FILTERS[name](value.replace("\0", ""))
        at = found.end()
        if at >= len(text):
            return wanted
        joined = AND.match(text, at)
        if joined is None:
            raise _wrong("$filter", _("Conditions are joined by “and”, not by “%(rest)s”.") % {"rest": text[at:].strip()})
        at = joined.end()


def _order(text: str) -> tuple[str, ...]:
    order = []
    for part in text.split(","):
        name, *way = part.split() or [""]
        if name not in ORDERS or way not in ([], ["asc"], ["desc"]):
            sentence = _("“%(part)s” cannot be sorted by: write one of %(known)s, with asc or desc.")
            raise _wrong("$orderby", sentence % {"part": part.strip(), "known": ", ".join(ORDERS)})
        order.append(("-" if way == ["desc"] else "") + ORDERS[name])
    return tuple(order)


def _cell(value: Any) -> Any:
    """JSON knows numbers, texts and nothing; a text is never a formula there."""
    return None if value == "" else value


def _columns(table: exports.Table, select: tuple[str, ...]) -> list[tuple[int, str]]:
    """The places and names of the columns asked for, in the order of the table."""
    names = [head.replace("/", "_") for head in table.heads]
    for name in select:
        if name not in names and name != "*":
            near = get_close_matches(name, names, n=1)
            sentence = _("There is no column “%(name)s”.") % {"name": name}
            raise _wrong("$select", sentence + (" " + _("Is “%(near)s” meant?") % {"near": near[0]} if near else ""))
    chosen = set(names if not select or "*" in select else select)
    return [(at, name) for at, name in enumerate(names) if name in chosen]


def _option(name: str, kind: type, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=text)


class ObservationFeedView(APIView):
    """What counts of a mission's observations, one flat row each, in pages of 500 that name the next."""

    @extend_schema(
        operation_id="mission_observations_feed",
        parameters=[
            _option("$top", int, "how many rows in all"),
            _option("$skip", int, "how many rows to pass over"),
            _option("$count", bool, "also say how many rows fit"),
            _option("$filter", str, "equality of form, station (code), team (name), day, joined by and: form eq 'B' and day eq 2027-10-24"),
            _option("$orderby", str, "columns that are no questions, each with asc or desc: received_at desc, form"),
            _option("$select", str, "names of columns"),
        ],
        responses={
            200: inline_serializer(
                "ObservationFeed",
                {
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
        mission = Mission.objects.visible_to(request.user).filter(reference=reference).first()
        if mission is None:
            raise Http404
        actor = api_actor(request)
        if not allowed(actor, "field.export_observation", mission):
            raise PermissionDenied
        options = options_of(request.query_params)
        wanted = exports.exportable(mission).filter(options.filter)
        table = exports.table_of(wanted)
        columns = _columns(table, options.select)
        ordered = wanted.order_by(*options.order, "pk").values_list(*exports.COLUMNS)
        found = list(ordered[options.skip : options.skip + options.page + 1])
        body: dict[str, Any] = {"@odata.count": wanted.count()} if options.count else {}
        rows = (table.row(values, _cell) for values in found[: options.page])
        body["value"] = [{name: _cell(row[at]) for at, name in columns} for row in rows]
        if len(found) > options.page and (options.top is None or options.top > options.page):
            body["@odata.nextLink"] = _next(request, options)
        if not options.skip:
            audit.record(actor, "field.observations_exported", mission, data={"kind": "odata"})
        return Response(body)


def _next(request: Request, options: Options) -> str:
    query = request.query_params.dict() | {"$skip": str(options.skip + options.page)}
    if options.top is not None:
        query["$top"] = str(options.top - options.page)
    return request.build_absolute_uri(f"{request.path}?{urlencode(query, safe='$')}")
