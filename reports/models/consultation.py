"""The draft goes to the national authorities: who was asked with which version, and what they commented."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from core import clock
from core.enums import Language
from core.models import Record
from reports.enums import CommentWay
from reports.models.report import Report, ReportParagraph, ReportVersion


class DraftInvitation(Record):
    """An authority's contact that was asked to comment on one frozen version, by a secure link, until a day."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="invitations")
    version = models.ForeignKey(ReportVersion, on_delete=models.CASCADE, related_name="invitations")
    name = models.CharField(max_length=200)
    address = models.EmailField()
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    until = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def mission(self) -> Any:
        """The mission under whose reference the log names it."""
        return self.report.mission


class ConsultationExtension(Record):
    """The day until which the authorities may comment was moved; why is read at the desk alone."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="extensions")
    was = models.DateField()
    until = models.DateField()
    reason = models.TextField()
    extended_by = models.CharField(max_length=60)
    extended_at = models.DateTimeField()

    class Meta:
        ordering = ["extended_at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("was")), name="consultation_extended_to_later")]


class ConsultationComment(Record):
    """A comment of the authorities on the draft or on one place of it, given through a secure link or entered at the desk from a letter;
    each is answered.

    `place` names the place as the commented version numbers it ("12", "5.a"), `quote` is its text there, `language` that of the quote.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="comments")
    invitation = models.ForeignKey(DraftInvitation, on_delete=models.CASCADE, null=True, blank=True, related_name="comments")
    paragraph = models.ForeignKey(ReportParagraph, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments")
    place = models.CharField(max_length=40, blank=True)
    quote = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=Language, blank=True)
    author = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=10, choices=CommentWay, default=CommentWay.LINK)
    entered_by = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="link", entered_by="") | ~Q(way="link") & ~Q(entered_by=""), name="comment_entered_by_somebody"
            )
        ]

    @property
    def is_late(self) -> bool:
        """Did it come after the last day, as that stands now?"""
        return self.invitation is not None and self.received_at.astimezone(ZoneInfo(clock.STRASBOURG)).date() > self.invitation.until
