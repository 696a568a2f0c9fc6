"""Writing together: unsaved drafts of one person, what the delegation says about a paragraph, Word documents brought back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Record
from missions.enums import AssignmentRole
from reports.enums import REMARKERS, ImportState, RemarkAct, RemarkKind, RemarkState
from reports.models.report import Report, ReportParagraph, ReportSection, ReportVersion
from reports.models.visibility import missions_read_by


class ParagraphDraft(Record):
    """What one person has typed and not saved yet, in one language: kept by the editor every few seconds, read by its author alone.

    `version` is the paragraph's version that was read before typing. `is_new`: of a paragraph that is not there yet; without it and
    without a paragraph, the paragraph was removed meanwhile and the words wait for their author in the chapter.
    """

    section = models.ForeignKey(ReportSection, on_delete=models.CASCADE, related_name="drafts")
    paragraph = models.ForeignKey(ReportParagraph, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    is_new = models.BooleanField(default=False)
    language = models.CharField(max_length=8)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=0)
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["saved_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["paragraph", "language", "author"], condition=Q(paragraph__isnull=False), name="one_draft_per_paragraph"
            ),
            models.UniqueConstraint(fields=["section", "language", "author"], condition=Q(is_new=True), name="one_draft_of_new_paragraph"),
        ]

    @property
    def ends_at(self) -> datetime:
        """When it is deleted: so long after the last word was typed."""
        return self.saved_at + timedelta(days=settings.REPORTS_DRAFT_DAYS)


class RemarkQuerySet(models.QuerySet["ParagraphRemark"]):
    """Questions asked of remarks."""

    def visible_to(self, user: Any) -> RemarkQuerySet:
        """Remarks on reports whose discussion `user` reads: the delegation and the global roles, not its partners."""
        return self.filter(report__missions__in=missions_read_by(user, roles=REMARKERS)).distinct()


class ParagraphRemark(Record):
    """A comment on a paragraph, or another wording that is suggested for it; each is accepted or rejected with an answer.

    `base` is the text it was written about. `role` is the author's in the mission at that time. `author_name` names the author of a
    comment that came in a Word document. `paragraph` is empty where the paragraph was removed, or never found.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="remarks")
    paragraph = models.ForeignKey(ReportParagraph, on_delete=models.SET_NULL, null=True, blank=True, related_name="remarks")
    kind = models.CharField(max_length=10, choices=RemarkKind)
    language = models.CharField(max_length=8)
    text = models.TextField()
    why = models.TextField(blank=True)
    base = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=AssignmentRole, blank=True)
    state = models.CharField(max_length=10, choices=RemarkState, default=RemarkState.OPEN)
    answer = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField()

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["said_at", "pk"]

    @property
    def mission(self) -> Any:
        """The mission under whose reference the log names it."""
        return self.report.mission


class RemarkEntry(Record):
    """What was said and done under a remark after it was made, in its order: replies, decisions, what its author changed.

    `text` is the reply, the answer or the reason; of a changed remark it is what stood there before. Nothing of it is ever changed.
    """

    remark = models.ForeignKey(ParagraphRemark, on_delete=models.CASCADE, related_name="entries")
    act = models.CharField(max_length=10, choices=RemarkAct)
    text = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=AssignmentRole, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]


class WordImport(Record):
    """A Word document that was brought back: compared with the version it was drawn from, taken over only when a person confirms.

    `plan` is what the comparison found, with the versions of the paragraphs it was made against (`services.word_plan`).
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="imports")
    version = models.ForeignKey(ReportVersion, on_delete=models.CASCADE, related_name="imports")
    language = models.CharField(max_length=8)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.OPEN)
    plan = models.JSONField(default=dict)
    brought_by = models.CharField(max_length=60)
    brought_at = models.DateTimeField()
    made = models.ForeignKey(ReportVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="made_by_imports")

    class Meta:
        ordering = ["-brought_at", "-pk"]

    @property
    def ends_at(self) -> datetime:
        """When it is deleted with its file: so long after it was brought, decided or not."""
        return self.brought_at + timedelta(days=settings.REPORTS_WORD_DAYS)

    @property
    def mission(self) -> Any:
        """The mission under whose reference the log names it."""
        return self.report.mission
