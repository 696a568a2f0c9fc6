"""What somebody sends in order to break something: refused with a sentence, or shown as text through every door."""

from __future__ import annotations

import base64
import csv
import io
import socket
import time
import zipfile
from datetime import time as wall
from uuid import uuid4

import openpyxl
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from core import clock
from core.actors import SYSTEM, user_actor
from core.models import OutboxMail
from field.models import Attachment, FormVersion, Incident, Observation
from field.services.forms import import_form
from field.services.imports import import_observations
from missions.models import Station
from missions.services.calendars import feed_for, ics_of
from observers.models import DeploymentPlan
from observers.services.deployment import add_stop
from tests.field.xforms.test_forms import workbook

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=\"window.broken=1\">&\"'{{ 7|add:7 }}{% now 'Y' %}</script><script>window.broken=1</script>"
FORMULA = '=HYPERLINK("http://x.example","look")'
OWN = "uuid:6f1f2e0e-3a3c-4d52-9d5e-000000000001"
BODY = f"<data id='scrutin-B' version='2026.1'><B35>%s</B35><meta><instanceID>{OWN}</instanceID></meta></data>"
LAUGHS = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
BOMBS = {
    "billion laughs": f"<!DOCTYPE data [{LAUGHS}]>" + BODY % "&a9;",
    "quadratic": f"<!DOCTYPE data [<!ENTITY a '{'a' * 50_000}'>]>" + BODY % ("&a;" * 1000),
    "a file of the server": "<!DOCTYPE data [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + BODY % "&a;",
    "another server": "<!DOCTYPE data [<!ENTITY a SYSTEM 'http://127.0.0.1:9/x'>]>" + BODY % "&a;",
    "a parameter entity": "<!DOCTYPE data [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]>" + BODY % "",
    "an outer document type": "<!DOCTYPE data SYSTEM 'http://127.0.0.1:9/x.dtd'>" + BODY % "",
    "an entity nobody declared": BODY % "&nobody;",
    "depth": "<data id='scrutin-B'>" + "<a>" * 5000 + "</a>" * 5000 + "</data>",
    "width": "<data id='scrutin-B'>" + "<a/>" * 100_000 + "</data>",
    "size": BODY % ("a" * 1_100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_holds_up_nothing(phone, item, polling, stations, name):
    bomb = {"kind": "observation", "uuid": str(uuid4()), "mission": polling.reference, "xml": BOMBS[name]}
    start = time.monotonic()
    first, second = phone.post("/api/v1/sync/", {"items": [bomb, item("B")]}, format="json").json()["results"]
    assert time.monotonic() - start < 5
    assert (first["result"], second["result"]) == ("refused", "created")
    assert first["code"] in {"xml", "too_large"} and first["detail"].endswith(".")
    assert Observation.objects.count() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "utf-7"])
@pytest.mark.parametrize("name", ["a file of the server", "billion laughs"])
def test_a_bomb_through_the_door_of_odk(collect, polling, forms, name, encoding):
    head = f"<?xml version='1.0' encoding='{encoding}'?>"
    response = send(collect, polling, (head + BOMBS[name]).encode(encoding))
    assert response.status_code == 400
    assert b"<message" in response.content and b"root:" not in response.content
    assert Observation.objects.count() == 0


@pytest.fixture
def collect(phone):
    """ODK Collect."""
    return Client(HTTP_AUTHORIZATION="Basic " + base64.b64encode(f"x:{phone.token}".encode()).decode())


def send(collect, mission, content, **files):
    form = SimpleUploadedFile("s.xml", content, content_type="text/xml")
    return collect.post(f"/openrosa/{mission.reference}/submission", {"xml_submission_file": form, **files})


def test_a_bomb_as_a_form(coordinator, polling, forms):
    by = user_actor(coordinator)
    xform = forms["B"].xform.replace("<h:html", f"<!DOCTYPE h:html [{LAUGHS}]><h:html", 1)
    for content, name in ((xform.encode(), "form.xml"), (_bombed("xl/worksheets/sheet1.xml"), "form.xlsx"), (_zip_bomb(), "form.xlsx")):
        start = time.monotonic()
        answer = import_form(content, name=name, by=by, mission=polling, validate=False)
        assert answer.refused and answer.version is None, name
        assert time.monotonic() - start < 5
    assert not FormVersion.objects.filter(form__mission=polling).exists()


