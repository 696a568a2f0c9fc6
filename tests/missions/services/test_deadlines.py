"""Deadlines: computed, moved with a reason, done, overdue, recomputed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from core import clock, reminders
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import OutboxMail, Reminder
from missions.enums import MissionFormat
from missions.models import DeadlineRule, Milestone
from missions.services.deadlines import complete_milestone, milestone_changes, move_milestone, recompute_milestones, reopen_milestone
from missions.services.missions import change_polling_day

pytestmark = pytest.mark.django_db
E = date(2027, 10, 24)


@pytest.fixture
def mission(make_mission, make_election):
    with time_machine.travel(datetime(2027, 6, 1, 9, tzinfo=UTC), tick=False):
        return make_mission(election=make_election("BG", E))


def due(mission, code):
    return mission.milestones.get(rule__code=code)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("invitation", date(2027, 8, 25)),
        ("delegation_closed", date(2027, 9, 26)),
        ("briefing_file", date(2027, 10, 14)),
        ("preliminary", date(2027, 10, 25)),
        ("adoption", date(2028, 3, 1)),
        ("transmission", date(2028, 3, 15)),
        ("follow_up_check", date(2029, 3, 1)),
    ],
)
def test_computed_from_polling_day(mission, code, day):
    assert due(mission, code).due_on == day


def test_rules_by_format(make_mission, make_election):
    assessment = make_mission(election=make_election("BG", E), format=MissionFormat.ASSESSMENT)
    assert not assessment.milestones.filter(rule__code="adoption").exists()
    assert due(assessment, "transmission").due_on == due(assessment, "committee").due_on + timedelta(days=14)


def test_recomputed_when_polling_day_moves_but_not_those_moved_by_hand(mission, as_coordinator):
    move_milestone(due(mission, "briefing_file"), by=as_coordinator, to=date(2027, 10, 12), reason="Public holiday.")
    changes = change_polling_day(
        mission.polling_days.get(), by=as_coordinator, day=E + timedelta(days=7), opens_at=time(7), closes_at=time(20)
    )
    assert due(mission, "preliminary").due_on == date(2027, 11, 1)
    row = due(mission, "briefing_file")
    assert (row.due_on, row.effective_on) == (date(2027, 10, 21), date(2027, 10, 12))
    assert next(change for change in changes if change.rule.code == "briefing_file").is_kept


def test_what_is_done_keeps_the_day_it_was_due(mission, as_coordinator):
    row = complete_milestone(due(mission, "accreditation"), by=as_coordinator)
    polling = mission.polling_days.get()
    polling.day += timedelta(days=7)
    polling.save_changes("day")
    told = recompute_milestones(mission, by=as_coordinator)
    assert told and "accreditation" not in {change.rule.code for change in told}
    assert Milestone.objects.get(pk=row.pk).due_on == row.due_on
    assert recompute_milestones(mission, by=as_coordinator) == []


def test_the_diff_is_told_before_saving(mission):
    changes = milestone_changes(mission, [E + timedelta(days=1)])
    assert {change.rule.code for change in changes} == set(mission.milestones.values_list("rule__code", flat=True))
    assert due(mission, "preliminary").due_on == date(2027, 10, 25)


def test_recomputing_twice_changes_nothing(mission, as_coordinator):
    assert recompute_milestones(mission, by=as_coordinator) == []


def test_moving_the_adoption_moves_what_is_counted_from_it(mission, as_coordinator):
    move_milestone(due(mission, "adoption"), by=as_coordinator, to=date(2028, 3, 28), reason="Spring session.")
    assert due(mission, "transmission").due_on == date(2028, 4, 11)
    with time_machine.travel(datetime(2028, 3, 29, 22, 30, tzinfo=UTC), tick=False):
        complete_milestone(due(mission, "adoption"), by=as_coordinator)
    assert due(mission, "transmission").due_on == date(2028, 4, 13)  # it is the 30th already in Sofia


def test_moving_needs_a_reason_and_an_open_deadline(mission, as_coordinator, observer_a):
    row = due(mission, "briefing_file")
    with pytest.raises(Invalid):
        move_milestone(row, by=as_coordinator, to=E, reason=" ")
    complete_milestone(row, by=as_coordinator)
    with pytest.raises(NotNow):
        move_milestone(row, by=as_coordinator, to=E, reason="x")
    reopen_milestone(row, by=as_coordinator)
    assert due(mission, "briefing_file").done_at is None
    with pytest.raises(NotAllowed):
        complete_milestone(row, by=user_actor(observer_a))


def test_done_twice_is_done_since_the_first_time(mission, as_coordinator):
    row = complete_milestone(due(mission, "briefing_file"), by=as_coordinator)
    assert complete_milestone(row, by=as_coordinator).done_at == row.done_at


def test_overdue_counts_in_the_mission_s_zone(mission):
    row = due(mission, "preliminary")
    assert not row.is_overdue(date(2027, 10, 25))
    assert row.is_overdue(date(2027, 10, 26))
    assert row in Milestone.objects.overdue(date(2027, 10, 26))
    assert row not in Milestone.objects.overdue(date(2027, 10, 25))


def test_reminded_once_three_days_before_at_nine(mission, coordinator, django_capture_on_commit_callbacks):
    def sweep(*moment):
        with time_machine.travel(datetime(*moment, tzinfo=UTC), tick=False), django_capture_on_commit_callbacks(execute=True):
            reminders.sweep_reminders()
        return OutboxMail.objects.filter(template="missions/mail/milestone_due", subject__contains="14 October 2027").count()

    assert sweep(2027, 10, 11, 5, 59) == 0
    assert sweep(2027, 10, 11, 6, 1) == 1  # nine o'clock in Sofia
    assert sweep(2027, 10, 11, 7, 0) == 1
    assert sweep(2027, 10, 12, 7, 0) == 1


def test_no_reminder_for_what_was_done_meanwhile(mission, as_coordinator):
    at = datetime(2027, 10, 11, 6, 1, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        rule = reminders.rules["missions.milestone_due"]
        found = [item for item in rule.pending(clock.now()) if item.object_uuid == due(mission, "briefing_file").uuid]
        assert len(found) == 1
        reminder = Reminder(object_id=str(found[0].object_uuid), occurrence=found[0].occurrence)
        assert rule.still_due(reminder)
        complete_milestone(due(mission, "briefing_file"), by=as_coordinator)
        assert not rule.still_due(reminder)


def test_every_rule_has_three_languages_and_a_source(deadline_rules):
    for rule in DeadlineRule.objects.all():
        assert rule.label_en
        assert rule.label_fr
        assert rule.label_de
        assert rule.source_mark in "TPD"
        assert rule.source
