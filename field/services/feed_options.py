"""The query options of OData that the feed answers, and its filter language: comparisons joined by `and`, `or`, `not`, brackets.

What it does not know it refuses by name; nothing is left out in silence, or a program would show wrong rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import Invalid
from field.services import exports
from field.services.feed import BOOLEAN, DAY, FIXED_KINDS, GUID, INSTANT, SMALL, STRING

PAGE = 500
MOST = 2**31 - 1
LONGEST = 4000
DEEPEST = 20
ORDERS = dict(zip(exports.FIXED, exports.COLUMNS, strict=False))
SORTED = {"gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
PREFERENCE = re.compile(r"\s*(?:odata\.)?maxpagesize\s*=\s*\"?([0-9]{1,10})\"?\s*(?:;.*)?", re.IGNORECASE)
TOKEN = re.compile(r"\s*(\(|\)|'(?:[^']|'')*'|[^\s()']+)")


@dataclass(frozen=True)
class Options:
    """What was asked for. `top` is how many rows in all, None for every row; an empty `select` means every column; `most` is how
    many rows the client wants on a page, None where it does not mind."""

    top: int | None = None
    skip: int = 0
    count: bool = False
    filter: Q = field(default_factory=Q)
    order: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    most: int | None = None

    @property
    def page(self) -> int:
        """How many rows this answer may hold."""
        return min(size for size in (PAGE, self.top, self.most) if size is not None)


def page_size_preferred(header: str) -> int | None:
    """How many rows a page may hold by the header `Prefer: odata.maxpagesize=100` (in OData 4.01 `maxpagesize`), at most ours.

    None where it is not said. One that cannot be read or is 0 is passed over, as RFC 7240 wants it: the first that counts is heard.
    """
    sizes = (int(found[1]) for part in header.split(",") if (found := PREFERENCE.fullmatch(part)))
    return next((min(size, PAGE) for size in sizes if size), None)


def wrong(option: str, sentence: str) -> Invalid:
    """A refusal that names the option."""
    return Invalid(sentence, code="invalid", attr=option)


def options_of(query: Mapping[str, str]) -> Options:
    """The options of a query string. Raises Invalid, whose `attr` is the option at fault."""
    readers: dict[str, Callable[[Options, str], Options]] = {
        "$top": lambda options, text: replace(options, top=_number("$top", text)),
        "$skip": lambda options, text: replace(options, skip=_number("$skip", text)),
        "$count": _with_count,
        "$filter": lambda options, text: replace(options, filter=_Filter(text).read()),
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
            raise wrong(name, _("The option %(option)s is not known here. Known are: %(known)s.") % {"option": name, "known": known})
    return options


def _number(option: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()) or int(text) > MOST:
        raise wrong(option, _("%(option)s is a whole number from 0, not “%(value)s”.") % {"option": option, "value": text})
    return int(text)


def _with_count(options: Options, text: str) -> Options:
    if text not in {"true", "false"}:
        raise wrong("$count", _("$count is true or false, not “%(value)s”.") % {"value": text})
    return replace(options, count=text == "true")


def _with_format(options: Options, text: str) -> Options:
    if text.partition(";")[0].strip() not in {"json", "application/json"}:
        raise wrong("$format", _("Only $format=json is answered, not “%(value)s”.") % {"value": text})
    return options


def _order(text: str) -> tuple[str, ...]:
    order = []
    for part in text.split(","):
        name, *way = part.split() or [""]
        if name not in ORDERS or way not in ([], ["asc"], ["desc"]):
            sentence = _("“%(part)s” cannot be sorted by: write one of %(known)s, with asc or desc.")
            raise wrong("$orderby", sentence % {"part": part.strip(), "known": ", ".join(ORDERS)})
        order.append(("-" if way == ["desc"] else "") + ORDERS[name])
    return tuple(order)


class _Filter:
    """Reads `form eq 'B' and (day ge 2027-10-24 or not (team eq 'Team 1'))`; a quote in a text is written twice."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    def read(self) -> Q:
        """The whole text as a condition."""
        if len(self.text) > LONGEST:
            raise wrong("$filter", _("The condition is longer than %(most)s characters.") % {"most": LONGEST})
        wanted = self._or()
        if self._peek():
            raise wrong("$filter", _("Conditions are joined by “and” or “or”, not by “%(rest)s”.") % {"rest": self._rest()})
        return wanted

    def _rest(self) -> str:
        return self.text[self.at :].strip()

    def _peek(self) -> str:
        found = TOKEN.match(self.text, self.at)
        return found[1] if found else self._rest()

    def _take(self) -> str:
        found = TOKEN.match(self.text, self.at)
        if found is None:
            raise self._unreadable()
        self.at = found.end()
        return found[1]

    def _unreadable(self) -> Invalid:
        return wrong("$filter", _("“%(rest)s” cannot be read: write form eq 'B' and day eq 2027-10-24.") % {"rest": self._rest()})

    def _or(self) -> Q:
        wanted = self._and()
        while self._peek().lower() == "or":
            self._take()
            wanted |= self._and()
        return wanted

    def _and(self) -> Q:
        wanted = self._unit()
        while self._peek().lower() == "and":
            self._take()
            wanted &= self._unit()
        return wanted

    def _unit(self) -> Q:
        self.depth += 1
        if self.depth > DEEPEST:
            raise wrong("$filter", _("The condition has more than %(most)s brackets inside each other.") % {"most": DEEPEST})
        if self._peek().lower() == "not":
            self._take()
            wanted = ~self._unit()
        elif self._peek() == "(":
            self._take()
            wanted = self._or()
            if self._peek() != ")":
                raise self._unreadable()
            self._take()
        else:
            wanted = self._comparison()
        self.depth -= 1
        return wanted

    def _comparison(self) -> Q:
        start = self.at
        if not re.fullmatch(r"\w+", self._peek()):
            raise self._unreadable()
        name, operator, value = self._take(), self._peek() and self._take(), self._peek() and self._take()
        if not value or value in {"(", ")"}:
            self.at = start
            raise self._unreadable()
        if name not in ORDERS:
            sentence = _("“%(name)s” cannot be filtered by. Known are: %(known)s.")
            raise wrong("$filter", sentence % {"name": name, "known": ", ".join(ORDERS)})
        operator = operator.lower()
        is_sorted = FIXED_KINDS[name] in {DAY, INSTANT, SMALL} and value != "null"
        known = ["eq", "ne", *(SORTED if is_sorted else ())]
        if operator not in known:
            facts = {"name": name, "operator": operator, "known": ", ".join(known)}
            raise wrong("$filter", _("“%(name)s” cannot be compared by “%(operator)s”. Known are: %(known)s.") % facts)
        return _condition(name, operator, value)


