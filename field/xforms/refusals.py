"""Why a file is no usable form: refusals that name sheet, row, column and what would be right."""

from __future__ import annotations

from typing import Any


class FormRefused(ValueError):
    """A file that is no usable form; `rows` are refusals `{sheet, row, column, why}`."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        super().__init__("; ".join(row["why"] for row in rows))
        self.rows = list(rows)


def refusal(why: str, *, sheet: str = "", row: int | None = None, column: str = "") -> dict[str, Any]:
    """One reason."""
    return {"sheet": sheet, "row": row, "column": column, "why": why}
