"""Answers as a person reads them: by section, with the wording the observer saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from field.models import FlagReview, Observation


@dataclass
class Line:
    """One question with its answer."""

    code: str
    label: str
    answer: str
    severity: int | None = None
    review: FlagReview | None = None
    is_missing: bool = False
    is_broken: bool = False


@dataclass
class Section:
    """A group of the form."""

    label: str
    lines: list[Line] = field(default_factory=list)


def in_language(label: dict[str, str], language: str = "") -> str:
    """A label in the reader's language, else in the form's."""
    language = language or (get_language() or "en")[:2]
    return label.get(language) or label.get("en") or label.get("") or next(iter(label.values()), "")


def answered(record: Observation, reviews: dict[str, FlagReview]) -> list[Section]:
    """The record's answers by section, questions without an answer only where one was asked for."""
    sections: list[Section] = []
    answers = record.answers
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
        line = Line(shown, in_language(question.get("label") or {}), text_of(question, answers.get(code)))
        line.severity, line.review = record.flags.get(code), reviews.get(code)
        line.is_missing, line.is_broken = is_missing, code in record.broken
        sections[-1].lines.append(line)
    for code, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = [", ".join(f"{name}: {text}" for name, text in row.items()) for row in value]
            sections.append(Section(code, [Line(f"{code} {number}", "", row) for number, row in enumerate(rows, start=1)]))
    return sections


def text_of(question: dict[str, Any], value: Any) -> str:
    """An answer in words."""
    if value is None:
        return ""
    names = {option["name"]: in_language(option["label"]) for option in question.get("options", [])}
    if isinstance(value, list):
        return ", ".join(names.get(str(item), str(item)) for item in value)
    text = str(value)
    if question["kind"] == "time":
        return text[:5]
    if question["kind"] == "datetime":
        return text[:16].replace("T", " ")
    return names.get(text, text)
