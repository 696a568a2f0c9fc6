"""Device time and server time: both kept, a wrong clock is shown and marked, and the record still belongs to its polling day."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.http import http_date

from field.enums import Source
from field.models import Device, Observation
from field.services import clocks
from field.services.ingest import Submission, ingest
from tests.field.conftest import DAY

pytestmark = pytest.mark.django_db
SOFIA = ZoneInfo("Europe/Sofia")
NOON = datetime.combine(DAY, time(12), SOFIA).astimezone(UTC)  # in UTC, so that adding days crosses no change of the clocks


@pytest.fixture(autouse=True)
def _polling_day():
    with time_machine.travel(NOON, tick=False):
        yield


def send(phone, one, off, at=NOON):
    """Post it from a phone whose clock is off by `off`."""
    return phone.post("/api/v1/sync/", {"items": [one], "sent_at": (at + off).isoformat()}, format="json").json()["results"][0]


@pytest.mark.parametrize(
    ("off", "is_odd", "words"),
    [
        (timedelta(minutes=4), False, ""),
        (timedelta(minutes=6), True, "6 minutes fast"),
        (timedelta(hours=-7, minutes=-30), True, "7 hours, 30 minutes slow"),
        (timedelta(days=-1, hours=-2), True, "1 day, 2 hours slow"),
        (timedelta(days=-365 * 20), True, "7300 days slow"),
        (timedelta(days=365 * 20), True, "7300 days fast"),
    ],
)
def test_a_clock_that_is_off(phone, item, stations, client_for, coordinator, off, is_odd, words):
    started = NOON - timedelta(hours=1) + off
    assert send(phone, item("B", start=started), off)["result"] == "created"
    row = Observation.objects.get()
    assert (row.started_at, row.received_at) == (started, NOON), "both as they came"
    assert (row.day, row.is_clock_odd, row.clock_offset) == (DAY, is_odd, -round(off.total_seconds()))
    body = client_for(coordinator).get(row.get_absolute_url()).content.decode()
    assert ("The phone's clock was" in body.replace("&#x27;", "'")) == is_odd
    assert not words or f"{words}." in body
    assert "Begun (phone)" in body and "Received (server)" in body
    if is_odd:
        assert Device.objects.get().clock_offset == -round(off.total_seconds())


def test_a_clock_set_right_between_writing_and_sending(phone, item, stations, client_for, coordinator):
    """Begun in 1980 by a phone whose battery was out, sent with the right time: marked, and on the day on which it came."""
    started = datetime(1980, 1, 6, 9, tzinfo=SOFIA)
    send(phone, item("B", start=started), timedelta(0))
    row = Observation.objects.get()
    assert (row.started_at, row.day, row.is_clock_odd) == (started, DAY, True)
    assert "Its times cannot be right." in client_for(coordinator).get(row.get_absolute_url()).content.decode()


def test_a_phone_found_in_spring_still_tells_of_polling_day(phone, item, stations):
    started = datetime.combine(DAY, time(9), SOFIA)
    with time_machine.travel(NOON + timedelta(days=150), tick=False):
        send(phone, item("B", start=started), timedelta(0), at=NOON + timedelta(days=150))
    assert (Observation.objects.get().day, Observation.objects.get().is_clock_odd) == (DAY, True)


@pytest.mark.parametrize(
    ("start", "day"),
    [
        (datetime(2027, 10, 24, 23, 59), DAY),
        (datetime(2027, 10, 25, 0, 10), DAY),
        (datetime(2027, 10, 25, 5, 59), DAY),
        (datetime(2027, 10, 25, 6, 0), DAY + timedelta(days=1)),
        (datetime(2027, 10, 24, 5, 30), DAY),
        (datetime(2027, 10, 23, 23, 0), DAY - timedelta(days=1)),
    ],
)
def test_the_night_belongs_to_polling_day(phone, item, stations, start, day):
    """Sent the next morning: the start decides."""
    morning = datetime(2027, 10, 25, 7, tzinfo=SOFIA)
    with time_machine.travel(morning, tick=False):
        send(phone, item("C", start=start.replace(tzinfo=SOFIA)), timedelta(0), at=morning)
    assert Observation.objects.get().day == day


def test_an_end_before_its_start_is_marked(polling, make_xml, stations):
    start = NOON - timedelta(hours=1)
    ingest([Submission(make_xml("B", start=start), polling, finished_at=start - timedelta(minutes=6))])
    ingest([Submission(make_xml("A", start=start), polling, finished_at=start - timedelta(minutes=4))])
    assert [row.is_clock_odd for row in Observation.objects.order_by("pk")] == [True, False]


def test_answers_brought_from_elsewhere_are_old_and_no_clock_is_wrong(polling, make_xml, stations):
    ingest([Submission(make_xml("B", start=datetime(2023, 10, 29, 9, tzinfo=SOFIA)), polling, source=Source.IMPORT)])
    assert (Observation.objects.get().day, Observation.objects.get().is_clock_odd) == (date(2023, 10, 29), False)


@pytest.mark.parametrize(
    ("off", "offset"),
    [
        (timedelta(0), 0),
        (timedelta(hours=2), -7200),
        (timedelta(days=-400), 400 * 86400),
        (timedelta(hours=12), 0),
        (timedelta(hours=13), -3600),
    ],
)
def test_openrosa_clients_tell_their_clock_in_the_header(phone, polling, make_xml, stations, off, offset):
    token = base64.b64encode(f"x:{phone.token}".encode()).decode()
    form = SimpleUploadedFile("s.xml", make_xml("B", start=NOON + off).encode(), content_type="text/xml")
    header = http_date((NOON + off).timestamp())
    client = Client(HTTP_AUTHORIZATION=f"Basic {token}", headers={"Date": header})
    assert client.post(f"/openrosa/{polling.reference}/submission", {"xml_submission_file": form}).status_code == 201
    row = Observation.objects.get()
    assert (row.clock_offset, row.is_clock_odd) == (offset, bool(offset) or off >= timedelta(hours=12))


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "sam., 28 nov. 2026 03:00:00 GMT", "Mon, 32 Jan 2026 99:99:99 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "x" * 5000],
)
def test_a_header_that_says_nothing_is_no_clock(text):
    assert isinstance(clocks.offset_of_header(text), int)
    assert clocks.offset_of(None) == 0
    assert abs(clocks.offset_of(datetime(9998, 1, 1, tzinfo=UTC))) <= 2**31
