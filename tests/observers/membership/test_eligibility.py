"""Worked examples of membership-rules R14, and the edges around them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observers.membership.dates import add_months
from observers.membership.eligibility import (
    Calendar,
    Conflict,
    MandateSpan,
    MembershipSpan,
    Standing,
    judge_day,
    judge_days,
    judge_observer,
)
from observers.membership.mandate import MandateFacts
from observers.membership.terms import Charter

CALENDAR = Calendar(
    charters=(Charter("2011", date(2011, 1, 19), 4), Charter("2020", date(2020, 1, 15), 5)),
    renewals=(date(2016, 10, 19), date(2021, 3, 23), date(2026, 3, 24)),
)
FIRST, LAST = date(2024, 10, 3), date(2024, 10, 7)


def member(
    *, lost=None, successor=None, member_list="representative", country="FR", credential="ratified", start=date(2021, 3, 23), **span
):
    return Standing(
        memberships=(
            MembershipSpan(start, country=country, member_list=member_list, credential=credential, successor_start=successor, **span),
        ),
        mandates=(MandateSpan(date(2020, 6, 28), lost),),
    )


def verdict(standing, **more):
    return judge_observer(standing, CALENDAR, first=FIRST, last=LAST, observed_country="GE", **more)


def test_grace_lasts_beyond_the_mission():
    answer = verdict(member(lost=date(2024, 5, 5)))
    assert answer.outcome == "grace"
    assert answer.dates["ends_on"] == date(2024, 11, 5)
    assert "period of grace" in answer.sentence and "5 November 2024" in answer.sentence


def test_grace_ended_during_the_mission():
    answer = verdict(member(lost=date(2024, 4, 5)))
    assert answer.outcome == "refused"
    assert answer.dates["day"] == date(2024, 10, 6) and answer.dates["ends_on"] == date(2024, 10, 5)
    assert "6 October 2024" in answer.sentence and "R11" in answer.sentence


def test_a_successor_ends_the_membership_and_may_go():
    answer = verdict(member(lost=date(2024, 5, 5), successor=date(2024, 9, 1)))
    assert answer.outcome == "refused" and "1 September 2024" in answer.sentence and "R10" in answer.sentence
    assert verdict(member(start=date(2024, 9, 1))).outcome == "allowed"


def test_substitutes_are_on_the_same_footing_and_youth_is_not():
    assert verdict(member(member_list="substitute")).outcome == "allowed"
    assert verdict(member(member_list="youth")).outcome == "refused"
    assert verdict(member(member_list="youth"), youth_may=True).outcome == "allowed"


def test_c5_member_of_the_observed_state():
    answer = verdict(member(country="GE"))
    assert answer.outcome == "refused" and [p.rule for p in answer.parts if not p.is_ok] == ["R14.2"]


def test_former_member_of_the_observed_state_is_judged_by_the_days():
    standing = Standing(
        memberships=(MembershipSpan(date(2016, 10, 19), country="GE"), MembershipSpan(date(2021, 3, 23), country="FR")),
        mandates=(MandateSpan(date(2016, 1, 1)),),
    )
    assert verdict(standing).outcome == "allowed"


@pytest.mark.parametrize(
    ("conflict", "ok"),
    [
        (Conflict(False), False),
        (Conflict(True, "pending"), False),
        (Conflict(True, "conflict"), False),
        (Conflict(True, "cleared"), True),
        (Conflict(True), True),
    ],
)
def test_r14_3_conflict_of_interest(conflict, ok):
    assert verdict(member(), conflict=conflict).is_ok is ok


def test_r14_4_code_of_conduct():
    assert not verdict(member(), code_signed=False).is_ok
    assert verdict(member(), code_signed=True).is_ok


def test_all_reasons_are_told_at_once():
    answer = verdict(member(country="GE", lost=date(2023, 1, 1)), conflict=Conflict(False), code_signed=False)
    assert [p.rule for p in answer.parts if not p.is_ok] == ["R14.1", "R14.2", "R14.3", "R14.4"]


@pytest.mark.parametrize("credential", ["notified", "challenged", "refused", "ended"])
def test_credentials_must_be_provisional_or_ratified(credential):
    answer = verdict(member(credential=credential))
    assert answer.outcome == "refused" and "R13" in answer.sentence
    assert verdict(member(credential="provisional")).outcome == "allowed"


def test_the_day_of_renewal_is_still_inside():
    standing = member()
    assert judge_day(standing, CALENDAR, date(2026, 3, 24)).is_ok
    assert not judge_day(standing, CALENDAR, date(2026, 3, 25)).is_ok


def test_extension_r12_keeps_a_member_over_the_renewal():
    standing = member(start=date(2016, 10, 19), extended_until=date(2021, 6, 20), extension_election_on=date(2020, 12, 20))
    assert judge_day(standing, CALENDAR, date(2021, 6, 20)).is_ok
    answer = judge_day(standing, CALENDAR, date(2021, 6, 21))
    assert (answer.rule, answer.dates["ends_on"]) == ("R12", date(2021, 6, 20))
    too_early = member(start=date(2016, 10, 19), extended_until=date(2021, 6, 20), extension_election_on=date(2020, 11, 22))
    assert judge_day(too_early, CALENDAR, date(2021, 3, 24)).rule == "R8"


def test_a_new_mandate_in_time_ends_the_grace_and_a_late_one_does_not():
    seat = (MembershipSpan(date(2021, 3, 23)),)
    in_time = Standing(seat, (MandateSpan(date(2020, 1, 1), date(2024, 1, 5)), MandateSpan(date(2024, 7, 5))))
    late = Standing(seat, (MandateSpan(date(2020, 1, 1), date(2024, 1, 5)), MandateSpan(date(2024, 7, 6))))
    assert judge_days(in_time, CALENDAR, FIRST, LAST).outcome == "ok"
    assert judge_days(late, CALENDAR, FIRST, LAST).outcome == "refused"


def test_a_mandate_that_fails_r1_carries_nothing():
    single = MandateFacts("local", is_directly_elected=True)
    standing = Standing((MembershipSpan(date(2021, 3, 23)),), (MandateSpan(date(2020, 1, 1), facts=single),))
    assert "R1" in verdict(standing).sentence
    assert "No local or regional mandate" in verdict(Standing((MembershipSpan(date(2021, 3, 23)),))).sentence


@given(lost=st.dates(date(2021, 4, 1), date(2025, 6, 1)), after=st.integers(0, 400))
def test_grace_is_never_longer_than_six_months(lost, after):
    day = lost + timedelta(days=after)
    assert judge_day(member(lost=lost), CALENDAR, day).is_ok == (day <= min(add_months(lost, 6), date(2026, 3, 24)))
