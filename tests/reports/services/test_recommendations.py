"""Recommendations: the checks of report-structure 6, the fixed wording after adoption, relations to earlier ones."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow, Stale
from missions.models import Mission
from reports.models import AdoptedText, Recommendation
from reports.services import recommendations
from reports.services.recommendation_checks import has_several_actions, missing_for_committee, missing_for_session, named_persons


def codes(missing):
    return {one.code for one in missing}


def test_a_bare_recommendation_is_told_everything_at_once(drafting, as_coordinator):
    bare = recommendations.draft_recommendation(mission=drafting, text={"en": "publish results; train boards"}, by=as_coordinator)
    assert codes(missing_for_committee(bare)) == {"one_action", "addressee", "standard", "finding"}
    assert "text_fr" in codes(missing_for_session(bare))


def test_a_good_recommendation_misses_nothing(drafting, make_recommendation):
    assert missing_for_session(make_recommendation(drafting)) == []


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("ensure the secrecy of the vote in all stations", False),
        ("ensure the secrecy of the vote and train the boards", False),
        ("ensure the secrecy of the vote; train the boards", True),
        ("ensure the secrecy of the vote, as well as to train the boards", True),
        ("ensure the secrecy of the vote. Train the boards.", True),
    ],
)
def test_more_than_one_action_is_asked_about(text, several):
    assert has_several_actions(text) is several


def test_no_person_is_named(drafting, make_recommendation, make_assignment, as_coordinator):
    make_assignment(drafting, "observer", "Selma", "Lindqvist-Aho")
    assert named_persons("ask Selma Lindqvist-Aho to step back", drafting) == ["Selma Lindqvist-Aho"]
    assert named_persons("ask Mr. Ivan Petrov to step back", drafting) == ["Mr. Ivan Petrov"]
    assert named_persons("ask the chair to step back; Mission staff agree", drafting) == []
    row = make_recommendation(drafting, text="ask Mr Ivan Petrov to step back")
    assert "person_named" in codes(missing_for_committee(row))


def test_only_the_report_writers_draft(drafting, make_assignment, outsider):
    observer = make_assignment(drafting, "observer").person.user
    rapporteur = make_assignment(drafting, "rapporteur", "Rea", "Writer").person.user
    for user in (observer, outsider):
        with pytest.raises(NotAllowed):
            recommendations.draft_recommendation(mission=drafting, text={"en": "x"}, by=user_actor(user))
    assert recommendations.draft_recommendation(mission=drafting, text={"en": "x"}, by=user_actor(rapporteur)).number == 1


def test_unknown_standards_and_addressees_are_refused_whole(drafting, as_coordinator, standards):
    for values, attr in (({"standards": ["NOPE-1"]}, "standards"), ({"addressees": ["somebody"]}, "addressees")):
        with pytest.raises(Invalid) as refusal:
            recommendations.draft_recommendation(mission=drafting, text={"en": "x"}, by=as_coordinator, **values)
        assert refusal.value.attr == attr
    assert not Recommendation.objects.exists()


def test_a_stale_change_is_refused(drafting, make_recommendation, as_coordinator):
    row = make_recommendation(drafting)
    recommendations.change_recommendation(row, version=1, by=as_coordinator, priority="high")
    with pytest.raises(Stale):
        recommendations.change_recommendation(row, version=1, by=as_coordinator, priority="normal")


@pytest.mark.parametrize(("position", "number"), [(0, "5.a"), (25, "5.z"), (26, "5.aa"), (27, "5.ab")])
def test_paragraphs_are_lettered(position, number):
    assert recommendations.paragraph_number(position) == number


def test_ordering_keeps_every_row(drafting, make_recommendation, as_coordinator):
    rows = [make_recommendation(drafting, text=f"do thing {n}") for n in range(3)]
    wanted = [str(rows[2].uuid), str(rows[0].uuid), str(rows[1].uuid)]
    recommendations.order_recommendations(drafting, wanted, by=as_coordinator)
    assert [str(row.uuid) for row in Recommendation.objects.order_by("number")] == wanted
    with pytest.raises(Stale):
        recommendations.order_recommendations(drafting, wanted[:2], by=as_coordinator)


def test_the_database_keeps_the_adopted_wording(drafting, make_report, walk):
    walk(make_report(drafting), "adopted")
    text = AdoptedText.objects.get(language="en")
    assert text.sha256 == AdoptedText.digest(text.text)
    for act in (
        lambda: AdoptedText.objects.filter(pk=text.pk).update(text="other words"),
        lambda: AdoptedText.objects.filter(pk=text.pk).delete(),
        lambda: Recommendation.objects.filter(pk=text.recommendation_id).update(paragraph="5.z"),
        lambda: Recommendation.objects.filter(pk=text.recommendation_id).update(state="draft"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    text.refresh_from_db()
    assert text.text == "ensure that voters mark their ballots alone"
    assert text.recommendation.paragraph == "5.a"


def test_after_adoption_no_service_changes_it_but_a_language_may_be_added(drafting, make_report, walk, as_coordinator):
    walk(make_report(drafting), "adopted")
    row = Recommendation.objects.get()
    with pytest.raises(NotNow):
        recommendations.change_recommendation(row, version=row.version, by=as_coordinator, text={"en": "other"})
    with pytest.raises(NotNow):
        recommendations.withdraw_recommendation(row, by=as_coordinator, reason="no")
    added = recommendations.add_adopted_translation(row, language="de", text="allein wählen lassen", checked=False, by=as_coordinator)
    assert (added.language, added.was_checked) == ("de", False)
    with pytest.raises(NotNow):
        recommendations.add_adopted_translation(row, language="de", text="anders", checked=True, by=as_coordinator)


def test_only_an_adopted_recommendation_to_the_same_country_is_repeated(
    drafting, make_mission, make_election, make_report, make_recommendation, walk, as_coordinator
):
    walk(make_report(drafting), "adopted")
    earlier = Recommendation.objects.get()
    again: Mission = make_mission("drafting", election=make_election("BG"))
    elsewhere: Mission = make_mission("drafting", election=make_election("GE"))
    row = make_recommendation(again, relations=[(earlier, "repeats")])
    assert [(one.relation, one.earlier) for one in row.relations.all()] == [("repeats", earlier)]
    with pytest.raises(Invalid):
        make_recommendation(elsewhere, relations=[(earlier, "repeats")])
    with pytest.raises(Invalid):
        make_recommendation(again, relations=[(row, "widens")])
