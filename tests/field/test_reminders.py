"""Reminders of forms that did not come, and checks across records."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import clock
from field import reminders
from field.models import FlagReview
from field.services import plausibility
from observers.models import Stop

pytestmark = pytest.mark.django_db
SOFIA = ZoneInfo("Europe/Sofia")


@pytest.fixture
def opening(polling, team, stations):
    """Team 1 is to see the opening of S001 at 06:45."""
    planned = datetime(2027, 10, 24, 6, 45, tzinfo=SOFIA)
    values = {"local_day": date(2027, 10, 24), "local_time": time(6, 45), "zone": "Europe/Sofia", "planned_at": planned}
    return Stop.objects.create(team=team, mission=polling, station=stations[0], kind="opening", order=1, **values)


def test_a_missing_opening_is_reminded_of(opening, phone, item):
    early, late = opening.planned_at + timedelta(minutes=60), opening.planned_at + timedelta(minutes=100)
    assert list(reminders.pending_openings(early)) == []
    assert [due.object_uuid for due in reminders.pending_openings(late)] == [opening.uuid]
    phone.post("/api/v1/sync/", {"items": [item("A")]}, format="json")
    assert list(reminders.pending_openings(late)) == []


def test_a_team_is_reminded_at_night(opening, team, phone, item):
    night = datetime(2027, 10, 24, 22, 40, tzinfo=SOFIA)
    assert [due.context["missing"] for due in reminders.pending_nights(night)] == [1]
    assert list(reminders.pending_nights(night - timedelta(hours=1))) == []
    phone.post("/api/v1/sync/", {"items": [item("A")]}, format="json")
    assert list(reminders.pending_nights(night)) == []


def test_checks_across_records(phone, item, stations, make_team, make_device, api_for, polling):
    alike = [item("B", station=code) for code in ("S001", "S002", "S003")]
    odd = item("C", C20=100, C21=120, H09=110)
    phone.post("/api/v1/sync/", {"items": [*alike, odd]}, format="json")
    other = make_team("Team 2", given="Bodil")
    _device, token = make_device(other.members.get().person.user)
    second = api_for(None)
    second.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    second.post("/api/v1/sync/", {"items": [item("B", H01="Team 2")]}, format="json")
    since = datetime(2000, 1, 1, tzinfo=UTC)
    plausibility.sweep(since=since)
    found = sorted(FlagReview.objects.values_list("code", flat=True))
    assert found.count("P8") == 2
    assert found.count("P4") == 1
    assert found.count("P6") == 3
    assert found.count("P1") == 4
    assert plausibility.sweep(since=since) == 0
    assert clock.now()
