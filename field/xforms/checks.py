"""What a workbook is looked at for before pyxform compiles it: everything that would be merged or dropped in silence.

All findings are told at once, each with sheet, row, column and what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from field.xforms.alike import nearest, scripts, skeleton
from field.xforms.definition import FormDefinition
from field.xforms.refusals import refusal
from field.xforms.sheets import Sheet, Workbook

REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]+)\s*\}")
BEGIN = re.compile(r"^begin[ _](group|repeat|lgroup|loop|looped group)\b", re.IGNORECASE)
END = re.compile(r"^end[ _](group|repeat|lgroup|loop|looped group)\b", re.IGNORECASE)
SELECT = re.compile(
    r"^(?:select_one|select_multiple|select one(?: from)?|select1|select all that apply from|rank|add select (?:one|multiple) prompt using)"
    r"\s+(\S+)",
    re.IGNORECASE,
)
PATH = re.compile(r"(?<![\w\])./])((?:/[^\W\d][\w.\-]*)+)")
STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
BODY = ("survey", "choices", "settings")
Refusals = list[dict[str, Any]]


def check_workbook(book: Workbook) -> tuple[Refusals, list[str]]:
    """Refusals and warnings."""
    survey, choices = book.sheet("survey"), book.sheet("choices")
    if not survey.rows:
        return [refusal(_("The sheet “survey” has column names and no question below them."), sheet="survey", row=2)], []
    refusals = [*_codes(survey), *_groups(survey), *_lists(survey, choices), *_references(book)]
    found, warnings = _options(choices, _allows_doubles(book))
    return refusals + found, warnings


def _allows_doubles(book: Workbook) -> bool:
    return any(text.strip().lower() in {"yes", "true", "true()"} for _row, text in book.sheet("settings").cells("allow_choice_duplicates"))


# codes --------------------------------------------------------------------------------------------------------------


def _codes(survey: Sheet) -> Refusals:
    """A code used twice, and codes that look alike. Notes carry no answer; groups are looked at for doubles inside them by pyxform."""
    named, types = list(survey.cells("name")), dict(survey.cells("type"))
    questions = [(row, code) for row, code in named if not BEGIN.match(types.get(row, "")) and types.get(row, "").lower() != "note"]
    return [*_doubles(questions, survey.column("name")), *_alike(named, "survey", survey.column("name"))]


def _doubles(codes: list[tuple[int, str]], column: str) -> Refusals:
    seen: dict[str, int] = {}
    rows = []
    for row, code in codes:
        if code in seen:
            why = _("The question code “%(code)s” is used twice: rows %(one)d and %(two)d. Give one of them another code.")
            rows.append(refusal(why % {"code": code, "one": seen[code], "two": row}, sheet="survey", row=row, column=column))
        seen.setdefault(code, row)
    return rows


def _alike(codes: list[tuple[int, str]], sheet: str, column: str) -> Refusals:
    seen: dict[str, tuple[int, str]] = {}
    rows = []
    for row, code in codes:
        first, other = seen.setdefault(skeleton(code), (row, code))
        if other != code:
            why = _("“%(code)s” (%(scripts)s) looks like “%(other)s” (%(others)s) in row %(row)d: write both in one script, or rename one.")
            values = {"code": code, "scripts": _script(code), "other": other, "others": _script(other), "row": first}
            rows.append(refusal(why % values, sheet=sheet, row=row, column=column))
    return rows


def _script(code: str) -> str:
    return " + ".join(scripts(code)) or _("signs that cannot be seen")


# groups -------------------------------------------------------------------------------------------------------------


def _groups(survey: Sheet) -> Refusals:
    """Groups and repeats that hold nothing, are not closed, or are closed and were not open."""
    names, column = dict(survey.cells("name")), survey.column("type")
    open_at: list[list[Any]] = []  # row, kind, name, how many questions inside
    rows: Refusals = []
    for row, text in survey.cells("type"):
        if begin := BEGIN.match(text):
            open_at.append([row, begin[1].lower(), names.get(row, ""), 0])
        elif end := END.match(text):
            if not open_at:
                why = _("This row closes a %(kind)s that was never opened: delete it, or add “begin %(kind)s” above.") % {"kind": end[1]}
                rows.append(refusal(why, sheet="survey", row=row, column=column))
                continue
            began, kind, name, inside = open_at.pop()
            if not inside:
                why = _("The %(kind)s “%(name)s” has nothing in it: put a question between rows %(one)d and %(two)d, or delete both rows.")
                values = {"kind": kind, "name": name, "one": began, "two": row}
                rows.append(refusal(why % values, sheet="survey", row=began, column=column))
            elif kind != end[1].lower():
                why = _("“%(end)s” closes the %(kind)s “%(name)s” of row %(row)d: write “end %(kind)s”.")
                values = {"end": text, "kind": kind, "name": name, "row": began}
                rows.append(refusal(why % values, sheet="survey", row=row, column=column))
            if open_at:
                open_at[-1][3] += inside or 1
        elif open_at:
            open_at[-1][3] += 1
    for began, kind, name, _inside in open_at:
        why = _("The %(kind)s “%(name)s” is never closed: add a row “end %(kind)s” below its last question.") % {"kind": kind, "name": name}
        rows.append(refusal(why, sheet="survey", row=began, column=column))
    return rows


# options ------------------------------------------------------------------------------------------------------------


def _lists(survey: Sheet, choices: Sheet) -> Refusals:
    """Questions whose list of options does not exist."""
    known = {name for _row, name in choices.cells("list_name")}
    names = {name for _row, name in survey.cells("name")}
    rows = []
    for row, text in survey.cells("type"):
        match = SELECT.match(text)
        wanted = match[1] if match else ""
        if not match or wanted in known or wanted.startswith("${") or wanted in names or "from_file" in text or "from file" in text:
            continue
        why = _("There is no list “%(list)s” on the sheet “choices”.") % {"list": wanted} + " "
        near = nearest(wanted, known)
        why += (
            _("Did you mean “%(near)s”?") % {"near": near}
            if near
            else _("Add its options there, in the columns list_name, name and label.")
        )
        rows.append(refusal(why, sheet="survey", row=row, column=survey.column("type")))
    return rows


def _options(choices: Sheet, allows_doubles: bool) -> tuple[Refusals, list[str]]:
    """Options with one name twice in a list, options that look alike, options without list or name."""
    lists, names = dict(choices.cells("list_name")), dict(choices.cells("name"))
    column, rows, warnings = choices.column("name"), Refusals(), []
    by_list: dict[str, list[tuple[int, str]]] = {}
    for row, _cells in choices.rows:
        if row not in lists:
            if row in names:
                rows.append(refusal(_("This option belongs to no list: fill in list_name."), sheet="choices", row=row, column="list_name"))
        elif row not in names:
            why = _("An option of the list “%(list)s” has no name: fill in its name.") % {"list": lists[row]}
            rows.append(refusal(why, sheet="choices", row=row, column="name"))
        else:
            by_list.setdefault(lists[row], []).append((row, names[row]))
    for name, options in by_list.items():
        seen: dict[str, int] = {}
        for row, option in options:
            if option in seen:
                values = {"option": option, "list": name, "one": seen[option], "two": row}
                why = _("The list “%(list)s” has the option “%(option)s” twice: rows %(one)d and %(two)d. Rename or delete one.") % values
                if allows_doubles:
                    warnings.append(why + " " + _("Their answers are counted as one."))
                else:
                    rows.append(refusal(why, sheet="choices", row=row, column=column))
            seen.setdefault(option, row)
        rows += _alike(options, "choices", column)
    return rows, warnings


# conditions ---------------------------------------------------------------------------------------------------------


def _references(book: Workbook) -> Refusals:
    """`${code}` in any cell that names no question, group or repeat of the form."""
    names = {name: row for row, name in book.sheet("survey").cells("name")}
    rows = []
    for title in BODY:
        for row, cells in book.sheet(title).rows:
            for column, text in cells.items():
                rows += [_unknown(code, names, title, row, column) for code in REFERENCE.findall(text) if code not in names]
    return rows


def _unknown(code: str, names: dict[str, int], sheet: str, row: int, column: str) -> dict[str, Any]:
    why = _("“${%(code)s}” names a question that is not in the form.") % {"code": code} + " "
    near = nearest(code, names)
    if near and skeleton(near) == skeleton(code):
        why += _("Row %(row)d has “%(near)s”, which looks the same and is written in other letters.") % {"row": names[near], "near": near}
    elif near:
        why += _("Did you mean “%(near)s” (row %(row)d)?") % {"near": near, "row": names[near]}
    else:
        why += _("Add the question, or take the condition out.")
    return refusal(why, sheet=sheet, row=row, column=column)


# a finished XForm ---------------------------------------------------------------------------------------------------


def check_definition(definition: FormDefinition, *, options: bool) -> Refusals:
    """The same for an XForm; places are named by their paths. `options`: also doubles in its lists, which a workbook may have asked for."""
    rows: Refusals = []
    asked = [question for question in definition.questions if question["kind"] not in {"note", "trigger"}]
    seen: dict[str, str] = {}
    for question in asked:
        code, other = question["code"], seen.get(question["code"])
        if other:
            why = _("The question code “%(code)s” is used twice: %(one)s and %(two)s.")
            rows.append(refusal(why % {"code": code, "one": other, "two": question["path"]}, sheet="survey", column="name"))
        seen.setdefault(code, question["path"])
        rows += _options_of(question) if options else []
    shapes: dict[str, str] = {}
    for code in seen:
        if (other := shapes.setdefault(skeleton(code), code)) != code:
            values = {"code": code, "scripts": _script(code), "other": other, "others": _script(other)}
            why = _(
                "The question code “%(code)s” (%(scripts)s) looks like “%(other)s” (%(others)s): write both in one script, or rename one."
            )
            rows.append(refusal(why % values, sheet="survey", column="name"))
    return [*rows, *_dangling(definition), *_empty_groups(definition)]


def _options_of(question: dict[str, Any]) -> Refusals:
    names = [option["name"] for option in question.get("options", [])]
    rows = []
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        why = _("The question “%(code)s” has the option “%(option)s” twice: rename or delete one.")
        rows.append(refusal(why % {"code": question["code"], "option": name}, sheet="choices", column="name"))
    return rows


def _dangling(definition: FormDefinition) -> Refusals:
    known = {f"/{definition.root}", *definition.nodes}
    rows = []
    for bind in definition.binds.values():
        for column in ("relevant", "calculate", "constraint", "required"):
            for path in _paths(getattr(bind, column)):
                if path.startswith(f"/{definition.root}/") and path not in known:
                    why = _("The condition of %(path)s names %(other)s, which is not in the form.")
                    rows.append(refusal(why % {"path": bind.path, "other": path}, sheet="survey", column=column))
    return rows


def _paths(expression: str) -> Iterator[str]:
    return (match[1] for match in PATH.finditer(STRING.sub("''", expression)))


def _empty_groups(definition: FormDefinition) -> Refusals:
    why = _("The group %(path)s has nothing in it: put a question into it, or delete it.")
    return [refusal(why % {"path": path}, sheet="survey") for path in definition.empty_groups]
