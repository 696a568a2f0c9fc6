"""Which column of a file holds which question, and what a row says: nothing overwrites anything, a contradiction is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from field.services.import_files import Table

IDENTITIES = ("instanceid", "_uuid", "key", "uuid", "meta/instanceid", "meta-instanceid")
STARTS, ENDS = ("start", "started_at"), ("end", "finished_at")
STATES = ("_validation_status", "__system/reviewstate", "reviewstate", "__system-reviewstate")
TICKED = {"1", "true", "yes", "1.0"}
NUMBERED = re.compile(r"(?:.*[/.\-:])?(\w+)\[(\d+)\][/.\-:](.+)")


@dataclass
class Row:
    """What one row says: answers by code, the columns about the record, and in which column each stands."""

    answers: dict[str, Any] = field(default_factory=dict)
    special: dict[str, str] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)

    def first(self, names: Iterable[str]) -> tuple[str, str]:
        """(text, heading) of the first of these columns that is filled."""
        return next(((self.special[name], self.heads[f"@{name}"]) for name in names if self.special.get(name)), ("", ""))


class Contradiction(Exception):
    """Two columns of a row hold one question and say different things."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


class Columns:
    """The columns of one table for some questions of a form.

    Headings may carry groups (`section/A01`, `section-A01`, `section.A01`); `mapping` says `column=code` for others.
    Split choices (`A06/none` beside `A06`) are left out where the joined column is filled, else put together.
    """

    def __init__(self, table: Table, questions: Iterable[dict[str, Any]], mapping: Mapping[str, str]) -> None:
        questions = list(questions)
        self.heads = table.heads
        self.codes = {question["code"] for question in questions}
        self.multis = {
            question["code"]: {option["name"] for option in question.get("options", [])}
            for question in questions
            if question["kind"] == "multi"
        }
        self.found = {at: code for at, head in enumerate(table.heads) if (code := self._code(head, mapping))}

    @property
    def has_questions(self) -> bool:
        """A question of the form has a column."""
        return any(not code.startswith("@") for code in self.found.values())

    def _code(self, head: str, mapping: Mapping[str, str]) -> str:
        if head in mapping:
            return mapping[head] if mapping[head] in self.codes else ""
        plain = head.strip().lower()
        if plain in (*IDENTITIES, *STARTS, *ENDS, *STATES):
            return f"@{plain}"
        parts = re.split(r"[/.]", head)
        if len(parts) > 1 and parts[-1] in self.multis.get(parts[-2], ()):
            return f"{parts[-2]}/{parts[-1]}"
        code = re.split(r"[/\-.:]", head)[-1].strip()
        return code if code in self.codes and not NUMBERED.fullmatch(head) else ""

    def read(self, cells: list[str]) -> Row:
        """One row. Raises Contradiction."""
        row, split = Row(), dict[str, list[str]]()
        for at, code in self.found.items():
            value = cells[at].strip() if at < len(cells) else ""
            value = value[1:] if value[:2] in {"'=", "'+", "'-", "'@"} else value
            if not value:
                continue
            if "/" in code and not code.startswith("@"):
                name, _slash, choice = code.partition("/")
                if value.lower() in TICKED and choice not in split.setdefault(name, []):
                    split[name].append(choice)
                continue
            into = row.special if code.startswith("@") else row.answers
            self._put(into, code, value, at, row)
        for code in self.found.values():
            if code.startswith("@") and code[1:] not in STATES:
                row.special.setdefault(code[1:], "")
        for name, choices in split.items():
            if choices:
                row.answers.setdefault(name, choices)
        return row

    def _put(self, into: dict[str, Any], code: str, value: str, at: int, row: Row) -> None:
        name, head = code.removeprefix("@"), self.heads[at]
        if into.get(name, value) != value:
            why = _("The columns “%(one)s” and “%(two)s” both hold %(code)s and say different things: “%(first)s” and “%(second)s”.")
            values = {"one": row.heads[code], "two": head, "code": name, "first": into[name], "second": value}
            raise Contradiction(head, why % values)
        into[name] = value
        row.heads.setdefault(code, head)


def numbered(table: Table, repeats: Mapping[str, set[str]]) -> dict[int, tuple[str, int, str]]:
    """Columns like `person[2]/age`: (repeat, number, question) by place."""
    found = {}
    for at, head in enumerate(table.heads):
        match = NUMBERED.fullmatch(head.strip())
        if match and match[1] in repeats and (code := re.split(r"[/\-.:]", match[3])[-1]) in repeats[match[1]]:
            found[at] = (match[1], int(match[2]), code)
    return found
