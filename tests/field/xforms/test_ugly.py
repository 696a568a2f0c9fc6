"""Workbooks as they come: every fault is named with sheet, row, column and what would be right, and none takes long."""

from __future__ import annotations

import io
import re
import shutil
import time
import zipfile

import openpyxl
import pytest

from field.xforms.compile import NO_JAVA, NOT_RUN, FormRefused, compile_form
from tests.field.xforms.test_forms import SETTINGS, TUTORIAL, workbook

HEAD = ["type", "name", "label", "relevant"]
CHOICES = ["list_name", "name", "label"]


def refused(content: bytes, name: str = "form.xlsx", *, validate: bool = False) -> list[dict]:
    with pytest.raises(FormRefused) as error:
        compile_form(content, name=name, validate=validate)
    return error.value.rows


def form(*rows: list, choices: list | None = None, settings: list | None = None) -> bytes:
    return workbook(survey=[HEAD, *rows], choices=[CHOICES, *(choices or [])], settings=settings or SETTINGS)


def place(row: dict) -> tuple:
    return row["sheet"], row["row"], row["column"]


def test_every_fault_of_a_workbook_is_told_at_once() -> None:
    rows = refused(
        form(
            ["text", "A1", "One", "${A9} = 1"],
            ["text", "A1", "Two"],
            ["select_one yn", "A2", "Three"],
            ["begin group", "empty", "Nothing"],
            ["end group"],
            choices=[["yes_no", "yes", "Yes"], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]],
        )
    )
    assert [place(row) for row in rows] == [
        ("survey", 3, "name"),
        ("survey", 5, "type"),
        ("survey", 4, "type"),
        ("survey", 2, "relevant"),
        ("choices", 3, "name"),
    ]
    assert "rows 2 and 3" in rows[0]["why"]
    assert "“empty” has nothing in it" in rows[1]["why"]
    assert "no list “yn”" in rows[2]["why"]
    assert "“${A9}” names a question that is not in the form. Did you mean" not in rows[3]["why"]
    assert "“yes” twice: rows 2 and 3" in rows[4]["why"]


@pytest.mark.parametrize(
    ("latin", "other", "script"), [("A1", "А1", "Cyrillic"), ("AB", "ΑB", "Greek"), ("x", "x\u200b", ""), ("A1", "Ａ1", "Latin")]
)
def test_codes_that_look_alike(latin: str, other: str, script: str) -> None:
    row = next(row for row in refused(form(["text", latin, "One"], ["text", other, "Two"])) if "looks like" in row["why"])
    assert place(row) == ("survey", 3, "name")
    assert script in row["why"]


def test_options_that_look_alike() -> None:
    options = [["yn", "no", "No"], ["yn", "nо", "No"]]  # the second with a Cyrillic o
    (row,) = refused(form(["select_one yn", "A1", "One"], choices=options))
    assert place(row) == ("choices", 3, "name")
    assert "Cyrillic" in row["why"]


def test_a_condition_in_the_other_script_is_told_where_the_question_is() -> None:
    (row,) = refused(form(["text", "X01", "One"], ["text", "X02", "Two", "${Х01} = 'a'"]))
    assert place(row) == ("survey", 3, "relevant")
    assert "Row 2 has “X01”" in row["why"]


def test_a_slip_of_the_pen_is_guessed() -> None:
    (row,) = refused(form(["text", "station", "One"], ["text", "b", "Two", "${statoin} = 'a'"]))
    assert "Did you mean “station” (row 2)?" in row["why"]


def test_groups_in_disorder() -> None:
    assert "never closed" in refused(form(["begin group", "g", "G"], ["text", "a", "A"]))[0]["why"]
    assert place(refused(form(["text", "a", "A"], ["end group"]))[0]) == ("survey", 3, "type")
    crossed = form(["begin group", "g", "G"], ["text", "a", "A"], ["end repeat"])
    assert "write “end group”" in refused(crossed)[0]["why"]
    nested = form(["begin group", "g", "G"], ["begin group", "h", "H"], ["end group"], ["end group"], ["text", "a", "A"])
    assert [place(row) for row in refused(nested)] == [("survey", 3, "type")]


def test_an_option_without_a_name_or_a_list() -> None:
    rows = refused(form(["select_one yn", "a", "A"], choices=[["yn", "yes", "Yes"], ["yn", None, "No"], [None, "x", "X"]]))
    assert [place(row) for row in rows] == [("choices", 3, "name"), ("choices", 4, "list_name")]


def test_doubles_that_were_asked_for_are_warned_of() -> None:
    settings = [["form_id", "version", "allow_choice_duplicates"], ["x", "1", "yes"]]
    options = [["yn", "yes", "Yes"], ["yn", "yes", "Yes again"]]
    compiled = compile_form(form(["select_one yn", "a", "A"], choices=options, settings=settings), name="a.xlsx", validate=False)
    assert any("twice" in warning and "counted as one" in warning for warning in compiled.warnings)


def test_the_column_names_stand_further_down() -> None:
    rows = refused(workbook(survey=[["My form"], [], HEAD, ["text", "a", "A"]], settings=SETTINGS))
    assert place(rows[0]) == ("survey", 1, "type")
    assert "named in row 3" in rows[0]["why"]


def test_two_columns_of_one_name() -> None:
    rows = refused(workbook(survey=[["type", "name", "label", "label"], ["text", "a", "A", "B"]], settings=SETTINGS))
    assert place(rows[0]) == ("survey", 1, "label")


