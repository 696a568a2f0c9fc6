"""Observations page by page, as Excel and Power BI fetch them."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.urls import reverse
from rest_framework.test import APIClient

from field.models import Observation
from field.services import exports, feed, feed_options
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
    assert set(body) == {"@odata.context", "value"}
    assert len(body["value"]) == 4
    row = body["value"][0]
    assert (row["uuid"], row["form"], row["station"], row["team"], row["day"]) == (str(sent), "B", "S001", "Team 1", str(DAY))
    assert (row["H11"], row["H14"], row["H14_media"], row["H14_none"], row["B35"]) == (7, "media citizen_group", 1, 0, "=1+1")
    assert row["answers_station"] == "S001"  # what was chosen; `station` is where the record stands now
    assert (row["flag_B10"], body["value"][1]["flag_B10"], row["A01"], row["is_incomplete"]) == (None, 3, None, False)
    assert {tuple(row) for row in body["value"]} == {tuple(row)}


def test_pages_name_the_next(ask, sent, monkeypatch):
    monkeypatch.setattr(feed_options, "PAGE", 2)
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
    assert ask(top="0").json()["value"] == []
    past = ask(skip="9", count="true").json()
    assert (past["value"], past["@odata.count"]) == ([], 4)


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ("form eq 'B'", ["S001", "S002", "S003"]),
        ("station eq 'S001' and form eq 'A'", ["S001"]),
        ("team eq 'Team 1' AND day eq '2027-10-24' and form eq 'A'", ["S001"]),
        ("team eq 'O''Brien'", []),
        ("day eq 2027-10-23", []),
        ("form eq 'A' or (station eq 'S002' and not (severity eq null))", ["S002", "S001"]),
        ("(form eq 'B') and (day ge 2027-10-24 and day lt 2027-10-25)", ["S001", "S002", "S003"]),
        ("severity ge 3", ["S002"]),
        ("severity ne 3 and form eq 'B'", ["S001", "S003"]),
        ("received_at lt 2001-01-01T00:00:00Z", []),
        ("is_incomplete eq false and station_typed eq null and district ne 'Elsewhere' and form ne 'A'", ["S001", "S002", "S003"]),
    ],
)
def test_filters(ask, sent, polling, wanted, codes):
    answer = ask(filter=wanted, select="station").json()
    assert answer["value"] == [{"station": code} for code in codes]
    assert answer["@odata.context"].endswith("/odata/$metadata#observations(station)")
    url = f"/api/v1/missions/{polling.reference}/odata/observations/$count"
    assert ask.client.get(url, {"$filter": wanted}).content == str(len(codes)).encode()


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("top", "-1", "$top is a whole number from 0, not “-1”."),
        ("skip", "many", "$skip is a whole number from 0, not “many”."),
        ("skip", "99999999999", "$skip is a whole number from 0, not “99999999999”."),
        ("count", "1", "$count is true or false, not “1”."),
        ("filter", "", "“” cannot be read: write form eq 'B' and day eq 2027-10-24."),
        ("filter", "form gt 'B'", "“form” cannot be compared by “gt”. Known are: eq, ne."),
        ("filter", "severity has 3", "“severity” cannot be compared by “has”. Known are: eq, ne, gt, ge, lt, le."),
        ("filter", "form eq 'B' xor form eq 'A'", "Conditions are joined by “and” or “or”, not by “xor form eq 'A'”."),
        ("filter", "(form eq 'B'", "“” cannot be read"),
        ("filter", "form eq", "“form eq” cannot be read"),
        ("filter", "contains(team,'1')", "“contains” cannot be filtered by. Known are: uuid"),
        ("filter", "(" * 500, "The condition has more than 20 brackets inside each other."),
        ("filter", "form eq 'B' and " * 500, "The condition is longer than 4000 characters."),
        ("filter", "B10 eq 'yes'", "“B10” cannot be filtered by. Known are: uuid, root, mission, form,"),
        ("filter", "uuid eq 'B'", "“B” is no UUID."),
        ("filter", "received_at ge 2027-10-24", "“2027-10-24” is no instant: write received_at ge 2027-10-24T09:00:00Z."),
        ("filter", "severity eq high", "“high” is no whole number: write severity eq 3."),
        ("filter", "is_forced eq perhaps", "“perhaps” is neither true nor false."),
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
    assert ask.client.get(url.rstrip("/")).json() == ask.client.get(url).json()
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


EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
TYPES = {
    "Edm.String": str, "Edm.Guid": UUID, "Edm.Date": date.fromisoformat, "Edm.DateTimeOffset": datetime.fromisoformat,
    "Edm.Boolean": {True: True, False: False}.__getitem__, "Edm.Int32": int, "Edm.Int64": int, "Edm.Double": float,
}  # fmt: skip


def read(client, polling, path=""):
    response = client.get(f"/api/v1/missions/{polling.reference}/odata/{path}")
    assert (response.status_code, response["OData-Version"]) == (200, "4.0")
    return response


def properties(client, polling):
    tree = fromstring(read(client, polling, "$metadata").content)
    return {row.get("Name"): row for row in tree.iter(f"{EDM}Property")}


def test_the_service_leads_to_its_table_and_to_what_is_in_it(ask, sent, polling):
    service = read(ask.client, polling)
    assert service["Content-Type"].startswith("application/json;odata.metadata=minimal")
    body = service.json()
    assert body["value"] == [{"name": "observations", "kind": "EntitySet", "url": "observations"}]
    root = body["@odata.context"].removesuffix("$metadata")
    tree = fromstring(ask.client.get(f"{root}$metadata").content)
    assert tree.tag == "{http://docs.oasis-open.org/odata/ns/edmx}Edmx" and tree.get("Version") == "4.0"
    (entity,), (rows,) = list(tree.iter(f"{EDM}EntityType")), list(tree.iter(f"{EDM}EntitySet"))
    assert (rows.get("Name"), rows.get("EntityType")) == ("observations", "Scrutin.Observation")
    assert [row.get("Name") for row in entity.iter(f"{EDM}PropertyRef")] == ["uuid"]
    said = {row.get("Term"): row for row in rows.findall(f"{EDM}Annotation")}
    closed = {path.text for path in said["Capabilities.FilterRestrictions"].iter(f"{EDM}PropertyPath")}
    assert "B10" in closed and not closed & set(feed_options.ORDERS)


def test_every_value_is_of_the_type_that_the_metadata_says(ask, sent, polling):
    known = properties(ask.client, polling)
    rows = ask().json()["value"]
    assert [set(row) for row in rows] == [set(known)] * 4
    for row in rows:
        for name, value in row.items():
            assert value is None or TYPES[known[name].get("Type")](value) is not None, (name, value)
    assert {name: known[name].get("Type") for name in ("uuid", "day", "H11", "H14_media", "B35", "flag_B10", "is_forced")} == {
        "uuid": "Edm.Guid", "day": "Edm.Date", "H11": "Edm.Int64", "H14_media": "Edm.Int32", "B35": "Edm.String", "flag_B10": "Edm.Int32",
        "is_forced": "Edm.Boolean",
    }  # fmt: skip
    assert known["B10"].find(f"{EDM}Annotation").get("String").startswith("Did someone outside the board")


def test_an_answer_of_another_kind_is_nothing_and_the_columns_do_not_depend_on_the_filter(ask, sent, polling):
    row = Observation.objects.get(uuid=sent)
    Observation.objects.filter(pk=row.pk).update(answers=row.answers | {"H11": "seven"})
    first = ask(filter="form eq 'B'").json()["value"][0]
    assert first["H11"] is None and "A01" in first


def test_columns_have_names_that_odata_allows(forms):
    version = forms["B"]
    version.questions = [{"code": code, "kind": "text", "label": {"": code}} for code in ("a.b", "a-b", "A_B", "1st", "x" * 200, "вид")]
    names = [column.name for column in feed.columns_of(exports.Table([version]))][len(exports.FIXED) :]
    assert names == ["a_b", "a_b_2", "A_B_3", "_1st", "x" * 128, "вид"]


def basic(key):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Basic " + base64.b64encode(f"anybody:{key}".encode()).decode())
    return client


def test_a_key_reads_one_mission_as_long_as_its_person_may(client_for, coordinator, sent, polling, make_mission):
    desk, page = client_for(coordinator), reverse("field:feed", args=[polling.reference])
    url = f"/api/v1/missions/{polling.reference}/odata/"
    asked = APIClient().get(url)
    assert (asked.status_code, asked["WWW-Authenticate"].split()[0]) == (401, "Basic")
    assert url in desk.get(page).content.decode()
    made = desk.post(page)
    assert made["Cache-Control"] == "no-store"
    key = made.context["key"]
    assert key in made.content.decode() and key not in desk.get(page).content.decode()
    program = basic(key)
    assert len(program.get(f"{url}observations").json()["value"]) == 4
    assert program.get(f"/api/v1/missions/{make_mission('election_day').reference}/odata/").status_code == 404
    assert program.get("/api/v1/observations/").status_code == 401, "a key opens the feed and nothing else"
    second = desk.post(page).context["key"]
    assert (program.get(url).status_code, basic(second).get(url).status_code) == (401, 200)
    with time_machine.travel(datetime.now(UTC) + feed.KEY_LASTS):
        assert basic(second).get(url).status_code == 401
    coordinator.grants.all().delete()
    assert basic(second).get(url).status_code in {403, 404}
    assert basic("").get(url).status_code == basic("wrong").get(url).status_code == 401


def test_a_key_is_ended(client_for, coordinator, sent, polling):
    desk = client_for(coordinator)
    assert "From OData Feed" in desk.get(reverse("field:feed", args=[polling.reference])).content.decode()
    key = desk.post(reverse("field:feed", args=[polling.reference])).context["key"]
    url = f"/api/v1/missions/{polling.reference}/odata/observations"
    assert basic(key).get(url).status_code == 200
    said = desk.post(reverse("field:feed_end", args=[polling.reference]), follow=True)
    assert "The key works no longer." in said.content.decode()
    assert basic(key).get(url).status_code == 401


def test_a_smaller_page_is_made_where_it_is_preferred(ask, sent, polling, monkeypatch):
    """`Prefer: odata.maxpagesize`, heard up to the page of the house, and said back; what is no size is passed over (RFC 7240)."""
    monkeypatch.setattr(feed_options, "PAGE", 3)
    url = f"/api/v1/missions/{polling.reference}/odata/observations/"
    for said, applied, rows in (
        ("odata.maxpagesize=2", "2", 2),
        ("maxpagesize=1", "1", 1),
        ('return=minimal, odata.maxpagesize="2"; foo', "2", 2),
        ("odata.maxpagesize=5000", "3", 3),
        ("odata.maxpagesize=0", None, 3),
        ("odata.maxpagesize=-1", None, 3),
        ("odata.maxpagesize=many", None, 3),
        ("return=minimal", None, 3),
    ):
        answer = ask.client.get(url, headers={"prefer": said})
        assert answer.status_code == 200 and len(answer.json()["value"]) == rows, said
        assert answer.headers.get("Preference-Applied") == (applied and f"odata.maxpagesize={applied}"), said
        assert "Prefer" in answer.headers["Vary"]
    seen, address = [], f"{url}?$orderby=station&$top=3"
    while address:
        answer = ask.client.get(address, headers={"prefer": "odata.maxpagesize=2"}).json()
        seen.append([row["uuid"] for row in answer["value"]])
        address = answer.get("@odata.nextLink")
    assert [len(rows) for rows in seen] == [2, 1] and len({uuid for rows in seen for uuid in rows}) == 3
