"""The API of observers: rights, shapes, refusals."""

from datetime import date

import pytest

from core.actors import SYSTEM
from observers.models import Membership
from observers.services.assignments import invite
from observers.services.drawing import draw_deployment
from observers.services.reference import load_reference


@pytest.fixture
def mission(composing, congress, bring_in, make_stations):
    make_stations(composing)
    for person in congress[:4]:
        bring_in(composing, person)
    draw_deployment(composing, by=SYSTEM, teams=2, visits=2)
    return composing


@pytest.mark.parametrize("path", ["people", "assignments", "teams", "stops"])
def test_who_sees_what(api_for, mission, coordinator, outsider, path):
    member = mission.assignments.first().person.user
    assert api_for(None).get(f"/api/v1/{path}/").status_code == 401
    full = api_for(coordinator).get(f"/api/v1/{path}/")
    assert full.status_code == 200 and full.json()["count"] > 0 and set(full.json()) == {"count", "next", "previous", "results"}
    if path == "people":
        assert api_for(outsider).get("/api/v1/people/").status_code == 403
        assert api_for(outsider).get(f"/api/v1/people/{full.json()['results'][0]['uuid']}/").status_code == 404
        return
    assert api_for(outsider).get(f"/api/v1/{path}/").json()["count"] == 0
    assert api_for(member).get(f"/api/v1/{path}/").json()["count"] == full.json()["count"]
    uuid = full.json()["results"][0]["uuid"]
    assert api_for(outsider).get(f"/api/v1/{path}/{uuid}/").status_code == 404
    assert api_for(member).get(f"/api/v1/{path}/{uuid}/").status_code == 200


def test_a_verdict_on_a_day(api_for, coordinator, make_member):
    person = make_member("FR")
    answer = api_for(coordinator).get(f"/api/v1/people/{person.uuid}/membership/", {"on": "2031-03-26"}).json()
    assert answer["rule"] == "R8" and answer["outcome"] == "refused" and answer["dates"]["ends_on"] == "2031-03-25"


def test_confirm_is_refused_with_rule_and_attr(api_for, composing, congress, coordinator):
    row = invite(composing, congress[0], by=SYSTEM)
    api = api_for(coordinator)
    answer = api.post(f"/api/v1/assignments/{row.uuid}/confirm/")
    assert answer.status_code == 409 and answer.json()["errors"][0]["code"] == "not_accepted"
    assert api.post(f"/api/v1/assignments/{row.uuid}/answer/", {"accept": True}).json()["state"] == "accepted"
    refused = api.post(f"/api/v1/assignments/{row.uuid}/confirm/")
    assert refused.status_code == 409 and refused.json()["errors"][0]["code"] == "not_eligible"
    assert api.post(f"/api/v1/assignments/{row.uuid}/withdraw/", {}).status_code == 400


def test_members_cannot_confirm_and_record_their_own_stops_only(api_for, mission):
    team, other = mission.teams.all()
    me = team.members.first().person.user
    row = mission.assignments.exclude(person=me.person).first()
    assert api_for(me).post(f"/api/v1/assignments/{row.uuid}/confirm/").status_code == 403
    stop, theirs = team.stops.first(), other.stops.first()
    assert api_for(me).post(f"/api/v1/stops/{stop.uuid}/record/", {"outcome": "visited"}).json()["outcome"] == "visited"
    assert api_for(me).post(f"/api/v1/stops/{theirs.uuid}/record/", {"outcome": "visited"}).status_code == 403
    assert api_for(me).post(f"/api/v1/stops/{stop.uuid}/record/", {"outcome": "refused"}).status_code == 400


