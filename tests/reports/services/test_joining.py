"""A second mission and the report of the first (observation-rules A9: one report on several missions)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from missions.models import Mission
from missions.services import polling
from missions.services.lifecycle import move_mission
from reports.models import Report
from reports.services.reports import missions_for_report, open_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_second(mission, as_coordinator):
    """Open the second mission, for a repeat vote."""

    def open_it() -> Mission:
        day = mission.polling_day + timedelta(days=60)
        row, _changes = polling.add_round(mission, by=as_coordinator, day=day, is_repeat=True, observe=False)
        return polling.open_second_mission(mission, by=as_coordinator, polling_days=[row])

    return open_it


def test_an_open_report_covers_the_second_mission_too(mission, open_second, as_coordinator):
    report = open_report(missions=[mission], by=as_coordinator)
    second = open_second()
    assert list(report.missions.order_by("pk")) == [mission, second]
    assert open_second() == second
    assert Report.objects.count() == 1


def test_a_report_opened_later_covers_both_from_either_side(mission, open_second, as_coordinator):
    second = open_second()
    assert missions_for_report(second) == [mission, second]
    report = open_report(missions=missions_for_report(second), by=as_coordinator)
    assert open_report(missions=missions_for_report(mission), by=as_coordinator) == report
    assert set(report.missions.all()) == {mission, second}


def test_an_adopted_report_stays_and_the_second_has_its_own(mission, open_second, as_coordinator):
    report = open_report(missions=[mission], by=as_coordinator)
    Report.objects.filter(pk=report.pk).update(state="adopted", adopted_on=mission.polling_day)
    second = open_second()
    assert list(report.missions.all()) == [mission]
    assert missions_for_report(second) == [second]


def test_the_page_opens_one_report_for_both(mission, open_second, as_coordinator, client_for, coordinator):
    second = open_second()
    client_for(coordinator).post(f"/missions/{second.reference}/report/open/")
    assert set(Report.objects.get().missions.all()) == {mission, second}


def test_a_cancelled_second_mission_holds_nothing_up(mission, open_second, as_coordinator):
    from reports.lifecycle import MOVES
    from reports.services.lifecycle import _move_missions

    report = open_report(missions=[mission], by=as_coordinator)
    second = open_second()
    move_mission(second, "cancel", by=as_coordinator, note="No repeat vote.")
    Mission.objects.filter(pk=mission.pk).update(state="drafting")
    move = next(row for row in MOVES.values() if row.mission_target == "committee")
    _move_missions(report, move, by=as_coordinator, note="")
    assert Mission.objects.get(pk=mission.pk).state == "committee"
    assert Mission.objects.get(pk=second.pk).state == "cancelled"
