"""A report's Word document for those who work on it: the newest version with the open remarks in its margin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils import translation
from django.utils.translation import gettext as _

from core.actors import Actor
from core.documents.content import prepare
from core.documents.rendering import MarginComment, Snapshot, render_content
from core.errors import Invalid, NotNow
from core.rights import authorize
from reports.documents.report import anchors
from reports.documents.report.build import FINAL, build
from reports.enums import RemarkKind, RemarkState
from reports.models import ParagraphRemark, Report


def draw_with_remarks(report: Report, language: str, *, by: Actor) -> tuple[str, bytes]:
    """Name and bytes of the newest version as DOCX, each open remark a comment of Word beside its paragraph.

    Kept nowhere: what is stored, sent and published is drawn from the version alone, and never has a comment. Refused once the
    newest version is the adopted text or a correction of it. Remarks about another language's text stand there too, under its code.
    """
    authorize(by, "reports.view_remarks", report)
    authorize(by, "reports.change_report", report)
    if language not in report.languages:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": language}, code="not_a_choice", attr="language")
    version = report.versions.order_by("-number").first()
    if version is None:
        raise NotNow(_("Freeze and draw a version first: its Word document is what people edit."), code="no_version")
    if version.reason in FINAL:
        raise NotNow(_("The newest version is the adopted text: remarks are no longer drawn beside it."), code="report_closed")
    with translation.override(language):
        content = prepare({**build(version, language), "language": language})
        margin = in_the_margin(report.remarks.filter(state=RemarkState.OPEN), language, anchors.of_version(version.uuid, language))
    data = render_content(Snapshot(content=content, frozen_at=version.frozen_at, margin=margin), "docx")
    return f"{report.mission.reference}-{version.number}-{language}-remarks.docx", data


def in_the_margin(remarks: Iterable[ParagraphRemark], language: str, title: str) -> Mapping[str, list[MarginComment]]:
    """Comments by the anchor of their paragraph; those without one stand beside the title (its anchor)."""
    found: dict[str, list[MarginComment]] = {}
    for row in remarks:
        anchor = anchors.of_paragraph(row.paragraph.uuid) if row.paragraph else title
        found.setdefault(anchor, []).append(MarginComment(author_of(row), row.said_at, words_of(row, language)))
    return found


def author_of(remark: ParagraphRemark) -> str:
    """Who said it: the person, or the name that a Word document gave."""
    return remark.author_name or (str(remark.author) if remark.author else "–")


def words_of(remark: ParagraphRemark, language: str = "") -> str:
    """What the comment says: the remark, or the wording it suggests and why."""
    parts = [remark.text] if remark.kind == RemarkKind.COMMENT else [_("Suggested wording: “%(text)s”") % {"text": remark.text}, remark.why]
    code = f"[{remark.language.upper()}] " if remark.language != language else ""
    return code + "\n".join(part for part in parts if part)


def is_ours(report: Report, author: str, text: str) -> bool:
    """Is a comment that came back one that was drawn from a remark of the report, whatever was decided about it since?"""
    plain = " ".join(text.split())
    return any(
        author_of(row) == author and " ".join(row.text.split()) in plain
        for row in report.remarks.select_related("author__person")
        if row.text
    )
