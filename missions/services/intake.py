"""Requests on their way in: an authority's secure link, or a letter that came by post (observation-rules 3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import GlobalRole
from accounts.models import SecureLink, User
from accounts.services.links import issue_link, links_of, revoke_links_of
from core import audit, clock
from core.actors import Actor
from core.enums import Access, Language
from core.errors import DomainError, Invalid, Missing, NotNow
from core.files import LETTER_BYTES, PDF, store_file
from core.models import StoredFile
from core.outbox import queue_mail
from core.rights import authorize
from missions.enums import AuthorityType, ElectionKind, Lateness, RequestChannel, RequestState
from missions.models import Country, Request
from missions.services.missions import check_hours

PURPOSE = "request.submit"
LINK_DAYS = 120
TEXTS = (
    "authority_name", "authority_type", "office_held", "contact_name", "contact_email", "contact_phone", "language",
    "election_kind", "election_title", "area", "message", "letter_on",
)  # fmt: skip
# What no request on the register can be without, however it came.
NEEDED = frozenset({"authority_name_missing", "kind_missing", "polling_missing"})
# Days between receipt and polling day under which a request is short, urgent, late (observation-rules A4).
SHORT_DAYS, URGENT_DAYS, LATE_DAYS = 60, 30, 14


class LetterMissing(DomainError):
    """No letter is on file."""

    code = "letter_missing"
    status = 404


@transaction.atomic
def open_request(
    *, by: Actor, country: Country, contact_name: str, contact_email: str, language: str = Language.EN, authority_name: str = ""
) -> tuple[Request, str]:
    """Give an authority's contact a form behind a secure link, and mail it. Returns the request and the link's address."""
    authorize(by, "missions.add_request")
    request = Request.objects.create(
        country=country,
        contact_name=contact_name.strip(),
        contact_email=contact_email.strip(),
        language=language,
        authority_name=authority_name.strip(),
        channel=RequestChannel.LINK,
    )
    audit.record(by, "missions.request_opened", request, data={"country": country.code})
    return request, send_form(request, by=by)


@transaction.atomic
def send_form(request: Request, *, by: Actor) -> str:
    """Issue a fresh link to the request's form and mail it to the contact; links issued before are dead. Returns its address."""
    authorize(by, "missions.add_request")
    request = Request.objects.select_for_update(of=("self",)).select_related("country").get(pk=request.pk)
    _check_open(request)
    if not request.contact_email:
        raise Invalid(_("The contact has no e-mail address."), attr="contact_email")
    revoke_links_of(request, by=by, purpose=PURPOSE)
    link, url = issue_link(
        by=by,
        purpose=PURPOSE,
        subject=request,
        expires_at=clock.real_now() + timedelta(days=LINK_DAYS),
        language=request.language,
        name=request.contact_name,
        address=request.contact_email,
    )
    queue_mail(
        key=f"request-form:{link.uuid}",
        address=request.contact_email,
        name=request.contact_name,
        language=request.language,
        template="missions/mail/request_form",
        context={"url": url, "country": _country_name(request), "days": LINK_DAYS},
    )
    return url


@transaction.atomic
def revoke_form(request: Request, *, by: Actor) -> int:
    """Make every link to the request's form useless, without sending another. Returns how many were open; none is no fault."""
    authorize(by, "missions.add_request")
    count = revoke_links_of(request, by=by, purpose=PURPOSE)
    if count:
        audit.record(by, "missions.form_revoked", request)
    return count


def form_link(request: Request) -> SecureLink | None:
    """The link to the request's form that was issued last, dead or alive."""
    return links_of(request, purpose=PURPOSE).first()


@transaction.atomic
def save_request(
    request: Request, *, by: Actor, letter: Any = None, letter_name: str = "", polling: list[dict] | None = None, **values: Any
) -> Request:
    """Save what the authority has filled in so far; nothing has to be complete. Corrections are possible until the Bureau decides.

    letter: bytes or a file, checked by its content to be a PDF of at most 20 MB. polling: `[{day, round, opens_at,
    closes_at}]`, ISO texts or values; rows without a day are left out.
    """
    request = Request.objects.select_for_update().get(pk=request.pk)
    authorize(by, "missions.submit_request", request)
    _check_open(request)
    unknown = set(values) - set(TEXTS)
    if unknown:
        raise LookupError(f"These are not fields of a request: {sorted(unknown)}.")
    changed = [name for name, value in values.items() if getattr(request, name) != value]
    for name in changed:
        setattr(request, name, values[name])
    _check_choices(request)
    if polling is not None and (cleaned := clean_polling(polling)) != request.polling:
        request.polling = cleaned
        changed.append("polling")
    if letter is not None:
        request.letter = store_letter(letter, name=letter_name, by=by)
        changed.append("letter")
    if request.state != RequestState.DRAFT:
        check_complete(request, NEEDED | {"polling_past"} if "polling" in changed else NEEDED)
    if changed:
        request.save_changes(*changed)
        audit.record(by, "missions.request_saved", request, fields=changed)
        if by.kind == "link" and request.state != RequestState.DRAFT:
            tell_coordinators(request, "request_corrected", turn=request.updated_at.isoformat())
    return request


