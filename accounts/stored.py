"""What is stored about a person, across all apps: each registers what it holds, so that it can be shown and handed out.

    # observers/apps.py, in ready()
    stored.register(30, "memberships", _("Memberships"), stored_rows.memberships, models=("observers.Membership",))

`rows(person)` gives plain rows (field to value); `models` names the tables they come from. A test walks every table that refers to
a person or an account and fails where none is named: nothing about a person can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

Rows = Callable[[Any], Iterable[dict[str, Any]]]


@dataclass(frozen=True)
class Section:
    """One kind of data about a person."""

    order: int
    code: str
    title: Any
    rows: Rows
    models: tuple[str, ...]


_sections: dict[str, Section] = {}


def register(order: int, code: str, title: Any, rows: Rows, *, models: tuple[str, ...]) -> None:
    """Add what an app holds. Safe to repeat."""
    _sections[code] = Section(order, code, title, rows, models)


def sections() -> list[Section]:
    """Those registered, in their order."""
    return sorted(_sections.values(), key=lambda section: section.order)


def known_models() -> set[str]:
    """Every table that some section names."""
    return {label for section in _sections.values() for label in section.models}


def stored_about(person: Any) -> list[dict[str, Any]]:
    """Everything: `[{code, title, rows}]`, the rows as JSON takes them."""
    return [
        {"code": section.code, "title": str(section.title), "rows": [_plain(row) for row in section.rows(person)]} for section in sections()
    ]


def values(rows: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    """Rows of a table as plain rows; `a__b` follows a relation, and what is not there is None."""
    return [{name: _follow(row, name) for name in names} for row in rows]


def _follow(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part, None)
    return row


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in row.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
