"""Missions registered by themselves are joined to one report afterwards, and parted again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from missions.joining import family_of
from missions.models import Decision, Mission, Organisation
from missions.services import decisions, families, polling
from missions.services.guards import decision_on
from reports.models import Report
from reports.services.reports import open_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(mission, make_mission, make_election):
    """A mission to a second round that was registered by itself, at the invitation of the same authority."""
    return make_mission(election=make_election("BG", mission.polling_day + timedelta(days=14)))


def join(mission, first, by):
    return families.continue_mission(mission, by=by, first=first)


def test_joined_twice_is_joined_once_and_parted_again(mission, later, as_coordinator):
    joined = join(later, mission, as_coordinator)
    assert join(later, mission, as_coordinator).continues == mission
    assert family_of(joined) == [mission, later]
    parted = families.part_mission(later, by=as_coordinator)
    assert (parted.continues, families.part_mission(later, by=as_coordinator).continues) == (None, None)
    assert family_of(parted) == [later]


def test_the_first_s_open_report_covers_the_second_until_they_are_parted(mission, later, as_coordinator):
    report = open_report(missions=[mission], by=as_coordinator)
    join(later, mission, as_coordinator)
    assert set(report.missions.all()) == {mission, later}
    families.part_mission(later, by=as_coordinator)
    assert list(report.missions.all()) == [mission]


def test_an_open_report_of_its_own_covers_the_first_where_that_has_none(mission, later, as_coordinator):
    report = open_report(missions=[later], by=as_coordinator)
    join(later, mission, as_coordinator)
    assert set(report.missions.all()) == {mission, later}


def test_a_closed_report_of_its_own_or_one_each_stands_in_the_way(mission, later, as_coordinator):
    own = open_report(missions=[later], by=as_coordinator)
    other = open_report(missions=[mission], by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        join(later, mission, as_coordinator)
    assert [item.code for item in refusal.value.missing] == ["two_reports"]
    other.delete()
    Report.objects.filter(pk=own.pk).update(state="adopted", adopted_on=mission.polling_day)
    with pytest.raises(NotNow) as refusal:
        join(later, mission, as_coordinator)
    assert [item.code for item in refusal.value.missing] == ["report_closed"]
    assert Mission.objects.get(pk=later.pk).continues is None


def test_an_adopted_report_on_both_keeps_them_together(mission, later, as_coordinator):
    report = open_report(missions=[mission], by=as_coordinator)
    join(later, mission, as_coordinator)
    Report.objects.filter(pk=report.pk).update(state="adopted", adopted_on=mission.polling_day)
    with pytest.raises(NotNow) as refusal:
        families.part_mission(later, by=as_coordinator)
    assert [item.code for item in refusal.value.missing] == ["report_closed"]


def test_what_does_not_belong_together(mission, later, make_mission, make_election, as_coordinator):
    with pytest.raises(Invalid) as refusal:
        join(mission, later, as_coordinator)
    assert refusal.value.code == "later"
    abroad = make_mission(election=make_election("AM", mission.polling_day + timedelta(days=14)))
    with pytest.raises(Invalid) as refusal:
        join(abroad, mission, as_coordinator)
    assert refusal.value.code == "other_country"
    with pytest.raises(Invalid) as refusal:
        join(mission, mission, as_coordinator)
    assert refusal.value.code == "same_family"
    other = Organisation.objects.create(name="Ministry", kind="ministry", country=mission.country)
    later.request.authority = other
    later.request.save_changes("authority")
    with pytest.raises(Invalid) as refusal:
        join(later, mission, as_coordinator)
    assert refusal.value.code == "other_authority"


def test_a_third_joins_and_nothing_goes_round(mission, later, make_mission, make_election, as_coordinator):
    third = make_mission(election=make_election("BG", later.polling_day + timedelta(days=14)))
    join(later, mission, as_coordinator)
    join(third, later, as_coordinator)
    assert family_of(mission) == [mission, later, third]
    with pytest.raises(NotNow):
        join(third, mission, as_coordinator)
    with pytest.raises(Invalid):
        join(mission, third, as_coordinator)


def test_over_is_over(mission, later, as_coordinator):
    Mission.objects.filter(pk=mission.pk).update(state="cancelled")
    with pytest.raises(NotNow):
        join(later, Mission.objects.get(pk=mission.pk), as_coordinator)


def test_one_that_counts_on_the_first_s_invitation_stays(mission, as_coordinator):
    row, _changes = polling.add_round(mission, by=as_coordinator, day=mission.polling_day + timedelta(days=14), round=2, observe=False)
    second = polling.open_second_mission(mission, by=as_coordinator, polling_days=[row])
    with pytest.raises(NotNow) as refusal:
        families.part_mission(second, by=as_coordinator)
    assert refusal.value.code == "request_missing"


def test_only_who_keeps_the_register(mission, later, observer_a, publisher):
    for user in (observer_a, publisher):
        with pytest.raises(NotAllowed):
            join(later, mission, user_actor(user))
        with pytest.raises(NotAllowed):
            families.part_mission(later, by=user_actor(user))


@pytest.fixture
def second(mission, as_coordinator):
    """A second mission, on watch; the Bureau has accepted the first."""
    decide_first(mission, as_coordinator)
    row, _changes = polling.add_round(mission, by=as_coordinator, day=mission.polling_day + timedelta(days=14), round=2, observe=False)
    return polling.open_second_mission(mission, by=as_coordinator, polling_days=[row])


def decide_first(mission, by):
    values = {"outcome": "accepted", "decided_on": clock.today(), "reference": "B1", "format": mission.format, "reasons": "R."}
    Decision.objects.create(request=mission.request, **values)


def decide(mission, by, **values):
    values = {"outcome": "accepted", "decided_on": clock.today(), "reference": "B2", "reasons": "Second.", "format": "assessment"} | values
    return decisions.decide_on_second(mission, by=by, **values)


def test_the_bureau_declines_a_second_mission(second, as_coordinator):
    decision = decide(second, as_coordinator, outcome="declined", format="")
    second.refresh_from_db()
    assert (second.state, decision.mission, decision.request) == ("declined", second, None)
    assert [move.action for move in second.moves.all()] == ["invite", "submit_to_bureau", "decline"]
    assert decide(second, as_coordinator, outcome="declined", format="") == decision, "Asked twice, it is one."
    with pytest.raises(NotNow) as refusal:
        decide(second, as_coordinator)
    assert refusal.value.code == "decided"


def test_the_bureau_accepts_a_second_mission_in_another_format(second, mission, as_coordinator):
    decide(second, as_coordinator)
    second.refresh_from_db()
    assert (second.state, second.format) == ("accepted", "assessment")
    assert decision_on(second).reference == "B2"
    assert decision_on(mission).reference == "B1"


def test_one_that_went_on_is_cancelled_where_it_is_declined(second, as_coordinator):
    Mission.objects.filter(pk=second.pk).update(state="composing")
    decide(second, as_coordinator, outcome="declined", format="")
    second.refresh_from_db()
    assert second.state == "cancelled"


def test_what_a_decision_on_a_second_mission_needs(second, mission, later, as_coordinator, publisher):
    with pytest.raises(NotAllowed):
        decide(second, user_actor(publisher))
    for wrong in (mission, later):
        with pytest.raises(NotNow) as refusal:
            decide(wrong, as_coordinator)
        assert refusal.value.code == "has_request"
    for values in ({"reference": " "}, {"reasons": ""}, {"outcome": "perhaps"}, {"decided_on": clock.today() + timedelta(days=1)}):
        with pytest.raises(Invalid):
            decide(second, as_coordinator, **values)
    Mission.objects.filter(pk=second.pk).update(state="drafting")
    with pytest.raises(NotNow) as refusal:
        decide(second, as_coordinator)
    assert refusal.value.code == "wrong_state"


def test_deciding_by_clicking(second, client_for, coordinator, auditor, outsider):
    url = reverse("missions:mission_decide", args=[second.reference])
    assert [client_for(user).get(url).status_code for user in (coordinator, auditor, outsider)] == [200, 403, 404]
    desk = client_for(coordinator)
    assert url in desk.get(second.get_absolute_url()).content.decode()
    form = {"outcome": "declined", "decided_on": clock.today().isoformat(), "reference": "B2", "reasons": "No repeat vote."}
    assert desk.post(url, form | {"reference": ""}).status_code == 400
    assert desk.post(url, form).status_code == 302
    page = desk.get(second.get_absolute_url()).content.decode()
    assert "(B2)" in page
    assert f'href="{url}"' not in page


def test_by_clicking(mission, later, client_for, coordinator, auditor, outsider):
    desk, url = client_for(coordinator), reverse("missions:mission_continue", args=[later.reference])
    part = reverse("missions:mission_part", args=[later.reference])
    assert [client_for(user).get(url).status_code for user in (coordinator, auditor, outsider)] == [200, 403, 404]
    assert f'href="{url}"' in desk.get(later.get_absolute_url()).content.decode()
    assert desk.post(url, {"first": later.reference}).status_code == 400
    assert desk.post(url, {"first": mission.reference}).status_code == 302
    page = desk.get(later.get_absolute_url()).content.decode()
    assert f"Part it from {mission.reference}" in page
    assert f'href="{url}"' not in page
    assert client_for(auditor).post(part).status_code == 403
    assert desk.post(part).status_code == 302
    assert Mission.objects.get(pk=later.pk).continues is None
