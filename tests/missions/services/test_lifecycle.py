"""Every state against every move, the guards, and who is told what."""

from __future__ import annotations

import re
import threading
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from core import clock
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, Missing, NotAllowed, NotNow, Stale
from core.models import AuditEntry
from missions import checks
from missions.enums import DESK_FORMATS, INFORMATION_FORMATS, MissionFormat, MissionState
from missions.lifecycle import MOVES, action_to, actions_from, road_for
from missions.models import Mission, MissionMove
from missions.services.lifecycle import available_moves, convert_format, history_of, move_mission

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
S = MissionState


@pytest.fixture
def no_guards(monkeypatch):
    """The table alone, without what must be there first."""
    monkeypatch.setattr(checks, "_checks", {})


@pytest.fixture
def guards(monkeypatch):
    """No guards but those that the test registers."""
    monkeypatch.setattr(checks, "_checks", {})
    return checks.register_check


# What the table of DESIGN 4 says, written out once more by hand: (from, action) -> to, for a full observation mission.
ROAD = [
    ("watch", "invite", "invited"),
    ("invited", "submit_to_bureau", "before_bureau"),
    ("before_bureau", "accept", "accepted"),
    ("accepted", "compose", "composing"),
    ("composing", "prepare", "preparing"),
    ("preparing", "brief", "briefing"),
    ("briefing", "start_election_day", "election_day"),
    ("election_day", "debrief", "debriefing"),
    ("debriefing", "conclude", "preliminary"),
    ("preliminary", "draft", "drafting"),
    ("drafting", "send_to_committee", "committee"),
    ("committee", "send_to_adoption", "adoption"),
    ("adoption", "transmit", "transmission"),
    ("transmission", "follow_up", "follow_up"),
    ("follow_up", "close", "closed"),
    ("before_bureau", "decline", "declined"),
    *[(state, "cancel", "cancelled") for state in ("watch", "invited", "before_bureau", "accepted", "composing", "preparing", "briefing")],
]
ALLOWED = {(source, action): target for source, action, target in ROAD}


@pytest.mark.parametrize("action", MOVES)
def test_every_state_against_every_move(make_mission, no_guards, action):
    mission = make_mission()
    for state in MissionState:
        Mission.objects.filter(pk=mission.pk).update(state=state)
        wanted = ALLOWED.get((state.value, action))
        if wanted or state == MOVES[action].target:
            moved = move_mission(mission, action, by=SYSTEM, note="Because.", leader=MOVES[action].led_by)
            assert moved.state == (wanted or state)
        else:
            with pytest.raises(NotNow):
                move_mission(mission, action, by=SYSTEM, note="Because.", leader=MOVES[action].led_by)
            assert Mission.objects.get(pk=mission.pk).state == state


@pytest.mark.parametrize("format", MissionFormat.values)
def test_every_format_reaches_the_end(make_mission, no_guards, format):
    mission = make_mission(S.WATCH, format=format)
    passed = [mission.state]
    while mission.state != S.CLOSED:
        ahead = [name for name in actions_from(mission.state, format) if name not in {"cancel", "decline"}]
        mission = move_mission(mission, ahead[0], by=SYSTEM, leader=MOVES[ahead[0]].led_by)
        passed.append(mission.state)
    assert passed == road_for(format)
    assert (S.ELECTION_DAY in passed) is (format not in DESK_FORMATS)
    assert (S.ADOPTION in passed) is (format not in INFORMATION_FORMATS)


def test_action_to_names_the_move_of_the_format():
    assert action_to("transmission", "committee", MissionFormat.ASSESSMENT) == "transmit"
    assert action_to("transmission", "committee", MissionFormat.OBSERVATION) is None
    assert action_to("adoption", "committee", MissionFormat.REMOTE) is None


def test_move_writes_history_and_log(mission, no_guards, as_coordinator):
    move_mission(mission, "compose", by=as_coordinator, note="Calls sent.")
    row = MissionMove.objects.get(mission=mission)
    assert (row.action, row.from_state, row.to_state) == ("compose", "accepted", "composing")
    assert (row.note, row.by) == ("Calls sent.", str(as_coordinator))
    entry = AuditEntry.objects.get(action="missions.moved")
    assert entry.data == {"action": "compose", "to": "composing"}
    assert entry.mission == mission.reference


def test_asked_twice_answered_twice(mission, no_guards, as_coordinator):
    move_mission(mission, "compose", by=as_coordinator)
    assert move_mission(mission, "compose", by=as_coordinator).state == S.COMPOSING
    assert MissionMove.objects.filter(mission=mission).count() == 1


