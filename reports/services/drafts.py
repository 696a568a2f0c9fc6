"""What one person has typed and not saved: kept by the editor every few seconds, found again after a crash, read by nobody else.

Keeping a draft is no act on the report: it is not logged, changes no version, and is also taken when the report was closed for
changes meanwhile. A draft ends when its words are saved or its author drops it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock, translations
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from reports.models import ParagraphDraft, ReportParagraph, ReportSection

Place = ReportParagraph | ReportSection
"""A paragraph, or the chapter to which a new one is being written."""

RECENTLY = timedelta(minutes=15)
"""So long somebody who typed is said to be writing."""

LONGEST = 100_000
"""Characters that a paragraph may have; far beyond any that was ever printed."""


@dataclass(frozen=True)
class Writer:
    """Somebody else who has unsaved words in a paragraph."""

    name: str
    language: str
    at: datetime


@transaction.atomic
def keep_draft(place: Place, *, by: Actor, language: str, text: str, version: int = 0) -> ParagraphDraft | None:
    """Keep what `by` has typed; None where it says no more than what is stored. version: of the paragraph, as it was read."""
    section = place.section if isinstance(place, ReportParagraph) else place
    report = section.report
    authorize(by, "reports.change_report", report)
    if language not in report.languages:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": language}, code="not_a_choice", attr="language")
    if len(text) > LONGEST:
        raise Invalid(_("A paragraph has at most %(n)s characters.") % {"n": LONGEST}, code="text_long", attr="text")
    text = text.replace("\r\n", "\n")
    stored = translations.text_of(place, "text", language) if isinstance(place, ReportParagraph) else ""
    if text.strip() == stored:
        drop_draft(place, by=by, languages=[language])
        return None
    paragraph = place if isinstance(place, ReportParagraph) else None
    values = {"text": text, "version": version, "saved_at": clock.now()}
    names = {"section": section, "paragraph": paragraph, "is_new": paragraph is None, "language": language, "author": by.user}
    row, made = ParagraphDraft.objects.get_or_create(**names, defaults=values)
    if not made:
        ParagraphDraft.objects.filter(pk=row.pk).update(**values, updated_at=clock.now())
        row.refresh_from_db()
    return row


def drop_draft(place: Place, *, by: Actor, languages: Iterable[str] = ()) -> None:
    """The words are saved, or not wanted any more."""
    rows = _rows(place, by)
    (rows.filter(language__in=list(languages)) if languages else rows).delete()


def drafts_of(place: Place, *, by: Actor) -> dict[str, ParagraphDraft]:
    """What `by` has typed there and not saved, by language."""
    return {row.language: row for row in _rows(place, by)}


def left_over(section: ReportSection, *, by: Actor) -> list[ParagraphDraft]:
    """Unsaved words of `by` whose paragraph somebody else removed meanwhile."""
    return list(ParagraphDraft.objects.filter(section=section, paragraph=None, is_new=False, author=by.user))


def drop_left_over(section: ReportSection, uuid: str, *, by: Actor) -> None:
    """Their author needs them no more."""
    ParagraphDraft.objects.filter(section=section, paragraph=None, is_new=False, author=by.user, uuid=uuid).delete()


def others_writing(paragraph: ReportParagraph, *, by: Actor) -> list[Writer]:
    """Who else typed in the paragraph within the last minutes; what, only they know."""
    rows = ParagraphDraft.objects.filter(paragraph=paragraph, saved_at__gt=clock.now() - RECENTLY).exclude(author=by.user)
    return [Writer(row.author.name, row.language, row.saved_at) for row in rows.select_related("author__person")]


def _rows(place: Place, by: Actor) -> QuerySet[ParagraphDraft]:
    rows = ParagraphDraft.objects.filter(author=by.user)
    if isinstance(place, ReportParagraph):
        return rows.filter(paragraph=place)
    return rows.filter(section=place, is_new=True)
