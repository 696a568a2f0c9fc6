"""The API of a report's Word documents: freeze and draw a draft, fetch its file, bring it back, decide, take over."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile as Upload
from docx import Document as open_word

from core import translations
from core.files import DOCX
from reports.models import Finding, Report, ReportParagraph
from reports.services import paragraphs, remarks

API = "/api/v1"


def changed(data: bytes, old: str, new: str) -> bytes:
    """The document with words typed over."""
    word, out = open_word(io.BytesIO(data)), io.BytesIO()
    for row in word.paragraphs:
        for run in row.runs:
            run.text = run.text.replace(old, new)
    word.save(out)
    return out.getvalue()


@pytest.fixture
def report(drafting, make_report, figures) -> Report:
    return make_report(drafting)


@pytest.fixture
def drawn(report, api_for, coordinator, django_capture_on_commit_callbacks) -> bytes:
    """The Word document of a draft that was frozen and drawn through the API."""
    client = api_for(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        made = client.post(f"{API}/reports/{report.uuid}/freeze/")
    assert (made.status_code, made.json()["version"]["number"], made.json()["version"]["reason"]) == (201, 1, "working")
    files = client.get(f"{API}/reports/{report.uuid}/versions/1/files/").json()
    assert {(one["language"], one["format"]) for one in files} == {
        (language, kind) for language in ("en", "fr") for kind in ("pdf", "docx", "html", "json")
    }
    answer = client.get(f"{API}/reports/{report.uuid}/versions/1/files/en/docx/")
    data = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == DOCX and answer["Content-Disposition"].startswith("attachment")
    assert len(data) == next(one["size"] for one in files if (one["language"], one["format"]) == ("en", "docx"))
    return data


def test_a_draft_goes_to_word_and_comes_back(report, drawn, api_for, coordinator):
    client = api_for(coordinator)
    data = changed(drawn, "Words of the summary.", "Better words of the summary.")
    data = changed(data, "Group voting was seen.", "Group voting was seen often.")
    sent = {"report": str(report.uuid), "file": Upload("back.docx", data, content_type=DOCX)}
    made = client.post(f"{API}/word-documents/", sent, format="multipart")
    plan = made.json()
    assert (made.status_code, plan["state"], plan["number"], plan["language"], plan["name"]) == (201, "open", 1, "en", "back.docx")
    entries = {one["kind"]: one for one in plan["entries"]}
    assert set(entries) == {"changed", "finding"} and entries["finding"]["label"] == "F1"
    assert entries["changed"]["shown"] == "Better words of the summary." and entries["changed"]["clashes"] is False
    url = f"{API}/word-documents/{plan['uuid']}/"
    assert client.get(url).json() == plan
    assert [one["uuid"] for one in client.get(f"{API}/word-documents/", {"report": str(report.uuid)}).json()["results"]] == [plan["uuid"]]
    assert b"".join(client.get(f"{url}document/").streaming_content) == data
    nothing = client.post(f"{url}take/", {"decisions": []}, format="json")
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (400, "nothing_chosen")
    decisions = [{"entry": one["id"], "do": "word"} for one in plan["entries"]]
    taken = client.post(f"{url}take/", {"decisions": decisions}, format="json")
    assert (taken.status_code, taken.json()["number"]) == (201, 2)
    finding = Finding.objects.get()
    assert translations.text_of(finding, "statement", "en") == "Group voting was seen often."
    assert translations.text_of(ReportParagraph.objects.get(section__code="summary"), "text", "en") == "Better words of the summary."
    (old,) = client.get(f"{API}/findings/{finding.uuid}/wordings/").json()
    assert (old["text"], old["source"]) == ("Group voting was seen.", "Word document back.docx")
    assert client.get(url).json() | {"entries": 0} == plan | {"state": "taken", "made": 2, "entries": 0}
    again = client.post(f"{url}take/", {"decisions": decisions}, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "word_decided")


def test_what_changed_meanwhile_is_compared_anew(report, drawn, api_for, coordinator, as_coordinator):
    client = api_for(coordinator)
    data = changed(drawn, "Words of the summary.", "Better words of the summary.")
    plan = client.post(f"{API}/word-documents/", {"report": str(report.uuid), "file": Upload("b.docx", data)}, format="multipart").json()
    row = ReportParagraph.objects.get(section__code="summary")
    paragraphs.save_paragraph(row, version=row.version, language="en", text="Words of the long summary.", by=as_coordinator)
    url, decisions = f"{API}/word-documents/{plan['uuid']}/", [{"entry": plan["entries"][0]["id"], "do": "word"}]
    stale = client.post(f"{url}take/", {"decisions": decisions}, format="json")
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "plan_stale")
    (entry,) = client.post(f"{url}compare/").json()["entries"]
    assert (entry["clashes"], entry["stored"]) == (True, "Words of the long summary.")
    assert entry["both_shown"] == "Better words of the long summary."
    assert client.post(f"{url}take/", {"decisions": [{"entry": entry["id"], "do": "both"}]}, format="json").status_code == 201
    assert translations.text_of(row, "text", "en") == "Better words of the long summary."


def test_a_document_is_put_aside_or_refused(report, drawn, api_for, coordinator):
    client = api_for(coordinator)
    sent = {"report": str(report.uuid), "file": Upload("b.docx", drawn)}
    plan = client.post(f"{API}/word-documents/", sent, format="multipart").json()
    assert plan["entries"] == []
    assert client.post(f"{API}/word-documents/{plan['uuid']}/put-aside/").json()["state"] == "dropped"
    for file in (Upload("b.docx", b"no document"), Upload("b.docx", b"")):
        wrong = client.post(f"{API}/word-documents/", {"report": str(report.uuid), "file": file}, format="multipart")
        assert wrong.status_code == 400
    assert client.get(f"{API}/word-documents/").json()["errors"][0]["attr"] == "report"
    assert client.get(f"{API}/reports/{report.uuid}/versions/9/files/").status_code == 404
    assert client.get(f"{API}/reports/{report.uuid}/versions/1/files/de/pdf/").status_code == 404


def test_remarks_come_in_the_margin(report, drawn, api_for, coordinator, as_coordinator):
    row = ReportParagraph.objects.get(section__code="summary")
    remarks.make_remark(row, by=as_coordinator, kind="comment", language="en", text="Too short.")
    answer = api_for(coordinator).get(f"{API}/reports/{report.uuid}/word-draft/en/")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, DOCX, "private, no-store")
    assert [one.text for one in open_word(io.BytesIO(answer.content)).comments] == ["Too short."]
    assert api_for(coordinator).get(f"{API}/reports/{report.uuid}/word-draft/hy/").status_code == 400


def test_a_finding_is_reworded_by_the_api(report, api_for, coordinator):
    finding, client = Finding.objects.get(), api_for(coordinator)
    body = {"language": "en", "text": "Group voting was seen often.", "version": finding.version}
    made = client.post(f"{API}/findings/{finding.uuid}/reword/", body)
    assert made.json()["statement"]["en"]["text"] == "Group voting was seen often." and made.json()["state"] == "agreed"
    stale = client.post(f"{API}/findings/{finding.uuid}/reword/", body | {"text": "x"})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "finding_stale")
