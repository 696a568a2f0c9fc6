"""Observations page by page, as Excel and Power BI fetch them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from field.api import odata
from field.models import Observation
from tests.field.conftest import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(phone, item, stations, polling):
    """Three records of form B, one of form A."""
    first = uuid4()
    items = [
        item("B", uuid=first, H14=["media", "citizen_group"], B35="=1+1"),
        item("B", station="S002", B10="yes", B35="The mayor stood inside."),
        item("B", station="S003"),
        item("A"),
    ]
    response = phone.post("/api/v1/sync/", {"items": items}, format="json")
    assert {row["result"] for row in response.json()["results"]} == {"created"}
    return first


@pytest.fixture
def ask(coordinator, polling):
    """The door as the coordinator asks it."""
    client = APIClient()
    client.force_login(coordinator)

    def get(**options):
        query = {f"${name}": value for name, value in options.items()}
        return client.get(f"/api/v1/missions/{polling.reference}/odata/observations/", query)

    get.client = client
    return get


def test_rows_are_flat(ask, sent):
    body = ask().json()
    assert set(body) == {"value"}
    assert len(body["value"]) == 4
    row = body["value"][0]
    assert (row["uuid"], row["form"], row["station"], row["team"], row["day"]) == (str(sent), "B", "S001", "Team 1", str(DAY))
    assert (row["H11"], row["H14"], row["H14_media"], row["H14_none"], row["B35"]) == (7, "media citizen_group", 1, 0, "=1+1")
    assert row["answers_station"] == "S001"  # what was chosen; `station` is where the record stands now
    assert (row["flag_B10"], body["value"][1]["flag_B10"], row["A01"], row["is_incomplete"]) == (None, 3, None, False)
    assert {tuple(row) for row in body["value"]} == {tuple(row)}


def test_pages_name_the_next(ask, sent, monkeypatch):
    monkeypatch.setattr(odata, "PAGE", 2)
    everything = [row["uuid"] for row in ask(orderby="station desc").json()["value"]]
    assert len(everything) == 2
    answer, seen = ask(orderby="station desc", count="true", filter="day eq 2027-10-24", top="3").json(), []
    while True:
        assert answer["@odata.count"] == 4
        seen += [row["station"] for row in answer["value"]]
        if "@odata.nextLink" not in answer:
            break
        answer = ask.client.get(answer["@odata.nextLink"]).json()
    assert seen == ["S003", "S002", "S001"]
    assert "@odata.nextLink" not in ask(top="2").json()
    assert ask(top="0").json() == {"value": []}
    assert ask(skip="9", count="true").json() == {"value": [], "@odata.count": 4}


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ("form eq 'B'", ["S001", "S002", "S003"]),
        ("station eq 'S001' and form eq 'A'", ["S001"]),
        ("team eq 'Team 1' AND day eq '2027-10-24' and form eq 'A'", ["S001"]),
        ("team eq 'O''Brien'", []),
        ("day eq 2027-10-23", []),
    ],
)
def test_filters(ask, sent, wanted, codes):
    answer = ask(filter=wanted, select="station").json()
    assert answer == {"value": [{"station": code} for code in codes]}


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("top", "-1", "$top is a whole number from 0, not “-1”."),
        ("skip", "many", "$skip is a whole number from 0, not “many”."),
        ("skip", "99999999999", "$skip is a whole number from 0, not “99999999999”."),
        ("count", "1", "$count is true or false, not “1”."),
        ("filter", "", "“” cannot be read: write form eq 'B' and day eq 2027-10-24."),
        ("filter", "form gt 'B'", "“gt” is not known here, only eq."),
        ("filter", "form eq 'B' or form eq 'A'", "Conditions are joined by “and”, not by “or form eq 'A'”."),
        ("filter", "uuid eq 'B'", "“uuid” cannot be filtered by. Known are: form, station, team, day."),
        ("filter", "day eq tomorrow", "“tomorrow” is no day: write day eq 2027-10-24."),
        ("orderby", "form upwards", "“form upwards” cannot be sorted by"),
        ("orderby", "B10", "“B10” cannot be sorted by"),
        ("select", "uuid,statoin", "There is no column “statoin”. Is “station” meant?"),
        ("format", "xml", "Only $format=json is answered, not “xml”."),
        ("expand", "team", "The option $expand is not known here. Known are: $top, $skip"),
    ],
)
def test_a_refusal_names_the_option(ask, sent, option, text, sentence):
    answer = ask(**{option: text})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["attr"] == f"${option}"
    assert error["detail"].startswith(sentence)


def test_who_may_ask(ask, sent, outsider, team, phone, polling):
    url = f"/api/v1/missions/{polling.reference}/odata/observations/"
    for user, status in ((outsider, 404), (team.members.get().person.user, 403)):
        client = APIClient()
        client.force_login(user)
        assert client.get(url).status_code == status
    assert APIClient().get(url).status_code in {401, 403}
    assert phone.get(url).status_code == 403
    assert ask.client.post(url, {}).status_code == 405


def test_the_number_of_queries_does_not_grow(ask, sent, django_assert_max_num_queries, polling):
    with django_assert_max_num_queries(20) as few:
        assert len(ask(count="true", top="1").json()["value"]) == 1
    with django_assert_max_num_queries(len(few)):
        assert len(ask(count="true", top="3").json()["value"]) == 3
    assert Observation.objects.for_mission(polling).count() == 4
