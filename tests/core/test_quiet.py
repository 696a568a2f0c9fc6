"""Nights and weekends of the reader's zone, over the changes of summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.enums import Timing
from core.quiet import brought_forward, digest_moment, last_open_moment, local_day, moment_for, open_moment

# Summer time begins on Sunday 28 March 2027 and ends on Sunday 31 October 2027 in Strasbourg and Chisinau; Istanbul and Yerevan have none.
ZONES = {"Europe/Paris": (1, 2), "Europe/Chisinau": (2, 3), "Europe/Istanbul": (3, 3), "Asia/Yerevan": (4, 4)}


@pytest.mark.parametrize(("zone", "hours"), ZONES.items())
def test_seven_in_the_morning_is_that_of_the_wall_on_both_sides_of_summer_time(zone, hours):
    winter, summer = hours
    place = ZoneInfo(zone)
    for evening, offset in (
        (datetime(2027, 3, 26, 22, tzinfo=place), winter),  # Friday: Saturday is in winter time still
        (datetime(2027, 3, 27, 22, tzinfo=place), summer),  # Saturday: the night has an hour less
        (datetime(2027, 10, 29, 22, tzinfo=place), summer),
        (datetime(2027, 10, 30, 22, tzinfo=place), winter),  # the night has an hour more
    ):
        opened = moment_for(evening.astimezone(UTC), zone, Timing.WORKDAYS, expires_at=evening + timedelta(hours=12))
        assert opened.astimezone(place).strftime("%H:%M") == "07:00"
        assert opened.hour == 7 - offset
        assert opened.astimezone(place).date() == evening.date() + timedelta(days=1)
        workday = open_moment(evening.astimezone(UTC), zone, Timing.WORKDAYS).astimezone(place)
        assert (workday.weekday(), workday.hour) == (0, 7)


@pytest.mark.parametrize("zone", ZONES)
def test_the_daily_mail_keeps_its_hour_and_skips_the_weekend(zone):
    place = ZoneInfo(zone)
    friday = datetime(2027, 3, 26, 9, 31, tzinfo=place).astimezone(UTC)
    monday = digest_moment(friday, zone)
    assert monday.astimezone(place) == datetime(2027, 3, 29, 9, 30, tzinfo=place)
    assert digest_moment(monday, zone) == monday
    assert local_day(monday, zone).isoformat() == "2027-03-29"


def test_by_day_nothing_is_moved_and_urgent_never():
    noon, night = datetime(2027, 3, 10, 11, tzinfo=UTC), datetime(2027, 3, 10, 23, tzinfo=UTC)
    assert open_moment(noon, "Europe/Paris", Timing.WORKDAYS) == noon
    assert open_moment(night, "Europe/Paris", Timing.AT_ONCE) == night


def test_a_hold_never_outlives_the_use():
    saturday_night = datetime(2027, 3, 13, 22, tzinfo=UTC)
    sunday = datetime(2027, 3, 14, 6, tzinfo=UTC)
    assert moment_for(saturday_night, "Europe/Paris", Timing.WORKDAYS, expires_at=sunday + timedelta(hours=3)) == sunday
    assert moment_for(saturday_night, "Europe/Paris", Timing.DIGEST, expires_at=sunday) == saturday_night


@pytest.mark.parametrize("zone", ZONES)
def test_the_last_working_hour_before_a_night_or_a_weekend(zone):
    place = ZoneInfo(zone)

    def last(*moment):
        return last_open_moment(datetime(*moment, tzinfo=place).astimezone(UTC), zone).astimezone(place).strftime("%a %d %H:%M")

    assert last(2027, 3, 28, 9) == "Fri 26 09:00"  # the Sunday on which summer time begins in Strasbourg
    assert last(2027, 3, 27, 23) == last(2027, 3, 29, 6) == "Fri 26 20:30"
    assert last(2027, 3, 31, 22) == last(2027, 4, 1, 5) == "Wed 31 20:30"
    assert last(2027, 10, 31, 5) == "Fri 29 20:30" and last(2027, 10, 29, 20, 45) == "Fri 29 20:45"


def test_what_is_urgent_or_over_is_not_brought_forward():
    sunday = datetime(2027, 3, 14, 9, tzinfo=UTC)
    values = {"expires_at": sunday + timedelta(hours=10), "now": sunday - timedelta(days=2)}
    assert brought_forward(sunday, "Europe/Paris", Timing.WORKDAYS, **values) == sunday - timedelta(days=2)
    assert brought_forward(sunday, "Europe/Paris", Timing.AT_ONCE, **values) == sunday
    assert brought_forward(sunday, "Europe/Paris", Timing.WORKDAYS, **{**values, "now": sunday - timedelta(days=1)}) == sunday
    late_on_friday = sunday - timedelta(days=1, hours=14, minutes=15)
    assert brought_forward(sunday, "Europe/Paris", Timing.WORKDAYS, **{**values, "now": late_on_friday}) == late_on_friday


def test_a_zone_nobody_knows_is_strasbourg():
    night = datetime(2027, 3, 10, 23, tzinfo=UTC)
    assert open_moment(night, "Mars/Olympus", Timing.WORKDAYS) == open_moment(night, "Europe/Paris", Timing.WORKDAYS)
