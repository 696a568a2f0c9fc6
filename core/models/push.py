"""Browsers that show urgent reminders."""

from __future__ import annotations

from django.db import models

from core.models.base import Record


class PushSubscription(Record):
    """One browser in which a reader (by address, in lower case) wants urgent reminders shown (RFC 8030).

    endpoint: the push service's address for it; digest: its sha256, by which it is one. p256dh, auth: the browser's keys, base64url.
    device: what the browser said of itself, so that its owner knows it again.
    """

    address = models.EmailField(db_index=True)
    endpoint = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    device = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.device or self.digest[:12]
