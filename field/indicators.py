"""What a form's questions say about themselves: labels, scales, the rule and the highest severity of a flag."""

from __future__ import annotations

import re
from typing import Any

from field.xforms.designed import COUNTRY

SEVERITY = re.compile(r"'([0-3])'")
STAGE_OF_CODE = {"A": "opening", "B": "voting", "C": "closing_counting", "D": "tabulation"}


def labels_of(label: dict[str, str]) -> dict[str, str]:
    """Labels by language; a form without languages has one for all."""
    if set(label) == {""}:
        return {"en": label[""]}
    return dict(label)


def is_scale(question: dict[str, Any]) -> bool:
    """A question on overall conduct (SCALE). A country question with that scale rates something else."""
    if question["code"] in COUNTRY:
        return False
    names = {option["name"] for option in question.get("options", [])}
    return {"very_good", "good", "bad", "very_bad"} <= names


def rule_of(questions: list[dict[str, Any]], code: str) -> tuple[int | None, str]:
    """The highest severity that the flag of `code` can have, and its rule in XPath; nothing where it has none."""
    for question in questions:
        if question["code"] == f"flag_{code}":
            rule = question.get("calculate", "")
            return max((int(found) for found in SEVERITY.findall(rule)), default=None), rule
    return None, ""
