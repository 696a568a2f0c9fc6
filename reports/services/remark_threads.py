"""The thread under a remark: replies, opening it again, and what its author changes or takes back while nobody has answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import record
from core.errors import Invalid, NotAllowed, NotNow
from core.rights import allowed, authorize
from reports.enums import RemarkAct, RemarkKind, RemarkState
from reports.lifecycle import REMARKABLE
from reports.models import ParagraphRemark, RemarkEntry
from reports.services.remarks import add_entry, checked_words, is_unanswered


@transaction.atomic
def reply_to_remark(remark: ParagraphRemark, *, by: Actor, text: str) -> RemarkEntry:
    """Say something under a remark, also under one that is decided: everybody who may comment on the paragraph."""
    remark = _locked(remark, by)
    if remark.state == RemarkState.WITHDRAWN:
        raise NotNow(_("Its author has taken this remark back."), code="remark_withdrawn")
    entry = add_entry(remark, RemarkAct.REPLY, by=by, text=checked_words(RemarkKind.COMMENT, text, ""))
    record(by, "reports.remark_answered", remark.report, data={"remark": str(remark.uuid)})
    return entry


@transaction.atomic
def change_remark(remark: ParagraphRemark, *, by: Actor, text: str, why: str | None = None) -> ParagraphRemark:
    """Its author puts it better while nobody has answered; the thread keeps what stood there. Saying the same changes nothing."""
    remark = _locked(remark, by)
    _refuse_not_own(remark, by)
    text = checked_words(remark.kind, text, remark.base)
    why = remark.why if why is None else why.strip()
    if (text, why) == (remark.text, remark.why):
        return remark
    before = remark.text if not remark.why else f"{remark.text}\n\n{remark.why}"
    remark.text, remark.why = text, why
    remark.save_changes("text", "why")
    add_entry(remark, RemarkAct.CHANGED, by=by, text=before)
    record(by, "reports.remark_changed", remark.report, fields=["text", "why"], data={"remark": str(remark.uuid)})
    return remark


@transaction.atomic
def take_back_remark(remark: ParagraphRemark, *, by: Actor) -> ParagraphRemark:
    """Its author takes it back while nobody has answered: it waits for nobody any more, and stays readable. Twice is once."""
    remark = _locked(remark, by)
    if remark.state == RemarkState.WITHDRAWN and _is_author(remark, by):
        return remark
    _refuse_not_own(remark, by)
    remark.state = RemarkState.WITHDRAWN
    remark.save_changes("state")
    add_entry(remark, RemarkAct.WITHDRAWN, by=by)
    record(by, "reports.remark_withdrawn", remark.report, data={"remark": str(remark.uuid)})
    return remark


@transaction.atomic
def reopen_remark(remark: ParagraphRemark, *, by: Actor, reason: str) -> ParagraphRemark:
    """A decided remark is discussed again: its author, or who may change the report, says why. What was taken over stays in the text."""
    remark = _locked(remark, by)
    if not (_is_author(remark, by) or allowed(by, "reports.change_report", remark.report)):
        raise NotAllowed(_("Only its author and who may change the report open a remark again."), code="not_allowed")
    if remark.state not in {RemarkState.ACCEPTED, RemarkState.REJECTED}:
        raise NotNow(_("Only a remark that was accepted or rejected can be opened again."), code="remark_not_decided")
    if not reason.strip():
        raise Invalid(_("Say why."), code="reason_missing", attr="reason")
    remark.state, remark.answer, remark.decided_at, remark.decided_by = RemarkState.OPEN, "", None, None
    remark.save_changes("state", "answer", "decided_at", "decided_by")
    add_entry(remark, RemarkAct.REOPENED, by=by, text=reason)
    record(by, "reports.remark_reopened", remark.report, data={"remark": str(remark.uuid)})
    return remark


def people_in(remark: ParagraphRemark) -> Iterable[Any]:
    """Accounts that take part: the author, and who replied or decided; each once, the author first."""
    entries = [entry.author for entry in remark.entries.all()]
    return dict.fromkeys(user for user in (remark.author, *entries) if user is not None)


def _locked(remark: ParagraphRemark, by: Actor) -> ParagraphRemark:
    remark = ParagraphRemark.objects.select_for_update(of=("self",)).select_related("report", "paragraph__section").get(pk=remark.pk)
    authorize(by, "reports.remark_paragraph", remark.report)
    if remark.report.state not in REMARKABLE:
        raise NotNow(_("The report is adopted: its texts are no longer discussed."), code="report_closed")
    return remark


def _refuse_not_own(remark: ParagraphRemark, by: Actor) -> None:
    if not _is_author(remark, by):
        raise NotAllowed(_("Only its author changes a remark or takes it back."), code="not_allowed")
    if not is_unanswered(remark):
        raise NotNow(_("Somebody has answered: reply below instead."), code="remark_answered")


def _is_author(remark: ParagraphRemark, by: Actor) -> bool:
    return by.user is not None and remark.author_id == by.user.pk
