"""From a file to an XForm: XLSForm (.xls, .xlsx) by pyxform, XForm (.xml) as it is. Refusals name sheet and row."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import xlrd
from django.utils.translation import gettext as _
from pyxform.errors import PyXFormError
from pyxform.validators.odk_validate import check_xform
from pyxform.xls2xform import convert

from field.xforms.definition import BadForm, FormDefinition, read_xform
from field.xforms.evaluate import CompiledForm

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 5_000
ROW = re.compile(r"\[row\s*:\s*(\d+)\]|row[:\s]+(\d+)", re.IGNORECASE)
QUOTED = re.compile(r"['\"“]([^'\"”]+)['\"”]")
SHEET = re.compile(
    r"(?:sheet(?: name)?|on the) ['\"]?(survey|choices|settings|entities|external_choices|osm)['\"]?|'(survey|choices|settings)' sheet",
    re.IGNORECASE,
)


class FormRefused(ValueError):
    """A file that is no usable form; `rows` are refusals `{sheet, row, column, why}`."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        super().__init__("; ".join(row["why"] for row in rows))
        self.rows = list(rows)


def refusal(why: str, *, sheet: str = "", row: int | None = None, column: str = "") -> dict[str, Any]:
    """One reason."""
    return {"sheet": sheet, "row": row, "column": column, "why": why}


@dataclass
class Compiled:
    """A form that can be used. `validation` says whether ODK Validate looked at it."""

    xform: str
    definition: FormDefinition
    is_workbook: bool
    warnings: list[str] = field(default_factory=list)
    validation: str = ""
    standards: dict[str, list[str]] = field(default_factory=dict)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The questions with the standards that the workbook's column `standards` names."""
        return [
            row | {"standards": self.standards[row["code"]]} if row["code"] in self.standards else row for row in self.definition.questions
        ]


def compile_form(content: bytes, *, name: str, validate: bool = True) -> Compiled:
    """Compile and check. Raises FormRefused with everything that was found wrong."""
    if not content or len(content) > MAX_BYTES:
        raise FormRefused(refusal(_("The file is empty or larger than 10 MB.")))
    suffix = Path(name).suffix.lower()
    warnings: list[str] = []
    if suffix in {".xls", ".xlsx"}:
        xform = _from_workbook(content, suffix, warnings)
    elif suffix == ".xml":
        xform = _text(content)
    else:
        raise FormRefused(refusal(_("The file is neither an XLSForm (.xls, .xlsx) nor an XForm (.xml).")))
    try:
        definition = read_xform(xform)
    except BadForm as error:
        raise FormRefused(refusal(str(error))) from error
    if not definition.version:
        definition.version = "1"
        warnings.append(_("The form has no version: it is stored as version 1."))
        xform = re.sub(rf'(<[\w:]+[^>]*?\bid="{re.escape(definition.form_id)}")', r'\1 version="1"', xform, count=1)
    _refuse_twins(definition)
    warnings += [_("The server does not evaluate: %(what)s") % {"what": what} for what in CompiledForm(definition).not_evaluated]
    standards = _standards(content) if suffix == ".xlsx" else {}
    return Compiled(xform, definition, suffix != ".xml", warnings, _validate(xform, validate), standards)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormRefused(refusal(_("The XForm is not text in UTF-8."))) from error


def _from_workbook(content: bytes, suffix: str, warnings: list[str]) -> str:
    trimmed = _trim(content, suffix)
    try:
        result = convert(xlsform=trimmed, file_type=suffix, validate=False, pretty_print=False, form_name="data", warnings=warnings)
    except PyXFormError as error:
        raise FormRefused(_pyxform_refusal(str(error), _rows_of(content, suffix))) from error
    except Exception as error:  # the libraries below pyxform raise what they like for a damaged workbook
        raise FormRefused(refusal(_("The workbook is damaged or not an XLSForm: %(why)s") % {"why": str(error)[:300]})) from error
    return result.xform


def _pyxform_refusal(text: str, rows: list[tuple[str, int, list[str]]]) -> dict[str, Any]:
    """pyxform names sheet and row for most faults; for the others the word it quotes is looked up in the workbook."""
    row, sheet = ROW.search(text), SHEET.search(text)
    where = next((group for group in (sheet.groups() if sheet else ()) if group), "")
    number = next((int(group) for group in (row.groups() if row else ()) if group), None)
    if number is None:
        for word in QUOTED.findall(text):
            found = next(((name, at) for name, at, cells in rows if any(word in cell.split() for cell in cells)), None)
            if found:
                where, number = where or found[0], found[1]
                break
    return refusal(text, sheet=where or ("survey" if number else ""), row=number)


