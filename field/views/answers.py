"""Answers as a person reads them: by section, with the wording the observer saw."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from field.models import FlagReview, Observation
from field.services.wordings import in_language, text_of

PLACE = re.compile(r"\$\{([^}]+)\}")


@dataclass
class Line:
    """One question with its answer."""

    code: str
    label: str
    answer: str
    seen: str = ""
    severity: int | None = None
    review: FlagReview | None = None
    is_missing: bool = False
    is_broken: bool = False


@dataclass
class Section:
    """A group of the form."""

    label: str
    lines: list[Line] = field(default_factory=list)


def answered(record: Observation, reviews: dict[str, FlagReview], zone: str) -> list[Section]:
    """The record's answers by section, questions without an answer only where one was asked for; instants in `zone`, the mission's."""
    sections: list[Section] = []
    answers = record.answers
    names = {question["code"]: question for question in record.form_version.questions}
    for question in record.form_version.questions:
        code, kind = question["code"], question["kind"]
        if kind in {"note", "trigger"} or code.startswith(("flag_", "warn_", "note_")):
            continue
        is_missing = code in record.unanswered
        if kind == "calculate" or not (code in answers or is_missing):
            continue
        label = in_language(question.get("section") or {})
        if not sections or sections[-1].label != label:
            sections.append(Section(label))
        shown = "H03" if code in {"station", "station_typed"} else code
        wording = question.get("label") or {}
        line = Line(shown, filled(in_language(wording), record, names, zone), text_of(question, answers.get(code), zone))
        line.seen = filled(_as_seen(wording, record.language), record, names, zone)
        line.severity, line.review = record.flags.get(code), reviews.get(code)
        line.is_missing, line.is_broken = is_missing, code in record.broken
        sections[-1].lines.append(line)
    for code, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = [", ".join(f"{name}: {text}" for name, text in row.items()) for row in value]
            sections.append(Section(code, [Line(f"{code} {number}", "", row) for number, row in enumerate(rows, start=1)]))
    return sections


def warned(record: Observation) -> list[str]:
    """The notes that the form showed while the record was written (P1 to P4 and P7), in the reader's language."""
    notes = {f"note_{code}" for code in record.warnings}
    return [in_language(question.get("label") or {}) for question in record.form_version.questions if question["code"] in notes]


def _as_seen(label: dict[str, str], language: str) -> str:
    """The wording in the observer's language, where the reader's is another one."""
    own = language[:2].lower()
    return label[own] if own != (get_language() or "en")[:2] and own in label else ""


def filled(text: str, record: Observation, names: dict[str, dict[str, Any]], zone: str) -> str:
    """A wording with the answers that the phone put in for `${code}`."""

    def said(match: re.Match[str]) -> str:
        question = names.get(match[1])
        return (question and text_of(question, record.answers.get(match[1]), zone)) or "…"

    return PLACE.sub(said, text)
