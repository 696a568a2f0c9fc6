"""Worked examples of observation-rules C2-C4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observers.composition.candidates import needed_women
from observers.composition.shares import places_of, share_places

CONGRESS = {"EPP/CCE": 190, "SOC/G/PD": 160, "ILDG": 90, "ECR": 60, "NR": 112}


def test_worked_example_of_twelve_places():
    shares = {share.code: share for share in share_places(CONGRESS, 12)}
    assert {code: share.quota for code, share in shares.items()} == {
        "EPP/CCE": 3.73,
        "SOC/G/PD": 3.14,
        "ILDG": 1.76,
        "ECR": 1.18,
        "NR": 2.2,
    }
    assert {code: share.floor for code, share in shares.items()} == {"EPP/CCE": 3, "SOC/G/PD": 3, "ILDG": 1, "ECR": 1, "NR": 2}
    assert places_of(list(shares.values())) == {"EPP/CCE": 4, "SOC/G/PD": 3, "ILDG": 2, "ECR": 1, "NR": 2}


@pytest.mark.parametrize(("members", "women"), [(9, 3), (10, 4), (12, 4), (15, 5), (1, 1)])
def test_at_least_one_third_women(members, women):
    assert needed_women(members) == women


@given(st.dictionaries(st.text("ABCDEFG", min_size=1, max_size=2), st.integers(0, 400), min_size=1, max_size=8), st.integers(0, 60))
def test_places_add_up_and_stay_within_one_of_the_quota(members, places):
    shares = share_places(members, places)
    if sum(members.values()):
        assert sum(share.places for share in shares) == places
        assert all(share.places - 1 < share.quota + 0.005 and share.quota - 1 < share.places + 0.005 for share in shares)
    else:
        assert all(share.places == 0 for share in shares)
