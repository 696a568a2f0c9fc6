"""Follow-up: assessments, dialogue, the one-year rule, what lower pages ask."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import OutboxMail
from core.reminders import sweep_reminders
from missions import facts
from missions.checks import missing_for
from missions.models import Mission
from reports.models import Recommendation
from reports.services import followup, public


@pytest.fixture
def adopted(drafting, make_report, walk) -> Recommendation:
    """An adopted recommendation."""
    walk(make_report(drafting), "transmitted")
    return Recommendation.objects.get()


def status_of(row: Recommendation) -> str:
    return Recommendation.objects.with_status().get(pk=row.pk).status


def test_the_latest_assessment_is_the_status(adopted, as_coordinator, time_machine):
    assert status_of(adopted) == "not_assessed"
    time_machine.move_to(clock.now() + timedelta(days=200), tick=False)
    followup.assess_recommendation(
        adopted, status="partially", basis="desk_review", assessed_on=adopted.adopted_on + timedelta(days=100), by=as_coordinator
    )
    followup.assess_recommendation(adopted, status="fully", basis="next_mission", by=as_coordinator, note={"en": "The law was changed."})
    assert status_of(adopted) == "fully"
    followup.assess_recommendation(
        adopted, status="mostly", basis="letter", assessed_on=adopted.adopted_on + timedelta(days=50), by=as_coordinator
    )
    assert status_of(adopted) == "fully"


def test_the_same_assessment_twice_is_one(adopted, as_coordinator):
    one = followup.assess_recommendation(adopted, status="mostly", basis="dialogue", by=as_coordinator)
    assert followup.assess_recommendation(adopted, status="mostly", basis="dialogue", by=as_coordinator) == one


def test_wrong_days_drafts_and_strangers_are_refused(adopted, as_coordinator, outsider, make_mission, make_election, make_recommendation):
    for day in (clock.today() + timedelta(days=1), adopted.adopted_on - timedelta(days=1)):
        with pytest.raises(Invalid):
            followup.assess_recommendation(adopted, status="fully", basis="letter", assessed_on=day, by=as_coordinator)
    with pytest.raises(NotAllowed):
        followup.assess_recommendation(adopted, status="fully", basis="letter", by=user_actor(outsider))
    draft = make_recommendation(make_mission("drafting", election=make_election("GE")))
    with pytest.raises(NotNow):
        followup.assess_recommendation(draft, status="fully", basis="letter", by=as_coordinator)


def test_the_bureau_note_hears_of_open_recommendations(adopted, as_coordinator):
    found = facts.ask("open_recommendations", adopted.country)
    assert [(one["number"], one["title"]) for one in found] == [
        ("Recommendation 601 (2027) 5.a", "ensure that voters mark their ballots alone")
    ]
    followup.assess_recommendation(adopted, status="fully", basis="letter", by=as_coordinator)
    assert facts.ask("open_recommendations", adopted.country) == []


def test_a_mission_is_closed_when_every_recommendation_was_assessed(adopted, as_coordinator):
    assert [one.code for one in missing_for("close", adopted.mission)] == ["not_assessed"]
    followup.assess_recommendation(adopted, status="not_implemented", basis="desk_review", by=as_coordinator)
    assert missing_for("close", adopted.mission) == []


def test_the_follow_up_waits_for_the_transmission(drafting, make_report, walk):
    report = make_report(drafting)
    assert [one.code for one in missing_for("follow_up", drafting)] == ["not_transmitted"]
    walk(report, "transmitted")
    assert missing_for("follow_up", Mission.objects.get(pk=drafting.pk)) == []


def test_a_dialogue_is_about_adopted_recommendations_of_the_country(adopted, as_coordinator, make_country):
    row = followup.record_dialogue(
        country=adopted.country,
        mission=adopted.mission,
        held_on=clock.today(),
        counterpart="Ministry",
        recommendations=[adopted],
        by=as_coordinator,
    )
    assert list(row.recommendations.all()) == [adopted]
    with pytest.raises(Invalid):
        followup.record_dialogue(
            country=make_country("GE"), held_on=clock.today(), counterpart="Ministry", recommendations=[adopted], by=as_coordinator
        )


def _nearly_a_year_on():
    """Noon of a Wednesday: nobody is reminded of a year at night or at the weekend."""
    at = clock.now() + timedelta(days=352)
    return (at + timedelta(days=(2 - at.weekday()) % 7)).replace(hour=12)


def test_the_one_year_reminder_goes_out_once_and_not_after_an_assessment(adopted, as_coordinator, time_machine):
    sweep_reminders()
    assert not OutboxMail.objects.filter(template="reports/mail/one_year").exists()
    time_machine.move_to(_nearly_a_year_on(), tick=False)
    sweep_reminders()
    sweep_reminders()
    mails = OutboxMail.objects.filter(template="reports/mail/one_year")
    assert mails.count() == len({mail.address for mail in mails}) == 2
    assert "Bulgaria" in mails[0].subject


def test_an_assessed_recommendation_reminds_nobody(adopted, as_coordinator, time_machine):
    followup.assess_recommendation(adopted, status="partially", basis="letter", by=as_coordinator)
    time_machine.move_to(_nearly_a_year_on(), tick=False)
    sweep_reminders()
    assert not OutboxMail.objects.filter(template="reports/mail/one_year").exists()


def test_a_wrong_assessment_is_taken_back_with_a_reason_and_stays_on_record(adopted, as_coordinator, outsider):
    followup.assess_recommendation(adopted, status="partially", basis="letter", by=as_coordinator)
    wrong = followup.assess_recommendation(adopted, status="fully", basis="letter", note={"en": "Wrong text."}, by=as_coordinator)
    with pytest.raises(NotAllowed):
        followup.withdraw_assessment(wrong, by=user_actor(outsider), reason="No.")
    with pytest.raises(Invalid):
        followup.withdraw_assessment(wrong, by=as_coordinator, reason=" ")
    first = followup.withdraw_assessment(wrong, by=as_coordinator, reason="Another recommendation was meant.")
    assert followup.withdraw_assessment(wrong, by=as_coordinator, reason="Again.").withdrawn_reason == first.withdrawn_reason
    assert status_of(adopted) == "partially"
    assert [one["status"] for one in public.history_of([adopted], "en")[adopted.pk]] == ["partially"]
    kept = followup.withdrawn_of(adopted, "en")
    assert [(one["row"].withdrawn_reason, one["note"]) for one in kept] == [("Another recommendation was meant.", "Wrong text.")]
    again = followup.assess_recommendation(adopted, status="fully", basis="letter", by=as_coordinator)
    assert again != wrong and status_of(adopted) == "fully"


def test_a_mission_is_not_closed_on_an_assessment_that_was_taken_back(adopted, as_coordinator):
    row = followup.assess_recommendation(adopted, status="fully", basis="letter", by=as_coordinator)
    followup.withdraw_assessment(row, by=as_coordinator, reason="Wrong.")
    assert [one.code for one in missing_for("close", adopted.mission)] == ["not_assessed"]
