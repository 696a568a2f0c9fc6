"""The report's states: every state against every move, guards told at once, the missions brought along."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from missions.models import Mission
from reports.enums import ReportState
from reports.lifecycle import MOVES
from reports.models import AdoptedText, Recommendation, Report, ReportMove
from reports.services import lifecycle, reports

DETAILS = {
    "adopt": lambda: {"adopted_on": clock.today(), "number": "CPL(2027)52-03", "recommendation_number": "Recommendation 601 (2027)"},
    "consult": lambda: {"until": clock.today() + timedelta(days=14)},
}


@pytest.mark.parametrize("action", MOVES)
@pytest.mark.parametrize("state", ReportState.values)
def test_every_state_against_every_move(state, action, make_mission, make_report, monkeypatch):
    monkeypatch.setattr(lifecycle, "_GUARDS", {})
    mission = make_mission({"committee": "committee", "approved": "adoption", "amended": "committee"}.get(state, "drafting"))
    report = make_report(mission, recommendation=False)
    Report.objects.filter(pk=report.pk).update(state=state, adopted_on=clock.today())
    details = DETAILS.get(action, dict)()
    move = MOVES[action]
    if state in move.sources or state == move.target:
        assert lifecycle.move_report(report, action, by=SYSTEM, note="Because.", **details).state == move.target
    else:
        with pytest.raises(NotNow):
            lifecycle.move_report(report, action, by=SYSTEM, note="Because.", **details)


def test_the_report_leads_its_missions(drafting, make_report, walk):
    report = make_report(drafting)
    walk(report, "adopted")
    states = list(drafting.moves.values_list("to_state", flat=True))
    assert states[-3:] == ["committee", "adoption", "transmission"]
    assert list(ReportMove.objects.values_list("action", flat=True)) == ["agree", "submit", "approve", "adopt"]


def test_two_missions_move_together_or_not_at_all(make_mission, make_election, make_report, as_coordinator, walk):
    first, second = make_mission("drafting"), make_mission("preliminary", election=make_election("BG"))
    report = make_report(first)
    reports.add_mission(report, second, by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        walk(report, "committee")
    assert refusal.value.code == "mission_behind"
    first.refresh_from_db()
    report.refresh_from_db()
    assert (first.state, report.state) == ("drafting", "agreed")


def test_an_information_report_skips_the_session(make_mission, make_report, walk):
    mission = make_mission("drafting", format="assessment")
    report = make_report(mission, recommendation=False)
    assert report.kind == "information_report"
    walk(report, "adopted")
    mission.refresh_from_db()
    assert mission.state == "transmission"


def test_only_the_rapporteur_agrees(drafting, make_report, as_coordinator, head):
    report = make_report(drafting)
    for by in (as_coordinator, user_actor(head)):
        with pytest.raises(NotAllowed):
            lifecycle.agree_report(report, by=by)


def test_empty_chapters_and_bad_recommendations_are_told_at_once(drafting, as_coordinator):
    report = reports.open_report(missions=[drafting], by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        lifecycle.agree_report(report, by=SYSTEM)
    assert [one.code for one in refusal.value.missing] == ["section_empty"] * 4 + ["no_recommendation"]


def test_adoption_gives_numbers_and_fixes_the_wording(drafting, make_report, walk):
    report = walk(make_report(drafting), "adopted")
    assert report.number_parts["session"] == 52
    row = Recommendation.objects.get()
    assert (row.state, row.paragraph, row.adopted_on) == ("adopted", "5.a", clock.today())
    assert {(text.language, text.is_authentic, text.was_checked) for text in AdoptedText.objects.all()} == {
        ("en", True, True),
        ("fr", False, False),
    }


def test_an_odd_number_is_kept_a_taken_one_refused(make_mission, make_election, make_report, walk):
    walk(make_report(make_mission("drafting")), "adopted", number="CG twelve/odd")
    assert Report.objects.get().number_parts["era"] == "unknown"
    with pytest.raises(Invalid) as refusal:
        walk(make_report(make_mission("drafting", election=make_election("GE"))), "adopted", number="CG twelve/odd")
    assert refusal.value.attr == "number"


def test_adoption_is_not_in_the_future(drafting, make_report, walk):
    with pytest.raises(Invalid) as refusal:
        walk(make_report(drafting), "adopted", adopted_on=clock.today() + timedelta(days=1))
    assert refusal.value.attr == "adopted_on"


def test_amendments_open_the_texts_and_close_them(drafting, make_report, make_recommendation, walk, as_coordinator):
    from reports.services.recommendations import change_recommendation

    report = walk(make_report(drafting), "approved")
    row = Recommendation.objects.get()
    with pytest.raises(NotNow):
        change_recommendation(row, version=row.version, by=as_coordinator, priority="high")
    lifecycle.move_report(report, "amend", by=as_coordinator, note="Amendment 1.")
    row.refresh_from_db()
    assert change_recommendation(row, version=row.version, by=as_coordinator, priority="high").state == "amended"
    lifecycle.move_report(report, "settle", by=as_coordinator)
    row.refresh_from_db()
    assert row.state == "approved"


def test_the_page_on_reports_names_every_move():
    table = Path("docs/reports.md").read_text().partition("| Move |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\w+) \|", table, re.MULTILINE)
    assert rows == list(MOVES)


def test_nobody_else_writes_the_state():
    pattern = re.compile(r"report\.state\s*=[^=]|Report\.objects\.[^\n]*update\([^)]*state=")
    writers = [path for path in Path("reports").rglob("*.py") if pattern.search(path.read_text())]
    assert [path.as_posix() for path in writers] == ["reports/services/lifecycle.py"]


def test_a_report_is_opened_once(drafting, as_coordinator, outsider):
    one = reports.open_report(missions=[drafting], by=as_coordinator)
    assert reports.open_report(missions=[drafting], by=as_coordinator) == one
    with pytest.raises(NotAllowed):
        reports.open_report(missions=[drafting], by=user_actor(outsider))
    assert Mission.objects.get(reports=one) == drafting
