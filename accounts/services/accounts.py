"""Accounts as the administrator makes and closes them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.models import AuthToken

from accounts.enums import GlobalRole
from accounts.models import RoleGrant, SecureLink, User
from accounts.services.links import issue_link, revoke_link, revoke_links_of
from accounts.services.people import grant_role
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid
from core.outbox import queue_mail
from core.rights import authorize

audit.register_code("accounts.user_closed", gettext_lazy("Closed the account."))
audit.register_code("accounts.password_set", gettext_lazy("Set the password."))

PASSWORD_LINK_LASTS = timedelta(days=7)


@transaction.atomic
def create_account(*, by: Actor, email: str, roles: Collection[str], language: str = "en") -> User:
    """An account with global roles; its owner gets a link to set a password. Raises Invalid where the address has one."""
    authorize(by, "accounts.change_accounts")
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise Invalid(_("There is an account with the address “%(email)s” already.") % {"email": email}, attr="email")
    user = User.objects.create_user(email, language=language)
    audit.record(by, "accounts.user_created", user)
    for role in roles:
        grant_role(user, role, by=by)
    issue_password_link(user, by=by)
    return user


@transaction.atomic
def issue_password_link(user: User, *, by: Actor) -> None:
    """Mail the account's owner a link, good for seven days, by which a password is set. Earlier links stop working."""
    authorize(by, "accounts.change_accounts")
    revoke_links_of(user, by=by, purpose="account.password")
    link, url = issue_link(
        by=by,
        purpose="account.password",
        subject=user,
        expires_at=clock.real_now() + PASSWORD_LINK_LASTS,
        language=user.language or "en",
        address=user.email,
    )
    queue_mail(
        key=f"account.password:{link.uuid}",
        address=user.email,
        language=user.language or "en",
        template="accounts/mail/password",
        context={"url": url, "days": PASSWORD_LINK_LASTS.days},
        urgent=True,
    )


@transaction.atomic
def set_password(user: User, password: str, *, by: Actor, link: SecureLink) -> None:
    """Set the password by a secure link, which is then spent. Raises Invalid for a weak password, saying why."""
    authorize(by, "accounts.set_password", user)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="weak_password", attr="password") from error
    user.set_password(password)
    user.save_changes("password")
    audit.record(by, "accounts.password_set", user)
    revoke_link(link, by=by)


@transaction.atomic
def deactivate_account(user: User, *, by: Actor) -> None:
    """Close an account and every device of it. The last administrator cannot be closed: Invalid."""
    authorize(by, "accounts.change_accounts")
    administrators = RoleGrant.objects.filter(role=GlobalRole.ADMINISTRATOR, user__is_active=True)
    if user.has_role(GlobalRole.ADMINISTRATOR) and not administrators.exclude(user=user).exists():
        raise Invalid(_("This is the last administrator: give the role to somebody else first."), code="last_administrator")
    user.is_active = False
    user.save_changes("is_active")
    AuthToken.objects.filter(user_id=user.pk).delete()
    audit.record(by, "accounts.user_closed", user)


def ensure_first_administrator(email: str, password: str) -> User | None:
    """For the very first start: an administrator, where there is none yet. Returns None where there is."""
    from core.actors import SYSTEM  # read here: the one act that no person can do

    if RoleGrant.objects.filter(role=GlobalRole.ADMINISTRATOR, user__is_active=True).exists() and not settings.SCRUTIN_DEMO:
        return None
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, password)
    grant_role(user, GlobalRole.ADMINISTRATOR, by=SYSTEM)
    return user
