"""Reminders of writing together: remarks that were answered or made, and words that nobody saved and that are deleted soon.

No mail carries a word of the draft, of a remark or of an answer: they say who and where, and lead to the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.recipients import recipient_of
from core import clock, translations
from core.actors import user_actor
from core.enums import Timing
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, offsets_of, register
from core.rights import allowed
from reports.enums import ImportState, RemarkAct, RemarkState
from reports.lifecycle import REMARKABLE
from reports.models import ParagraphDraft, ParagraphRemark, RemarkEntry, Report, WordImport
from reports.services.rapporteurs import rapporteurs_of
from reports.services.remark_threads import people_in

ANSWERED, MADE, ENDING = "reports.remark_answered", "reports.remarks_made", "reports.leftovers_due"
SPOKEN = (RemarkAct.REPLY, RemarkAct.ACCEPTED, RemarkAct.REJECTED, RemarkAct.REOPENED)
LATELY = timedelta(days=7)
"""What is older is found on the page and told no more."""


def _recipient(user: Any) -> Recipient | None:
    person = getattr(user, "person", None)
    if not (user and user.is_active and person and person.email):
        return None
    return recipient_of(person)


def _title(report: Report, language: str) -> str:
    return translations.best_text(translations.texts(report, "title"), language, report.authentic_language)


def _page(remark: ParagraphRemark) -> str:
    report = remark.report
    if remark.paragraph is None:
        return f"{report.get_absolute_url()}#remark-{remark.uuid}"
    return f"{reverse('reports:paragraph', args=[report.mission.reference, remark.paragraph.uuid])}#remark-{remark.uuid}"


def pending_answers(at: datetime) -> Iterable[Due]:
    """The last word under a remark: to everybody else who takes part in it and may still read it."""
    fresh = RemarkEntry.objects.filter(act__in=SPOKEN, at__gt=clock.now() - LATELY, at__lte=at).values("remark")
    rows = ParagraphRemark.objects.filter(pk__in=fresh, report__state__in=REMARKABLE)
    for row in rows.select_related("report", "paragraph", "author__person").prefetch_related("entries__author__person"):
        last = row.entries.all()[len(row.entries.all()) - 1]
        if last.act not in SPOKEN:
            continue
        for user in people_in(row):
            to = _recipient(user)
            if to and user != last.author and allowed(user_actor(user), "reports.view_remarks", row.report):
                context = {"who": last.author.name if last.author else "–", "title": _title(row.report, to.language)}
                yield Due(row.uuid, to, str(last.uuid), last.at, context, row.report.mission.reference, _page(row))


def answer_still_due(reminder: Reminder) -> bool:
    """Nobody has said anything under it since: a later word has its own reminder."""
    last = RemarkEntry.objects.filter(remark__uuid=reminder.object_id).order_by("-at", "-pk").first()
    return last is not None and str(last.uuid) == reminder.occurrence


def _morning_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(clock.STRASBOURG)).astimezone(UTC)


def _made_on(day: date) -> Any:
    start, end = _morning_after(day - timedelta(days=1)), _morning_after(day)
    return ParagraphRemark.objects.filter(state=RemarkState.OPEN, said_at__gte=start, said_at__lt=end)


def pending_remarks(at: datetime) -> Iterable[Due]:
    """Remarks of one day on one report that are still open: to its rapporteurs, once, the day after."""
    rows = ParagraphRemark.objects.filter(
        state=RemarkState.OPEN, report__state__in=REMARKABLE, said_at__gt=clock.now() - LATELY, said_at__lte=at
    )
    zone = ZoneInfo(clock.STRASBOURG)
    keyed = sorted(
        ((row.report_id, row.said_at.astimezone(zone).date(), row) for row in rows.select_related("report")), key=lambda one: one[:2]
    )
    for (_report, day), group in groupby(keyed, key=lambda one: one[:2]):
        made = [row for *_key, row in group]
        report, due_at = made[0].report, _morning_after(day)
        for waiting in rapporteurs_of(report) if due_at <= at else []:
            user = getattr(waiting.person, "user", None)
            count = sum(1 for row in made if user is None or row.author_id != user.pk)
            to = _recipient(user) if waiting.can_sign_in else None
            if to and count:
                context = {"count": count, "title": _title(report, to.language)}
                yield Due(report.uuid, to, day.isoformat(), due_at, context, report.mission.reference, report.get_absolute_url())


def remarks_still_due(reminder: Reminder) -> bool:
    """One of them is still open."""
    day = date.fromisoformat(reminder.occurrence)
    return _made_on(day).filter(report__uuid=reminder.object_id, report__state__in=REMARKABLE).exists()


def pending_leftovers(at: datetime) -> Iterable[Due]:
    """Unsaved words and undecided Word documents that are deleted soon: to who typed or brought them."""
    for days in offsets_of(ENDING):
        for row in ParagraphDraft.objects.select_related("section__report", "paragraph", "author__person"):
            yield from _ending(row, row.section.report, row.author, days, at)
        documents = list(WordImport.objects.filter(state=ImportState.OPEN).select_related("report").defer("plan"))
        users = {f"user:{user.uuid}": user for user in User.objects.filter(uuid__in=_uuids(documents)).select_related("person")}
        for document in documents:
            yield from _ending(document, document.report, users.get(document.brought_by), days, at)


def _uuids(documents: list[WordImport]) -> list[str]:
    return [row.brought_by.removeprefix("user:") for row in documents if row.brought_by.startswith("user:")]


def _ending(row: ParagraphDraft | WordImport, report: Report, user: Any, days: int, at: datetime) -> Iterable[Due]:
    ends = row.ends_at
    to, due_at = _recipient(user), ends - timedelta(days=days)
    if to is None or due_at > at:
        return
    context = {"title": _title(report, to.language), "delete_on": ends.astimezone(ZoneInfo(to.zone)).date().isoformat()}
    reference, url = report.mission.reference, _place(row, report)
    yield Due(row.uuid, to, f"{ends:%Y%m%dT%H%M}-{days}", due_at, context, reference, url, expires_at=ends)


def _place(row: ParagraphDraft | WordImport, report: Report) -> str:
    if isinstance(row, WordImport):
        return reverse("reports:word_import", args=[report.mission.reference, row.uuid])
    if row.paragraph is not None:
        return reverse("reports:paragraph", args=[report.mission.reference, row.paragraph.uuid])
    return reverse("reports:section", args=[report.mission.reference, row.section.code])


def leftover_still_due(reminder: Reminder) -> bool:
    """Still there, nothing typed since, not decided."""
    draft = ParagraphDraft.objects.filter(uuid=reminder.object_id).first()
    row = draft or WordImport.objects.filter(uuid=reminder.object_id, state=ImportState.OPEN).defer("plan").first()
    return row is not None and reminder.occurrence.startswith(f"{row.ends_at:%Y%m%dT%H%M}-")


RULES = (
    ReminderRule(
        ANSWERED,
        pending_answers,
        answer_still_due,
        "reports/mail/remark_answered",
        label=_("Somebody answered or decided a remark on a report"),
        timing=Timing.DIGEST,
    ),
    ReminderRule(
        MADE,
        pending_remarks,
        remarks_still_due,
        "reports/mail/remarks_made",
        label=_("Remarks were made on a report (rapporteur)"),
        timing=Timing.DIGEST,
    ),
    ReminderRule(
        ENDING,
        pending_leftovers,
        leftover_still_due,
        "reports/mail/leftovers_due",
        label=_("Unsaved words or a Word document are deleted soon"),
        anchor=_("before they are deleted"),
        offsets=(7,),
        timing=Timing.DIGEST,
    ),
)


def register_all() -> None:
    """Register the rules."""
    register(*RULES)
