"""Every rule that the apps declare can be asked about the days to come, and says who, what and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from core import mail_texts, reminder_rules
from core.actors import SYSTEM
from core.models import Reminder
from missions import reminders as missions_reminders
from missions.models import Organisation
from missions.services.meetings import cancel_meeting
from observers import reminders as observers_reminders
from reports import reminders as reports_reminders

pytestmark = pytest.mark.django_db


def _row(due):
    return Reminder(object_id=str(due.object_uuid), occurrence=due.occurrence, address=due.recipient.address)


def test_each_rule_says_what_it_asks_and_from_where_it_counts():
    assert len(reminder_rules.rules) >= 15
    for code, rule in reminder_rules.rules.items():
        assert rule.label, code
        assert bool(rule.anchor) == bool(rule.offsets), code
        assert rule.template in mail_texts.names(), code


def test_the_plan_of_a_whole_mission_can_be_asked(world):
    lines = reminder_rules.preview(days=365)
    assert "missions.milestone_due" in {line.state.rule.code for line in lines}
    assert all(line.leaves_at and line.due.expires_at for line in lines if line.state.rule.code != "reports.one_year")
    for state in reminder_rules.states().values():
        list(state.rule.pending(datetime(2030, 1, 1, tzinfo=UTC)))


def test_a_meeting_is_told_to_those_who_take_part(world):
    meeting = world.meeting
    with time_machine.travel(meeting.starts_at - timedelta(hours=3), tick=False):
        found = [due for due in missions_reminders.pending_meetings(meeting.starts_at) if due.object_uuid == meeting.uuid]
        people = {person.email for person in missions_reminders._attending(meeting)}
        assert {due.recipient.address for due in found} == people
        if found:
            assert missions_reminders.meeting_still_due(_row(found[0]))
            cancel_meeting(meeting, reason="Ill.", by=SYSTEM)
            assert not missions_reminders.meeting_still_due(_row(found[0]))


def test_a_partner_status_is_told_ninety_and_thirty_days_before(coordinator):
    day = date(2027, 6, 30)
    row = Organisation.objects.create(name="Cities", kind="ngo", partner_status="observer", status_from=date(2025, 1, 1), status_to=day)
    with time_machine.travel(datetime(2027, 3, 31, 12, tzinfo=UTC), tick=False):
        first = list(missions_reminders.pending_partners(datetime(2027, 5, 1, 12, tzinfo=UTC)))
        assert {due.occurrence for due in first} == {"2027-06-30-90"}
        assert coordinator.email in {due.recipient.address for due in first}
        both = list(missions_reminders.pending_partners(datetime(2027, 6, 1, 12, tzinfo=UTC)))
        assert {due.occurrence for due in both} == {"2027-06-30-90", "2027-06-30-30"}
        assert missions_reminders.partner_still_due(_row(both[0]))
        Organisation.objects.filter(pk=row.pk).update(status_to=date(2028, 6, 30))
        assert not missions_reminders.partner_still_due(_row(both[0]))


def test_a_membership_in_a_delegation_is_told_before_it_ends(world):
    from observers.models import Membership

    person = world.users["observer_a"].person
    country = world.mission.country
    today = datetime(2027, 10, 1, 12, tzinfo=UTC)
    values = {
        "country": country,
        "chamber": "L",
        "starts_on": date(2021, 1, 1),
        "ends_on": date(2027, 10, 20),
        "end_reason": "mandate_loss",
    }
    Membership.objects.filter(person=person).delete()
    row = Membership.objects.create(person=person, **values)
    with time_machine.travel(today, tick=False):
        found = [due for due in observers_reminders.pending_memberships(today) if due.object_uuid == row.uuid]
        assert [due.occurrence for due in found] == ["2027-10-20-30"] * len(found) and found
        assert observers_reminders.membership_still_ends(_row(found[0]))
        Membership.objects.filter(pk=row.pk).update(ends_on=date(2028, 1, 1))
        assert not observers_reminders.membership_still_ends(_row(found[0]))


def test_comments_and_embargo_can_be_asked(world):
    assert isinstance(list(reports_reminders.pending_comments(datetime(2030, 1, 1, tzinfo=UTC))), list)
    assert isinstance(list(reports_reminders.pending_embargoes(datetime(2030, 1, 1, tzinfo=UTC))), list)
