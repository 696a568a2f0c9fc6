"""Statuses of public recommendations over the years, and how texts of different missions hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from core import clock
from reports.enums import FollowUpStatus
from reports.models import FollowUp, Recommendation, RecommendationRelation
from reports.services.public import days_of_adoption


def status_by_year(rows: QuerySet[Recommendation]) -> dict[str, Any] | None:
    """How many of `rows` had each status at the end of each year, from the first adoption to today; None without rows.

    Returns `{labels, rows: [{year, total, cells: [(label, n)]}]}` with the statuses that occur. Three queries at most.
    The day of adoption is the one that the public reads: a correction under embargo moves nothing yet.
    """
    days, adopted = days_of_adoption(), {}
    for key, report, past_day in rows.order_by().values_list("pk", "report", "past_text__adopted_on"):
        if past_day or report in days:
            adopted[key] = past_day or days[report]
    if not adopted:
        return None
    assessed: dict[int, list[tuple[Any, str]]] = {}
    found = FollowUp.objects.standing().filter(recommendation__in=list(adopted)).order_by("assessed_on", "created_at", "pk")
    for key, day, status in found.values_list("recommendation", "assessed_on", "status"):
        assessed.setdefault(key, []).append((day, status))
    first, last = min(day.year for day in adopted.values()), clock.today().year
    counts: dict[int, Counter[str]] = {}
    for year in range(first, last + 1):
        alive = [key for key, day in adopted.items() if day.year <= year]
        counts[year] = Counter(_status_at(assessed.get(key, []), year) for key in alive)
    used = [(value, label) for value, label in FollowUpStatus.choices if any(count[value] for count in counts.values())]
    return {
        "labels": [label for _value, label in used],
        "rows": [
            {"year": year, "total": sum(count.values()), "cells": [(label, count[value]) for value, label in used]}
            for year, count in counts.items()
        ],
    }


def related_to(rows: Iterable[Recommendation], known: Any) -> list[tuple[Recommendation, str, int]]:
    """Recommendations of other missions that those of one report repeat, widen or replace, or that do so with them later.

    `known`: keys of public recommendations. Returns (own, relation in words, key of the other).
    """
    own = {row.pk: row for row in rows}
    found = RecommendationRelation.objects.filter(recommendation__in=list(own)).values_list("recommendation", "relation", "earlier")
    links = [(own[key], relation, other) for key, relation, other in found]
    later = RecommendationRelation.objects.filter(earlier__in=list(own)).values_list("earlier", "relation", "recommendation")
    links += [(own[key], f"later_{relation}", other) for key, relation, other in later]
    public = set(known.filter(pk__in=[other for _row, _relation, other in links]).values_list("pk", flat=True))
    return [link for link in links if link[2] in public]


def _status_at(history: list[tuple[Any, str]], year: int) -> str:
    before = [status for day, status in history if day.year <= year]
    return before[-1] if before else FollowUpStatus.NOT_ASSESSED.value
