"""The call for interest and the nominations of the political groups."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from accounts.rules import sees_all_missions
from core.models import Record
from observers.enums import InterestAnswer


class SecretariatQuerySet(models.QuerySet):
    """Rows that only the secretariat reads."""

    def visible_to(self, user: object) -> SecretariatQuerySet:
        """All for the global roles, nothing for others: who wants to go where is not the delegation's to read."""
        return self.all() if sees_all_missions(user) else self.none()


class InterestCall(Record):
    """A call for interest: those who may go are asked by mail whether they are available, by a day.

    One runs per mission. `message` stands in the letter as it was written. A call that was withdrawn keeps its answers.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="interest_calls")
    answer_by = models.DateField()
    message = models.TextField(blank=True)
    opened_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["mission"], condition=Q(withdrawn_at__isnull=True), name="observers_one_running_call"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""), name="observers_withdrawn_call_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.answer_by}"

    @property
    def is_withdrawn(self) -> bool:
        """Nobody can answer any more."""
        return self.withdrawn_at is not None

    def is_over(self, day: date) -> bool:
        """The day to answer by lies before `day`: what comes now is kept and marked late."""
        return day > self.answer_by


class CallRecipient(Record):
    """Somebody who is asked in a call; `sent_at` is empty until the letter is in the outbox."""

    call = models.ForeignKey(InterestCall, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="calls")
    sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["call_id", "person_id"]
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="observers_asked_once_per_call")]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.person_id}"


class Interest(Record):
    """What somebody answered when asked whether they are available for a mission.

    `note` says the conditions. `answered_by` is the actor: the person's link or account, or the coordinator who was told.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="interests")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="interests")
    answer = models.CharField(max_length=12, choices=InterestAnswer.choices)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    is_late = models.BooleanField(default=False, help_text="Came after the day to answer by.")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        ordering = ["mission_id", "person_id"]
        constraints = [models.UniqueConstraint(fields=["mission", "person"], name="observers_one_interest_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.answer}"


class NominationRequest(Record):
    """A group's secretary, asked to nominate by a secure link; the newest of a group counts."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="nomination_requests")
    group = models.ForeignKey("observers.PoliticalGroup", on_delete=models.PROTECT, related_name="nomination_requests")
    name = models.CharField(max_length=200)
    address = models.EmailField()
    language = models.CharField(max_length=2, default="en")
    answer_by = models.DateField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.group_id}"


class Nomination(Record):
    """A political group puts somebody forward for a mission. Taken back, the row stays."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="nominations")
    group = models.ForeignKey("observers.PoliticalGroup", on_delete=models.PROTECT, related_name="nominations")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="nominations")
    note = models.CharField(max_length=300, blank=True)
    nominated_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        ordering = ["group__order", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "person"], condition=Q(withdrawn_at__isnull=True), name="observers_nominated_once_per_mission"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.person_id}"
