"""What the delegation says about a paragraph: comments, and other wordings that are taken over with one click or rejected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.errors import Invalid, NotNow
from core.rights import allowed, authorize
from missions.rules import roles_of
from reports.enums import REMARKERS, RemarkKind, RemarkState
from reports.lifecycle import REMARKABLE
from reports.models import ParagraphRemark, RemarkEntry, Report, ReportParagraph
from reports.services.diffs import Piece, joined, word_diff
from reports.services.drafts import LONGEST
from reports.services.paragraphs import save_paragraph


@dataclass(frozen=True)
class ShownRemark:
    """A remark as the page shows it. `pieces`: what a suggestion does to the text as it stands; `clashes`: the same place was changed.

    `is_own`: the reader may change it or take it back; `may_reopen`: the reader may open it again.
    """

    row: ParagraphRemark
    pieces: list[Piece]
    clashes: bool = False
    is_own: bool = False
    may_reopen: bool = False


@transaction.atomic
def make_remark(paragraph: ReportParagraph, *, by: Actor, kind: str, language: str, text: str, why: str = "") -> ParagraphRemark:
    """Say something about a paragraph, or suggest another wording of it (and why), while the report is not adopted."""
    report = paragraph.section.report
    authorize(by, "reports.remark_paragraph", report)
    if report.state not in REMARKABLE:
        raise NotNow(_("The report is adopted: its texts are no longer discussed."), code="report_closed")
    if kind not in RemarkKind.values or language not in report.languages:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": f"{kind} {language}"}, code="not_a_choice", attr="kind")
    base = translations.text_of(paragraph, "text", language)
    text = checked_words(kind, text, base)
    row = ParagraphRemark.objects.create(
        report=report,
        paragraph=paragraph,
        kind=kind,
        language=language,
        text=text,
        why=why.strip(),
        base=base,
        author=by.user,
        role=role_in(report, by.user),
        said_at=clock.now(),
    )
    record(by, "reports.paragraph_remarked", report, data={"paragraph": str(paragraph.uuid), "kind": kind, "remark": str(row.uuid)})
    return row


def checked_words(kind: str, text: str, base: str) -> str:
    """The words of a remark as they are stored. base: the text that it is about."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid(_("Write something first."), code="remark_empty", attr="text")
    if len(text) > LONGEST:
        raise Invalid(_("A remark has at most %(n)s characters.") % {"n": LONGEST}, code="text_long", attr="text")
    if kind == RemarkKind.SUGGESTION and text == base:
        raise Invalid(_("The suggestion is the text that stands there: change a word first."), code="remark_same", attr="text")
    return text


def keep_word_comment(
    report: Report, paragraph: ReportParagraph | None, *, by: Actor, language: str, text: str, author_name: str, said_at: datetime | None
) -> None:
    """A comment in the margin of a Word document that `by` brought back; the same one is kept once, also without a paragraph."""
    authorize(by, "reports.remark_paragraph", report)
    names = {"report": report, "paragraph": paragraph, "kind": RemarkKind.COMMENT, "language": language}
    names |= {"text": text, "author": None, "author_name": author_name[:200] or "Word"}
    if text and not ParagraphRemark.objects.filter(**names).exists():
        row = ParagraphRemark.objects.create(**names, said_at=said_at or clock.now())
        record(by, "reports.paragraph_remarked", report, data={"kind": str(row.kind), "remark": str(row.uuid)})


@transaction.atomic
def accept_remark(remark: ParagraphRemark, *, by: Actor, version: int, answer: str = "") -> ParagraphRemark:
    """Take a suggestion over, or agree with a comment. version: of the paragraph, as the decider read it.

    What others changed elsewhere in the paragraph since the suggestion was made stays. Raises StaleParagraph where the paragraph was
    saved meanwhile, NotNow where the same place was changed: then a person writes the sentence.
    """
    remark = _open(remark, by)
    paragraph = remark.paragraph
    if remark.kind == RemarkKind.SUGGESTION:
        if paragraph is None:
            raise NotNow(_("The paragraph was removed: there is nothing to take the suggestion over into."), code="paragraph_gone")
        stored = translations.text_of(paragraph, "text", remark.language)
        text = joined(remark.base, remark.text, stored)
        if text is None:
            raise NotNow(
                _("The same words were changed since this was suggested. Write the sentence by hand, then accept or reject."),
                code="remark_clashes",
            )
        if text != stored:
            save_paragraph(paragraph, version=version, language=remark.language, text=text, by=by)
    return _decide(remark, RemarkState.ACCEPTED, by=by, answer=answer)


