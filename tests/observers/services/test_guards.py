"""What a mission's moves ask of the delegation and the deployment."""

from core.actors import SYSTEM
from missions.checks import missing_for
from observers.services.assignments import invite
from observers.services.composition import current_criteria, override_warning
from observers.services.drawing import draw_deployment
from observers.services.guards import (
    codes_are_signed,
    delegation_is_settled,
    delegation_keeps_rules,
    deployment_is_released,
    everybody_may_go,
)


def codes(found):
    return [item.code for item in found]


def test_the_list_is_closed_when_everybody_answered_and_is_confirmed(composing, congress, bring_in):
    assert codes(delegation_is_settled(composing)) == ["delegation_empty"]
    invite(composing, congress[0], by=SYSTEM)
    bring_in(composing, congress[1], confirm=False)
    bring_in(composing, congress[2])
    found = delegation_is_settled(composing)
    assert sorted(codes(found)) == ["answer_open", "not_confirmed"] and all(item.url for item in found)


def test_warnings_need_their_reason_before_the_list_is_closed(composing, congress, bring_in):
    for person in congress[:3]:
        bring_in(composing, person)
    warnings = [c for c in current_criteria(composing) if c.level != "ok"]
    assert warnings and set(codes(delegation_keeps_rules(composing))) == {c.code for c in warnings}
    for criterion in warnings:
        override_warning(composing, criterion, by=SYSTEM, reason="A small mission.")
    assert delegation_keeps_rules(composing) == []


def test_codes_and_interests_before_the_briefing(composing, congress, bring_in):
    row = bring_in(composing, congress[0], sign=False)
    assert codes(codes_are_signed(composing)) == ["code_missing"]
    assert codes(everybody_may_go(composing)) == ["R14.4"] and row.person.name in everybody_may_go(composing)[0].sentence


def test_election_day_waits_for_a_released_plan(composing, congress, bring_in, make_stations, release):
    make_stations(composing)
    for person in congress[:4]:
        bring_in(composing, person)
    assert codes(deployment_is_released(composing)) == ["deployment_not_released"]
    draw_deployment(composing, by=SYSTEM, visits=2)
    release(composing)
    assert deployment_is_released(composing) == []


def test_the_guards_are_asked_by_the_moves(composing):
    assert "delegation_empty" in codes(missing_for("prepare", composing))
    assert "deployment_not_released" in codes(missing_for("start_election_day", composing))
