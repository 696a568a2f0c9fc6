"""In a real browser: a share without n and denominator is accepted, a finding comes back from Word; the table of records."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile as Upload
from django.urls import reverse
from docx import Document as open_word

from core import translations
from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_content
from reports.documents.report.build import build
from reports.models import AcceptedShare, Finding
from reports.services import evidence, findings, versions, word_import
from tests.browser.conftest import Desk
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = "Lists below 5 % of the votes have no seat, and half of the stations had a queue at noon."


def _agreed(world: World, text: str) -> Finding:
    row = findings.add_finding(mission=world.mission, statement={"en": text}, phase="voting", by=world.by)
    evidence.link_figure(row, item="B21", label="B21", n=12, denominator=96, by=world.by)
    return findings.agree_finding(row, by=world.by)


def test_a_publisher_lets_a_share_stand(at_desks: World, desk: Callable[..., Desk]) -> None:
    _agreed(at_desks, TYPED)
    one = desk()
    one.sign_in(at_desks.users["publisher"].email)
    one.open(reverse("reports:statement", args=[at_desks.mission.reference]))
    found = one.faults_at_both_widths("statement-with-shares")
    one.page.click("text=what may stand")
    one.page.wait_for_url("**/shares/")
    found += one.faults_at_both_widths("shares")
    one.page.check("[name=sentences]")
    one.page.fill("[name=reason]", "A threshold of the law")
    one.page.click("text=Let the chosen sentences stand")
    one.page.wait_for_selector("text=1 sentence may stand.")
    found += one.faults_at_both_widths("shares-accepted")
    assert AcceptedShare.objects.filter(sentence=TYPED.rstrip("."), reason="A threshold of the law").count() == 1
    assert not found, found


def test_a_finding_comes_back_from_word(at_desks: World, desk: Callable[..., Desk]) -> None:
    row = _agreed(at_desks, "Queues were long at noon in many of the stations.")
    version = versions.freeze_version(at_desks.report, by=at_desks.by, languages=["en"])
    content = prepare({**build(version, "en"), "language": "en"})
    word, out = open_word(io.BytesIO(render_content(Snapshot(content=content, frozen_at=version.frozen_at), "docx"))), io.BytesIO()
    for paragraph in word.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("Queues were long at noon", "Queues were very long in the morning")
    word.save(out)
    brought = word_import.bring_document(at_desks.report, by=at_desks.by, file=Upload("draft.docx", out.getvalue()))
    findings.reword_finding(
        row, version=row.version, language="en", text="Queues were long at noon in most of the stations.", by=at_desks.by
    )
    word_import.compare_again(brought, by=at_desks.by)
    one = desk()
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("reports:word_import", args=[at_desks.mission.reference, brought.uuid]))
    found = one.faults_at_both_widths("word-finding")
    assert "The finding was worded anew too" in one.page.inner_text("main")
    one.page.click("text=Take both changes")
    one.page.click("text=Take over as the next version")
    one.page.wait_for_url("**/compare/**")
    assert translations.text_of(row, "statement", "en") == "Queues were very long in the morning in most of the stations."
    one.open(row.get_absolute_url())
    found += one.faults_at_both_widths("finding-with-history")
    assert "Earlier wording" in one.page.inner_text("main")
    assert not found, found


def test_a_team_stands_in_one_line_of_the_records(at_desks: World, desk: Callable[..., Desk]) -> None:
    at_desks.observation.team_label, at_desks.observation.team = "Équipe 12", None
    at_desks.observation.station_text = "Школа „Христо Ботев“ в центъра на града, вход от двора"
    at_desks.observation.station, at_desks.observation.flags = None, {f"B{number}": 2 for number in range(10, 28)}
    at_desks.observation.save()
    one = desk()
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("field:records", args=[at_desks.mission.reference]))
    found = one.faults_at_both_widths("records")
    one.page.set_viewport_size({"width": 1280, "height": 800})
    lines = one.page.evaluate("""[...document.querySelectorAll('td.team')].map(cell => {
        const range = document.createRange(); range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(one => Math.round(one.top))).size })""")
    assert lines and set(lines) == {1}, lines
    assert not found, found
