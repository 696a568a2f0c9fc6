"""Interlocutors and partners: organisations, their contacts, their meetings across missions."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import folded
from core import audit, clock
from core.actors import Actor
from core.enums import Access
from core.errors import Invalid, Missing, NotNow
from core.rights import authorize
from core.romanisation import loosened
from missions.enums import EXPECTED_ANSWERS, MeetingState, OrganisationKind, PartnerStatus
from missions.models import Contact, Country, Organisation, Participant
from missions.models.organisation import search_words

# Guest observer status is granted for five years and can be renewed (congress.md 5).
GUEST_YEARS = 5
EDITABLE = (
    "name", "other_name", "kind", "country", "partner_status", "status_from", "status_to", "languages", "website", "note",
    "note_access",
)  # fmt: skip
CONTACT_FIELDS = ("name", "function", "email", "phone", "language")


@transaction.atomic
def create_organisation(*, by: Actor, name: str, kind: str, country: Country | None = None, **values: Any) -> Organisation:
    """Add an organisation. Raises Invalid for a name that another one of the country has already (see `similar`)."""
    authorize(by, "missions.change_organisation")
    row = Organisation(name=name.strip(), kind=kind, country=country, **_known(values))
    _check(row)
    row.save()
    audit.record(by, "missions.organisation_created", row)
    return row


@transaction.atomic
def change_organisation(organisation: Organisation, *, by: Actor, **values: Any) -> Organisation:
    """Change the given fields; what is the same already is not written. Raises NotNow for one that was merged away."""
    authorize(by, "missions.change_organisation", organisation)
    _check_own(organisation)
    changed = [name for name, value in _known(values).items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, values[name])
    _check(organisation)
    if changed:
        organisation.save_changes(*changed)
        audit.record(by, "missions.organisation_changed", organisation, fields=changed)
    return organisation


@transaction.atomic
def renew_status(organisation: Organisation, *, by: Actor) -> Organisation:
    """Give a partner status with an end a further five years; the term that ends is kept.

    The new term begins when the old one ends, or today where it has ended already. Raises NotNow for a status without an
    end, and where it was renewed already.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    authorize(by, "missions.change_organisation", organisation)
    _check_own(organisation)
    today = clock.today()
    if organisation.partner_status == PartnerStatus.NONE or organisation.status_to is None:
        raise NotNow(_("There is no partner status with an end to renew."), code="nothing_to_renew")
    if organisation.status_from is not None and organisation.status_from > today:
        raise NotNow(_("The status was renewed already: its new term has not begun."), code="renewed_already")
    begin = max(organisation.status_to + timedelta(days=1), today)
    old = {
        "status": organisation.partner_status,
        "from": organisation.status_from.isoformat() if organisation.status_from else "",
        "to": organisation.status_to.isoformat(),
    }
    organisation.status_history = [*organisation.status_history, old]
    organisation.status_from, organisation.status_to = begin, last_day_of_term(begin)
    organisation.save_changes("status_history", "status_from", "status_to")
    audit.record(by, "missions.partner_status_renewed", organisation, fields=["status_from", "status_to"])
    return organisation


@transaction.atomic
def retire_organisation(organisation: Organisation, *, by: Actor) -> Organisation:
    """Put an organisation out of use: it is offered nowhere, what was stays. Twice is once.

    Raises NotNow with the meetings to come for which it is wanted.
    """
    authorize(by, "missions.change_organisation", organisation)
    _check_own(organisation)
    if organisation.is_active:
        _refuse_wanted(organisation)
        organisation.is_active = False
        organisation.save_changes("is_active")
        audit.record(by, "missions.organisation_retired", organisation)
    return organisation


@transaction.atomic
def restore_organisation(organisation: Organisation, *, by: Actor) -> Organisation:
    """Use an organisation again. Raises NotNow for one that was merged into another."""
    authorize(by, "missions.change_organisation", organisation)
    _check_own(organisation)
    if not organisation.is_active:
        organisation.is_active = True
        _check(organisation)
        organisation.save_changes("is_active")
        audit.record(by, "missions.organisation_restored", organisation)
    return organisation


@transaction.atomic
def remove_organisation(organisation: Organisation, *, by: Actor) -> None:
    """Delete an organisation that nothing refers to, with its contacts. Raises NotNow naming what does."""
    authorize(by, "missions.change_organisation", organisation)
    _check_own(organisation)
    _refuse_wanted(organisation)
    if not is_unused(organisation):
        sentence = _("Meetings, requests or people of missions refer to this organisation: put it out of use instead.")
        raise NotNow(sentence, code="organisation_used")
    audit.record(by, "missions.organisation_removed", organisation)
    organisation.delete()


