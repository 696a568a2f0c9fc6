"""Models of the app `observers`."""

from observers.models.calls import CallRecipient, Interest, InterestCall, Nomination, NominationRequest
from observers.models.composition import Declaration, Invitation, Override, Proposal
from observers.models.deployment import DeploymentContact, DeploymentDraw, DeploymentPlan, PlanChange, Stop, Team, TeamMember, team_label
from observers.models.identity import AccreditationList, IdentityDeletion, IdentityDocument
from observers.models.judgements import CompositionJudgement
from observers.models.membership import Mandate, Membership, ObserverProfile, membership_on
from observers.models.own import AvailableSpan, CorrectionRequest, PersonPaper
from observers.models.reference import CharterVersion, PoliticalGroup, RenewalSession, SeatAllocation, StateMark

__all__ = [
    "CompositionJudgement",
    "AccreditationList",
    "AvailableSpan",
    "CallRecipient",
    "CharterVersion",
    "CorrectionRequest",
    "Declaration",
    "DeploymentContact",
    "DeploymentDraw",
    "DeploymentPlan",
    "IdentityDeletion",
    "IdentityDocument",
    "Interest",
    "InterestCall",
    "Invitation",
    "Mandate",
    "Membership",
    "Nomination",
    "NominationRequest",
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
    "team_label",
]
