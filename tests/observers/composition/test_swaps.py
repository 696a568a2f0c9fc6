"""The next best swap: its costs are the model's, and after a proven proposal no swap is an improvement."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from observers.composition.candidates import Weights, needed_women, targets_for
from observers.composition.clash import smallest_clash
from observers.composition.model import solve
from observers.composition.propose import compose
from observers.composition.swaps import Tally, best_swaps, costs_of
from tests.observers.composition.synthetic import congress, question


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1000), size=st.integers(2, 12), cut=st.integers(60, 250))
def test_a_proven_proposal_has_no_better_swap_and_the_costs_agree(seed, size, cut):
    people = congress(seed % 5)[:cut]
    asked = question(size, seed=seed)
    if smallest_clash(people, asked):
        return
    found = solve(people, asked)
    assert found.status == "optimal" and dict(found.costs) == costs_of(found.chosen, asked)
    for swap in best_swaps(people, found.chosen, asked):
        assert swap["total"] >= 0
        after = [c for c in found.chosen if c.uuid != swap["out"]] + [c for c in people if c.uuid == swap["in"]]
        assert sum(costs_of(after, asked).values()) == found.objective + swap["total"]
        assert sum(c.is_woman for c in after) >= needed_women(size) and not any(c.refused for c in after)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 500), size=st.integers(1, 14), nominated=st.integers(0, 20))
def test_adding_counts_as_counting_anew_does(seed, size, nominated):
    people = [replace(c, nominated_by=c.group if n % 3 else "") for n, c in enumerate(congress(seed % 4)[seed : seed + size + 1])]
    asked = question(size, weights=Weights(nominated=nominated))
    tally, targets = Tally(people[:-1], asked), targets_for(asked, size)
    before, change = sum(tally.costs(targets).values()), tally.cost_of_adding(people[-1], targets)
    tally.add(people[-1])
    assert sum(tally.costs(targets).values()) == before + change


def test_a_delegation_spoilt_by_hand_is_told_what_mends_it():
    people = congress(2)
    asked = question(10)
    chosen = list(solve(people, asked).chosen)
    double = next(c for c in people if c not in chosen and not c.refused and c.answer != "no" and c.country == chosen[0].country)
    spoilt = [*chosen[:-1], double]
    best = best_swaps(people, spoilt, asked)[0]
    assert best["total"] < 0 and best["changes"]["states"] < 0


def test_a_barred_person_is_swapped_out_first_and_a_locked_one_never():
    people = congress(2)
    asked = question(10)
    chosen = list(solve(people, asked).chosen)
    bulgarian = next(c for c in people if c.country == "BG")
    assert best_swaps(people, [*chosen[:-1], bulgarian], asked)[0]["out"] == bulgarian.uuid
    locked = replace(asked, locked_in=frozenset(c.uuid for c in chosen))
    assert best_swaps(people, chosen, locked) == []


def test_nominated_persons_are_preferred_where_they_weigh_and_win_among_equals_where_they_do_not():
    people = congress(2)
    plain = {row["uuid"] for row in compose(people, question(10))["members"]}
    others = [c.uuid for c in people if c.uuid not in plain and not c.refused and c.answer != "no"][:60]
    put_forward = [replace(c, nominated_by=c.group if c.uuid in others else "") for c in people]
    weighed = compose(put_forward, question(10, weights=Weights(nominated=30)))
    assert weighed["status"] == "optimal"
    before = compose(put_forward, question(10))
    assert before["objective"] == compose(people, question(10))["objective"]

    def count(answer):
        return sum(row["uuid"] in others for row in answer["members"])

    assert count(weighed) > count(before)
    assert any("Nominated by" in reason for row in weighed["members"] for reason in row["reasons"])