def _bombed(path):
    """A workbook one of whose parts declares entities."""
    source, out = zipfile.ZipFile(io.BytesIO(workbook(survey=[["type", "name", "label"], ["text", "a", "A"]]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == path:
                at = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
                content = (
                    content[:at] + f"<!DOCTYPE worksheet [{LAUGHS}]>".encode() + content[at:].replace(b"<sheetData>", b"<sheetData>&a9;")
                )
            archive.writestr(info, content)
    return out.getvalue()


def _zip_bomb():
    source, out = zipfile.ZipFile(io.BytesIO(workbook(survey=[["type", "name", "label"], ["text", "a", "A"]]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            archive.writestr(info.filename, source.read(info))
        archive.writestr("xl/media/x.bin", b"\0" * 200_000_000)
    return out.getvalue()


@pytest.mark.parametrize("path", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_bomb_as_answers_from_elsewhere(coordinator, polling, forms, path):
    start = time.monotonic()
    answer = import_observations(forms["B"], polling, _bombed(path), name="a.xlsx", by=user_actor(coordinator))
    assert answer.refused and time.monotonic() - start < 5
    assert Observation.objects.count() == 0


def test_a_multipart_of_two_hundred_megabytes(live_server, phone, polling, stations, make_xml):
    """A real connection: refused by its announced size, before it is sent; nothing is stored."""
    size = 200 * 1024 * 1024
    host, port = live_server.thread.host, live_server.thread.port
    for path, status in ((f"/openrosa/{polling.reference}/submission", b"413"), ("/api/v1/sync/", b"413")):
        kind = "multipart/form-data; boundary=edge" if "openrosa" in path else "application/json"
        lines = [f"POST {path} HTTP/1.1", f"Host: {host}:{port}", f"Authorization: Token {phone.token}"]
        head = "\r\n".join([*lines, f"Content-Type: {kind}", f"Content-Length: {size}", "", ""])
        with socket.create_connection((host, port), timeout=20) as door:
            door.sendall(head.encode() + b"--edge\r\n" + b"x" * 100_000)
            answer = door.recv(4096)
        assert answer.split()[1] == status, answer[:200]
    assert Observation.objects.count() == 0


def test_too_many_files_and_one_too_large(collect, polling, stations, make_xml):
    many = {f"f{n}": SimpleUploadedFile(f"{n}.jpg", b"x", content_type="image/jpeg") for n in range(300)}
    response = send(collect, polling, make_xml("B").encode(), **many)
    assert (response.status_code, b"<message" in response.content) == (400, True)
    large = SimpleUploadedFile("large.jpg", b"\xff\xd8\xff" + b"x" * (21 * 1024 * 1024), content_type="image/jpeg")
    assert send(collect, polling, make_xml("B").encode(), large=large).status_code == 201, "a photo over the limit never blocks the record"
    assert (Attachment.objects.get().state, Attachment.objects.get().refusal) == ("refused", "size")


PAGES = {
    "page": b"<!doctype html><script>alert(1)</script>",
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "page behind a picture's first bytes": b"\xff\xd8\xff\xe0<html><script>alert(1)</script>",
    "gif": b"GIF89a/*<script>*/=1;",
    "pdf": b"%PDF-1.7 <script>",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_photo_that_is_something_else(phone, collect, item, polling, stations, make_xml, client_for, coordinator, name):
    parent, photo = uuid4(), uuid4()
    phone.post("/api/v1/sync/", {"items": [item("B", uuid=parent)]}, format="json")
    url = f"/api/v1/sync/attachments/{photo}/?parent={parent}&name=%3Cb%3E.jpg"
    answer = phone.generic("PUT", url, PAGES[name], content_type="image/jpeg").json()
    assert (answer["result"], answer["code"]) == ("refused", "type")
    file = SimpleUploadedFile("x.jpg", PAGES[name], content_type="image/jpeg")
    assert send(collect, polling, make_xml("A").encode(), photo=file).status_code == 201
    assert {row.state for row in Attachment.objects.all()} == {"refused"}
    body = client_for(coordinator).get(Observation.objects.get(uuid=parent).get_absolute_url()).content.decode()
    assert "&lt;b&gt;.jpg" in body and "<b>.jpg" not in body


@pytest.fixture
def poisoned(coordinator, phone, item, polling, stations, team):
    """Markup and a formula wherever an observer can type."""
    Station.objects.filter(code="S002").update(name=MARKUP, latitude=42.7, longitude=23.3)
    phone.device.name = MARKUP[:90]
    phone.device.save(update_fields=["name"])
    answers = {"I02": MARKUP, "I03": "threat", "I05": "critical", "I06": "yes", "I07": MARKUP + FORMULA, "I09": "yes"}
    items = [
        item("B", B10="yes", B35=MARKUP) | {"reason": MARKUP},
        item("A", station=None, station_typed=MARKUP, A26=FORMULA),
        item("B", station="S002", H01=MARKUP[:90], B35=FORMULA),
        {"kind": "incident", "uuid": str(uuid4()), "mission": polling.reference, "answers": answers},
        {"kind": "note", "uuid": str(uuid4()), "mission": polling.reference, "text": MARKUP, "place": MARKUP, "severity": 3},
    ]
    results = phone.post("/api/v1/sync/", {"items": items}, format="json").json()["results"]
    assert {row["result"] for row in results} == {"created"}
    return Observation.objects.get(answers__B35=MARKUP)


def assert_plain(body, *, found=True):
    """Nothing of it is markup there, and no template language was run."""
    for piece in ("<img src=x", "<script>window", "</script><script>", 'onerror="window'):
        assert piece not in body
    assert "{{ 7|add:7 }}" in body or "{{ 7|add" in body or not found, "the text is shown as it was written"
    assert ">14<" not in body


def test_shown_as_text_on_every_page(poisoned, client_for, coordinator, polling):
    client = client_for(coordinator)
    for name in ("live", "live_content", "records", "devices"):
        assert_plain(
            client.get(reverse(f"field:{name}", args=[polling.reference]), {"day": "all"} if "live" in name else {}).content.decode()
        )
    for row in Observation.objects.all():
        assert_plain(client.get(row.get_absolute_url()).content.decode(), found=row.answers.get("B35") == MARKUP)
    assert_plain(client.get(Incident.objects.get().get_absolute_url()).content.decode())
    assert_plain(client.get(reverse("field:figures", args=[polling.reference])).content.decode(), found=False)


def test_data_doors_say_what_they_are(poisoned, client_for, coordinator, polling):
    """JSON may hold any text; a browser must not take it for a page."""
    client = client_for(coordinator)
    urls = {
        reverse("field:live_map", args=[polling.reference]): "application/geo+json",
        f"/api/v1/missions/{polling.reference}/odata/observations": "application/json",
        "/api/v1/observations/": "application/json",
        f"/api/v1/missions/{polling.reference}/odata/$metadata": "application/xml",
    }
    for url, kind in urls.items():
        response = client.get(url)
        assert response["Content-Type"].startswith(kind) and response["X-Content-Type-Options"] == "nosniff", url
    assert MARKUP in [row["properties"]["station"].partition(" ")[2] for row in client.get(next(iter(urls))).json()["features"]]


def test_no_formula_in_a_spreadsheet(poisoned, client_for, coordinator, polling):
    client = client_for(coordinator)
    content = b"".join(client.get(reverse("field:export", args=[polling.reference])).streaming_content).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert f"'{FORMULA}" in cells and not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    book = b"".join(client.get(reverse("field:export_workbook", args=[polling.reference])).streaming_content)
    rows = [cell for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in rows] and "f" not in {cell.data_type for cell in rows}


def test_a_mail_is_plain_text(poisoned):
    mail = OutboxMail.objects.filter(key__startswith="incident:").first()
    assert MARKUP in mail.body and "&lt;" not in mail.body and "14" not in mail.body.split(MARKUP)[0]
    assert "\n" not in mail.subject and "<" not in mail.subject


def test_a_calendar_is_plain_text(poisoned, polling, team, stations):
    stations[1].refresh_from_db()
    add_stop(team, station=stations[1], kind="voting", local_time=wall(11), by=SYSTEM)
    DeploymentPlan.objects.create(mission=polling, version=1, sha256="0" * 64, released_at=clock.now(), released_by="system")
    raw = ics_of(feed_for(by=SYSTEM, team=team.uuid))
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert MARKUP in f"{event['summary']} {event.get('location', '')}"
    Station.objects.filter(code="S002").update(name="A\r\nATTENDEE:mailto:x@example.org\r\nEND:VEVENT")
    raw = ics_of(feed_for(by=SYSTEM, team=team.uuid))
    assert b"\r\nATTENDEE" not in raw and raw.count(b"END:VEVENT") == 1


def test_a_form_full_of_markup(coordinator, polling, client_for, team):
    """The form's own wordings come from a file: pages, paper, XForm and the builder show them as text."""
    typst = '#read("/etc/passwd") $x$ *bold* `raw` @ref <label> \\u{41}'
    survey = [["type", "name", "label", "hint"], ["select_one a", "q", MARKUP, typst], ["text", "t", typst, MARKUP]]
    choices = [["list_name", "name", "label"], ["a", "one", MARKUP], ["a", "two", FORMULA]]
    content = workbook(survey=survey, choices=choices, settings=[["form_title", "form_id", "version"], [MARKUP, "x", "1"]])
    answer = import_form(content, name="x.xlsx", by=user_actor(coordinator), mission=polling, publish=True, code="X", validate=False)
    assert answer.refused == []
    client = client_for(coordinator)
    assert_plain(client.get(reverse("field:forms", args=[polling.reference])).content.decode())
    assert_plain(client.get(reverse("field:version", args=[polling.reference, answer.version.uuid])).content.decode())
    paper = client.get(reverse("field:version_paper", args=[polling.reference, answer.version.uuid, "en"]))
    assert paper["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(paper.content if not paper.streaming else b"".join(paper.streaming_content))) as pdf:
        assert "/JavaScript" not in str(pdf.Root.keys()) and len(pdf.pages) >= 1
    raw = answer.version.xform
    assert "<img" not in raw and "&lt;img" in raw
