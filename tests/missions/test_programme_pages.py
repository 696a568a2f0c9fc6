"""The programme's pages: moving and undoing, two editors, the template, ways, news, presence, tasks, notes, many meetings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import user_actor
from missions.models import Meeting
from missions.services import meetings, notes, releases, travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(mission):
    """The second day of the mission."""
    return mission.first_day + timedelta(days=1)


@pytest.fixture
def plan(mission, as_coordinator, day):
    """Plan a meeting of the mission."""

    def make(start: str = "10:00", end: str = "11:00", **values) -> Meeting:
        values = {"kind": "ngo", "title": "NGOs", "start_day": day} | values
        return meetings.plan_meeting(
            mission, by=as_coordinator, start_time=time.fromisoformat(start), end_time=time.fromisoformat(end), **values
        )

    return make


def page(name, mission):
    return reverse(f"missions:{name}", args=[mission.reference])


def text(response):
    return response.content.decode()


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


# --- moving -------------------------------------------------------------------------------------------------------


def test_steps_and_undo_without_a_script(plan, mission, client_for, coordinator):
    meeting, desk = plan(), client_for(coordinator)
    move = meeting.get_absolute_url() + "move/"
    shown = text(desk.get(page("programme", mission)))
    assert f'formaction="{move}?seen_sequence=0"' in shown
    assert "Take the move back" not in shown
    assert desk.post(move + "?seen_sequence=0", {"minutes": "15"})["Location"] == f"{page('programme', mission)}#meeting-{meeting.uuid}"
    meeting.refresh_from_db()
    assert (meeting.start_time, meeting.end_time) == (time(10, 15), time(11, 15))
    shown = text(desk.get(page("programme", mission)))
    assert "is now on" in shown
    assert "Take the move back" in shown
    assert desk.post(page("programme_undo", mission)).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.start_time, meeting.sequence) == (time(10), 2)
    assert desk.post(page("programme_undo", mission)).status_code == 409
    assert "Take the move back" not in text(desk.get(page("programme", mission)))


def test_a_step_that_clashes_or_is_late_leads_to_the_form(plan, mission, client_for, coordinator, observer_a):
    plan("11:00", "12:00", title="Mayor", is_for_all=True)
    meeting, desk = plan(is_for_all=True), client_for(coordinator)
    move = meeting.get_absolute_url() + "move/"
    refused = desk.post(move + "?seen_sequence=0", {"minutes": "15"})
    assert refused.status_code == 409
    assert "already “Mayor”" in text(refused)
    assert 'name="start_time"' in text(refused)
    assert desk.post(move + "?seen_sequence=7", {"minutes": "-15"}).status_code == 409
    assert desk.post(move, {"minutes": "many"}).status_code == 400
    meeting.refresh_from_db()
    assert meeting.sequence == 0


def test_the_form_moves_to_another_day_and_asks_about_a_repeated_hour(plan, mission, client_for, coordinator):
    meeting, desk = plan(), client_for(coordinator)
    move = meeting.get_absolute_url() + "move/"
    assert 'name="start_fold"' not in text(desk.get(move))
    fields = {"start_day": "2027-10-31", "start_time": "03:15", "seen_sequence": "0"}
    asked = desk.post(move, fields)
    assert asked.status_code == 400
    assert 'name="start_fold"' in text(asked)
    assert desk.post(move, fields | {"start_fold": "1"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.start_day, meeting.start_fold, meeting.starts_at.hour) == (date(2027, 10, 31), 1, 1)
    assert desk.post(move, {"start_day": "2027-03-28", "start_time": "03:15", "seen_sequence": "1"}).status_code == 400
    assert desk.post(move, {"start_day": "soon", "start_time": "03:15"}).status_code == 400


def test_the_script_is_answered_in_json(plan, mission, client_for, coordinator, observer_a, day):
    plan("11:00", "12:00", title="Mayor", is_for_all=True)
    meeting, desk = plan(is_for_all=True), client_for(coordinator)
    move, wanted = meeting.get_absolute_url() + "move/", {"Accept": "application/json"}
    fields = {"start_day": day.isoformat(), "start_time": "10:30", "seen_sequence": "0"}
    refused = desk.post(move, fields, headers=wanted)
    assert (refused.status_code, list(refused.json())) == (409, ["sentence", "missing"])
    assert "Mayor" in refused.json()["missing"][0]["sentence"]
    moved = desk.post(move, fields | {"start_time": "09:00"}, headers=wanted)
    assert (moved.status_code, "09:00" in moved.json()["sentence"]) == (200, True)
    assert client_for(observer_a).post(move, fields, headers=wanted).status_code in {403, 404}


# --- the form -----------------------------------------------------------------------------------------------------


def test_planning_in_the_repeated_hour_asks_which(mission, client_for, coordinator):
    new, desk = page("meeting_new", mission), client_for(coordinator)
    fields = {"kind": "ngo", "title": "Early", "start_day": "2027-10-31", "start_time": "03:45", "end_time": "03:15"}
    asked = desk.post(new, fields)
    assert asked.status_code == 400
    assert all(f'name="{name}"' in text(asked) for name in ("start_fold", "end_fold"))
    assert desk.post(new, fields | {"start_fold": "0", "end_fold": "0"}).status_code == 400
    assert "The meeting “Early” is planned." in text(desk.post(new, fields | {"start_fold": "0", "end_fold": "1"}, follow=True))
    meeting = mission.meetings.get()
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=30)
    assert desk.post(new, fields | {"start_day": "2027-03-28", "start_time": "03:15", "end_time": "04:30"}).status_code == 400


def test_two_editors_see_both_versions_and_lose_no_word(plan, mission, client_for, coordinator, make_user, day):
    meeting = plan(place="Hotel", description="Bring the law.")
    first, second = client_for(coordinator), client_for(make_user("Cyril", "Second", roles=("coordinator",)))
    edit = meeting.get_absolute_url() + "edit/"
    seen = second.get(edit).context["form"]
    hidden = {name: seen[name].value() for name in ("seen_sequence", "seen_values")}
    fields = {"kind": "ngo", "title": "NGOs", "start_day": day.isoformat(), "start_time": "10:00", "end_time": "11:00"}
    fields |= {"place": "Hotel", "description": "Bring the law."}
    assert first.post(edit, fields | hidden | {"place": "Ministry", "title": "All NGOs"}).status_code == 302
    typed = fields | hidden | {"title": "Many NGOs", "description": "Bring the law, and the budget."}
    refused = second.post(edit, typed)
    assert refused.status_code == 409
    found = {row.name: (row.mine, row.theirs, row.pick) for row in refused.context["differences"]}
    assert found == {
        "title": ("Many NGOs", "All NGOs", "mine"),
        "place": ("Hotel", "Ministry", "theirs"),
        "description": ("Bring the law, and the budget.", "Bring the law.", "mine"),
    }
    for words in ("Yours, not saved yet", "Saved meanwhile", "Bring the law, and the budget.", "Ministry", "Many NGOs"):
        assert words in text(refused)
    again = {name: refused.context["form"][name].value() for name in ("seen_sequence", "seen_values")}
    assert again["seen_sequence"] == "1"
    chosen = {"take_title": "mine", "take_place": "theirs", "take_description": "mine"}
    assert second.post(edit, typed | again | chosen).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.place, meeting.description) == ("Many NGOs", "Ministry", "Bring the law, and the budget.")
    assert second.post(edit, typed | {"seen_values": "[broken"}).status_code == 409, "A broken copy only loses the proposal."


# --- planning -----------------------------------------------------------------------------------------------------


def test_planning_from_the_template(mission, client_for, coordinator, observer_a):
    desk, url = client_for(coordinator), page("meeting_batch", mission)
    formset = desk.get(url).context["formset"]
    assert len(formset.forms) == 18
    data = {field.html_name: field.value() or "" for form in formset for field in form if not isinstance(field.value(), bool)}
    data |= {f"{form.prefix}-is_for_all": "on" for form in formset}
    data |= {"form-TOTAL_FORMS": "18", "form-INITIAL_FORMS": "18"}
    assert desk.post(url, data).status_code == 400, "Nothing is chosen."
    chosen = data | {"form-0-chosen": "on", "form-1-chosen": "on", "form-2-chosen": "on", "form-3-title": ""}
    clash = desk.post(url, chosen | {"form-2-start_time": "09:30"})
    assert clash.status_code == 409
    assert "already “Central election commission”" in text(clash)
    assert desk.post(url, chosen | {"form-2-start_time": "late"}).status_code == 400
    assert not mission.meetings.exists()
    assert desk.post(url, chosen | {"form-2-title": "Ministry of cities"}).status_code == 302
    assert list(mission.meetings.values_list("title", flat=True))[1:] == ["Central election commission", "Ministry of cities"]
    assert "A meeting of this kind is planned on that day." in text(desk.get(url))


def test_ways_between_places(plan, mission, client_for, coordinator, observer_a):
    desk, url = client_for(coordinator), page("travel", mission)
    assert "Nobody goes" in text(desk.get(url))
    plan("10:00", "11:00", title="Commission", place="Palace", is_for_all=True)
    plan("11:15", "12:00", title="Mayor", place="Town hall", is_for_all=True)
    assert "Palace – Town hall" in text(desk.get(url))
    assert desk.post(url, {"way_0": "-5"}).status_code == 400
    assert desk.post(url, {"way_0": "30"}).status_code == 302
    shown = text(desk.get(page("programme", mission)))
    assert "1 thing to think of" in shown
    assert "the way takes 30 minutes" in shown
    assert travel.minutes_between(mission) == {("palace", "town hall"): 30}


def test_a_track_is_changed(mission, client_for, coordinator, as_coordinator, observer_a):
    track = meetings.create_track(mission, by=as_coordinator, name="North")
    meetings.create_track(mission, by=as_coordinator, name="South")
    url, desk = reverse("missions:track_edit", args=[mission.reference, track.uuid]), client_for(coordinator)
    assert url in text(desk.get(page("programme", mission)))
    assert 'value="North"' in text(desk.get(url))
    row = mission.assignments.get(person=observer_a.person)
    assert desk.post(url, {"name": "South", "members": [str(row.uuid)]}).status_code == 400
    assert desk.post(url, {"name": "Coast", "members": [str(row.uuid)]}).status_code == 302
    track.refresh_from_db()
    assert (track.name, list(track.members.all())) == ("Coast", [row])


# --- reading ------------------------------------------------------------------------------------------------------


def test_the_reader_s_own_times_stand_beside(plan, mission, client_for, coordinator, observer_a, as_coordinator):
    meeting = plan("00:30", "02:00", is_for_all=True)
    releases.release_programme(mission, by=as_coordinator)
    reader = client_for(observer_a)
    shown = text(reader.get(page("programme", mission)))
    assert "23:30–01:00)" in shown
    assert "Europe/Paris" in shown
    assert "for you" in text(reader.get(meeting.get_absolute_url()))
    observer_a.person.zone = mission.zone
    observer_a.person.save()
    assert "23:30–01:00" not in text(reader.get(page("programme", mission)))


def test_the_release_is_told_in_the_zone_of_the_mission(plan, mission, client_for, observer_a, as_coordinator):
    plan(is_for_all=True)
    with time_machine.travel(datetime(2026, 11, 30, 21, 30, tzinfo=UTC), tick=False):
        releases.release_programme(mission, by=as_coordinator)
    observer_a.person.zone = "America/New_York"
    observer_a.person.save()
    assert mission.zone == "Europe/Sofia"
    assert "was released on 30 November 2026, 23:30" in text(client_for(observer_a).get(page("programme", mission)))


def test_news_are_there_until_they_are_seen(plan, mission, client_for, observer_a, as_coordinator):
    meeting, reader = plan(is_for_all=True, title="Mayor"), client_for(observer_a)
    releases.release_programme(mission, by=as_coordinator)
    seen = page("programme_seen", mission)
    assert reader.post(seen, {"version": "1"}).status_code == 302
    meetings.change_meeting(meeting, by=as_coordinator, start_time=time(9), place="Town hall")
    releases.release_programme(mission, by=as_coordinator)
    shown = text(reader.get(page("programme", mission)))
    for words in ("New for you in version 2", "Since version 1", "was 10:00–11:00", "place: Town hall (was –)"):
        assert words in shown
    assert shown.index("New for you") < shown.index("Times are local"), "What is new comes before the programme."
    assert reader.post(seen, {"version": "9"}).status_code == 400
    assert reader.post(seen, {"version": "2"}).status_code == 302
    assert "Nothing changed for you." in text(reader.get(page("programme", mission)))
    with time_machine.travel(meeting.starts_at):
        meetings.hold_meeting(meeting, by=as_coordinator)
    assert "Held" in text(reader.get(page("programme", mission)))
    assert "Held" in text(reader.get(meeting.get_absolute_url()))


def test_narrowing_the_programme(plan, mission, client_for, coordinator, as_coordinator, observer_a):
    north = meetings.create_track(mission, by=as_coordinator, name="North")
    plan(title="Mayor", place="Town hall", track=north, people=[mission.assignments.get(person=observer_a.person)])
    plan("12:00", "13:00", title="Media")
    releases.release_programme(mission, by=as_coordinator)
    reader, url = client_for(observer_a), page("programme", mission)
    for query, shown, hidden in (("?q=TOWN", "Mayor", "Media"), ("?track=North", "Mayor", "Media"), ("?mine=1", "Mayor", "Media")):
        found = text(reader.get(url + query))
        assert shown in found
        assert f">{hidden}<" not in found
        assert "1 of 2 meetings." in found


def test_two_hundred_meetings_in_a_day_ask_as_often_as_one(plan, mission, client_for, coordinator, as_coordinator, observer_a, day):
    north = meetings.create_track(mission, by=as_coordinator, name="North")
    desk, reader, url = client_for(coordinator), client_for(observer_a), page("programme", mission)

    def add(numbers):
        for number in numbers:
            start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (number * 5, number * 5 + 5))
            values = {"title": f"No {number}", "place": f"Place {number}", "languages": ["bg"]}
            plan(start, end, track=north, is_for_all=True, **values)

    for number in (0, 1):
        add([number])
        releases.release_programme(mission, by=as_coordinator)
    one = queries(desk, url), queries(reader, url)
    add(range(2, 200))
    releases.release_programme(mission, by=as_coordinator)
    assert (queries(desk, url), queries(reader, url)) == one
    answer = desk.get(url)
    assert text(answer).count("data-meeting=") == 200
    assert len(answer.content) < 900_000


# --- during and after ---------------------------------------------------------------------------------------------


def test_presence_tasks_and_notes_by_clicking(plan, mission, client_for, observer_a, outsider, as_coordinator):
    row = mission.assignments.get(person=observer_a.person)
    meeting = plan(people=[row])
    releases.release_programme(mission, by=as_coordinator)
    reader, url = client_for(observer_a), meeting.get_absolute_url()
    assert "Not noted yet." in text(reader.get(url))
    assert reader.post(url + "presence/", {"present": [str(row.uuid)]}).status_code == 409
    with time_machine.travel(meeting.ends_at + timedelta(hours=1), tick=False):
        reader = client_for(observer_a)
        assert reader.post(url + "held/").status_code == 302
        presence = {"present": [str(row.uuid)], "others": "Nadia Note, chair"}
        assert "Who was present is noted." in text(reader.post(url + "presence/", presence, follow=True))
        task = {"text": "Send the law.", "assignment": str(row.uuid), "due_on": "2027-05-01"}
        assert "The task is added." in text(reader.post(url + "tasks/", task, follow=True))
        assert reader.post(url + "tasks/", {"text": "Send it.", "due_on": "soon"}).status_code == 400
        note = {"topic": "L05", "text": "They saw pressure.", "access": "team", "rating": "serious_concern"}
        assert "The note is saved." in text(reader.post(url + "note/", note, follow=True))
        edit = {"topic": "L05", "text": "They saw pressure.", "rating": "serious_concern", "seen_version": "1"}
        assert "The note is corrected." in text(reader.post(f"{url}notes/{meeting.meeting_notes.get().uuid}/", edit, follow=True))
        shown = text(reader.get(url))
        for words in ("Nadia Note, chair", "Alba Able (Observer)", "Send the law.", "Serious concern", "They saw pressure."):
            assert words in shown
        task = meeting.tasks.get()
        assert reader.post(f"{url}tasks/{task.uuid}/", {"next": "notes"})["Location"] == page("notes", mission)
        assert client_for(outsider).post(f"{url}tasks/{task.uuid}/").status_code == 404
        listed = text(reader.get(page("notes", mission)))
        assert "They saw pressure." in listed
        assert "Nothing is open." in listed
        assert "They saw pressure." not in text(reader.get(page("notes", mission) + "?rating=in_order"))


def test_notes_of_the_secretariat_stay_with_it(plan, mission, client_for, coordinator, observer_a, as_coordinator):
    meeting = plan(is_for_all=True)
    notes.write_note(meeting, by=as_coordinator, topic="L01", text="For us only.", access="secretariat")
    assert "For us only." in text(client_for(coordinator).get(page("notes", mission)))
    assert "For us only." not in text(client_for(observer_a).get(page("notes", mission)))


def test_notes_and_meeting_pages_have_constant_queries(plan, mission, client_for, coordinator, as_coordinator, observer_a, observer_b):
    meeting, desk = plan(is_for_all=True), client_for(coordinator)
    rows = list(mission.assignments.all())

    def add(number):
        notes.write_note(meeting, by=user_actor(observer_a), topic=f"L0{number}", text="x")
        notes.add_task(meeting, by=as_coordinator, text=f"Task {number}", assignment=rows[number % 2], due_on=clock.today())

    add(1)
    meeting.participants.create(assignment=rows[0])
    urls = page("notes", mission), meeting.get_absolute_url()
    one = [queries(desk, url) for url in urls]
    add(2)
    add(3)
    meeting.participants.create(assignment=rows[1])
    assert [queries(desk, url) for url in urls] == one
