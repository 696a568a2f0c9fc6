"""Teams, stops, releases, coverage through the services."""

import json
from datetime import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import Person
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry
from observers.models import DeploymentPlan, PlanChange, Stop, TeamMember
from observers.services.declarations import sign_code
from observers.services.deployment import (
    add_stop,
    change_stop,
    coverage,
    is_plan_changed,
    missing_for_release,
    record_stop,
    release_plan,
    remove_stop,
    warnings_for_release,
)
from observers.services.drawing import draw_deployment
from observers.services.facts import team_events, team_of
from observers.services.teams import add_member, create_team, judge_teams, move_member, swap_members


def test_the_draw_makes_teams_with_opening_visits_and_closing(crewed):
    draw = draw_deployment(crewed, by=SYSTEM, teams=4, visits=5, seed=7)
    teams = list(crewed.teams.with_plan())
    assert [len(team.present) for team in teams] == [2, 2, 2, 2]
    for team in teams:
        kinds = [stop.kind for stop in team.stops.order_by("order")]
        assert kinds[0] == "opening" and kinds[-1] == "closing" and kinds.count("voting") <= 5
        assert sum(m.role == "leader" for m in team.present) == 1
    stations = list(Stop.objects.values_list("station", flat=True))
    assert len(stations) == len(set(stations))
    assert draw.seed == 7 and 0 <= draw.outcome["routes"]["gap"] < 1
    before = list(Stop.objects.values_list("station__code", "local_time"))
    uuids = set(crewed.teams.values_list("uuid", flat=True))
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=5, seed=7)
    assert list(Stop.objects.values_list("station__code", "local_time")) == before
    assert set(crewed.teams.values_list("uuid", flat=True)) == uuids