@transaction.atomic
def submit_request(request: Request, *, by: Actor) -> Request:
    """Send the request in: it becomes `received`, the contact gets a receipt, the coordinators are told. Twice is once."""
    request = Request.objects.select_for_update().get(pk=request.pk)
    authorize(by, "missions.submit_request", request)
    if request.state != RequestState.DRAFT:
        _check_open(request)
        return request
    missing = missing_in(request)
    if missing:
        raise Invalid(_("The request is not complete yet."), code="request_incomplete", missing=missing)
    _receive(request, received_on=clock.today())
    audit.record(by, "missions.request_submitted", request)
    _send_receipt(request)
    tell_coordinators(request, "request_arrived")
    return request


@transaction.atomic
def enter_request(
    *,
    by: Actor,
    country: Country,
    received_on: date,
    letter: Any = None,
    letter_name: str = "",
    polling: list[dict] | None = None,
    send_receipt: bool = False,
    **values: Any,
) -> Request:
    """Enter a letter that came by post. The scan of the letter may follow; no mission goes before the Bureau without it."""
    authorize(by, "missions.add_request")
    request = Request.objects.create(country=country, channel=RequestChannel.POST, language=values.get("language") or Language.EN)
    request = save_request(request, by=by, letter=letter, letter_name=letter_name, polling=polling, **values)
    check_complete(request, {*NEEDED, "polling_past"})
    if received_on > clock.today():
        raise Invalid(_("The letter cannot have arrived in the future."), attr="received_on")
    _receive(request, received_on=received_on)
    audit.record(by, "missions.request_entered", request)
    if send_receipt:
        _send_receipt(request)
    return request


@transaction.atomic
def letter_for(request: Request, *, by: Actor) -> StoredFile:
    """The letter on file, for whoever may send the request in: above all the authority by its own link. In the log each time.

    Raises LetterMissing (404) where there is none.
    """
    authorize(by, "missions.submit_request", request)
    if request.letter is None:
        raise LetterMissing(_("No letter is on file: add it as a PDF in the form."))
    audit.record(by, "missions.letter_downloaded", request, data={"sha256": request.letter.sha256})
    return request.letter


def missing_in(request: Request) -> list[Missing]:
    """What the form still lacks."""
    today = clock.today(request.country.zone)
    days = [date.fromisoformat(row["day"]) for row in request.polling]
    tests = [
        (not request.authority_name.strip(), "authority_name_missing", _("Name the authority that invites.")),
        (not request.authority_type, "authority_type_missing", _("Choose the kind of authority.")),
        (not request.office_held.strip(), "office_missing", _("Name the office held by the person who signs the letter.")),
        (not request.contact_name.strip() or not request.contact_email, "contact_missing", _("Name a contact with an e-mail address.")),
        (not request.election_kind, "kind_missing", _("Choose the kind of election.")),
        (not days, "polling_missing", _("Give at least one polling day.")),
        (bool(days) and min(days) < today, "polling_past", _("The first polling day lies in the past.")),
        (request.letter_id is None, "letter_missing", _("Add the letter of invitation as a PDF.")),
    ]
    return [Missing(code, sentence) for is_missing, code, sentence in tests if is_missing]


def check_complete(request: Request, needed: Collection[str] = ()) -> None:
    """Raise Invalid with what is missing of `needed`: by default what no request on the register can be without."""
    missing = [item for item in missing_in(request) if item.code in (needed or NEEDED)]
    if missing:
        raise Invalid(_("The request is not complete yet."), code="request_incomplete", missing=missing)


def lateness(request: Request) -> Lateness:
    """How late the request came, counted from receipt to the first polling day (observation-rules A4)."""
    first = request.first_day
    if first is None:
        return Lateness.IN_TIME
    return lateness_of_days((first - (request.received_on or clock.today(request.country.zone))).days)


def lateness_of_days(left: int) -> Lateness:
    """How late so many days before the first polling day are (observation-rules A4)."""
    if left < LATE_DAYS:
        return Lateness.LATE
    if left < URGENT_DAYS:
        return Lateness.URGENT
    return Lateness.SHORT if left < SHORT_DAYS else Lateness.IN_TIME


