"""The register of requests and the Bureau's decisions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.rules import sees_all_missions
from core.enums import Language
from core.models import Record
from missions.enums import (
    AuthorityType,
    DecisionOutcome,
    ElectionKind,
    MissionFormat,
    RequestChannel,
    RequestState,
)
from missions.models.country import Country
from missions.models.election import Election
from missions.models.organisation import Organisation


class RequestQuerySet(models.QuerySet):
    """Questions about requests."""

    def visible_to(self, user: Any) -> RequestQuerySet:
        """The register is the secretariat's: global roles see it, nobody else."""
        return self.all() if sees_all_missions(user) else self.none()

    def on_register(self) -> RequestQuerySet:
        """All but those that an authority is still filling in."""
        return self.exclude(state=RequestState.DRAFT)

    def matching(self, words: str) -> RequestQuerySet:
        """Those in which every word stands: in authority, office, contact, election or area."""
        rows = self
        for word in words.split():
            found = Q()
            for name in ("authority_name", "office_held", "contact_name", "contact_email", "election_title", "area"):
                found |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(found)
        return rows


class Request(Record):
    """A letter in which a national authority invites the Congress.

    What the authority writes stays in the fields of this row; `election` is set when the coordinator registers it.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="requests")
    election = models.ForeignKey(Election, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    authority = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    authority_name = models.CharField(max_length=200, blank=True)
    authority_type = models.CharField(max_length=30, choices=AuthorityType.choices, blank=True)
    office_held = models.CharField(max_length=200, blank=True, help_text="Office held by the person who signs the letter.")
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.EN)
    election_kind = models.CharField(max_length=20, choices=ElectionKind.choices, blank=True)
    election_title = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=200, blank=True)
    polling = models.JSONField(default=list, blank=True, help_text="[{day, round, opens_at, closes_at}] as the authority gave them.")
    message = models.TextField(blank=True)
    letter = models.ForeignKey("core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    letter_on = models.DateField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=RequestChannel.choices, default=RequestChannel.LINK)
    state = models.CharField(max_length=20, choices=RequestState.choices, default=RequestState.DRAFT)
    received_at = models.DateTimeField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_requests")
    split_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="split_requests")
    criteria = models.JSONField(
        default=dict,
        blank=True,
        help_text="{criterion: {answer, comment, is_suggested}} (observation-rules A6); is_suggested: the register's own fact says it.",
    )
    note_basis = models.JSONField(
        default=dict, blank=True, help_text="What the note rested on when it was saved: {at, polling_days, facts: {criterion: fact}}."
    )
    proposed_format = models.CharField(max_length=20, choices=MissionFormat.choices, blank=True)
    proposed_size = models.PositiveSmallIntegerField(null=True, blank=True)
    proposes_pre_electoral = models.BooleanField(default=False)
    proposal = models.TextField(blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "authority"], condition=Q(state="registered"), name="missions_one_registered_request"
            ),
            models.CheckConstraint(
                condition=~Q(state="registered") | Q(election__isnull=False, authority__isnull=False, registered_at__isnull=False),
                name="missions_registered_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_name or self.country} {self.received_on or ''}".strip()

    def get_absolute_url(self) -> str:
        """The request's page on the desk."""
        return reverse("missions:request", args=[self.uuid])

    @property
    def number(self) -> str:
        """The number by which the authority knows its request."""
        return str(self.uuid)[:8]

    @property
    def first_day(self) -> date | None:
        """The first polling day that the request names."""
        if self.election is not None:
            return self.election.first_day
        return min((date.fromisoformat(row["day"]) for row in self.polling if row.get("day")), default=None)


class Decision(Record):
    """What the Bureau decided, once, on a request or on a second mission that has none of its own (observation-rules A5-A9)."""

    request = models.OneToOneField(Request, null=True, blank=True, on_delete=models.PROTECT, related_name="decision")
    mission = models.OneToOneField(
        "missions.Mission",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="own_decision",
        help_text="A second mission on which the Bureau decided apart from the first.",
    )
    outcome = models.CharField(max_length=20, choices=DecisionOutcome.choices)
    decided_on = models.DateField()
    reference = models.CharField(max_length=60, help_text="Reference of the Bureau's document.")
    format = models.CharField(max_length=20, choices=MissionFormat.choices, blank=True)
    has_pre_electoral = models.BooleanField(default=False, help_text="The Bureau also decides on a pre-electoral delegation (A5).")
    reasons = models.TextField()
    is_public = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When the answer went to the authority.")
    answer = models.TextField(blank=True, help_text="The text of the answer as sent.")

    class Meta:
        ordering = ["-decided_on"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome="declined") | ~Q(format=""), name="missions_accepted_has_format"),
            models.CheckConstraint(
                condition=Q(request__isnull=False, mission__isnull=True) | Q(request__isnull=True, mission__isnull=False),
                name="missions_decision_is_on_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.decided_on}"
