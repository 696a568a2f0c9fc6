"""Freezing, publishing, correcting, withdrawing: one snapshot, checksum, embargo to the second, no unchecked text unasked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core import clock
from core.actors import user_actor
from core.documents import documents_of, render, request_documents
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, Document, Job
from reports.documents.report.build import build
from reports.models import Finding, Publication, ReportParagraph, ReportVersion
from reports.services import figures as figures_service
from reports.services import paragraphs, publication, report_checks, statement, versions


def test_freezing_twice_gives_the_same_content_but_a_new_number(drafting, make_report, as_coordinator, figures, time_machine):
    report = make_report(drafting)
    time_machine.move_to(clock.now(), tick=False)
    one = versions.freeze_version(report, by=as_coordinator)
    two = versions.freeze_version(report, by=as_coordinator)
    assert (one.number, two.number) == (1, 2)
    assert one.checksum == two.checksum
    assert versions.is_whole(one)


def test_a_frozen_version_never_changes(drafting, make_report, as_coordinator):
    version = versions.freeze_version(make_report(drafting), by=as_coordinator)
    for act in (
        lambda: ReportVersion.objects.filter(pk=version.pk).update(note="x"),
        lambda: ReportVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_recommendation_has_its_six_paragraphs_and_letters(drafting, make_report, as_coordinator):
    version = versions.freeze_version(make_report(drafting), by=as_coordinator)
    text = version.content["languages"]["en"]["recommendation"]
    assert [one["number"] for one in text["paragraphs"]] == ["1", "2", "3", "4", "5", "6"]
    assert [(one["letter"], one["text"]) for one in text["paragraphs"][4]["items"]] == [
        ("a", "ensure that voters mark their ballots alone.")
    ]
    assert text["paragraphs"][3]["items"][0]["text"] == "Group voting was seen."


def test_figures_are_frozen_with_n_and_denominator(drafting, make_report, as_coordinator, figures):
    report = make_report(drafting)
    paragraph = ReportParagraph.objects.get(section__code="election_day")
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="Group voting: {figure:B21}.", by=as_coordinator)
    version = versions.freeze_version(report, by=as_coordinator)
    chapter = next(one for one in version.content["languages"]["en"]["memorandum"] if one["code"] == "election_day")
    assert chapter["paragraphs"][0]["text"] == "Group voting: 12 of 96 of the stations visited (12.5 %)."
    snapshot = version.content["languages"]["en"]["appendices"]["figures"]
    assert all(isinstance(item["n"], int) and isinstance(item["denominator"], int) for item in snapshot["items"])


def test_a_figure_that_nobody_counted_stops_the_freeze(drafting, make_report, as_coordinator):
    report = make_report(drafting)
    paragraph = ReportParagraph.objects.get(section__code="election_day")
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="See {figure:B27}.", by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        versions.freeze_version(report, by=as_coordinator)
    assert [one.code for one in refusal.value.missing] == ["figure_unknown"]
    assert str(paragraph.uuid) in refusal.value.missing[0].url
    assert refusal.value.missing[0].sentence.startswith("Paragraph 1 of the chapter “Election day” asks for the figure B27")


@pytest.mark.parametrize(
    ("n", "denominator", "words"), [(3, 6, "3 of 6 of the stations visited"), (15, 30, "15 of 30 of the stations visited (50 %)")]
)
def test_no_percentage_under_thirty(n, denominator, words):
    assert figures_service.in_words(figures_service.entry(n, denominator), "en") == words


def test_publishing_asks_for_an_explicit_yes_to_unchecked_texts(drafting, make_report, walk, as_publisher):
    report = walk(make_report(drafting), "adopted")
    with pytest.raises(NotNow) as refusal:
        publication.publish_report(report, by=as_publisher)
    assert [one.code for one in refusal.value.missing] == ["unchecked_fr", "finding_team"]
    assert not ReportVersion.objects.exists()
    made, job = publication.publish_report(report, by=as_publisher, unchecked_accepted=["fr"], findings_accepted=True)
    assert (made.languages, made.unchecked_accepted, made.slug) == (["en", "fr"], ["fr"], f"bg-{report.year}-cpl202752-03")
    report.refresh_from_db()
    assert (report.state, job.kind) == ("published", "documents.render")


def test_publishing_twice_gives_one_publication(drafting, make_report, walk, as_publisher):
    report = walk(make_report(drafting), "published")
    again, _job = publication.publish_report(report, by=as_publisher, unchecked_accepted=["fr"], findings_accepted=True)
    assert list(Publication.objects.all()) == [again]


def test_only_the_publisher_publishes_and_only_what_is_adopted(drafting, make_report, walk, as_coordinator, as_publisher):
    report = walk(make_report(drafting), "approved")
    with pytest.raises(NotNow):
        publication.publish_report(report, by=as_publisher)
    with pytest.raises(NotAllowed):
        publication.publish_report(report, by=as_coordinator)


def test_the_embargo_ends_to_the_second(drafting, make_report, walk, time_machine):
    until = clock.now().replace(microsecond=0) + timedelta(hours=3)
    walk(make_report(drafting), "published", embargo_until=until)
    time_machine.move_to(until - timedelta(seconds=1), tick=False)
    assert not Publication.objects.out().exists()
    time_machine.move_to(until, tick=False)
    assert Publication.objects.current().count() == 1


def test_an_embargo_moves_only_before_it_has_passed(drafting, make_report, walk, as_publisher):
    walk(make_report(drafting), "published", embargo_until=clock.now() + timedelta(hours=1))
    made = Publication.objects.get()
    assert publication.move_embargo(made, by=as_publisher, embargo_until=clock.now()).is_out()
    with pytest.raises(NotNow):
        publication.move_embargo(made, by=as_publisher, embargo_until=clock.now() + timedelta(hours=1))


def test_a_correction_is_a_new_version_that_names_the_old(drafting, make_report, walk, as_publisher):
    report = walk(make_report(drafting), "published")
    paragraph = ReportParagraph.objects.get(section__code="conclusions")
    with pytest.raises(Invalid):
        publication.correct_report(report, by=as_publisher, note={"en": " "})
    made, _job = publication.correct_report(
        report,
        by=as_publisher,
        note={"en": "A date was wrong."},
        paragraphs={str(paragraph.uuid): {"en": "Corrected words."}},
        unchecked_accepted=["fr"],
    )
    old, new = Publication.objects.order_by("version__number")
    assert (new, new.version.corrects, new.slug) == (made, old.version, old.slug)
    assert list(Publication.objects.current()) == [new]
    texts = [version.content["languages"]["en"]["memorandum"][-1]["paragraphs"][0]["text"] for version in (old.version, new.version)]
    assert texts == ["Words of the conclusions.", "Corrected words."]


def test_a_correction_before_the_embargo_waits_for_it_and_moves_with_it(drafting, make_report, walk, as_publisher):
    report = make_report(drafting)
    end = clock.now() + timedelta(days=2)
    walk(report, "adopted")
    first, _job = publication.publish_report(
        report, by=as_publisher, embargo_until=end, unchecked_accepted=["fr", "de"], findings_accepted=True
    )
    second, _job = publication.correct_report(report, by=as_publisher, note={"en": "A date."}, unchecked_accepted=["fr", "de"])
    assert second.embargo_until == end
    assert not Publication.objects.current().exists(), "a correction lets nothing out early"
    publication.move_embargo(second, by=as_publisher, embargo_until=end + timedelta(days=1))
    first.refresh_from_db()
    assert first.embargo_until == end + timedelta(days=1)


def test_a_withdrawn_report_is_no_longer_current(drafting, make_report, walk, as_publisher):
    report = walk(make_report(drafting), "published")
    publication.withdraw_report(report, by=as_publisher, notice={"en": "Published by mistake."})
    assert not Publication.objects.current().exists()
    assert Publication.objects.get().withdrawal_notice == {"en": "Published by mistake."}


@pytest.mark.parametrize(("state", "gone"), [("draft", 0), ("published", 1)])
def test_a_report_that_is_not_public_needs_a_reason_and_no_notice(drafting, make_report, walk, as_publisher, state, gone):
    """A draft, and what waits for its embargo: nobody outside knows of it, so there is nobody to tell."""
    report = walk(make_report(drafting), state, embargo_until=clock.now() + timedelta(hours=1)) if gone else make_report(drafting)
    assert not publication.is_public(report)
    with pytest.raises(Invalid) as refusal:
        publication.withdraw_report(report, by=as_publisher, note=" ")
    assert (refusal.value.code, refusal.value.attr) == ("note_missing", "note")
    row = publication.withdraw_report(report, by=as_publisher, note="The wrong mission.", notice={"fr": "Erreur."})
    assert (row.state, row.moves.latest("pk").note) == ("withdrawn", "The wrong mission.")
    assert [(one.withdrawn_at is None, one.withdrawal_notice) for one in Publication.objects.all()] == [(False, {})] * gone


def test_a_public_report_is_not_withdrawn_without_a_notice(drafting, make_report, walk, as_publisher):
    report = walk(make_report(drafting), "published")
    with pytest.raises(Invalid) as refusal:
        publication.withdraw_report(report, by=as_publisher, note="By mistake.")
    assert (refusal.value.code, refusal.value.attr) == ("note_missing", "notice")
    publication.withdraw_report(report, by=as_publisher, note="Asked by the Secretary General.", notice={"en": "By mistake."})
    assert report.moves.latest("pk").note == "Asked by the Secretary General."


def test_a_stale_paragraph_keeps_both_texts(drafting, make_report, as_coordinator, make_assignment):
    make_report(drafting)
    paragraph = ReportParagraph.objects.get(section__code="summary")
    expert = user_actor(make_assignment(drafting, "expert", "Eva", "Expert").person.user)
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="Mine.", by=expert)
    with pytest.raises(paragraphs.StaleParagraph) as refusal:
        paragraphs.save_paragraph(paragraph, version=1, language="en", text="Other.", by=as_coordinator)
    assert (refusal.value.mine, refusal.value.theirs) == ("Other.", "Mine.")
    assert paragraphs.save_paragraph(paragraph, version=1, language="en", text="Mine.", by=expert).version == 2


def test_the_documents_are_drawn_in_every_language_and_pass_as_accessible(
    drafting, make_report, walk, figures, as_coordinator, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        walk(make_report(drafting), "published")
    version = ReportVersion.objects.get()
    documents = documents_of(version)
    assert Job.objects.get(kind="documents.render").state == "done"
    assert sorted((one.language, file.format) for one in documents for file in one.files.all()) == sorted(
        (language, format_) for language in ("en", "fr") for format_ in ("pdf", "docx", "html", "json")
    )
    pdf = documents[0].files.get(format="pdf").file.read()
    assert pdf.startswith(b"%PDF") and re.search(rb"pdfuaid", pdf)


def test_the_same_snapshot_gives_the_same_bytes(drafting, make_report, as_coordinator, figures):
    version = versions.freeze_version(make_report(drafting), by=as_coordinator)
    files = []
    for _turn in range(2):
        request_documents(versions.KIND, version, ["en"], ["docx"], by=as_coordinator)
        document = Document.objects.order_by("-pk")[0]
        files.append((document.checksum, render(document, "docx").file.sha256))
    assert files[0][0] == files[1][0]


def test_the_jobs_of_freezing_and_publishing_lead_back_and_to_the_public_page(drafting, make_report, walk, as_coordinator, as_publisher):
    report = make_report(drafting)
    version = versions.freeze_version(report, by=as_coordinator)
    assert versions.render_version(version, by=as_coordinator).params["back"] == version.get_absolute_url()
    walk(report, "adopted")
    made, job = publication.publish_report(report, by=as_publisher, unchecked_accepted=["fr"], findings_accepted=True)
    assert (job.params["see"], job.params["back"]) == (made.public_url("en"), made.version.get_absolute_url())


def test_nothing_leads_to_a_page_that_is_under_embargo(drafting, make_report, walk, as_publisher):
    report = walk(make_report(drafting), "adopted")
    until = clock.now() + timedelta(days=1)
    _made, job = publication.publish_report(report, by=as_publisher, unchecked_accepted=["fr"], embargo_until=until, findings_accepted=True)
    assert "see" not in job.params


def test_files_of_different_documents_have_different_names(drafting, make_report, make_finding, as_coordinator):
    report = make_report(drafting)
    version = versions.freeze_version(report, by=as_coordinator)
    frozen = statement.freeze_statement(drafting, by=as_coordinator)
    names = []
    for kind, subject in ((versions.KIND, version), (statement.KIND, frozen)):
        request_documents(kind, subject, ["en"], ["json"], by=as_coordinator)
        names.append(render(Document.objects.order_by("-pk")[0], "json").file.name)
    assert names[0].endswith("-report-en.json")
    assert names[1] == f"{drafting.reference}-statement-en.json"


def test_a_finding_of_the_team_is_published_only_with_a_yes_and_one_of_the_secretariat_never(
    drafting, make_report, make_finding, make_recommendation, walk, as_publisher
):
    report = make_report(drafting)
    make_finding(drafting, "The mayor leaned on his staff.", access="secretariat")
    walk(report, "adopted")
    finding = Finding.objects.get(access="team")
    finding.evidence.update(access="team")
    with pytest.raises(NotNow) as refusal:
        publication.publish_report(report, by=as_publisher, unchecked_accepted=["fr"])
    assert [(one.code, one.url) for one in refusal.value.missing] == [("finding_team", finding.get_absolute_url())]
    made, _job = publication.publish_report(report, by=as_publisher, unchecked_accepted=["fr"], findings_accepted=True)
    text = str(made.version.content)
    assert "Group voting was seen." in text and "leaned on" not in text
    finding.refresh_from_db()
    assert (finding.access, finding.evidence.get().access) == ("public", "team")
    assert AuditEntry.objects.get(action="reports.finding_opened").data == {"from": "team"}


def test_a_text_without_translation_says_so_and_is_told_before(drafting, make_report, make_finding, as_coordinator):
    report = make_report(drafting)
    make_finding(drafting, "Ramps were missing.", french="Les rampes manquaient.")
    told = report_checks.untranslated(report)
    assert [one.code for one in told] == ["untranslated_fr"]
    assert "2 texts have no translation" in told[0].sentence or "1 text has no translation" in told[0].sentence
    version = versions.freeze_version(report, by=as_coordinator)
    items = [one for block in build(version, "fr")["blocks"] if block["type"] == "list" for one in block["items"]]
    texts = {str(one["text"]): one["unchecked"] for one in items if isinstance(one, dict)}
    original = next(text for text in texts if "Group voting was seen." in text)
    assert "[Non traduit. Original : anglais]" in original and texts[original] is False
    assert texts["Les rampes manquaient."] is True


def test_a_correction_lets_no_new_finding_of_the_team_out_without_a_yes(drafting, make_report, make_finding, walk, as_publisher):
    report = walk(make_report(drafting), "published")
    finding = make_finding(drafting, "Found afterwards.")
    given = {"by": as_publisher, "note": {"en": "A date."}, "unchecked_accepted": ["fr"]}
    with pytest.raises(NotNow) as refusal:
        publication.correct_report(report, **given)
    assert [one.url for one in refusal.value.missing] == [finding.get_absolute_url()]
    made, _job = publication.correct_report(report, **given, findings_accepted=True)
    assert "Found afterwards." in str(made.version.content)
