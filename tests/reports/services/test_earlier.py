"""Earlier recommendations found by search and likeness; evidence of every kind at the picker."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM
from core.errors import Invalid, NotNow
from core.files import PDF, store_file
from missions.models import Organisation, Participant
from reports.models import Evidence, Recommendation
from reports.services.earlier import earlier_of, relate_recommendation
from reports.services.recommendations import translate_recommendation
from tests.conftest_missions import LETTER
from tests.reports.documents.test_facts import make_meeting  # noqa: F401 - a fixture

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def history(drafting, make_report, walk, make_recommendation, make_mission, make_election, as_coordinator):
    """Two adopted recommendations to Bulgaria, and a new mission there."""
    report = make_report(drafting, recommendation=False)
    make_recommendation(drafting, "ensure that voters mark their ballots alone in a screened booth")
    row = make_recommendation(drafting, "publish the results of every station")
    translate_recommendation(row, language="fr", text="publier les résultats", by=as_coordinator)
    walk(report, "adopted")
    return make_mission("drafting", election=make_election("BG"))


def test_a_like_one_comes_first_and_is_asked_about(history, make_recommendation, as_coordinator):
    row = make_recommendation(history, "ensure that every voter marks the ballot alone")
    found = earlier_of(row, "en")
    assert [(one.recommendation.paragraph, one.is_alike) for one in found] == [("5.a", True), ("5.b", False)]
    relate_recommendation(row, found[1].recommendation, "widens", by=as_coordinator)
    relate_recommendation(row, found[0].recommendation, "repeats", by=as_coordinator)
    again = earlier_of(row, "en")
    assert {one.recommendation.paragraph: one.relation for one in again} == {"5.a": "repeats", "5.b": "widens"}
    assert not any(one.is_alike for one in again), "somebody has said so"
    relate_recommendation(row, found[1].recommendation, "", by=as_coordinator)
    assert row.relations.count() == 1


def test_it_is_searched_in_any_language_without_accents(history, make_recommendation):
    row = make_recommendation(history, "something else entirely")
    found = lambda words: [one.recommendation.paragraph for one in earlier_of(row, "en", words=words)]  # noqa: E731
    assert (found("SCREENED booth"), found("electeurs"), found("publier"), found("moon")) == (["5.a"], ["5.a"], ["5.b"], [])


def test_only_adopted_ones_of_the_country_while_it_is_open(history, make_recommendation, make_mission, make_election, as_coordinator):
    row, draft = make_recommendation(history), make_recommendation(history, "another")
    elsewhere = make_recommendation(make_mission("drafting", election=make_election("GE")))
    adopted = Recommendation.objects.adopted().first()
    for earlier, relation in ((draft, "repeats"), (adopted, "likes"), (row, "repeats")):
        with pytest.raises(Invalid):
            relate_recommendation(row, earlier, relation, by=as_coordinator)
    with pytest.raises(Invalid):
        relate_recommendation(elsewhere, adopted, "repeats", by=as_coordinator)
    with pytest.raises(NotNow):
        relate_recommendation(adopted, Recommendation.objects.adopted().last(), "repeats", by=as_coordinator)


def test_relations_are_set_by_clicking_and_outlive_a_change_of_the_text(history, make_recommendation, coordinator):
    row = make_recommendation(history, "ensure that every voter marks the ballot alone")
    desk = Client()
    desk.force_login(coordinator, backend=BACKEND)
    page = desk.get(row.get_absolute_url() + "?q=screened").content.decode()
    assert "Looks like the same call" in page and "publish the results" not in page
    earlier = Recommendation.objects.adopted().get(paragraph="5.a")
    url = reverse("reports:recommendation_relate", args=[history.reference, row.uuid])
    assert desk.post(url, {"earlier": earlier.uuid, "relation": "replaces"}).status_code == 302
    assert desk.post(url, {"earlier": "x", "relation": "replaces"}).status_code == 400
    row.refresh_from_db()
    form = {"text_en": "ensure secrecy", "priority": "high", "action_type": "practice", "version": row.version}
    assert desk.post(reverse("reports:recommendation_change", args=[history.reference, row.uuid]), form).status_code == 302
    assert row.relations.get().relation == "replaces"


def test_papers_and_overall_figures_are_evidence_too(drafting, make_finding, make_meeting, figures, coordinator):  # noqa: F811
    finding = make_finding(drafting, agreed=False)
    organisation = Organisation.objects.create(name="League", kind="ngo", country=drafting.country)
    paper = store_file(LETTER, name="position.pdf", by=SYSTEM, allow={PDF})
    Participant.objects.create(meeting=make_meeting(drafting, "Civil society"), organisation=organisation, paper=paper)
    other = store_file(LETTER + b"x", name="other.pdf", by=SYSTEM, allow={PDF})
    desk = Client()
    desk.force_login(coordinator, backend=BACKEND)
    url = reverse("reports:finding_evidence", args=[drafting.reference, finding.uuid])
    page = desk.get(url).content.decode()
    assert "position.pdf" in page and "30 of 90 of the stations visited" in page and "other.pdf" not in page
    assert desk.post(url, {"kind": "document", "value": paper.uuid}).status_code == 302
    assert desk.post(url, {"kind": "document", "value": other.uuid}).status_code == 404
    assert desk.post(url, {"kind": "figure", "value": ":access"}).status_code == 302
    assert desk.post(url, {"kind": "figure", "value": "B:conduct:voting"}).status_code == 302
    kinds = {(row.kind, row.item) for row in Evidence.objects.filter(finding=finding)}
    assert kinds == {("figure", "B21"), ("figure", "access"), ("figure", "conduct:voting"), ("document", "")}
    frozen = Evidence.objects.get(item="access").frozen
    assert (frozen["n"], frozen["denominator"]) == (30, 90)