def test_the_second_of_two_is_told(mission, no_guards, as_coordinator):
    move_mission(mission, "compose", by=as_coordinator, seen_state="accepted")
    with pytest.raises(Stale):
        move_mission(mission, "cancel", by=as_coordinator, note="Postponed.", seen_state="accepted")
    assert Mission.objects.get(pk=mission.pk).state == S.COMPOSING


def test_everything_missing_is_told_at_once(mission, guards, as_coordinator):
    guards("compose", lambda mission: [Missing("one", "One.", "/1"), Missing("two", "Two.", "/2")])
    guards("compose", lambda mission: [Missing("three", "Three.", "/3")] if mission.reference else [])
    with pytest.raises(NotNow) as refusal:
        move_mission(mission, "compose", by=as_coordinator)
    assert {item.code for item in refusal.value.missing} == {"one", "two", "three"}
    assert not MissionMove.objects.filter(mission=mission).exists()


def test_a_check_that_crashes_refuses(mission, guards, as_coordinator):
    guards("compose", lambda mission: 1 / 0)
    with pytest.raises(NotNow) as refusal:
        move_mission(mission, "compose", by=as_coordinator)
    assert [item.code for item in refusal.value.missing] == ["check_crashed"]


@pytest.mark.parametrize("cast", ["outsider", "observer_a", "auditor", "head"])
def test_not_theirs(mission, no_guards, cast, request):
    with pytest.raises(NotAllowed):
        move_mission(mission, "compose", by=user_actor(request.getfixturevalue(cast)))


def test_the_head_presents_the_conclusions(mission, head, no_guards):
    Mission.objects.filter(pk=mission.pk).update(state=S.DEBRIEFING)
    assert move_mission(mission, "conclude", by=user_actor(head)).state == S.PRELIMINARY


def test_a_move_that_the_report_leads_waits_for_it(mission, no_guards, as_coordinator):
    Mission.objects.filter(pk=mission.pk).update(state=S.DRAFTING)
    with pytest.raises(NotNow) as refusal:
        move_mission(mission, "send_to_committee", by=as_coordinator)
    assert refusal.value.code == "led_by_report"
    assert move_mission(mission, "send_to_committee", by=as_coordinator, leader="report").state == S.COMMITTEE


def test_cancelling_needs_a_reason(mission, no_guards, as_coordinator):
    with pytest.raises(Invalid):
        move_mission(mission, "cancel", by=as_coordinator, note="  ")
    move_mission(mission, "cancel", by=as_coordinator, note="The date of the election is uncertain.")
    assert Mission.objects.get(pk=mission.pk).state == S.CANCELLED


def test_election_day_waits_for_polling_day(make_mission, make_election, as_coordinator):
    tomorrow = clock.today("Europe/Sofia") + timedelta(days=1)
    mission = make_mission(S.BRIEFING, election=make_election("BG", tomorrow))
    with pytest.raises(NotNow) as refusal:
        move_mission(mission, "start_election_day", by=as_coordinator)
    assert "too_early" in {item.code for item in refusal.value.missing}


def test_the_debriefing_waits_until_the_polls_have_closed(make_mission, make_election, monkeypatch):
    first = clock.today("Europe/Sofia") + timedelta(days=3)
    last = first + timedelta(days=7)
    mission = make_mission(S.ELECTION_DAY, election=make_election("BG", first, last))
    at = datetime.combine(last, time(20), ZoneInfo(mission.zone))
    row = mission.polling_days.get(day=last)
    for hour, closes_at, expected in ((-0.1, time(20), True), (0, time(20), False), (3.9, None, True), (4, None, False)):
        type(row).objects.filter(pk=row.pk).update(closes_at=closes_at)
        monkeypatch.setattr(clock, "now", lambda hour=hour: at + timedelta(hours=hour))
        found = [item for item in checks.missing_for("debrief", Mission.objects.get(pk=mission.pk)) if item.code == "polls_open"]
        assert bool(found) is expected, (hour, closes_at)
        assert all(item.url.endswith(f"/polling-days/{row.uuid}/") and "Europe/Sofia" in item.sentence for item in found)
    Mission.objects.filter(pk=mission.pk).update(format=MissionFormat.REMOTE)
    monkeypatch.setattr(clock, "now", lambda: at - timedelta(hours=9))
    assert checks.missing_for("debrief", Mission.objects.get(pk=mission.pk)) == []


