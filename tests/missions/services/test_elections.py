"""The calendar of elections to watch: what it says, its file and feed, its API."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from accounts.models import RoleGrant
from core import clock
from core.actors import SYSTEM, user_actor
from core.errors import NotAllowed
from missions.enums import Lateness, MissionState
from missions.models import CalendarFeed, Election, Mission, PastMission
from missions.services import calendars, elections
from missions.services.missions import create_mission

pytestmark = pytest.mark.django_db


def on(days: int) -> date:
    return clock.today() + timedelta(days=days)


@pytest.fixture
def watch(make_election, deadline_rules):
    """An election on watch: `watch("BG", 100)`."""

    def make(code: str = "BG", *days: int, **values):
        election = make_election(code, *(on(number) for number in days or (100,)), **values)
        create_mission(by=SYSTEM, election=election)
        return election

    return make


def watched_one(election, **values):
    return elections.watched(Election.objects.for_calendar().filter(pk=election.pk), **values)[0]


def test_the_lead_time_is_counted_to_e_60(watch):
    row = watched_one(watch("BG", 100, 107))
    assert (row.invite_by, row.lead, row.lateness) == (on(40), 40, Lateness.IN_TIME)
    assert [day.day for day in row.days] == [on(100), on(107)]
    assert not row.is_invited


@pytest.mark.parametrize(("days", "mark"), [(60, Lateness.IN_TIME), (59, Lateness.SHORT), (29, Lateness.URGENT), (13, Lateness.LATE)])
def test_how_late_an_invitation_of_today_would_be(watch, days, mark):
    row = watched_one(watch("BG", days))
    assert (row.lateness, row.lead) == (mark, days - 60)


def test_the_last_mission_is_our_own_before_public_documents(watch, make_mission, make_election, bulgaria):
    coming = watch("BG", 100)
    assert watched_one(coming).last_mission == ""
    PastMission.objects.create(
        code="x", year=2019, country=bulgaria, country_name="Bulgaria", election="Local elections", status="partly verified"
    )
    assert watched_one(coming).last_mission == "2019: Local elections (not verified)"
    make_mission("cancelled", election=make_election("BG", on(-50)))
    past = make_mission("follow_up", election=make_election("BG", on(-400)))
    assert watched_one(coming).last_mission.startswith(past.reference)


def test_an_invited_election_is_not_waited_for(watch, make_mission, make_election):
    waiting = watch("BG", 100)
    invited = make_mission("invited", election=make_election("AM", on(90))).election
    assert watched_one(invited).is_invited
    assert list(Election.objects.coming(clock.today())) == [invited, waiting]
    assert list(Election.objects.coming(clock.today()).waiting()) == [waiting]


def test_an_election_between_two_rounds_is_coming(watch):
    running, over = watch("BG", -3, 4), watch("AM", -10)
    assert list(Election.objects.coming(clock.today())) == [running]
    assert list(Election.objects.past(clock.today())) == [over]


def test_the_page_by_month_with_filters(watch, client_for, coordinator, auditor, outsider):
    url = reverse("missions:elections")
    watch("BG", 100, title_en="Local elections of spring")
    watch("AM", 45, title_en="Council of Yerevan")
    watch("AL", -200, title_en="Past elections")
    assert client_for(None).get(url).status_code == 302
    assert client_for(outsider).get(url).status_code == 403
    assert client_for(auditor).get(url).status_code == 200
    desk = client_for(coordinator)
    page = desk.get(url)
    assert [month for month, _rows in page.context["months"]] == sorted({on(45).replace(day=1), on(100).replace(day=1)})
    text = page.content.decode()
    assert "Past elections" not in text
    assert "in 40 days" in text
    assert "Under 60 days" in text
    only = desk.get(url, {"country": "AM"}).content.decode()
    assert "Council of Yerevan" in only
    assert "Local elections of spring" not in only
    assert "Past elections" in desk.get(url, {"show": "past"}).content.decode()
    assert desk.get(url, {"country": "xx", "show": "nonsense"}).status_code == 200


def test_one_election_asks_as_often_as_three(watch, make_mission, make_election, client_for, coordinator, api_for):
    desk, api = client_for(coordinator), api_for(coordinator)
    pages = [(desk, reverse("missions:elections")), (desk, reverse("missions:elections_ics")), (api, reverse("election-list"))]

    def count():
        found = []
        for client, url in pages:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    watch("BG", 100)
    before = count()
    watch("AM", 90)
    make_mission("invited", election=make_election("AL", on(80), on(87)))
    assert count() == before


def entries(body: bytes) -> dict[str, object]:
    return {str(entry["uid"]): entry for entry in Calendar.from_ical(body).walk("VEVENT")}


def test_the_file_has_whole_days_and_when_the_invitation_is_due(watch, make_mission, make_election):
    election = watch("BG", 100, 107, area="Sofia")
    make_mission("invited", election=make_election("AM", on(90)))
    rows = Election.objects.coming(clock.today())
    body = elections.elections_ics(rows)
    assert body == elections.elections_ics(rows)
    found = entries(body)
    assert len(found) == 4
    first = found[f"polling-{election.polling_days.first().uuid}@scrutin"]
    assert first.decoded("dtstart") == on(100)
    assert first.decoded("dtend") == on(101)
    assert "round 1" in str(first["summary"])
    assert str(first["location"]) == "Sofia"
    assert found[f"invitation-{election.uuid}@scrutin"].decoded("dtstart") == on(40)
    assert sum(uid.startswith("invitation-") for uid in found) == 1


def test_the_file_keeps_the_filter_of_the_list(watch, client_for, coordinator):
    watch("BG", 100)
    watch("AM", 90)
    answer = client_for(coordinator).get(reverse("missions:elections_ics"), {"country": "AM"})
    assert answer["Content-Type"].startswith("text/calendar")
    assert len(entries(answer.content)) == 2


def test_the_feed_belongs_to_its_owner_and_dies_with_the_role(watch, client, client_for, coordinator, auditor, outsider):
    watch("BG", 100)
    with pytest.raises(NotAllowed):
        elections.elections_feed(by=user_actor(outsider))
    feed = elections.elections_feed(by=user_actor(coordinator))
    assert elections.elections_feed(by=user_actor(coordinator)) == feed
    assert calendars.feed_for(by=user_actor(coordinator)) != feed
    url = reverse("missions:calendar", args=[calendars.token_of(feed)])
    assert len(entries(client.get(url).content)) == 2
    reset = reverse("missions:calendar_reset", args=[feed.uuid])
    assert client_for(auditor).post(reset).status_code == 404
    assert client_for(coordinator).post(reset)["Location"] == reverse("missions:elections")
    assert client.get(url).status_code == 404
    fresh = reverse("missions:calendar", args=[calendars.token_of(CalendarFeed.objects.get(pk=feed.pk))])
    assert client.get(fresh).status_code == 200
    RoleGrant.objects.filter(user=coordinator).delete()
    assert client.get(fresh).status_code == 404


def test_the_api(watch, api_for, coordinator, auditor, outsider, make_mission, make_election):
    election = watch("BG", 100, 107)
    make_mission("invited", election=make_election("AM", on(90)))
    url = reverse("election-list")
    assert api_for(None).get(url).status_code == 401
    assert api_for(outsider).get(url).status_code == 403
    assert api_for(auditor).get(url).status_code == 200
    api = api_for(coordinator)
    assert api.post(url, {}).status_code == 405
    page = api.get(url, {"page_size": 1}).json()
    assert (page["count"], len(page["results"]), page["previous"]) == (2, 1, None)
    row = api.get(url, {"country": "BG"}).json()["results"][0]
    assert (row["uuid"], row["first_day"], row["last_day"]) == (str(election.uuid), on(100).isoformat(), on(107).isoformat())
    assert (row["invite_by"], row["is_invited"]) == (on(40).isoformat(), False)
    assert row["missions"] == [Mission.objects.get(election=election).reference]
    assert [found["country"] for found in api.get(url, {"waiting": "true"}).json()["results"]] == ["BG"]
    assert [found["country"] for found in api.get(url, {"polling_from": on(95).isoformat()}).json()["results"]] == ["BG"]
    assert api.get(url, {"polling_to": on(80).isoformat()}).json()["count"] == 0
    assert api.get(url, {"polling_to": "soon"}).status_code == 400
    assert api.get(reverse("election-detail", args=[election.uuid])).json()["uuid"] == str(election.uuid)
    assert Mission.objects.get(election=election).state == MissionState.WATCH