@transaction.atomic
def add_contact(
    organisation: Organisation,
    *,
    by: Actor,
    name: str,
    email: str = "",
    function: str = "",
    phone: str = "",
    language: str = "en",
    is_primary: bool = False,
) -> Contact:
    """Add a contact; the first one is the primary one, a new primary one takes the place of the old."""
    authorize(by, "missions.change_organisation", organisation)
    _check_own(organisation)
    _check_contact(name, email)
    is_primary = is_primary or not organisation.contacts.exists()
    if is_primary:
        organisation.contacts.filter(is_primary=True).update(is_primary=False)
    contact = Contact.objects.create(
        organisation=organisation,
        name=name.strip(),
        email=email.strip(),
        function=function.strip(),
        phone=phone.strip(),
        language=language,
        is_primary=is_primary,
    )
    audit.record(by, "missions.contact_created", organisation)
    return contact


@transaction.atomic
def change_contact(contact: Contact, *, by: Actor, is_primary: bool | None = None, **values: str) -> Contact:
    """Change a contact; a new primary one takes the place of the old. Invitations sent to the old address keep their link."""
    authorize(by, "missions.change_organisation", contact.organisation)
    _check_own(contact.organisation)
    unknown = set(values) - set(CONTACT_FIELDS)
    if unknown:
        raise LookupError(f"These are not fields of a contact: {sorted(unknown)}.")
    wanted = {name: value.strip() for name, value in values.items()}
    _check_contact(wanted.get("name", contact.name), wanted.get("email", contact.email))
    changed = [name for name, value in wanted.items() if getattr(contact, name) != value]
    for name in changed:
        setattr(contact, name, wanted[name])
    if is_primary and not contact.is_primary:
        contact.organisation.contacts.filter(is_primary=True).update(is_primary=False)
        contact.is_primary = True
        changed.append("is_primary")
    if changed:
        contact.save_changes(*changed)
        audit.record(by, "missions.contact_changed", contact.organisation, fields=changed)
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, by: Actor) -> None:
    """Forget a contact; invitations sent to it stay in the log of mails."""
    authorize(by, "missions.change_organisation", contact.organisation)
    audit.record(by, "missions.contact_removed", contact.organisation)
    contact.delete()


def similar(name: str, country: Country | None) -> QuerySet[Organisation]:
    """Organisations of the same country with a name that reads the same in any script, or begins so."""
    words = Organisation.objects.active().filter(country=country)
    return words.filter(search__contains=loosened(folded(name.strip())))


def known_as(name: str, country: Country | None) -> Organisation | None:
    """The organisation of a country with this name, whatever the case and accents: also by its other name, or an old one."""
    wanted = folded(name.strip())
    rows = Organisation.objects.filter(Q(is_active=True) | Q(merged_into__is_active=True), country=country, search__contains=wanted)
    for row in rows.select_related("merged_into").order_by("-is_active", "pk") if wanted else []:
        if wanted in {folded(row.name), folded(row.other_name)}:
            return row.merged_into or row
    return None


def twins_of(organisation: Organisation) -> list[Organisation]:
    """Others that may be the same one: of the same country, with a name that reads the same in some script."""
    own = {loosened(folded(name)) for name in (organisation.name, organisation.other_name) if name}
    rows = Organisation.objects.active().filter(country=organisation.country).exclude(pk=organisation.pk)
    near = rows.filter(Q(*[Q(search__contains=name) for name in own], _connector=Q.OR)) if own else rows.none()
    return [row for row in near if own & {loosened(folded(name)) for name in (row.name, row.other_name) if name}]


def is_unused(organisation: Organisation) -> bool:
    """Whether no meeting, request, assignment or merge refers to it: only then it can be removed."""
    names = ("participations", "requests", "assignments", "merges", "merged_organisations")
    return not any(getattr(organisation, name).exists() for name in names)


def wanted_for(organisation: Organisation) -> QuerySet[Participant]:
    """Meetings to come for which the organisation is asked, or planned to be."""
    rows = organisation.participations.filter(meeting__state=MeetingState.PLANNED, meeting__ends_at__gt=clock.now())
    return rows.filter(answer__in=[*EXPECTED_ANSWERS, "not_invited"]).select_related("meeting__mission").order_by("meeting__starts_at")


