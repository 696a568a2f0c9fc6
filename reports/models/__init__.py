"""Models of findings, recommendations, reports, publication and follow-up."""

from reports.models.consultation import ConsultationComment, ConsultationExtension, DraftInvitation
from reports.models.editing import ParagraphDraft, ParagraphRemark, RemarkEntry, WordImport
from reports.models.finding import Evidence, Finding, FindingComment, FindingWording
from reports.models.fixed_word import FixedWord
from reports.models.followup import Dialogue, FollowUp
from reports.models.mission_text import MissionText, MissionTextVersion
from reports.models.past_text import PastText
from reports.models.practice import GoodPractice
from reports.models.publication import Publication
from reports.models.recommendation import (
    AdoptedText,
    Recommendation,
    RecommendationAddressee,
    RecommendationRelation,
    RecommendationStandard,
)
from reports.models.reference import Standard, Topic
from reports.models.removal import Removal
from reports.models.report import Report, ReportMove, ReportParagraph, ReportSection, ReportVersion
from reports.models.search import PublishedWords
from reports.models.share import AcceptedShare
from reports.models.statement import Statement

__all__ = [
    "AcceptedShare",
    "AdoptedText",
    "ConsultationComment",
    "ConsultationExtension",
    "Dialogue",
    "DraftInvitation",
    "Evidence",
    "Finding",
    "FindingComment",
    "FindingWording",
    "FixedWord",
    "FollowUp",
    "ParagraphDraft",
    "ParagraphRemark",
    "PastText",
    "GoodPractice",
    "MissionText",
    "MissionTextVersion",
    "Publication",
    "PublishedWords",
    "Recommendation",
    "RecommendationAddressee",
    "RecommendationRelation",
    "RecommendationStandard",
    "RemarkEntry",
    "Removal",
    "Report",
    "ReportMove",
    "ReportParagraph",
    "ReportSection",
    "ReportVersion",
    "Standard",
    "Statement",
    "Topic",
    "WordImport",
]
