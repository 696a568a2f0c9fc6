"""The checks across records, each on both sides of its bound (field-forms 4). The checks of the form are in xforms/test_evaluate.py."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.urls import reverse

from field.enums import ReviewState
from field.models import FlagReview, Observation
from field.services import plausibility
from field.services.ingest import Submission, ingest
from missions.models import Station
from tests.field.conftest import DAY

pytestmark = pytest.mark.django_db
EVER = datetime(2000, 1, 1, tzinfo=UTC)
BEGUN = datetime.combine(DAY, time(9), ZoneInfo("Europe/Sofia"))


@pytest.fixture
def send(polling, make_xml, stations, team):
    """A record; two never have the same answers unless `alike` is given."""
    count = iter(range(1000))

    def run(code, *, alike=False, finished=None, **answers):
        text = {"A": "A26", "B": "B35", "C": "C34", "D": "D25"}[code]
        answers |= {} if alike else {text: f"Sentence {next(count)}."}
        (result,) = ingest([Submission(make_xml(code, **answers), polling, finished_at=finished)])
        return Observation.objects.get(uuid=result.uuid)

    return run


@pytest.fixture
def notes(polling):
    """What the sweep wrote: codes by record."""

    def run():
        plausibility.sweep(since=EVER)
        found: dict = {}
        for row in FlagReview.objects.order_by("code"):
            found.setdefault(row.observation_id, []).append(row.code)
        return found

    return run


def visit(start, end):
    return {"H07": f"{start}:00.000+03:00", "H08": f"{end}:00.000+03:00"}


@pytest.mark.parametrize(("second", "codes"), [("09:59", ["P1"]), ("10:00", None)])
def test_p1_one_team_in_two_stations(send, notes, second, codes):
    first, other = send("B", **visit("09:00", "10:00")), send("B", station="S002", **visit(second, "10:40"))
    assert (notes().get(first.pk), notes().get(other.pk)) == (codes, codes)


def test_p1_a_long_visit_hides_no_later_one(send, notes):
    first = send("B", **visit("09:00", "12:00"))
    again = send("A", **visit("09:10", "09:20"))
    other = send("B", station="S002", **visit("11:00", "11:30"))
    assert notes() == {first.pk: ["P1"], other.pk: ["P1"]} and again.pk not in notes()


@pytest.mark.parametrize(("minutes", "codes"), [(29, ["P1"]), (31, None)])
def test_p1_the_way_between_two_stations(send, notes, minutes, codes):
    """Half a degree of latitude and a bit: 60 km, which take half an hour at 120 km/h."""
    Station.objects.filter(code="S001").update(latitude=42.0, longitude=23.0)
    Station.objects.filter(code="S002").update(latitude=42.0 + 60 / 111.195, longitude=23.0)
    first = send("B", **visit("09:00", "10:00"))
    other = send("B", station="S002", **visit(f"10:{minutes}", "11:00"))
    found = notes()
    assert (found.get(first.pk), found.get(other.pk)) == (codes, codes)
    assert not codes or "cannot have travelled" in FlagReview.objects.first().note


def test_p1_a_count_that_ends_after_midnight(send, notes):
    first = send("C", **visit("19:30", "01:30"))
    second = send("D", station="S002", **visit("01:20", "03:00"))
    later = send("D", station="S003", **visit("03:10", "04:00"))
    assert notes() == {first.pk: ["P1"], second.pk: ["P1"]} and later


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({"C21": 100, "C22": 95, "C23": 5, "C20": 100}, None),
        ({"C21": 100, "C22": 95, "C23": 4, "C20": 100}, ["P4"]),
        ({"C21": 101, "C20": 100}, ["P4"]),
        ({"C21": 100, "C20": 100}, None),
        ({"C20": 95, "H09": 100}, None),
        ({"C20": 96, "H09": 100}, ["P4"]),
    ],
)
def test_p4_the_figures_of_the_count(send, notes, answers, codes):
    record = send("C", **answers)
    assert notes().get(record.pk) == codes


@pytest.mark.parametrize(("signatures", "others", "codes"), [(82, 4, ["P4"]), (81, 4, None), (82, 3, None)])
def test_p4_a_turnout_far_from_the_others(send, notes, signatures, others, codes):
    """Four of 50 % and one of 82 %: it lies 25.6 points from their mean of 56.4 %, one of 81 % lies 24.8. Four stations are too few."""
    for _number in range(others):
        send("C", C20=50, H09=100)
    record = send("C", C20=signatures, H09=100)
    assert notes().get(record.pk) == codes


@pytest.mark.parametrize(("found", "codes"), [(500, None), (501, ["P5"])])
def test_p5_more_ballots_than_were_received(send, notes, found, codes):
    send("A", A09=500)
    counted = send("C", C21=found, C20=600)
    elsewhere = send("C", C21=900, C20=1000, station="S003", **visit("19:30", "21:30"))
    written = notes()
    assert written.get(counted.pk) == codes
    assert "P5" not in written.get(elsewhere.pk, []), "nobody saw what that station received"


@pytest.mark.parametrize(("seconds", "codes"), [(179, ["P6"]), (180, None)])
def test_p6_filled_in_under_three_minutes(send, notes, seconds, codes):
    record = send("B", finished=BEGUN + timedelta(seconds=seconds))
    assert notes().get(record.pk) == codes


@pytest.mark.parametrize("count", [2, 3])
def test_p6_the_same_answers_in_several_forms(send, notes, count):
    times = [visit("09:00", "09:30"), visit("11:00", "11:30"), visit("13:00", "13:30")]
    made = [send("B", alike=True, station=f"S00{n + 1}", **times[n]) for n in range(count)]
    assert notes() == ({row.pk: ["P6"] for row in made} if count == 3 else {})


def test_p8_another_team_at_the_same_station_and_time(send, notes, make_team):
    make_team("Team 2", given="Bodil")
    first = send("B")
    assert notes() == {}
    Observation.objects.update(changed_at=EVER - timedelta(days=1))  # the first one was swept long ago
    other = send("B", H01="Team 2")
    afternoon = send("B", H01="Team 2", **visit("15:00", "15:30"))
    assert notes() == {first.pk: ["P8"], other.pk: ["P8"]} and afternoon


def test_a_note_goes_through_its_states_at_the_desk(send, notes, client_for, coordinator, polling):
    record = send("C", C21=101, C20=100)
    notes()
    client, desk = client_for(coordinator), reverse("field:records", args=[polling.reference])
    live = reverse("field:live", args=[polling.reference])
    assert client.get(live).context["live"].marks["checks"] == 1
    assert [row.pk for row in client.get(desk, {"mark": "checks"}).context["object_list"]] == [record.pk]
    page = client.get(record.get_absolute_url()).content.decode()
    assert "There are more ballots in the box than signatures." in page
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert "There are more ballots in the box" not in client.get(record.get_absolute_url()).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    review = reverse("field:review", args=[polling.reference, record.uuid])
    for state in (ReviewState.SEEN, ReviewState.ASKED, ReviewState.SETTLED):
        client.post(review, {"code": "P4", "state": state})
        row = FlagReview.objects.get()
        assert (row.state, row.note) == (state, "There are more ballots in the box than signatures.")
        assert str(row.get_state_display()) in client.get(record.get_absolute_url()).content.decode()
    assert client.get(live).context["live"].marks["checks"] == 0
    assert plausibility.sweep(since=EVER) == 0, "what was settled is not asked again"


def test_the_desk_sees_with_what_a_record_was_compared_and_what_the_phone_warned_of(send, notes, client_for, coordinator, polling):
    """A note alone says that something is odd; the records it is about are one tap away."""
    first, other = send("B", **visit("09:00", "10:00")), send("B", station="S002", **visit("09:30", "10:40"))
    later = send("B", station="S003", **visit("15:00", "14:00"))
    notes()
    desk = client_for(coordinator)
    page, there, last = (desk.get(row.get_absolute_url()) for row in (first, other, later))
    assert [(check["review"].code, check["others"]) for check in page.context["server_checks"]] == [("P1", [other])]
    assert [check["others"] for check in there.context["server_checks"]] == [[first]]
    assert other.get_absolute_url() in page.content.decode()
    assert page.context["warned"] == []
    assert last.context["warned"] == ["The departure time is before the arrival time. Please check both."]
    assert "Warned of while it was written" in last.content.decode()


def test_forms_that_are_alike_and_doubles_name_each_other(send, notes):
    alike = [
        send("B", alike=True, station=station, **visit(f"{hour}:00", f"{hour}:40"))
        for hour, station in ((10, "S001"), (13, "S002"), (16, "S003"))
    ]
    double = send("B", station="S001", H01="Team 2", **visit("11:00", "11:20"))
    found = notes()
    assert "P6" in found[alike[0].pk]
    assert "P8" in found[double.pk]
    assert plausibility.others(alike[0], "P6") == alike[1:]
    assert plausibility.others(double, "P8") == [alike[0]]
    assert plausibility.others(double, "approval") == []
