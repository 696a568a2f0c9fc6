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