def test_no_question() -> None:
    assert place(refused(form())[0]) == ("survey", 2, "")


def test_blank_rows_move_no_row_number_and_lose_no_question() -> None:
    blank = [[None]] * 200
    good = compile_form(form(["text", "a", "A"], *blank, ["text", "b", "B"]), name="a.xlsx", validate=False)
    assert [question["code"] for question in good.questions] == ["a", "b"]
    rows = refused(form(["text", "a", "A"], *blank, ["nonsense", "b", "B"]))
    assert place(rows[0]) == ("survey", 203, "type")


def test_a_sheet_with_nearly_the_right_name() -> None:
    rows = refused(workbook(Surveys=[HEAD, ["text", "a", "A"]], people=[["name"]]))
    assert "Rename the sheet “Surveys”" in rows[0]["why"]


def claims(content: bytes, *, rows: int, filled: int = 0, sheet: str = "sheet1") -> bytes:
    """The workbook with that many styled empty rows below its own; `filled` puts a text into the last one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == f"xl/worksheets/{sheet}.xml":
                empty = "".join(f'<row r="{at}"><c r="A{at}" s="0"/><c r="B{at}" s="0"/></row>' for at in range(100, 100 + rows))
                if filled:
                    empty += f'<row r="{filled}"><c r="A{filled}" t="inlineStr"><is><t>text</t></is></c></row>'
                data = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', data)
                data = data.replace(b"</sheetData>", empty.encode() + b"</sheetData>")
            new.writestr(name, data)
    return out.getvalue()


def within(seconds: float, content: bytes) -> object:
    started = time.perf_counter()
    try:
        return compile_form(content, name="form.xlsx", validate=False)
    except FormRefused as error:
        return error.rows
    finally:
        assert time.perf_counter() - started < seconds


def test_a_form_that_claims_a_million_empty_rows_is_read() -> None:
    compiled = within(5, claims(form(["text", "a", "A"]), rows=1_000_000))
    assert [question["code"] for question in compiled.questions] == ["a"]  # type: ignore[attr-defined]


def test_no_form_with_a_million_empty_rows_is_refused_in_words() -> None:
    (row,) = within(5, claims(workbook(people=[["name"], ["Ada"]]), rows=1_000_000))  # type: ignore[misc]
    assert "no sheet “survey”" in row["why"]
    assert "people" in row["why"]
    (row,) = within(5, claims(workbook(survey=[["question"], ["Ada"]]), rows=1_000_000))  # type: ignore[misc]
    assert "no column “type”" in row["why"]


def test_what_stands_below_a_gap_is_not_dropped() -> None:
    (row,) = within(5, claims(form(["text", "a", "A"]), rows=200_000, filled=900_000))  # type: ignore[misc]
    assert place(row) == ("survey", 900_000, "")
    assert "move it up" in row["why"]


def test_other_files_by_their_names() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as ods:
        ods.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "OpenDocument" in refused(out.getvalue())[0]["why"]
    locked = b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "password" in refused(locked)[0]["why"]


@pytest.mark.skipif(not TUTORIAL.exists(), reason="the sample is not beside this checkout")
def test_the_ending_does_not_decide_what_a_file_is() -> None:
    assert compile_form(TUTORIAL.read_bytes(), name="tutorial.xlsx", validate=False).definition.repeats


def test_an_xform_is_looked_at_too() -> None:
    good = compile_form(
        form(["begin group", "g", "G"], ["text", "A1", "A"], ["end group"], ["text", "B1", "B"]), name="a.xlsx", validate=False
    )
    dangling = good.xform.replace('nodeset="/data/B1" type="string"', 'nodeset="/data/B1" type="string" relevant=" /data/g/A7 = 1"')
    assert "/data/g/A7, which is not in the form" in refused(dangling.encode(), "a.xml")[0]["why"]
    twins = good.xform.replace("B1", "А1")  # Cyrillic
    assert "looks like" in refused(twins.encode(), "a.xml")[0]["why"]
    assert "<A1/>" in good.xform
    empty = re.sub(r"<input ref=\"/data/g/A1\">.*?</input>", "", good.xform).replace("<A1/>", "")
    assert "has nothing in it" in refused(re.sub(r'<bind nodeset="/data/g/A1"[^>]*/>', "", empty).encode(), "a.xml")[-1]["why"]


def test_says_when_odk_validate_could_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    content = form(["text", "a", "A"])
    monkeypatch.setattr("field.xforms.compile.shutil.which", lambda name: None)
    compiled = compile_form(content, name="a.xlsx")
    assert compiled.validation == NO_JAVA
    assert NO_JAVA in compiled.warnings
    monkeypatch.setattr("field.xforms.compile.shutil.which", lambda name: "/usr/bin/java")

    def no_java(path: object) -> list[str]:
        raise OSError("Java 8 is too old.")

    monkeypatch.setattr("field.xforms.compile.odk_validate.check_xform", no_java)
    assert compile_form(content, name="a.xlsx").validation == NOT_RUN


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
def test_odk_validate_names_the_row() -> None:
    content = form(["text", "a", "A"], ["text", "b", "B", "${c} = 1"], ["calculate", "c", None])
    head = [*HEAD, "calculation"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["survey"]["E1"], book["survey"]["E4"] = head[4], "nonsense(${a})"
    out = io.BytesIO()
    book.save(out)
    (row,) = refused(out.getvalue(), validate=True)
    assert place(row)[:2] == ("survey", 4)
    assert "ODK Validate" in row["why"]
