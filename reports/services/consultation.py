"""The national authorities comment on the draft: asked by secure link, until a day; every comment is answered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.services.links import issue_link, revoke_links_of
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
from reports.models import ConsultationComment, DraftInvitation, Report, ReportParagraph
from reports.services.versions import freeze_version, render_version

PURPOSE = "report.comment"


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
    asked = report.invitations.filter(version=report.versions.filter(invitations__isnull=False).order_by("-number").first())
    return not asked.exists() or asked.filter(finished_at=None).exists()


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
    invitation = _locked(invitation)
    authorize(by, "reports.submit_report", invitation.report)
    _refuse_closed(invitation)
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
    for comment in invitation.comments.select_related("file").exclude(place=""):
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
    """A comment of the authority, as a text, a PDF or Word document, or both; as often as it likes until the day.

    about: the `key` of the place it is about, else it is about the draft as a whole. The place is kept as that version numbered it.
    """
    invitation = _locked(invitation)
    authorize(by, "reports.comment_draft", invitation)
    _refuse_closed(invitation)
    if not text.strip() and not file:
        raise Invalid(_("Write a comment or add a document."), code="comment_empty", attr="text")
    place = next((one for _title, rows in places_of(invitation) for one in rows if one.key == about), None) if about else None
    if about and place is None:
        raise Invalid(_("There is no such paragraph in the draft that you were sent."), code="place_unknown", attr="text")
    stored = (
        store_file(file, name=getattr(file, "name", "comment.pdf"), by=by, access=Access.SECRETARIAT, allow={PDF, DOCX}) if file else None
    )
    comment = ConsultationComment.objects.create(
        report=invitation.report,
        invitation=invitation,
        paragraph=_paragraph_of(invitation.report, place),
        place=place.label if place else "",
        quote=place.text if place else "",
        language=place.language if place else "",
        author=invitation.name,
        text=text.strip(),
        file=stored,
        received_at=clock.now(),
    )
    record(by, "reports.comment_received", invitation.report, data={"comment": str(comment.uuid)})
    return comment


@transaction.atomic
def finish_comments(invitation: DraftInvitation, *, by: Actor) -> DraftInvitation:
    """The authority has no further comment. Said twice, it is said once."""
    invitation = _locked(invitation)
    authorize(by, "reports.comment_draft", invitation)
    _refuse_closed(invitation)
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


def shown_language(invitation: DraftInvitation) -> str:
    """The language in which the authority reads the draft: its own where the draft has it, else the original."""
    version = invitation.version
    return invitation.language if invitation.language in version.languages else version.authentic_language


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
    end = datetime.combine(invitation.until, time(23, 59), clock.now().tzinfo)
    _link, url = issue_link(
        by=by,
        purpose=PURPOSE,
        subject=invitation,
        expires_at=clock.real_now() + max(end - clock.now(), timedelta(0)) + timedelta(days=1),
        language=invitation.language,
        name=invitation.name,
        address=invitation.address,
    )
    titles = translations.texts(invitation.report, "title")
    with override(invitation.language):
        until = date_format(invitation.until, "DATE_FORMAT")
    queue_mail(
        key=f"reports.draft:{invitation.uuid}:{invitation.asked_at.isoformat()}",
        address=invitation.address,
        name=invitation.name,
        language=invitation.language,
        template="reports/mail/draft",
        context={
            "url": url,
            "until": until,
            "title": translations.best_text(titles, invitation.language, invitation.report.authentic_language),
        },
        mission=invitation.mission,
    )


def _refuse_closed(invitation: DraftInvitation) -> None:
    if invitation.report.state != ReportState.CONSULTATION or clock.today() > invitation.until:
        raise NotNow(_("The time for comments on this draft is over."), code="consultation_over")


def _locked(invitation: DraftInvitation) -> DraftInvitation:
    return DraftInvitation.objects.select_for_update(of=("self",)).select_related("report", "version__report").get(pk=invitation.pk)


def desk_of(report: Report) -> dict[str, Any]:
    """What the report's page shows: who was asked, and every comment."""
    return {
        "invitations": list(report.invitations.select_related("version").defer("version__content")),
        "comments": list(report.comments.select_related("file", "paragraph")),
        "is_open": report.state == ReportState.CONSULTATION,
    }


def page_of(report: Report) -> str:
    """The place on the report's page."""
    return f"{reverse('reports:report', args=[report.mission.reference])}#consultation"
