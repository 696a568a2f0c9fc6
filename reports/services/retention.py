"""What lies about of the writing ends after its time: unsaved words that nobody came back to, Word documents that were brought back.

The report itself and its frozen versions keep what was saved or taken over; the log keeps that it was done.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from core import clock
from core.actors import SYSTEM
from core.audit import record
from core.files import forget_file
from reports.models import ParagraphDraft, Report, WordImport


def delete_leftovers() -> Counter[str]:
    """Delete what is due, and say so in the log of each report. Safe to repeat; returns how many of each kind."""
    now, total = clock.now(), Counter[str]()
    drafts = ParagraphDraft.objects.filter(saved_at__lte=now - timedelta(days=settings.REPORTS_DRAFT_DAYS))
    documents = WordImport.objects.filter(brought_at__lte=now - timedelta(days=settings.REPORTS_WORD_DAYS))
    reports = Report.objects.filter(pk__in=[*drafts.values_list("section__report", flat=True), *documents.values_list("report", flat=True)])
    for report in reports:
        with transaction.atomic():
            done = Counter(drafts=drafts.filter(section__report=report).delete()[0])
            for row in documents.filter(report=report).select_related("file"):
                row.delete()
                forget_file(row.file)
                done["documents"] += 1
            record(SYSTEM, "reports.leftovers_deleted", report, data=dict(done))
        total += done
    return total
