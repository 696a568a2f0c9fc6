"""The national authorities comment on the draft: asked by secure link, until a day; every comment is answered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.services.links import extend_links_of, issue_link, revoke_links_of
from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.enums import Access
from core.errors import Invalid, Missing, NotNow
from core.files import DOCX, PDF, store_file
from core.outbox import queue_mail
from core.rights import authorize
from reports.documents.wording import say
from reports.enums import ReportState, VersionReason
from reports.models import ConsultationComment, ConsultationExtension, DraftInvitation, Report, ReportParagraph
from reports.services.reports import locked
from reports.services.versions import freeze_version, render_version

PURPOSE = "report.comment"

LATE_DAYS = 30
"""So long after the last day the link still takes a comment, which is marked as late."""


@dataclass(frozen=True)
class AuthorityContact:
    """Whom the house writes to about the draft."""

    name: str
    address: str
    language: str


def contacts_of(report: Report) -> list[AuthorityContact]:
    """The contacts that the missions' requests name, else those of the inviting authority; each address once."""
    found: dict[str, AuthorityContact] = {}
    for mission in report.missions.order_by("pk").select_related("request__authority"):
        request = mission.request
        if request is None:
            continue
        rows = [AuthorityContact(request.contact_name or request.authority_name, request.contact_email, request.language)]
        if not request.contact_email and request.authority is not None:
            rows = [AuthorityContact(one.name, one.email, one.language) for one in request.authority.contacts.exclude(email="")]
        for row in rows:
            if row.address:
                found.setdefault(row.address.casefold(), row)
    return list(found.values())


def missing_for_consultation(report: Report) -> list[Missing]:
    """Somebody must be there to be asked."""
    if contacts_of(report):
        return []
    mission = report.mission
    url = mission.request.get_absolute_url() if mission and mission.request else report.get_absolute_url()
    return [Missing("no_contact", _("No request of the report's missions names a contact with an e-mail address."), url)]


def missing_for_leaving(report: Report) -> list[Missing]:
    """Comments that nobody has answered yet."""
    if report.state != ReportState.CONSULTATION:
        return []
    url = f"{report.get_absolute_url()}#consultation"
    rows = report.comments.filter(answered_at=None)
    return [Missing("comment_open", _("The comment of %(author)s is not answered.") % {"author": row.author}, url) for row in rows]


def ends_early(report: Report) -> bool:
    """Would the consultation end before its day although somebody who was asked may still comment?"""
    if report.state != ReportState.CONSULTATION or report.consultation_until is None or clock.today() > report.consultation_until:
        return False
    asked = _asked_now(report)
    return not asked or any(one.finished_at is None for one in asked)


def ask_authorities(report: Report, *, by: Actor) -> list[DraftInvitation]:
    """Freeze the draft and mail it to the authorities' contacts: inside the report's own move, after its day was set."""
    contacts = contacts_of(report)
    if not contacts or report.consultation_until is None:
        return []
    version = freeze_version(report, by=by, reason=VersionReason.CONSULTATION)
    render_version(version, by=by, formats=["pdf", "html"])
    invitations = []
    for contact in contacts:
        invitation = DraftInvitation.objects.create(
            report=report,
            version=version,
            name=contact.name,
            address=contact.address,
            language=contact.language,
            until=report.consultation_until,
            asked_at=clock.now(),
            asked_by=str(by),
        )
        _send(invitation, by=by)
        invitations.append(invitation)
    record(by, "reports.authorities_asked", report, data={"version": version.number, "asked": len(invitations)})
    return invitations


@transaction.atomic
def ask_again(invitation: DraftInvitation, *, by: Actor) -> DraftInvitation:
    """Send a fresh link; the old one is dead. At most once a day."""
    invitation = locked_invitation(invitation)
    authorize(by, "reports.submit_report", invitation.report)
    refuse_closed(invitation)
    if invitation.asked_at > clock.now() - timedelta(days=1):
        raise NotNow(_("A link went to them within the last day."), code="asked_lately")
    invitation.asked_at = clock.now()
    invitation.save_changes("asked_at")
    _send(invitation, by=by)
    record(by, "reports.authorities_asked", invitation.report, data={"version": invitation.version.number, "asked": 1})
    return invitation


def note_opening(invitation: DraftInvitation) -> None:
    """The authority has opened the draft: kept the first time."""
    if invitation.opened_at is None:
        DraftInvitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=clock.now())


@dataclass(frozen=True)
class Place:
    """A place of the frozen draft that can be commented: its name in the form, how the page calls it, its text, what was said about it."""

    key: str
    label: str
    number: str
    text: str
    language: str
    is_item: bool = False
    comments: list[ConsultationComment] = field(default_factory=list)


