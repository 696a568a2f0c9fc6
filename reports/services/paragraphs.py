"""Paragraphs of the memorandum and of the summary: the unit of writing, saved against its version.

A save against an older version is refused with both texts, so that no word is lost (issue: "a stale save shows both texts").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from core import translations
from core.actors import Actor
from core.audit import record
from core.enums import TextState
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from reports.enums import FindingState, ReportState, SectionCode
from reports.models import Finding, ParagraphDraft, Report, ReportParagraph, ReportSection
from reports.services.drafts import drop_draft
from reports.services.findings import move_finding
from reports.services.languages import refuse_unknown


class StaleParagraph(Stale):
    """Somebody saved the paragraph meanwhile: `mine` is what was sent, `theirs` what is stored."""

    def __init__(self, paragraph: ReportParagraph, *, language: str, mine: str, theirs: str) -> None:
        super().__init__(
            _("Somebody else saved this paragraph meanwhile. Both texts are shown: join them and save again."), code="paragraph_stale"
        )
        self.paragraph, self.language, self.mine, self.theirs = paragraph, language, mine, theirs


@transaction.atomic
def add_paragraph(
    section: ReportSection,
    *,
    text: dict[str, str],
    by: Actor,
    findings: Iterable[Finding] = (),
    authentic_language: str = "",
    after: ReportParagraph | None = None,
) -> ReportParagraph:
    """Add a paragraph to a section, at its end or after another."""
    report = _open_report(section, by)
    authentic = authentic_language or report.authentic_language
    if not text.get(authentic, "").strip():
        raise Invalid(_("Write the paragraph first."), code="text_missing", attr="text")
    if after is not None:
        section.paragraphs.filter(position__gt=after.position).update(position=F("position") + 1)
        position = after.position + 1
    else:
        position = (section.paragraphs.aggregate(last=Max("position"))["last"] or 0) + 1
    paragraph = ReportParagraph.objects.create(section=section, position=position, authentic_language=authentic, saved_by=str(by))
    _write(paragraph, text, by=by)
    link_findings(paragraph, findings, by=by)
    drop_draft(section, by=by)
    record(by, "reports.paragraph_added", report, data={"paragraph": str(paragraph.uuid), "section": section.code})
    return paragraph


@transaction.atomic
def save_paragraph(
    paragraph: ReportParagraph,
    *,
    version: int,
    language: str,
    text: str,
    by: Actor,
    checked: bool = False,
    findings: Iterable[Finding] | None = None,
) -> ReportParagraph:
    """Save one language of a paragraph. Raises StaleParagraph with both texts where `version` is no longer the last."""
    report = _open_report(paragraph.section, by)
    paragraph = ReportParagraph.objects.select_for_update().select_related("section").get(pk=paragraph.pk)
    stored = translations.text_of(paragraph, "text", language)
    if paragraph.version != version:
        if stored == text.strip():
            return paragraph  # the same words, saved twice
        raise StaleParagraph(paragraph, language=language, mine=text, theirs=stored)
    if not text.strip() and language == paragraph.authentic_language:
        raise Invalid(_("A paragraph without words is removed, not emptied."), code="text_missing", attr="text")
    refuse_unknown([language], report.country, attr="language")
    translations.set_text(paragraph, "text", language, text, by=by, state=TextState.CHECKED if checked else None)
    if findings is not None:
        link_findings(paragraph, findings, by=by)
    paragraph.version += 1
    paragraph.saved_by = str(by)
    paragraph.save_changes("version", "saved_by")
    drop_draft(paragraph, by=by, languages=[language])
    record(by, "reports.paragraph_saved", report, data={"paragraph": str(paragraph.uuid), "language": language})
    return paragraph


@transaction.atomic
def translate_paragraph(
    paragraph: ReportParagraph, *, language: str, text: str, by: Actor, checked: bool = False, version: int | None = None
) -> ReportParagraph:
    """Write or check a translation of a paragraph. It adds no content, so that it is also taken once the report is adopted, in a language
    in which it is not published: what was published is corrected. Raises StaleParagraph as `save_paragraph` does, where `version` is given.
    """
    report = Report.objects.select_for_update().select_related("country").get(pk=paragraph.section.report_id)
    authorize(by, "reports.change_report", report)
    if language == paragraph.authentic_language:
        raise Invalid(_("This is the language the paragraph was written in."), code="authentic", attr="language")
    refuse_published(report, language)
    if report.is_editable:
        known = paragraph.version if version is None else version
        return save_paragraph(paragraph, version=known, language=language, text=text, by=by, checked=checked)
    refuse_unknown([language], report.country, attr="language")
    translations.set_text(paragraph, "text", language, text, by=by, state=TextState.CHECKED if checked else None)
    record(by, "reports.paragraph_saved", report, data={"paragraph": str(paragraph.uuid), "language": language})
    return paragraph


def refuse_published(report: Report, language: str) -> None:
    """Raise NotNow where the report is withdrawn, or is published in the language already: then it is corrected."""
    if report.state == ReportState.WITHDRAWN or any(language in row.languages for row in report.publications.filter(withdrawn_at=None)):
        raise NotNow(_("The report is not open for changes now."), code="report_closed")


@transaction.atomic
def confirm_paragraph(paragraph: ReportParagraph, *, language: str, by: Actor) -> None:
    """A person has read the translation against the authentic text."""
    report = _open_report(paragraph.section, by)
    translations.confirm_text(paragraph, "text", language, by=by)
    record(by, "reports.paragraph_checked", report, data={"paragraph": str(paragraph.uuid), "language": language})


@transaction.atomic
def remove_paragraph(paragraph: ReportParagraph, *, version: int, by: Actor) -> None:
    """Remove a paragraph; frozen versions keep it, and unsaved words of others wait for them in the chapter."""
    report = _open_report(paragraph.section, by)
    paragraph = ReportParagraph.objects.select_for_update().get(pk=paragraph.pk)
    if paragraph.version != version:
        raise Stale(_("Somebody else changed this paragraph meanwhile. Read it again before you remove it."), code="paragraph_stale")
    record(by, "reports.paragraph_removed", report, data={"paragraph": str(paragraph.uuid), "section": paragraph.section.code})
    paragraph.delete()


@transaction.atomic
def order_paragraphs(section: ReportSection, uuids: Sequence[str], *, by: Actor) -> None:
    """Give the paragraphs of a section a new order; `uuids` names every one."""
    report = _open_report(section, by)
    rows = {str(row.uuid): row for row in section.paragraphs.select_for_update()}
    if sorted(rows) != sorted(str(uuid) for uuid in uuids):
        raise Stale(_("The section changed meanwhile. Read it again before you order it."), code="order_stale")
    for position, uuid in enumerate(uuids, start=1):
        rows[str(uuid)].position = position
        rows[str(uuid)].save_changes("position")
    record(by, "reports.paragraphs_ordered", report, data={"section": section.code})


@transaction.atomic
def place_paragraph(paragraph: ReportParagraph, *, section: ReportSection, after: ReportParagraph | None, by: Actor) -> None:
    """Put a paragraph behind another one of a section, or at its beginning; it keeps texts, findings and remarks."""
    report = _open_report(section, by)
    if section.report_id != paragraph.section.report_id or (after is not None and after.section_id != section.pk):
        raise Invalid(_("There is no such paragraph in this report."), code="paragraph_unknown", attr="paragraphs")
    rows = [row for row in section.paragraphs.select_for_update() if row.pk != paragraph.pk]
    at = next((place for place, row in enumerate(rows, start=1) if after is not None and row.pk == after.pk), 0)
    rows.insert(at, paragraph)
    paragraph.section = section
    for position, row in enumerate(rows, start=1):
        row.position = position
        row.save_changes("position", "section")
    ParagraphDraft.objects.filter(paragraph=paragraph).update(section=section)
    record(by, "reports.paragraph_placed", report, data={"paragraph": str(paragraph.uuid), "section": section.code})


def first_number(section: ReportSection) -> int:
    """The number that the section's first paragraph has if a version is frozen now: the memorandum is numbered through."""
    if section.code == SectionCode.SUMMARY:
        return 1
    before = ReportParagraph.objects.filter(section__report=section.report_id, section__position__lt=section.position)
    return before.exclude(section__code=SectionCode.SUMMARY).count() + 1


