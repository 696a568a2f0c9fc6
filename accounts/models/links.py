"""Secure links for people without an account."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from core import clock
from core.enums import Language
from core.models.base import Record


class SecureLink(Record):
    """A link that lets its bearer do one thing on one object, until a moment (real time) or until revoked.

    Only the hash of its token is kept. `expires_at` is real time, for the demonstration's clock neither expires nor revives a link;
    when it was opened or revoked is read beside other acts and stands in business time.
    """

    purpose = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    subject_type = models.CharField(max_length=60)
    subject_uuid = models.UUIDField()
    language = models.CharField(max_length=5, choices=Language, default=Language.EN)
    name = models.CharField(max_length=200, blank=True)
    address = models.EmailField(blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_uuid"], name="link_subject")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.uuid}"

    @property
    def good_until(self) -> datetime:
        """When it expires, as the business clock will show it: what people are told."""
        return clock.shown(self.expires_at)

    @property
    def is_live(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > clock.real_now()
