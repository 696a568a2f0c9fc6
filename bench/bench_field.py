"""The field's way in and its figures: batches of 50 through the phone's door, live figures of many observations (DESIGN 8)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import copy
from datetime import datetime, time
from typing import Any
from uuid import uuid4

from bench.runner import bench
from bench.world import DAY, STATIONS, device, mission
from core import clock
from field.figures import figures
from field.models import Form, Observation
from field.services.context import context_of
from field.services.ingest import Submission, ingest
from field.services.instances import build
from field.services.sync import receive_batch
from tests.field.conftest import good_answers

BATCH = 50
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