def test_lists_cost_the_same_at_any_length(
    api_for, composing, congress, bring_in, make_stations, coordinator, django_assert_num_queries, django_assert_max_num_queries
):
    make_stations(composing)
    for person in congress[:2]:
        bring_in(composing, person)
    draw_deployment(composing, by=SYSTEM, teams=1, visits=1)
    counts = {}
    api = api_for(coordinator)
    api.get("/api/v1/people/")  # the account's roles are read once
    for path in ("people", "assignments", "teams", "stops", "memberships", "mandates", "national-delegations"):
        with django_assert_max_num_queries(12) as queries:
            api.get(f"/api/v1/{path}/")
        counts[path] = len(queries)
    for person in congress[2:6]:
        bring_in(composing, person)
    draw_deployment(composing, by=SYSTEM, teams=3, visits=3)
    for path, count in counts.items():
        with django_assert_num_queries(count):
            api.get(f"/api/v1/{path}/")


def test_people_are_asked_as_on_a_day(api_for, coordinator, make_member, membership_of):
    old = make_member("FR", "ILDG", family_name="Old", start=date(2021, 3, 23), gender="woman")
    Membership.objects.filter(person=old).update(ends_on=date(2023, 6, 10), end_reason="resignation")
    make_member("FR", "ECR", "R", family_name="New", member_list="substitute", given_name="Нина")

    def names(**asked):
        return {row["family_name"] for row in api_for(coordinator).get("/api/v1/people/", asked).json()["results"]}

    assert names(on="2023-06-10", country="fr") == {"Old"} and names(on="2026-06-10", country="FR") == {"New"}
    assert names(on="2026-06-10", group="ILDG") == set() and names(group="ILDG") == {"Old"}
    assert names(list="substitute", chamber="R") == {"New"} and names(gender="woman") == {"Old"} and names(q="nina") == {"New"}
    answer = api_for(coordinator).get("/api/v1/people/", {"on": "soon"})
    assert answer.status_code == 400


def test_memberships_mandates_delegations_and_sessions(api_for, coordinator, outsider, make_member):
    person = make_member("FR", "ECR", "R", lost=date(2026, 8, 31), seat=4)
    load_reference()
    api = api_for(coordinator)
    rows = api.get("/api/v1/memberships/", {"country": "fr", "on": "2026-09-01"}).json()["results"]
    assert [(row["person"], row["seat"], row["list"], row["group"]) for row in rows] == [(str(person.uuid), 4, "representative", "ECR")]
    assert api.get("/api/v1/memberships/", {"on": "2020-01-01"}).json()["count"] == 0
    assert api_for(outsider).get("/api/v1/memberships/").json()["count"] == 0
    mandate = api.get("/api/v1/mandates/", {"country": "FR", "on": "2026-08-31"}).json()["results"][0]
    assert (mandate["verdict"]["rule"], mandate["verdict"]["outcome"]) == ("R1", "eligible")
    assert api.get("/api/v1/mandates/", {"on": "2026-09-01"}).json()["count"] == 0
    one = api.get("/api/v1/national-delegations/fr/", {"on": "2026-09-01"}).json()
    seat = one["lists"][0]["seats"][3]
    assert (seat["number"], seat["name"], seat["verdict"]["rule"], seat["regions"]["rule"]) == (4, person.name, "R11", "R4")
    assert (one["lists"][0]["filled"], one["lists"][0]["vacant"], one["events"][0]["day"]) == (1, 17, "2027-02-28")
    assert api.get("/api/v1/national-delegations/", {"on": "2026-09-01"}).json()["count"] == 1
    assert api.get("/api/v1/national-delegations/fr/", {"on": "soon"}).status_code == 400
    assert api.get("/api/v1/national-delegations/xx/").status_code == 404
    assert api.get("/api/v1/renewal-sessions/2031-03-25/").json()["is_expected"] is True
    assert api.get("/api/v1/renewal-sessions/2031-02-30/").status_code == 404


def test_a_day_that_is_none_is_refused(api_for, coordinator, make_member):
    person = make_member("FR")
    answer = api_for(coordinator).get(f"/api/v1/people/{person.uuid}/membership/", {"on": "2026-02-30"})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "on")
    assert "“2026-02-30” is not a date" in answer.json()["errors"][0]["detail"]
    before = api_for(coordinator).get(f"/api/v1/people/{person.uuid}/membership/", {"on": "2020-05-30"})
    assert (before.status_code, before.json()["outcome"]) == (200, "refused"), "Who was no member that day is told so."