def places_of(invitation: DraftInvitation) -> list[tuple[str, list[Place]]]:
    """The texts of the draft as it was sent, by chapter, every place with its comments. What has no place stands in the list above."""
    language = shown_language(invitation)
    content = invitation.version.content["languages"][language]
    said: dict[str, list[ConsultationComment]] = defaultdict(list)
    for comment in invitation.comments.select_related("file", "invitation").exclude(place=""):
        said[comment.place].append(comment)

    def place(item: dict[str, Any], label: str, number: str, key: str = "", is_item: bool = False) -> Place:
        return Place(item.get("uuid") or key, label, number, item["text"], item.get("lang") or language, is_item, said.get(label, []))

    chapters = []
    if content["summary"]:
        title = say("summary", language)
        chapters.append((title, [place(item, f"{title} {n}", str(n)) for n, item in enumerate(content["summary"], start=1)]))
    if content["recommendation"]:
        title, rows = say("recommendation", language), []
        for one in content["recommendation"]["paragraphs"]:
            rows.append(place(one, f"{title} {one['number']}", one["number"], one["number"]))
            for item in one["items"]:
                number = f"{one['number']}.{item['letter']}"
                rows.append(place(item, f"{title} {number}", number, number, is_item=True))
        chapters.append((title, rows))
    for chapter in content["memorandum"]:
        rows = [place(item, item["number"], item["number"]) for item in chapter["paragraphs"]]
        chapters.append((f"{chapter['number']}. {chapter['title']}", rows))
    return chapters


@transaction.atomic
def give_comment(invitation: DraftInvitation, *, by: Actor, text: str = "", file: Any = None, about: str = "") -> ConsultationComment:
    """A comment of the authority, as a text, a PDF or Word document, or both; as often as it likes.

    After the day it is kept as well, marked as late, while the report is still in consultation and the link lives.
    about: the `key` of the place it is about, else it is about the draft as a whole. The place is kept as that version numbered it.
    """
    invitation = locked_invitation(invitation)
    authorize(by, "reports.comment_draft", invitation)
    refuse_closed(invitation, late_too=True)
    comment = create_comment(invitation, by=by, text=text, file=file, about=about, received_at=clock.now())
    if invitation.finished_at is not None:  # who writes again has not finished
        invitation.finished_at = None
        invitation.save_changes("finished_at")
    record(by, "reports.comment_received", invitation.report, data={"comment": str(comment.uuid)})
    return comment


def create_comment(invitation: DraftInvitation, *, by: Actor, text: str, file: Any, about: str, **facts: Any) -> ConsultationComment:
    """Keep what they said, with the place as that version numbered it. facts: how and when it came. Raises Invalid."""
    if not text.strip() and not file:
        raise Invalid(_("Write a comment or add a document."), code="comment_empty", attr="text")
    place = next((one for _title, rows in places_of(invitation) for one in rows if one.key == about), None) if about else None
    if about and place is None:
        raise Invalid(_("There is no such paragraph in the draft that you were sent."), code="place_unknown", attr="text")
    stored = (
        store_file(file, name=getattr(file, "name", "comment.pdf"), by=by, access=Access.SECRETARIAT, allow={PDF, DOCX}) if file else None
    )
    return ConsultationComment.objects.create(
        report=invitation.report,
        invitation=invitation,
        paragraph=_paragraph_of(invitation.report, place),
        place=place.label if place else "",
        quote=place.text if place else "",
        language=place.language if place else "",
        author=invitation.name,
        text=text.strip(),
        file=stored,
        **facts,
    )


@transaction.atomic
def finish_comments(invitation: DraftInvitation, *, by: Actor) -> DraftInvitation:
    """The authority has no further comment. Said twice, it is said once."""
    invitation = locked_invitation(invitation)
    authorize(by, "reports.comment_draft", invitation)
    refuse_closed(invitation)
    if invitation.finished_at is None:
        invitation.finished_at = clock.now()
        invitation.save_changes("finished_at")
        record(by, "reports.comments_finished", invitation.report)
    return invitation


@transaction.atomic
def answer_comment(comment: ConsultationComment, *, by: Actor, answer: str) -> ConsultationComment:
    """What becomes of a comment; the authority reads it behind its link. An answer may be put better later."""
    comment = ConsultationComment.objects.select_for_update().get(pk=comment.pk)
    authorize(by, "reports.comment_report", comment.report)
    if not answer.strip():
        raise Invalid(_("Write an answer."), code="answer_empty", attr="answer")
    comment.answer, comment.answered_at, comment.answered_by = answer.strip(), clock.now(), str(by)
    comment.save_changes("answer", "answered_at", "answered_by")
    record(by, "reports.comment_answered", comment.report, data={"comment": str(comment.uuid)})
    return comment


def close_links(report: Report, *, by: Actor) -> None:
    """The consultation is over: inside the report's own move."""
    for invitation in report.invitations.all():
        revoke_links_of(invitation, by=by, purpose=PURPOSE)


def link_end(until: date) -> datetime:
    """Until when, in real time, the link of somebody who may comment until that day lives."""
    end = datetime.combine(until, time(23, 59), clock.now().tzinfo)
    return clock.real_now() + max(end - clock.now(), timedelta(0)) + timedelta(days=LATE_DAYS)


