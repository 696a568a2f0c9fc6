"""Read-only facts that higher apps provide to lower pages.

    # reports/apps.py, in ready()
    provide("open_recommendations", open_recommendations_of)     # (country) -> list[dict]

Names in use: `open_recommendations` (country) -> [{number, title, status, adopted_on, url}]; `open_recommendation_counts` (keys of
countries) -> {key: n}; `delegation_size` (mission) -> int; `topics` () -> [(code, label)]; `outside_membership`
({(person pk, day)}) -> those of them on whose day the person, a member at some time, is none; `team_of` (person,
mission, day) -> team; `emergency_number` (mission) -> text; `team_events` (team uuid) -> {name, mission, stops: [{uuid,
title, starts_at, zone, place}]}, stops only once a deployment plan is released.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_facts: dict[str, Callable[..., Any]] = {}


def provide(name: str, answer: Callable[..., Any]) -> None:
    """Answer `ask(name, ...)` with `answer(...)`. The last one registered counts; safe to repeat."""
    _facts[name] = answer


def ask(name: str, *args: Any, default: Any = None) -> Any:
    """What the app that knows says; `default` where nobody knows."""
    answer = _facts.get(name)
    return default if answer is None else answer(*args)
