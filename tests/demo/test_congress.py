"""The synthetic Congress: seats, shares, seed."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from config.demo import congress

RENEWED, POLLING = date(2026, 3, 24), date(2026, 11, 22)


@pytest.fixture(scope="module")
def members() -> list[congress.Member]:
    return congress.build_congress(seed=1, renewed_on=RENEWED, polling_day=POLLING)


def test_fills_every_seat_of_the_table_twice(members: list[congress.Member]) -> None:
    expected = {state.code: state.seats for state in congress.member_states()}
    for list_name in ("representative", "substitute"):
        assert Counter(m.country for m in members if m.member_list == list_name) == Counter(expected)
    assert sum(expected.values()) * 2 == 612 == sum(m.member_list != "youth" for m in members)


def test_each_seat_has_one_holder(members: list[congress.Member]) -> None:
    seats = Counter((m.country, m.member_list, m.seat) for m in members)
    assert max(seats.values()) == 1
    assert len({m.email for m in members}) == len({(m.given_name, m.family_name) for m in members}) == len(members)


def test_groups_have_the_sizes_of_the_worked_example(members: list[congress.Member]) -> None:
    assert Counter(m.group for m in members if m.member_list != "youth") == Counter(congress.GROUP_SIZES)


def test_every_list_has_its_share_of_women_and_both_chambers(members: list[congress.Member]) -> None:
    for state in congress.member_states():
        for list_name in ("representative", "substitute"):
            rows = [m for m in members if m.country == state.code and m.member_list == list_name]
            assert sum(m.gender == "women" for m in rows) >= congress.women_needed(len(rows))
            assert abs(sum(m.chamber == "L" for m in rows) - sum(m.chamber == "R" for m in rows)) == len(rows) % 2


def test_some_mandates_are_expired_and_some_in_grace(members: list[congress.Member]) -> None:
    ended = [m.mandate_to for m in members if m.mandate_to]
    assert sum(day < POLLING - timedelta(days=190) for day in ended) == congress.EXPIRED
    assert sum(day > POLLING - timedelta(days=175) for day in ended) == congress.IN_GRACE


def test_the_seed_decides(members: list[congress.Member]) -> None:
    assert congress.build_congress(seed=1, renewed_on=RENEWED, polling_day=POLLING) == members
    assert congress.build_congress(seed=2, renewed_on=RENEWED, polling_day=POLLING) != members


@pytest.mark.parametrize(("name", "expected"), [("Łódź Ünal", "lodz.unal"), ("Ağ Bənövşə", "ag.benovse"), ("Weißufer", "weissufer")])
def test_addresses_are_plain_letters(name: str, expected: str) -> None:
    assert congress.ascii_name(name) == expected


def test_everybody_has_a_telephone_number_of_a_block_kept_for_fiction(members: list[congress.Member]) -> None:
    phones = [member.phone for member in members]
    assert len(set(phones)) == len(members)
    assert all(re.fullmatch(r"\+33 1 99 00 \d\d \d\d", phone) for phone in phones)