def clean_polling(rows: list[dict]) -> list[dict]:
    """Polling days as they are stored: ISO texts, in order. Raises Invalid for a bad day, bad hours or a day given twice."""
    cleaned: dict[str, dict] = {}
    for row in rows:
        if not row.get("day"):
            continue
        day, opens, closes = _day(row["day"]), _time(row.get("opens_at")), _time(row.get("closes_at"))
        check_hours(opens, closes)
        if day.isoformat() in cleaned:
            raise Invalid(_("%(day)s is given twice as a polling day.") % {"day": day.isoformat()}, attr="polling")
        cleaned[day.isoformat()] = {
            "day": day.isoformat(),
            "round": int(row.get("round") or 1),
            "opens_at": opens.isoformat("minutes") if opens else "",
            "closes_at": closes.isoformat("minutes") if closes else "",
        }
    return [cleaned[day] for day in sorted(cleaned)]


def store_letter(letter: Any, *, name: str, by: Actor) -> StoredFile:
    """Keep a letter: a PDF by its content, at most 20 MB.

    Readers of PDF allow other bytes before its head; in a letter they can only be there to deceive, so they are refused.
    """
    data = letter if isinstance(letter, bytes) else letter.read(LETTER_BYTES + 1)
    name = name or getattr(letter, "name", "letter.pdf")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in head and not head.startswith(b"%PDF-"):
        raise Invalid(_("The file “%(name)s” is not a PDF from its first byte on.") % {"name": name}, code="file_type", attr="file")
    return store_file(
        data,
        name=name,
        by=by,
        access=Access.SECRETARIAT,
        allow={PDF},
        max_bytes=LETTER_BYTES,
    )


def _receive(request: Request, *, received_on: date) -> None:
    request.state = RequestState.RECEIVED
    request.received_at, request.received_on = clock.now(), received_on
    request.save_changes("state", "received_at", "received_on")


def _check_open(request: Request) -> None:
    if request.state not in {RequestState.DRAFT, RequestState.RECEIVED, RequestState.REGISTERED}:
        sentence = _("This request is closed: “%(state)s”.") % {"state": request.get_state_display()}
        raise NotNow(sentence, code="request_closed")
    if hasattr(request, "decision"):
        raise NotNow(_("The Bureau has decided on this request: it can no longer be changed here."), code="request_decided")


def _check_choices(request: Request) -> None:
    for attr, values in (("authority_type", AuthorityType.values), ("election_kind", ElectionKind.values), ("language", Language.values)):
        value = getattr(request, attr)
        if value and value not in values:
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": value}, attr=attr)


def _send_receipt(request: Request) -> None:
    if not request.contact_email:
        return
    queue_mail(
        key=f"request-receipt:{request.uuid}",
        address=request.contact_email,
        name=request.contact_name,
        language=request.language,
        template="missions/mail/request_receipt",
        context={
            "country": _country_name(request),
            "title": request.election_title or request.get_election_kind_display(),
            "days": [row["day"] for row in request.polling],
            "received_on": request.received_on.isoformat() if request.received_on else "",
            "number": request.number,
        },
    )


def tell_coordinators(request: Request, template: str, *, turn: str = "") -> None:
    """Mail the coordinators what became of a request; once, or once per `turn`."""
    for user in User.objects.filter(is_active=True, grants__role=GlobalRole.COORDINATOR).select_related("person").distinct():
        queue_mail(
            key=f"{template.replace('_', '-')}:{request.uuid}:{user.uuid}{turn and ':'}{turn}",
            address=user.email,
            name=user.name,
            language=user.language or Language.EN,
            template=f"missions/mail/{template}",
            context={
                "country": _country_name(request),
                "authority": request.authority_name,
                "path": request.get_absolute_url(),
                "lateness": str(lateness(request).label),
                "reason": request.ended_reason,
            },
        )


def confirm_withdrawal(request: Request) -> None:
    """Tell the contact that the request is withdrawn, and that the link is dead."""
    if not request.contact_email:
        return
    queue_mail(
        key=f"request-withdrawn:{request.uuid}",
        address=request.contact_email,
        name=request.contact_name,
        language=request.language,
        template="missions/mail/request_withdrawn",
        context={"country": _country_name(request), "number": request.number},
    )


def _country_name(request: Request) -> str:
    return getattr(request.country, f"name_{request.language}", "") or request.country.name_en


def _day(value: date | str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        raise Invalid(_("“%(value)s” is not a day; write it like 2027-10-24.") % {"value": value}, attr="polling") from None


def _time(value: time | str | None) -> time | None:
    try:
        return value if isinstance(value, time) else (time.fromisoformat(value) if value else None)
    except ValueError:
        raise Invalid(_("“%(value)s” is not a time of day; write it like 07:00.") % {"value": value}, attr="polling") from None
