"""What a form's file says in code, in words: kinds of questions, and the conditions under which they are asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from field.services.wordings import in_language

KINDS: Mapping[str, str | Promise] = {
    "single": gettext_lazy("one answer"),
    "multi": gettext_lazy("all that apply"),
    "int": gettext_lazy("a whole number"),
    "decimal": gettext_lazy("a number"),
    "text": gettext_lazy("text"),
    "time": gettext_lazy("a time"),
    "date": gettext_lazy("a day"),
    "datetime": gettext_lazy("day and time"),
    "geopoint": gettext_lazy("a position"),
    "file": gettext_lazy("a photo or another file"),
    "trigger": gettext_lazy("a box to tick"),
}
COMPARED: Mapping[str, str | Promise] = {
    "=": gettext_lazy("%(one)s is %(other)s"),
    "!=": gettext_lazy("%(one)s is not %(other)s"),
    ">": gettext_lazy("%(one)s is more than %(other)s"),
    "<": gettext_lazy("%(one)s is less than %(other)s"),
    ">=": gettext_lazy("%(one)s is at least %(other)s"),
    "<=": gettext_lazy("%(one)s is at most %(other)s"),
}
PATH = re.compile(r" ?(?:\.\./|/)[\w./\-]*?([\w\-]+)(?= |$|[^\w./\-]) ?|\$\{ *([\w\-]+) *\}")
SELECTED = re.compile(r"selected\( *([\w\-]+) *, *['\"]([^'\"]*)['\"] *\)")
COMPARISON = re.compile(r"(\b[\w\-]+) *(!=|>=|<=|=|>|<) *('[^']*'|\"[^\"]*\"|\b[\w\-.]+)")
JOINED = re.compile(r"(?<= )(and|or)(?= )|\bnot(?=\()")

Questions = Mapping[str, Mapping[str, Any]]


def kind_in_words(question: Mapping[str, Any]) -> str:
    """What kind of answer a question asks for."""
    if question.get("source"):
        return _("one answer from a list that comes with the form")
    return str(KINDS.get(question["kind"], question["kind"]))


def condition_in_words(condition: str, questions: Questions, language: str = "") -> str:
    """`/data/g/B17 > 0` as "B17 is more than 0", names of options as their labels; a function without words of ours stays as written."""
    text = PATH.sub(lambda match: f" {_helper(match[1] or match[2])} ", condition)

    def option(code: str, name: str) -> str:
        options = questions.get(code, {}).get("options", [])
        return next((in_language(row["label"], language) for row in options if row["name"] == name), name)

    def has(match: re.Match[str]) -> str:
        return _("%(one)s has “%(other)s”") % {"one": match[1], "other": option(match[1], match[2])}

    def compared(match: re.Match[str]) -> str:
        value = match[3]
        if value[0] in "'\"":
            value = f"“{option(match[1], value[1:-1])}”" if value[1:-1] else _("empty")
        return str(COMPARED[match[2]]) % {"one": match[1], "other": value}

    text = COMPARISON.sub(compared, SELECTED.sub(has, text))
    text = JOINED.sub(lambda match: {"and": _("and"), "or": _("or")}.get(match[0]) or _("not"), text)
    return re.sub(r"(?<=\() | (?=[),])", "", " ".join(text.split()))


def _helper(code: str) -> str:
    """Helpers of the standard forms that a person knows by another name."""
    return {"delay": _("minutes of delay"), "station": "H03"}.get(code, code)
