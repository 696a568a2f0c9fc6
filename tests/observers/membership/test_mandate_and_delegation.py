"""Worked examples of membership-rules R1-R7."""

from datetime import date

import pytest

from observers.membership.delegation import (
    AuthorityFacts,
    SeatSpan,
    judge_chamber_of_regions,
    judge_chamber_split,
    judge_gender_share,
    judge_legislative_regions,
    judge_numbers,
    needed_of_minority,
    seats_on,
)
from observers.membership.mandate import MandateFacts, judge_mandate


def test_r1_path_a():
    verdict = judge_mandate(MandateFacts("local", is_general=True, is_directly_elected=True))
    assert (verdict.rule, verdict.outcome, verdict.inputs["path"]) == ("R1", "eligible", "A")


def test_r1_path_b_regional_minister_removable_alone():
    facts = MandateFacts(
        "regional", is_answerable=True, assembly_directly_elected=True, individually_revocable=True, revocation_in_law=True
    )
    verdict = judge_mandate(facts)
    assert (verdict.outcome, verdict.inputs["path"]) == ("eligible", "B")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (MandateFacts("local", is_answerable=True, assembly_directly_elected=True, revocation_in_law=True), "cannot be removed alone"),
        (MandateFacts("local", is_answerable=True, assembly_directly_elected=True, individually_revocable=True), "not laid down in law"),
        (MandateFacts("local", individually_revocable=True, revocation_in_law=True), "not politically answerable"),
        (MandateFacts("local", is_directly_elected=True), "single purpose"),
        (MandateFacts("none"), "neither"),
    ],
)
def test_r1_says_which_condition_is_missing(facts, words):
    verdict = judge_mandate(facts)
    assert verdict.outcome == "not_eligible" and words in verdict.sentence


@pytest.mark.parametrize(
    ("seats", "each", "together"),
    [(2, 1, 2), (3, 1, 2), (4, 2, 3), (5, 2, 3), (6, 2, 4), (7, 3, 5), (10, 3, 6), (12, 4, 8), (18, 6, 11)],
)
def test_r2_table_of_needed_seats(seats, each, together):
    assert needed_of_minority(seats) == each
    assert needed_of_minority(2 * seats) == together


def test_r2_example_breach_and_warning_by_vacancy():
    assert judge_gender_share(women=2, men=5, seats=7).outcome == "breach"
    assert judge_gender_share(women=2, men=5, seats=7).inputs["share"] == 28.6
    verdict = judge_gender_share(women=2, men=4, seats=7)
    assert (verdict.outcome, verdict.inputs["vacant"], verdict.inputs["share"]) == ("warning", 1, 33.3)


def test_r2_not_stated_is_outside_the_count():
    verdict = judge_gender_share(women=1, men=2, not_stated=4, seats=7)
    assert (verdict.outcome, verdict.inputs["not_stated"], verdict.inputs["vacant"]) == ("ok", 4, 0)


def test_r2_judgement_of_points_a_to_c():
    assert judge_gender_share(women=3, men=4, seats=7, judgements={"a": "ok", "c": "warning"}).outcome == "warning"
    assert judge_gender_share(women=3, men=4, seats=7).outcome == "ok"


def test_r3_seats_have_dates_and_more_than_allowed_is_an_error():
    spans = [SeatSpan(12, date(1950, 4, 13), date(2015, 5, 26)), SeatSpan(18, date(2015, 5, 27))]
    assert (seats_on(spans, date(2015, 5, 26)), seats_on(spans, date(2015, 5, 27))) == (12, 18)
    assert judge_numbers(filled=8, seats=7).outcome == "breach"
    assert judge_numbers(filled=6, seats=7).inputs["vacant"] == 1


@pytest.mark.parametrize(
    ("facts", "rule", "outcome"),
    [
        (AuthorityFacts(is_between=True, has_self_government=True, runs_important_part=True), "R4", "full"),
        (AuthorityFacts(is_between=True, has_state_like_powers=True, runs_important_part=True), "R4", "full"),
        (AuthorityFacts(is_listed_large_authority=True), "R4", "full"),
        (AuthorityFacts(state_without_regions=True), "R5", "consultative"),
        (AuthorityFacts(is_between=True, has_self_government=True), "R4", "no"),
    ],
)
def test_r4_r5_chamber_of_regions(facts, rule, outcome):
    verdict = judge_chamber_of_regions(facts)
    assert (verdict.rule, verdict.outcome) == (rule, outcome)
    assert verdict.inputs["may_vote"] is (outcome == "full")


def test_r4_regions_with_legislative_powers_need_a_delegate():
    assert judge_legislative_regions(has_legislative_regions=True, delegates_from_them=0).outcome == "breach"
    assert judge_legislative_regions(has_legislative_regions=True, delegates_from_them=1).outcome == "ok"


@pytest.mark.parametrize(
    ("local", "regions"), [(1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (2, 3), (3, 3), (4, 3), (3, 4), (5, 5), (6, 6), (9, 9)]
)
def test_r6_accepted_splits(local, regions):
    assert judge_chamber_split(local=local, regions=regions).outcome == "ok"


@pytest.mark.parametrize(("local", "regions"), [(2, 0), (3, 0), (3, 1), (5, 2), (10, 8)])
def test_r6_other_splits_warn(local, regions):
    assert judge_chamber_split(local=local, regions=regions).outcome == "warning"
