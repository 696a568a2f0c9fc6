"""Downloads of observations: CSV and workbook hold the same table."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.urls import reverse

from field.models import Observation
from field.services import workbooks
from tests.field.conftest import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(phone, item, stations, polling):
    """Two records of form B, one of form A."""
    items = [
        item("B", uuid=uuid4(), B35="=cmd|' /C calc'!A0", H14=["media", "citizen_group"]),
        item("B", B35="#REF!\x0b", B10="yes"),
        item("A"),
    ]
    response = phone.post("/api/v1/sync/", {"items": items}, format="json")
    assert {row["result"] for row in response.json()["results"]} == {"created"}
    return list(Observation.objects.order_by("pk"))


def get(client, polling, kind, **query):
    response = client.get(reverse("field:export" if kind == "csv" else "field:export_workbook", args=[polling.reference]), query)
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert response["Content-Disposition"] == f'attachment; filename="{polling.reference}-observations.xlsx"'
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows())


def test_the_workbook_has_the_columns_of_the_csv(client_for, coordinator, polling, sent):
    client = client_for(coordinator)
    lines, rows = get(client, polling, "csv"), get(client, polling, "xlsx")
    heads = [cell.value for cell in rows[0]]
    assert heads == lines[0]
    assert {"H14", "H14/citizen_group", "flag_B10", "A01"} <= set(heads)
    assert len(set(heads)) == len(heads)
    assert lines[1][heads.index("answers/station")] == lines[1][heads.index("station")] == "S001"
    assert len(lines) == len(rows) == 4
    assert len(get(client, polling, "xlsx", form="B")) == 3


def test_cells_are_what_they_hold(client_for, coordinator, polling, sent):
    rows = get(client_for(coordinator), polling, "xlsx", form="B")
    first, second = ({head.value: cell for head, cell in zip(rows[0], row, strict=True)} for row in rows[1:])
    assert (first["B35"].value, first["B35"].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert (second["B35"].value, second["B35"].data_type) == ("#REF!", "s")
    assert first["day"].value.date() == DAY
    assert first["started_at"].value == datetime(2027, 10, 24, 9)  # the mission's zone, as the observer's watch showed it
    assert sent[0].started_at == datetime(2027, 10, 24, 9, tzinfo=ZoneInfo("Europe/Sofia"))
    assert (first["H11"].value, first["H14"].value) == (7, "media citizen_group")
    assert [first[f"H14/{name}"].value for name in ("citizen_group", "media", "none")] == [1, 1, 0]
    assert (first["flag_B10"].value, second["flag_B10"].value, second["is_incomplete"].value) == (None, 3, False)


def test_wording_in_a_second_row(client_for, coordinator, polling, sent):
    client = client_for(coordinator)
    question = next(row for row in sent[0].form_version.questions if row["code"] == "B10")["label"]
    for kind in ("csv", "xlsx"):
        for language, wanted in (("fr", "fr"), ("de", "de"), ("xx", "en")):
            rows = get(client, polling, kind, labels="1", language=language, form="B")
            texts = [[getattr(cell, "value", cell) for cell in row] for row in rows[:2]]
            labels = dict(zip(*texts, strict=True))
            assert labels["B10"] == question[wanted], (kind, language)
            assert labels["H14/media"].startswith(labels["H14"])
        assert len(get(client, polling, kind, labels="0", form="B")) == 3
    assert labels["started_at"] == polling.zone


def test_a_text_longer_than_a_cell_is_cut_and_a_full_sheet_goes_on_in_the_next(polling, sent, monkeypatch):
    Observation.objects.filter(pk=sent[0].pk).update(answers=sent[0].answers | {"B35": "a" * 40_000})
    monkeypatch.setattr(workbooks, "ROWS", 2)
    book = openpyxl.load_workbook(workbooks.workbook(Observation.objects.for_mission(polling), zone=polling.zone))
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("observations", 3), ("observations 2", 2)]
    heads = [cell.value for cell in book.worksheets[0][1]]
    text = book.worksheets[0][2][heads.index("B35")].value
    assert (len(text), text[-2:]) == (32_767, "a…")


def test_an_empty_mission_has_a_workbook_with_heads(client_for, coordinator, polling):
    rows = get(client_for(coordinator), polling, "xlsx")
    assert [cell.value for cell in rows[0]][:3] == ["uuid", "root", "mission"]
    assert len(rows) == 1


def test_who_may_take_them_out(client_for, coordinator, outsider, team, polling, sent, django_assert_num_queries):
    url = reverse("field:export_workbook", args=[polling.reference])
    assert client_for(outsider).get(url).status_code == 404
    assert client_for(team.members.get().person.user).get(url).status_code == 403
    assert client_for(None).get(url).status_code == 302
    body = client_for(coordinator).get(reverse("field:figures", args=[polling.reference])).content.decode()
    assert f"{url}?" in body
    assert url in client_for(coordinator).get(reverse("field:records", args=[polling.reference])).content.decode()
    with django_assert_num_queries(3):
        workbooks.workbook(Observation.objects.for_mission(polling), zone=polling.zone).close()


@pytest.mark.parametrize("page", ["records", "figures"])
def test_a_workbook_in_the_making_is_said(client_for, coordinator, polling, sent, page):
    body = client_for(coordinator).get(reverse(f"field:{page}", args=[polling.reference]), {"form": "B"}).content.decode()
    for labels in ("", "&amp;labels=1"):
        address = reverse("field:export_workbook", args=[polling.reference])
        assert f'data-made-whole href="{address}?form=B{labels}"' in " ".join(body.split())
    assert "The workbook is being made" in body and "field/downloads" in body
