"""What a cell says to a question: options by code or by wording, whole numbers, times and days in one way of writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

TICKED = {"1", "true", "yes", "1.0"}
UNTICKED = {"0", "false", "no", "0.0", "n/a"}
TIME = re.compile(r"(\d{1,2})(?::|h)(\d\d)((?::[0-5]\d(?:\.\d+)?)?)\s*(am|pm)?\s*(?:z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
SHOWN = 12  # options that a refusal names


class BadValue(Exception):
    """The cell holds nothing that the question can take; the text says what would be right."""


class Values:
    """The values that the questions of a form take, by code."""

    def __init__(self, questions: Iterable[Mapping[str, Any]]) -> None:
        questions = list(questions)
        self.kinds = {question["code"]: question["kind"] for question in questions}
        self.names = {question["code"]: _names(question.get("options", [])) for question in questions}

    def read(self, code: str, text: str) -> str:
        """The text as the form has it: `Yes` becomes `yes`, `9:05 AM` `09:05`, `400.0` `400`. Raises BadValue.

        What has no list of its own (a station, a text, a place) stays as it is.
        """
        kind = self.kinds.get(code, "text")
        if kind in {"single", "multi"}:
            return self._choices(code, text, many=kind == "multi") if self.names[code] else text
        reader = READERS.get(kind)
        return reader(text) if reader else text

    def choice(self, code: str, text: str) -> str:
        """The option of that name or wording; empty where there is none."""
        return self.names.get(code, {}).get(_plain(text), "")

    def _choices(self, code: str, text: str, *, many: bool) -> str:
        whole = self.choice(code, text) or self.choice(code, text.removesuffix(".0"))
        if whole:
            return whole
        found = _cut(_plain(text), self.names[code]) if many else []
        if not found:
            names = list(dict.fromkeys(self.names[code].values()))
            shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
            raise BadValue(
                _("“%(value)s” is no option of %(code)s. Its options: %(options)s.") % {"value": text, "code": code, "options": shown}
            )
        return " ".join(dict.fromkeys(found))


def _names(options: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names of options by name and by wording in any language; a wording that two options share says nothing."""
    options = list(options)
    worded: dict[str, set[str]] = {}
    for option in options:
        for label in option.get("label", {}).values():
            worded.setdefault(_plain(label), set()).add(option["name"])
    found = {label: next(iter(names)) for label, names in worded.items() if label and len(names) == 1}
    return found | {_plain(option["name"]): option["name"] for option in options}


def _cut(text: str, names: Mapping[str, str]) -> list[str]:
    """`party or candidate media` or `none; other` as names; empty where a part of the text is no option. The longest counts."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    found = []
    while text := text.lstrip(" ;,|\n"):
        match = re.match(rf"({known})(?=[ ;,|\n]|$)", text)
        if match is None:
            return []
        found.append(names[match[1]])
        text = text[match.end() :]
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _whole(text: str) -> str:
    if match := re.fullmatch(r"([+-]?\d+)(?:\.0+)?", text):
        return match[1].removeprefix("+")
    raise BadValue(_("“%(value)s” is no whole number: write digits only.") % {"value": text})


def _decimal(text: str) -> str:
    plain = re.sub(r"^([+-]?\d+),(\d+)$", r"\1.\2", text)
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", plain, re.IGNORECASE):
        raise BadValue(_("“%(value)s” is no number: write it as 12.5.") % {"value": text})
    return plain


def _time(text: str) -> str:
    """The time on the wall; the offset that ODK Central writes behind it is left out."""
    match = TIME.fullmatch(text)
    hour = int(match[1]) if match else 99
    if match and match[4] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[4].lower() == "pm" else 0)
    elif match and match[4]:
        hour = 99
    if match is None or hour > 23 or int(match[2]) > 59:
        raise BadValue(_("“%(value)s” is no time of day: write 09:30.") % {"value": text})
    return f"{hour:02}:{match[2]}{match[3]}"


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10] if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]00:00(:00(\.0+)?)?\S*", text) else text).isoformat()
    except ValueError as error:
        raise BadValue(_("“%(value)s” is no day: write 2027-10-24.") % {"value": text}) from error


def _instant(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValue(_("“%(value)s” is no time: write 2027-10-24T09:30:00+03:00.") % {"value": text}) from error
    return text


READERS = {"int": _whole, "decimal": _decimal, "time": _time, "date": _day, "datetime": _instant}