def test_what_is_missing_links_to_where_it_is_mended(make_mission, make_election):
    tomorrow = clock.today("Europe/Sofia") + timedelta(days=1)
    mission = make_mission(S.COMPOSING, election=make_election("BG", tomorrow))
    urls = {item.code: item.url for action in ("prepare", "start_election_day") for item in checks.missing_for(action, mission)}
    assert urls["head_missing"] == urls["rapporteur_missing"] == f"/missions/{mission.reference}/delegation/"
    assert urls["too_early"] == f"/missions/{mission.reference}/polling-days/{mission.polling_days.get().uuid}/"


def test_guards_of_this_app_list_what_is_missing(make_mission, as_coordinator):
    mission = make_mission(S.COMPOSING)
    with pytest.raises(NotNow) as refusal:
        move_mission(mission, "prepare", by=as_coordinator)
    assert {"head_missing", "rapporteur_missing"} <= {item.code for item in refusal.value.missing}
    assert all(item.url for item in refusal.value.missing)


def test_available_moves_by_reader(mission, head, no_guards, coordinator, auditor):
    assert [row.action for row in available_moves(mission, coordinator)] == ["compose", "cancel"]
    assert available_moves(mission, auditor) == []
    Mission.objects.filter(pk=mission.pk).update(state=S.DEBRIEFING)
    mission.refresh_from_db()
    assert [row.action for row in available_moves(mission, head)] == ["conclude"]
    Mission.objects.filter(pk=mission.pk).update(state=S.DRAFTING)
    mission.refresh_from_db()
    assert available_moves(mission, coordinator) == []


def test_convert_changes_format_and_deadlines(mission, as_coordinator):
    assert mission.milestones.filter(rule__code="adoption").exists()
    convert_format(mission, by=as_coordinator, format=MissionFormat.REMOTE, reason="Borders are closed.")
    mission.refresh_from_db()
    assert mission.format == MissionFormat.REMOTE
    assert not mission.milestones.filter(rule__code__in=["adoption", "accreditation"]).exists()
    row = MissionMove.objects.get(mission=mission)
    assert (row.action, row.from_format, row.to_format) == ("convert", "observation", "remote")


def test_convert_needs_reason_and_time(mission, as_coordinator):
    with pytest.raises(Invalid):
        convert_format(mission, by=as_coordinator, format=MissionFormat.REMOTE, reason="")
    with pytest.raises(Invalid):
        convert_format(mission, by=as_coordinator, format="pilgrimage", reason="x")
    Mission.objects.filter(pk=mission.pk).update(state=S.DRAFTING)
    with pytest.raises(NotNow):
        convert_format(mission, by=as_coordinator, format=MissionFormat.REMOTE, reason="Too late.")


def test_only_the_writer_assigns_a_state():
    """No other module of the product sets a mission's state (STYLE, "A state machine")."""
    pattern = re.compile(
        r"mission\.state\s*=[^=]|\bMission\.objects\.(?:filter|all)\([^\n]*\)\.update\([^\n]*\bstate=|\bMission\([^\n]*\bstate="
    )
    found = []
    for app in ("core", "accounts", "missions", "observers", "field", "reports", "config"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts and pattern.search(path.read_text(encoding="utf-8")):
                found.append(str(path.relative_to(ROOT)))
    assert found == ["missions/services/lifecycle.py"]


@pytest.mark.services
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database of SQLite lies in memory and refuses a second writer")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_history(make_mission, coordinator, no_guards):
    """Six people press two buttons at once: one move wins, the others are told, nothing happens twice."""
    mission = make_mission()
    told, lock = [], threading.Barrier(6)

    def press(action: str) -> None:
        lock.wait()
        try:
            move_mission(mission.pk, action, by=SYSTEM, note="x", seen_state="accepted")
            told.append("done")
        except (NotNow, Stale) as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=("compose" if n % 2 else "cancel",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert MissionMove.objects.filter(mission=mission).count() == 1
    assert sorted(told) == ["done", "done", "done", "stale", "stale", "stale"]


def test_every_move_says_what_follows(mission, coordinator):
    assert all(str(move.then).endswith(".") for move in MOVES.values())
    compose = next(move for move in available_moves(mission, coordinator) if move.action == "compose")
    assert "checklist" in compose.then
    assert "Decision of the Bureau" in compose.meets


def test_history_in_words(mission, no_guards, coordinator, as_coordinator):
    move_mission(mission, "compose", by=as_coordinator, note="Calls sent.")
    convert_format(mission, by=SYSTEM, format=MissionFormat.REMOTE, reason="Crisis.")
    first, second = history_of(mission)
    assert (first.by, first.before, first.after, first.note) == (coordinator.name, "Accepted", "Composing the delegation", "Calls sent.")
    assert (second.label, second.before, second.after) == ("Format converted", "Observation mission", "Remote observation")
    assert second.by == "Scrutin, by itself"
