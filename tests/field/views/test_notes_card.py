"""Quick notes on the live page: a photo of a note is seen small, and whole behind its link."""

from __future__ import annotations

import io
import re
from datetime import time
from uuid import uuid4

import pytest
from django.urls import reverse
from PIL import Image

from missions.services import meetings
from tests.field.conftest import DAY
from tests.field.services.test_attachments import jpeg

pytestmark = pytest.mark.django_db


def test_a_photo_of_a_note_is_a_link_that_those_of_the_mission_can_open(phone, polling, stations, client_for, coordinator, outsider):
    uuid = uuid4()
    note = {"kind": "note", "uuid": str(uuid), "mission": polling.reference, "text": "The posted protocol.", "station": "S002"}
    sent = phone.post("/api/v1/sync/", {"items": [note | {"at": f"{DAY}T09:00:00+03:00"}]}, format="json")
    assert sent.json()["results"][0]["result"] == "created"
    url = f"/api/v1/sync/attachments/{uuid4()}/?parent={uuid}&name=1.jpg"
    assert phone.generic("PUT", url, jpeg(), content_type="image/jpeg").json()["result"] == "created"
    desk = client_for(coordinator)
    page = desk.get(reverse("field:live_content", args=[polling.reference]), {"day": str(DAY)}).content.decode()
    found = re.search(r'<a href="([^"]+)">\s*<img[^>]+src="([^"]+)"[^>]+alt="([^"]+)"', page)
    assert found is not None
    address, source, label = found.groups()
    assert address == source
    assert label == "Photo 1 of the note at S002 · Изток · School S002"
    with Image.open(io.BytesIO(b"".join(desk.get(address).streaming_content))) as picture:
        assert picture.size == (40, 60)
    assert client_for(outsider).get(address).status_code in {403, 404}


def test_a_note_from_a_meeting_says_which_and_one_from_nowhere_has_no_title(phone, polling, client_for, coordinator, as_coordinator):
    meeting = meetings.plan_meeting(
        polling, by=as_coordinator, kind="ngo", title="Election commission", start_day=DAY, start_time=time(10), end_time=time(11)
    )
    note = {"kind": "note", "mission": polling.reference, "at": f"{DAY}T11:00:00+03:00"}
    items = [
        note | {"uuid": str(uuid4()), "text": "212 complaints.", "topic": "L11", "meeting": str(meeting.uuid)},
        note | {"uuid": str(uuid4()), "text": "Rain."},
    ]
    phone.post("/api/v1/sync/", {"items": items}, format="json")
    page = client_for(coordinator).get(reverse("field:live_content", args=[polling.reference]), {"day": str(DAY)}).content.decode()
    card = page[page.index("notes-title") :]
    assert re.findall(r'<span class="fw-semibold">([^<]*)</span>', card) == ["Election commission"]
    assert "212 complaints." in card
    assert "Rain." in card
