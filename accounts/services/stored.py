"""What accounts and the house itself hold about a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from accounts import stored
from accounts.models import Person, PersonMerge, SecureLink, User
from core import audit
from core.models import AuditEntry, OutboxMail, PushSubscription, Reminder

PERSON = (
    "uuid", "given_name", "family_name", "other_name", "email", "phone", "language", "zone", "gender", "languages", "language_levels",
    "created_at", "updated_at",
)  # fmt: skip


def register() -> None:
    """Register the sections of accounts. Safe to repeat."""
    stored.register(10, "person", _("Person"), lambda person: stored.values([person], *PERSON), models=("accounts.Person",))
    stored.register(11, "merges", _("Rows merged into this one"), merges, models=("accounts.PersonMerge",))
    stored.register(12, "account", _("Account, roles and sign-in"), account, models=ACCOUNT)
    stored.register(80, "links", _("Secure links"), links, models=("accounts.SecureLink",))
    stored.register(85, "mails", _("Mails sent and waiting"), mails, models=("core.OutboxMail", "core.Reminder", "core.PushSubscription"))
    stored.register(90, "log", _("Acts in the log"), log_entries, models=("core.AuditEntry",))


ACCOUNT = (
    "accounts.User", "accounts.RoleGrant", "mfa.Authenticator", "account.EmailAddress", "knox.AuthToken",
)  # fmt: skip


def merges(person: Person) -> Iterable[dict[str, Any]]:
    """Names of those who were merged into this person."""
    rows = PersonMerge.objects.filter(kept=person, undone_at=None).select_related("merged")
    return stored.values(rows, "merged__uuid", "merged__given_name", "merged__family_name", "merged_at")


def account(person: Person) -> Iterable[dict[str, Any]]:
    """The account: no password and no secret of a second factor, only that there is one."""
    for user in User.objects.filter(person=person).prefetch_related("grants"):
        yield {
            "email": user.email,
            "language": user.language,
            "is_active": user.is_active,
            "has_password": user.has_usable_password(),
            "roles": sorted(user.roles),
            "second_factors": [row.type for row in Authenticator.objects.filter(user=user)],
            "last_login": user.last_login,
            "signed_in_devices": AuthToken.objects.filter(user=user).count(),
            "created_at": user.created_at,
        }


def links(person: Person) -> Iterable[dict[str, Any]]:
    """Links about the person, or sent to their address; never the link itself."""
    rows = SecureLink.objects.filter(subject_uuid=person.uuid)
    if person.email:
        rows = rows | SecureLink.objects.filter(address__iexact=person.email)
    return stored.values(rows.order_by("created_at", "pk"), "purpose", "created_at", "expires_at", "revoked_at", "opened_at")


def mails(person: Person) -> Iterable[dict[str, Any]]:
    """Mails to the person's address, reminders that wait, and the browsers that show urgent ones."""
    if not person.email:
        return []
    sent = OutboxMail.objects.filter(address__iexact=person.email).order_by("pk")
    due = Reminder.objects.filter(address__iexact=person.email).order_by("pk")
    return [
        *stored.values(sent, "subject", "language", "state", "sent_at", "mission"),
        *stored.values(due, "rule", "state", "due_at", "mission"),
        *stored.values(PushSubscription.objects.filter(address__iexact=person.email), "device", "created_at"),
    ]


def log_entries(person: Person) -> Iterable[dict[str, Any]]:
    """What the person did, and what was done with their row."""
    rows = AuditEntry.objects.filter(object_id=str(person.uuid))
    user = User.objects.filter(person=person).first()
    if user is not None:
        rows = rows | AuditEntry.objects.filter(actor=f"user:{user.uuid}")
    for row in rows.order_by("pk"):
        yield {
            "at": row.at,
            "sentence": audit.sentence_of(row.action),
            "object": row.object_type,
            "mission": row.mission,
            "fields": row.fields,
        }
