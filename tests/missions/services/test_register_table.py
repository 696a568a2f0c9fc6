"""The register as list, table and in the API: every column, no formula, the same filters everywhere."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from missions.enums import RequestState
from missions.models import Decision, Request
from missions.services import register_table as table

pytestmark = pytest.mark.django_db


def lines(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode())))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (date(2027, 10, 24), "2027-10-24"),
        ("=1+1", "'=1+1"),
        ("+359 2", "'+359 2"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("Sofia = capital", "Sofia = capital"),
    ],
)
def test_a_cell_is_no_formula(value, cell):
    assert table.plain(value) == cell


@pytest.fixture
def register(make_mission, make_request, make_election):
    """Three requests: decided, received last year, withdrawn; and a draft."""
    decided = make_mission("accepted", election=make_election("BG")).request
    decided.polling = [{"day": "2027-10-24", "round": 1, "opens_at": "07:00", "closes_at": "20:00"}, {"day": "2027-10-31", "round": 2}]
    decided.criteria = {"safety": {"answer": "yes", "comment": "=calm"}}
    decided.save_changes("polling", "criteria")
    Decision.objects.create(
        request=decided, outcome="accepted", decided_on=clock.today(), reference="CG-BUR(2027)1", format="remote", reasons="-Short."
    )
    last_year = clock.today() - timedelta(days=366)
    received = make_request(make_election("AM"), state=RequestState.RECEIVED, received_on=last_year, election_title="Yerevan council")
    withdrawn = make_request(make_election("AL"), state=RequestState.WITHDRAWN, ended_reason="@Postponed")
    draft = make_request(make_election("AL"), state=RequestState.DRAFT)
    return decided, received, withdrawn, draft


def test_every_column(register, client_for, coordinator):
    found = {row["uuid"]: row for row in lines(client_for(coordinator).get(reverse("missions:requests_csv")))}
    decided, received, withdrawn, draft = register
    assert set(found) == {str(row.uuid) for row in (decided, received, withdrawn)}
    assert str(draft.uuid) not in found
    row = found[str(decided.uuid)]
    assert list(row) == table.HEAD
    assert (row["country"], row["country_name"], row["contact_email"]) == ("BG", "Bulgaria", "office@example.org")
    assert row["polling_days"] == "2027-10-24 (1) 07:00-20:00; 2027-10-31 (2)"
    assert (row["criterion_safety"], row["criterion_overlap"]) == ("yes: =calm", "")
    assert (row["decision"], row["format"], row["decision_reference"]) == ("accepted", "remote", "CG-BUR(2027)1")
    assert (row["reasons"], row["is_public"], row["mission"]) == ("'-Short.", "no", decided.mission.reference)
    assert found[str(withdrawn.uuid)]["ended_reason"] == "'@Postponed"
    columns = {field.name for field in Request._meta.concrete_fields} - {"id", "created_at", "updated_at", "received_at", "election"}
    told = set(table.HEAD) | {"authority_name", "election_kind", "polling", "criteria", "note_basis"}
    assert columns - told == set()


FILTERS = [
    ({"state": "received"}, {1}),
    ({"country": "AL"}, {2, 3}),
    ({"outcome": "accepted"}, {0}),
    ({"q": "yerevan COUNCIL"}, {1}),
    ({"q": "nobody"}, set()),
    ({"year": "{last}"}, {1}),
    ({"country": "AL", "state": "withdrawn"}, {2}),
    ({"state": "nonsense"}, {0, 1, 2, 3}),
    ({"page": "1"}, {0, 1, 2, 3}),
]


@pytest.mark.parametrize(("asked", "wanted"), FILTERS)
def test_list_and_table_are_narrowed_alike(register, client_for, coordinator, asked, wanted):
    asked = {name: value.replace("{last}", str(register[1].received_on.year)) for name, value in asked.items()}
    desk = client_for(coordinator)
    page = desk.get(reverse("missions:requests"), asked)
    assert {row.uuid for row in page.context["object_list"]} == {register[number].uuid for number in wanted}
    found = {row["uuid"] for row in lines(desk.get(reverse("missions:requests_csv"), asked))}
    assert found == {str(register[number].uuid) for number in wanted - {3}}


def test_the_list_leads_to_the_table_of_the_same(register, client_for, coordinator):
    text = client_for(coordinator).get(reverse("missions:requests"), {"country": "AL", "state": "withdrawn"}).content.decode()
    assert f'href="{reverse("missions:requests_csv")}?country=AL&amp;state=withdrawn"' in text


def test_the_api_is_narrowed_alike_and_read_only(register, api_for, coordinator, auditor, outsider):
    url, api = reverse("request-list"), api_for(coordinator)
    assert api_for(None).get(url).status_code == 401
    assert api_for(outsider).get(url).status_code == 403
    assert api_for(auditor).get(url).status_code == 200
    assert api.post(url, {}).status_code == 405
    page = api.get(url, {"page_size": 2}).json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert page["next"]
    row = api.get(url, {"outcome": "accepted"}).json()["results"][0]
    assert (row["uuid"], row["decision"]["format"]) == (str(register[0].uuid), "remote")
    assert [found["uuid"] for found in api.get(url, {"q": "yerevan"}).json()["results"]] == [str(register[1].uuid)]
    until = (clock.today() - timedelta(days=100)).isoformat()
    assert api.get(url, {"received_to": until}).json()["count"] == 1
    assert api.get(url, {"received_from": until}).json()["count"] == 2
    assert api.get(url, {"state": "nonsense"}).status_code == 400
    assert "contact_email" not in row


def test_one_line_asks_as_often_as_three(make_request, make_election, client_for, coordinator, api_for):
    pages = [
        (client_for(coordinator), reverse("missions:requests")),
        (client_for(coordinator), reverse("missions:requests_csv")),
        (api_for(coordinator), reverse("request-list")),
    ]

    def count():
        found = []
        for client, url in pages:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    one = make_request(make_election("BG"))
    before = count()
    make_request(make_election("AM"), state=RequestState.MERGED, merged_into=one)
    make_request(make_election("AL"))
    assert count() == before


def test_twins_are_marked_on_the_list(make_request, make_election, client_for, coordinator):
    election = make_election("BG")
    day = election.polling_days.get().day.isoformat()
    for channel in ("link", "post"):
        make_request(make_election("BG"), state=RequestState.RECEIVED, polling=[{"day": day, "round": 1}], channel=channel)
    assert client_for(coordinator).get(reverse("missions:requests")).content.decode().count("perhaps twice") == 2
