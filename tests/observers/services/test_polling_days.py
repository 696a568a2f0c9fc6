"""The polling day moves: what does not fit is said, and the plan moves along."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry
from missions.checks import missing_for
from missions.models import PollingDay
from missions.services.missions import change_polling_day
from observers.models import PlanChange, Stop, TeamMember
from observers.services.deployment import missing_for_release, record_stop
from observers.services.drawing import draw_deployment
from observers.services.polling_days import days_at_odds, move_plan, moves_on_offer
from observers.services.teams import add_member, create_team


def codes(found):
    return [item.code for item in found]


@pytest.fixture
def moved(crewed, release):
    """A released plan whose polling day then moved by a week: (mission, old day, new day)."""
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    release(crewed)
    old = crewed.polling_day
    change_polling_day(PollingDay.objects.get(day=old), by=SYSTEM, day=old + timedelta(days=7), opens_at=None, closes_at=None)
    return type(crewed).objects.get(pk=crewed.pk), old, old + timedelta(days=7)


def test_nothing_is_at_odds_while_plan_and_days_fit(crewed, release):
    assert days_at_odds(crewed) == []
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    release(crewed)
    assert days_at_odds(crewed) == [] and moves_on_offer(crewed) == []


def test_a_moved_polling_day_is_said_before_the_briefing_and_before_election_day(moved):
    mission, old, new = moved
    expected = ["plan_on_other_day", "polling_day_without_team", "released_for_other_day"]
    assert codes(days_at_odds(mission)) == expected and all(item.url for item in days_at_odds(mission))
    for action in ("brief", "start_election_day"):
        assert set(expected) <= set(codes(missing_for(action, mission))), action
    assert "plan_on_other_day" in codes(missing_for_release(mission))
    assert moves_on_offer(mission) == [(old, new)]


def test_teams_and_stops_move_to_the_new_day_and_keep_their_wall_times(moved, as_coordinator, release):
    mission, old, new = moved
    late = Stop.objects.filter(kind="closing").first()
    Stop.objects.filter(pk=late.pk).update(local_day=old + timedelta(days=1))
    before = dict(Stop.objects.values_list("pk", "local_time"))
    with pytest.raises(Invalid) as refusal:
        move_plan(mission, by=as_coordinator, old=old, new=new)
    assert refusal.value.code == "reason_missing" and not mission.teams.filter(day=new).exists()
    assert move_plan(mission, by=as_coordinator, old=old, new=new, reason="Polling day moved.") == 4
    assert move_plan(mission, by=as_coordinator, old=old, new=new, reason="Polling day moved.") == 0
    assert dict(Stop.objects.values_list("pk", "local_time")) == before
    assert set(TeamMember.objects.values_list("day", flat=True)) == {new}
    for stop in Stop.objects.all():
        assert stop.local_day == (new + timedelta(days=1) if stop.pk == late.pk else new)
        local = stop.planned_at.astimezone(ZoneInfo(stop.zone))
        assert (local.date(), local.time()) == (stop.local_day, stop.local_time)
    assert PlanChange.objects.get().data["to"] == new.isoformat()
    assert AuditEntry.objects.get(action="observers.plan_moved").data["teams"] == 4
    assert codes(days_at_odds(mission)) == ["released_for_other_day"]
    assert release(mission, as_coordinator).version == 2 and days_at_odds(mission) == []


def test_moving_back_undoes_it(moved, as_coordinator):
    mission, old, new = moved
    rows = list(Stop.objects.order_by("pk").values_list("pk", "local_day", "planned_at"))
    move_plan(mission, by=as_coordinator, old=old, new=new, reason="Moved.")
    change_polling_day(PollingDay.objects.get(day=new), by=SYSTEM, day=old, opens_at=None, closes_at=None)
    mission = type(mission).objects.get(pk=mission.pk)
    move_plan(mission, by=as_coordinator, old=new, new=old, reason="Moved back.")
    assert list(Stop.objects.order_by("pk").values_list("pk", "local_day", "planned_at")) == rows and days_at_odds(mission) == []


def test_moves_that_are_refused(moved, as_coordinator, outsider, make_mission, congress, bring_in):
    mission, old, new = moved
    with pytest.raises(NotAllowed):
        move_plan(mission, by=user_actor(outsider), old=old, new=new, reason="Why not.")
    with pytest.raises(Invalid) as refusal:
        move_plan(mission, by=as_coordinator, old=old, new=old + timedelta(days=1), reason="Why not.")
    assert refusal.value.code == "no_polling_day"
    with pytest.raises(NotNow) as refusal:
        move_plan(mission, by=as_coordinator, old=old - timedelta(days=9), new=new, reason="Why not.")
    assert refusal.value.code == "no_teams"
    other = make_mission("composing", first_day=mission.first_day, last_day=new)
    team = create_team(other, by=SYSTEM, day=new)
    add_member(team, bring_in(other, congress[0]), by=SYSTEM)
    with pytest.raises(NotNow) as refusal:
        move_plan(mission, by=as_coordinator, old=old, new=new, reason="Moved.")
    assert refusal.value.code == "in_two_teams" and other.reference in refusal.value.sentence
    record_stop(mission.stops.first(), by=SYSTEM, outcome="visited")
    with pytest.raises(NotNow) as refusal:
        move_plan(mission, by=as_coordinator, old=old, new=new, reason="Moved.")
    assert refusal.value.code == "day_has_begun"
    assert set(mission.teams.values_list("day", flat=True)) == {old}
