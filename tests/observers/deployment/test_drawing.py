"""Drawing of stations, teams and ways as pure code."""

import random
from collections import Counter
from datetime import datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observers.deployment.routes import distance, lower_bound, solve_routes, time_route
from observers.deployment.sampling import Place, draw_districts, draw_stations
from observers.deployment.teams import Rider, judge_team, sizes_for, solve_teams


def places(count: int = 300, districts: int = 10) -> list[Place]:
    draw = random.Random(count)
    return [
        Place(f"S{n:04}", f"D{n % districts}", f"T{n % 40}", "urban" if n % 3 else "rural", 42 + draw.random(), 23 + draw.random() * 3)
        for n in range(count)
    ]


def riders(count: int, states: int) -> list[Rider]:
    draw = random.Random(count)
    return [
        Rider(
            str(n),
            f"R{n}",
            f"C{n % states}",
            draw.choice(["EPP/CCE", "ILDG", "NR"]),
            draw.choice(["woman", "man"]),
            frozenset({"en"} if n % 4 else {"fr", "en"}),
            n % 2 == 0,
        )
        for n in range(count)
    ]


def test_strata_have_their_share_and_nobody_is_forgotten():
    drawn = draw_stations(places(), 60, seed=5)
    assert len(drawn) == len({p.code for p in drawn}) == 60
    counts = Counter(p.stratum for p in drawn)
    assert len(counts) == 20 and min(counts.values()) >= 1
    assert draw_stations(places(), 60, seed=5) == drawn != draw_stations(places(), 60, seed=6)
    assert draw_stations(list(reversed(places())), 60, seed=5) == drawn


def test_fewer_teams_than_districts_draw_districts_by_size():
    assert draw_districts(places(districts=4), 6, seed=1) == ["D0", "D1", "D2", "D3"]
    chosen = draw_districts(places(), 6, seed=1)
    assert len(chosen) == 6 and chosen == draw_districts(list(reversed(places())), 6, seed=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 80), st.integers(1, 120), st.integers(0, 10_000))
def test_the_draw_gives_as_many_as_asked(listed, wanted, seed):
    assert len(draw_stations(places(listed), wanted, seed)) == min(listed, wanted)


def test_ways_share_the_stations_and_hold_their_bound():
    found = solve_routes(draw_stations(places(), 60, seed=5), 6)
    codes = [p.code for route in found.routes for p in route]
    assert len(codes) == len(set(codes)) == 60
    assert {len(route) for route in found.routes} == {10}
    assert found.assignment_status == "optimal" and 0 < found.bound <= found.metres and found.gap < 0.5


def test_the_bound_is_below_the_best_choice():
    """Against every choice of bases on a small list."""
    from itertools import combinations

    import numpy as np

    few = places(12, 3)
    matrix = np.array([[distance(a, b) for b in few] for a in few])
    best = min(int(matrix[:, list(bases)].min(axis=1).sum()) for bases in combinations(range(12), 3))
    assert best * 0.7 < lower_bound(matrix, 3) <= best


def test_distances_are_guessed_by_place_where_coordinates_are_missing():
    here = Place("1", "D", "T")
    assert distance(here, Place("2", "D", "T")) < distance(here, Place("3", "D", "U")) < distance(here, Place("4", "E", "V"))


def test_a_day_begins_before_opening_and_ends_with_the_count():
    route = list(solve_routes(draw_stations(places(), 15, seed=5), 1).routes[0])
    stops, left_out = time_route(route, datetime(2026, 10, 25), time(7), time(20))
    assert [stops[0].kind, stops[-1].kind] == ["opening", "closing"]
    assert stops[0].starts.strftime("%H:%M") == "06:30" and stops[-1].starts.strftime("%H:%M") == "19:45"
    assert [s.starts for s in stops] == sorted(s.starts for s in stops)
    assert {s.place.code for s in stops} | {p.code for p in left_out} == {p.code for p in route}


@pytest.mark.parametrize(("people", "teams"), [(12, 6), (15, 7), (23, 10), (56, 24)])
def test_teams_are_mixed_and_proven(people, teams):
    found = solve_teams(riders(people, max(8, people // 2)), teams)
    assert found.status == "optimal"
    assert sorted(len(team) for team in found.teams) == sorted(sizes_for(people, teams))
    assert sorted(r.uuid for team in found.teams for r in team) == sorted(r.uuid for r in riders(people, max(8, people // 2)))
    assert all(len({r.country for r in team}) > 1 for team in found.teams)
    assert all(not [rule for rule in judge_team(team) if rule.level == "breach"] for team in found.teams)


def test_fixed_places_are_kept():
    found = solve_teams(riders(12, 8), 6, fixed={"3": 2, "4": 2})
    assert {r.uuid for r in found.teams[1]} >= {"3", "4"}


def test_one_state_only_where_nothing_else_is_possible():
    assert solve_teams(riders(4, 1), 2).costs["one_state"] == 2


def test_rules_of_a_team_are_told():
    same = [Rider("1", "A", "FR", "ILDG", "man", frozenset({"it"})), Rider("2", "B", "FR", "ILDG", "man", frozenset({"en"}))]
    assert {rule.code for rule in judge_team(same)} == {"one_state", "language", "experience", "gender", "group"}
    assert [rule.code for rule in judge_team(same[:1])] == ["size"]
