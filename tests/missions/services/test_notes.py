"""Notes of meetings: corrected by their author with what was there before, closed and opened by the coordinator."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import user_actor
from core.errors import Invalid, NotAllowed, Stale
from core.models import AuditEntry
from missions.models import MeetingNote
from missions.services import meetings, notes, releases

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(mission, as_coordinator):
    row = meetings.plan_meeting(
        mission, by=as_coordinator, kind="ngo", title="NGOs", start_day=mission.first_day, start_time=time(10), end_time=time(11)
    )
    releases.release_programme(mission, by=as_coordinator)
    return row


@pytest.fixture
def note(meeting, observer_a):
    return notes.write_note(meeting, by=user_actor(observer_a), topic="L05", text="Old lists.", rating="some_concern")


def page_of(note: MeetingNote) -> str:
    return f"{note.meeting.get_absolute_url()}notes/{note.uuid}/"


def test_the_author_corrects_and_what_was_there_stays(note, observer_a):
    by = user_actor(observer_a)
    fixed = notes.correct_note(note, by=by, topic="L06", text=" New lists. ", rating="in_order")
    again = notes.correct_note(note, by=by, topic="L06", text="New lists.", rating="in_order")
    assert (fixed.topic, fixed.text, fixed.rating, fixed.version, again.version) == ("L06", "New lists.", "in_order", 2, 2)
    revision = note.revisions.get()
    assert (revision.version, revision.topic, revision.text, revision.rating) == (1, "L05", "Old lists.", "some_concern")
    assert (revision.written_at, revision.replaced_at) == (note.created_at, fixed.corrected_at)
    assert (revision.replacer, revision.replaced_by) == (observer_a.person, str(by))
    entry = AuditEntry.objects.get(action="missions.note_corrected")
    assert entry.data == {"note": str(note.uuid), "version": 2, "topic": "L06"}
    notes.correct_note(note, by=by, topic="L06", text="Newer lists.", rating="in_order")
    assert [(row.version, row.text) for row in note.revisions.all()] == [(2, "New lists."), (1, "Old lists.")]


def test_nobody_corrects_the_note_of_another(note, observer_b, head, coordinator, outsider):
    for user in (observer_b, head, coordinator, outsider):
        with pytest.raises(NotAllowed):
            notes.correct_note(note, by=user_actor(user), topic="L05", text="Mine.")
    note.refresh_from_db()
    assert (note.text, note.version) == ("Old lists.", 1)


@pytest.mark.parametrize(("values", "attr"), [({"topic": "L99"}, "topic"), ({"text": " "}, "text"), ({"rating": "terrible"}, "rating")])
def test_a_correction_is_checked_like_a_note(note, observer_a, values, attr):
    with pytest.raises(Invalid) as refusal:
        notes.correct_note(note, by=user_actor(observer_a), **{"topic": "L05", "text": "x", "rating": "in_order"} | values)
    assert refusal.value.attr == attr and not note.revisions.exists()


def test_two_windows_lose_no_correction(note, observer_a):
    by = user_actor(observer_a)
    notes.correct_note(note, by=by, topic="L05", text="First.", seen_version=1)
    with pytest.raises(Stale):
        notes.correct_note(note, by=by, topic="L05", text="Second.", seen_version=1)


def test_the_coordinator_sets_who_may_read(note, as_coordinator, observer_a, observer_b, publisher):
    for user in (observer_a, publisher):
        with pytest.raises(NotAllowed):
            notes.classify_note(note, by=user_actor(user), access="public")
    with pytest.raises(Invalid) as refusal:
        notes.classify_note(note, by=as_coordinator, access="friends")
    assert refusal.value.attr == "access"
    notes.classify_note(note, by=as_coordinator, access="secretariat")
    notes.classify_note(note, by=as_coordinator, access="secretariat")
    assert not MeetingNote.objects.visible_to(observer_b).exists()
    assert AuditEntry.objects.get(action="missions.note_classified").data["before"] == "team"
    with pytest.raises(NotAllowed):  # closed to its author too
        notes.correct_note(note, by=user_actor(observer_a), topic="L05", text="Still mine.")


def test_what_was_taken_out_before_a_note_was_opened_stays_closed(meeting, as_coordinator, coordinator, observer_a):
    note = notes.write_note(meeting, by=as_coordinator, topic="L05", text="The mayor said so.", access="secretariat")
    notes.correct_note(note, by=as_coordinator, topic="L05", text="Somebody said so.")
    notes.classify_note(note, by=as_coordinator, access="team")
    notes.correct_note(note, by=as_coordinator, topic="L05", text="Two people said so.")
    for user, texts in ((coordinator, ["Somebody said so.", "The mayor said so."]), (observer_a, ["Somebody said so."])):
        row = notes.with_history(MeetingNote.objects.visible_to(user), user)[0]
        assert [revision.text for revision in row.history] == texts, user


def test_by_clicking(note, client_for, observer_a, observer_b, coordinator, mission):
    mine, page = client_for(observer_a), note.meeting.get_absolute_url()
    assert page_of(note) in mine.get(page).content.decode()
    form = mine.get(page_of(note)).content.decode()
    assert "Old lists." in form and 'name="access"' not in form
    data = {"topic": "L05", "text": "New lists.", "rating": "in_order", "seen_version": "1"}
    assert mine.post(page_of(note), data | {"text": " "}).status_code == 400
    assert mine.post(page_of(note), data).status_code == 302
    stale = mine.post(page_of(note), data | {"text": "Other lists."})
    assert stale.status_code == 409 and "Other lists." in stale.content.decode() and "New lists." in stale.content.decode()
    assert 'name="seen_version" value="2"' in stale.content.decode()
    for url in (page, f"/missions/{mission.reference}/programme/notes/"):
        shown = client_for(observer_b).get(url).content.decode()
        assert "New lists." in shown and "Old lists." in shown and f"by {observer_a.person.name}" in shown
        assert page_of(note) not in shown
    assert client_for(observer_b).post(page_of(note), data).status_code == 403
    desk = client_for(coordinator)
    assert desk.post(f"{page_of(note)}access/", {"access": "secretariat", "next": "notes"}).url.endswith("/notes/")
    assert desk.post(f"{page_of(note)}access/", {"access": "friends"}).status_code == 400
    assert client_for(observer_b).get(page_of(note)).status_code == 404
    assert "Secretariat" in desk.get(page).content.decode()


def test_queries_do_not_grow_with_notes_and_versions(meeting, client_for, coordinator, as_coordinator, mission):
    client, urls = client_for(coordinator), (meeting.get_absolute_url(), f"/missions/{mission.reference}/programme/notes/")

    def write() -> None:
        note = notes.write_note(meeting, by=as_coordinator, topic="L05", text="Old.")
        for text in ("New.", "Newer."):
            notes.correct_note(note, by=as_coordinator, topic="L05", text=text)

    def count() -> list[int]:
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    write()
    one = count()
    for _more in range(2):
        write()
    assert count() == one


def test_versions_tell_when(note, observer_a):
    with time_machine.travel(note.created_at + timedelta(days=1), tick=False):
        first = notes.correct_note(note, by=user_actor(observer_a), topic="L05", text="Second day.")
    with time_machine.travel(note.created_at + timedelta(days=2), tick=False):
        notes.correct_note(note, by=user_actor(observer_a), topic="L05", text="Third day.")
    newest = note.revisions.first()
    assert (newest.version, newest.written_at) == (2, first.corrected_at)
