"""Faults against the server as it is run, on SQLite in a file and on PostgreSQL: nothing lost, nothing twice. No broker runs."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from PIL import Image

from tests.field.real_server import RealServer, running

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("real_server"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="watches processes through /proc"),
]
CLIENTS = 8
SYNC = "/api/v1/sync/"
STORED = "SELECT count(*), count(DISTINCT uuid) FROM field_observation"


@pytest.fixture
def made(phone, item, stations):
    """Everything is in the database before the server starts: the phone's token, and a maker of items."""
    item("B")
    return phone


@pytest.fixture
def server(made, tmp_path):
    """The server, running."""
    for one in running(tmp_path):
        one.start()
        yield one


def at_once(server: RealServer, token: str, bodies: list) -> list:
    """Eight posts through one gate."""
    gate = threading.Barrier(len(bodies))

    def post(body):
        gate.wait(timeout=30)
        return server.ask(SYNC, token=token, body=body)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


def test_eight_clients_post_one_uuid_and_then_eight_contents(server, made, item):
    one = {"items": [item("B", B10="yes")]}
    answers = at_once(server, made.token, [one] * CLIENTS)
    assert [status for status, _body in answers] == [200] * CLIENTS
    results = [body["results"][0] for _status, body in answers]
    assert Counter(row["result"] for row in results) == {"created": 1, "already": 7}
    assert {str(row["flags"]) for row in results} == {str(results[0]["flags"])}

    uuid = uuid4()
    answers = at_once(server, made.token, [{"items": [item("B", uuid=uuid, H11=number)]} for number in range(1, 9)])
    assert Counter(body["results"][0]["result"] for _status, body in answers) == {"created": 1, "conflict": 7}
    assert server.rows(STORED) == [(2, 2)]
    assert server.rows("SELECT count(*) FROM field_submissionconflict") == [(7,)]


@pytest.mark.fault
def test_ten_retries_and_incidents_without_a_broker(server, made, item, polling):
    """The answer never arrives: the same batch ten times. An incident's alert waits in the outbox, its report does not."""
    answers = {"I03": "threat", "I05": "critical", "I06": "yes"}
    incident = {"kind": "incident", "uuid": str(uuid4()), "mission": polling.reference, "answers": answers}
    note = {"kind": "note", "uuid": str(uuid4()), "mission": polling.reference, "text": "Once."}
    batch = {"items": [item("B"), incident, note]}
    found = [server.ask(SYNC, token=made.token, body=batch) for _try in range(10)]
    results = [[row["result"] for row in body["results"]] for _status, body in found]
    assert set(results[0]) <= {"created", "already"} and results[1:] == [["already"] * 3] * 9
    assert server.rows(STORED) == [(2, 2)]
    assert server.rows("SELECT count(*) FROM field_note") == server.rows("SELECT count(*) FROM field_incident") == [(1,)]


@pytest.mark.fault
def test_workers_are_killed_while_eight_clients_send(server, made, item):
    """Each client sends until it has an answer; the workers die five times meanwhile."""
    work = [[{"items": [item("B"), item("A")]} for _number in range(6)] for _client in range(CLIENTS)]
    cut = Counter()

    def send(batches):
        for batch in batches:
            for _try in range(100):
                status, body = server.ask(SYNC, token=made.token, body=batch)
                if status == 200 and {row["result"] for row in body["results"]} <= {"created", "already"}:
                    break
                cut[status] += 1
                time.sleep(0.1)
            else:
                raise AssertionError("never answered")

    with ThreadPoolExecutor(CLIENTS) as pool:
        sending = [pool.submit(send, batches) for batches in work]
        for _kill in range(5):
            time.sleep(0.4)
            server.kill_workers()
        for one in sending:
            one.result(timeout=120)
    assert cut[0] > 0, "no connection was cut: the test tested nothing"
    assert server.rows(STORED) == [(96, 96)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the disk of a database server is not ours to fill")
def test_a_full_disk(made, item, tmp_path):
    """What was answered as stored is there after the disk has room again; what was not is asked for again, and then there once."""
    for server in running(tmp_path):
        server.start(largest_file=200_000)
        batches = [{"items": [item("B") for _number in range(10)]} for _batch in range(8)]
        said = Counter()
        kept = []
        for batch in batches:
            status, body = server.ask(SYNC, token=made.token, body=batch)
            results = [row["result"] for row in body["results"]] if status == 200 else [status] * 10
            said.update(results)
            kept += [one["uuid"] for one, result in zip(batch["items"], results, strict=True) if result == "created"]
        assert said["created"] and len(said) > 1, said
        assert set(said) <= {"created", "later", 500, 503}, f"nothing that makes a phone stop: {said}"
        server.stop()
        server.start()
        stored = {row[0].replace("-", "") for row in server.rows("SELECT uuid FROM field_observation")}
        assert {uuid.replace("-", "") for uuid in kept} <= stored
        for batch in batches:
            status, body = server.ask(SYNC, token=made.token, body=batch)
            assert {row["result"] for row in body["results"]} <= {"created", "already"}
        assert server.rows(STORED) == [(80, 80)]


@pytest.mark.fault
def test_a_server_killed_between_the_parts_of_two_photos(server, made, item):
    parent = uuid4()
    out = io.BytesIO()
    Image.effect_noise((500, 500), 90).convert("RGB").save(out, "PNG")
    content, half = out.getvalue(), len(out.getvalue()) // 2
    assert server.ask(SYNC, token=made.token, body={"items": [item("B", uuid=parent)]})[1]["results"][0]["result"] == "created"
    for number in (1, 2):
        photo = uuid4()
        path = f"/api/v1/sync/attachments/{photo}/?parent={parent}&name={number}.png"

        def put(start, end, path=path):
            span = {"Content_Type": "image/png", "Content_Range": f"bytes {start}-{end - 1}/{len(content)}"}
            return server.ask(path, token=made.token, body=content[start:end], method="PUT", **span)[1]

        assert put(0, half)["result"] == "partial"
        server.kill_workers()
        seen = None
        while seen is None:
            seen = server.ask(path.partition("?")[0], token=made.token, method="GET")[1]
        assert seen["received"] == [[0, half]], "what came before the kill is still there"
        assert put(half, len(content))["result"] == "created"
        assert put(half, len(content))["result"] == "already"
    assert server.rows("SELECT state, count(*) FROM field_attachment GROUP BY state") == [("stored", 2)]
    assert server.rows("SELECT count(*) FROM field_attachmentpart") == [(0,)]
