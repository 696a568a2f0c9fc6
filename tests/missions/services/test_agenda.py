"""The calendar across missions, and who would be in two places at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from missions.models import Mission
from missions.services import agenda
from missions.services.missions import plan_visit

pytestmark = pytest.mark.django_db
E = date(2027, 10, 24)
OCTOBER = (date(2027, 10, 1), date(2027, 10, 31))


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(datetime(2027, 6, 1, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def one(make_mission, make_election):
    return make_mission(election=make_election("BG", E))


@pytest.fixture
def other(make_mission, make_election):
    return make_mission(election=make_election("AM", E + timedelta(days=2)))


def told(entries):
    return {(day, entry.kind, entry.mission.reference) for day, rows in entries.items() for entry in rows}


def test_polling_days_visits_and_open_deadlines_of_running_missions(one, other, coordinator):
    ended = other
    Mission.objects.filter(pk=ended.pk).update(state="cancelled")
    one.milestones.filter(rule__code="briefing_file").update(done_at=datetime(2027, 5, 1, tzinfo=UTC))
    found = told(agenda.entries_between(coordinator, *OCTOBER))
    reference = one.reference
    assert (E, "polling", reference) in found
    assert {day for day, kind, _reference in found if kind == "visit"} == {date(2027, 10, number) for number in range(21, 26)}
    assert (date(2027, 10, 25), "deadline", reference) in found
    assert (date(2027, 10, 14), "deadline", reference) not in found, "What is done is not in the calendar."
    assert {row[2] for row in found} == {reference}


def test_who_was_only_asked_sees_no_deadlines_and_outsiders_nothing(one, other, make_assignment, outsider):
    asked = make_assignment(one, "observer", "Asta", "Asked", state="asked").person.user
    seated = make_assignment(one, "observer", "Sam", "Seated").person.user
    assert {row[1] for row in told(agenda.entries_between(asked, *OCTOBER))} == {"polling", "visit"}
    assert {row[1:] for row in told(agenda.entries_between(seated, *OCTOBER))} == {
        (kind, one.reference) for kind in ("polling", "visit", "deadline")
    }
    assert agenda.entries_between(outsider, *OCTOBER) == {}


def test_somebody_in_two_missions_on_the_same_days(one, other, make_user, make_assignment, coordinator, auditor):
    user = make_user("Dora", "Double")
    make_assignment(one, "staff", user=user)
    make_assignment(other, "staff", user=user, state="asked")
    make_assignment(one, "observer", "Single", "Sole")
    (found,) = agenda.overlaps_between(coordinator, *OCTOBER)
    assert (found.name, found.first, found.last) == ("Dora Double", date(2027, 10, 23), date(2027, 10, 25))
    assert {found.one.mission, found.other.mission} == {one, other}
    assert len(agenda.overlaps_between(auditor, *OCTOBER)) == 1
    assert agenda.overlaps_between(coordinator, date(2027, 9, 1), date(2027, 9, 30)) == []


def test_journeys_and_further_visits_count(one, other, make_user, make_assignment, coordinator, as_coordinator):
    user = make_user("Dora", "Double")
    make_assignment(one, "observer", user=user, leaves_on=date(2027, 10, 22))
    second = make_assignment(other, "observer", user=user, arrives_on=date(2027, 10, 23))
    assert agenda.overlaps_between(coordinator, *OCTOBER) == [], "One leaves before the other begins."
    visit = plan_visit(other, by=as_coordinator, kind="pre_electoral", starts_on=date(2027, 10, 21), ends_on=date(2027, 10, 22))
    assert agenda.overlaps_between(coordinator, *OCTOBER) == [], "Not on that visit."
    visit.members.add(second)
    (found,) = agenda.overlaps_between(coordinator, *OCTOBER)
    assert (found.first, found.last) == (date(2027, 10, 21), date(2027, 10, 22))


def test_others_see_their_own_overlaps_only(one, other, make_user, make_assignment, outsider):
    user, colleague = make_user("Dora", "Double"), make_user("Carl", "Colleague")
    for mission in (one, other):
        make_assignment(mission, "observer", user=user)
        make_assignment(mission, "observer", user=colleague)
    assert [row.name for row in agenda.overlaps_between(user, *OCTOBER)] == ["Dora Double"]
    assert agenda.overlaps_between(outsider, *OCTOBER) == []
    Mission.objects.filter(pk=other.pk).update(state="declined")
    assert agenda.overlaps_between(user, *OCTOBER) == []


def test_weeks_and_months(one, other, coordinator):
    weeks = agenda.weeks_of(coordinator, 2027, 10)
    assert all(len(week) == 7 for week in weeks)
    assert weeks[0][0][0].weekday() == 0
    assert [inside for _day, inside, _entries in weeks[0]].count(True) == 3
    months = dict(agenda.months_of(coordinator, 2027))
    assert [entry.kind for entry in months[one][9]].count("visit") == 1, "A visit is told once a month."
    assert months[one][9] != []
    assert set(months) == {one, other}


def test_polling_day_is_told_once(one, coordinator):
    assert one.milestones.filter(rule__code="election_day", due_on=E).exists()
    entries = agenda.entries_between(coordinator, *OCTOBER)
    assert [entry.kind for entry in entries[E] if entry.kind != "visit"] == ["polling"]
    one.milestones.filter(rule__code="election_day").update(moved_to=E - timedelta(days=1), reason="Early.")
    entries = agenda.entries_between(coordinator, *OCTOBER)
    assert "deadline" in {entry.kind for entry in entries[E - timedelta(days=1)]}, "On another day it is told."
