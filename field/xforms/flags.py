"""From the column `flag_when` of field_forms.csv to an XPath that yields the severity as text, or nothing.

Severities follow the rules of a cell in order; the highest that matches wins (field-forms 2).
"""

from __future__ import annotations

import re
from collections.abc import Container

DELAY_RULES = {"delay > 15 min": "${delay} > 15", "> 30 min": "${delay} > 30", "> 60 min": "${delay} > 60"}
NUMBER = re.compile(r"> (\d+)")
CODE = re.compile(r"> ([A-Z]\d\d)")
SHARE = re.compile(r"> (\d+) % of ([A-Z]\d\d)")


def flag_expression(row: dict[str, str], *, form: str, codes: Container[str]) -> str:
    """The `flag_<code>` calculation of one question in one form that asks `codes`; empty where it raises none there."""
    conditions = [part.strip() for part in row["flag_when"].split("|")]
    severities = row["severity"].split("|")
    pairs = [(int(severity), condition(row, text, form=form, codes=codes)) for text, severity in zip(conditions, severities, strict=True)]
    expression = "''"
    for severity, test in sorted((pair for pair in pairs if pair[1]), key=lambda pair: pair[0]):
        expression = f"if({test}, '{severity}', {expression})"
    return "" if expression == "''" else expression


def condition(row: dict[str, str], text: str, *, form: str, codes: Container[str]) -> str:
    """One rule of a cell as an XPath condition. An unknown rule stops the build: it must be written here first."""
    code, is_multi = row["code"], row["type"] == "multi"
    here = f"${{{code}}}"
    options = set(row["options"].split("|")) if row["options"] else set()
    if row["type"] == "time":
        return _time_condition(code, text, form=form)
    if text == "any but none":
        return f"{here} != '' and not(selected({here}, 'none'))" if is_multi else f"{here} != '' and {here} != 'none'"
    if text == "any other":
        return f"{here} != '' and not(selected({here}, 'none'))"
    words = text.split(":")[0].strip().split(" or ")
    if options and set(words) <= options:
        return " or ".join(f"selected({here}, '{word}')" if is_multi else f"{here} = '{word}'" for word in words)
    return _number_condition(here, text, codes=codes)


def _time_condition(code: str, text: str, *, form: str) -> str:
    if text in DELAY_RULES:
        return DELAY_RULES[text]
    if text == "minutes(H07,H08) < 20 and form == voting":
        return "${stay} != '' and ${stay} >= 0 and ${stay} < 20" if form == "B" else ""
    if text == "more than 15 min from the legal time":
        return "${closing_gap} > 15 or ${closing_gap} < -15"
    raise ValueError(f"{code}: the rule {text!r} is not known.")


def _number_condition(here: str, text: str, *, codes: Container[str]) -> str:
    if match := NUMBER.fullmatch(text):
        return f"{here} > {match[1]}"
    if match := CODE.fullmatch(text):
        return f"{here} > ${{{match[1]}}}"
    if match := SHARE.fullmatch(text):
        return f"{here} * 100 > ${{{match[2]}}} * {match[1]}"
    if text == "> H09 + supplementary list":
        return f"{here} > ${{H09}} + coalesce(${{B19}}, 0)" if "B19" in codes else f"{here} > ${{H09}}"
    if text == "C22 + C23 <> C21":
        return "${C21} != '' and ${C22} != '' and ${C23} != '' and ${C22} + ${C23} != ${C21}"
    raise ValueError(f"The rule {text!r} is not known.")
