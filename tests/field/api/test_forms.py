"""The API of forms: read, upload, publish, close, files; and who may not."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from field.models import FormVersion
from tests.field.services.test_forms import door
from tests.field.xforms.test_ugly import form

pytestmark = pytest.mark.django_db
FORMS, VERSIONS = "/api/v1/forms/", "/api/v1/form-versions/"


@pytest.fixture(autouse=True)
def _no_java(monkeypatch):
    monkeypatch.setattr("field.xforms.compile.shutil.which", lambda name: None)


@pytest.fixture
def api():
    def make(user=None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return make


def upload(client, mission, content, name="doors.xlsx", **more):
    given = {"mission": mission.reference, "file": SimpleUploadedFile(name, content), "code": "DOORS", "stage": "other"} | more
    return client.post(FORMS, given, format="multipart")


def test_uploads_publishes_and_closes(api, coordinator, polling):
    client = api(coordinator)
    response = upload(client, polling, door("1"))
    assert response.status_code == 201, response.json()
    version = response.json()["version"]
    assert (version["state"], version["languages"], version["mission"]) == ("draft", ["en", "fr"], polling.reference)
    assert any("Java" in warning for warning in response.json()["warnings"])
    assert upload(client, polling, door("1")).json()["unchanged"] == 1
    url = f"{VERSIONS}{version['uuid']}/"
    for _turn in range(2):
        assert client.post(f"{url}publish/").json()["state"] == "published"
    refused = upload(client, polling, door("1", extra=True))
    assert refused.status_code == 400
    assert "cannot change" in refused.json()["errors"][0]["detail"]
    assert client.get(url).json()["questions"][0]["code"] == "Q1"
    assert client.post(f"{url}close/").json()["state"] == "closed"
    assert client.post(f"{url}publish/").status_code == 409
    assert FormVersion.objects.get(uuid=version["uuid"]).state == "closed"


def test_every_fault_is_an_error_of_its_own(api, coordinator, polling):
    bad = form(["text", "A1", "One", "${A9} = 1"], ["begin group", "g", "G"], ["end group"])
    response = upload(api(coordinator), polling, bad)
    errors = response.json()["errors"]
    assert (response.status_code, [error["attr"] for error in errors]) == (400, ["file", "file"])
    assert errors[0]["detail"].startswith("sheet survey, row 3, column type: ")
    assert errors[1]["detail"].startswith("sheet survey, row 2, column relevant: ")
    wrong = api(coordinator).post(FORMS, {"mission": "XX-2026-1", "file": SimpleUploadedFile("a.xlsx", b"x")}, format="multipart")
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "mission")


def test_files(api, coordinator, polling):
    client = api(coordinator)
    uuid = upload(client, polling, door("1")).json()["version"]["uuid"]
    assert client.get(f"{VERSIONS}{uuid}/file/xlsx/").content == door("1")
    assert client.get(f"{VERSIONS}{uuid}/file/regenerated/").content[:2] == b"PK"
    assert client.get(f"{VERSIONS}{uuid}/file/xml/").content == FormVersion.objects.get(uuid=uuid).xform.encode()
    assert client.get(f"{VERSIONS}{uuid}/file/pdf/").status_code == 404


def test_who_sees_and_who_may(api, coordinator, outsider, team, phone, polling, forms):
    version = FormVersion.objects.get(uuid=upload(api(coordinator), polling, door("1")).json()["version"]["uuid"])
    observer = team.members.get().person.user
    url = f"{VERSIONS}{version.uuid}/"
    assert api(observer).get(url).status_code == phone.get(url).status_code == 200
    assert api(outsider).get(url).status_code == 404
    assert api().get(FORMS).status_code == 401
    assert api(outsider).get(FORMS).json()["count"] == 0
    assert api(observer).get(FORMS).json()["count"] == 6
    assert [upload(client, polling, door("2")).status_code for client in (api(observer), api(outsider), phone)] == [403, 403, 403]
    assert [client.post(f"{url}publish/").status_code for client in (api(observer), api(outsider), phone)] == [403, 404, 403]
    version.refresh_from_db()
    assert version.state == "draft"
    listed = api(observer).get(FORMS, {"mission": polling.reference, "code": "DOORS"}).json()["results"]
    assert [row["versions"][0]["uuid"] for row in listed] == [str(version.uuid)]
    assert api(observer).get(FORMS, {"mission": "XX-2026-1"}).json()["count"] == 0
    assert api(observer).get(VERSIONS, {"state": "published"}).json()["count"] == 5


def test_lists_ask_no_more_for_more_rows(api, coordinator, polling):
    client, counts = api(coordinator), []
    for number in (1, 2, 3):
        if number == 1:
            upload(client, polling, door("1"))
        else:
            _again(number)
        if number != 2:
            for url in (FORMS, VERSIONS):
                with CaptureQueriesContext(connection) as found:
                    assert client.get(url).json()["count"] == number
                counts.append(len(found))
    assert counts[:2] == counts[2:]


def _again(number: int) -> None:
    """Another form with a version."""
    row = FormVersion.objects.select_related("form").first()
    row.form.pk, row.form.uuid, row.form.code, row.form.form_id = (
        None,
        f"00000000-0000-4000-8000-00000000000{number}",
        f"D{number}",
        f"d{number}",
    )
    row.form.save()
    row.pk, row.uuid, row.form_id = None, f"00000000-0000-4000-9000-00000000000{number}", row.form.pk
    row.save()
