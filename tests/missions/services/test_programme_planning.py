"""Moving, planning from the template, ways between places, what a planner is told, news for readers, presence and tasks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.management import call_command

from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow, Stale
from missions import facts
from missions.models import Meeting, Travel
from missions.services import batches, cautions, meetings, moves, notes, releases, travel
from observers.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(mission):
    """The second day of the mission."""
    return mission.first_day + timedelta(days=1)


@pytest.fixture
def plan(mission, as_coordinator, day):
    """Plan a meeting of the mission: `plan("10:00", "11:00", place="Hotel")`."""

    def make(start: str = "10:00", end: str = "11:00", **values) -> Meeting:
        values = {"kind": "ngo", "title": "NGOs", "start_day": day} | values
        return meetings.plan_meeting(
            mission, by=as_coordinator, start_time=time.fromisoformat(start), end_time=time.fromisoformat(end), **values
        )

    return make


def assignment_of(mission, user):
    return mission.assignments.get(person=user.person)


def codes(mission, **only):
    return [caution.code for caution in cautions.cautions_of(mission, **only)]


# --- moving -------------------------------------------------------------------------------------------------------


def test_a_moved_meeting_keeps_its_length(plan, as_coordinator, day):
    meeting = moves.move_meeting(plan("10:00", "11:30"), by=as_coordinator, day=day + timedelta(days=1), start=time(14, 15))
    assert (meeting.start_day, meeting.start_time, meeting.end_time) == (day + timedelta(days=1), time(14, 15), time(15, 45))
    assert meeting.sequence == 1


def test_a_step_earlier_and_later(plan, as_coordinator):
    meeting = moves.shift_meeting(plan(), by=as_coordinator, minutes=-15)
    assert (meeting.start_time, meeting.end_time) == (time(9, 45), time(10, 45))
    assert moves.shift_meeting(meeting, by=as_coordinator, minutes=30).start_time == time(10, 15)
    for minutes in (0, 100_000):
        with pytest.raises(Invalid):
            moves.shift_meeting(meeting, by=as_coordinator, minutes=minutes)


def test_steps_over_the_clock_change_never_meet_a_skipped_hour(plan, as_coordinator):
    meeting = moves.shift_meeting(plan("02:45", "04:15", start_day=date(2027, 3, 28)), by=as_coordinator, minutes=15)
    assert (meeting.start_time, meeting.end_time) == (time(4), time(4, 30))
    assert meeting.starts_at == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    with pytest.raises(Invalid) as refusal:
        moves.move_meeting(meeting, by=as_coordinator, day=date(2027, 3, 28), start=time(3, 30))
    assert refusal.value.code == "skipped_hour"


def test_the_repeated_hour_is_asked_about(plan, as_coordinator):
    meeting, there = plan("02:30", "02:45", start_day=date(2027, 10, 31)), date(2027, 10, 31)
    with pytest.raises(Invalid) as refusal:
        moves.move_meeting(meeting, by=as_coordinator, day=there, start=time(3, 15))
    assert (refusal.value.code, refusal.value.attr) == ("repeated_hour", "start_fold")
    later = moves.move_meeting(meeting, by=as_coordinator, day=there, start=time(3, 15), fold=1)
    assert later.starts_at == datetime(2027, 10, 31, 1, 15, tzinfo=UTC)
    assert moves.shift_meeting(later, by=as_coordinator, minutes=-60).start_fold == 0


def test_a_move_is_refused_like_any_change(plan, mission, as_coordinator, observer_a, day):
    person = assignment_of(mission, observer_a)
    plan(title="Ministry", people=[person])
    meeting = plan("12:00", "13:00", people=[person])
    with pytest.raises(NotNow) as refusal:
        moves.move_meeting(meeting, by=as_coordinator, day=day, start=time(10, 45))
    assert "Ministry" in refusal.value.missing[0].sentence
    with pytest.raises(NotAllowed):
        moves.shift_meeting(meeting, by=user_actor(observer_a), minutes=15)
    moves.shift_meeting(meeting, by=as_coordinator, minutes=15, seen_sequence=0)
    with pytest.raises(Stale):
        moves.shift_meeting(meeting, by=as_coordinator, minutes=15, seen_sequence=0)
    meetings.cancel_meeting(meeting, by=as_coordinator, reason="x")
    with pytest.raises(NotNow):
        moves.shift_meeting(meeting, by=as_coordinator, minutes=15)


def test_an_interpreter_is_not_in_two_places(plan, mission, make_assignment):
    inge = make_assignment(mission, "interpreter", "Inge", "Inter")
    plan(title="Mayor", people=[inge])
    with pytest.raises(NotNow) as refusal:
        plan("10:30", "11:30", people=[inge])
    assert "Inge Inter" in refusal.value.missing[0].sentence


# --- what a planner is told ---------------------------------------------------------------------------------------


def test_too_little_time_for_the_way(plan, mission, as_coordinator, observer_a, observer_b):
    person = assignment_of(mission, observer_a)
    first = plan("10:00", "11:00", title="Commission", place="Palace", people=[person])
    second = plan("11:15", "12:00", title="Mayor", place="Town hall", people=[person, assignment_of(mission, observer_b)])
    assert codes(mission) == []
    assert set(cautions.ways_needed(mission)) == {("palace", "town hall")}
    assert travel.set_travel(mission, by=as_coordinator, ways=[("Town  Hall", "PALACE", 30)]) == 1
    (caution,) = cautions.cautions_of(mission)
    assert caution.code == "travel_time"
    for word in ("Alba Able", "Commission", "Mayor", "30 minutes"):
        assert word in caution.sentence
    assert "Bodil" not in caution.sentence
    assert codes(mission, only=first) == codes(mission, only=second) == ["travel_time"]
    moves.shift_meeting(second, by=as_coordinator, minutes=15)
    assert codes(mission) == []


def test_whoever_joins_later_may_be_in_two_places(plan, mission, as_coordinator, observer_a, observer_b):
    a, b = (assignment_of(mission, user) for user in (observer_a, observer_b))
    north, south = (meetings.create_track(mission, by=as_coordinator, name=name, members=[row]) for name, row in (("N", a), ("S", b)))
    plan(title="Mayor", track=north, is_for_all=True)
    plan("10:30", "11:30", title="Media", track=south, is_for_all=True)
    plan("11:00", "11:30", title="Radio", track=north, is_for_all=True)
    assert codes(mission) == []
    meetings.change_track(north, by=as_coordinator, name="North", members=[a, b])
    found = [(caution.code, caution.sentence) for caution in cautions.cautions_of(mission)]
    assert [code for code, _sentence in found] == ["overlap", "overlap"]
    assert all(word in found[0][1] for word in ("Bodil Baker", "Mayor", "Media"))
    assert "Alba" not in found[0][1]
    for wrong in ("", "S"):
        with pytest.raises(Invalid):
            meetings.change_track(north, by=as_coordinator, name=wrong, members=[a])
    with pytest.raises(NotAllowed):
        meetings.change_track(north, by=user_actor(observer_a), name="x", members=[])


def test_ways_are_kept_once_and_whole(mission, as_coordinator, observer_a):
    ways = [("Hotel", "Palace", 20), ("Hotel", "Town hall", 5)]
    assert travel.set_travel(mission, by=as_coordinator, ways=ways) == 2
    assert travel.set_travel(mission, by=as_coordinator, ways=ways) == 0
    for wrong in (
        [("Hotel", "Airport", 5), ("Hotel", "hotel ", 3)],
        [("Hotel", "Airport", 5), ("Hotel", "Moon", 1441)],
        [("Hotel", "", 1)],
    ):
        with pytest.raises(Invalid):
            travel.set_travel(mission, by=as_coordinator, ways=wrong)
    assert Travel.objects.count() == 2
    assert travel.set_travel(mission, by=as_coordinator, ways=[("palace", "HOTEL", None)]) == 1
    assert travel.minutes_between(mission) == {("hotel", "town hall"): 5}
    with pytest.raises(NotAllowed):
        travel.set_travel(mission, by=user_actor(observer_a), ways=ways)


def test_a_language_that_nobody_interprets(plan, mission, make_assignment, observer_a):
    meeting = plan(languages=["bg"], people=[assignment_of(mission, observer_a)])
    (caution,) = cautions.cautions_of(mission)
    assert caution.code == "interpreter"
    assert "Bulgarian" in caution.sentence
    assert "Alba Able" in caution.sentence
    inge = make_assignment(mission, "interpreter", "Inge", "Inter")
    inge.person.languages = ["bg", "fr"]
    inge.person.save()
    meeting.participants.create(assignment=inge)
    assert codes(mission) == ["interpreter"], "An interpreter between Bulgarian and French is of no use to a reader of English."
    observer_a.person.languages = ["fr"]
    observer_a.person.save()
    assert codes(mission) == []


def test_outside_membership_and_stay(plan, mission, bulgaria, observer_a, make_assignment, day):
    row = assignment_of(mission, observer_a)
    plan(people=[row])
    assert codes(mission) == []
    Membership.objects.create(
        person=observer_a.person,
        country=bulgaria,
        chamber="L",
        seat=1,
        starts_on=day - timedelta(days=900),
        ends_on=day - timedelta(days=1),
    )
    (caution,) = cautions.cautions_of(mission)
    assert (caution.code, "Alba Able" in caution.sentence, "NGOs" in caution.sentence) == ("mandate", True, True)
    assert facts.ask("outside_membership", {(observer_a.person.pk, day - timedelta(days=1))}) == set()
    row.arrives_on = day + timedelta(days=1)
    row.save()
    assert codes(mission) == ["mandate", "stay"]


def test_cautions_ask_as_often_for_one_meeting_as_for_three(plan, mission, observer_a, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    plan("08:00", "09:00", is_for_all=True, place="A", languages=["bg"])
    with CaptureQueriesContext(connection) as one:
        cautions.cautions_of(mission)
    plan("10:00", "11:00", is_for_all=True, place="B", languages=["bg"])
    plan("12:00", "13:00", is_for_all=True, place="C", languages=["bg"])
    with django_assert_num_queries(len(one)):
        assert len(cautions.cautions_of(mission)) == 3


# --- from the template --------------------------------------------------------------------------------------------


def batch_rows(mission, n=3):
    return [
        {
            "kind": line.kind, "title": line.title, "start_day": line.day, "start_time": line.start, "end_time": line.end,
            "is_for_all": line.is_for_all,
        }
        for line in batches.skeleton_of(mission)[:n]
    ]  # fmt: skip


def test_the_template_is_whole_and_in_three_languages(mission):
    lines = batches.skeleton_of(mission, "de")
    assert len(lines) == 18
    assert {"Zentrale Wahlkommission", "Pressekonferenz"} <= {line.title for line in lines}
    assert lines[1].day == mission.polling_day - timedelta(days=2)
    assert "Commission électorale centrale" in {line.title for line in batches.skeleton_of(mission, "fr")}


def test_all_of_a_batch_is_planned(mission, as_coordinator, observer_a):
    planned = batches.plan_batch(mission, by=as_coordinator, rows=batch_rows(mission, 18))
    assert len(planned) == mission.meetings.count() == 18
    assert all(line.is_planned for line in batches.skeleton_of(mission))


def test_or_none_with_the_reason_at_each_row(mission, as_coordinator, observer_a):
    rows = batch_rows(mission)
    rows[1] |= {"end_time": time(8)}
    rows.append(rows[2] | {"title": "At the same time"})
    with pytest.raises(batches.BatchRefused) as refusal:
        batches.plan_batch(mission, by=as_coordinator, rows=rows)
    assert {number: why.code for number, why in refusal.value.rows.items()} == {1: "end_before_start", 3: "clash"}
    assert [item.url for item in refusal.value.rows[3].missing] == [""], "The other one was not planned either."
    assert not mission.meetings.exists()


def test_bad_batches(mission, as_coordinator, observer_a):
    with pytest.raises(Invalid):
        batches.plan_batch(mission, by=as_coordinator, rows=[])
    with pytest.raises(Invalid):
        batches.plan_batch(mission, by=as_coordinator, rows=batch_rows(mission) * 30)
    with pytest.raises(NotAllowed):
        batches.plan_batch(mission, by=user_actor(observer_a), rows=batch_rows(mission))


# --- what readers are told ----------------------------------------------------------------------------------------


def told(mission, user):
    return [(change.kind, change.row["title"]) for change in releases.news_for(mission, user.person)[1]]


def test_a_held_meeting_is_no_news(plan, mission, as_coordinator):
    meeting = plan(is_for_all=True)
    first = releases.release_programme(mission, by=as_coordinator)
    with time_machine.travel(meeting.starts_at):
        meetings.hold_meeting(meeting, by=as_coordinator)
    assert releases.changes(first.content, releases.snapshot(mission)) == []
    assert releases.release_programme(mission, by=as_coordinator) == first
    assert releases.held_uuids(mission) == {str(meeting.uuid)}


def test_being_put_in_or_taken_out_is_told_to_whom_it_concerns(plan, mission, as_coordinator, observer_a, observer_b):
    a, b = (assignment_of(mission, user) for user in (observer_a, observer_b))
    meeting = plan(title="Mayor", people=[a])
    releases.release_programme(mission, by=as_coordinator)
    meetings.change_meeting(meeting, by=as_coordinator, people=[b])
    assert releases.release_programme(mission, by=as_coordinator).version == 2
    assert told(mission, observer_a) == [("left", "Mayor")]
    assert told(mission, observer_b) == [("added", "Mayor")]


def test_news_since_the_version_that_was_seen(plan, mission, as_coordinator, observer_a):
    meeting = plan(title="Mayor", is_for_all=True)
    by = user_actor(observer_a)
    releases.release_programme(mission, by=as_coordinator)
    releases.mark_seen(mission, by=by, version=1)
    assert told(mission, observer_a) == []
    meetings.change_meeting(meeting, by=as_coordinator, place="Town hall")
    releases.release_programme(mission, by=as_coordinator)
    plan("14:00", "15:00", title="Media", is_for_all=True)
    releases.release_programme(mission, by=as_coordinator)
    assert told(mission, observer_a) == [("changed", "Mayor"), ("added", "Media")]
    assert releases.news_for(mission, observer_a.person)[0] == 1
    releases.mark_seen(mission, by=by, version=3)
    releases.mark_seen(mission, by=by, version=2)
    assert told(mission, observer_a) == []
    assert releases.news_for(mission, observer_a.person)[0] == 3
    with pytest.raises(Invalid):
        releases.mark_seen(mission, by=by, version=4)


def test_an_outsider_marks_nothing(plan, mission, as_coordinator, outsider):
    plan()
    releases.release_programme(mission, by=as_coordinator)
    with pytest.raises(NotAllowed):
        releases.mark_seen(mission, by=user_actor(outsider), version=1)


# --- during and after a meeting -----------------------------------------------------------------------------------


def test_who_was_present(plan, mission, as_coordinator, observer_a, outsider, make_mission, make_assignment):
    meeting, row = plan(), assignment_of(mission, observer_a)
    with pytest.raises(NotNow) as refusal:
        notes.note_presence(meeting, by=as_coordinator, present=[row])
    assert refusal.value.code == "meeting_not_begun"
    with time_machine.travel(meeting.starts_at + timedelta(minutes=5)):
        notes.note_presence(meeting, by=user_actor(observer_a), present=[row], others="The chair. ")
        notes.note_presence(meeting, by=user_actor(observer_a), present=[row], others="The chair. ")
        elsewhere = make_assignment(make_mission(), user=observer_a)
        with pytest.raises(Invalid):
            notes.note_presence(meeting, by=as_coordinator, present=[elsewhere])
        with pytest.raises(NotAllowed):
            notes.note_presence(meeting, by=user_actor(outsider), present=[])
    meeting.refresh_from_db()
    assert (list(meeting.present.all()), meeting.present_others) == ([row], "The chair.")
    meetings.cancel_meeting(meeting, by=as_coordinator, reason="x")
    with pytest.raises(NotNow):
        notes.note_presence(meeting, by=as_coordinator, present=[])


def test_follow_up_tasks(plan, mission, as_coordinator, observer_a, outsider, day):
    meeting, row = plan(), assignment_of(mission, observer_a)
    task = notes.add_task(meeting, by=as_coordinator, text=" Send the law. ", assignment=row, due_on=day)
    assert (task.text, task.assignment, task.due_on, task.done_at) == ("Send the law.", row, day, None)
    done = notes.mark_task(task, by=user_actor(observer_a), done=True)
    assert notes.mark_task(task, by=as_coordinator, done=True).done_by == done.done_by
    assert notes.mark_task(task, by=as_coordinator, done=False).done_at is None
    with pytest.raises(Invalid):
        notes.add_task(meeting, by=as_coordinator, text=" ")
    for act in (
        lambda: notes.add_task(meeting, by=user_actor(outsider), text="x"),
        lambda: notes.mark_task(task, by=user_actor(outsider), done=True),
    ):
        with pytest.raises(NotAllowed):
            act()
    meetings.cancel_meeting(meeting, by=as_coordinator, reason="x")
    with pytest.raises(NotNow):
        notes.add_task(meeting, by=as_coordinator, text="x")


def test_a_note_rates_its_topic(plan, as_coordinator):
    meeting = plan()
    assert (
        notes.write_note(meeting, by=as_coordinator, topic="L05", text="Old lists.", rating="serious_concern").rating == "serious_concern"
    )
    assert notes.write_note(meeting, by=as_coordinator, topic="L05", text="x").rating == "not_assessed"
    with pytest.raises(Invalid) as refusal:
        notes.write_note(meeting, by=as_coordinator, topic="L05", text="x", rating="terrible")
    assert refusal.value.attr == "rating"


# --- new rules for the clocks -------------------------------------------------------------------------------------


@pytest.fixture
def skipped(plan):
    """Two meetings of which new rules skip the hour, around one that moves and one that stays."""
    rows = [plan("03:30", "05:30", start_day=date(2027, 3, 27), title="Early"), plan(), plan("15:00", "16:00")]
    rows.append(plan("02:15", "03:30", start_day=date(2027, 3, 26), title="Late"))
    lost = Meeting.objects.filter(pk__in=[rows[0].pk, rows[3].pk])
    lost.update(start_day=date(2027, 3, 28), end_day=date(2027, 3, 28))
    Meeting.objects.filter(pk=rows[1].pk).update(starts_at=rows[1].starts_at - timedelta(hours=1))
    return rows


def test_new_zone_rules_that_skip_meetings_hours_do_not_stop_the_others(skipped, as_coordinator):
    done = meetings.recompute_instants(by=as_coordinator)
    assert (done.moved, done.unchanged) == (1, 1)
    assert {(meeting.title, "03:30 on 2027-03-28" in why) for meeting, why in done.refused} == {("Early", True), ("Late", True)}
    before = skipped[0].starts_at, skipped[1].starts_at
    for row in skipped:
        row.refresh_from_db()
    assert (skipped[0].starts_at, skipped[1].starts_at) == before
    assert (skipped[0].start_time, skipped[1].start_time) == (time(3, 30), time(10))
    assert [caution.code for caution in cautions.cautions_of(skipped[0].mission, only=skipped[0])][:1] == ["skipped_hour"]


def test_the_desk_warns_on_the_meeting_and_on_the_programme(skipped, client_for, coordinator, mission):
    client = client_for(coordinator)
    for url in (skipped[3].get_absolute_url(), f"/missions/{mission.reference}/programme/"):
        assert "never show 03:30 on 2027-03-28" in client.get(url).content.decode()
    assert "never show" not in client.get(skipped[1].get_absolute_url()).content.decode()


def test_the_command_after_new_zone_data(skipped, mission, capsys):
    for moved in (1, 0):
        call_command("recompute_times")
        answer = json.loads(capsys.readouterr().out)
        assert (answer["moved"], answer["unchanged"]) == (moved, 2 - moved)
        assert sorted((row["mission"], row["meeting"], row["day"], row["start"], row["end"]) for row in answer["refused"]) == [
            (mission.reference, "Early", "2027-03-28", "03:30", "05:30"),
            (mission.reference, "Late", "2027-03-28", "02:15", "03:30"),
        ]
        assert all(row["why"].endswith(".") for row in answer["refused"])