def number_of(paragraph: ReportParagraph) -> int:
    """The paragraph's number if a version is frozen now."""
    before = paragraph.section.paragraphs.filter(
        Q(position__lt=paragraph.position) | Q(position=paragraph.position, pk__lt=paragraph.pk)
    ).count()
    return first_number(paragraph.section) + before


def open_comments(report: Report) -> Counter[int]:
    """How many unanswered comments of the authorities each paragraph has, by its key."""
    return Counter(report.comments.filter(answered_at=None).exclude(paragraph=None).values_list("paragraph_id", flat=True))


def link_findings(paragraph: ReportParagraph, findings: Iterable[Finding], *, by: Actor) -> None:
    """Say which findings the paragraph rests on; an agreed finding is then "in the memorandum"."""
    rows = list(findings)
    missions = set(paragraph.section.report.missions.values_list("pk", flat=True))
    if any(finding.mission_id not in missions for finding in rows):
        raise Invalid(_("A paragraph rests on findings of the report's own missions."), code="finding_elsewhere", attr="findings")
    paragraph.findings.set(rows)
    for finding in rows:
        if finding.state in {FindingState.AGREED, FindingState.IN_PRELIMINARY}:
            move_finding(finding, "memorialise", by=by)


def _open_report(section: ReportSection, by: Actor) -> Report:
    report = Report.objects.select_for_update().get(pk=section.report_id)
    authorize(by, "reports.change_report", report)
    if not report.is_editable:
        raise NotNow(_("The report is not open for changes now."), code="report_closed")
    return report


def _write(paragraph: ReportParagraph, text: dict[str, str], *, by: Actor) -> None:
    refuse_unknown(text, paragraph.section.report.country, attr="text")
    for language in sorted(text, key=lambda code: code != paragraph.authentic_language):
        if text[language].strip():
            translations.set_text(paragraph, "text", language, text[language], by=by)
