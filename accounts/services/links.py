"""Secure links: signed by a random token, expiring, revocable, for one purpose, rate limited; no account needed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import SecureLink
from core import audit, clock
from core.actors import Actor, link_actor
from core.errors import DomainError

audit.register_code("accounts.link_issued", gettext_lazy("Issued a secure link."))
audit.register_code("accounts.link_extended", gettext_lazy("Kept a secure link open for longer."))
audit.register_code("accounts.link_revoked", gettext_lazy("Revoked a secure link."))

OPENINGS_PER_MINUTE = 60


class LinkGone(DomainError):
    """The link is unknown, expired, revoked, or for something else: all look alike to a stranger."""

    code = "link_gone"
    status = 410


class TooOften(DomainError):
    """Too many openings in a minute."""

    code = "too_often"
    status = 429


@dataclass(frozen=True)
class Purpose:
    """What links of one purpose may do, and the page they lead to (`view_name` takes `token`)."""

    code: str
    grants: frozenset[str]
    view_name: str


purposes: dict[str, Purpose] = {}


def register_purpose(code: str, *, grants: Collection[str], view_name: str) -> None:
    """Declare a purpose in `AppConfig.ready()`. Safe to repeat."""
    purposes[code] = Purpose(code, frozenset(grants), view_name)


def url_of(token: str) -> str:
    """The address that is sent to somebody."""
    return settings.SCRUTIN_URL + reverse("accounts:link", args=[token])


@transaction.atomic
def issue_link(
    *,
    by: Actor,
    purpose: str,
    subject: models.Model,
    expires_at: datetime,
    language: str = "en",
    name: str = "",
    address: str = "",
) -> tuple[SecureLink, str]:
    """Make a link and its address. The token is told here once and never stored.

    expires_at: an instant of real time (aware). The caller has authorised the act that the link is part of.
    """
    if purpose not in purposes:
        raise LookupError(f"No purpose {purpose!r} is registered for secure links.")
    reader = {"language": language, "name": name, "address": address}
    link, token = issue_key(by=by, purpose=purpose, subject=subject, expires_at=expires_at, **reader)
    return link, url_of(token)


@transaction.atomic
def issue_key(*, by: Actor, purpose: str, subject: models.Model, expires_at: datetime, **reader: str) -> tuple[SecureLink, str]:
    """Make a token that a program sends, and that opens no page: its purpose is not registered. Told here once, never stored.

    expires_at: an instant of real time (aware). The caller has authorised the act that the key is part of.
    """
    token = secrets.token_urlsafe(32)
    link = SecureLink.objects.create(
        purpose=purpose,
        token_hash=_hash(token),
        subject_type=subject._meta.label_lower,
        subject_uuid=subject.uuid,  # type: ignore[attr-defined]
        expires_at=expires_at,
        issued_by=str(by),
        **reader,
    )
    audit.record(by, "accounts.link_issued", subject, data={"purpose": purpose, "link": str(link.uuid)})
    return link, token


def key_of(token: str, *, purpose: str) -> SecureLink | None:
    """The live key behind a token, or None."""
    return SecureLink.objects.filter(token_hash=_hash(token), purpose=purpose, revoked_at=None, expires_at__gt=clock.real_now()).first()


def open_link(token: str, *, purpose: str | None = None) -> tuple[SecureLink, Actor, Any]:
    """The link, its actor and its subject. Raises LinkGone for one that is not (or no longer) good, TooOften past 60 a minute."""
    digest = _hash(token)
    _limit(digest)
    now = clock.real_now()
    link = SecureLink.objects.filter(token_hash=digest, revoked_at=None, expires_at__gt=now).first()
    if link is None or link.purpose not in purposes or (purpose and link.purpose != purpose):
        raise LinkGone(_("This link has expired or was withdrawn. Ask the sender for a new one."))
    subject = apps.get_model(link.subject_type)._default_manager.filter(uuid=link.subject_uuid).first()
    if subject is None:
        raise LinkGone(_("This link has expired or was withdrawn. Ask the sender for a new one."))
    if link.opened_at is None:
        link.opened_at = clock.now()
        link.save(update_fields=["opened_at"])
    return link, link_actor(link, grants=purposes[link.purpose].grants, subject=subject), subject


@transaction.atomic
def revoke_link(link: SecureLink, *, by: Actor) -> None:
    """Make a link useless at once. Revoked twice, it is revoked once."""
    if SecureLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=clock.now()):
        audit.record(by, "accounts.link_revoked", None, data={"purpose": link.purpose, "link": str(link.uuid)})


def links_of(subject: models.Model, *, purpose: str) -> models.QuerySet[SecureLink]:
    """The links about `subject` that were issued for a purpose, the newest first: dead ones too."""
    rows = SecureLink.objects.filter(subject_type=subject._meta.label_lower, subject_uuid=subject.uuid)  # type: ignore[attr-defined]
    return rows.filter(purpose=purpose).order_by("-created_at", "-pk")


def revoke_links_of(subject: models.Model, *, by: Actor, purpose: str | None = None) -> int:
    """Make every open link about `subject` useless. Returns how many."""
    rows = SecureLink.objects.filter(
        subject_type=subject._meta.label_lower,
        subject_uuid=subject.uuid,  # type: ignore[attr-defined]
        revoked_at=None,
    )
    if purpose:
        rows = rows.filter(purpose=purpose)
    links = list(rows)
    for link in links:
        revoke_link(link, by=by)
    return len(links)


@transaction.atomic
def extend_links_of(subject: models.Model, *, by: Actor, purpose: str, expires_at: datetime) -> int:
    """Let the links about `subject` that nobody revoked live until `expires_at`, also those whose time was over. Returns how many.

    The address that was sent stays the same. The caller has authorised the act that the links are part of.
    """
    links = list(links_of(subject, purpose=purpose).filter(revoked_at=None, expires_at__lt=expires_at))
    for link in links:
        SecureLink.objects.filter(pk=link.pk).update(expires_at=expires_at)
        audit.record(by, "accounts.link_extended", subject, data={"purpose": purpose, "link": str(link.uuid)})
    return len(links)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _limit(digest: str) -> None:
    key = f"link:{digest}:{int(clock.real_now().timestamp() // 60)}"
    cache.add(key, 0, timeout=int(timedelta(minutes=2).total_seconds()))
    try:
        count = cache.incr(key)
    except ValueError:
        return
    if count > OPENINGS_PER_MINUTE:
        raise TooOften(_("This link was opened too often in the last minute. Wait a little and try again."))
