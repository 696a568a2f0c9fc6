"""Which column of a file holds which question, and what a row says: nothing overwrites anything, a contradiction is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from field.services.import_files import Table
from field.services.import_values import TICKED, UNTICKED, BadValue, Values

IDENTITIES = ("instanceid", "_uuid", "key", "uuid", "meta/instanceid", "meta-instanceid")
STARTS, ENDS = ("start", "started_at"), ("end", "finished_at")
STATES = ("_validation_status", "__system/reviewstate", "reviewstate", "__system-reviewstate")
NUMBERED = re.compile(r"(?:.*[/.\-:])?(\w+)\[(\d+)\][/.\-:](.+)")
# What Kobo and ODK Central write about a record beside its answers, and what phones add.
ABOUT = re.compile(
    r"_.*|(__system|meta|formhub)[/\-.:].*|(.*-)?SET-OF-.*|submission(date|_time)|submitter(id|name)|attachments(present|expected)|status|device_?id"
    r"|edits|formversion|today|username|simserial|subscriberid|phone_?number|audit(_url)?|parent_key|instancename",
    re.IGNORECASE,
)


@dataclass
class Row:
    """What one row says: answers by code, the columns about the record, in which column each stands, and what is wrong with it."""

    answers: dict[str, Any] = field(default_factory=dict)
    special: dict[str, str] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def first(self, names: Iterable[str]) -> tuple[str, str]:
        """(text, heading) of the first of these columns that is filled."""
        return next(((self.special[name], self.heads[f"@{name}"]) for name in names if self.special.get(name)), ("", ""))


class Columns:
    """The columns of one table for some questions of a form.

    Headings may carry groups (`section/A01`, `section-A01`, `section.A01`) or be the wording of a question in any of the
    form's languages; `mapping` says `column=code` for others. Split choices (`A06/none` beside `A06`) are left out where
    the joined column is filled, else put together.
    """

    def __init__(self, table: Table, questions: Iterable[dict[str, Any]], mapping: Mapping[str, str]) -> None:
        questions = list(questions)
        self.heads = table.heads
        self.codes = {question["code"] for question in questions}
        self.values = Values(questions)
        self.multis = {question["code"] for question in questions if question["kind"] == "multi"}
        self.worded = _worded(questions)
        self.found = {at: code for at, head in enumerate(table.heads) if (code := self._code(head.strip(), mapping))}

    @property
    def has_questions(self) -> bool:
        """A question of the form has a column."""
        return bool(self.asked)

    @property
    def asked(self) -> set[str]:
        """The questions that have a column."""
        return {code.partition("/")[0] for code in self.found.values() if not code.startswith("@")}

    @property
    def ignored(self) -> list[str]:
        """Headings that say nothing to this form, and are not what Kobo and ODK write about a record."""
        rest = (head.strip() for at, head in enumerate(self.heads) if at not in self.found)
        return [head for head in rest if head and not ABOUT.fullmatch(head) and not NUMBERED.fullmatch(head)]

    def _code(self, head: str, mapping: Mapping[str, str]) -> str:
        if head in mapping:
            return mapping[head] if mapping[head] in self.codes else ""
        plain = head.lower()
        if plain in (*IDENTITIES, *STARTS, *ENDS, *STATES):
            return f"@{plain}"
        parts = re.split(r"[/.]", head)
        if len(parts) > 1 and parts[-2] in self.multis and parts[-1] in self.values.names[parts[-2]].values():
            return f"{parts[-2]}/{parts[-1]}"
        code = re.split(r"[/\-.:]", head)[-1].strip()
        if code in self.codes:
            return "" if NUMBERED.fullmatch(head) else code
        return self._by_wording(head)

    def _by_wording(self, head: str) -> str:
        """`Board members present`, `Board/Board members present`, and `Other observers present/Media` for one choice of several."""
        plain = _plain(head)
        found = self.worded.get(plain) or self.worded.get(_plain(head.rpartition("/")[2]))
        if found:
            return found
        for at, sign in enumerate(plain):
            code = self.worded.get(plain[:at]) or self.worded.get(plain[:at].rpartition("/")[2]) if sign == "/" else None
            if code in self.multis and (choice := self.values.choice(str(code), plain[at + 1 :])):
                return f"{code}/{choice}"
        return ""

    def read(self, cells: list[str]) -> Row:
        """One row, with all that is wrong in it."""
        row, split = Row(), dict[str, list[str]]()
        for at, code in self.found.items():
            value = cells[at].strip() if at < len(cells) else ""
            value = value[1:] if value[:2] in {"'=", "'+", "'-", "'@"} else value
            if not value:
                continue
            try:
                if "/" in code and not code.startswith("@"):
                    self._tick(split, code, value)
                    continue
                if not code.startswith("@"):
                    value = self.values.read(code, value)
            except BadValue as error:
                row.faults.append((self.heads[at], str(error)))
                continue
            self._put(row.special if code.startswith("@") else row.answers, code, value, at, row)
        if spare := [cell.strip() for cell in cells[len(self.heads) :] if cell.strip()]:
            why = _("The row has more cells than the file has headings; “%(value)s” stands under none: is a quote missing?")
            row.faults.append(("", why % {"value": spare[0][:50]}))
        for code in self.found.values():
            if code.startswith("@") and code[1:] not in STATES:
                row.special.setdefault(code[1:], "")
        for name, choices in split.items():
            if choices:
                row.answers.setdefault(name, choices)
        return row

    def _tick(self, split: dict[str, list[str]], code: str, value: str) -> None:
        name, _slash, choice = code.partition("/")
        plain = value.lower()
        if plain in TICKED or self.values.choice(name, value) == choice:
            if choice not in split.setdefault(name, []):
                split[name].append(choice)
        elif plain not in UNTICKED:
            raise BadValue(_("“%(value)s” says neither yes nor no to this choice: write 1 or 0.") % {"value": value})

    def _put(self, into: dict[str, Any], code: str, value: str, at: int, row: Row) -> None:
        name, head = code.removeprefix("@"), self.heads[at]
        if into.get(name, value) != value:
            why = _("The columns “%(one)s” and “%(two)s” both hold %(code)s and say different things: “%(first)s” and “%(second)s”.")
            values = {"one": row.heads[code], "two": head, "code": name, "first": into[name], "second": value}
            row.faults.append((head, why % values))
            return
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


def _worded(questions: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Codes by the wording of their question; a wording that two questions share says nothing."""
    found: dict[str, set[str]] = {}
    for question in questions:
        for label in question.get("label", {}).values():
            found.setdefault(_plain(label), set()).add(question["code"])
    return {label: next(iter(codes)) for label, codes in found.items() if label and len(codes) == 1}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
