"""The delegation: proposals, invitations, declarations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import Record
from observers.enums import DeclarationDecision, DeclarationKind, ProposalKind, ProposalState, SolveStatus


class Proposal(Record):
    """One run of the composition: what was asked, what came out, with proof. Never changed afterwards but for its state.

    `asked` holds size, locks, weights and seed; `outcome` what `compose --json` prints.
    """

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=12, choices=ProposalKind.choices, default=ProposalKind.DELEGATION)
    replaces = models.ForeignKey(
        "missions.Assignment", on_delete=models.SET_NULL, null=True, blank=True, related_name="replacement_proposals"
    )
    state = models.CharField(max_length=12, choices=ProposalState.choices, default=ProposalState.OPEN)
    status = models.CharField(max_length=12, choices=SolveStatus.choices)
    gap = models.FloatField(null=True, blank=True)
    asked = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mission"], condition=Q(kind="delegation", state="accepted"), name="observers_one_accepted_delegation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.kind}"


class Override(Record):
    """A warning that the coordinator accepts with a written reason (observation-rules 4, end)."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="composition_overrides")
    criterion = models.CharField(max_length=10)
    sentence = models.TextField()
    reason = models.TextField()
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="observers_override_has_reason")]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.criterion}"


class Invitation(Record):
    """The letter that asks somebody to take part: its deadline and its secure link."""

    assignment = models.OneToOneField("missions.Assignment", on_delete=models.CASCADE, related_name="invitation")
    link = models.ForeignKey("accounts.SecureLink", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answer_by = models.DateField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.answer_by}"


class Declaration(Record):
    """A declaration made for one mission: which text in which language, when, its hash; for interests the decision.

    A new declaration of the same kind makes the earlier one not current; nothing is overwritten. `valid_until` is its last
    day (none: until the mission is over). `facts` holds what it was made on, so that a change asks for a new one;
    `renewal_reason` is why the coordinator asked for one.
    """

    assignment = models.ForeignKey("missions.Assignment", on_delete=models.CASCADE, related_name="declarations")
    kind = models.CharField(max_length=10, choices=DeclarationKind.choices)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    signed_by = models.CharField(max_length=80)
    answers = models.JSONField(default=dict, blank=True)
    decision = models.CharField(max_length=10, choices=DeclarationDecision.choices, default=DeclarationDecision.NONE)
    decision_reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    is_current = models.BooleanField(default=True)
    valid_until = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    renewal_reason = models.TextField(blank=True)
    renewal_asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "kind"], condition=Q(is_current=True), name="observers_one_current_declaration_per_kind"
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["cleared", "conflict"]) | ~Q(decision_reason=""), name="observers_decision_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.kind}"
