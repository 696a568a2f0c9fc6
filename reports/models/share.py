"""Shares without n and denominator that a publisher let stand."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from core.models import Record
from reports.models.visibility import missions_read_by


class AcceptedShareQuerySet(models.QuerySet["AcceptedShare"]):
    """Questions asked of accepted shares."""

    def visible_to(self, user: Any) -> AcceptedShareQuerySet:
        """Those of the missions that `user` reads."""
        return self.filter(mission__in=missions_read_by(user))


class AcceptedShare(Record):
    """A sentence with a share that is no figure of the mission (a threshold of the law, say), and a publisher's yes to it.

    Known by its words (`digest`): it holds in every text of the mission that says the same, and ends when a word is changed.
    `mission` is None for good practice of another collection. A row is never changed.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="accepted_shares", null=True, blank=True)
    digest = models.CharField(max_length=64)
    sentence = models.TextField()
    shares = models.JSONField(default=list)
    reason = models.CharField(max_length=500)
    accepted_by = models.CharField(max_length=60)
    accepted_at = models.DateTimeField()

    objects = AcceptedShareQuerySet.as_manager()

    class Meta:
        ordering = ["-accepted_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "digest"], condition=Q(mission__isnull=False), name="share_accepted_once"),
            models.UniqueConstraint(fields=["digest"], condition=Q(mission__isnull=True), name="share_accepted_once_elsewhere"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.shares)
