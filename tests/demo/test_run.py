"""The frame of the driver: days, refusals, guards, the visitor's forms."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from config.demo.door import Answer, multipart
from config.demo.driver import ACTS, TARGETS, drive
from config.demo.run import DemoFailed, Run, expect, refused, tell, wait_for
from config.demo.stage import SCENES, set_clock
from config.demo.steps.report import filled
from config.demo.timeline import DECLARED_EARLY, REACHED, Timeline
from core import clock
from core.errors import Missing, NotNow
from missions.enums import ROAD, MissionState

SOFIA = "Europe/Sofia"


def test_every_state_of_the_road_can_be_reached() -> None:
    assert list(TARGETS) == [state.value for state in ROAD[1:]]
    assert {act.state for act in ACTS} >= set(TARGETS)
    order = [ROAD.index(MissionState(act.state)) for act in ACTS]
    assert order == sorted(order)


def test_the_days_of_the_states_follow_each_other() -> None:
    days = [REACHED[MissionState(target)] for target in TARGETS]
    assert days == sorted(days)


def test_a_mission_that_starts_today_votes_on_a_sunday() -> None:
    timeline = Timeline.starting_today(date(2026, 11, 23), SOFIA)
    assert timeline.polling_day.weekday() == 6
    assert timeline.day(REACHED[MissionState.INVITED]) >= date(2026, 11, 23)


def test_a_mission_that_is_on_its_polling_day_votes_today() -> None:
    assert Timeline.ending_today(date(2026, 11, 23), "election_day", SOFIA).polling_day == date(2026, 11, 23)
    assert Timeline.ending_today(date(2026, 11, 23), "transmission", SOFIA).polling_day.weekday() == 6


def test_a_mission_left_in_the_midst_of_a_state_has_its_last_act_behind_it() -> None:
    for number in range(7):
        today = date(2026, 11, 23) + timedelta(days=number)
        timeline = Timeline.ending_today(today, "composing", SOFIA, last=DECLARED_EARLY)
        assert timeline.day(DECLARED_EARLY) < today <= timeline.day(DECLARED_EARLY + 7)
        assert timeline.polling_day.weekday() == 6


def test_wall_times_keep_their_hour_over_a_change_of_clocks() -> None:
    timeline = Timeline(date(2027, 3, 28), SOFIA)
    assert timeline.at(0, "07:00").isoformat() == "2027-03-28T07:00:00+03:00"
    assert timeline.at(-1, "07:00").isoformat() == "2027-03-27T07:00:00+02:00"


def test_a_failed_guard_is_told_and_a_held_one_is_silent() -> None:
    expect(True, "never told")
    with pytest.raises(DemoFailed, match="nobody came"):
        expect(False, "nobody came")


def test_what_must_be_refused_fails_the_run_when_it_is_not() -> None:
    told: list[str] = []
    with refused("It was done.", told=told):
        raise NotNow("Not yet.", missing=[Missing("x", "A letter is missing.")])
    assert told == ["Not yet. A letter is missing."]
    with pytest.raises(DemoFailed, match="was not refused"), refused("It was done.", told=told):
        pass


def test_a_refusal_inside_a_step_ends_the_run_with_its_words() -> None:
    run = Run(url="http://127.0.0.1:1", timeline=Timeline(date(2027, 3, 28), SOFIA), say=lambda text: None)
    with pytest.raises(DemoFailed, match="2 request: register: Somebody was faster."), run.step("2 request", "register"):
        raise NotNow("Somebody was faster.")
    assert tell(NotNow("Somebody was faster.")) == "Somebody was faster."


def test_waiting_ends() -> None:
    with pytest.raises(DemoFailed, match="too long"):
        wait_for(lambda: False, seconds=0, sentence="It took too long.")


def test_an_unknown_state_is_refused_before_anything_is_done() -> None:
    run = Run(url="http://127.0.0.1:1", timeline=Timeline(date(2027, 3, 28), SOFIA), say=lambda text: None)
    with pytest.raises(DemoFailed, match="paradise"):
        drive(run, "paradise")


def test_facts_are_filled_in_and_figures_are_left_to_the_report() -> None:
    assert filled("{teams} teams, {figure:B21}", {"teams": "6"}) == "6 teams, {figure:B21}"


def test_a_form_is_sent_with_its_files() -> None:
    body, mime = multipart({"name": "Зелена липа"}, [("letter", "a.pdf", "application/pdf", b"%PDF")])
    assert mime.startswith("multipart/form-data; boundary=")
    assert "Зелена липа".encode() in body
    assert b'filename="a.pdf"' in body


def test_the_words_of_a_page_are_read_without_its_marks() -> None:
    page = Answer(400, b"<p>Not &amp; now.</p><script>x()</script>", "http://x/", {})
    assert page.said == "Not & now."


def test_the_stage_shows_three_missions_in_two_countries() -> None:
    assert {scene.target for scene in SCENES} == {"election_day", "composing", "transmission"}
    assert len({scene.slot for scene in SCENES}) == 3
    assert len({scene.election[:2] for scene in SCENES}) == 2


@pytest.mark.django_db
def test_a_second_start_on_polling_day_does_not_turn_the_clock_back(settings: Any, monkeypatch: Any) -> None:
    settings.SCRUTIN_DEMO = True
    mission = SimpleNamespace(polling_day=date(2026, 11, 29), zone=SOFIA)
    monkeypatch.setattr("config.demo.stage.earlier_missions", lambda slot: [mission])
    left_at = Timeline(mission.polling_day, SOFIA).at(0, "17:00")
    with time_machine.travel(left_at - timedelta(hours=3), tick=False):
        set_clock()
        assert clock.now() == left_at
    with time_machine.travel(left_at - timedelta(hours=1), tick=False):
        set_clock()
        assert clock.now() == left_at + timedelta(hours=2), "Two hours later it is two hours later."
    with time_machine.travel(left_at + timedelta(hours=20), tick=False):
        clock.set_demo_now(left_at - timedelta(days=90))
        set_clock()
        assert clock.now() == clock.real_now()
