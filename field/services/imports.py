"""Answers collected elsewhere: CSV, Kobo and ODK exports become observations through the same ingest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import charset_normalizer
import openpyxl
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.rights import authorize
from field.enums import Result, Source
from field.models import FormVersion
from field.services.ingest import Submission, ingest
from field.services.instances import build
from missions.models import Mission

IDENTITIES = ("instanceid", "_uuid", "key", "uuid", "meta/instanceid", "meta-instanceid")
STARTS, ENDS = ("start", "started_at"), ("end", "finished_at")
BATCH = 200
MAX_BYTES = 50 * 1024 * 1024


@dataclass
class Answer:
    """The shape every importer answers with."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For commands and the API."""
        return {"created": self.created, "updated": self.updated, "unchanged": self.unchanged, "refused": self.refused}


class _Undo(Exception):
    """Leave nothing half stored."""


def import_observations(
    version: FormVersion,
    mission: Mission,
    content: bytes,
    *,
    name: str,
    by: Actor,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Answer:
    """Store each row as an observation of `version`; all or nothing.

    A row's UUID is its instanceID, else made from its content: the same file again changes nothing. Headings may carry
    groups (`section/A01`, `section-A01`, `section.A01`); `mapping` says `column=code` for others. Split choices
    (`A06/none` beside `A06`) are left out where the joined column is there, else put together.
    """
    authorize(by, "field.import_observation", mission)
    answer = Answer()
    rows = _read(content, name, answer)
    if answer.refused:
        return answer
    columns = _columns(rows[0], version, mapping or {}, answer) if rows else {}
    if not rows or answer.refused:
        if not rows:
            answer.refused.append({"row": 1, "column": "", "why": _("The file has no rows.")})
        return answer
    try:
        with transaction.atomic():
            _store(rows[1:], columns, version, mission, answer)
            if answer.refused or dry_run:
                raise _Undo
            audit.record(by, "field.observations_imported", mission, data={"form": version.form.code, "created": answer.created})
    except _Undo:
        if answer.refused:
            answer.created = answer.updated = answer.unchanged = 0
    return answer


def _read(content: bytes, name: str, answer: Answer) -> list[list[str]]:
    if not content or len(content) > MAX_BYTES:
        answer.refused.append({"row": 0, "column": "", "why": _("The file is empty or larger than 50 MB.")})
        return []
    if name.lower().endswith(".xlsx"):
        try:
            sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
            return [["" if cell is None else _cell(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        except Exception:
            answer.refused.append({"row": 0, "column": "", "why": _("The workbook is damaged.")})
            return []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = str(charset_normalizer.from_bytes(content).best() or "")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(10_000_000)
    return [row for row in csv.reader(io.StringIO(text, newline=None), delimiter=delimiter) if any(row)]


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _code_of(head: str) -> str:
    for divider in ("/", "-", ".", ":"):
        head = head.rpartition(divider)[2] if divider in head else head
    return head.strip()


def _columns(heads: Sequence[str], version: FormVersion, mapping: Mapping[str, str], answer: Answer) -> dict[int, str]:
    """Which column holds which question; two columns for one question are refused by name, never merged in silence."""
    codes = {question["code"] for question in version.questions}
    multis = {
        question["code"]: {option["name"] for option in question.get("options", [])}
        for question in version.questions
        if question["kind"] == "multi"
    }
    found: dict[int, str] = {}
    taken: dict[str, str] = {}
    for at, head in enumerate(heads):
        code = mapping.get(head, "")
        if not code and head.strip().lower() in (*IDENTITIES, *STARTS, *ENDS):
            code = f"@{head.strip().lower()}"
        if not code:
            parts = head.replace(".", "/").split("/")
            if len(parts) > 1 and parts[-2] in multis and parts[-1] in multis[parts[-2]]:
                found[at] = f"{parts[-2]}/{parts[-1]}"
                continue
            code = _code_of(head)
        if code.startswith("@") or code in codes:
            if code in taken:
                why = _("The columns “%(one)s” and “%(two)s” both hold the question %(code)s.") % {
                    "one": taken[code],
                    "two": head,
                    "code": code,
                }
                answer.refused.append({"row": 1, "column": head, "why": why})
            taken[code] = head
            found[at] = code
    if not any(code in codes or "/" in code for code in found.values()):
        answer.refused.append(
            {"row": 1, "column": "", "why": _("No column is named after a question of this form. Use --map column=code.")}
        )
    return found


def _store(rows: list[list[str]], columns: dict[int, str], version: FormVersion, mission: Mission, answer: Answer) -> None:
    batch: list[tuple[int, Submission]] = []
    for number, row in enumerate(rows, start=2):
        batch.append((number, _submission(row, columns, version, mission)))
        if len(batch) == BATCH:
            _flush(batch, answer)
            batch = []
    if batch:
        _flush(batch, answer)


def _flush(batch: list[tuple[int, Submission]], answer: Answer) -> None:
    for (number, _submission), result in zip(batch, ingest([submission for _number, submission in batch]), strict=True):
        if result.result in {Result.CREATED, Result.REVISION}:
            answer.created += 1
        elif result.result == Result.ALREADY:
            answer.unchanged += 1
        else:
            answer.refused.append({"row": number, "column": "instanceID", "why": result.detail})


def _submission(row: list[str], columns: dict[int, str], version: FormVersion, mission: Mission) -> Submission:
    answers: dict[str, Any] = {}
    special: dict[str, str] = {}
    split: dict[str, list[str]] = {}
    for at, code in columns.items():
        value = row[at].strip() if at < len(row) else ""
        value = value[1:] if value[:2] in {"'=", "'+", "'-", "'@"} else value
        if code.startswith("@"):
            special[code[1:]] = value
        elif "/" in code:
            name, _slash, choice = code.partition("/")
            if value.lower() in {"1", "true", "yes", "1.0"}:
                split.setdefault(name, []).append(choice)
        elif value:
            answers[code] = value
    for name, choices in split.items():
        answers.setdefault(name, choices)
    start, end = (_moment(next((special[name] for name in names if special.get(name)), "")) for names in (STARTS, ENDS))
    uuid = _uuid(next((special[name] for name in IDENTITIES if special.get(name)), ""), version, answers, special)
    raw = build(version, answers, uuid=uuid, started_at=start, finished_at=end, mission=mission)
    key = json.dumps([answers, special], sort_keys=True)
    return Submission(raw=raw, mission=mission, source=Source.IMPORT, started_at=start, finished_at=end, hashed=key)


def _uuid(text: str, version: FormVersion, answers: dict[str, Any], special: dict[str, str]) -> UUID:
    try:
        return UUID(text.strip().removeprefix("uuid:"))
    except ValueError:
        key = json.dumps([str(version.uuid), answers, special], sort_keys=True)
        return uuid5(NAMESPACE_URL, hashlib.sha256(key.encode()).hexdigest())


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
