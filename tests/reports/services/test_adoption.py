"""Days and numbers of an adoption: nothing before the election, and what was recorded wrongly is corrected with a trace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from core import clock
from core.actors import SYSTEM
from core.errors import Invalid, NotAllowed, NotNow, Stale
from core.models import AuditEntry
from reports.models import AdoptedText, PastText, Recommendation
from reports.services import adoption, lifecycle, publication


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (lambda: date(2020, 1, 1), "Polling day is"),
        (lambda: clock.today() - timedelta(days=41), "Polling day is"),
        (lambda: clock.today() - timedelta(days=1), "The committee approved"),
    ],
)
def test_nothing_is_adopted_before_polling_day_or_before_the_committee(day, words, drafting, make_report, walk):
    with pytest.raises(Invalid, match=words) as refusal:
        walk(make_report(drafting), "adopted", adopted_on=day())
    assert refusal.value.attr == "adopted_on"


@pytest.mark.parametrize("day", [lambda: date(2020, 1, 1), lambda: clock.today() + timedelta(days=1)])
def test_no_committee_before_polling_day_or_tomorrow(day, drafting, make_report, walk):
    report = walk(make_report(drafting), "committee")
    with pytest.raises(Invalid) as refusal:
        lifecycle.approve_report(report, by=SYSTEM, committee_on=day())
    assert refusal.value.attr == "committee_on"


def test_texts_leave_after_their_adoption(drafting, make_report, walk):
    report = walk(make_report(drafting), "published")
    with pytest.raises(Invalid):
        lifecycle.transmit_report(report, by=SYSTEM, transmitted_on=clock.today() - timedelta(days=1))


def test_a_wrong_day_and_number_are_corrected_before_the_publication(drafting, make_report, walk, as_coordinator, as_publisher):
    report = walk(make_report(drafting), "adopted")
    day = clock.today() - timedelta(days=3)
    values = {"committee_on": clock.today() - timedelta(days=9), "adopted_on": day, "recommendation_number": "Recommendation 602 (2027)"}
    with pytest.raises(Invalid):
        adoption.correct_adoption(report, by=as_coordinator, version=report.version, reason=" ", **values)
    with pytest.raises(NotAllowed):
        adoption.correct_adoption(report, by=as_publisher, version=report.version, reason="Typed wrongly.", **values)
    with pytest.raises(Stale):
        adoption.correct_adoption(report, by=as_coordinator, version=report.version - 1, reason="Typed wrongly.", **values)
    report = adoption.correct_adoption(report, by=as_coordinator, version=report.version, reason="Typed wrongly.", **values)
    assert (report.adopted_on, report.number, report.recommendation_number) == (day, "CPL(2027)52-03", "Recommendation 602 (2027)")
    assert Recommendation.objects.get().adopted_on == day
    assert {row.adopted_on for row in AdoptedText.objects.all()} == {day}
    trace = AuditEntry.objects.get(action="reports.adoption_corrected")
    assert trace.data["before"] == {"adopted_on": clock.today().isoformat(), "recommendation_number": "Recommendation 601 (2027)"}


def test_after_the_publication_a_correction_is_a_new_version(drafting, make_report, walk, as_coordinator, as_publisher):
    report = walk(make_report(drafting), "published")
    with pytest.raises(NotNow):
        adoption.correct_adoption(report, by=as_coordinator, version=report.version, reason="Late.", adopted_on=clock.today())
    note = {"en": "The number of the recommendation was wrong."}
    made, _job = publication.correct_report(
        report, by=as_publisher, note=note, adoption={"recommendation_number": "Recommendation 603 (2027)"}, unchecked_accepted=["fr"]
    )
    covers = [row.content["languages"]["en"]["cover"]["recommendation_number"] for row in (made.version.corrects, made.version)]
    assert covers == ["Recommendation 601 (2027)", "Recommendation 603 (2027)"]


def test_the_wording_still_never_changes(drafting, make_report, walk):
    walk(make_report(drafting), "adopted")
    for act in (lambda: AdoptedText.objects.update(text="x"), lambda: Recommendation.objects.update(paragraph="5.z")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_an_adopted_text_has_its_number_alone(drafting, make_mission, make_election, make_report, walk, as_coordinator, as_publisher):
    first = walk(make_report(drafting), "adopted")
    second = walk(make_report(make_mission("drafting", election=make_election("MD"))), "approved")
    numbers = {"adopted_on": clock.today(), "number": "CPL(2027)52-09"}
    with pytest.raises(Invalid, match="Another report already has the number Recommandation 601") as refusal:
        lifecycle.adopt_report(second, by=as_coordinator, recommendation_number="Recommandation 601 (2027)", **numbers)
    assert refusal.value.attr == "recommendation_number"
    PastText.objects.create(
        country=drafting.country, year=2020, election="Local elections", number="Recommendation 602 (2027)", adopted_on=date(2020, 1, 1)
    )
    with pytest.raises(Invalid, match="entered already"):
        lifecycle.adopt_report(second, by=as_coordinator, recommendation_number="Recommendation 602 (2027)", **numbers)
    adoption.correct_adoption(first, by=as_coordinator, version=first.version, reason="Its own stays.", number="CPL(2027)52-10")
    publication.withdraw_report(first, by=as_publisher, notice={"en": "By mistake."})
    second = lifecycle.adopt_report(second, by=as_coordinator, recommendation_number="Recommendation 601 (2027)", **numbers)
    assert second.recommendation_number == "Recommendation 601 (2027)", "What was withdrawn gives its number back."
