"""What the register knows about the criteria of the Bureau note: facts, put into words when they are read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from core.actors import SYSTEM
from core.documents import freeze
from missions import facts
from missions.documents.bureau_note.build import build
from missions.enums import Criterion, DecisionOutcome, VisitKind
from missions.models import Mission, PollingDay
from missions.services import bureau_facts, decisions, polling
from missions.services.missions import create_mission
from missions.services.reference import load_past_missions
from missions.services.register_table import HEAD, cells

pytestmark = pytest.mark.django_db
E = date(2027, 10, 24)


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(datetime(2027, 6, 1, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def row(make_mission, make_election):
    """A request that is registered; nobody has prepared the note."""
    return make_mission("invited", election=make_election("BG", E)).request


def save(row, by, language="en", **comments):
    """Save what the form shows to a reader of `language`, with comments of their own."""
    with translation.override(language):
        shown = bureau_facts.suggested_criteria(row)
    criteria = {code.value: {"answer": "yes", "comment": ""} for code in Criterion} | shown
    for code, comment in comments.items():
        criteria[code] = criteria[code] | {"comment": comment}
    return decisions.prepare_note(row, by=by, criteria=criteria, proposed_format="observation")


def move_to(row, by, day):
    polling.move_polling_day(PollingDay.objects.get(election=row.election), by=by, day=day, opens_at=time(7), closes_at=time(20))
    return type(row).objects.get(pk=row.pk)


def comment_in_note(row, by, language, criterion):
    content = freeze("missions.bureau_note", row, language, by=by).content
    table = next(block for block in content["blocks"] if block["type"] == "table")
    return str(table["rows"][list(Criterion).index(criterion)][2])


def test_a_suggestion_is_kept_as_a_fact_and_not_as_a_sentence(row, as_coordinator):
    row = save(row, as_coordinator, "fr", safety="Calm, said the embassy.")
    assert row.criteria["time_left"] == {"answer": "yes", "comment": "", "is_suggested": True}
    assert row.note_basis["facts"]["time_left"] == {"code": "days_left", "days": 145}
    assert row.note_basis["polling_days"] == ["2027-10-24"]
    assert row.criteria["safety"] == {"answer": "yes", "comment": "Calm, said the embassy.", "is_suggested": False}


def test_a_moved_polling_day_moves_the_sentence_in_every_language(row, as_coordinator):
    row = move_to(save(row, as_coordinator), as_coordinator, E + timedelta(days=14))
    assert "159 days from receipt" in comment_in_note(row, as_coordinator, "en", Criterion.TIME_LEFT)
    for language in ("fr", "de"):
        drawn = comment_in_note(row, as_coordinator, language, Criterion.TIME_LEFT)
        assert "159" in drawn
        assert "from receipt" not in drawn


def test_what_somebody_wrote_stays_as_written(row, as_coordinator):
    own = "145 days, enough if the visas come."
    row = move_to(save(row, as_coordinator, time_left=own), as_coordinator, E + timedelta(days=14))
    assert own in comment_in_note(row, as_coordinator, "fr", Criterion.TIME_LEFT)


def test_a_comment_that_was_emptied_stays_empty(row, as_coordinator):
    row = save(row, as_coordinator, written_invitation="")
    assert bureau_facts.shown_criteria(row)["written_invitation"]["comment"] == ""


def test_a_note_saved_before_facts_were_kept_follows_too(row, as_coordinator):
    row.criteria = {"time_left": {"answer": "yes", "comment": "99 days from receipt to polling day."}, "safety": {"comment": "99"}}
    row.save_changes("criteria")
    shown = bureau_facts.shown_criteria(row, "en")
    assert shown["time_left"]["comment"] == "145 days from receipt to polling day."
    assert shown["safety"]["comment"] == "99"
    assert bureau_facts.changes_since(row) == [], "What it rested on was not kept."


def test_the_page_says_that_the_note_is_older_and_what_changed(row, as_coordinator, client_for, coordinator):
    row = save(row, as_coordinator)
    pages = [reverse("missions:request_note", args=[row.uuid]), row.get_absolute_url()]
    for url in pages:
        assert "older than the facts" not in client_for(coordinator).get(url).content.decode()
    row = move_to(row, as_coordinator, date(2027, 6, 20))
    changes = {change.label: (change.before, change.now) for change in bureau_facts.changes_since(row)}
    assert changes["Polling days"] == ("24 October 2027", "20 June 2027")
    before, now = changes[str(Criterion.TIME_LEFT.label)]
    assert before.startswith("yes: 145 days")
    assert now.startswith("no: 19 days")
    for url in pages:
        text = client_for(coordinator).get(url).content.decode()
        assert "older than the facts" in text
        assert "20 June 2027" in text
    row = save(row, as_coordinator)
    assert bureau_facts.changes_since(row) == [], "Saved again, it rests on what is known now."


def test_an_open_recommendation_more_is_a_change(row, as_coordinator, monkeypatch):
    monkeypatch.setitem(facts._facts, "open_recommendations", lambda country: [{"number": "1", "adopted_on": date(2020, 1, 1)}])
    row = save(row, as_coordinator)
    assert bureau_facts.shown_criteria(row)["open_recommendations"]["comment"] == "1 recommendation of earlier missions is open."
    monkeypatch.setitem(facts._facts, "open_recommendations", lambda country: [{"number": "1"}, {"number": "2"}])
    (change,) = bureau_facts.changes_since(row)
    assert change.now == "yes: 2 recommendations of earlier missions are open."


def test_once_decided_the_note_stays_what_it_was(row, as_coordinator):
    row = save(row, as_coordinator)
    decisions.decide(
        row,
        by=as_coordinator,
        outcome=DecisionOutcome.ACCEPTED,
        decided_on=date(2027, 6, 1),
        reference="B1",
        reasons="R.",
        format="observation",
    )
    row = move_to(row, as_coordinator, E + timedelta(days=14))
    assert "145 days" in comment_in_note(row, as_coordinator, "en", Criterion.TIME_LEFT)
    assert bureau_facts.changes_since(row) == []


def test_the_register_file_has_the_sentence(row, as_coordinator):
    row = save(row, as_coordinator, "de")
    assert dict(zip(HEAD, cells(row), strict=True))["criterion_time_left"] == "yes: 145 days from receipt to polling day."


def test_a_second_mission_of_the_same_election_is_no_earlier_mission(row, as_coordinator, make_mission, make_election):
    earlier = make_mission("closed", election=make_election("BG", date(2023, 10, 29)))
    first = Mission.objects.get(request=row)
    second_day = PollingDay.objects.create(election=row.election, day=E + timedelta(days=7), round=2)
    second = create_mission(by=SYSTEM, election=row.election, polling_days=[second_day])
    second.continues = first
    second.save_changes("continues")
    assert second.visits.get().kind == VisitKind.MAIN
    assert list(bureau_facts.earlier_missions_of(row)) == [earlier]
    assert bureau_facts.overlapping_missions(row) == []
    content = str(freeze("missions.bureau_note", row, "en", by=as_coordinator).content)
    assert earlier.reference in content
    assert second.reference not in content


def test_another_mission_in_the_same_days_is_an_overlap(row, make_mission, make_election):
    other = make_mission(election=make_election("AM", E))
    fact = bureau_facts.facts_of(row)["overlap"]
    assert (fact["missions"], bureau_facts.answer_of(fact)) == ([other.reference], "no")


def test_the_history_reads_in_the_language_of_the_note(as_coordinator, make_mission, make_election):
    load_past_missions()
    row = make_mission("invited", election=make_election("AL", E)).request
    load_past_missions()
    french = str(freeze("missions.bureau_note", row, "fr", by=as_coordinator).content)
    assert "Élections municipales partielles" in french
    assert "mission d’observation" in french
    assert "Partial mayoral elections" not in french
    assert "'observation mission" not in french
    english = str(freeze("missions.bureau_note", row, "en", by=as_coordinator).content)
    assert "Partial mayoral elections" in english


def test_a_note_drawn_after_the_decision_knows_nothing_that_came_later(row, as_coordinator, make_mission, make_election, monkeypatch):
    known = [{"number": "Rec. 1", "title": "old", "adopted_on": date(2026, 3, 1)}]
    monkeypatch.setitem(facts._facts, "open_recommendations", lambda country: known)
    row = save(row, as_coordinator)
    decisions.decide(
        row,
        by=as_coordinator,
        outcome=DecisionOutcome.ACCEPTED,
        decided_on=date(2027, 6, 1),
        reference="B1",
        reasons="R.",
        format="observation",
    )
    row.refresh_from_db()
    later = make_mission("invited", election=make_election("BG", E + timedelta(days=200)))
    known.append({"number": "Rec. 2", "title": "of this mission itself", "adopted_on": date(2027, 12, 1)})
    assert later not in bureau_facts.earlier_missions_of(row)
    assert [fact["number"] for fact in bureau_facts.open_recommendations_before(row)] == ["Rec. 1"]
    text = str(build(row, "en"))
    assert "Rec. 1 old" in text
    assert "Rec. 2" not in text
    assert later.reference not in text
