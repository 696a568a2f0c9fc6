"""Unsaved words and Word documents that were brought back end after their time; who left them is told before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from core.actors import user_actor
from core.models import AuditEntry, StoredFile
from reports import reminders_writing
from reports.models import ParagraphDraft, ReportParagraph, WordImport
from reports.services import drafts, retention, versions, word_import
from tests.reports.services.test_word_import import docx_of


@pytest.mark.django_db(transaction=True)
def test_leftovers_are_told_of_deleted_after_their_time_and_only_they(
    drafting, make_report, figures, make_assignment, client_for, time_machine, settings
):
    report = make_report(drafting)
    writer = make_assignment(drafting, "rapporteur", "Rita", "Reporter").person.user
    by, paragraph = user_actor(writer), ReportParagraph.objects.get(section__code="summary")
    drafts.keep_draft(paragraph, by=by, language="en", text="Half a sen", version=1)
    data = docx_of(versions.freeze_version(report, by=by))
    for name in ("edited.docx", "again.docx"):
        word_import.bring_document(report, by=by, file=SimpleUploadedFile(name, data))
    page = client_for(writer).get(reverse("reports:paragraph", args=[drafting.reference, paragraph.uuid])).content.decode()
    assert "They are deleted on " in page
    start = clock.now()
    due = lambda days: sorted(  # noqa: E731
        row.url.rsplit("report/", 1)[1].split("/")[0] for row in reminders_writing.pending_leftovers(start + timedelta(days=days))
    )
    assert (due(52), due(54), due(84)) == ([], ["paragraphs"], ["paragraphs", "word", "word"])

    time_machine.move_to(start + timedelta(days=settings.REPORTS_DRAFT_DAYS + 1), tick=False)
    drafts.keep_draft(paragraph, by=by, language="fr", text="Un mot frais", version=1)
    assert retention.delete_leftovers() == {"drafts": 1}
    assert retention.delete_leftovers() == {}, "twice is once"
    assert ParagraphDraft.objects.get().language == "fr"

    time_machine.move_to(start + timedelta(days=settings.REPORTS_WORD_DAYS + 1), tick=False)
    kept = WordImport.objects.first()
    WordImport.objects.filter(pk=kept.pk).update(brought_at=clock.now())
    path = kept.file.path
    assert retention.delete_leftovers() == {"documents": 1}
    assert default_storage.exists(path), "another document has the same bytes"
    time_machine.move_to(start + timedelta(days=2 * settings.REPORTS_WORD_DAYS + 2), tick=False)
    assert retention.delete_leftovers()["documents"] == 1
    assert not default_storage.exists(path) and not StoredFile.objects.filter(name__endswith=".docx").exists()
    assert AuditEntry.objects.filter(action="reports.leftovers_deleted").count() == 3
    assert report.versions.count() == 1, "what was frozen stays"
