"""The wording of a form's questions and of the answers to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language


def in_language(label: dict[str, str], language: str = "") -> str:
    """A label in the reader's language, else in the form's."""
    language = language or (get_language() or "en")[:2]
    return label.get(language) or label.get("en") or label.get("") or next(iter(label.values()), "")


def text_of(question: dict[str, Any], value: Any, zone: str, language: str = "") -> str:
    """An answer in words, in the reader's language unless another is named.

    A phone writes an instant in its own zone: it is read in the mission's, as the page says of all its times.
    """
    if value is None:
        return ""
    names = {option["name"]: in_language(option["label"], language) for option in question.get("options", [])}
    if isinstance(value, list):
        return ", ".join(names.get(str(item), str(item)) for item in value)
    text = str(value)
    if question["kind"] == "time":
        return text[:5]
    if question["kind"] == "datetime":
        return _in_zone(text, zone)[:16].replace("T", " ")
    return names.get(text, text)


def _in_zone(text: str, zone: str) -> str:
    """An instant in the zone; what has no offset, or is none, as it was written."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(ZoneInfo(zone)).isoformat() if moment.tzinfo else text
    except (ValueError, OverflowError):
        return text
