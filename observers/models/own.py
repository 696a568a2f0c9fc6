"""What people say and hand in about themselves: availability, papers, requests to correct."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.rules import sees_all_missions
from core.models import Record
from observers.enums import CorrectionState, CorrectionTopic, InterestAnswer, PaperKind


class AvailableSpan(Record):
    """What somebody says of the days from `first_on` to `last_on` (both inside), for whatever mission may come."""

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="available_spans")
    first_on = models.DateField()
    last_on = models.DateField()
    answer = models.CharField(max_length=12, choices=InterestAnswer.choices)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["first_on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="observers_span_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.first_on} {self.answer}"


class PersonPaper(Record):
    """A paper of a person that missions need, handed in by themselves or by the secretariat."""

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=12, choices=PaperKind.choices)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    handed_in_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["kind", "-created_at"]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"


class CorrectionQuerySet(models.QuerySet):
    """Questions about requests to correct."""

    def waiting(self) -> CorrectionQuerySet:
        """Not answered yet, the oldest first."""
        return self.filter(state=CorrectionState.OPEN).order_by("created_at", "pk")

    def visible_to(self, user: Any) -> CorrectionQuerySet:
        """Those with a global role see all; everybody sees their own."""
        if sees_all_missions(user):
            return self
        if not user.is_authenticated or not user.person_id:
            return self.none()
        return self.filter(person_id=user.person_id)


class CorrectionRequest(Record):
    """Somebody asks the secretariat to correct what is stored about them. `changes` are proposed values by field of the person.

    Answered once: taken over, or refused with a sentence.
    """

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="correction_requests")
    topic = models.CharField(max_length=12, choices=CorrectionTopic.choices)
    text = models.TextField()
    changes = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN)
    asked_by = models.CharField(max_length=80)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="observers_refusal_has_sentence")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.topic}"
