"""What benchmarks of the field stand on: one mission on its polling day, one phone."""

from __future__ import annotations

from datetime import date, time
from functools import cache

from django.core.management import call_command
from knox.models import get_token_model
from model_bakery import baker

from accounts.models import User
from core import clock
from field.models import Device
from field.services.forms import load_standard_forms
from missions.enums import MissionState
from missions.models import Assignment, Country, Election, Mission, PollingDay, Station
from observers.models import Stop, Team

DAY = date(2027, 10, 24)
STATIONS = 200


@cache
def mission() -> Mission:
    """A mission on its polling day with 200 stations, reference data and the standard forms."""
    call_command("load_reference", verbosity=0)
    load_standard_forms()
    country = Country.objects.get(code="BG")
    election = baker.make(Election, country=country)
    day = baker.make(PollingDay, election=election, day=DAY, round=1, opens_at=time(7), closes_at=time(20))
    facts = {"reference": "BG-2027-1", "state": MissionState.ELECTION_DAY, "zone": "Europe/Sofia"}
    made = baker.make(Mission, country=country, election=election, **facts)
    made.polling_days.add(day)
    for number in range(STATIONS):
        setting = "urban" if number % 3 else "rural"
        Station.objects.create(mission=made, code=f"S{number:03}", name=f"School {number}", setting=setting, district=f"D{number % 6}")
    _plan(made)
    return made


def _plan(made: Mission) -> None:
    """One team with 15 stops: from a form's team and station follows that a stop was visited."""
    team = baker.make(Team, mission=made, day=DAY, number=1, name="Team 1")
    for order, station in enumerate(made.stations.order_by("code")[:15]):
        facts = {"local_day": DAY, "local_time": time(8), "zone": made.zone, "planned_at": clock.now()}
        Stop.objects.create(mission=made, team=team, station=station, order=order, **facts)


@cache
def device() -> Device:
    """A phone of somebody who is in the mission."""
    user = baker.make(User)
    person = baker.make("accounts.Person")
    user.person = person
    user.save()
    baker.make(Assignment, mission=mission(), person=person, role="observer", state="confirmed")
    row, _token = get_token_model().objects.create(user=user, expiry=None)
    return Device.objects.create(user=user, person=person, digest=row.digest, name="Phone")