@transaction.atomic
def reject_remark(remark: ParagraphRemark, *, by: Actor, answer: str) -> ParagraphRemark:
    """Leave the text as it is; the answer tells its author why."""
    remark = _open(remark, by)
    if not answer.strip():
        raise Invalid(_("Say why."), code="answer_missing", attr="answer")
    return _decide(remark, RemarkState.REJECTED, by=by, answer=answer)


def role_in(report: Report, user: Any) -> str:
    """The role of a user in the report's missions that counts most; empty for those who act by a global role."""
    held = {role for mission in report.missions.all() for role in roles_of(user, mission)}
    return next((role for role in REMARKERS if role in held), "")


def shown_remarks(rows: QuerySet[ParagraphRemark], *, by: Actor) -> list[ShownRemark]:
    """Remarks of one report with their threads, the open ones first; what `by` may do about each."""
    found = list(rows.select_related("report", "paragraph", "author__person").prefetch_related("entries__author__person"))
    if not found:
        return []
    report = found[0].report
    texts = translations.texts_of_many({row.paragraph for row in found if row.paragraph}, "text")
    talks = report.state in REMARKABLE and allowed(by, "reports.remark_paragraph", report)
    decides = report.state in REMARKABLE and allowed(by, "reports.change_report", report)
    shown = []
    for row in found:
        stored = texts.get(row.paragraph.uuid, {}).get(row.language) if row.paragraph else None
        is_own = talks and by.user is not None and row.author_id == by.user.pk
        pieces, clashes = _compared(row, stored.text if stored else "")
        closed = row.state in {RemarkState.ACCEPTED, RemarkState.REJECTED}
        shown.append(ShownRemark(row, pieces, clashes, is_own and is_unanswered(row), closed and (is_own or decides)))
    return sorted(shown, key=lambda one: one.row.state != RemarkState.OPEN)


def is_unanswered(remark: ParagraphRemark) -> bool:
    """Open, and nobody else has said or done anything about it yet."""
    return remark.state == RemarkState.OPEN and all(entry.author_id == remark.author_id for entry in remark.entries.all())


def open_counts(report: Report) -> Counter[Any]:
    """How many open remarks each paragraph has, by its key."""
    return Counter(report.remarks.filter(state=RemarkState.OPEN).exclude(paragraph=None).values_list("paragraph_id", flat=True))


def without_place(report: Report) -> QuerySet[ParagraphRemark]:
    """Remarks whose paragraph was removed, or that came in a Word document about something else."""
    return report.remarks.filter(paragraph=None)


def add_entry(remark: ParagraphRemark, act: str, *, by: Actor, text: str = "") -> RemarkEntry:
    """Write down what was said or done under a remark. The caller has authorised it and records it."""
    return RemarkEntry.objects.create(
        remark=remark, act=act, text=text.strip(), author=by.user, role=role_in(remark.report, by.user), at=clock.now()
    )


def _compared(row: ParagraphRemark, stored: str) -> tuple[list[Piece], bool]:
    if row.kind != RemarkKind.SUGGESTION:
        return [], False
    if row.state != RemarkState.OPEN:
        return word_diff(row.base, row.text), False
    text = joined(row.base, row.text, stored)
    return word_diff(stored, row.text if text is None else text), text is None


def _open(remark: ParagraphRemark, by: Actor) -> ParagraphRemark:
    remark = ParagraphRemark.objects.select_for_update(of=("self",)).select_related("report", "paragraph__section").get(pk=remark.pk)
    authorize(by, "reports.change_report", remark.report)
    if remark.state != RemarkState.OPEN:
        raise NotNow(_("This remark is decided already."), code="remark_decided")
    return remark


def _decide(remark: ParagraphRemark, state: str, *, by: Actor, answer: str) -> ParagraphRemark:
    remark.state, remark.answer, remark.decided_at, remark.decided_by = state, answer.strip(), clock.now(), by.user
    remark.save_changes("state", "answer", "decided_at", "decided_by")
    add_entry(remark, state, by=by, text=answer)
    record(by, "reports.remark_decided", remark.report, data={"remark": str(remark.uuid), "state": str(state)})
    return remark
