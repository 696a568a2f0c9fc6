"""From a file to an XForm: XLSForm (.xls, .xlsx) by pyxform, XForm (.xml) as it is. Refusals name sheet and row."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from core.late import Late
from field.xforms.checks import check_definition, check_workbook
from field.xforms.definition import BadForm, FormDefinition, read_xform
from field.xforms.evaluate import CompiledForm
from field.xforms.refusals import FormRefused, refusal
from field.xforms.sheets import Workbook, read_workbook

if TYPE_CHECKING:
    from pyxform import errors, xls2xform
    from pyxform.validators import odk_validate
else:
    errors = Late("pyxform.errors")
    odk_validate = Late("pyxform.validators.odk_validate")
    xls2xform = Late("pyxform.xls2xform")

log = structlog.get_logger(__name__)
MAX_BYTES = 10 * 1024 * 1024
MOST_REFUSALS = 50
ACCEPTED = gettext_noop("accepted by ODK Validate")
NO_JAVA = gettext_noop("not checked by ODK Validate: Java is not installed")
NOT_RUN = gettext_noop("not checked by ODK Validate: it could not be run to its end")
ROW = re.compile(r"\[row\s*:\s*(\d+)\]|row[:\s]+(\d+)", re.IGNORECASE)
QUOTED = re.compile(r"['\"“]([^'\"”]+)['\"”]")
SHEET = re.compile(
    r"(?:sheet(?: name)?|on the) ['\"]?(survey|choices|settings|entities|external_choices|osm)['\"]?|'(survey|choices|settings)' sheet",
    re.IGNORECASE,
)
COLUMNS = (
    (re.compile(r"question type|select one|list name", re.IGNORECASE), "type"),
    (re.compile(r"\bname\b", re.IGNORECASE), "name"),
    (re.compile(r"\blabel\b", re.IGNORECASE), "label"),
)


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
    book: Workbook | None = None
    if suffix in {".xls", ".xlsx", ".xlsm"}:
        book = read_workbook(content)
        xform = _pyxform(book, warnings)
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
    if refusals := check_definition(definition, options=book is None):
        raise FormRefused(*refusals[:MOST_REFUSALS])
    warnings += [_("The server does not evaluate: %(what)s") % {"what": what} for what in CompiledForm(definition).not_evaluated]
    validation = _validate(xform, validate, book)
    if validation in {NO_JAVA, NOT_RUN}:
        warnings.append(gettext(validation))
    return Compiled(xform, definition, book is not None, warnings, validation, _standards(book) if book else {})


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormRefused(refusal(_("The XForm is not text in UTF-8."))) from error


def _pyxform(book: Workbook, warnings: list[str]) -> str:
    refusals, found = check_workbook(book)
    if refusals:
        raise FormRefused(*refusals[:MOST_REFUSALS])
    try:
        result = xls2xform.convert(xlsform=book.for_pyxform(), validate=False, pretty_print=False, form_name="data", warnings=warnings)
    except errors.PyXFormError as error:
        raise FormRefused(_pyxform_refusal(str(error), book)) from error
    except Exception as error:  # the libraries below pyxform raise what they like for a damaged workbook
        raise FormRefused(refusal(_("The workbook is damaged or not an XLSForm: %(why)s") % {"why": str(error)[:300]})) from error
    warnings += found
    return result.xform


def _pyxform_refusal(text: str, book: Workbook) -> dict[str, Any]:
    """pyxform names sheet and row for most faults; for the others the word it quotes is looked up in the workbook."""
    row, sheet = ROW.search(text), SHEET.search(text)
    where = next((group for group in (sheet.groups() if sheet else ()) if group), "")
    number = next((int(group) for group in (row.groups() if row else ()) if group), None)
    if number is None:
        for word in QUOTED.findall(text):
            if place := _place(word, book):
                where, number = where or place[0], place[1]
                break
    where = where or ("survey" if number else "")
    column = next((name for pattern, name in COLUMNS if pattern.search(text)), "")
    return refusal(text, sheet=where, row=number, column=book.sheet(where).column(column) if where and column else "")


def _place(word: str, book: Workbook) -> tuple[str, int] | None:
    """Where a workbook has a word."""
    for sheet in (book.sheet("survey"), book.sheet("choices")):
        for number, cells in sheet.rows:
            if any(word in text.split() for text in cells.values()):
                return sheet.title, number
    return None


def _standards(book: Workbook) -> dict[str, list[str]]:
    """Our own column `standards` of the sheet `survey`: codes divided by blanks. pyxform ignores it."""
    survey = book.sheet("survey")
    names = dict(survey.cells("name"))
    return {names[row]: text.split() for row, text in survey.cells("standards") if row in names}


def _validate(xform: str, wanted: bool, book: Workbook | None) -> str:
    """Let ODK Validate look where Java is there; say so where it could not."""
    if not wanted:
        return ""
    if shutil.which("java") is None:
        return NO_JAVA
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xml"
        path.write_text(xform, encoding="utf-8")
        try:
            found = odk_validate.check_xform(path)
        except odk_validate.ODKValidateError as error:
            raise FormRefused(_validate_refusal(str(error), book)) from error
        except Exception as error:  # Java is there and does not start: no word about the form
            log.warning("odk_validate_failed", why=str(error)[:300])
            return NOT_RUN
    return NOT_RUN if any("too long" in line or "took to long" in line or "Bad return code" in line for line in found) else ACCEPTED


def _validate_refusal(text: str, book: Workbook | None) -> dict[str, Any]:
    """Its words name a node: the row of that question in the workbook."""
    lines = [line for line in text.splitlines() if line.strip() and "Xform is invalid" not in line and "ODK Validate Errors" not in line]
    why = _("ODK Validate refuses the form: %(why)s") % {"why": " ".join(lines)[:600]}
    rows = {name: row for row, name in book.sheet("survey").cells("name")} if book else {}
    words = [word.rpartition("/")[2].strip("${}.,:;()[]'\"") for word in text.split()]
    row = next((rows[word] for word in words if word in rows), None)
    return refusal(why, sheet="survey" if row else "", row=row)