def last_day_of_term(begin: date) -> date:
    """The last day of a term of five years that begins on `begin`."""
    try:
        return begin.replace(year=begin.year + GUEST_YEARS) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(begin.year + GUEST_YEARS, 2, 28)


def refresh_search() -> dict[str, int]:
    """Bring the words by which organisations are found in step with how they are made now. Returns what changed."""
    rows = [(row, search_words(row.name, row.other_name)) for row in Organisation.objects.only("pk", "name", "other_name", "search")]
    stale = [row for row, words in rows if row.search != words]
    for row in stale:
        row.save(update_fields=["search"])
    return {"created": 0, "updated": len(stale), "unchanged": len(rows) - len(stale)}


def meetings_of(organisation: Organisation) -> QuerySet[Participant]:
    """Every meeting with this organisation across missions, newest first."""
    rows = Participant.objects.filter(organisation=organisation).select_related("meeting__mission__country", "contact", "paper")
    return rows.annotate(n_notes=Count("meeting__meeting_notes")).order_by("-meeting__starts_at")


def _known(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise LookupError(f"These are not fields of an organisation that can be changed: {sorted(unknown)}.")
    return values


def _check(row: Organisation) -> None:
    if not row.name.strip():
        raise Invalid(_("The name is missing."), attr="name")
    if row.kind not in OrganisationKind.values:
        raise Invalid(_("Choose the kind of organisation."), attr="kind")
    if row.status_from and row.status_to and row.status_to < row.status_from:
        raise Invalid(_("The partner status ends before it begins."), attr="status_to")
    if row.partner_status == PartnerStatus.NONE and (row.status_from or row.status_to):
        raise Invalid(_("Choose the partner status that these days are about."), attr="partner_status")
    if row.partner_status == PartnerStatus.GUEST_OBSERVER:
        _check_term(row)
    if row.note_access not in Access.values:
        raise Invalid(_("Choose who may read the note."), attr="note_access")
    wrong = [code for code in row.languages if not re.fullmatch(r"[a-z]{2,3}", code)]
    if wrong:
        raise Invalid(_("“%(code)s” is not the code of a language; write it like: en, bg.") % {"code": wrong[0]}, attr="languages")
    twins = [other for other in similar(row.name, row.country) if other.pk != row.pk and folded(other.name) == folded(row.name)]
    if twins:
        raise Invalid(_("“%(name)s” is on the list already.") % {"name": twins[0].name}, code="organisation_twice", attr="name")


def _check_term(row: Organisation) -> None:
    """Guest observer status has a first and a last day, at most five years apart."""
    values = {"years": GUEST_YEARS}
    if not (row.status_from and row.status_to):
        sentence = _("Guest observer status has a first and a last day; it is granted for %(years)s years.")
        raise Invalid(sentence % values, attr="status_to")
    if row.status_to > last_day_of_term(row.status_from) + timedelta(days=1):
        sentence = _("Guest observer status is granted for %(years)s years at most: until %(day)s. It can be renewed then.")
        raise Invalid(sentence % {**values, "day": date_format(last_day_of_term(row.status_from))}, code="term_too_long", attr="status_to")


def _check_own(organisation: Organisation) -> None:
    """One that was merged into another is only read."""
    if organisation.merged_into is not None:
        sentence = _("“%(old)s” was merged into “%(new)s”: change that one, or take the merge back.")
        values = {"old": organisation.name, "new": organisation.merged_into.name}
        raise NotNow(sentence % values, code="merged_away")


def _refuse_wanted(organisation: Organisation) -> None:
    """Refuse with the meetings to come for which the organisation is asked."""
    rows = wanted_for(organisation)
    items = [
        Missing(
            "meeting_to_come",
            _("“%(meeting)s” on %(day)s: take the organisation out of it, or cancel it.")
            % {"meeting": row.meeting.title, "day": date_format(row.meeting.start_day)},
            row.meeting.get_absolute_url(),
        )
        for row in rows
    ]
    if items:
        sentence = _("“%(name)s” is wanted for meetings to come.") % {"name": organisation.name}
        raise NotNow(sentence, code="organisation_wanted", missing=items)


def _check_contact(name: str, email: str) -> None:
    if not name.strip():
        raise Invalid(_("A contact needs a name."), attr="name")
    _check_address(email)


def _check_address(email: str) -> None:
    try:
        if email.strip():
            validate_email(email.strip())
    except ValidationError:
        raise Invalid(_("“%(email)s” is not an e-mail address.") % {"email": email}, attr="email") from None