def _condition(name: str, operator: str, value: str) -> Q:
    if operator in SORTED:
        return Q(**{f"{ORDERS[name]}__{SORTED[operator]}": _typed(name, value)})
    wanted = _equal(name, value)
    return wanted if operator == "eq" else ~wanted


def _equal(name: str, value: str) -> Q:
    column = ORDERS[name]
    if value == "null":
        return Q(**{f"{column}__isnull": True}) | (Q(**{column: ""}) if FIXED_KINDS[name] == STRING else Q())
    typed = _typed(name, value)
    if name == "team":  # as the column shows it: what was typed counts only where no team was found
        return Q(team__name=typed) | Q(team__isnull=True, team_label=typed)
    return Q(**{column: typed})


def _typed(name: str, value: str) -> Any:
    """A literal as the column's type. A text may stand without quotes, a day or a number within them."""
    if value.startswith("'"):
        value = value[1:-1].replace("''", "'")
    value = value.replace("\0", "")
    kind = FIXED_KINDS[name]
    try:
        if kind == DAY:
            return date.fromisoformat(value[:10])
        if kind == INSTANT:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError(value)
            return moment
        if kind == GUID:
            return UUID(value)
        if kind == SMALL:
            return max(-32768, min(int(value), 32767))
        if kind == BOOLEAN:
            return {"true": True, "false": False}[value]
    except (ValueError, KeyError):
        raise _unfit(name, value, kind) from None
    return value


def _unfit(name: str, value: str, kind: str) -> Invalid:
    facts = {"name": name, "value": value}
    sentences = {
        DAY: _("“%(value)s” is no day: write %(name)s eq 2027-10-24."),
        INSTANT: _("“%(value)s” is no instant: write %(name)s ge 2027-10-24T09:00:00Z."),
        GUID: _("“%(value)s” is no UUID."),
        SMALL: _("“%(value)s” is no whole number: write %(name)s eq 3."),
        BOOLEAN: _("“%(value)s” is neither true nor false."),
    }
    return wrong("$filter", sentences[kind] % facts)
