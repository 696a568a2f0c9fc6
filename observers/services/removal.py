"""What this app holds of a demonstration mission, removed before the mission itself (`missions.removal`)."""

from __future__ import annotations

from typing import Any

from core.actors import Actor
from missions.models import Mission
from observers.models import (
    AccreditationList,
    Declaration,
    DeploymentContact,
    DeploymentDraw,
    DeploymentPlan,
    IdentityDeletion,
    IdentityDocument,
    Interest,
    InterestCall,
    Invitation,
    Nomination,
    NominationRequest,
    Override,
    PlanChange,
    Proposal,
    Stop,
    Team,
    TeamMember,
)

# In this order: what refers to another stands before it.
MODELS: tuple[Any, ...] = (
    PlanChange,
    Team,
    DeploymentContact,
    DeploymentPlan,
    DeploymentDraw,
    Override,
    Proposal,
    Interest,
    InterestCall,
    Nomination,
    NominationRequest,
    AccreditationList,
    IdentityDeletion,
)


def remove_observers_data(mission: Mission, *, by: Actor, reason: str) -> None:
    """Delete teams, plans, proposals, calls, nominations, invitations, declarations and identity data of one mission. Safe to repeat."""
    TeamMember.objects.filter(team__mission=mission).delete()
    Stop.objects.filter(mission=mission).delete()
    for model in MODELS:
        model.objects.filter(mission=mission).delete()
    IdentityDocument.objects.filter(assignment__mission=mission).delete()
    Invitation.objects.filter(assignment__mission=mission).delete()
    Declaration.objects.filter(assignment__mission=mission).delete()
