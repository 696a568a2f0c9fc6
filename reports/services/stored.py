"""What reports hold about a person (`accounts.stored`): findings drafted and agreed, remarks. The texts belong to the mission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import stored
from accounts.models import Person
from reports.models import Finding, FindingComment, ParagraphDraft, ParagraphRemark, RemarkEntry


def register() -> None:
    """Register the sections of reports. Safe to repeat."""
    stored.register(
        70, "findings", _("Findings drafted or agreed, and remarks"), findings, models=("reports.Finding", "reports.FindingComment")
    )
    stored.register(
        71,
        "paragraphs",
        _("Remarks on paragraphs of reports, and unsaved drafts"),
        remarks,
        models=("reports.ParagraphRemark", "reports.RemarkEntry", "reports.ParagraphDraft"),
    )


def findings(person: Person) -> Iterable[dict[str, Any]]:
    """Findings by mission and number, and the remarks in full."""
    own = Q(drafted_by__person=person) | Q(agreed_by__person=person)
    rows = Finding.objects.filter(own).select_related("mission").order_by("pk")
    said = FindingComment.objects.filter(author__person=person).select_related("finding__mission").order_by("pk")
    return [
        *stored.values(rows, "mission__reference", "number", "state", "created_at"),
        *stored.values(said, "finding__mission__reference", "finding__number", "text", "created_at"),
    ]


def remarks(person: Person) -> Iterable[dict[str, Any]]:
    """What the person said about paragraphs, what they replied and decided, and what they typed and did not save."""
    said = ParagraphRemark.objects.filter(author__person=person).order_by("pk")
    entries = RemarkEntry.objects.filter(author__person=person).order_by("pk")
    unsaved = ParagraphDraft.objects.filter(author__person=person).order_by("pk")
    return [
        *stored.values(said, "report__uuid", "kind", "language", "text", "why", "state", "said_at"),
        *stored.values(entries, "remark__report__uuid", "remark__kind", "act", "text", "at"),
        *stored.values(unsaved, "section__code", "language", "text", "saved_at"),
    ]