@transaction.atomic
def extend_consultation(report: Report, *, by: Actor, until: date, reason: str) -> ConsultationExtension:
    """Give the authorities more time, also after the day has passed. They are told by mail; their link stays the same.

    Reminders and the end of the consultation follow the new day. Asked twice for the same day, answered twice. Raises Invalid for a
    day that is past or not later than the one before, or without a reason.
    """
    report = locked(report)
    authorize(by, "reports.extend_consultation", report)
    was = report.consultation_until
    if report.state != ReportState.CONSULTATION or was is None:
        raise NotNow(_("The report is not in consultation: there is no time to extend."), code="not_in_consultation")
    last = report.extensions.last()
    if last is not None and last.until == until == was:
        return last
    if until <= was or until < clock.today():
        raise Invalid(_("Name a day that is later than the last one and not past."), code="until", attr="until")
    if not reason.strip():
        raise Invalid(_("Say why."), code="reason_missing", attr="reason")
    report.consultation_until = until
    report.version += 1
    report.save_changes("consultation_until", "version")
    extension = ConsultationExtension.objects.create(
        report=report, was=was, until=until, reason=reason.strip(), extended_by=str(by), extended_at=clock.now()
    )
    asked = _asked_now(report)
    for invitation in asked:
        invitation.until = until
        invitation.save_changes("until")
        extend_links_of(invitation, by=by, purpose=PURPOSE, expires_at=link_end(until))
        _mail(
            invitation,
            "draft_extended",
            occasion=str(extension.uuid),
            context={"asked_on": invitation.asked_at.astimezone(ZoneInfo(clock.STRASBOURG)).date().isoformat()},
        )
    record(
        by, "reports.consultation_extended", report, fields=["consultation_until"], data={"until": until.isoformat(), "told": len(asked)}
    )
    return extension


def shown_language(invitation: DraftInvitation) -> str:
    """The language in which the authority reads the draft: its own where the draft has it, else the original."""
    version = invitation.version
    return invitation.language if invitation.language in version.languages else version.authentic_language


def _asked_now(report: Report) -> list[DraftInvitation]:
    """Who was asked in the round that runs: about the newest version that went out."""
    newest = report.versions.filter(invitations__isnull=False).order_by("-number").first()
    return list(report.invitations.filter(version=newest).select_related("report")) if newest else []


def _mail(invitation: DraftInvitation, template: str, *, occasion: str, context: dict[str, Any]) -> None:
    """A mail about the draft, in the authority's language. occasion: what makes it one."""
    titles = translations.texts(invitation.report, "title")
    with override(invitation.language):
        until = date_format(invitation.until, "DATE_FORMAT")
    title = translations.best_text(titles, invitation.language, invitation.report.authentic_language)
    queue_mail(
        key=f"reports.{template}:{invitation.uuid}:{occasion}",
        address=invitation.address,
        name=invitation.name,
        language=invitation.language,
        template=f"reports/mail/{template}",
        context={"until": until, "title": title, **context},
        mission=invitation.mission,
    )


def _paragraph_of(report: Report, place: Place | None) -> ReportParagraph | None:
    """The paragraph behind a place, if the report still has it: a call or a fixed sentence is none."""
    if place is None:
        return None
    try:
        return ReportParagraph.objects.filter(section__report=report, uuid=UUID(place.key)).first()
    except ValueError:
        return None


def _send(invitation: DraftInvitation, *, by: Actor) -> None:
    revoke_links_of(invitation, by=by, purpose=PURPOSE)
    _link, url = issue_link(
        by=by,
        purpose=PURPOSE,
        subject=invitation,
        expires_at=link_end(invitation.until),
        language=invitation.language,
        name=invitation.name,
        address=invitation.address,
    )
    _mail(invitation, "draft", occasion=invitation.asked_at.isoformat(), context={"url": url})


def refuse_closed(invitation: DraftInvitation, *, late_too: bool = False) -> None:
    """Raises NotNow where the report has left the consultation, or the last day is over."""
    is_over = clock.today() > invitation.until and not late_too
    if invitation.report.state != ReportState.CONSULTATION or is_over:
        raise NotNow(_("The time for comments on this draft is over."), code="consultation_over")


def locked_invitation(invitation: DraftInvitation) -> DraftInvitation:
    """The invitation as it is now, with its report and version."""
    return DraftInvitation.objects.select_for_update(of=("self",)).select_related("report", "version__report").get(pk=invitation.pk)


def desk_of(report: Report) -> dict[str, Any]:
    """What the report's page shows: who was asked, and every comment."""
    return {
        "invitations": list(report.invitations.select_related("version").defer("version__content")),
        "comments": list(report.comments.select_related("file", "paragraph", "invitation")),
        "extensions": list(report.extensions.all()),
        "is_open": report.state == ReportState.CONSULTATION,
        "is_over": report.consultation_until is not None and clock.today() > report.consultation_until,
    }


def page_of(report: Report) -> str:
    """The place on the report's page."""
    return f"{reverse('reports:report', args=[report.mission.reference])}#consultation"
