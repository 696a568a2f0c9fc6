"""Shares without n and denominator at the desk and in the API: named, accepted with a reason by a publisher alone, taken back."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from core.errors import NotNow
from core.models import AuditEntry
from reports.models import AcceptedShare, Publication, Report, ReportParagraph
from reports.services import accepted_shares, paragraphs, publication, statement

TYPED = "Lists below 5 % of the votes have no seat."


@pytest.fixture
def mission(drafting, make_report, make_finding, as_coordinator):
    make_report(drafting)
    make_finding(drafting, TYPED)
    row = ReportParagraph.objects.get(section__code="summary")
    paragraphs.save_paragraph(row, version=row.version, language="en", text=f"The law is clear. {TYPED}", by=as_coordinator)
    return drafting


def test_a_publisher_accepts_a_sentence_once_for_every_text(mission, client_for, publisher, coordinator, as_coordinator):
    url = reverse("reports:shares", args=[mission.reference])
    page = client_for(coordinator).get(url).content.decode()
    assert page.count(TYPED) == 1 and "Paragraph 1 of “Summary”" in page and ">F2</a>" in page
    assert 'name="sentences"' not in page, "who may not accept is shown no box"
    refused = client_for(coordinator).post(reverse("reports:statement", args=[mission.reference]), follow=True)
    assert "stands without n and denominator" in unescape(refused.content.decode()) and not mission.statements.exists()
    client, digest = client_for(publisher), accepted_shares.digest_of(TYPED)
    assert f'value="{digest}"' in client.get(url).content.decode()
    without = client.post(url, {"sentences": [digest]})
    assert without.status_code == 400 and f'value="{digest}"' in without.content.decode() and "checked" in without.content.decode()
    assert client.post(url, {"sentences": ["0" * 64], "reason": "The law"}).status_code == 400
    done = client.post(url, {"sentences": [digest], "reason": "A threshold of the law"}, follow=True)
    assert "1 sentence may stand." in done.content.decode() and "A threshold of the law" in done.content.decode()
    assert AuditEntry.objects.get(action="reports.share_accepted").mission == mission.reference
    assert statement.freeze_statement(mission, by=as_coordinator)
    row = AcceptedShare.objects.get()
    back = client.post(reverse("reports:share_take_back", args=[mission.reference, row.uuid]), follow=True)
    assert "waits for a publisher again" in back.content.decode() and not AcceptedShare.objects.exists()


def test_another_word_in_the_sentence_ends_the_yes(mission, as_publisher, as_coordinator):
    accepted_shares.accept_shares(mission, [accepted_shares.digest_of(TYPED)], by=as_publisher, reason="The law")
    assert not accepted_shares.open_shares(accepted_shares.shares_of_mission(mission))
    row = ReportParagraph.objects.get(section__code="summary")
    paragraphs.save_paragraph(row, version=row.version, language="en", text=TYPED.replace("5 %", "7 %"), by=as_coordinator)
    assert ["7 %" in one.sentence for one in accepted_shares.open_shares(accepted_shares.shares_of_mission(mission))] == [True]


def test_the_page_publish_takes_the_reason(mission, walk, client_for, publisher, as_publisher):
    accepted_shares.accept_shares(mission, [accepted_shares.digest_of(TYPED)], by=as_publisher, reason="The law")
    walk(Report.objects.get(), "adopted")
    AcceptedShare.objects.all().delete()
    url = reverse("reports:publish", args=[mission.reference])
    assert reverse("reports:shares", args=[mission.reference]) in client_for(publisher).get(url).content.decode()
    given = {"languages": ["en"], "findings_accepted": "on"}
    refused = client_for(publisher).post(url, given)
    assert refused.status_code == 409 and TYPED[:-1] in unescape(refused.content.decode())
    assert client_for(publisher).post(url, given | {"shares_reason": "A threshold of the law"}).status_code == 302
    assert Publication.objects.get() and AcceptedShare.objects.get().reason == "A threshold of the law"


def test_a_correction_is_asked_too(mission, walk, as_publisher):
    accepted_shares.accept_shares(mission, [accepted_shares.digest_of(TYPED)], by=as_publisher, reason="The law")
    report = walk(Report.objects.get(), "published")
    row = ReportParagraph.objects.get(section__code="conclusions")
    given = {"by": as_publisher, "note": {"en": "The turnout."}, "paragraphs": {str(row.uuid): {"en": "The turnout was 45.3 %."}}}
    with pytest.raises(NotNow, match="only with a person"):
        publication.correct_report(report, **given, unchecked_accepted=["fr"])
    made, _job = publication.correct_report(report, **given, unchecked_accepted=["fr"], shares_reason="Official result")
    assert "45.3 %" in str(made.version.content) and AcceptedShare.objects.filter(reason="Official result").count() == 1


def test_the_api_lists_accepts_and_takes_back(mission, api_for, publisher, coordinator, outsider):
    body = {"mission": mission.reference, "sentences": [accepted_shares.digest_of(TYPED)], "reason": "The law"}
    rows = api_for(coordinator).get("/api/v1/bare-shares/", {"mission": mission.reference}).json()
    assert [(one["place"], one["shares"], one["accepted"]) for one in rows] == [
        ("F2", ["5 %"], None),
        ("Paragraph 1 of “Summary”", ["5 %"], None),
    ]
    assert api_for(outsider).get("/api/v1/bare-shares/", {"mission": mission.reference}).status_code == 404
    assert api_for(coordinator).post("/api/v1/bare-shares/accept/", body).status_code == 403
    made = api_for(publisher).post("/api/v1/bare-shares/accept/", body)
    assert (made.status_code, made.json()[0]["reason"]) == (200, "The law")
    assert api_for(publisher).post("/api/v1/bare-shares/accept/", body).json() == made.json()
    rows = api_for(coordinator).get("/api/v1/bare-shares/", {"mission": mission.reference}).json()
    assert {one["accepted"]["uuid"] for one in rows} == {made.json()[0]["uuid"]}
    assert api_for(publisher).delete(f"/api/v1/bare-shares/{made.json()[0]['uuid']}/").status_code == 204
    assert AuditEntry.objects.filter(action="reports.share_refused").count() == 1
