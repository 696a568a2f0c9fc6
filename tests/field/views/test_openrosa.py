"""The door for ODK clients."""

from __future__ import annotations

import base64
import io
from contextlib import suppress
from uuid import uuid4

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from PIL import Image

from field.models import Attachment, FormVersion, Observation, SubmissionConflict

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


def test_a_form_costs_four_questions(collect, polling, make_xml, stations, django_assert_num_queries):
    """Who sends to where, what is known, and the row itself: what else a form needs of its mission is kept for seconds."""
    send(collect, polling, make_xml("B"))
    with django_assert_num_queries(6):  # and the plan, whose stop was visited before; with the savepoint of the test's transaction
        assert send(collect, polling, make_xml("B")).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_form_is_stored_on_a_new_connection_where_the_kept_one_is_gone(collect, polling, make_xml, stations, django_assert_num_queries):
    """The first question finds that out; none is asked for it alone. Outside of a test's transaction one row needs none either."""
    assert send(collect, polling, make_xml("B")).status_code == 201
    with django_assert_num_queries(4):
        assert send(collect, polling, make_xml("B")).status_code == 201
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, suppress(OperationalError):
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        assert send(collect, polling, make_xml("B")).status_code == 201
    assert Observation.objects.count() == 2 + (connection.vendor == "postgresql")


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


OWN = "uuid:6f1f2e0e-3a3c-4d52-9d5e-000000000001"


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        ("<data", "The form cannot be read: its XML is damaged or not allowed."),
        (f"<data id='unknown'><meta><instanceID>{OWN}</instanceID></meta></data>", "This mission has no form and version of that name."),
        (
            f"<data id='scrutin-B' version='1'><meta><instanceID>{OWN}</instanceID></meta></data>",
            "This mission has no form",
        ),
        (f"<data><meta><instanceID>{OWN}</instanceID></meta></data>", "This mission has no form and version of that name."),
        ("<data id='scrutin-B' version='2026.1'></data>", "The form has no instanceID. Send it from a client that gives one."),
        ("<data id='scrutin-B'><meta><instanceID>uuid:7</instanceID></meta></data>", "The instanceID of the form is not a UUID."),
        ("", "The submission holds no form (xml_submission_file)."),
    ],
)
def test_refuses_with_a_message_that_the_client_shows(collect, polling, forms, xml, sentence):
    response = send(collect, polling, xml)
    assert (response.status_code, response["Content-Type"]) == (400, "text/xml; charset=utf-8")
    tree = fromstring(response.content)
    assert tree.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    assert tree.findtext("{http://openrosa.org/http/response}message").startswith(sentence)
    assert Observation.objects.count() == 0


def test_a_form_without_a_version_is_taken_for_the_newest(collect, polling, make_xml, stations, forms):
    xml = make_xml("B")
    assert f'version="{forms["B"].version}"' in xml
    assert send(collect, polling, xml.replace(f' version="{forms["B"].version}"', "")).status_code == 201
    assert Observation.objects.get().form_version == forms["B"]


def test_a_record_that_names_itself_as_its_correction_counts(collect, polling, make_xml, stations):
    uuid = uuid4()
    assert send(collect, polling, make_xml("B", uuid=uuid, replaces=uuid)).status_code == 201
    row = Observation.objects.get()
    assert (row.is_current, row.replaces, row.is_waiting) == (True, None, False)


def test_of_records_that_correct_each_other_one_counts(collect, polling, make_xml, stations):
    first, second, third = sorted(uuid4() for _number in range(3))
    for uuid, replaced in ((first, second), (second, first), (third, first)):
        assert send(collect, polling, make_xml("B", uuid=uuid, replaces=replaced)).status_code == 201
        assert Observation.objects.current().count() == 1
    assert set(Observation.objects.values_list("root", flat=True)) == {first}


def test_edits_in_any_order_make_one_chain(collect, polling, make_xml, stations):
    uuids = [uuid4() for _number in range(3)]
    for at in (2, 0, 1):
        replaced = uuids[at - 1] if at else None
        assert send(collect, polling, make_xml("B", uuid=uuids[at], replaces=replaced)).status_code == 201
    assert Observation.objects.current().get().uuid == uuids[2]
    assert set(Observation.objects.values_list("root", "is_waiting")) == {(uuids[0], False)}


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


def test_a_file_that_is_not_kept_is_told(collect, polling, make_xml, stations):
    """The form is stored; the client shows which files are not, and why."""
    page = SimpleUploadedFile("talk.m4a", b"\0\0\0\x18ftypM4A ", content_type="audio/mp4")
    good = SimpleUploadedFile("one.jpg", picture(), content_type="image/jpeg")
    response = send(collect, polling, make_xml("B"), **{"talk.m4a": page, "one.jpg": good})
    assert response.status_code == 201
    said = response.content.decode()
    assert "The form is stored. The file talk.m4a is not kept: Only pictures can be attached: JPEG, PNG or WebP." in said
    assert "one.jpg" not in said
    assert Observation.objects.count() == 1


def test_refusals_are_messages_of_the_protocol(collect, polling, forms, make_xml, settings):
    """Never a page: the client shows what stands in the message."""
    for address in ("forms/scrutin-B/1999.xml", "manifest/scrutin-B/1999"):
        response = collect.get(f"/openrosa/{polling.reference}/{address}")
        assert (response.status_code, response["X-OpenRosa-Version"]) == (404, "1.0")
        assert b"Fetch the forms again." in response.content
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = {f"{number}.jpg": SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(3)}
    response = send(collect, polling, make_xml("B"), **files)
    assert (response.status_code, b"The submission holds more than 2 files." in response.content) == (400, True)
    chunked = collect.generic(
        "POST", f"/openrosa/{polling.reference}/submission", b"", headers={"Transfer-Encoding": "chunked"}, CONTENT_LENGTH=""
    )
    assert (chunked.status_code, b"it must name the length" in chunked.content) == (411, True)
    wrong = Client(HTTP_AUTHORIZATION=f"Basic {base64.b64encode(b'a:b').decode()}").get(f"/openrosa/{polling.reference}/formList")
    assert b"The password is not known here." in wrong.content


def test_a_form_without_a_version_is_kept_after_its_form_was_closed(collect, polling, make_xml, stations, forms):
    """The newest published version, else the newest that was: what was seen is kept, whatever the desk closed meanwhile."""
    FormVersion.objects.filter(form__code="B").update(state="closed")
    xml = make_xml("B").replace(' version="2026.1"', "", 1)
    assert 'version="' not in xml.partition(">")[0]
    assert send(collect, polling, xml).status_code == 201
    assert Observation.objects.get().form_version == forms["B"]
