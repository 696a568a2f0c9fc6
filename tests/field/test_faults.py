"""What must not happen: the same UUID from eight clients at once, retries, cuts (DESIGN 9)."""

from __future__ import annotations

import hashlib
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections
from PIL import Image
from rest_framework.test import APIClient

from field.models import Attachment, AttachmentPart, Incident, Observation, SubmissionConflict

pytestmark = pytest.mark.fault


def at_once(token, payloads):
    """Post all payloads at the same moment, each on its own connection."""
    gate = threading.Barrier(len(payloads))

    def post(payload):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        gate.wait(timeout=30)
        try:
            return client.post("/api/v1/sync/", payload, format="json").json()["results"][0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(payloads)) as pool:
        return list(pool.map(post, payloads))


@pytest.fixture
def real_threads(transactional_db):
    """Threads need a database that they share: PostgreSQL, or a file; SQLite in memory is one connection's own."""
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("SQLite in memory is not shared between threads; runs in the services tier.")


@pytest.mark.django_db(transaction=True)
def test_eight_clients_post_one_uuid(real_threads, phone, item, stations):
    one = {"items": [item("B", B10="yes")]}
    answers = at_once(phone.token, [one] * 8)
    assert sorted(answer["result"] for answer in answers) == ["already"] * 7 + ["created"]
    assert len({str(sorted(answer["flags"].items())) for answer in answers}) == 1
    assert Observation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_contents_under_one_uuid(real_threads, phone, item, stations):
    uuid = uuid4()
    answers = at_once(phone.token, [{"items": [item("B", uuid=uuid, H11=number)]} for number in range(1, 9)])
    assert sorted(answer["result"] for answer in answers) == ["conflict"] * 7 + ["created"]
    assert (Observation.objects.count(), SubmissionConflict.objects.count()) == (1, 7)


@pytest.mark.django_db(transaction=True)
def test_eight_incidents_get_eight_numbers(real_threads, phone, polling, forms, stations):
    items = [
        {"kind": "incident", "uuid": str(uuid4()), "mission": polling.reference, "answers": {"I03": "threat", "I05": "minor", "I06": "no"}}
        for _number in range(8)
    ]
    answers = at_once(phone.token, [{"items": [one]} for one in items])
    assert {answer["result"] for answer in answers} == {"created"}
    assert sorted(Incident.objects.values_list("sequence", flat=True)) == list(range(1, 9))


@pytest.mark.django_db
def test_a_lost_answer_ten_times(phone, item, stations):
    payload = {"items": [item("B"), item("A")]}
    answers = [phone.post("/api/v1/sync/", payload, format="json").json()["results"] for _try in range(10)]
    assert [one["result"] for one in answers[0]] == ["created", "created"]
    assert all([one["result"] for one in answer] == ["already", "already"] for answer in answers[1:])
    assert Observation.objects.count() == 2


@pytest.mark.django_db
def test_one_bad_item_holds_up_no_other(phone, item, stations, monkeypatch):
    from field.services import ingest

    bad = uuid4()
    plain = ingest._observation

    def broken(read, *context):
        if read.instance.uuid == bad:
            raise RuntimeError("unforeseen")
        return plain(read, *context)

    monkeypatch.setattr(ingest, "_observation", broken)
    results = phone.post("/api/v1/sync/", {"items": [item("B"), item("B", uuid=bad), item("B")]}, format="json").json()["results"]
    assert [one["result"] for one in results] == ["created", "later", "created"]


@pytest.mark.django_db
def test_a_photo_in_parts_in_any_order_before_its_record(phone, item, stations, polling):
    out = io.BytesIO()
    Image.effect_noise((300, 300), 80).convert("RGB").save(out, "PNG")
    content, parent, uuid = out.getvalue(), uuid4(), uuid4()
    half, total = len(content) // 2, len(content)
    url = f"/api/v1/sync/attachments/{uuid}/?parent={parent}&name=1.png"

    def put(start, end):
        header = f"bytes {start}-{end - 1}/{total}"
        return phone.generic("PUT", url, content[start:end], content_type="image/png", HTTP_CONTENT_RANGE=header).json()

    assert put(half, total) == {"uuid": str(uuid), "result": "partial", "received": [[half, total]]}
    assert put(half, total)["result"] == "partial"
    assert phone.get(f"/api/v1/sync/attachments/{uuid}/").json()["received"] == [[half, total]]
    assert put(0, half)["result"] == "created"
    assert put(0, half)["result"] == "already"
    assert phone.post("/api/v1/sync/", {"items": [item("B", uuid=parent)]}, format="json").json()["results"][0]["result"] == "created"
    assert (Attachment.objects.get().state, AttachmentPart.objects.count()) == ("stored", 0)


@pytest.mark.django_db
def test_a_photo_cut_off_on_the_way_is_taken_when_it_comes_whole(phone, item, stations):
    out = io.BytesIO()
    Image.effect_noise((300, 300), 80).convert("RGB").save(out, "JPEG")
    content, uuid = out.getvalue(), uuid4()
    url = f"/api/v1/sync/attachments/{uuid}/?parent={uuid4()}&name=1.jpg&sha256={hashlib.sha256(content).hexdigest()}"
    half = {"wsgi.input": io.BytesIO(content[: len(content) // 2])}
    cut = phone.generic("PUT", url, content, content_type="image/jpeg", **half).json()
    assert (cut["result"], cut["received"]) == ("partial", [])
    short = phone.generic("PUT", url, content[: len(content) // 2], content_type="image/jpeg").json()
    assert (short["result"], short["code"]) == ("refused", "checksum")
    assert phone.generic("PUT", url, content, content_type="image/jpeg").json()["result"] == "created"
    assert Attachment.objects.get().state == "stored"


@pytest.mark.django_db
def test_a_photo_that_is_a_page_never_blocks(phone, item, stations):
    uuid, parent = uuid4(), uuid4()
    url = f"/api/v1/sync/attachments/{uuid}/?parent={parent}&name=x.jpg"
    body = phone.generic("PUT", url, b"<html>", content_type="image/jpeg").json()
    assert (body["result"], body["code"]) == ("refused", "type")
