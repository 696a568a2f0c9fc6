"""What this app holds of a demonstration mission, removed before the mission itself (`missions.removal`)."""

from __future__ import annotations

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


def remove_observers_data(mission: Mission, *, by: Actor, reason: str) -> None:
    """Delete teams, plans, proposals, calls, nominations, invitations, declarations and identity data of one mission. Safe to repeat."""
    TeamMember.objects.filter(team__mission=mission).delete()
    Stop.objects.filter(mission=mission).delete()
    for model in (PlanChange, Team, DeploymentContact, DeploymentPlan, DeploymentDraw, Override, Proposal):
        model.objects.filter(mission=mission).delete()
    for model in (Interest, InterestCall, Nomination):
        model.objects.filter(mission=mission).delete()
    for other in (NominationRequest, AccreditationList, IdentityDeletion):
        other.objects.filter(mission=mission).delete()
    IdentityDocument.objects.filter(assignment__mission=mission).delete()
    Invitation.objects.filter(assignment__mission=mission).delete()
    Declaration.objects.filter(assignment__mission=mission).delete()