def test_stops_keep_wall_time_and_derive_the_instant(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    stop = Stop.objects.filter(kind="opening").first()
    assert stop.local_time == time(6, 30) and stop.zone == "Europe/Sofia"
    assert stop.planned_at.astimezone(__import__("zoneinfo").ZoneInfo("Europe/Sofia")).time() == time(6, 30)


def test_more_teams_than_pairs_are_refused(crewed):
    with pytest.raises(Invalid) as refusal:
        draw_deployment(crewed, by=SYSTEM, teams=5)
    assert refusal.value.attr == "teams"
    with pytest.raises(Invalid):
        draw_deployment(crewed, by=SYSTEM, districts=["Nowhere"])


def test_nobody_is_in_two_teams(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    one, other = crewed.teams.all()[:2]
    row = crewed.assignments.get(pk=one.members.first().assignment_id)
    with pytest.raises(Invalid) as refusal:
        add_member(other, row, by=SYSTEM)
    assert refusal.value.code == "in_two_teams" and one.name in refusal.value.sentence
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamMember.objects.create(team=other, assignment=row, person=row.person, day=other.day)


def test_only_who_is_confirmed_rides(crewed, congress, bring_in):
    asked = bring_in(crewed, congress[9], confirm=False)
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    with pytest.raises(Invalid) as refusal:
        add_member(crewed.teams.first(), asked, by=SYSTEM)
    assert refusal.value.code == "not_confirmed"


def test_release_is_refused_with_everything_that_is_missing(crewed, congress, bring_in):
    with pytest.raises(NotNow) as refusal:
        release_plan(crewed, by=SYSTEM)
    assert [item.code for item in refusal.value.missing] == ["no_teams"]
    unsigned = bring_in(crewed, congress[8], sign=False)
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    empty = create_team(crewed, by=SYSTEM, day=crewed.polling_day)
    codes = {item.code for item in missing_for_release(crewed)}
    assert {"R14.4", "team_empty"} <= codes
    assert any(unsigned.person.name in item.sentence for item in missing_for_release(crewed))
    assert empty.members.count() == 0


def test_versions_release_and_late_change_with_history(crewed, as_coordinator, release):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    first = release(crewed, as_coordinator)
    assert first.version == 1 and release(crewed, as_coordinator) == first
    one, other = (team.members.filter(left_at__isnull=True).first() for team in crewed.teams.all()[:2])
    with pytest.raises(Invalid) as refusal:
        swap_members(one, other, by=as_coordinator)
    assert refusal.value.code == "reason_missing"
    one.refresh_from_db()
    assert one.left_at is None
    swap_members(one, other, by=as_coordinator, reason="Lost luggage.")
    assert PlanChange.objects.filter(reason="Lost luggage.").count() == 4
    assert team_of(one.person, crewed) == other.team
    second = release(crewed, as_coordinator)
    assert second.version == 2 and DeploymentPlan.objects.get(version=1).state == "superseded"
    assert first.content != second.content


def test_who_may_not_go_to_the_field_is_not_put_into_a_released_team(crewed, congress, bring_in, release):
    """The late door is as narrow as the release: an unsigned code of conduct keeps an interpreter out until it is signed."""
    speaker = bring_in(crewed, congress[8], role="interpreter", sign=False)
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    team = crewed.teams.first()
    TeamMember.objects.filter(assignment=speaker).delete()
    release(crewed)
    with pytest.raises(NotNow) as refusal:
        add_member(team, speaker, by=SYSTEM, reason="An interpreter is needed.")
    assert refusal.value.code == "not_eligible" and "code of conduct" in str(refusal.value.sentence)
    assert not TeamMember.objects.filter(assignment=speaker).exists()
    sign_code(speaker, by=SYSTEM, language="en")
    assert add_member(team, speaker, by=SYSTEM, reason="An interpreter is needed.").role == "interpreter"


def test_a_warning_about_teams_needs_its_reason_and_a_team_of_one_is_not_released(crewed, as_coordinator):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    Person.objects.filter(pk__in=crewed.assignments.values("person")).update(gender="man")
    with pytest.raises(NotNow) as refusal:
        release_plan(crewed, by=as_coordinator, reasons={"gender": " "})
    assert "reason_gender" in {item.code for item in refusal.value.missing}
    assert "All are of one gender. A written reason is needed." in " ".join(item.sentence for item in refusal.value.missing)
    reasons = {row.code: "No women could come." for row in warnings_for_release(crewed)}
    plan = release_plan(crewed, by=as_coordinator, reasons=reasons)
    assert plan.content["reasons"]["gender"]["reason"] == "No women could come." and not is_plan_changed(plan, crewed)
    assert AuditEntry.objects.filter(action="observers.team_rule_set_aside").count() == len(reasons)
    assert release_plan(crewed, by=as_coordinator) == plan  # the same teams: the reason holds
    one, other = crewed.teams.all()[:2]
    move_member(one.members.first(), other, by=as_coordinator, reason="Ill.")
    with pytest.raises(NotNow) as refusal:
        release_plan(crewed, by=as_coordinator, reasons=reasons)
    assert [item.code for item in refusal.value.missing] == ["size"]


def test_drawing_again_after_a_release_keeps_history_and_waits_for_the_next_version(crewed, as_coordinator, release):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    plan = release(crewed, as_coordinator)
    rode = set(TeamMember.objects.values_list("pk", flat=True))
    with pytest.raises(Invalid) as refusal:
        draw_deployment(crewed, by=as_coordinator, teams=3, visits=4)
    assert refusal.value.code == "reason_missing" and crewed.teams.count() == 4
    draw_deployment(crewed, by=as_coordinator, teams=4, visits=4, seed=3, reason="New list of stations.")
    assert rode <= set(TeamMember.objects.filter(left_at__isnull=False).values_list("pk", flat=True))
    assert PlanChange.objects.get().code == "drawn" and is_plan_changed(plan, crewed)
    assert release(crewed, as_coordinator).version == 2
    record_stop(crewed.stops.first(), by=SYSTEM, outcome="visited")
    with pytest.raises(NotNow) as refusal:
        draw_deployment(crewed, by=as_coordinator, teams=4, reason="Again.")
    assert refusal.value.code == "day_has_begun"


def test_a_team_of_another_mission_is_named_with_it(crewed, make_mission, congress, bring_in):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    other = make_mission("composing", first_day=crewed.first_day, last_day=crewed.last_day)
    row = bring_in(other, congress[0])
    team = create_team(other, by=SYSTEM, day=crewed.polling_day)
    with pytest.raises(Invalid) as refusal:
        add_member(team, row, by=SYSTEM)
    assert f"of the mission {crewed.reference} that day" in refusal.value.sentence


def test_moving_a_member(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    source, target = crewed.teams.all()[:2]
    move_member(source.members.first(), target, by=SYSTEM)
    teams = list(crewed.teams.with_plan())
    rules = judge_teams(teams)
    assert [rule.code for rule in rules[source.pk]] == ["size"]


def test_stops_by_hand_stay_in_order(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    team = crewed.teams.first()
    used = set(Stop.objects.values_list("station", flat=True))
    station = crewed.stations.exclude(pk__in=used).first()
    stop = add_stop(team, station, by=SYSTEM, kind="voting", local_time=time(6, 45))
    assert stop.order == 2 and add_stop(team, station, by=SYSTEM, kind="voting", local_time=time(9)) == stop
    change_stop(stop, by=SYSTEM, local_time=time(19))
    orders = list(team.stops.order_by("order").values_list("local_time", flat=True))
    assert orders == sorted(orders)
    remove_stop(stop, by=SYSTEM)
    assert not Stop.objects.filter(pk=stop.pk).exists()


def test_outcomes_need_reasons_and_their_team(crewed, outsider):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    one, other = crewed.teams.all()[:2]
    stop = one.stops.first()
    mine = user_actor(one.members.first().person.user)
    stranger = user_actor(other.members.first().person.user)
    for by in (stranger, user_actor(outsider)):
        with pytest.raises(NotAllowed):
            record_stop(stop, by=by, outcome="visited")
    assert record_stop(stop, by=mine, outcome="visited").outcome == "visited"
    with pytest.raises(Invalid):
        record_stop(stop, by=mine, outcome="refused")
    assert record_stop(stop, by=mine, outcome="refused", reason="The chair said no.").reason
    with pytest.raises(NotNow):
        remove_stop(Stop.objects.get(pk=stop.pk), by=SYSTEM)


def test_coverage_includes_what_was_not_observed(crewed):
    draw_deployment(crewed, by=SYSTEM, teams=2, visits=3, districts=["District 0", "District 1"])
    stop = Stop.objects.first()
    record_stop(stop, by=SYSTEM, outcome="visited")
    counted = coverage(crewed)
    assert counted["total"]["stations"] == 60 and counted["total"]["visited"] == 1
    assert counted["total"]["not_observed"] == 59
    assert {row["district"] for row in counted["untouched"]} == {"District 2", "District 3"}


def test_facts_for_calendars(crewed, release):
    draw_deployment(crewed, by=SYSTEM, teams=4, visits=2)
    team = crewed.teams.first()
    assert team_events(team.uuid)["stops"] == []
    release(crewed)
    events = team_events(team.uuid)
    assert events["name"] == team.name and len(events["stops"]) == team.stops.count()
    assert team_events("00000000-0000-4000-8000-000000000000") is None


def test_the_command_prints_teams_and_stops(crewed):
    out = StringIO()
    call_command("deploy_teams", crewed.reference, "--json", "--teams", "3", "--visits", "4", "--seed", "11", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["seed"] == 11 and len(answer["teams"]) == 3 and answer["teams"][0]["stops"][0]["kind"] == "opening"
