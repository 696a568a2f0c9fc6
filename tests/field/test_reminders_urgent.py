"""Silence of a team, and a critical flag that nobody looks at: to the head of delegation, then to all coordinators."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.models import Reminder
from field import reminders
from field.models import FlagReview, Observation
from missions.models import Assignment
from observers.models import Stop

pytestmark = pytest.mark.django_db
SOFIA = ZoneInfo("Europe/Sofia")
NOON = datetime(2027, 10, 24, 12, 0, tzinfo=SOFIA)


@pytest.fixture
def head(polling, make_person):
    person = make_person("Hedda", "Head", language="fr")
    Assignment.objects.create(mission=polling, person=person, role="head", state="confirmed")
    return person


@pytest.fixture
def stops(polling, team, stations):
    """Two stops of the team, at nine and at sixteen."""
    for number, hour in enumerate((9, 16)):
        planned = datetime(2027, 10, 24, hour, tzinfo=SOFIA)
        values = {"local_day": date(2027, 10, 24), "local_time": time(hour), "zone": "Europe/Sofia", "planned_at": planned}
        Stop.objects.create(team=team, mission=polling, station=stations[number], kind="voting", order=number, **values)
    return team


def _who(occasions):
    return sorted({due.recipient.address for due in occasions})


def _row(due):
    return Reminder(object_id=str(due.object_uuid), occurrence=due.occurrence, address=due.recipient.address)


def test_a_team_silent_for_two_hours_is_told_to_head_and_coordinators(stops, head, coordinator):
    with time_machine.travel(NOON, tick=False):
        assert list(reminders.pending_silence(NOON - timedelta(hours=1, minutes=1))) == []
        found = list(reminders.pending_silence(NOON))
        assert _who(found) == sorted([head.email, coordinator.email])
        assert found[0].context["since"] == "09:00"
        assert reminders.silence_still_due(_row(found[0]))
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert list(reminders.pending_silence(NOON + timedelta(days=1))) == [], "the day is over"


def test_a_form_ends_the_silence(stops, head, phone, item):
    with time_machine.travel(NOON, tick=False):
        found = list(reminders.pending_silence(NOON))
        phone.post("/api/v1/sync/", {"items": [item("B")]}, format="json")
        assert list(reminders.pending_silence(NOON)) == []
        assert not reminders.silence_still_due(_row(found[0]))


def test_a_critical_flag_goes_to_the_head_and_ten_minutes_later_to_all(polling, head, coordinator, phone, item):
    with time_machine.travel(NOON, tick=False):
        phone.post("/api/v1/sync/", {"items": [item("B")]}, format="json")
        row = Observation.objects.get()
        Observation.objects.filter(pk=row.pk).update(severity=3, flags={"B10": 3, "B11": 2}, received_at=NOON)
        assert list(reminders.pending_flags(NOON + timedelta(minutes=9))) == []
        first = list(reminders.pending_flags(NOON + timedelta(minutes=10)))
        assert _who(first) == [head.email]
        assert _who(reminders.pending_flags(NOON + timedelta(minutes=20))) == sorted([head.email, coordinator.email])
        assert reminders.flag_still_due(_row(first[0]))
        FlagReview.objects.create(observation=row, code="B10", state="seen")
        assert list(reminders.pending_flags(NOON + timedelta(minutes=20))) == []
        assert not reminders.flag_still_due(_row(first[0]))
