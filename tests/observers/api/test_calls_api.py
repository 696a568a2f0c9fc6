"""The API of calls, answers and nominations: rights, filters, refusals, cost."""

from datetime import timedelta

import pytest

from core import clock
from core.actors import SYSTEM
from observers.services.calls import open_call, record_interest
from observers.services.nominations import may_be_nominated

PATHS = ["interest-calls", "interests", "nominations"]


@pytest.fixture
def filled(composing, congress, reference):
    record_interest(composing, congress[0], by=SYSTEM, answer="yes")
    record_interest(composing, congress[1], by=SYSTEM, answer="conditions", note="By day.")
    open_call(composing, by=SYSTEM, answer_by=clock.today() + timedelta(days=9))
    for code in ("ILDG", "ECR"):
        person = next(p for p in congress if str(p.uuid) == may_be_nominated(composing, reference[code])[0].uuid)
        composing.nominations.create(person=person, group=reference[code], nominated_by="system")
    return composing


@pytest.mark.parametrize("path", PATHS)
def test_only_the_secretariat_reads(api_for, filled, congress, bring_in, coordinator, publisher, outsider, path):
    member = bring_in(filled, congress[5]).person.user
    assert api_for(None).get(f"/api/v1/{path}/").status_code == 401
    for user in (member, outsider):
        assert api_for(user).get(f"/api/v1/{path}/").status_code == 403
    full = api_for(publisher).get(f"/api/v1/{path}/").json()
    assert full["count"] == (1 if path == "interest-calls" else 2)
    uuid = full["results"][0]["uuid"]
    assert api_for(coordinator).get(f"/api/v1/{path}/{uuid}/").json()["mission"] == filled.reference
    assert api_for(member).get(f"/api/v1/{path}/{uuid}/").status_code == 404
    assert api_for(publisher).post(f"/api/v1/{path}/", {}).status_code == 403
    assert api_for(coordinator).post(f"/api/v1/{path}/", {}).status_code == 400


def test_filters(api_for, filled, coordinator, congress):
    api = api_for(coordinator)

    def count(path, **query):
        return api.get(f"/api/v1/{path}/", query).json()["count"]

    assert count("interests", answer="conditions") == 1 and count("interests", person=str(congress[0].uuid)) == 1
    assert count("nominations", group="ILDG") == 1 and count("nominations", is_withdrawn="true") == 0
    assert count("interest-calls", mission=filled.reference, is_withdrawn="false") == 1
    assert count("interest-calls", mission="XX-2026-1") == 0


def test_a_call_is_opened_extended_and_withdrawn(api_for, composing, congress, coordinator):
    api, day = api_for(coordinator), clock.today() + timedelta(days=9)
    row = api.post("/api/v1/interest-calls/", {"mission": composing.reference, "answer_by": day.isoformat()}).json()
    assert (row["asked"], row["answered"]) == (60, 0)
    body = {"mission": composing.reference, "person": str(congress[0].uuid), "answer": "yes"}
    assert api.post("/api/v1/interests/", body).status_code == 201
    assert api.get(f"/api/v1/interest-calls/{row['uuid']}/").json()["answered"] == 1
    path = f"/api/v1/interest-calls/{row['uuid']}"
    assert api.post(f"{path}/extend/", {"answer_by": day.isoformat()}).json()["errors"][0]["code"] == "not_later"
    later = (day + timedelta(days=3)).isoformat()
    assert api.post(f"{path}/extend/", {"answer_by": later}).json()["answer_by"] == later
    assert api.post(f"{path}/withdraw/", {"reason": "Put off."}).json()["withdrawn_reason"] == "Put off."
    assert api.post(f"{path}/withdraw/", {"reason": "Put off."}).status_code == 409
    assert api.post("/api/v1/interests/", {**body, "answer": "conditions"}).json()["errors"][0]["attr"] == "note"


def test_a_nomination_is_entered_and_taken_back(api_for, composing, congress, reference, coordinator):
    api = api_for(coordinator)
    person = may_be_nominated(composing, reference["ILDG"])[0]
    body = {"mission": composing.reference, "person": person.uuid, "group": "ILDG"}
    row = api.post("/api/v1/nominations/", body)
    assert row.status_code == 201 and row.json()["group"] == "ILDG"
    assert api.post("/api/v1/nominations/", {**body, "group": "ECR"}).json()["errors"][0]["code"] == "other_group"
    assert api.post(f"/api/v1/nominations/{row.json()['uuid']}/withdraw/").json()["withdrawn_at"]


def test_lists_cost_the_same_at_any_length(api_for, composing, congress, reference, coordinator, django_assert_max_num_queries):
    api = api_for(coordinator)

    def add(person, code):
        record_interest(composing, person, by=SYSTEM, answer="yes")
        composing.nominations.create(person=person, group=reference[code], nominated_by="system")
        composing.interest_calls.create(answer_by=clock.today(), opened_by="system", withdrawn_at=clock.now(), withdrawn_reason="Put off.")

    add(congress[0], "ILDG")
    api.get("/api/v1/interests/")  # the account's roles are read once
    costs = {}
    for path in PATHS:
        with django_assert_max_num_queries(12) as few:
            api.get(f"/api/v1/{path}/")
        costs[path] = len(few)
    for person in congress[1:3]:
        add(person, "ECR")
    for path in PATHS:
        with django_assert_max_num_queries(costs[path]):
            assert api.get(f"/api/v1/{path}/").json()["count"] == 3