def _rows_of(content: bytes, suffix: str) -> list[tuple[str, int, list[str]]]:
    """(sheet, row, cells) of `survey` and `choices`."""
    found: list[tuple[str, int, list[str]]] = []
    if suffix == ".xls":
        book = xlrd.open_workbook(file_contents=content, on_demand=True)
        for name in book.sheet_names():
            sheet = book.sheet_by_name(name)
            found += [(name, at + 1, [str(value) for value in sheet.row_values(at)]) for at in range(min(sheet.nrows, MAX_ROWS))]
    else:
        for page in openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets:
            for at, cells in enumerate(page.iter_rows(max_row=MAX_ROWS, values_only=True), start=1):
                found.append((page.title, at, [str(value) for value in cells if value is not None]))
    return [row for row in found if row[0].strip().lower() in {"survey", "choices"}]


def _trim(content: bytes, suffix: str) -> bytes:
    """Look at the sheets before pyxform does: a workbook that claims a million empty rows is read in seconds, not minutes."""
    try:
        names, heads = _sheets_xls(content) if suffix == ".xls" else _sheets_xlsx(content)
    except (xlrd.XLRDError, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise FormRefused(refusal(_("The file is not an Excel workbook, or it is damaged."))) from error
    if "survey" not in names:
        shown = ", ".join(names[:10]) or "–"
        raise FormRefused(
            refusal(
                _("The workbook has no sheet “survey”, so it is not an XLSForm. Its sheets: %(sheets)s.") % {"sheets": shown},
                sheet="survey",
            )
        )
    missing = [column for column in ("type", "name") if column not in heads]
    if missing and "command" not in heads:
        sentence = _("The sheet “survey” has no column “%(column)s” in its first row.") % {"column": missing[0]}
        raise FormRefused(refusal(sentence, sheet="survey", row=1, column=missing[0]))
    return content if suffix == ".xls" else _without_empty_rows(content)


def _sheets_xls(content: bytes) -> tuple[list[str], list[str]]:
    book = xlrd.open_workbook(file_contents=content, on_demand=True)
    names = [name.strip().lower() for name in book.sheet_names()]
    heads: list[str] = []
    if "survey" in names:
        sheet = book.sheet_by_index(names.index("survey"))
        heads = [str(value).strip().lower() for value in sheet.row_values(0)] if sheet.nrows else []
    return names, heads


def _sheets_xlsx(content: bytes) -> tuple[list[str], list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    names = [name.strip().lower() for name in book.sheetnames]
    heads: list[str] = []
    if "survey" in names:
        first = next(book[book.sheetnames[names.index("survey")]].iter_rows(max_row=1, values_only=True), ())
        heads = [str(value).strip().lower() for value in first if value is not None]
    return names, heads


def _without_empty_rows(content: bytes) -> bytes:
    """Only workbooks with rows far beyond their content are written anew."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    claimed = max((sheet.max_row or 0) for sheet in book.worksheets)
    if claimed <= MAX_ROWS:
        return content
    out = openpyxl.Workbook(write_only=True)
    for sheet in book.worksheets:
        copy = out.create_sheet(sheet.title)
        empty = 0
        for row in sheet.iter_rows(values_only=True):
            if any(value is not None for value in row):
                for _blank in range(empty):
                    copy.append([])
                empty = 0
                copy.append(list(row))
            else:
                empty += 1
                if empty > MAX_ROWS:
                    break
    buffer = io.BytesIO()
    out.save(buffer)
    return buffer.getvalue()


def _standards(content: bytes) -> dict[str, list[str]]:
    """Our own column `standards` of the sheet `survey`: codes divided by blanks. pyxform ignores it."""
    book = openpyxl.load_workbook(io.BytesIO(_without_empty_rows(content)), read_only=True, data_only=True)
    rows = book[next(name for name in book.sheetnames if name.strip().lower() == "survey")].iter_rows(values_only=True)
    heads = [str(value or "").strip().lower() for value in next(rows, ())]
    if "standards" not in heads or "name" not in heads:
        return {}
    at, name = heads.index("standards"), heads.index("name")
    return {str(row[name]).strip(): str(row[at]).split() for row in rows if len(row) > at and row[name] and row[at]}


def _refuse_twins(definition: FormDefinition) -> None:
    """Answers are kept by question code: two questions of one code would overwrite each other."""
    seen: dict[str, str] = {}
    rows = []
    for question in definition.questions:
        code = question["code"]
        if code in seen and question["kind"] not in {"note", "trigger"}:
            why = _("The question code “%(code)s” is used twice: %(one)s and %(two)s.") % {
                "code": code,
                "one": seen[code],
                "two": question["path"],
            }
            rows.append(refusal(why, sheet="survey", column="name"))
        seen[code] = question["path"]
    if rows:
        raise FormRefused(*rows)


def _validate(xform: str, wanted: bool) -> str:
    """Let ODK Validate look where Java is there; say so where it could not."""
    if not wanted:
        return ""
    if shutil.which("java") is None:
        return "not checked by ODK Validate: Java is not installed"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xml"
        path.write_text(xform, encoding="utf-8")
        try:
            check_xform(path)
        except Exception as error:
            lines = [line for line in str(error).splitlines() if line.strip() and "Xform is invalid" not in line]
            raise FormRefused(refusal(_("ODK Validate refuses the form: %(why)s") % {"why": " ".join(lines)[:600]})) from error
    return "accepted by ODK Validate"
