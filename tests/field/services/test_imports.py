"""Answers collected elsewhere: exports of Kobo and ODK, made here as those programs write them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from uuid import UUID

import openpyxl
import pytest
from django.core.management import call_command

from core.actors import user_actor
from core.errors import NotAllowed
from field.models import FlagReview, Observation
from field.services import import_files
from field.services.forms import import_form
from field.services.imports import import_observations
from tests.field.xforms.test_forms import workbook

pytestmark = pytest.mark.django_db

ONE, TWO = UUID("11111111-1111-4111-8111-111111111111"), UUID("22222222-2222-4222-8222-222222222222")
SURVEY = [
    ["type", "name", "label"],
    ["begin group", "place", "Place"],
    ["text", "town", "Town"],
    ["select_multiple colour", "seals", "Seals"],
    ["end group", "", ""],
    ["begin repeat", "person", "Person"],
    ["text", "role", "Role"],
    ["integer", "age", "Age"],
    ["select_multiple colour", "badge", "Badge"],
    ["end repeat", "", ""],
    ["begin repeat", "box", "Box"],
    ["text", "seal", "Seal"],
    ["end repeat", "", ""],
]
CHOICES = [["list_name", "name", "label"], ["colour", "red", "Red"], ["colour", "blue", "Blue"]]


@pytest.fixture
def version(polling, coordinator):
    """A form with a group, a multiple choice and two repeats."""
    content = workbook(survey=SURVEY, choices=CHOICES, settings=[["form_title", "form_id", "version"], ["Visit", "visit", "1"]])
    by = user_actor(coordinator)
    answer = import_form(content, name="visit.xlsx", by=by, mission=polling, publish=True, code="VISIT", validate=False)
    assert answer.refused == []
    return answer.version


@pytest.fixture
def load(version, polling, coordinator):
    def run(content, name="export.xlsx", **more):
        return import_observations(version, polling, content, name=name, by=user_actor(coordinator), **more)

    return run


def lines(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def kobo(people, records=None):
    """A workbook as Kobo exports it: `_index` there, `_parent_index` here."""
    head = ["start", "place/town", "place/seals", "place/seals/red", "place/seals/blue", "_uuid", "_validation_status", "_index"]
    records = records or [
        ["2027-10-24T09:00:00+03:00", "Горно", "red blue", 1, 1, str(ONE), "Approved", 1],
        ["2027-10-24T10:00:00+03:00", "Изток", None, 0, 1, str(TWO), "validation_status_not_approved", 2],
    ]
    return workbook(
        Visit=[head, *records],
        person=[["person/role", "person/age", "person/badge/red", "_index", "_parent_table_name", "_parent_index"], *people],
        box=[["seal", "_submission__uuid"], ["A-1", str(TWO)]],
    )


def answers():
    return {row.uuid: row.answers for row in Observation.objects.all()}


def test_sheets_of_kobo_hang_on_their_records(load):
    content = kobo([["chair", 51, 1, 1, "Visit", 2], ["member", 34, 0, 2, "Visit", 1], ["guard", None, None, 3, "Visit", 2]])
    assert load(content).as_json() == {"created": 2, "updated": 0, "unchanged": 0, "refused": []}
    assert answers() == {
        ONE: {"town": "Горно", "seals": ["red", "blue"], "person": [{"role": "member", "age": 34}]},
        TWO: {
            "town": "Изток",
            "seals": ["blue"],
            "person": [{"role": "chair", "age": 51, "badge": ["red"]}, {"role": "guard"}],
            "box": [{"seal": "A-1"}],
        },
    }
    assert Observation.objects.get(uuid=ONE).started_at == datetime(2027, 10, 24, 6, tzinfo=UTC)
    assert load(content).as_json() == {"created": 0, "updated": 0, "unchanged": 2, "refused": []}


def test_what_kobo_said_is_the_review_and_the_desk_goes_before_it(load, client_for, coordinator):
    load(kobo([["chair", 51, 1, 1, "Visit", 2]]))
    found = {row.observation.uuid: row for row in FlagReview.objects.select_related("observation")}
    assert {uuid: (row.code, row.state, row.note) for uuid, row in found.items()} == {
        ONE: ("approval", "settled", "_validation_status: Approved"),
        TWO: ("approval", "new", "_validation_status: validation_status_not_approved"),
    }
    FlagReview.objects.filter(pk=found[TWO].pk).update(state="asked")
    load(kobo([["chair", 51, 1, 1, "Visit", 2]]))
    assert FlagReview.objects.count() == 2
    assert FlagReview.objects.get(pk=found[TWO].pk).state == "asked"
    body = client_for(coordinator).get(found[ONE].observation.get_absolute_url()).content.decode()
    assert "_validation_status: Approved" in body


def odk():
    """The files of an archive as ODK Central writes them."""
    records = lines(
        [
            ["SubmissionDate", "start", "place-town", "place-seals", "meta-instanceID", "KEY", "ReviewState", "SET-OF-person"],
            ["", "", "Горно", "red", f"uuid:{ONE}", f"uuid:{ONE}", "hasIssues", ""],
            ["", "", "Изток", "", f"uuid:{TWO}", f"uuid:{TWO}", "", ""],
        ]
    )
    people = lines(
        [
            ["role", "age", "PARENT_KEY", "KEY"],
            ["chair", "51", f"uuid:{TWO}", f"uuid:{TWO}/person[1]"],
            ["", "", "", ""],
            ["member", "34", f"uuid:{TWO}", f"uuid:{TWO}/person[2]"],
        ]
    )
    return records, people


def test_files_of_odk_hang_on_their_records(load, tmp_path, polling, version):
    records, people = odk()
    answer = load(records, "visit.csv", beside=[("visit-person.csv", people)])
    assert (answer.created, answer.refused) == (2, [])
    assert answers()[TWO]["person"] == [{"role": "chair", "age": 51}, {"role": "member", "age": 34}]
    assert FlagReview.objects.get().state == "asked"
    Observation.objects.all().delete()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("visit-person.csv", people)
        archive.writestr("visit.csv", records)
    (tmp_path / "visit.zip").write_bytes(out.getvalue())
    said = io.StringIO()
    call_command("import_observations", "VISIT", str(tmp_path / "visit.zip"), "--mission", polling.reference, stdout=said)
    assert json.loads(said.getvalue())["created"] == 2
    assert len(answers()[TWO]["person"]) == 2


def test_columns_with_numbers_are_rows(load):
    answer = load(lines([["town", "person[2]/role", "person[1]/role", "person[10]/age"], ["Горно", "member", "chair", "20"]]), "a.csv")
    assert answer.refused == []
    assert next(iter(answers().values()))["person"] == [{"role": "chair"}, {"role": "member"}, {"age": 20}]


def test_one_uuid_twice_counts_once(load):
    head, row = ["town", "_uuid"], ["Горно", str(ONE)]
    assert load(lines([head, row, ["Изток", str(TWO)], row]), "a.csv").as_json() == {
        "created": 2,
        "updated": 0,
        "unchanged": 1,
        "refused": [],
    }
    answer = load(lines([head, row, [], ["Другаде", str(ONE).upper()]]), "a.csv")
    why = "The row has the UUID of row 2 and other answers: keep the one that is right."
    assert answer.as_json() == {"created": 0, "updated": 0, "unchanged": 0, "refused": [{"row": 4, "column": "_uuid", "why": why}]}
    assert Observation.objects.count() == 2


def test_repeated_headings_do_not_overwrite_each_other(load):
    head = ["town", "place/town", "town", "_uuid"]
    answer = load(lines([head, ["Горно", "", "Горно", str(ONE)], ["", "Изток", "", str(TWO)]]), "a.csv")
    assert answer.created == 2
    assert [answers()[uuid]["town"] for uuid in (ONE, TWO)] == ["Горно", "Изток"]
    (fault,) = load(lines([head, ["Горно", "Изток", "", ""]]), "a.csv").refused
    assert (fault["row"], fault["column"]) == (2, "place/town")
    assert fault["why"] == "The columns “town” and “place/town” both hold town and say different things: “Горно” and “Изток”."


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["chair", 51, 1, 1, "Visit", 7], "_parent_index", "No record has the _index “7” that this row of the sheet “person” hangs on."),
        (["chair", 51, 1, 1, "Visit", None], "_parent_index", "hangs on no record: _parent_index is empty"),
        (["chair", 51, 1, 1, "box", 1], "_parent_table_name", "The row hangs on the sheet “box”: repeats inside repeats are not read."),
    ],
)
def test_a_row_that_cannot_be_hung_is_named(load, row, column, words):
    answer = load(kobo([["chair", 51, 1, 1, "Visit", 2], row]))
    (fault,) = answer.refused
    assert (fault["sheet"], fault["row"], fault["column"]) == ("person", 3, column)
    assert words in fault["why"]
    assert Observation.objects.count() == FlagReview.objects.count() == 0


def test_other_refusals_name_row_and_column(load, outsider, version, polling):
    sheet = workbook(Visit=[["town", "_index"], ["Горно", 1]], people=[["role", "_parent_index"], ["chair", 1]])
    (fault,) = load(sheet).refused
    assert fault["why"] == "The sheet “people” is named after no repeat of this form. Its repeats: person, box."
    bad = lines([["town", "start", "reviewState"], ["Горно", "soon", ""], ["", "", ""], ["Изток", "", "perhaps"]])
    first, second = load(bad, "a.csv").refused
    assert (first["row"], first["column"], first["why"]) == (2, "start", "“soon” is no time: write 2027-10-24T09:30:00+03:00.")
    assert (second["row"], second["column"]) == (4, "reviewState")
    assert "“perhaps” is no state that Kobo or ODK gives a record" in second["why"]
    assert load(b"PK", "a.zip").refused[0]["why"] == "The archive is damaged or protected by a password."
    assert load(b"PK", "a.xlsx").refused[0]["why"] == "The workbook is damaged."
    assert load(b"town\n", "a.csv").refused[0]["why"] == "The file has no rows."
    assert load(b"who,what\n1,2\n", "a.csv").refused[0]["row"] == 1
    assert Observation.objects.count() == 0
    with pytest.raises(NotAllowed):
        import_observations(version, polling, b"town\nX\n", name="a.csv", by=user_actor(outsider))


def test_a_dry_run_stores_nothing_and_blank_rows_of_a_workbook_are_no_records(load):
    book = openpyxl.load_workbook(io.BytesIO(workbook(Visit=[["town"], ["Горно"], [None], ["Изток"]])))
    out = io.BytesIO()
    book.save(out)
    assert load(out.getvalue(), dry_run=True).created == 2
    assert Observation.objects.count() == 0


KINDS = [
    ["type", "name", "label::English (en)", "label::Français (fr)"],
    ["text", "T01", "Team", "Équipe"],
    ["time", "T02", "Arrival", "Arrivée"],
    ["integer", "T03", "Voters on the list", "Inscrits"],
    ["decimal", "T04", "Distance", "Distance en km"],
    ["date", "T05", "Day", "Jour"],
    ["select_one yn", "T06", "Was it calm?", "Était-ce calme ?"],
    ["select_multiple who", "T07", "Who was there?", "Qui était là ?"],
]
OPTIONS = [
    ["list_name", "name", "label::English (en)", "label::Français (fr)"],
    ["yn", "yes", "Yes", "Oui"],
    ["yn", "no", "No", "Non"],
    ["who", "none", "Nobody", "Personne"],
    ["who", "media", "Media", "Médias"],
    ["who", "party", "A party or candidate", "Un parti"],
]


@pytest.fixture
def kinds(polling, coordinator):
    """A form with every kind of answer, and what imports into it."""
    settings = [["form_title", "form_id", "version"], ["Kinds", "kinds", "1"]]
    content, by = workbook(survey=KINDS, choices=OPTIONS, settings=settings), user_actor(coordinator)
    version = import_form(content, name="kinds.xlsx", by=by, mission=polling, publish=True, code="KINDS", validate=False).version

    def run(content, name="export.csv", **more):
        return import_observations(version, polling, content, name=name, by=by, **more)

    return run


def test_values_are_taken_over_in_one_way_of_writing(kinds):
    head = ["T02", "T03", "T04", "T05", "T06", "T07", "_uuid"]
    rows = [
        ["9:05 PM", "400.0", "3,5", "2027-10-24", "Oui", "A party or candidate Media", str(ONE)],
        ["9h05", "7", "2.5", "2027-10-24T00:00:00", "yes", "none;party", str(TWO)],
    ]
    assert kinds(lines([head, *rows])).refused == []
    assert answers() == {
        ONE: {"T02": "21:05", "T03": 400, "T04": "3.5", "T05": "2027-10-24", "T06": "yes", "T07": ["party", "media"]},
        TWO: {"T02": "09:05", "T03": 7, "T04": "2.5", "T05": "2027-10-24", "T06": "yes", "T07": ["none", "party"]},
    }


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("T02", "25:00", "“25:00” is no time of day: write 09:30."),
        ("T02", "13:00 PM", "is no time of day"),
        ("T03", "seven", "“seven” is no whole number: write digits only."),
        ("T03", "1 200", "is no whole number"),
        ("T04", "far", "“far” is no number: write it as 12.5."),
        ("T05", "24.10.2027", "“24.10.2027” is no day: write 2027-10-24."),
        ("T06", "maybe", "“maybe” is no option of T06. Its options: yes, no."),
        ("T07", "media police", "“media police” is no option of T07. Its options: none, media, party."),
        ("T07/media", "x", "“x” says neither yes nor no to this choice: write 1 or 0."),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_and_nothing_is_stored(kinds, column, value, words):
    answer = kinds(lines([["T01", column], ["North", ""], ["South", value]]))
    (fault,) = answer.refused
    assert (fault["row"], fault["column"], answer.created) == (3, column, 0)
    assert words in fault["why"]
    assert Observation.objects.count() == 0


def test_headings_may_be_the_wording_of_the_questions(kinds):
    """As Kobo writes them when somebody chose labels for its export; what says nothing to the form is named."""
    head = [
        "Visit/Team",
        "Voters on the list",
        "Était-ce calme ?",
        "Visit/Who was there?/Media",
        "Who was there?/Nobody",
        "_index",
        "Remarks",
    ]
    answer = kinds(lines([head, ["North", "400", "Non", "1", "0", "1", "fine"]]))
    assert (answer.created, answer.refused, answer.as_json()["ignored"]) == (1, [], ["Remarks"])
    assert list(answers().values()) == [{"T01": "North", "T03": 400, "T06": "no", "T07": ["media"]}]


def test_a_time_without_a_zone_is_the_missions(kinds, polling):
    assert polling.zone == "Europe/Sofia"
    assert kinds(lines([["T01", "start"], ["North", "2027-10-24 09:00:00"]])).created == 1
    assert Observation.objects.get().started_at == datetime(2027, 10, 24, 6, tzinfo=UTC)


def test_the_file_of_another_form_is_refused(load, kinds):
    (fault,) = kinds(lines([["town", "T01", "seals"], ["Горно", "North", "red"]])).refused
    assert (fault["row"], fault["why"]) == (1, "The columns are those of the form VISIT, not of KINDS: only T01 are in both.")
    assert kinds(lines([["town", "T01"], ["Горно", "North"]])).as_json()["ignored"] == ["town"]


def test_a_file_is_what_its_content_says(kinds):
    table, out = lines([["T01"], ["North"]]), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("__MACOSX/._export.csv", b"\0\5\x16\7" + b"\0" * 90)
        archive.writestr("export.csv", table)
    assert kinds(out.getvalue(), "export.csv", dry_run=True).created == 1
    assert kinds(table, "export.xlsx", dry_run=True).created == 1
    assert kinds(workbook(Records=[["T01"], ["North"]]), "export.csv", dry_run=True).created == 1
    assert kinds(b"\xef\xbb\xbfsep=;\r\nT01;T03\r\nNorth;7\r\n", dry_run=True).created == 1
    assert "This is a web page" in kinds(b"\xef\xbb\xbf<!DOCTYPE html><html></html>").refused[0]["why"]
    assert "This is an old or protected Excel file" in kinds(b"\xd0\xcf\x11\xe0" + b"\0" * 99).refused[0]["why"]


def test_no_sheet_with_records_is_left_out_unsaid(kinds):
    sheets = {"Read me": [["Please note"], ["x"]], "North": [["T01", "T03"], ["North", 7]]}
    assert kinds(workbook(**sheets)).created == 1
    faults = kinds(workbook(**sheets, South=[["T01", "T03"], ["South", 8]])).refused
    assert [(fault["sheet"], fault["row"]) for fault in faults] == [("South", 1)]
    assert "holds records as “North” does" in faults[0]["why"]
    (fault,) = kinds(workbook(**sheets | {"North": [["T01", "T03"], ["North", "seven"]]})).refused
    assert (fault["sheet"], fault["row"], fault["column"]) == ("North", 2, "T03")


def test_cells_beside_the_headings_and_other_answers_to_a_stored_uuid_are_refused(kinds):
    (fault,) = kinds(b"T01,T03\nNorth, upper part,7\n").refused[1:]
    assert (fault["row"], fault["column"]) == (2, "")
    assert "“7” stands under none" in fault["why"]
    assert kinds(lines([["T01", "_uuid"], ["North", str(ONE)]])).created == 1
    (fault,) = kinds(lines([["T01", "_uuid"], ["South", str(ONE)]])).refused
    assert fault["why"] == "A record with this UUID is stored already, with other answers: correct it at the desk, or leave the row out."


def test_a_million_empty_rows_are_not_read_and_a_filled_one_below_them_is(kinds, monkeypatch):
    """Excel keeps the format of rows that somebody coloured to the end of the sheet."""
    empty = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(3, 60_000))
    read = []
    monkeypatch.setattr(import_files, "_text", lambda value: read.append(value) or ("" if value is None else str(value)))
    assert kinds(with_rows(workbook(Records=[["T01"], ["North"]]), empty), "a.xlsx").created == 1
    assert len(read) < 1_100
    filled = empty + '<row r="70000"><c r="A70000" t="inlineStr"><is><t>South</t></is></c></row>'
    assert kinds(with_rows(workbook(Records=[["T01"], ["East"]]), filled), "a.xlsx").created == 2
    monkeypatch.setattr(import_files, "MAX_UNPACKED", 1000)
    assert "unpacks to more than" in kinds(workbook(Records=[["T01"], ["West"]]), "a.xlsx").refused[0]["why"]


def with_rows(content, rows):
    """A workbook with more rows in its sheet, as they stand in the file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in given.infolist():
            data = given.read(info)
            if info.filename.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            made.writestr(info.filename, data)
    return out.getvalue()
