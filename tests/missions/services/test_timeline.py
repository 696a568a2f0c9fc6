"""A mission on one line of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from missions.models import Mission
from missions.services.deadlines import complete_milestone, move_milestone
from missions.services.lifecycle import move_mission
from missions.services.preparations import add_preparation
from missions.services.timeline import WIDTH, timeline_of

pytestmark = pytest.mark.django_db
E = date(2027, 10, 24)


@pytest.fixture
def mission(make_mission, make_election):
    with time_machine.travel(datetime(2027, 6, 1, 9, tzinfo=UTC), tick=False):
        yield make_mission("watch", election=make_election("BG", E))


def by_label(line):
    return {row.label: row for row in line.rows}


def test_everything_with_a_day_is_there_in_order(mission, as_coordinator):
    add_preparation(mission, by=as_coordinator, title="Maps", offset_days=-5)
    line = timeline_of(mission)
    kinds = [str(row.kind) for row in line.rows]
    assert set(kinds) == {"Deadline", "Polling day", "Visit", "Preparation"}
    assert [row.starts_on for row in line.rows] == sorted(row.starts_on for row in line.rows)
    assert kinds.count("Deadline") == mission.milestones.count()
    assert all(row.x >= 0 and row.x + row.width <= WIDTH for row in line.rows)
    assert (line.first, line.last) == (E - timedelta(days=180), max(row.effective_on for row in mission.milestones.all()))
    assert 0 < line.today_x < WIDTH


def test_late_done_and_moved_are_told_apart(mission, as_coordinator):
    rows = {row.rule.code: row for row in mission.milestones.select_related("rule")}
    move_milestone(rows["briefing_file"], by=as_coordinator, to=date(2027, 10, 1), reason="Holiday.")
    complete_milestone(rows["delegation_closed"], by=as_coordinator)
    with time_machine.travel(datetime(2027, 10, 2, 9, tzinfo=UTC), tick=False):
        found = by_label(timeline_of(mission))
    moved = found[rows["briefing_file"].rule.label]
    assert (moved.tone, moved.starts_on, moved.moved_from, moved.note) == ("late", date(2027, 10, 1), date(2027, 10, 14), "Holiday.")
    assert moved.from_x > moved.x
    assert found[rows["delegation_closed"].rule.label].tone == "done"
    assert found[rows["preliminary"].rule.label].tone == "open"


def test_the_states_are_bars_from_move_to_move(mission, monkeypatch, as_coordinator):
    monkeypatch.setattr("missions.checks._checks", {})
    with time_machine.travel(datetime(2027, 7, 1, 9, tzinfo=UTC), tick=False):
        move_mission(mission, "invite", by=as_coordinator)
    with time_machine.travel(datetime(2027, 7, 11, 9, tzinfo=UTC), tick=False):
        found = by_label(timeline_of(Mission.objects.get(pk=mission.pk)))
    assert (found["On watch"].starts_on, found["On watch"].ends_on) == (date(2027, 6, 1), date(2027, 7, 1))
    assert (found["Invited"].starts_on, found["Invited"].ends_on, found["Invited"].state) == (date(2027, 7, 1), date(2027, 7, 11), "now")


def test_up_to_polling_day_leaves_out_what_comes_later(mission):
    line = timeline_of(mission, until_polling=True)
    assert line.last <= E + timedelta(days=7)
    assert "Adoption by the session" not in by_label(line)
    assert len(line.rows) < len(timeline_of(mission).rows)


def test_nothing_with_a_day_is_no_line(mission):
    mission.polling_days.clear()
    mission.milestones.all().delete()
    mission.visits.all().delete()
    assert timeline_of(Mission.objects.get(pk=mission.pk)) is None
