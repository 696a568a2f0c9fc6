"""The field's way in and its figures: batches of 50 through the phone's door, live figures of many observations (DESIGN 8)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, time
from functools import cache
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from knox.models import get_token_model
from model_bakery import baker

from accounts.models import User
from bench.runner import bench
from core import clock
from field.figures import figures
from field.models import Device, Form, Observation
from field.services.context import context_of
from field.services.forms import load_standard_forms
from field.services.ingest import Submission, ingest
from field.services.instances import build
from field.services.sync import receive_batch
from missions.enums import MissionState
from missions.models import Assignment, Country, Election, Mission, PollingDay, Station
from tests.field.conftest import good_answers

DAY = date(2027, 10, 24)
BATCH = 50
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
    return made


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


dice = random.Random(7)


def instance() -> tuple[Any, str]:
    """A filled form B: its UUID and XML."""
    there = mission()
    version = Form.objects.get(code="B").current
    answers = good_answers(version, station=f"S{dice.randrange(STATIONS):03}", H11=dice.randint(3, 9))
    for question in version.questions:
        if question["kind"] == "single" and question["code"].startswith("B") and dice.random() < 0.3:
            answers[question["code"]] = dice.choice(question["options"])["name"]
    start = datetime.combine(DAY, time(8 + dice.randrange(10)), context_of(there).zone)
    uuid = uuid4()
    return uuid, build(version, answers, uuid=uuid, started_at=start, finished_at=start, mission=there)


def batch() -> dict[str, Any]:
    """What a phone sends: 50 observations."""
    made = [instance() for _ in range(BATCH)]
    items = [{"kind": "observation", "uuid": str(uuid), "mission": mission().reference, "xml": xml} for uuid, xml in made]
    return {"sent_at": clock.real_now().isoformat(), "items": items}


def send(payload: dict[str, Any], expected: str) -> None:
    """Send it and insist on the answer."""
    results = {result["result"] for result in receive_batch(device(), payload)}
    assert results == {expected}, results


@bench("sync: batches of 50, stored", n=BATCH * 10, runs=5, rate=3000)
def store_batches() -> Iterator[None]:
    """Ten batches, each in its own transaction, without HTTP."""
    batches = [batch() for _ in range(10)]
    device()
    yield
    for payload in batches:
        send(payload, "created")


@bench("sync: the same batches sent again", n=BATCH * 10, runs=5, rate=6000)
def send_again() -> Iterator[None]:
    """What a phone does whose answer was lost."""
    batches = [batch() for _ in range(10)]
    for payload in batches:
        send(payload, "created")
    yield
    for payload in batches:
        send(payload, "already")


def fill(count: int) -> None:
    """Bring the mission to `count` observations: a thousand real ones, the rest copies under other UUIDs."""
    rows = Observation.objects.filter(mission=mission())
    if rows.count() < 1000:
        ingest([Submission(instance()[1], mission()) for _ in range(1000 - rows.count())])
    originals = list(rows[:1000])
    while (missing := count - rows.count()) > 0:
        copies = []
        for original in originals[: min(missing, 1000)]:
            row = copy(original)
            row.pk, row.uuid = None, uuid4()
            row.root = row.uuid
            copies.append(row)
        Observation.objects.bulk_create(copies)


@bench("live figures of 10,000 observations", n=10_000, runs=5, seconds=0.15)
def figures_of_ten_thousand() -> Iterator[None]:
    """As the desk's page asks."""
    fill(10_000)
    yield
    assert figures(mission()).forms >= 10_000


@bench("live figures of 100,000 observations", n=100_000, runs=3, seconds=0.5)
def figures_of_hundred_thousand() -> Iterator[None]:
    """As the desk's page asks."""
    fill(100_000)
    yield
    assert figures(mission()).forms >= 100_000
