"""Polling days: what a change would do, before it is done; further rounds, repeat votes, second missions (A9)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from missions import joining
from missions.enums import VisitKind
from missions.models import Election, Mission, PollingDay
from missions.services import polling, preparations, visits
from missions.services.cautions import cautions_of
from missions.services.deadlines import complete_milestone, move_milestone
from missions.services.guards import has_invitation, is_accepted, is_not_over
from missions.services.lifecycle import convert_format, move_mission
from missions.services.meetings import plan_meeting
from missions.services.missions import create_mission, plan_visit

pytestmark = pytest.mark.django_db
E = date(2027, 10, 24)
NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def mission(make_mission, make_election):
    return make_mission(election=make_election("BG", E, E + timedelta(days=7)), polling_days=None)


@pytest.fixture
def first_round(mission):
    row = mission.polling_days.get(round=1)
    mission.polling_days.set([row])
    return row


def second_round(mission):
    return mission.election.polling_days.get(round=2)


def test_the_outlook_names_every_mission_that_observes_the_day(mission, first_round, as_coordinator):
    other = create_mission(by=SYSTEM, election=mission.election, polling_days=[first_round])
    milestone = mission.milestones.get(rule__code="briefing_file")
    move_milestone(milestone, by=as_coordinator, to=date(2027, 10, 12), reason="Public holiday.")
    complete_milestone(mission.milestones.get(rule__code="invitation"), by=as_coordinator)
    before = {row.pk: row.due_on for row in mission.milestones.all()}
    rows = polling.outlook_of_move(first_round, E + timedelta(days=14))
    assert [row.mission for row in rows] == [mission, other]
    changes = {change.rule.code: change for change in rows[0].changes}
    assert (changes["briefing_file"].kept_on, changes["briefing_file"].is_kept) == (date(2027, 10, 12), True)
    assert changes["invitation"].is_done
    assert (changes["preliminary"].old, changes["preliminary"].new) == (date(2027, 10, 25), date(2027, 11, 8))
    assert (rows[0].is_outside, rows[0].days_by) == (True, 14)
    assert {row.pk: row.due_on for row in mission.milestones.all()} == before, "Nothing is saved."


def test_moving_the_day_moves_deadlines_checklist_and_where_wanted_the_days(mission, first_round, as_coordinator):
    own = preparations.add_preparation(mission, by=as_coordinator, title="Maps", offset_days=-5)
    values = {"day": E + timedelta(days=14), "opens_at": time(7), "closes_at": time(20)}
    polling.move_polling_day(first_round, by=as_coordinator, shift_days=True, **values)
    mission.refresh_from_db()
    own.refresh_from_db()
    assert (mission.first_day, mission.last_day) == (date(2027, 11, 4), date(2027, 11, 8))
    assert mission.visits.get(kind=VisitKind.MAIN).starts_on == date(2027, 11, 4)
    assert own.due_on == date(2027, 11, 2)
    assert mission.milestones.get(rule__code="preliminary").due_on == date(2027, 11, 8)


def test_a_day_on_which_somebody_observed_stays(mission, first_round, as_coordinator):
    Mission.objects.filter(pk=mission.pk).update(state="debriefing")
    with time_machine.travel(datetime(2027, 10, 25, 9, tzinfo=UTC), tick=False):
        with pytest.raises(NotNow) as refusal:
            polling.move_polling_day(first_round, by=as_coordinator, day=E - timedelta(days=1), opens_at=None, closes_at=None)
        assert refusal.value.code == "polling_day_observed"
        polling.move_polling_day(first_round, by=as_coordinator, day=E, opens_at=time(6), closes_at=time(21))
    first_round.refresh_from_db()
    assert (first_round.day, first_round.opens_at) == (E, time(6))


def test_a_further_round_is_observed_too_and_gets_a_visit(mission, first_round, as_coordinator):
    day = date(2027, 11, 14)
    row, changes = polling.add_round(mission, by=as_coordinator, day=day, is_repeat=False, round=2)
    assert set(mission.polling_days.all()) == {first_round, row}
    assert changes == [], "Deadlines are counted from the first round."
    visit = mission.visits.get(kind=VisitKind.SECOND_ROUND)
    assert visit.starts_on <= day <= visit.ends_on
    again, _changes = polling.add_round(mission, by=as_coordinator, day=day, round=2)
    assert (again, mission.visits.filter(kind=VisitKind.SECOND_ROUND).count()) == (row, 1)
    with pytest.raises(Invalid) as refusal:
        polling.add_round(mission, by=as_coordinator, day=day, is_repeat=True)
    assert refusal.value.code == "polling_day_twice"


def test_an_earlier_day_moves_the_deadlines(mission, first_round, as_coordinator):
    _row, changes = polling.add_round(mission, by=as_coordinator, day=E - timedelta(days=1), is_repeat=True)
    assert {change.new - change.old for change in changes if change.old and change.new} == {timedelta(days=-1)}


def test_a_day_is_removed_only_where_nobody_observes_it(mission, first_round, as_coordinator):
    with pytest.raises(NotNow) as refusal:
        polling.remove_polling_day(first_round, by=as_coordinator)
    assert mission.reference in str(refusal.value.sentence)
    polling.remove_polling_day(second_round(mission), by=as_coordinator)
    assert list(mission.election.polling_days.all()) == [first_round]
    alone = Election.objects.create(country=mission.country, kind="local", title_en="Other", zone="Europe/Sofia")
    row = PollingDay.objects.create(election=alone, day=E)
    with pytest.raises(NotNow):
        polling.remove_polling_day(row, by=as_coordinator)


@pytest.mark.parametrize("cast", ["outsider", "observer_a", "auditor"])
def test_not_theirs(mission, first_round, cast, request):
    by = user_actor(request.getfixturevalue(cast))
    for act in (
        lambda: polling.remove_polling_day(second_round(mission), by=by),
        lambda: polling.open_second_mission(mission, by=by, polling_days=[second_round(mission)]),
        lambda: polling.add_round(mission, by=by, day=E + timedelta(days=20), round=2),
        lambda: polling.move_polling_day(first_round, by=by, day=E + timedelta(days=1), opens_at=None, closes_at=None),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_second_mission_counts_on_the_first_invitation(mission, first_round, as_coordinator):
    second = polling.open_second_mission(mission, by=as_coordinator, polling_days=[second_round(mission)])
    assert (second.continues, second.state, second.request, second.format) == (mission, "watch", None, mission.format)
    assert second.reference != mission.reference
    assert second.polling_day == E + timedelta(days=7)
    assert second.milestones.get(rule__code="preliminary").due_on == E + timedelta(days=8)
    assert has_invitation(second) == []
    assert [item.code for item in is_accepted(second)] == ["accepted_missing"], "The first has no decision either."
    assert move_mission(second, "invite", by=as_coordinator).state == "invited"
    assert joining.family_of(second) == joining.family_of(mission) == [mission, second]
    assert polling.open_second_mission(mission, by=as_coordinator, polling_days=[second_round(mission)]) == second


def test_a_second_mission_does_not_take_the_first_one_s_day(mission, first_round, as_coordinator):
    with pytest.raises(NotNow):
        polling.open_second_mission(mission, by=as_coordinator, polling_days=[first_round])
    with pytest.raises(Invalid):
        polling.open_second_mission(mission, by=as_coordinator, polling_days=[])
    assert Mission.objects.count() == 1


def test_a_cancelled_second_mission_leaves_the_family(mission, first_round, as_coordinator):
    second = polling.open_second_mission(mission, by=as_coordinator, polling_days=[second_round(mission)])
    move_mission(second, "cancel", by=as_coordinator, note="Decided in the first round.")
    assert joining.family_of(mission) == [mission]
    assert polling.open_second_mission(mission, by=as_coordinator, polling_days=[second_round(mission)]) != second


def test_nothing_begins_after_polling_day_but_history_may_be_entered(mission, first_round, make_mission, make_election):
    assert is_not_over(mission) == []
    with time_machine.travel(datetime(2027, 11, 3, 9, tzinfo=UTC), tick=False):
        (missing,) = is_not_over(Mission.objects.get(pk=mission.pk))
        assert missing.code == "polling_day_past"
        assert missing.url.endswith(f"{mission.reference}/polling-days/")
        history = make_mission("accepted", election=make_election("AM", date(2023, 9, 17)))
        assert is_not_over(history) == []


@pytest.fixture
def early(mission, as_coordinator):
    """The pre-electoral visit on the days that the rules propose."""
    return plan_visit(
        mission, by=as_coordinator, kind=VisitKind.PRE_ELECTORAL, starts_on=E - timedelta(days=20), ends_on=E - timedelta(days=18)
    )


def move(polling_day, by, days, **values):
    polling.move_polling_day(polling_day, by=by, day=polling_day.day + timedelta(days=days), opens_at=time(7), closes_at=time(20), **values)


def days_of(visit):
    visit.refresh_from_db()
    return visit.starts_on, visit.ends_on


def test_the_early_visit_follows_the_polling_day(mission, first_round, early, as_coordinator):
    (row,) = polling.outlook_of_move(first_round, E + timedelta(days=14))
    assert [(line.visit, line.stays) for line in row.visits] == [(early, "")]
    move(first_round, as_coordinator, 14)
    assert days_of(early) == (E - timedelta(days=6), E - timedelta(days=4))


def test_a_visit_set_by_hand_stays_unless_it_is_taken_along(mission, first_round, early, as_coordinator):
    visits.change_visit(early, by=as_coordinator, starts_on=E - timedelta(days=25), ends_on=E - timedelta(days=24))
    (line,) = polling.outlook_of_move(first_round, E + timedelta(days=14))[0].visits
    assert (line.stays, line.can_follow) == ("by_hand", True)
    move(first_round, as_coordinator, 14)
    assert days_of(early) == (E - timedelta(days=25), E - timedelta(days=24))
    first_round.refresh_from_db()
    move(first_round, as_coordinator, -8, visits={early.uuid})
    assert days_of(early) == (E - timedelta(days=33), E - timedelta(days=32))


@pytest.mark.parametrize(("today", "days", "why"), [(E - timedelta(days=20), 14, "begun"), (E - timedelta(days=40), -25, "past")])
def test_a_visit_that_cannot_follow_stays_even_if_chosen(mission, first_round, early, as_coordinator, today, days, why):
    with time_machine.travel(datetime(today.year, today.month, today.day, 9, tzinfo=UTC), tick=False):
        (line,) = polling.outlook_of_move(first_round, E + timedelta(days=days))[0].visits
        assert (line.stays, line.can_follow, bool(line.reason)) == (why, False, True)
        move(first_round, as_coordinator, days, visits={early.uuid})
    assert days_of(early) == (E - timedelta(days=20), E - timedelta(days=18))


def test_a_visit_of_which_a_meeting_was_held_stays(mission, first_round, early, as_coordinator):
    values = {"start_day": early.starts_on, "start_time": time(9), "end_time": time(10), "visit": early}
    meeting = plan_meeting(mission, by=as_coordinator, kind="ngo", title="Talk", **values)
    (line,) = polling.outlook_of_move(first_round, E + timedelta(days=14))[0].visits
    assert (line.stays, line.meetings) == ("", 1)
    type(meeting).objects.filter(pk=meeting.pk).update(state="held")
    (line,) = polling.outlook_of_move(first_round, E + timedelta(days=14))[0].visits
    assert line.stays == "held"


def test_meetings_stay_on_their_days_in_the_main_visit_as_in_the_early_one(mission, first_round, early, as_coordinator):
    main = mission.visits.get(kind=VisitKind.MAIN)
    rows = [
        plan_meeting(
            mission, by=as_coordinator, kind="ngo", title="T", start_day=one.starts_on, start_time=time(9), end_time=time(10), visit=one
        )
        for one in (main, early)
    ]
    outlook = polling.outlook_of_move(first_round, E + timedelta(days=14))[0]
    assert (outlook.main_meetings, outlook.visits[0].meetings) == (1, 1)
    before = [row.start_day for row in rows]
    move(first_round, as_coordinator, 14, shift_days=True)
    for row in rows:
        row.refresh_from_db()
    assert [row.start_day for row in rows] == before
    assert [caution.code for caution in cautions_of(mission)] == ["outside_days", "outside_days"], "The programme tells it."


def test_the_visit_of_a_second_round_follows_its_own_day(mission, first_round, early, as_coordinator):
    row, _changes = polling.add_round(mission, by=as_coordinator, day=E + timedelta(days=21), round=2)
    visit = mission.visits.get(kind=VisitKind.SECOND_ROUND)
    before = days_of(visit)
    move(row, as_coordinator, 7)
    assert days_of(visit) == tuple(day + timedelta(days=7) for day in before)
    assert days_of(early)[0] == E - timedelta(days=20), "The first polling day did not move."


def test_the_outlook_of_a_second_mission_is_what_it_begins_with(mission, first_round, as_coordinator):
    days = [second_round(mission)]
    count = Mission.objects.count()
    row = polling.outlook_of_second(mission, by=as_coordinator, polling_days=days)
    assert (Mission.objects.count(), row.is_new, row.is_empty) == (count, True, False)
    second = polling.open_second_mission(mission, by=as_coordinator, polling_days=days)
    assert {change.rule.code: change.new for change in row.changes} == dict(second.milestones.values_list("rule__code", "due_on"))
    assert [(line.starts_on, line.ends_on) for line in row.visits] == list(second.visits.values_list("starts_on", "ends_on"))
    assert (row.mission.first_day, row.mission.reference) == (second.first_day, second.reference)
    assert polling.outlook_of_second(mission, by=as_coordinator, polling_days=days).is_empty, "It is there already."


def test_the_outlook_of_a_format_names_what_goes_and_what_comes(mission, first_round, as_coordinator):
    row = polling.outlook_of_format(mission, "remote")
    assert mission.format == "observation"
    goes, comes = ({change.rule.code for change in row.changes if getattr(change, name) is None} for name in ("new", "old"))
    before = set(mission.milestones.values_list("rule__code", flat=True))
    Mission.objects.filter(pk=mission.pk).update(state="composing")
    convert_format(mission, by=as_coordinator, format="remote", reason="Crisis.")
    after = set(mission.milestones.values_list("rule__code", flat=True))
    assert goes
    assert (before - after, after - before) == (goes, comes)
    with pytest.raises(Invalid):
        polling.outlook_of_format(mission, "grand")


def test_a_visit_is_changed_by_hand(mission, early, as_coordinator, observer_a):
    change = {"starts_on": E - timedelta(days=21), "ends_on": E - timedelta(days=20), "place": " Sofia "}
    changed = visits.change_visit(early, by=as_coordinator, **change)
    assert (changed.starts_on, changed.place) == (E - timedelta(days=21), "Sofia")
    with pytest.raises(NotAllowed):
        visits.change_visit(early, by=user_actor(observer_a), **change)
    with pytest.raises(Invalid):
        visits.change_visit(early, by=as_coordinator, **change | {"ends_on": E - timedelta(days=22)})
    with pytest.raises(Invalid) as refusal:
        visits.change_visit(mission.visits.get(kind=VisitKind.MAIN), by=as_coordinator, **change)
    assert refusal.value.code == "main_visit"
    Mission.objects.filter(pk=mission.pk).update(state="closed")
    with pytest.raises(NotNow):
        visits.change_visit(early, by=as_coordinator, **change)
