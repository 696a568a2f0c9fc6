"""Planning pages: polling days with the diff before saving, checklist, timeline, calendar, copies, history."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import SYSTEM
from core.models import AuditEntry
from missions.enums import MissionState
from missions.models import Mission, Visit
from missions.services import meetings, polling, preparations
from missions.services.lifecycle import move_mission

pytestmark = pytest.mark.django_db

PAGES = {
    "missions:timeline": {"coordinator": 200, "auditor": 200, "observer_a": 200, "outsider": 404},
    "missions:preparations": {"coordinator": 200, "auditor": 200, "observer_a": 200, "outsider": 404},
    "missions:preparation_new": {"coordinator": 200, "auditor": 403, "observer_a": 403, "outsider": 404},
    "missions:polling_days": {"coordinator": 200, "auditor": 403, "observer_a": 403, "outsider": 404},
    "missions:mission_copy": {"coordinator": 200, "publisher": 403, "observer_a": 403, "outsider": 404},
}


@pytest.mark.parametrize("name", PAGES)
def test_who_sees_what(mission, client_for, name, request):
    url = reverse(name, args=[mission.reference])
    assert client_for(None).get(url).status_code == 302
    for cast, status in PAGES[name].items():
        assert client_for(request.getfixturevalue(cast)).get(url).status_code == status, cast


def seen_of(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode()).group(1)


def test_a_polling_day_is_moved_in_two_steps(mission, client_for, coordinator):
    desk, row = client_for(coordinator), mission.polling_days.get()
    url = reverse("missions:polling_day", args=[mission.reference, row.uuid])
    form = {"day": (row.day + timedelta(days=7)).isoformat(), "opens_at": "07:00", "closes_at": "20:00"}
    preview = desk.post(url, form)
    text = preview.content.decode()
    assert preview.status_code == 200
    assert "Nothing is saved yet." in text
    assert "Preliminary conclusions presented" in text
    row.refresh_from_db()
    assert row.day == date.fromisoformat(form["day"]) - timedelta(days=7)
    assert desk.post(url, form | {"seen": "guessed"}).status_code == 200, "Only what was seen is confirmed."
    saved = desk.post(url, form | {"seen": seen_of(preview), "shift_days": "on"})
    assert (saved.status_code, saved["Location"]) == (302, mission.get_absolute_url())
    row.refresh_from_db()
    mission.refresh_from_db()
    assert row.day == date.fromisoformat(form["day"])
    assert mission.first_day == row.day - timedelta(days=3)


def test_hours_alone_are_saved_at_once(mission, client_for, coordinator):
    row = mission.polling_days.get()
    url = reverse("missions:polling_day", args=[mission.reference, row.uuid])
    answer = client_for(coordinator).post(url, {"day": row.day.isoformat(), "opens_at": "06:00", "closes_at": "21:00"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.opens_at.hour == 6


def test_a_preview_that_is_no_longer_true_is_shown_again(mission, client_for, coordinator, as_coordinator):
    desk, row = client_for(coordinator), mission.polling_days.get()
    url = reverse("missions:polling_day", args=[mission.reference, row.uuid])
    form = {"day": (row.day + timedelta(days=7)).isoformat()}
    seen = seen_of(desk.post(url, form))
    milestone = mission.milestones.get(rule__code="briefing_file")
    milestone.moved_to, milestone.reason = row.day, "Holiday."
    milestone.save()
    again = desk.post(url, form | {"seen": seen})
    assert again.status_code == 200
    assert "Something changed meanwhile" in again.content.decode()
    assert "moved by hand" in again.content.decode()


def test_a_day_in_the_past_is_warned_of_and_history_can_be_entered(mission, client_for, coordinator, bulgaria, deadline_rules):
    desk, row = client_for(coordinator), mission.polling_days.get()
    url = reverse("missions:polling_day", args=[mission.reference, row.uuid])
    assert "lies in the past" in desk.post(url, {"day": "2020-01-05"}).content.decode()
    values = {"country": "BG", "kind": "local", "title_en": "Local elections 2019", "day_1": "2019-10-27"}
    answer = desk.post(reverse("missions:mission_watch"), values, follow=True)
    assert "lies in the past" in answer.content.decode()
    assert Mission.objects.filter(election__title_en="Local elections 2019").exists()


def test_a_day_that_was_observed_is_refused_at_its_form(mission, client_for, coordinator):
    row = mission.polling_days.get()
    type(row).objects.filter(pk=row.pk).update(day=clock.today() - timedelta(days=1))
    Mission.objects.filter(pk=mission.pk).update(state="debriefing")
    url = reverse("missions:polling_day", args=[mission.reference, row.uuid])
    answer = client_for(coordinator).post(url, {"day": clock.today().isoformat()})
    assert answer.status_code == 409
    assert "observed on this day already" in answer.content.decode()


def test_rounds_are_added_for_this_mission_or_a_second_one(mission, client_for, coordinator):
    desk, url = client_for(coordinator), reverse("missions:polling_days", args=[mission.reference])
    day = mission.polling_day + timedelta(days=14)
    form = {"kind": "round", "day": day.isoformat(), "opens_at": "07:00", "closes_at": "20:00"}
    assert desk.post(url, form | {"observe": "this"}).status_code == 302
    assert mission.polling_days.filter(day=day, round=2).exists()
    repeat = form | {"kind": "repeat", "day": (day + timedelta(days=60)).isoformat(), "observe": "second"}
    preview = desk.post(url, repeat)
    assert "A second mission" in preview.content.decode()
    assert "Preliminary conclusions presented" in preview.content.decode()
    assert not mission.continuations.exists(), "Nothing is saved before it was seen."
    assert not mission.election.polling_days.filter(day=repeat["day"]).exists()
    answer = desk.post(url, repeat | {"seen": seen_of(preview)})
    second = mission.continuations.get()
    assert answer["Location"] == second.get_absolute_url()
    for one, other in ((mission, second), (second, mission)):
        assert other.reference in desk.get(one.get_absolute_url()).content.decode()
    assert desk.post(url, repeat | {"day": ""}).status_code == 400
    assert desk.get(url).content.decode().count(second.reference) >= 1


def test_what_is_done_with_a_day_nobody_observes(mission, client_for, coordinator, as_coordinator):
    desk = client_for(coordinator)
    day = mission.polling_day + timedelta(days=14)
    row, _changes = polling.add_round(mission, by=as_coordinator, day=day, round=2, observe=False)
    url = reverse("missions:polling_day_act", args=[mission.reference, row.uuid])
    assert desk.post(url, {"act": "nonsense"}).status_code == 302
    second = reverse("missions:second_mission", args=[mission.reference, row.uuid])
    assert second in desk.get(reverse("missions:polling_days", args=[mission.reference])).content.decode()
    preview = desk.get(second)
    assert (preview.status_code, mission.continuations.count()) == (200, 0)
    text = preview.content.decode()
    assert "Preliminary conclusions presented" in text
    assert "Second round" in text
    assert desk.post(second, {"seen": "guessed"}).status_code == 200, "Only what was seen is confirmed."
    opened = desk.post(second, {"seen": seen_of(preview)})
    assert opened["Location"] == mission.continuations.get().get_absolute_url()
    assert desk.get(second)["Location"] == opened["Location"], "It is there already."
    desk.post(url, {"act": "remove"})
    assert mission.election.polling_days.filter(pk=row.pk).exists(), "The second mission observes it."
    assert client_for(None).post(url, {"act": "remove"}).status_code == 302


def test_choosing_other_days_shows_the_diff(make_mission, make_election, client_for, coordinator):
    day = clock.today() + timedelta(days=100)
    mission = make_mission(election=make_election("BG", day, day + timedelta(days=7)))
    second = mission.polling_days.get(round=2)
    url = reverse("missions:mission_edit", args=[mission.reference])
    form = {"title_en": mission.title_en, "zone": mission.zone, "first_day": day.isoformat(), "polling_days": [str(second.uuid)]}
    form["last_day"] = (day + timedelta(days=9)).isoformat()
    preview = desk = client_for(coordinator).post(url, form)
    assert "Nothing is saved yet." in preview.content.decode()
    assert mission.polling_days.count() == 2
    desk = client_for(coordinator)
    assert desk.post(url, form | {"seen": seen_of(preview)}).status_code == 302
    assert list(mission.polling_days.all()) == [second]


def test_history_says_who_when_and_why(mission, client_for, coordinator, as_coordinator, monkeypatch):
    monkeypatch.setattr("missions.checks._checks", {})
    move_mission(mission, "compose", by=as_coordinator, note="Calls were sent.")
    text = client_for(coordinator).get(mission.get_absolute_url()).content.decode()
    history = text.split('id="history"')[1]
    assert coordinator.name in history
    assert "Calls were sent." in history
    assert "user:" not in history


def test_the_next_step_says_what_follows(mission, client_for, coordinator):
    Mission.objects.filter(pk=mission.pk).update(state="composing")
    text = client_for(coordinator).get(mission.get_absolute_url()).content.decode()
    assert "Then: Programme, stations and teams" in text
    assert "Marks as done:" in text
    assert "Delegation list closed" in text.split("Marks as done:")[1].split("</p>")[0]


def test_the_checklist_by_clicking(mission, client_for, coordinator, observer_a, db):
    from missions.services.reference import load_preparation_kinds

    load_preparation_kinds()
    desk, page = client_for(coordinator), reverse("missions:preparations", args=[mission.reference])
    assert desk.post(page + "list/").status_code == 302
    row = mission.preparations.get(kind__code="hotels")
    assert "Hotels booked" in desk.get(page).content.decode()
    act = reverse("missions:preparation_act", args=[mission.reference, row.uuid])
    desk.post(act, {"act": "done"})
    row.refresh_from_db()
    assert row.done_at
    edit = reverse("missions:preparation", args=[mission.reference, row.uuid])
    stale = {"title": "Hotels booked", "note": "Grand Hotel.", "seen_at": "2020-01-01T00:00:00+00:00"}
    assert desk.post(edit, stale).status_code == 409
    owner = mission.assignments.get(person=observer_a.person)
    fresh = stale | {"seen_at": row.updated_at.isoformat(), "owner": owner.uuid}
    assert desk.post(edit, fresh).status_code == 302
    row.refresh_from_db()
    assert (row.note, row.owner) == ("Grand Hotel.", owner)
    desk.post(act, {"act": "remove"})
    assert "Put back" in desk.get(page).content.decode()
    desk.post(act, {"act": "restore"})
    assert client_for(observer_a).post(act, {"act": "reopen"}).status_code == 302, "Its owner may."
    assert client_for(observer_a).post(act, {"act": "remove"}).status_code == 403
    assert desk.post(page + "new/", {"title": ""}).status_code == 400
    assert desk.post(page + "new/", {"title": "Flags", "owner_name": "Protocol"}).status_code == 302


def test_pages_have_constant_queries(mission, make_mission, client_for, coordinator, as_coordinator, make_assignment, make_user):
    desk = client_for(coordinator)
    day = mission.polling_day
    urls = [
        reverse("missions:preparations", args=[mission.reference]),
        reverse("missions:timeline", args=[mission.reference]),
        reverse("missions:polling_days", args=[mission.reference]),
        reverse("missions:agenda") + f"?year={day.year}&month={day.month}",
        reverse("missions:agenda") + f"?year={day.year}",
        mission.get_absolute_url(),
    ]

    def count():
        found = []
        for url in urls:
            desk.get(url)
            with CaptureQueriesContext(connection) as context:
                assert desk.get(url).status_code == 200
            found.append(len(context))
        return found

    def add(number):
        preparations.add_preparation(mission, by=as_coordinator, title=f"Thing {number}", offset_days=-number)
        polling.add_round(mission, by=as_coordinator, day=day + timedelta(days=20 + number), round=2)
        user = make_user(f"Dora{number}", "Double")
        other = make_mission()
        make_assignment(mission, "observer", user=user)
        make_assignment(other, "observer", user=user)
        Mission.objects.filter(pk=mission.pk).update(state=MissionState.ACCEPTED)

    add(1)
    before = count()
    add(2)
    add(3)
    assert count() == before


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 200), ("?year=2027", 200), ("?year=2027&month=13", 404), ("?year=1", 404), ("?year=x", 404), ("?month=2", 200)],
)
def test_the_calendar_answers_every_address(mission, client_for, coordinator, outsider, query, status):
    url = reverse("missions:agenda") + query
    assert client_for(None).get(url).status_code == 302
    for user in (coordinator, outsider):
        assert client_for(user).get(url).status_code == status


def test_the_calendar_shows_each_reader_their_missions(mission, client_for, coordinator, observer_a, outsider):
    url = reverse("missions:agenda") + f"?year={mission.polling_day.year}&month={mission.polling_day.month}"
    for user, is_there in ((coordinator, True), (observer_a, True), (outsider, False)):
        assert (mission.reference in client_for(user).get(url).content.decode()) is is_there


def test_copying_by_clicking(mission, make_mission, client_for, coordinator, as_coordinator):
    values = {"start_day": mission.first_day, "start_time": "10:00", "end_time": "11:00"}
    values |= {name: clock.now().time().replace(hour=hour, minute=0) for name, hour in (("start_time", 10), ("end_time", 11))}
    meetings.plan_meeting(mission, by=as_coordinator, kind="internal", title="Welcome", **values)
    target = make_mission()
    desk, url = client_for(coordinator), reverse("missions:mission_copy", args=[target.reference])
    assert mission.reference in desk.get(url).content.decode()
    preview = desk.get(url, {"source": mission.reference}).content.decode()
    assert "Welcome" in preview
    done = desk.post(url, {"source": mission.reference, "parts": ["meetings"]})
    assert "Copied from" in done.content.decode()
    assert target.meetings.get().title == "Welcome"
    assert AuditEntry.objects.filter(action="missions.copied", mission=target.reference).count() == 1
    assert "nothing to copy" in desk.get(url, {"source": mission.reference}).content.decode()
    assert desk.get(url, {"source": "XX-2020-1"}).status_code == 404
    assert desk.post(url, {"source": ""}).status_code == 302


def test_two_who_move_at_once_one_wins_the_other_is_told(mission, make_user, client_for, coordinator, monkeypatch):
    monkeypatch.setattr("missions.checks._checks", {})
    other = client_for(make_user("Colin", "Colleague", roles=["coordinator"]))
    url, page = reverse("missions:mission_move", args=[mission.reference]), mission.get_absolute_url()
    first = client_for(coordinator).post(url, {"action": "compose", "seen_state": "accepted"})
    assert first.status_code == 302
    late = {"action": "cancel", "note": "Postponed.", "seen_state": "accepted"}
    answer = other.post(url, late, headers={"referer": f"http://testserver{page}"}, follow=True)
    assert "Somebody moved the mission meanwhile" in answer.content.decode()
    assert Mission.objects.get(pk=mission.pk).state == "composing"
    again = other.post(url, {"action": "compose", "seen_state": "accepted"}, follow=True)
    assert "Somebody moved" not in again.content.decode(), "Asked twice, answered twice."
    assert mission.moves.count() == 1


def planned_visit(mission, starts_on, kind="pre_electoral", **values):
    """A visit of two days."""
    return Visit.objects.create(mission=mission, kind=kind, starts_on=starts_on, ends_on=starts_on + timedelta(days=1), **values)


def test_the_preview_says_what_becomes_of_each_visit_and_the_reader_chooses(mission, client_for, coordinator):
    desk, row, first = client_for(coordinator), mission.polling_days.get(), mission.polling_day
    usual = planned_visit(mission, first - timedelta(days=20))
    by_hand = planned_visit(mission, first - timedelta(days=11))
    begun = planned_visit(mission, clock.today())
    meeting = {"start_day": usual.starts_on, "start_time": time(9), "end_time": time(10), "visit": usual}
    meetings.plan_meeting(mission, by=SYSTEM, kind="ngo", title="Early talk", **meeting)
    url, form = reverse("missions:polling_day", args=[mission.reference, row.uuid]), {"day": (first + timedelta(days=7)).isoformat()}
    preview = desk.post(url, form)
    text = preview.content.decode()
    boxes = dict(re.findall(r'name="visits"[^>]*?value="([^"]+)"([^>]*)>', text))
    assert set(boxes) == {str(usual.uuid), str(by_hand.uuid)}
    assert ["checked" in boxes[str(one.uuid)] for one in (usual, by_hand)] == [True, False]
    for sentence in ("set by hand", "It has begun or is over", "1 meeting of it stays on its day"):
        assert sentence in text
    values = {"seen": seen_of(preview), "visits": [str(by_hand.uuid), str(begun.uuid), "nonsense"]}
    assert desk.post(url, form | values).status_code == 302
    found = {visit.pk: visit.starts_on for visit in mission.visits.all()}
    assert found[usual.pk] == first - timedelta(days=20), "The reader took the tick away."
    assert found[by_hand.pk] == first - timedelta(days=4)
    assert found[begun.pk] == clock.today(), "What has begun stays, whatever is sent."


def test_a_visit_is_changed_by_hand(mission, client_for, coordinator, observer_a, outsider):
    visit = planned_visit(mission, mission.polling_day - timedelta(days=20))
    url = reverse("missions:visit_edit", args=[mission.reference, visit.uuid])
    assert [client_for(user).get(url).status_code for user in (coordinator, observer_a, outsider)] == [200, 403, 404]
    assert url in client_for(coordinator).get(mission.get_absolute_url()).content.decode()
    day = visit.starts_on - timedelta(days=2)
    form = {"starts_on": day.isoformat(), "ends_on": day.isoformat(), "place": "Sofia"}
    assert client_for(coordinator).post(url, form | {"ends_on": "2020-01-01"}).status_code == 400
    assert client_for(coordinator).post(url, form).status_code == 302
    visit.refresh_from_db()
    assert (visit.starts_on, visit.ends_on, visit.place) == (day, day, "Sofia")


def test_a_conversion_is_shown_before_it_is_made(mission, client_for, coordinator, observer_a, outsider):
    desk, url = client_for(coordinator), reverse("missions:mission_convert", args=[mission.reference])
    assert [client_for(user).get(url).status_code for user in (coordinator, observer_a, outsider)] == [200, 403, 404]
    form = {"format": "remote", "reason": "Crisis.", "seen_state": mission.state}
    preview = desk.post(url, form)
    text = preview.content.decode()
    gone = set(mission.milestones.values_list("rule__label_en", flat=True))
    mission.refresh_from_db()
    assert mission.format == "observation", "Nothing is saved yet."
    answer = desk.post(url, form | {"seen": seen_of(preview)})
    assert answer.status_code == 302
    mission.refresh_from_db()
    gone -= set(mission.milestones.values_list("rule__label_en", flat=True))
    assert mission.format == "remote"
    assert gone
    for label in gone:
        assert label in text
    assert desk.post(url, {"format": "joint", "reason": ""}).status_code == 400
    assert desk.post(url, {"format": "joint", "reason": "R.", "seen_state": "watch", "seen": "x"}).status_code == 200
    Mission.objects.filter(pk=mission.pk).update(state="debriefing")
    assert desk.post(url, {"format": "joint", "reason": "R."}).status_code == 409


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("missions:polling_days", "Polling days"),
        ("missions:mission_copy", "Copy from another mission"),
        ("missions:timeline", "Timeline"),
        ("missions:mission_edit", "Change the mission"),
        ("missions:mission", "Overview"),
    ],
)
def test_a_page_is_called_what_it_is(mission, client_for, coordinator, name, title):
    text = client_for(coordinator).get(reverse(name, args=[mission.reference])).content.decode()
    assert title in re.search(r"<title>(.*?)</title>", text, re.DOTALL).group(1)
