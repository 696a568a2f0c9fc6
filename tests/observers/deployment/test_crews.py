"""Locks, interpreters and areas in the draw, as pure code."""

from datetime import datetime, time

import pytest

from observers.deployment.routes import time_route
from observers.deployment.sampling import choose_spread, draw_free, spread_areas
from observers.deployment.teams import Rider, judge_team, sizes_for, solve_teams
from tests.observers.deployment.test_drawing import places, riders


def speaker(number: int, *languages: str) -> Rider:
    return Rider(f"i{number}", f"Interpreter {number}", languages=frozenset(languages))


def test_who_is_locked_stays_and_the_others_are_still_proven_best():
    fixed = {"3": 2, "4": 2, "0": 6}
    found = solve_teams(riders(13, 8), 6, fixed=fixed)
    assert found.status == "optimal" and sorted(len(team) for team in found.teams) == [2, 2, 2, 2, 2, 3]
    assert {r.uuid for r in found.teams[1]} >= {"3", "4"} and "0" in {r.uuid for r in found.teams[5]}
    three = solve_teams(riders(13, 8), 6, fixed={"1": 4, "2": 4, "3": 4})
    assert {r.uuid for r in three.teams[3]} == {"1", "2", "3"}, "The larger team is theirs."
    assert solve_teams(riders(12, 8), 6, fixed={"1": 4, "2": 4, "3": 4}).status == "impossible"
    assert sizes_for(13, 6, {4: 3}) == [2, 2, 2, 3, 2, 2]


def test_interpreters_ride_where_they_are_understood():
    people = [
        Rider(f"{n}", f"R{n}", f"C{n}", "AB"[n % 2], "woman" if n % 2 else "man", frozenset({"fr"} if n < 4 else {"en"}), True)
        for n in range(8)
    ]
    found = solve_teams(people, 4, interpreters=[speaker(1, "fr", "bg"), speaker(2, "fr"), speaker(3, "en", "bg"), speaker(4, "en")])
    assert found.status == "optimal" and found.costs["language"] == 0
    for team, beside in zip(found.teams, found.interpreters, strict=True):
        assert len(beside) == 1 and not [rule for rule in judge_team(team, beside) if rule.code in {"language", "interpreter"}]


def test_a_language_that_only_the_interpreter_shares_with_all_is_enough():
    people = [Rider(f"{n}", f"R{n}", f"C{n}", "AB"[n % 2], "", frozenset({"de"}), True) for n in range(4)]
    assert solve_teams(people, 2).costs["language"] == 2
    found = solve_teams(people, 2, interpreters=[speaker(1, "de", "bg")])
    assert found.costs["language"] == 1 and sum(len(beside) for beside in found.interpreters) == 1


def test_more_interpreters_than_teams_and_a_locked_one():
    speakers = [speaker(n, "en") for n in range(5)]
    found = solve_teams(riders(6, 6), 3, interpreters=speakers, fixed={"i4": 2})
    assert [len(beside) for beside in found.interpreters] == [1, 1, 1] and found.interpreters[1][0].uuid == "i4"


def test_the_rules_of_a_team_with_an_interpreter():
    team = [
        Rider("1", "A", "FR", "ILDG", "man", frozenset({"fr", "en"}), True),
        Rider("2", "B", "DE", "ECR", "woman", frozenset({"en", "de"})),
    ]
    assert judge_team(team, [speaker(1, "en")]) == []
    told = judge_team(team, [speaker(1, "fr")])
    assert [(rule.code, rule.level) for rule in told] == [("interpreter", "warning")] and "Interpreter 1" in told[0].sentence
    assert [
        rule.code for rule in judge_team([*team, *(Rider(str(n), "C", f"S{n}", "NR", "woman", frozenset({"en"})) for n in range(2))])
    ] == ["size"]


def test_free_choice_gives_each_team_an_area_by_its_size():
    areas = spread_areas(places(300, 4), 8, seed=3)
    assert sorted(areas) == ["D0", "D0", "D1", "D1", "D2", "D2", "D3", "D3"]
    assert len(set(spread_areas(places(300, 10), 6, seed=3))) == 6
    ways = draw_free(places(300, 4), 8, seed=3)
    codes = [place.code for way in ways for place in way]
    assert len(codes) == len(set(codes)) == 16 and all(len({p.district for p in way}) == 1 for way in ways)
    assert draw_free(list(reversed(places(300, 4))), 8, seed=3) == ways != draw_free(places(300, 4), 8, seed=4)


def test_results_are_followed_from_each_area_before_a_second_team_of_one():
    areas = ["A", "A", "B", "B", "C"]
    chosen = choose_spread(areas, 3, seed=5)
    assert {areas[index] for index in chosen} == {"A", "B", "C"}
    assert choose_spread(areas, 9, seed=5) == {0, 1, 2, 3, 4} and choose_spread(areas, 0, seed=5) == set()


@pytest.mark.parametrize(("closes", "day", "wall"), [(time(20), 25, "23:00"), (time(22), 26, "01:00")])
def test_a_tabulation_is_after_the_count_perhaps_the_next_day(closes, day, wall):
    stops, _left = time_route(places(6)[:4], datetime(2026, 10, 25), time(7), closes, tabulates=True)
    assert [stop.kind for stop in stops] == ["opening", "voting", "voting", "closing", "tabulation"]
    assert stops[-1].place == stops[-2].place and stops[-1].starts.day == day and stops[-1].starts.strftime("%H:%M") == wall
