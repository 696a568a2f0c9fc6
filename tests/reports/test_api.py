"""The API: the same rights, refusals and hiding as the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from reports.models import Finding, Recommendation, Report
from reports.services import evidence, findings, publication


def test_a_finding_is_written_changed_and_agreed(mission, api_for, coordinator, observer_a, standards, as_coordinator):
    body = {"mission": mission.reference, "statement": {"en": "Seals were missing."}, "phase": "counting", "seriousness": 3, "topic": "L04"}
    made = api_for(observer_a).post("/api/v1/findings/", body)
    assert made.status_code == 201 and made.json()["statement"]["en"] == {"text": "Seals were missing.", "state": "checked"}
    url = f"/api/v1/findings/{made.json()['uuid']}/"
    assert api_for(observer_a).patch(url, {"version": 1, "seriousness": 2}).status_code == 403
    assert api_for(coordinator).patch(url, {"version": 1, "seriousness": 2}).json()["version"] == 2
    stale = api_for(coordinator).patch(url, {"version": 1, "seriousness": 1})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "finding_stale")
    refused = api_for(coordinator).post(f"{url}move/", {"action": "agree"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "no_evidence")
    evidence.link_figure(Finding.objects.get(), item="C09", label="C09", n=3, denominator=6, by=as_coordinator)
    assert api_for(coordinator).post(f"{url}move/", {"action": "agree"}).json()["state"] == "agreed"


def test_wrong_input_names_the_field(mission, api_for, coordinator):
    answer = api_for(coordinator).post("/api/v1/findings/", {"mission": mission.reference, "statement": {"en": "x"}, "phase": "never"})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "phase")


@pytest.mark.parametrize("path", ["findings", "recommendations", "reports", "standards", "topics"])
def test_strangers_get_401(path, api_for, db):
    assert api_for(None).get(f"/api/v1/{path}/").status_code == 401


def test_outside_ones_view_there_is_nothing(drafting, make_report, api_for, outsider, coordinator):
    report = make_report(drafting)
    for path in (
        f"findings/{Finding.objects.get().uuid}",
        f"recommendations/{Recommendation.objects.get().uuid}",
        f"reports/{report.uuid}",
    ):
        assert api_for(outsider).get(f"/api/v1/{path}/").status_code == 404
        assert api_for(coordinator).get(f"/api/v1/{path}/").status_code == 200
    assert api_for(outsider).get("/api/v1/findings/").json()["count"] == 0


def test_a_narrow_finding_is_hidden_from_the_team(drafting, make_assignment, api_for, as_coordinator, coordinator):
    observer = make_assignment(drafting, "observer").person.user
    row = findings.add_finding(mission=drafting, statement={"en": "x"}, phase="voting", access="secretariat", by=as_coordinator)
    assert api_for(observer).get(f"/api/v1/findings/{row.uuid}/").status_code == 404
    assert api_for(coordinator).get(f"/api/v1/findings/{row.uuid}/").status_code == 200


def test_the_chain_walks_down(drafting, make_recommendation, api_for, coordinator):
    row = make_recommendation(drafting)
    chain = api_for(coordinator).get(f"/api/v1/recommendations/{row.uuid}/chain/").json()
    assert chain[0]["sources"][0]["detail"] == "12 of 96, of the stations visited"


def test_the_report_tells_its_moves_and_what_is_missing(drafting, make_report, api_for, make_assignment, coordinator):
    report = make_report(drafting)
    rapporteur = make_assignment(drafting, "rapporteur", "Rita", "Reporter").person.user
    url = f"/api/v1/reports/{report.uuid}/moves/"
    assert [(one["action"], one["missing"]) for one in api_for(rapporteur).get(url).json()] == [("agree", [])]
    assert api_for(rapporteur).post(url, {"action": "agree"}).json()["state"] == "agreed"
    wrong = api_for(coordinator).post(url, {"action": "adopt", "adopted_on": "2026-01-01", "number": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (409, "report_state")


def test_a_report_is_withdrawn_with_a_reason_or_once_public_with_a_notice(drafting, make_report, walk, api_for, coordinator, publisher):
    def withdraw(report, reader, **said):
        answer = api_for(reader).post(f"/api/v1/reports/{report.uuid}/moves/", {"action": "withdraw", **said}, format="json")
        return answer.status_code, answer.json().get("state") or answer.json()["errors"][0]["attr"]

    first = make_report(drafting)
    assert withdraw(first, coordinator) == (400, "note")
    assert withdraw(first, coordinator, note="The wrong mission.") == (200, "withdrawn")
    second = walk(make_report(drafting), "published")
    assert withdraw(second, publisher, note="By mistake.") == (400, "notice")
    assert withdraw(second, publisher, notice={"en": "Published by mistake."}) == (200, "withdrawn")
    assert second.publications.get().withdrawal_notice == {"en": "Published by mistake."}


def test_lists_cost_the_same_with_more_rows(drafting, make_recommendation, api_for, coordinator, django_assert_max_num_queries):
    client = api_for(coordinator)
    make_recommendation(drafting)
    for path in ("findings", "recommendations"):
        with django_assert_max_num_queries(20) as one:
            client.get(f"/api/v1/{path}/")
        make_recommendation(drafting, text=f"do another thing for {path}")
        make_recommendation(drafting, text=f"do a third thing for {path}")
        with django_assert_max_num_queries(len(one)):
            client.get(f"/api/v1/{path}/")


def test_an_account_outside_reads_of_a_published_recommendation_what_the_public_reads(
    drafting, make_report, walk, api_for, coordinator, outsider, as_publisher
):
    """French was left out when the report was published; a corrected day waits for its embargo."""
    report = walk(make_report(drafting), "adopted")
    Report.objects.update(committee_on=clock.today() - timedelta(days=7))
    made, _job = publication.publish_report(report, by=as_publisher, languages=["en"], findings_accepted=True)
    correction = {"adopted_on": made.adopted_on - timedelta(days=1)}
    end = clock.now() + timedelta(days=1)
    publication.correct_report(report, by=as_publisher, note={"en": "The day."}, adoption=correction, embargo_until=end)
    path = f"/api/v1/recommendations/{Recommendation.objects.get().uuid}/"
    inside, outside = api_for(coordinator).get(path).json(), api_for(outsider).get(path).json()
    assert (sorted(inside["adopted"]), sorted(inside["text"])) == (["en", "fr"], ["en", "fr"])
    assert (sorted(outside["adopted"]), outside["text"]) == (["en"], {})
    assert (inside["adopted_on"], outside["adopted_on"]) == (correction["adopted_on"].isoformat(), made.adopted_on.isoformat())
