"""The checklist of preparations (S5)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import clock, reminders
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow, Stale
from core.models import AuditEntry, OutboxMail, Reminder
from missions import checks
from missions.enums import MissionFormat
from missions.models import Mission, Preparation, PreparationKind
from missions.services import preparations as service
from missions.services.lifecycle import move_mission
from missions.services.missions import change_polling_day
from missions.services.reference import load_preparation_kinds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(db):
    load_preparation_kinds()


@pytest.fixture
def rows(mission, as_coordinator):
    return {row.kind.code: row for row in service.list_preparations(mission, by=as_coordinator)}


def test_every_kind_has_three_languages_and_a_source():
    assert load_preparation_kinds()["unchanged"] == PreparationKind.objects.count() >= 12
    for kind in PreparationKind.objects.all():
        assert all([kind.label_en, kind.label_fr, kind.label_de, kind.source, kind.offset_days < 0])


def test_the_list_counts_from_polling_day_and_is_put_up_once(mission, rows, as_coordinator):
    assert rows["accreditation"].due_on == mission.polling_day - timedelta(days=21)
    assert service.list_preparations(mission, by=as_coordinator) == []
    service.remove_preparation(rows["kits"], by=as_coordinator)
    assert service.list_preparations(mission, by=as_coordinator) == [], "What was taken off stays off."
    assert AuditEntry.objects.filter(action="missions.preparations_listed").count() == 1


def test_the_list_follows_the_format(make_mission, as_coordinator):
    remote = make_mission(format=MissionFormat.REMOTE)
    codes = {row.kind.code for row in service.list_preparations(remote, by=as_coordinator)}
    assert "background" in codes
    assert not codes & {"hotels", "drivers", "kits"}


def test_composing_puts_the_list_up(mission, monkeypatch, as_coordinator):
    monkeypatch.setattr(checks, "_checks", {})
    move_mission(mission, "compose", by=as_coordinator)
    assert mission.preparations.count() == PreparationKind.objects.count()


def test_the_owner_is_whoever_holds_the_role_alone(mission, make_assignment, as_coordinator):
    staff = make_assignment(mission, "staff", "Stella", "Staff")
    rows = {row.kind.code: row for row in service.list_preparations(mission, by=as_coordinator)}
    assert rows["hotels"].who == "Stella Staff"
    assert rows["hotels"].owner == staff
    assert str(rows["safety"].who) == "Coordinator"


def test_days_follow_polling_day_unless_set_by_hand_or_done(mission, rows, as_coordinator):
    service.change_preparation(rows["hotels"], by=as_coordinator, due_on=mission.polling_day - timedelta(days=40))
    service.complete_preparation(rows["travel"], by=as_coordinator)
    before = {code: row.due_on for code, row in rows.items()}
    day = mission.polling_days.get()
    later = day.day + timedelta(days=7)
    changes = service.preparation_changes(mission, [later])
    assert {change.row.kind.code for change in changes} == set(rows) - {"hotels", "travel"}
    change_polling_day(day, by=as_coordinator, day=later, opens_at=None, closes_at=None)
    now = {row.kind.code: row.due_on for row in mission.preparations.with_people()}
    assert now["drivers"] == before["drivers"] + timedelta(days=7)
    assert now["hotels"] == later - timedelta(days=47)
    assert now["travel"] == before["travel"]
    service.reopen_preparation(rows["travel"], by=as_coordinator)
    assert mission.preparations.get(kind__code="travel").due_on == before["travel"] + timedelta(days=7)


def test_done_reopened_taken_off_put_back(rows, as_coordinator):
    row = service.complete_preparation(rows["hotels"], by=as_coordinator)
    assert (row.done_at is not None, row.done_by) == (True, str(as_coordinator))
    assert service.complete_preparation(row, by=as_coordinator).done_at == row.done_at
    assert service.reopen_preparation(row, by=as_coordinator).done_at is None
    removed = service.remove_preparation(row, by=as_coordinator)
    assert removed not in Preparation.objects.listed()
    with pytest.raises(NotNow):
        service.complete_preparation(removed, by=as_coordinator)
    back = service.restore_preparation(removed, by=as_coordinator)
    assert (back.removed_at, back.due_on) == (None, rows["hotels"].due_on)


def test_lines_of_one_s_own(mission, as_coordinator, make_assignment, make_mission):
    row = service.add_preparation(mission, by=as_coordinator, title=" Flags ", owner_name="Protocol office")
    assert (row.title, row.who) == ("Flags", "Protocol office")
    assert service.add_preparation(mission, by=as_coordinator, title="flags") == row
    with pytest.raises(Invalid):
        service.add_preparation(mission, by=as_coordinator, title=" ")
    stranger = make_assignment(make_mission(), "observer", "Sven", "Stranger")
    with pytest.raises(Invalid) as refusal:
        service.change_preparation(row, by=as_coordinator, owner=stranger)
    assert refusal.value.attr == "owner"


def test_two_who_change_one_line(rows, as_coordinator):
    row = rows["hotels"]
    seen = row.updated_at.isoformat()
    with time_machine.travel(datetime(2040, 1, 1, tzinfo=UTC)):
        service.change_preparation(row, by=as_coordinator, note="Grand Hotel.", seen_at=seen)
        with pytest.raises(Stale):
            service.change_preparation(row, by=as_coordinator, note="Other.", seen_at=seen)
    row.refresh_from_db()
    assert row.note == "Grand Hotel."


def test_the_default_words_stay_translated(rows, as_coordinator):
    row = service.change_preparation(rows["hotels"], by=as_coordinator, title="Hotels booked", note="x")
    assert row.title == ""
    assert service.change_preparation(row, by=as_coordinator, title="Guest house booked").label == "Guest house booked"


def test_the_owner_may_say_done_and_nothing_else(mission, rows, head, observer_a, as_coordinator):
    owner = mission.assignments.get(person=head.person)
    row = service.change_preparation(rows["background"], by=as_coordinator, owner=owner)
    assert service.complete_preparation(row, by=user_actor(head)).done_by == str(user_actor(head))
    with pytest.raises(NotAllowed):
        service.change_preparation(row, by=user_actor(head), note="x")
    with pytest.raises(NotAllowed):
        service.reopen_preparation(row, by=user_actor(observer_a))
    with pytest.raises(NotAllowed):
        service.list_preparations(mission, by=user_actor(observer_a))


def test_nothing_is_planned_for_a_mission_that_is_over(mission, as_coordinator):
    Mission.objects.filter(pk=mission.pk).update(state="cancelled")
    for act in (service.list_preparations, lambda mission, by: service.add_preparation(mission, by=by, title="Flags")):
        with pytest.raises(NotNow):
            act(mission, by=as_coordinator)


def test_the_owner_is_reminded_once_and_nobody_else(mission, rows, head, as_coordinator, django_capture_on_commit_callbacks):
    owner = mission.assignments.get(person=head.person)
    row = service.change_preparation(rows["background"], by=as_coordinator, owner=owner)
    morning = datetime.combine(row.due_on - timedelta(days=3), time(9), ZoneInfo(mission.zone))

    def sweep(at):
        with time_machine.travel(at, tick=False), django_capture_on_commit_callbacks(execute=True):
            reminders.sweep_reminders()
        return list(OutboxMail.objects.filter(template="core/mail/digest").values_list("address", flat=True))

    assert sweep(morning + timedelta(minutes=1)) == []
    assert sweep(morning + timedelta(days=2, minutes=31)) == [head.person.email]
    assert sweep(morning + timedelta(days=3)) == [head.person.email]


def test_no_reminder_for_what_was_done_or_given_to_somebody_else(mission, rows, head, observer_a, as_coordinator):
    row = service.change_preparation(rows["background"], by=as_coordinator, owner=mission.assignments.get(person=head.person))
    at = datetime.combine(row.due_on, time(9), ZoneInfo(mission.zone))
    rule = reminders.rules["missions.preparation_due"]
    with time_machine.travel(at, tick=False):
        (found,) = rule.pending(clock.now())
        reminder = Reminder(object_id=str(found.object_uuid), occurrence=found.occurrence, address=found.recipient.address)
        assert rule.still_due(reminder)
        service.change_preparation(row, by=as_coordinator, owner=mission.assignments.get(person=observer_a.person))
        assert not rule.still_due(reminder)
        service.complete_preparation(row, by=as_coordinator)
        assert list(rule.pending(clock.now())) == []
