"""The door for ODK clients."""

from __future__ import annotations

import base64
import io
from uuid import uuid4

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from field.models import Attachment, Observation, SubmissionConflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def collect(phone):
    """ODK Collect with the phone's token."""
    token = base64.b64encode(f"anybody:{phone.token}".encode()).decode()
    return Client(HTTP_AUTHORIZATION=f"Basic {token}", headers={"X-OpenRosa-Version": "1.0"})


def send(collect, mission, xml, **files):
    form = SimpleUploadedFile("submission.xml", xml.encode(), content_type="text/xml")
    return collect.post(f"/openrosa/{mission.reference}/submission", {"xml_submission_file": form, **files})


def picture() -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (40, 20), "red")
    exif = image.getexif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_asks_for_a_password(polling, forms):
    response = Client().get(f"/openrosa/{polling.reference}/formList")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert response["X-OpenRosa-Version"] == "1.0"


def test_lists_forms_and_their_tables(collect, polling, forms, stations):
    tree = fromstring(collect.get(f"/openrosa/{polling.reference}/formList").content)
    space = "{http://openrosa.org/xforms/xformsList}"
    rows = {row.findtext(f"{space}formID"): row for row in tree}
    assert sorted(rows) == ["scrutin-A", "scrutin-B", "scrutin-C", "scrutin-D", "scrutin-I"]
    one = rows["scrutin-B"]
    assert b"scrutin-B" in collect.get(one.findtext(f"{space}downloadUrl")).content
    manifest = collect.get(one.findtext(f"{space}manifestUrl"))
    assert manifest.status_code == 200
    media = "{http://openrosa.org/xforms/xformsManifest}"
    urls = [file.findtext(f"{media}downloadUrl") for file in fromstring(manifest.content)]
    assert len(urls) == 2
    assert any(b"S003" in collect.get(url).content for url in urls)


def test_head_says_yes(collect, polling):
    response = collect.head(f"/openrosa/{polling.reference}/submission")
    assert (response.status_code, response["X-OpenRosa-Accept-Content-Length"]) == (204, str(100 * 1024 * 1024))


def test_takes_a_submission_twice(collect, polling, make_xml, stations):
    xml = make_xml("B", B10="yes")
    assert [send(collect, polling, xml).status_code for _time in range(2)] == [201, 201]
    row = Observation.objects.get()
    assert (row.severity, row.source, row.raw_xml) == (3, "openrosa", xml)


def test_other_content_is_kept(collect, polling, make_xml, stations):
    uuid = uuid4()
    send(collect, polling, make_xml("B", uuid=uuid))
    response = send(collect, polling, make_xml("B", uuid=uuid, B10="yes"))
    assert (response.status_code, SubmissionConflict.objects.count()) == (202, 1)
    assert b"<message" in response.content


def test_an_edit_replaces(collect, polling, make_xml, stations):
    first = uuid4()
    send(collect, polling, make_xml("B", uuid=first))
    assert send(collect, polling, make_xml("B", replaces=first)).status_code == 201
    assert Observation.objects.current().get().replaces == first


@pytest.mark.parametrize(
    "xml",
    [
        "<data",
        "<data id='unknown'><meta><instanceID>uuid:6f1f2e0e-3a3c-4d52-9d5e-000000000001</instanceID></meta></data>",
        "<data id='scrutin-B' version='2026.1'></data>",
    ],
)
def test_refuses_with_a_message(collect, polling, forms, xml):
    response = send(collect, polling, xml)
    assert response.status_code == 400
    assert b"<message" in response.content


def test_pictures_are_made_anew(collect, polling, make_xml, stations, settings):
    photo = SimpleUploadedFile("1.jpg", picture(), content_type="image/jpeg")
    page = SimpleUploadedFile("2.jpg", b"<html><script>alert(1)</script></html>", content_type="image/jpeg")
    assert send(collect, polling, make_xml("B"), photo=photo, page=page).status_code == 201
    stored, refused = Attachment.objects.order_by("name")
    with Image.open(stored.stored.open()) as image:
        assert (image.size, dict(image.getexif())) == ((20, 40), {})
    assert (refused.state, refused.refusal) == ("refused", "type")


def test_another_mission_is_not_there(collect, make_mission, polling):
    other = make_mission("election_day")
    assert collect.get(f"/openrosa/{other.reference}/formList").status_code == 404


def test_a_photo_cut_off_on_the_way_is_taken_when_it_comes_again(collect, polling, make_xml, stations):
    xml, whole = make_xml("B"), picture()
    for content, state in ((whole[: len(whole) // 2], "refused"), (whole, "stored")):
        photo = SimpleUploadedFile("1.jpg", content, content_type="image/jpeg")
        assert send(collect, polling, xml, photo=photo).status_code == 201
        assert Attachment.objects.get().state == state
