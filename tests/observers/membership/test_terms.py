"""Worked examples of membership-rules R8-R12."""

from datetime import date

import pytest

from observers.membership.dates import add_months
from observers.membership.terms import (
    Charter,
    charter_on,
    early_end,
    judge_extension,
    judge_grace,
    judge_term,
    next_renewal,
    replacement_term,
)

CHARTERS = [
    Charter("2007", date(2007, 5, 2), 2),
    Charter("2011", date(2011, 1, 19), 4),
    Charter("2015", date(2015, 7, 8), 4),
    Charter("2020", date(2020, 1, 15), 5),
]
RENEWALS = [date(2016, 10, 19), date(2021, 3, 23), date(2026, 3, 24)]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 5, 5), 6, date(2024, 11, 5)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2021, 3, 23), -4, date(2020, 11, 23)),
        (date(2024, 1, 31), -2, date(2023, 11, 30)),
    ],
)
def test_add_months_cuts_to_the_last_day(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("day", "years"), [(date(2005, 1, 1), 2), (date(2011, 1, 18), 2), (date(2011, 1, 19), 4), (date(2016, 1, 1), 4), (date(2021, 3, 23), 5)]
)
def test_term_length_is_data_of_the_charter_version(day, years):
    assert charter_on(CHARTERS, day).term_years == years


def test_r8_postponed_renewal_sets_the_end():
    assert next_renewal(RENEWALS, date(2016, 10, 19)) == date(2021, 3, 23)
    verdict = judge_term(starts_on=date(2016, 10, 19), renewals=RENEWALS, charter=CHARTERS[2])
    assert (verdict.rule, verdict.outcome, verdict.dates["ends_on"]) == ("R8", "ok", date(2021, 3, 23))
    assert "23 March 2021" in verdict.sentence


def test_r8_warns_while_the_next_renewal_is_not_in_the_calendar():
    verdict = judge_term(starts_on=date(2021, 3, 23), renewals=RENEWALS[:2], charter=CHARTERS[3])
    assert verdict.outcome == "warning" and "ends_on" not in verdict.dates


@pytest.mark.parametrize("event", ["death", "resignation"])
def test_r9_ends_on_the_day(event):
    assert early_end(event=event, event_on=date(2023, 6, 10)).dates["ends_on"] == date(2023, 6, 10)


def test_r9_a_state_may_not_withdraw_a_member():
    assert early_end(event="withdrawn", event_on=date(2023, 6, 10)).outcome == "refused"


def test_r10_successor_stays_for_the_rest_of_the_term():
    verdict = replacement_term(predecessor_started=date(2021, 3, 23), successor_starts=date(2023, 10, 1), renewals=RENEWALS)
    assert verdict.dates == {"starts_on": date(2023, 10, 1), "ends_on": date(2026, 3, 24)}


@pytest.mark.parametrize(
    ("mandate_end", "renewal", "expected", "cut_by"),
    [
        (date(2024, 5, 5), date(2026, 3, 24), date(2024, 11, 5), "grace"),
        (date(2022, 8, 31), date(2026, 3, 24), date(2023, 2, 28), "grace"),
        (date(2023, 8, 31), date(2026, 3, 24), date(2024, 2, 29), "grace"),
        (date(2020, 11, 15), date(2021, 3, 23), date(2021, 3, 23), "renewal"),
    ],
)
def test_r11_latest_end(mandate_end, renewal, expected, cut_by):
    verdict = judge_grace(mandate_end=mandate_end, renewal=renewal, charter=CHARTERS[3])
    assert (verdict.dates["ends_on"], verdict.inputs["cut_by"]) == (expected, cut_by)


def test_r11_a_successor_cuts_the_grace():
    verdict = judge_grace(mandate_end=date(2024, 5, 5), charter=CHARTERS[3], successor_start=date(2024, 9, 1))
    assert (verdict.dates["ends_on"], verdict.inputs["cut_by"]) == (date(2024, 9, 1), "successor")


def test_r11_an_extension_lifts_the_cut_by_the_renewal():
    verdict = judge_grace(mandate_end=date(2020, 11, 30), renewal=date(2021, 3, 23), charter=CHARTERS[3], extended_until=date(2021, 5, 23))
    assert verdict.dates["ends_on"] == date(2021, 5, 23)


@pytest.mark.parametrize(
    ("election", "in_window", "latest"),
    [
        (date(2020, 11, 22), False, date(2021, 3, 23)),
        (date(2020, 11, 23), True, date(2021, 5, 23)),
        (date(2020, 12, 20), True, date(2021, 6, 20)),
        (date(2021, 2, 28), True, date(2021, 8, 28)),
        (date(2021, 3, 23), False, date(2021, 3, 23)),
    ],
)
def test_r12_window(election, in_window, latest):
    verdict = judge_extension(election_on=election, renewal=date(2021, 3, 23), charter=CHARTERS[3])
    assert (verdict.inputs["in_window"], verdict.dates["ends_on"]) == (in_window, latest)
    assert verdict.dates["window_from"] == date(2020, 11, 23)
