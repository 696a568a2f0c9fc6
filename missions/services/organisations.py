"""Interlocutors and partners: organisations, their contacts, their meetings across missions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import folded
from core import audit
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.enums import OrganisationKind, PartnerStatus
from missions.models import Contact, Country, Organisation, Participant

# Guest observer status is granted for five years (congress.md 5).
GUEST_YEARS = 5
EDITABLE = (
    "name", "other_name", "kind", "country", "partner_status", "status_from", "status_to", "languages", "website", "note",
    "note_access", "is_active",
)  # fmt: skip


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
    """Change the given fields; what is the same already is not written."""
    authorize(by, "missions.change_organisation", organisation)
    changed = [name for name, value in _known(values).items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, values[name])
    _check(organisation)
    if changed:
        organisation.save_changes(*changed)
        audit.record(by, "missions.organisation_changed", organisation, fields=changed)
    return organisation


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
    if not name.strip():
        raise Invalid(_("A contact needs a name."), attr="name")
    _check_address(email)
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
def remove_contact(contact: Contact, *, by: Actor) -> None:
    """Forget a contact; invitations sent to it stay in the log of mails."""
    authorize(by, "missions.change_organisation", contact.organisation)
    audit.record(by, "missions.contact_removed", contact.organisation)
    contact.delete()


def similar(name: str, country: Country | None) -> QuerySet[Organisation]:
    """Organisations of the same country with the same name, whatever the case and accents."""
    return Organisation.objects.active().filter(country=country, search__startswith=folded(name.strip()))


def meetings_of(organisation: Organisation) -> QuerySet[Participant]:
    """Every meeting with this organisation across missions, newest first."""
    rows = Participant.objects.filter(organisation=organisation).select_related("meeting__mission__country")
    return rows.order_by("-meeting__starts_at")


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
    if row.partner_status == PartnerStatus.GUEST_OBSERVER and not (row.status_from and row.status_to):
        sentence = _("Guest observer status has a first and a last day; it is granted for %(years)s years.")
        raise Invalid(sentence % {"years": GUEST_YEARS}, attr="status_to")
    twins = [other for other in similar(row.name, row.country) if other.pk != row.pk and folded(other.name) == folded(row.name)]
    if twins:
        raise Invalid(_("“%(name)s” is on the list already.") % {"name": twins[0].name}, code="organisation_twice", attr="name")


def _check_address(email: str) -> None:
    try:
        if email.strip():
            validate_email(email.strip())
    except ValidationError:
        raise Invalid(_("“%(email)s” is not an e-mail address.") % {"email": email}, attr="email") from None
