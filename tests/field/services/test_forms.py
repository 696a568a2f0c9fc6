"""Versions of a form: a published one never changes, answers of an old one count beside those of the new."""

from __future__ import annotations

import io
from functools import cache
from uuid import uuid4

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.actors import user_actor
from core.errors import NotNow
from field.counted import Filters
from field.figures import figures
from field.models import Form, FormVersion, Observation
from field.services import context
from field.services.exports import csv_rows
from field.services.forms import close_version, import_form, load_standard_forms, publish_version
from field.services.instances import build
from field.xforms.compile import compile_form
from tests.field.xforms.test_regenerate import same

pytestmark = pytest.mark.django_db

TEXTS = {
    "1": ("Is the door open?", "La porte est-elle ouverte ?"),
    "2": ("Is the main door open?", "La porte principale est-elle ouverte ?"),
}


@cache
def door(version: str, *, extra: bool = False) -> bytes:
    """A form that asks one thing, worded anew in version 2."""
    en, fr = TEXTS[version]
    book = openpyxl.Workbook()
    survey = book.active
    survey.title = "survey"
    rows = [["type", "name", "label::English (en)", "label::Français (fr)"], ["select_one yn", "Q1", en, fr]]
    for row in [*rows, *([["integer", "Q2", "How many?", "Combien ?"]] if extra else [])]:
        survey.append(row)
    for title, cells in {
        "choices": [
            ["list_name", "name", "label::English (en)", "label::Français (fr)"],
            ["yn", "yes", "Yes", "Oui"],
            ["yn", "no", "No", "Non"],
        ],
        "settings": [["form_title", "form_id", "version", "default_language"], ["Doors", "doors", version, "English (en)"]],
    }.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def store(coordinator, polling):
    def upload(version: str, *, publish: bool = True, **values) -> FormVersion:
        by = user_actor(coordinator)
        answer = import_form(
            door(version, **values), name="doors.xlsx", by=by, mission=polling, publish=publish, code="DOORS", validate=False
        )
        assert answer.refused == []
        assert answer.version is not None
        return answer.version

    return upload


def send(phone, polling, version: FormVersion, answer: str, **more) -> Observation:
    uuid = uuid4()
    xml = build(version, {"Q1": answer} | more, uuid=uuid, mission=polling)
    item = {"kind": "observation", "uuid": str(uuid), "mission": polling.reference, "xml": xml, "language": "fr"}
    response = phone.post("/api/v1/sync/", {"items": [item]}, format="json")
    assert response.json()["results"][0]["result"] == "created", response.json()
    return Observation.objects.get(uuid=uuid)


def test_answers_of_version_1_after_version_2_count_in_one_table(store, phone, polling, client_for, coordinator):
    first = store("1")
    send(phone, polling, first, "yes")
    second = store("2", extra=True)
    close_version(first, by=user_actor(coordinator))
    context.forget()
    send(phone, polling, second, "no", Q2=3)
    late = send(phone, polling, first, "yes")
    (item,) = [item for item in figures(polling, Filters()).items if item.code == "Q1"]
    assert item.counts == {"yes": 2, "no": 1}
    assert item.answered == 3
    assert item.label["en"] == TEXTS["2"][0]  # the table is headed by the newest wording
    lines = "".join(csv_rows(Observation.objects.for_mission(polling))).splitlines()
    assert len(lines) == 4
    assert lines[0].split(",").count("Q1") == lines[0].split(",").count("Q2") == 1
    body = client_for(coordinator).get(late.get_absolute_url()).content.decode()
    assert TEXTS["1"][0] in body
    assert TEXTS["1"][1] in body  # as the observer saw it: in French
    assert TEXTS["2"][0] not in body


def test_a_published_version_never_changes(store, polling, coordinator):
    version = store("1")
    by = user_actor(coordinator)
    answer = import_form(door("1", extra=True), name="doors.xlsx", by=by, mission=polling, validate=False)
    assert "is published and cannot change" in answer.refused[0]["why"]
    for change in ({"xform": "<x/>"}, {"questions": []}, {"version": "9"}, {"state": "draft"}):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            FormVersion.objects.filter(pk=version.pk).update(**change)
    close_version(version, by=by)
    with pytest.raises(NotNow):
        publish_version(version, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(md5="0" * 32)


def test_a_draft_changes(store, polling, coordinator):
    draft = store("1", publish=False)
    assert store("1", publish=False, extra=True).pk == draft.pk
    draft.refresh_from_db()
    assert [question["code"] for question in draft.questions] == ["Q1", "Q2"]


def test_reference_data_changes_no_version_that_is_there(db, monkeypatch):
    load_standard_forms()
    version = Form.objects.get(form_id="scrutin-I").current
    version.form.versions.filter(pk=version.pk).update(unchecked_languages=[])
    monkeypatch.setattr("field.services.forms.hashlib.md5", lambda *a, **k: type("Sum", (), {"hexdigest": lambda self: "f" * 32})())
    assert load_standard_forms() == {"created": 0, "updated": 0, "unchanged": 5}
    version.refresh_from_db()
    assert (version.md5 != "f" * 32, version.unchecked_languages) == (True, [])


def test_downloads_what_was_given_and_what_was_made_anew(store, polling, client_for, coordinator, outsider, forms):
    version = store("1")
    url = {
        kind: reverse("field:version_file", args=[polling.reference, version.uuid, kind]) for kind in ("xlsx", "regenerated", "xml", "doc")
    }
    client = client_for(coordinator)
    assert client.get(url["xlsx"]).content == door("1")
    response = client.get(url["regenerated"])
    assert response["Content-Disposition"] == 'attachment; filename="doors-1-regenerated.xlsx"'
    assert same(compile_form(response.content, name="a.xlsx", validate=False).xform, version.xform)
    assert client.get(url["doc"]).status_code == 404
    assert client_for(outsider).get(url["regenerated"]).status_code == 404
    odd = FormVersion.objects.create(
        form=version.form,
        version="2",
        xform=version.xform.replace("<bind ", '<bind nodeset="/data/x" relevant="1"/><bind ', 1),
        md5="1" * 32,
    )
    response = client.get(reverse("field:version_file", args=[polling.reference, odd.uuid, "regenerated"]), follow=True)
    assert "An XLSForm cannot carry over" in response.content.decode()
