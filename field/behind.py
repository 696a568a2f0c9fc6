"""The records behind a figure: what `figures()` counted can be opened, one by one.

Every figure that a page prints has an address here; a test opens each and counts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.fields.json import KeyTransform

from field.counted import Filters
from field.figures import REACHABLE, UNCOUNTED, USABLE, counted
from missions.models import Mission

ANY = "*"
ACCESS, WOMEN, ALL = "access", "women", "all"


@dataclass(frozen=True)
class Figure:
    """Which figure. `code` alone: the records whose answer to that question raised a flag; with `value` those that gave one of
    these answers (several joined by a comma, `*` any). `kind`: `all` that was counted, `access`, or `women` among board members.
    """

    code: str = ""
    value: str = ""
    kind: str = ""
    stage: str = ""

    def __bool__(self) -> bool:
        return bool(self.code or self.kind or self.stage)


def records_behind(mission: Mission, figure: Figure, filters: Filters | None = None) -> Any:
    """The observations that a figure counts, with the filters of the page that printed it."""
    rows = counted(mission, filters or Filters())
    if figure.stage:
        rows = rows.filter(form__stage=figure.stage)
    if figure.kind == ACCESS:
        return _accessible(rows)
    if figure.kind == WOMEN:
        return rows.filter(pk__in=_with_members(rows))
    if figure.code:
        return _given(rows, figure.code, figure.value.split(",")) if figure.value else _flagged(rows, figure.code)
    return rows


def _flagged(rows: Any, code: str) -> Any:
    """A flag counts only where its answer does."""
    rows = rows.filter(flags__has_key=code, answers__has_key=code).alias(given=KeyTransform(code, "answers"))
    return rows.exclude(given__in=UNCOUNTED)


def _given(rows: Any, code: str, values: Collection[str]) -> Any:
    rows = rows.filter(answers__has_key=code)
    if ANY in values:
        return rows
    wanted = Q()
    for value in values:
        # The code comes from an address: it is a key here and never part of a look-up's name.
        several = {"given__contains": [value]} if connection.vendor == "postgresql" else {"given__icontains": f'"{value}"'}
        wanted |= Q(given=value) | Q(**several)
    return rows.alias(given=KeyTransform(code, "answers")).filter(wanted)


def _accessible(rows: Any) -> Any:
    wanted = Q()
    for reach, use in zip(REACHABLE, USABLE, strict=True):
        wanted |= Q(**{f"answers__{reach}": "unaided", f"answers__{use}": "yes"})
    return rows.filter(wanted)


def _with_members(rows: Any) -> list[int]:
    """Where the number of members, and of women among them, is known and possible."""
    known = rows.filter(answers__has_keys=["H11", "H12"]).values_list("pk", "answers__H11", "answers__H12")
    return [pk for pk, members, women in known if isinstance(members, int) and isinstance(women, int) and 0 <= women <= members > 0]
