"""The standard forms, and files that are no forms."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from field.xforms.compile import FormRefused, compile_form
from field.xforms.definition import read_xform
from field.xforms.standard import DATA, STAGES, StandardForm, Texts, read_questions
from field.xforms.workbook import write_workbook

TUTORIAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "xlsform-tutorial.xls"


def build(code):
    return write_workbook(*StandardForm(code).build())


@pytest.fixture(scope="module")
def compiled():
    return {code: compile_form(build(code), name="form.xlsx", validate=False) for code in STAGES}


def test_every_question_is_in_its_form_in_three_languages(compiled):
    for row in read_questions():
        for code in [row["form"]] if row["form"] != "H" else "ABCD":
            question = next(q for q in compiled[code].questions if q["code"] == row["code"])
            if row["code"] in {"H02", "H03"}:
                continue
            assert question["label"]["en"] == row["question"]
            assert set(question["label"]) == {"en", "fr", "de"}
            assert [option["name"] for option in question.get("options", [])] == [name for name in row["options"].split("|") if name]
            assert all(set(option["label"]) == {"en", "fr", "de"} for option in question.get("options", []))
            assert question.get("standards", []) == [name for name in row["standards"].split(";") if name]


def test_every_flag_has_its_rule(compiled):
    for row in read_questions():
        if row["flag_when"] and row["form"] != "H":
            rule = next(q for q in compiled[row["form"]].questions if q["code"] == f"flag_{row['code']}")
            assert set(row["severity"].split("|")) <= set("".join(c for c in rule["calculate"] if c.isdigit()))


def test_the_server_evaluates_every_bind(compiled):
    from field.xforms.evaluate import CompiledForm

    assert {code: CompiledForm(form.definition).not_evaluated for code, form in compiled.items()} == dict.fromkeys(STAGES, [])


def test_french_and_german_are_marked_unchecked():
    assert Texts().unchecked == ["fr", "de"]
    with (DATA / "field_forms_translations.csv").open(encoding="utf-8") as file:
        assert all(row["fr"] and row["de"] and row["en"] for row in csv.DictReader(file))


def test_the_same_form_is_the_same_file():
    assert build("I") == build("I")


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
@pytest.mark.parametrize("code", list(STAGES))
def test_odk_validate_accepts(code):
    assert compile_form(build(code), name="form.xlsx").validation == "accepted by ODK Validate"


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
def test_odk_validate_refuses(compiled):
    broken = compiled["I"].xform.replace("${", "").replace("coalesce(", "nonsense(", 1)
    with pytest.raises(FormRefused, match="ODK Validate"):
        compile_form(broken.encode(), name="form.xml")


@pytest.mark.skipif(not TUTORIAL.exists(), reason="the sample is not beside this checkout")
def test_an_old_workbook_with_a_repeat():
    form = compile_form(TUTORIAL.read_bytes(), name="tutorial.xls", validate=False)
    assert form.definition.form_id
    assert form.definition.repeats


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SETTINGS = [["form_id", "version"], ["x", "1"]]


@pytest.mark.parametrize(
    ("content", "name", "sheet", "words"),
    [
        (b"", "a.xlsx", "", "empty"),
        (b"PK\x03\x04 nothing", "a.xlsx", "", "not an Excel workbook"),
        (b"<html/>", "a.xml", "", "not an XForm"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a.xml", "", "document type"),
        (b"a,b", "a.csv", "", "neither"),
        (workbook(people=[["name"], ["Ada"]]), "a.xlsx", "survey", "no sheet"),
        (workbook(survey=[["question"], ["Ada"]]), "a.xlsx", "survey", "no column"),
        (workbook(survey=[["type", "name", "label"], ["nonsense", "a", "A"]], settings=SETTINGS), "a.xlsx", "survey", "nonsense"),
        (
            workbook(survey=[["type", "name", "label", "relevant"], ["text", "a", "A", "${b} = 1"]], settings=SETTINGS),
            "a.xlsx",
            "survey",
            "b",
        ),
        (
            workbook(
                survey=[
                    ["type", "name", "label"],
                    ["begin group", "g", "G"], ["text", "a", "A"], ["end group", "", ""],
                    ["begin group", "h", "H"], ["text", "a", "A"], ["end group", "", ""],
                ],
                settings=SETTINGS,
            ),
            "a.xlsx",
            "survey",
            "twice",
        ),
    ],
)  # fmt: skip
def test_refuses_with_sheet_and_words(content, name, sheet, words):
    with pytest.raises(FormRefused) as refused:
        compile_form(content, name=name, validate=False)
    assert refused.value.rows[0]["sheet"] == sheet
    assert words in refused.value.rows[0]["why"]


def test_names_the_row():
    content = workbook(survey=[["type", "name", "label"], ["text", "a", "A"], ["nonsense", "b", "B"]], settings=SETTINGS)
    with pytest.raises(FormRefused) as refused:
        compile_form(content, name="a.xlsx", validate=False)
    assert refused.value.rows[0]["row"] == 3


def test_reads_an_xform_as_it_is(compiled):
    again = read_xform(compiled["B"].xform)
    assert again.questions == compiled["B"].definition.questions
    assert again.files == ["mission.csv", "stations.csv"]
