"""Models of the app `observers`."""

from observers.models.composition import Declaration, Interest, Invitation, Override, Proposal
from observers.models.deployment import DeploymentDraw, DeploymentPlan, PlanChange, Stop, Team, TeamMember
from observers.models.membership import Mandate, Membership, ObserverProfile, membership_on
from observers.models.own import AvailableSpan, CorrectionRequest, PersonPaper
from observers.models.reference import CharterVersion, PoliticalGroup, RenewalSession, SeatAllocation, StateMark

__all__ = [
    "AvailableSpan",
    "CharterVersion",
    "CorrectionRequest",
    "Declaration",
    "DeploymentDraw",
    "DeploymentPlan",
    "Interest",
    "Invitation",
    "Mandate",
    "Membership",
    "ObserverProfile",
    "Override",
    "PersonPaper",
    "PlanChange",
    "PoliticalGroup",
    "Proposal",
    "RenewalSession",
    "SeatAllocation",
    "StateMark",
    "Stop",
    "Team",
    "TeamMember",
    "membership_on",
]
